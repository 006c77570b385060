//! Role ca: the mint, its CRL desk, its door; and the ways from here to the key management centre.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hefu_ca::{
    Authority, CrlDesk, CrlSettings, FreshWithin, KeyCentre, KeyCentreChannel, KeyCentreUnreachable, Mint,
    MintSettings, RegistrationAuthorities,
};
use hefu_certificate::{Issuer, Profile, ProfileKind, Profiles, Publication};
use hefu_kmc::Vault;
use hefu_policies::Policies;
use hefu_records::Records;
use hefu_web::{Archive, Readers};
use jiff::{SignedDuration, Timestamp};

use crate::config::{self, Config};
use crate::key_centre::entity;
use crate::keys;
use crate::link::Link;
use crate::policies;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// Longer than a full round of pairs takes; then the blame is the key centre's.
const KEY_CENTRE_PATIENCE: Duration = Duration::from_secs(10);

/// How long a list waits for more changes after the first.
const CRL_SETTLES: Duration = Duration::from_millis(500);

/// What other roles of the same process take from this one.
pub(crate) struct Certified {
    pub(crate) mint: Arc<Mint>,
    pub(crate) policies: Policies,
    pub(crate) records: Arc<Records>,
}

/// Opens the mint, finishes what an earlier process left, adds its door.
pub(crate) async fn open(
    config: &Config,
    settings: &config::Ca,
    vault: Option<Arc<Vault>>,
    start: &mut Start,
) -> Result<Certified, StartError> {
    let migrations = [hefu_records::MIGRATIONS, hefu_ca::MIGRATIONS, hefu_policies::MIGRATIONS];
    let zone = Zone::open("ca", &settings.zone, &migrations).await?;
    start.zone(&zone);
    let authorities = authorities(config, settings, &zone)?;
    let crls = CrlDesk::open(crl_settings(settings, &zone, &authorities)).map_err(about("[ca] crl_folder"))?;
    let published = policies::open(config, settings, &zone).await?;
    policies::serve_public(config, published.shelf(), start);
    let mint = Arc::new(Mint::open(MintSettings {
        database: zone.database.clone(),
        authorities,
        registration_authorities: registration_authorities(settings)?,
        reply_signer: zone.signer(&settings.reply_key)?,
        key_centre: settings
            .kmc
            .as_ref()
            .map(|kmc| key_centre(kmc, &zone, vault))
            .transpose()?,
        policies: policies::Standing::of(&published, settings.policies.mode),
        fresh_within: FreshWithin(SignedDuration::from_secs(i64::from(settings.request_fresh_seconds))),
        clock: clock(),
    }));
    let finished = mint
        .recover(Timestamp::now())
        .await
        .map_err(about("requests that an earlier process left"))?;
    if finished > 0 {
        tracing::info!(finished, "requests that an earlier process left were finished");
    }
    let (changes, mut stop) = (mint.changes(), start.stop.clone());
    start.tasks.spawn(async move {
        tokio::select! { () = crls.tend(&changes, Timestamp::now) => {}, () = until_stopped(&mut stop) => {} }
    });
    start.serve(hefu_web::certification(Arc::clone(&mint), clock()));
    if config.status.is_none() {
        start.serve(hefu_web::crl_files(settings.crl_folder.clone()));
    }
    if let (Some(path), None) = (&settings.feed_token_file, &config.ra) {
        let archive = Archive {
            zones: [("ca", Arc::clone(&zone.records))].into(),
            readers: Readers::Holder(keys::token(path)?.into()),
            clock: clock(),
        };
        start.serve(archive.routes());
    }
    Ok(Certified {
        mint,
        policies: published,
        records: zone.records,
    })
}

/// The issuing authorities with their keys, addresses and profiles.
fn authorities(config: &Config, settings: &config::Ca, zone: &Zone) -> Result<Vec<Authority>, StartError> {
    let builtin = Profiles::builtin();
    let profiles: Vec<Arc<Profile>> = builtin
        .iter()
        .filter(|profile| profile.kind() == ProfileKind::Subscriber)
        .cloned()
        .collect();
    let authority = |known: &config::Authority| {
        let publication = publication(&config.public_url, &known.name, &settings.policy_oid)
            .map_err(about(format!("addresses of authority `{}`", known.name)))?;
        let certificate = keys::certificate(&known.certificate)?;
        let issuer = Issuer::from_certificate(&certificate, publication)
            .map_err(about(known.certificate.display().to_string()))?;
        let signer = zone.signer(&known.key)?;
        if signer.public_key() != issuer.public_key() {
            let why = format!("key `{}` is not the certificate's", known.key);
            return Err(StartError::File {
                path: known.certificate.clone(),
                why,
            });
        }
        Ok(Authority {
            name: known.name.clone(),
            issuer,
            signer,
            profiles: profiles.clone(),
        })
    };
    settings.authority.iter().map(authority).collect()
}

fn publication(url: &str, authority: &str, arc: &str) -> Result<Publication, hefu_certificate::PublicationError> {
    Publication::nowhere()
        .with_crl(&format!("{url}/crl/{authority}.crl"))?
        .with_ocsp(&format!("{url}/ocsp"))?
        .with_ca_issuers(&format!("{url}/ca/{authority}.crt"))?
        .with_cps(&format!("{url}/cps"))?
        .with_policy_arc(arc)
}

fn crl_settings(settings: &config::Ca, zone: &Zone, authorities: &[Authority]) -> CrlSettings {
    CrlSettings {
        database: zone.database.clone(),
        authorities: authorities.to_vec(),
        folder: settings.crl_folder.clone(),
        validity: SignedDuration::from_hours(i64::from(settings.crl_validity_hours)),
        every: SignedDuration::from_mins(i64::from(settings.crl_every_minutes)),
        settle: CRL_SETTLES,
    }
}

fn registration_authorities(settings: &config::Ca) -> Result<RegistrationAuthorities, StartError> {
    let known = settings
        .registration_authority
        .iter()
        .map(|known| Ok((known.name.clone(), keys::public_key(&known.public_key)?)));
    known.collect()
}

fn key_centre(settings: &config::KeyCentre, zone: &Zone, vault: Option<Arc<Vault>>) -> Result<KeyCentre, StartError> {
    let signer = zone.signer(&settings.key)?;
    let channel: Arc<dyn KeyCentreChannel> = match (&settings.url, vault) {
        (Some(url), _) => Arc::new(RemoteVault(
            Link::new(url, "/kmc/v1/requests", None).map_err(about("[ca.kmc] url"))?,
        )),
        (None, Some(vault)) => Arc::new(LocalVault(vault)),
        (None, None) => return Err(about("[ca.kmc]")("neither `url` nor role kmc in this process")),
    };
    Ok(KeyCentre {
        channel,
        public_key: keys::public_key(&settings.public_key)?,
        name: entity(&settings.name, signer.public_key())?,
        signer,
        patience: KEY_CENTRE_PATIENCE,
    })
}

/// The key centre in this process: the same signed bytes, without a wire.
struct LocalVault(Arc<Vault>);

impl KeyCentreChannel for LocalVault {
    fn submit(&self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, KeyCentreUnreachable>> {
        Box::pin(async move {
            let answer = self.0.submit(&request, Timestamp::now()).await;
            answer.map_err(|why| KeyCentreUnreachable { why: why.to_string() })
        })
    }
}

/// The key centre in another process.
struct RemoteVault(Link);

impl KeyCentreChannel for RemoteVault {
    fn submit(&self, request: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, KeyCentreUnreachable>> {
        Box::pin(async move { self.0.post(request).await.map_err(|why| KeyCentreUnreachable { why }) })
    }
}

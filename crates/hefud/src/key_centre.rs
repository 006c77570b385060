//! Role kmc: the vault and its door.

use std::sync::Arc;

use gm_kmc::{EntityName, Envelopes};
use gm_suite::PublicKey;
use hefu_kmc::{KnownAuthority, Vault, VaultSettings};
use jiff::{SignedDuration, Timestamp};

use crate::config;
use crate::keys;
use crate::serve::until_stopped;
use crate::start::{Start, StartError, about, clock};
use crate::zone::Zone;

/// How far a CA's clock may be off, and how long a request may be on its way.
const FRESH_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// Parties of the key protocol are known by name and key; there is no certificate whose number could stand here.
const NO_SERIAL: [u8; 1] = [1];

/// A party of the key protocol (GM/T 0014 `EntName`), from its name and key.
pub(crate) fn entity(name: &str, key: &PublicKey) -> Result<EntityName, StartError> {
    let subject = format!("CN={name}")
        .parse()
        .map_err(about::<x509_cert::der::Error>(format!("name `{name}`")))?;
    EntityName::new(&subject, key, &NO_SERIAL).map_err(about(format!("name `{name}`")))
}

/// Opens the vault, keeps its spare store filled, adds its door.
pub(crate) async fn open(settings: &config::Kmc, start: &mut Start) -> Result<Arc<Vault>, StartError> {
    let zone = Zone::open("kmc", &settings.zone, &[hefu_records::MIGRATIONS, hefu_kmc::MIGRATIONS]).await?;
    start.zone(&zone);
    let signer = zone.signer(&settings.key)?;
    let authorities = settings.authority.iter().map(|known| {
        let public_key = keys::public_key(&known.public_key)?;
        let entity = entity(&known.name, &public_key)?;
        Ok(KnownAuthority {
            name: known.name.clone(),
            entity,
            public_key,
            envelopes: Envelopes::Both,
        })
    });
    let vault = Arc::new(Vault::open(VaultSettings {
        name: entity("kmc", signer.public_key())?,
        authorities: authorities.collect::<Result<_, StartError>>()?,
        database: zone.database.clone(),
        device: Arc::clone(&zone.device),
        signer,
        spare_level: settings.spare_level,
        fresh_within: FRESH_WITHIN,
    }));
    let (tended, mut stop) = (Arc::clone(&vault), start.stop.clone());
    start.tasks.spawn(async move {
        tokio::select! { () = tended.tend(Timestamp::now) => {}, () = until_stopped(&mut stop) => {} }
    });
    start.serve(hefu_web::key_centre(Arc::clone(&vault), clock()));
    Ok(vault)
}

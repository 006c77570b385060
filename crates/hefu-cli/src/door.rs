//! The TLS door of a new installation: a little authority of its own, the server's certificate for this machine, and a
//! client certificate for each of the first officers.
//!
//! It stands apart from the authorities that issue to subscribers: those account for every certificate, and these are
//! made before there is anybody who could approve one. The root's key exists in memory only and is wiped when this
//! ends, so nobody can ever sign below it again; whoever comes later gets a certificate of the profile `tls-client`
//! from the service, and two officers bind it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey};
use gm_syntax::{pem_text, pkcs8_text};
use hefu_certificate::{Issuer, Order, Profile, Profiles, Publication, SerialNumber, Subject, Usage};
use jiff::Timestamp;
use rust_i18n::t;

use crate::{
    configuration::DOCUMENTATION_ARC,
    failure::Failure,
    files::{self, Readers},
    layout::Layout,
};

/// What browsers show certificates for.
const ALGORITHM: KeyAlgorithm = KeyAlgorithm::P256;

/// The server's name: full, as the profile asks, and loopback to every browser (RFC 6761 §6.3).
const NAME: &str = "hefu.localhost";

/// Whom the door is for.
pub(crate) struct Door<'a> {
    /// The operator's name.
    pub(crate) operator: &'a str,
    /// The address that it listens on, which its certificate names beside loopback.
    pub(crate) address: IpAddr,
    /// Names of the first officers.
    pub(crate) officers: &'a [&'a str],
}

/// The door's authority while it exists.
struct Authority {
    key: PrivateKey,
    certificate: Vec<u8>,
    now: Timestamp,
}

/// Makes keys and certificates in `door/` and `officers/`; the digest of each officer's certificate comes back, to be
/// bound to its officer.
pub(crate) fn make(layout: &Layout, door: &Door<'_>, now: Timestamp) -> Result<Vec<[u8; 32]>, Failure> {
    files::make_folder(&layout.file("door"))?;
    files::make_folder(&layout.officers())?;
    let authority = Authority::new(door.operator, now)?;
    let certificate = |path: &str, der: &[u8]| {
        let pem = pem_text::encode("CERTIFICATE", der);
        files::create(&layout.file(path), pem.as_bytes(), Readers::Everybody)
    };
    let private = |path: &str, key: &PrivateKey| {
        let pem = pkcs8_text::plain(key).map_err(|why| Failure::fault(t!("init.no-door").into_owned(), &why))?;
        files::create(&layout.file(path), pem.as_bytes(), Readers::Owner)
    };
    certificate("door/root.crt", &authority.certificate)?;
    let key = new_key()?;
    let addresses = addresses(door.address);
    let fields = [("common_name", NAME), ("dns", NAME), ("ip", &addresses)];
    certificate("door/server.crt", &authority.issue("tls-server", &fields, &key)?)?;
    private("door/server.key", &key)?;
    let mut digests = Vec::new();
    for officer in door.officers {
        let key = new_key()?;
        let fields = [("common_name", *officer), ("organisation", door.operator)];
        let der = authority.issue("tls-client", &fields, &key)?;
        certificate(&format!("officers/{officer}.crt"), &der)?;
        private(&format!("officers/{officer}.key"), &key)?;
        digests.push(gm_suite::sm3(&der));
    }
    Ok(digests)
}

/// Loopback, and where the door listens if that is one address and another.
fn addresses(listen: IpAddr) -> String {
    if listen.is_loopback() || listen.is_unspecified() {
        return "127.0.0.1".to_owned();
    }
    format!("127.0.0.1,{listen}")
}

fn new_key() -> Result<PrivateKey, Failure> {
    PrivateKey::generate(ALGORITHM).map_err(|why| Failure::fault(t!("init.no-door").into_owned(), &why))
}

fn profile(name: &str) -> Result<std::sync::Arc<Profile>, Failure> {
    let found = Profiles::builtin().get(name).cloned();
    found.ok_or_else(|| Failure::fault(t!("ceremony.no-profile", profile = name).into_owned(), &name))
}

fn subject(profile: &Profile, fields: &[(&str, &str)]) -> Result<Subject, Failure> {
    let owned = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let fields: BTreeMap<String, String> = owned.collect();
    Subject::new(profile, &fields).map_err(|why| Failure::explained(&why))
}

impl Authority {
    fn new(operator: &str, now: Timestamp) -> Result<Self, Failure> {
        let name = format!("{operator} Door");
        let fields = [("common_name", name.as_str()), ("organisation", operator)];
        let (profile, key) = (profile("root")?, new_key()?);
        let subject = subject(&profile, &fields)?;
        let issuer = Issuer::self_signed(&subject, key.public_key(), Publication::nowhere());
        let issuer = issuer.map_err(|why| Failure::explained(&why))?;
        let certificate = signed((&issuer, &key), &profile, (&subject, key.public_key()), now)?;
        Ok(Self { key, certificate, now })
    }

    fn issue(&self, name: &str, fields: &[(&str, &str)], key: &PrivateKey) -> Result<Vec<u8>, Failure> {
        let profile = profile(name)?;
        let publication = Publication::nowhere().with_policy_arc(DOCUMENTATION_ARC);
        let publication = publication.map_err(|why| Failure::explained(&why))?;
        let issuer = Issuer::from_certificate(&self.certificate, publication);
        let issuer = issuer.map_err(|why| Failure::explained(&why))?;
        let subject = subject(&profile, fields)?;
        signed((&issuer, &self.key), &profile, (&subject, key.public_key()), self.now)
    }
}

/// Drafts, lints, signs.
fn signed(
    (issuer, key): (&Issuer, &PrivateKey),
    profile: &Profile,
    (subject, public_key): (&Subject, &PublicKey),
    now: Timestamp,
) -> Result<Vec<u8>, Failure> {
    let serial = SerialNumber::random().map_err(|why| Failure::fault(t!("fail.random").into_owned(), &why))?;
    let validity = profile.validity(now, None, issuer);
    let order = Order {
        subject,
        public_key,
        usage: Usage::Single,
        serial,
        validity: validity.map_err(|why| Failure::explained(&why))?,
    };
    let draft = profile.draft(issuer, &order).map_err(|why| Failure::explained(&why))?;
    let linted = draft.pass().map_err(|why| Failure::explained(&why))?;
    let signed = linted.sign(key).map_err(|why| Failure::explained(&why))?;
    Ok(signed.into_der())
}

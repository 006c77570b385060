//! Authorities to issue under, their roots, and small things that every test needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;

use gm_kmc::EntityName;
use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey, Signer};
use hefu_certificate::{
    Issuer, Order, Profile, ProfileKind, Profiles, Publication, SerialNumber, Subject, Usage, Validity,
};
use jiff::Timestamp;
use x509_cert::name::Name;

use crate::Authority;

pub(super) fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

pub(super) fn sm2() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::Sm2).unwrap()
}

/// A key that is the same in every process. It guards nothing.
pub(super) fn fixed(number: u8) -> PrivateKey {
    PrivateKey::from_sm2_scalar(&[number; 32]).unwrap()
}

pub(super) fn p256() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::P256).unwrap()
}

pub(super) fn spki(key: &PrivateKey) -> Vec<u8> {
    Signer::public_key(key).spki().to_vec()
}

pub(super) fn entity(name: &str, key: &PublicKey) -> EntityName {
    let name = Name::from_str(&format!("CN={name},O=Hefu,C=CN")).unwrap();
    EntityName::new(&name, key, &[1]).unwrap()
}

pub(super) fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// A root, and an authority below it that issues every profile for subscribers and for itself.
pub(super) struct Chain {
    pub(super) root: Vec<u8>,
    pub(super) authority: Authority,
}

impl Chain {
    fn new(name: &str, key: PrivateKey) -> Self {
        let profiles = Profiles::builtin();
        let root_key = PrivateKey::generate(Signer::public_key(&key).algorithm()).unwrap();
        let profile = profiles.get("root").unwrap();
        let subject = subject(profile, "合符示例根");
        let publication = publication(name);
        let root = Issuer::self_signed(&subject, Signer::public_key(&root_key), publication.clone()).unwrap();
        let root = sign(profile, &root, &subject, &root_key, &root_key);
        let above = Issuer::from_certificate(&root, publication.clone()).unwrap();
        let profile = profiles.get("issuing").unwrap();
        let subject = self::subject(profile, "合符示例签发机构");
        let certificate = sign(profile, &above, &subject, &key, &root_key);
        let issuer = Issuer::from_certificate(&certificate, publication).unwrap();
        Self {
            root,
            authority: authority(name, issuer, key),
        }
    }

    /// The authority of a folder, made when the folder has none.
    pub(super) fn in_folder(folder: &Path, name: &str, key: PrivateKey) -> Self {
        let files = [
            folder.join(format!("{name}.root.der")),
            folder.join(format!("{name}.der")),
        ];
        if let (Ok(root), Ok(certificate)) = (fs::read(&files[0]), fs::read(&files[1])) {
            let issuer = Issuer::from_certificate(&certificate, publication(name)).unwrap();
            return Self {
                root,
                authority: authority(name, issuer, key),
            };
        }
        let chain = Self::new(name, key);
        fs::write(&files[0], &chain.root).unwrap();
        fs::write(&files[1], chain.certificate()).unwrap();
        chain
    }

    pub(super) fn certificate(&self) -> &[u8] {
        self.authority.issuer.certificate().unwrap()
    }
}

fn authority(name: &str, issuer: Issuer, key: PrivateKey) -> Authority {
    Authority {
        name: name.to_owned(),
        issuer,
        signer: Arc::new(key),
        profiles: Profiles::builtin().iter().cloned().collect(),
    }
}

fn publication(name: &str) -> Publication {
    let base = "http://ca.example.cn";
    Publication::nowhere()
        .with_crl(&format!("{base}/crl/{name}.crl"))
        .and_then(|it| it.with_ocsp(&format!("{base}/ocsp")))
        .and_then(|it| it.with_ca_issuers(&format!("{base}/ca/{name}.crt")))
        .and_then(|it| it.with_cps(&format!("{base}/cps")))
        // RFC 5612 keeps this enterprise number for documentation.
        .and_then(|it| it.with_policy_arc("1.3.6.1.4.1.32473.1"))
        .unwrap()
}

fn subject(profile: &Profile, name: &str) -> Subject {
    assert!(matches!(profile.kind(), ProfileKind::Root | ProfileKind::Issuing));
    Subject::new(profile, &values(&[("organisation", "合符示例"), ("common_name", name)])).unwrap()
}

fn sign(profile: &Profile, issuer: &Issuer, subject: &Subject, key: &PrivateKey, signer: &PrivateKey) -> Vec<u8> {
    let days = if profile.kind() == ProfileKind::Root {
        7000
    } else {
        3000
    };
    let order = Order {
        subject,
        public_key: Signer::public_key(key),
        usage: Usage::Single,
        serial: SerialNumber::random().unwrap(),
        validity: Validity::days(noon() - jiff::SignedDuration::from_hours(24), days).unwrap(),
    };
    profile
        .draft(issuer, &order)
        .unwrap()
        .pass()
        .unwrap()
        .sign(signer)
        .unwrap()
        .into_der()
}

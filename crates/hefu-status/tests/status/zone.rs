//! A certification authority that issues and records, and a status desk that follows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use gm_suite::{DigestAlgorithm, KeyAlgorithm, PrivateKey};
use hefu_certificate::facts::{
    AUTHORITY_CERTIFIED, AuthorityCertified, Base64, CERTIFICATE_ISSUED, CertificateIssued, IssuedPart, STATUS_CHANGED,
    StatusChanged,
};
use hefu_certificate::{
    Issuer, Order, Profile, Profiles, Publication, RevocationGround, SerialNumber, Status, Subject, Usage, Validity,
};
use hefu_database::Database;
use hefu_records::{NewEntry, Records};
use hefu_status::{AuthoritySettings, NameDisplay, StatusDesk, StatusSettings};
use jiff::{SignedDuration, Timestamp};
use pkix_status::{
    CertIdBuf, CertStatus, Expected, IssuerHashes, Nonce, OcspError, OcspResponse, VerifiedResponse, write_request,
};
use serde::Serialize;
use tempfile::TempDir;

/// How long answers are good in these tests.
pub(crate) const VALID_FOR: SignedDuration = SignedDuration::from_mins(60);

/// When the tests begin.
pub(crate) fn start() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

/// `minutes` after the start.
pub(crate) fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

/// An authority with its delegate.
pub(crate) struct TestAuthority {
    pub(crate) name: &'static str,
    pub(crate) issuer: Issuer,
    pub(crate) key: Arc<PrivateKey>,
    pub(crate) delegate: Arc<PrivateKey>,
    pub(crate) delegate_certificate: Vec<u8>,
}

fn publication() -> Publication {
    Publication::nowhere()
        .with_crl("http://ca.example.test/crl/ca.crl")
        .and_then(|publication| publication.with_ocsp("http://ca.example.test/ocsp"))
        .and_then(|publication| publication.with_ca_issuers("http://ca.example.test/ca/ca.crt"))
        .and_then(|publication| publication.with_cps("http://ca.example.test/cps"))
        .and_then(|publication| publication.with_policy_arc("1.3.6.1.4.1.32473.1"))
        .unwrap()
}

fn profile(name: &str) -> Arc<Profile> {
    Arc::clone(Profiles::builtin().get(name).unwrap())
}

fn subject(profile: &Profile, fields: &[(&str, &str)]) -> Subject {
    let fields: BTreeMap<_, _> = fields
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    Subject::new(profile, &fields).unwrap()
}

impl TestAuthority {
    pub(crate) fn new(name: &'static str, algorithm: KeyAlgorithm) -> Self {
        let key = Arc::new(PrivateKey::generate(algorithm).unwrap());
        let root = profile("root");
        let who = subject(&root, &[("organisation", "Example CA"), ("common_name", name)]);
        let unsigned = Issuer::self_signed(&who, key.public_key(), publication()).unwrap();
        let der = certify(&root, &unsigned, &key, &who, &key, Usage::Single, 7000).1;
        let issuer = Issuer::from_certificate(&der, publication()).unwrap();

        let delegate = Arc::new(PrivateKey::generate(algorithm).unwrap());
        let signer = profile("ocsp-signer");
        let who = subject(&signer, &[("organisation", "Example CA"), ("common_name", "OCSP")]);
        let delegate_certificate = certify(&signer, &issuer, &key, &who, &delegate, Usage::Single, 90).1;
        Self {
            name,
            issuer,
            key,
            delegate,
            delegate_certificate,
        }
    }

    pub(crate) fn settings(&self) -> AuthoritySettings {
        AuthoritySettings {
            name: self.name.to_owned(),
            certificate: self.issuer.certificate().unwrap().to_vec(),
            root: None,
            signer: self.delegate.clone(),
            signer_certificate: Some(self.delegate_certificate.clone()),
            crl: None,
        }
    }

    /// Certificates of a profile, as the fact that tells of them.
    pub(crate) fn issue(&self, profile_name: &str, fields: &[(&str, &str)]) -> CertificateIssued {
        let profile = profile(profile_name);
        let who = subject(&profile, fields);
        let holder = PrivateKey::generate(self.key.public_key().algorithm()).unwrap();
        let parts: Vec<_> = profile
            .parts()
            .iter()
            .map(|part| {
                let (serial, der) = certify(&profile, &self.issuer, &self.key, &who, &holder, part.usage, 365);
                IssuedPart {
                    usage: part.usage,
                    serial,
                    der: Base64(der),
                }
            })
            .collect();
        CertificateIssued {
            authority: self.name.to_owned(),
            profile: profile_name.to_owned(),
            law_scope: profile.law_scope(),
            subject: who.display(),
            parts,
            not_before: start(),
            not_after: after(365 * 24 * 60),
            registration_authority: "ra1".to_owned(),
            request_id: "00".repeat(16),
            approval: "11".repeat(32),
            replaces: None,
        }
    }

    /// A person with a pair.
    pub(crate) fn person(&self, name: &str) -> CertificateIssued {
        self.issue("person-sm2", &[("common_name", name)])
    }

    /// The delegate's certificate, as the ceremony records it.
    pub(crate) fn delegate_fact(&self) -> AuthorityCertified {
        AuthorityCertified {
            authority: self.name.to_owned(),
            profile: "ocsp-signer".to_owned(),
            der: Base64(self.delegate_certificate.clone()),
            issuer: Base64(self.issuer.certificate().unwrap().to_vec()),
            at: start(),
        }
    }

    pub(crate) fn question(&self, digest: DigestAlgorithm, serials: &[SerialNumber], nonce: Option<&[u8]>) -> Vec<u8> {
        let hashes = IssuerHashes::of(digest, self.issuer.name(), self.issuer.public_key());
        let ids: Vec<_> = serials
            .iter()
            .map(|serial| CertIdBuf::new(&hashes, serial.as_bytes()))
            .collect();
        write_request(&ids, nonce.and_then(Nonce::new))
    }

    /// Reads an answer as a relying party does.
    pub(crate) fn read<'a>(
        &'a self,
        answer: &'a [u8],
        nonce: Option<&'a [u8]>,
        at: Timestamp,
    ) -> Result<VerifiedResponse<'a>, OcspError> {
        OcspResponse::from_der(answer)?.answered()?.verify(&Expected {
            issuer_name: self.issuer.name(),
            issuer_key: self.issuer.public_key(),
            at,
            nonce: nonce.and_then(Nonce::new),
            skew: SignedDuration::ZERO,
        })
    }
}

fn certify(
    profile: &Profile,
    issuer: &Issuer,
    key: &PrivateKey,
    subject: &Subject,
    holder: &PrivateKey,
    usage: Usage,
    days: u32,
) -> (SerialNumber, Vec<u8>) {
    let serial = SerialNumber::random().unwrap();
    let validity = Validity::days(start(), days).unwrap();
    let order = Order {
        subject,
        public_key: holder.public_key(),
        usage,
        serial,
        validity,
    };
    let draft = profile.draft(issuer, &order).unwrap().pass().unwrap();
    (serial, draft.sign(key).unwrap().into_der())
}

/// A change of state, as the fact that tells of it.
pub(crate) fn change(fact: &CertificateIssued, status: Status, at: Timestamp) -> StatusChanged {
    let revoked = status == Status::Revoked;
    StatusChanged {
        authority: fact.authority.clone(),
        serials: fact.parts.iter().map(|part| part.serial).collect(),
        status,
        ground: revoked.then_some(RevocationGround::SecurityNotGuaranteed),
        reason: match status {
            Status::Valid => None,
            Status::Suspended => Some(6),
            Status::Revoked => Some(1),
        },
        at,
        invalidity: None,
        registration_authority: "ra1".to_owned(),
        request_id: "00".repeat(16),
        approval: "11".repeat(32),
    }
}

/// The two zones.
pub(crate) struct Zone {
    pub(crate) folder: TempDir,
    authority_database: Database,
    pub(crate) records: Arc<Records>,
    pub(crate) database: Database,
}

impl Zone {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
        let authority_database = Database::open(&url("ca.db"), &[hefu_records::MIGRATIONS])
            .await
            .unwrap();
        let seal = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
        let records = Records::open(authority_database.clone(), "example.test/ca", seal)
            .await
            .unwrap();
        let migrations = [hefu_records::MIGRATIONS, hefu_status::MIGRATIONS];
        let database = Database::open(&url("status.db"), &migrations).await.unwrap();
        Self {
            folder,
            authority_database,
            records: Arc::new(records),
            database,
        }
    }

    pub(crate) async fn desk(&self, authorities: &[&TestAuthority]) -> StatusDesk {
        self.desk_with(authorities, NameDisplay::Masked).await
    }

    pub(crate) async fn desk_with(&self, authorities: &[&TestAuthority], names: NameDisplay) -> StatusDesk {
        let authorities = authorities.iter().map(|authority| authority.settings()).collect();
        let settings = StatusSettings {
            database: self.database.clone(),
            feed: self.records.clone(),
            authorities,
            answers_valid_for: VALID_FOR,
            names,
        };
        StatusDesk::open(settings, start()).await.unwrap()
    }

    pub(crate) async fn record(&self, kind: &str, body: &impl Serialize, at: Timestamp) {
        let entry = NewEntry {
            at,
            kind: kind.to_owned(),
            subject: String::new(),
            actor: "ca".to_owned(),
            body: serde_json::to_value(body).unwrap(),
        };
        self.authority_database
            .write(move |connection| Box::pin(async move { hefu_records::append(connection, &[entry]).await }))
            .await
            .unwrap();
    }

    pub(crate) async fn record_issued(&self, fact: &CertificateIssued, at: Timestamp) {
        self.record(CERTIFICATE_ISSUED, fact, at).await;
    }

    pub(crate) async fn record_changed(&self, fact: &StatusChanged) {
        self.record(STATUS_CHANGED, fact, fact.at).await;
    }

    pub(crate) async fn record_certified(&self, fact: &AuthorityCertified) {
        self.record(AUTHORITY_CERTIFIED, fact, fact.at).await;
    }
}

/// Follows to the end of the records.
pub(crate) async fn follow(desk: &StatusDesk, now: Timestamp) {
    while !desk.follow_once(now).await.unwrap().at_end {}
}

/// What the desk answers about one certificate, in SM3 and without a nonce.
pub(crate) fn ask(desk: &StatusDesk, authority: &TestAuthority, serial: SerialNumber, now: Timestamp) -> CertStatus {
    let question = authority.question(DigestAlgorithm::Sm3, &[serial], None);
    let reply = desk.respond_ocsp(&question, now);
    authority
        .read(reply.der(), None, now)
        .unwrap()
        .answer(serial.as_bytes())
        .unwrap()
        .status
}

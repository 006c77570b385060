//! A registration authority in a folder of its own, and a certification authority made for tests: real keys, real
//! certificates, and every sort of trouble on the line between them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "tests; each file uses a part of the house"
)]

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey};
use gm_syntax::{CertificationRequest, Sm2EnvelopedKey};
use hefu_certificate::{Issuer, Order, Profiles, Publication, SerialNumber, Subject, Usage};
use hefu_database::Database;
use hefu_officers::{Officer, Officers, Role};
use hefu_ra::{
    Agreed, AgreementKind, AgreementProof, ApplicationView, AuthorityChannel, Basis, CaseFiles, CheckOccasion,
    CheckProof, ContractInput, Desk, DeskError, DeskSettings, EvidenceInput, FileError, GoodFor, Holder, HolderKind,
    IdentityInput, LookAlike, NewApplication, NoticeInput, Then, Unreachable,
};
use hefu_rulebook::{Explain, Language};
use jiff::Timestamp;
use registration_protocol::{
    Issue, Issued, Item, Outcome, Refused, RefusedKind, Reply, RequestId, SignedBatch, StatusAct,
};
use sqlx::Row as _;

pub(crate) const RA: &str = "ra-one";

pub(crate) fn noon() -> Timestamp {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

pub(crate) fn later(days: i64) -> Timestamp {
    noon().checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap()
}

/// What goes wrong with the next batches.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// The line breaks before the authority hears anything.
    Before,
    /// The authority acts, then the line breaks.
    After,
    /// Octets that are no reply.
    Garbage,
    /// A reply signed by somebody else.
    WrongKey,
    /// The right signature over the answer to another batch.
    OtherBatch,
    /// A reply that does not mention the requests.
    Silence,
    /// Accepted, not done.
    Pending,
    /// A rule says no.
    Refuse,
    /// A certificate for another key.
    OtherKey,
    /// A pair without its second half.
    HalfPair,
    /// Other certificates move than were asked for.
    OtherSerials,
}

/// A certification authority for tests.
pub(crate) struct Authority {
    issuer: Issuer,
    key: PrivateKey,
    reply_key: PrivateKey,
    ra_key: PublicKey,
    profiles: Profiles,
    pub(crate) trouble: Mutex<Trouble>,
    /// For measuring only: one envelope for everybody, so that what is measured is not the making of envelopes.
    spare: OnceLock<(PublicKey, Vec<u8>)>,
    known: Mutex<HashMap<RequestId, Outcome>>,
    pairs: Mutex<HashMap<String, Vec<String>>>,
    pub(crate) issued: AtomicUsize,
    pub(crate) batches: AtomicUsize,
}

impl Authority {
    pub(crate) fn new(ra_key: PublicKey) -> Self {
        let profiles = Profiles::builtin();
        let key = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
        let root = profiles.get("root").unwrap();
        let fields = [("organisation", "合符测试"), ("common_name", "合符测试根")];
        let subject = Subject::new(root, &words(&fields)).unwrap();
        let publication = || {
            Publication::nowhere()
                .with_crl("http://127.0.0.1/crl")
                .unwrap()
                .with_ocsp("http://127.0.0.1/ocsp")
                .unwrap()
                .with_ca_issuers("http://127.0.0.1/ca.crt")
                .unwrap()
                .with_cps("http://127.0.0.1/cps")
                .unwrap()
                .with_policy_arc("1.3.6.1.4.1.32473.1")
                .unwrap()
        };
        let own = Issuer::self_signed(&subject, key.public_key(), publication()).unwrap();
        let order = Order {
            subject: &subject,
            public_key: key.public_key(),
            usage: Usage::Single,
            serial: SerialNumber::random().unwrap(),
            validity: root.validity(noon(), None, &own).unwrap(),
        };
        let certificate = root.draft(&own, &order).unwrap().pass().unwrap().sign(&key).unwrap();
        let issuer = Issuer::from_certificate(certificate.der(), publication()).unwrap();
        Self {
            issuer,
            key,
            reply_key: PrivateKey::generate(KeyAlgorithm::Sm2).unwrap(),
            ra_key,
            profiles,
            trouble: Mutex::default(),
            spare: OnceLock::new(),
            known: Mutex::default(),
            pairs: Mutex::default(),
            issued: AtomicUsize::new(0),
            batches: AtomicUsize::new(0),
        }
    }

    pub(crate) fn meet(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
    }

    pub(crate) fn hurry(&self) {
        self.spare
            .get_or_init(|| encryption_key(key(KeyAlgorithm::Sm2).public_key()));
    }

    fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap()
    }

    fn answer(&self, item: &Item, at: Timestamp) -> Outcome {
        let id = item.request_id();
        let mut known = self.known.lock().unwrap();
        match (item, known.get(&id)) {
            (Item::Inquire { .. }, known) => known.cloned().unwrap_or(Outcome::Unknown),
            (_, Some(_)) => refusal("replayed"),
            (Item::Issue(issue), None) => {
                let outcome = match self.trouble() {
                    Trouble::Refuse => refusal("lint"),
                    Trouble::Pending => Outcome::Pending,
                    trouble => Outcome::Issued(self.issue(issue, at, trouble)),
                };
                known.insert(id, outcome.clone());
                outcome
            }
            (Item::ChangeStatus(change), None) => {
                let outcome = match self.trouble() {
                    Trouble::Refuse => refusal("certificate-revoked"),
                    Trouble::OtherSerials => Outcome::StatusChanged {
                        serials: vec!["00ff".to_owned()],
                        at,
                    },
                    _ => {
                        let serials = self.pairs.lock().unwrap().get(&change.serial).unwrap().clone();
                        assert!(!matches!(&change.act, StatusAct::Revoke { ground, .. } if ground.is_empty()));
                        Outcome::StatusChanged { serials, at }
                    }
                };
                known.insert(id, outcome.clone());
                outcome
            }
        }
    }

    fn issue(&self, issue: &Issue, at: Timestamp, trouble: Trouble) -> Issued {
        self.issued.fetch_add(1, Ordering::Relaxed);
        let profile = self.profiles.get(&issue.profile).unwrap();
        let mut key = PublicKey::from_spki(&issue.public_key).unwrap();
        let subject = Subject::new(profile, &issue.fields).unwrap();
        if trouble == Trouble::OtherKey {
            key = PrivateKey::generate(key.algorithm()).unwrap().public_key().clone();
        }
        let sign = |usage, public_key: &PublicKey| {
            let validity = profile.validity(at, issue.validity_days, &self.issuer).unwrap();
            let serial = SerialNumber::random().unwrap();
            let order = Order {
                subject: &subject,
                public_key,
                usage,
                serial,
                validity,
            };
            let passed = profile.draft(&self.issuer, &order).unwrap().pass().unwrap();
            passed.sign(&self.key).unwrap()
        };
        let mut parts = Issued {
            signing: Vec::new(),
            encryption: None,
            enveloped_key: None,
            issuer: self.issuer.certificate().unwrap().to_vec(),
        };
        let mut serials = Vec::new();
        for part in profile.parts() {
            let certificate = if part.usage == Usage::Encrypt {
                let (encryption, envelope) = self.spare.get().cloned().unwrap_or_else(|| encryption_key(&key));
                parts.enveloped_key = Some(envelope);
                sign(Usage::Encrypt, &encryption)
            } else {
                sign(part.usage, &key)
            };
            serials.push(certificate.serial().to_string());
            if part.usage == Usage::Encrypt {
                parts.encryption = (trouble != Trouble::HalfPair).then(|| certificate.into_der());
            } else {
                parts.signing = certificate.into_der();
            }
        }
        let mut pairs = self.pairs.lock().unwrap();
        for serial in &serials {
            pairs.insert(serial.clone(), serials.clone());
        }
        parts
    }

    fn reply(&self, batch: &[u8]) -> Vec<u8> {
        let verified = SignedBatch::from_der(batch).unwrap().verify(&self.ra_key).unwrap();
        assert_eq!(verified.ra, RA);
        let at = verified.sent_at;
        let mut answers: Vec<_> = verified
            .items
            .iter()
            .map(|item| (item.request_id(), self.answer(item, at)))
            .collect();
        let trouble = self.trouble();
        if trouble == Trouble::Silence {
            answers = vec![([9; 16], Outcome::Unknown)];
        }
        let mut in_answer_to = verified.digest();
        if trouble == Trouble::OtherBatch {
            in_answer_to = [7; 32];
        }
        let stranger = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let key = if trouble == Trouble::WrongKey {
            &stranger
        } else {
            &self.reply_key
        };
        Reply {
            in_answer_to,
            at,
            answers,
        }
        .sign(key)
        .unwrap()
    }
}

/// What a key management centre does: a key pair, and the private key in an envelope for the applicant.
fn encryption_key(applicant: &PublicKey) -> (PublicKey, Vec<u8>) {
    let encryption = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let envelope = Sm2EnvelopedKey::seal(applicant, &encryption).unwrap();
    (encryption.public_key().clone(), envelope.to_der().unwrap())
}

fn refusal(code: &str) -> Outcome {
    Outcome::Refused(Refused {
        kind: RefusedKind::Refusal,
        code: code.to_owned(),
        instrument: Some("ESL".to_owned()),
        article: Some("21".to_owned()),
        english: "a rule says no".to_owned(),
        chinese: "规则不允许".to_owned(),
    })
}

impl AuthorityChannel for Authority {
    fn submit(&self, batch: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, Unreachable>> {
        Box::pin(async move {
            self.batches.fetch_add(1, Ordering::Relaxed);
            let broken = || Unreachable {
                detail: "the line is down".to_owned(),
            };
            match self.trouble() {
                Trouble::Before => Err(broken()),
                Trouble::After => {
                    self.reply(&batch);
                    Err(broken())
                }
                Trouble::Garbage => Ok(vec![0x30, 0x01, 0x00]),
                _ => Ok(self.reply(&batch)),
            }
        })
    }
}

/// The file of every applicant in these tests.
pub(crate) const FILE: &str = "f11e0000000000000000000000000000";
/// Somebody else's file.
pub(crate) const OTHER_FILE: &str = "f11e0000000000000000000000000001";
const NOTICE: &str = "00000000000000000000000000000001";
const CONTRACT: &str = "00000000000000000000000000000002";
/// An agreement to a text that is no longer in force.
pub(crate) const OLD_NOTICE: &str = "00000000000000000000000000000003";
/// An agreement of somebody else.
pub(crate) const OTHERS_NOTICE: &str = "00000000000000000000000000000004";
const CHECK: &str = "10000000000000000000000000000000";
/// A check for a renewal, about whatever serial number it is asked for.
const RENEWAL_CHECK: &str = "10000000000000000000000000000001";
/// The same for a change of status.
const CHANGE_CHECK: &str = "10000000000000000000000000000002";
/// A check that is about something else.
pub(crate) const OTHERS_CHECK: &str = "10000000000000000000000000000003";
/// A check of somebody else.
pub(crate) const STRANGERS_CHECK: &str = "10000000000000000000000000000004";
/// A check whose time is over on the day after.
pub(crate) const SHORT_CHECK: &str = "10000000000000000000000000000005";

/// Applications, of whichever house, whose applicants owe a supplement since a time.
pub(crate) static OWING: Mutex<BTreeMap<String, Timestamp>> = Mutex::new(BTreeMap::new());

/// Applicants' files for tests: one file, and a check for whatever is asked about unless its number says otherwise.
#[derive(Default)]
pub(crate) struct Files {
    keys: Mutex<HashMap<[u8; 32], String>>,
}

impl CaseFiles for Files {
    fn owes<'a>(&'a self, application: &'a str) -> BoxFuture<'a, Result<Option<Timestamp>, FileError>> {
        let since = OWING.lock().unwrap().get(application).copied();
        Box::pin(async move { Ok(since) })
    }

    fn holder<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Holder, FileError>> {
        let fields = [("common_name", "张三丰"), ("identity_number", "11010519491231002X")];
        let holder = Holder {
            kind: HolderKind::Person,
            fields: fields.map(|(name, value)| (name, value.to_owned())).into(),
        };
        Box::pin(async { Ok(holder) })
    }

    fn check<'a>(&'a self, number: &'a str, about: &'a str) -> BoxFuture<'a, Result<Option<CheckProof>, FileError>> {
        // A number that begins with 11 ends with the day of the check.
        let day = number
            .strip_prefix("11")
            .and_then(|day| i64::from_str_radix(day, 16).ok());
        let at = later(day.unwrap_or_default());
        let proof = CheckProof {
            about: about.to_owned(),
            applicant: if number == STRANGERS_CHECK { OTHER_FILE } else { FILE }.to_owned(),
            at,
            by: hefu_officers::OfficerId::new(1).unwrap(),
            good_until: if number == SHORT_CHECK {
                later(1)
            } else {
                later(day.unwrap_or_default() + 100)
            },
            number: number.to_owned(),
            occasion: match number {
                RENEWAL_CHECK => CheckOccasion::Renewal,
                CHANGE_CHECK => CheckOccasion::Revocation,
                _ => CheckOccasion::Application,
            },
            sm3: "cd".repeat(32),
        };
        let found = (number.starts_with('1') && number != OTHERS_CHECK).then_some(proof);
        Box::pin(async { Ok(found) })
    }

    fn agreement<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Option<Agreed>, FileError>> {
        let proof = AgreementProof {
            applicant: if number == OTHERS_NOTICE { OTHER_FILE } else { FILE }.to_owned(),
            kind: if number == CONTRACT {
                AgreementKind::Contract
            } else {
                AgreementKind::Notice
            },
            number: number.to_owned(),
            sm3: "ef".repeat(32),
            version: "2026-11".to_owned(),
        };
        let in_force = number != OLD_NOTICE;
        let found = number.starts_with("000").then_some(Agreed { proof, in_force });
        Box::pin(async { Ok(found) })
    }

    fn note_key<'a>(
        &'a self,
        applicant: &'a str,
        key_sm3: [u8; 32],
        _: hefu_officers::OfficerId,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<(), FileError>> {
        let mut keys = self.keys.lock().unwrap();
        let holder = keys.entry(key_sm3).or_insert_with(|| applicant.to_owned()).clone();
        Box::pin(async move {
            // The real keeper says it in its own words.
            if holder == applicant {
                Ok(())
            } else {
                Err(Arc::new(hefu_ra::ApplicationError::NoReason) as FileError)
            }
        })
    }

    fn look_alikes<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<LookAlike>, FileError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Everything in place.
pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) database: Database,
    pub(crate) desk: Desk,
    pub(crate) authority: Arc<Authority>,
    ra_key: Arc<PrivateKey>,
    pub(crate) entering: Officer,
    pub(crate) approving: Officer,
    pub(crate) third: Officer,
    pub(crate) auditor: Officer,
}

pub(crate) async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let migrations = [hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS, hefu_ra::MIGRATIONS];
    let database = Database::open(&url, &migrations).await.unwrap();
    let officers = Officers::open(database.clone()).await.unwrap();
    let mut people = Vec::new();
    for (name, role) in [
        ("录入员", Role::BUSINESS_OPERATOR),
        ("审批员", Role::BUSINESS_ADMINISTRATOR),
        ("第三人", Role::BUSINESS_OPERATOR),
        ("审计员", Role::AUDITOR),
    ] {
        people.push(officers.enrol(name, role, noon()).await.unwrap().0);
    }
    let ra_key = Arc::new(PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
    let authority = Arc::new(Authority::new(ra_key.public_key().clone()));
    let desk = open_desk(&database, &ra_key, &authority);
    let [entering, approving, third, auditor] = people.try_into().unwrap();
    House {
        folder,
        database,
        desk,
        authority,
        ra_key,
        entering,
        approving,
        third,
        auditor,
    }
}

fn open_desk(database: &Database, ra_key: &Arc<PrivateKey>, authority: &Arc<Authority>) -> Desk {
    Desk::open(DeskSettings {
        database: database.clone(),
        profiles: Arc::new(Profiles::builtin()),
        name: RA.to_owned(),
        signer: Arc::clone(ra_key) as _,
        authority_key: authority.reply_key.public_key().clone(),
        channel: Arc::clone(authority) as _,
        files: Arc::new(Files::default()),
        identity_good_for: GoodFor::default(),
    })
}

impl House {
    /// The desk as after a restart: nothing remembered but what is in the tables.
    pub(crate) fn reopen(&mut self) {
        self.desk = open_desk(&self.database, &self.ra_key, &self.authority);
    }

    /// Enters with all sections.
    pub(crate) async fn enter(&self, new: NewApplication) -> ApplicationView {
        self.desk.enter(&self.entering, new, noon()).await.unwrap()
    }

    /// Enters, approves and issues.
    pub(crate) async fn issue(&self, new: NewApplication) -> ApplicationView {
        let entered = self.enter(new).await;
        self.desk
            .approve(&self.approving, entered.id, Then::Issue, noon())
            .await
            .unwrap()
    }

    /// All records, in order.
    pub(crate) async fn records(&self) -> Vec<serde_json::Value> {
        let mut connection = self.database.read().await.unwrap();
        let rows = sqlx::query("SELECT bytes FROM record_entry ORDER BY idx")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        rows.iter()
            .map(|row| serde_json::from_slice(&row.try_get::<Vec<u8>, _>(0).unwrap()).unwrap())
            .collect()
    }

    /// Kinds of the records about one subject, in order.
    pub(crate) async fn kinds(&self, subject: &str) -> Vec<String> {
        let about = self
            .records()
            .await
            .into_iter()
            .filter(|record| record["subject"] == subject);
        about
            .map(|record| record["kind"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Bodies of all records of one kind, in order.
    pub(crate) async fn bodies(&self, kind: &str) -> Vec<serde_json::Value> {
        let of_kind = self.records().await.into_iter().filter(|record| record["kind"] == kind);
        of_kind.map(|record| record["body"].clone()).collect()
    }

    /// Codes of the refusals that were recorded, in order.
    pub(crate) async fn refusals(&self) -> Vec<String> {
        let bodies = self.bodies("application-refused/1").await;
        bodies
            .iter()
            .map(|body| body.get("code").unwrap().as_str().unwrap().to_owned())
            .collect()
    }
}

pub(crate) fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn key(algorithm: KeyAlgorithm) -> PrivateKey {
    PrivateKey::generate(algorithm).unwrap()
}

pub(crate) fn csr(key: &PrivateKey) -> Vec<u8> {
    CertificationRequest::sign_request(&"CN=anything".parse().unwrap(), key, None).unwrap()
}

/// Words of an officer, for devices and servers.
pub(crate) fn identity_words() -> Basis<IdentityInput> {
    Basis::Words(IdentityInput {
        method: "in-person".to_owned(),
        document: "居民身份证 11010519491231002X".to_owned(),
        evidence: vec![EvidenceInput {
            name: "正面".to_owned(),
            sm3: "ab".repeat(32),
        }],
        remark: None,
    })
}

pub(crate) fn notice_words() -> Basis<NoticeInput> {
    Basis::Words(NoticeInput {
        version: "2026-11".to_owned(),
    })
}

pub(crate) fn contract_words() -> Basis<ContractInput> {
    Basis::Words(ContractInput {
        version: "2026-11".to_owned(),
        signed_by: "张三丰".to_owned(),
    })
}

pub(crate) fn proof<W>(number: &str) -> Basis<W> {
    Basis::Proof(number.to_owned())
}

pub(crate) fn identity() -> Basis<IdentityInput> {
    proof(CHECK)
}

/// A check made some days after noon.
pub(crate) fn identity_on(day: i64) -> Basis<IdentityInput> {
    proof(&format!("11{day:030x}"))
}

pub(crate) fn identity_for_renewal() -> Basis<IdentityInput> {
    proof(RENEWAL_CHECK)
}

pub(crate) fn identity_for_change() -> Basis<IdentityInput> {
    proof(CHANGE_CHECK)
}

pub(crate) fn notice() -> Basis<NoticeInput> {
    proof(NOTICE)
}

pub(crate) fn contract() -> Basis<ContractInput> {
    proof(CONTRACT)
}

/// A person's application for a pair, with every section.
pub(crate) fn person(key: &PrivateKey) -> NewApplication {
    NewApplication {
        profile: "person-sm2".to_owned(),
        subject: words(&[("common_name", "张三丰"), ("identity_number", "11010519491231002X")]),
        applicant: Some(FILE.to_owned()),
        csr: csr(key),
        validity_days: None,
        notice: Some(notice()),
        contract: Some(contract()),
        identity: Some(identity()),
    }
}

/// The same, with nothing but the request.
pub(crate) fn bare(key: &PrivateKey) -> NewApplication {
    NewApplication {
        notice: None,
        contract: None,
        identity: None,
        ..person(key)
    }
}

/// A person's application for a single certificate.
pub(crate) fn single(key: &PrivateKey) -> NewApplication {
    NewApplication {
        profile: "person-sm2-single".to_owned(),
        ..person(key)
    }
}

/// A server's application, outside the law.
pub(crate) fn server(key: &PrivateKey) -> NewApplication {
    NewApplication {
        profile: "tls-server".to_owned(),
        subject: words(&[("dns", "www.hefu.example")]),
        applicant: None,
        notice: Some(notice_words()),
        contract: Some(contract_words()),
        identity: Some(identity_words()),
        ..person(key)
    }
}

/// An error as officers read it.
pub(crate) fn told(result: Result<impl std::fmt::Debug, DeskError>) -> String {
    let error = result.unwrap_err();
    format!("{}: {}", error.code(), error.message_with_rule(Language::English))
}

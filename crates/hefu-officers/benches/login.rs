//! What a log-in check costs the processor: a session's text at each request; at the log-in a signature, or a client
//! certificate read and found. The handshake before it is rustls's, the session after it the database's.
#![expect(clippy::unwrap_used, reason = "a measurement")]

use criterion::{Criterion, criterion_group, criterion_main};
use gm_suite::{KeyAlgorithm, PrivateKey, SignatureAlgorithm, Signer as _};
use hefu_certificate::{Issuer, Order, Profiles, Publication, SerialNumber, Subject, Usage};
use hefu_database::Database;
use hefu_officers::{Change, Officers, Outcome, PresentedCertificate, Role};
use jiff::Timestamp;

/// A register with one officer who is logged in, and the session's text.
async fn logged_in(url: &str, key: &PrivateKey) -> (Officers, String) {
    let database = Database::open(url, &[hefu_records::MIGRATIONS, hefu_officers::MIGRATIONS])
        .await
        .unwrap();
    let officers = Officers::open(database).await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let (one, _) = officers.enrol("甲", Role::SUPER_ADMINISTRATOR, now).await.unwrap();
    let (two, _) = officers.enrol("乙", Role::SUPER_ADMINISTRATOR, now).await.unwrap();
    let change = Change::Appoint {
        name: "丙".to_owned(),
        role: Role::BUSINESS_ADMINISTRATOR,
        body: None,
        key: Some(hex::encode(key.public_key().spki())),
    };
    let proposal = officers.propose(&one, change, now).await.unwrap();
    let decided = officers
        .decide(&two, proposal.id, Outcome::Approved, now)
        .await
        .unwrap();
    let text = officers.challenge(now).unwrap().text;
    let signature = key.sign(text.as_bytes()).unwrap();
    let (_, session) = officers
        .log_in_by_signature(decided.officer.unwrap(), &text, &signature, now)
        .await
        .unwrap();
    (officers, session.reveal().to_string())
}

fn checks(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (officers, session) = runtime.block_on(logged_in(&url, &key));
    let now = Timestamp::UNIX_EPOCH;
    criterion.bench_function("session", |bench| {
        bench.iter(|| officers.authenticate(&session, now).unwrap());
    });
    let der = certificate();
    criterion.bench_function("certificate", |bench| {
        bench.iter(|| {
            let presented = PresentedCertificate::verified(&der).unwrap();
            officers.holder(&presented)
        });
    });
    let text = officers.challenge(now).unwrap().text;
    let signature = key.sign(text.as_bytes()).unwrap();
    let public = key.public_key();
    criterion.bench_function("signature", |bench| {
        bench.iter(|| {
            public
                .verify(SignatureAlgorithm::Sm2Sm3, text.as_bytes(), &signature)
                .unwrap();
        });
    });
}

/// A certificate (DER) that signs itself.
fn certificate() -> Vec<u8> {
    let key = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    let profiles = Profiles::builtin();
    let profile = profiles.get("root").unwrap();
    let fields = [("common_name", "entry"), ("organisation", "Example")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let subject = Subject::new(profile, &fields).unwrap();
    let issuer = Issuer::self_signed(&subject, key.public_key(), Publication::nowhere()).unwrap();
    let order = Order {
        subject: &subject,
        public_key: key.public_key(),
        usage: Usage::Single,
        serial: SerialNumber::random().unwrap(),
        validity: profile.validity(Timestamp::UNIX_EPOCH, None, &issuer).unwrap(),
    };
    let draft = profile.draft(&issuer, &order).unwrap().pass().unwrap();
    draft.sign(&key).unwrap().into_der()
}

criterion_group!(benches, checks);
criterion_main!(benches);

//! What a log-in check costs the processor: a session's text at each request; at the log-in a signature, or a client
//! certificate read and found. The handshake before it is rustls's.
//!
//! criterion tells the time of each check. Beside it the processor time of the whole process is counted, since the limit
//! is one of processor time ([`LIMIT`]), also for a whole log-in with its session and its record, and the log-out after
//! it. Ends with status 1 when a check is above the limit.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use criterion::Criterion;
use futures_util::future::BoxFuture;
use gm_suite::{KeyAlgorithm, PrivateKey, SignatureAlgorithm, Signer as _};
use hefu_certificate::{Issuer, Order, Profiles, Publication, SerialNumber, Subject, Usage};
use hefu_database::Database;
use hefu_officers::{
    CannotTell, CertificateStanding, Change, OfficerId, Officers, Outcome, PresentedCertificate, Role, Standing,
};
use jiff::Timestamp;

/// Processor time that a log-in check may take.
const LIMIT: Duration = Duration::from_millis(5);
/// Long enough that a tick of the kernel's count is a hundredth of it.
const COUNTED_FOR: Duration = Duration::from_secs(2);
/// Ticks of `/proc/self/stat` in a second (`sysconf(_SC_CLK_TCK)`), on every Linux there is.
const TICKS_PER_SECOND: u32 = 100;

/// A register with one officer who is logged in and has a certificate, and the session's text.
async fn logged_in(url: &str, key: &PrivateKey, certificate: &PresentedCertificate) -> (Officers, String) {
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
    let officer: OfficerId = decided.officer.unwrap();
    let bound = Change::BindCertificate {
        officer,
        certificate: certificate.fingerprint(),
    };
    let proposal = officers.propose(&one, bound, now).await.unwrap();
    officers
        .decide(&two, proposal.id, Outcome::Approved, now)
        .await
        .unwrap();
    let (_, session) = officers
        .log_in_by_signature(officer, &text, &signature, now)
        .await
        .unwrap();
    (officers, session.reveal().to_string())
}

/// Whoever issued it says that it stands.
struct Stands;

impl CertificateStanding for Stands {
    fn standing<'a>(
        &'a self,
        _: &'a PresentedCertificate,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, CannotTell>> {
        Box::pin(async { Ok(Standing::InForce) })
    }
}

/// Processor time of this process so far, its own and the kernel's for it.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // The name of the program stands in brackets and may hold anything; user and system time are fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: u32 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|it| it.parse::<u32>().unwrap())
        .sum();
    Duration::from_secs(1) * ticks / TICKS_PER_SECOND
}

/// Counts what one check costs, and tells whether that is within the limit.
fn count(name: &str, mut check: impl FnMut()) -> bool {
    let (start, before) = (Instant::now(), processor_time());
    let mut checks = 0_u32;
    while start.elapsed() < COUNTED_FOR {
        check();
        checks += 1;
    }
    let each = processor_time().saturating_sub(before) / checks;
    let verdict = if each <= LIMIT { "within" } else { "ABOVE" };
    println!("{name:28} {each:>12.3?} of processor time each, {checks} checks; {verdict} the limit of {LIMIT:?}");
    each <= LIMIT
}

fn main() -> ExitCode {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ra.db", folder.path().display());
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let der = certificate();
    let presented = PresentedCertificate::verified(&der).unwrap();
    let (officers, session) = runtime.block_on(logged_in(&url, &key, &presented));
    let now = Timestamp::UNIX_EPOCH;
    criterion.bench_function("session", |bench| {
        bench.iter(|| officers.authenticate(&session, now).unwrap());
    });
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
    criterion.final_summary();
    let all = [
        count("session", || drop(officers.authenticate(&session, now).unwrap())),
        count("certificate", || {
            let presented = PresentedCertificate::verified(&der).unwrap();
            assert!(officers.holder(&presented).is_some());
        }),
        count("signature", || {
            public
                .verify(SignatureAlgorithm::Sm2Sm3, text.as_bytes(), &signature)
                .unwrap();
        }),
        count("log-in by certificate, log-out", || {
            runtime.block_on(async {
                let presented = PresentedCertificate::verified(&der).unwrap();
                let opened = officers.log_in_by_certificate(&presented, &Stands, now).await;
                let (_, session) = opened.unwrap();
                officers.leave(&session, now).await.unwrap();
            });
        }),
    ];
    ExitCode::from(u8::from(!all.iter().all(|holds| *holds)))
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

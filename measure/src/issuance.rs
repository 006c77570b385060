//! Issuance over HTTP, eight clients, everything on: proof of possession, lints, intent, records, durable commits.
//!
//! Two numbers each: `issue` is the second officer's call that approves and returns the certificate; `whole road` also
//! counts the first officer's call that enters application, notice, contract and identity with the CSR.

use std::path::Path;
use std::str::FromStr;

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use x509_cert::name::Name;

use crate::load::{self, Run};
use crate::openssl::Authority;
use crate::report::{Failure, Figure, Target};
use crate::service::Service;
use crate::wire::Request;

const CLIENTS: usize = 8;
const APPLICATIONS: usize = 4_000;
const WARM_UP: usize = 200;
const PEER_CERTIFICATES: u32 = 1_000;

/// A kind of certificate that is issued.
pub(crate) struct Kind {
    name: &'static str,
    profile: &'static str,
    key: KeyAlgorithm,
    target: f64,
}

/// International counterpart.
pub(crate) const P256: Kind = Kind {
    name: "P-256 single",
    profile: "device-p256",
    key: KeyAlgorithm::P256,
    target: 1_500.0,
};

/// Single SM2, pairs, P-256.
const KINDS: [Kind; 3] = [
    Kind {
        name: "SM2 single",
        profile: "device-sm2-single",
        key: KeyAlgorithm::Sm2,
        target: 1_500.0,
    },
    Kind {
        name: "SM2 pair",
        profile: "device-sm2",
        key: KeyAlgorithm::Sm2,
        target: 700.0,
    },
    P256,
];

/// Every kind on one fresh service, then the peer.
pub(crate) fn measure(binaries: &Path, folder: &Path) -> Result<Vec<Figure>, Failure> {
    let service = Service::fresh(binaries, &folder.join("issuance"))?;
    let mut figures = Vec::new();
    for kind in &KINDS {
        eprintln!("measuring issuance: {kind}");
        figures.extend(issue(&service, kind)?);
    }
    service.stop()?;
    eprintln!("measuring the peer: openssl ca");
    figures.extend(beside_openssl(&folder.join("openssl-sm2"), &figures)?);
    Ok(figures)
}

/// Issues `APPLICATIONS` certificates of a kind and says how fast.
fn issue(service: &Service, kind: &Kind) -> Result<Vec<Figure>, Failure> {
    let entry = service.officer("entry")?;
    let approver = service.officer("approver")?;
    round(service, kind, (&entry, &approver), WARM_UP)?;
    let (entered, issued) = round(service, kind, (&entry, &approver), APPLICATIONS)?;
    let whole =
        f64::from(u32::try_from(issued.answered).unwrap_or(u32::MAX)) / (entered.took + issued.took).as_secs_f64();
    let remark = |run: &Run| {
        let (half, most) = (
            run.percentile(50).as_secs_f64() * 1e3,
            run.percentile(99).as_secs_f64() * 1e3,
        );
        format!(
            "{CLIENTS} clients, {} calls, p50 {half:.1} ms, p99 {most:.1} ms",
            run.answered
        )
    };
    let figure = Figure::plain(format!("issue, {}", kind.name), issued.rate(), "/s", remark(&issued));
    let two_calls = "both calls, one after the other";
    Ok(vec![
        figure.against(Target::AtLeast(kind.target)),
        Figure::plain(format!("enter, {}", kind.name), entered.rate(), "/s", remark(&entered)),
        Figure::plain(format!("whole road, {}", kind.name), whole, "/s", two_calls),
    ])
}

/// Certificates of a kind, for whoever measures what comes after issuance.
pub(crate) fn stock(service: &Service, kind: &Kind, count: usize) -> Result<(), Failure> {
    let (entry, approver) = (service.officer("entry")?, service.officer("approver")?);
    round(service, kind, (&entry, &approver), count).map(drop)
}

fn round(service: &Service, kind: &Kind, officers: (&str, &str), count: usize) -> Result<(Run, Run), Failure> {
    let entries = (0..count)
        .map(|place| entry(kind, officers.0, place))
        .collect::<Result<Vec<_>, _>>()?;
    let entered = load::run(service.address, CLIENTS, &entries, |answer| answer.status == 201);
    complain(&entered)?;
    let approvals: Vec<Request> = entered.bodies.iter().map(|body| approval(body, officers.1)).collect();
    let issued = load::run(service.address, CLIENTS, &approvals, |answer| {
        answer.status == 200 && answer.body.windows(17).any(|window| window == b"BEGIN CERTIFICATE")
    });
    complain(&issued)?;
    Ok((entered, issued))
}

fn complain(run: &Run) -> Result<(), Failure> {
    match run.failed.first() {
        Some(first) => Err(Failure::Requests(format!(
            "{} of {}, first: {first}",
            run.failed.len(),
            run.failed.len() + run.answered
        ))),
        None => Ok(()),
    }
}

fn entry(kind: &Kind, officer: &str, place: usize) -> Result<Request, Failure> {
    let key = PrivateKey::generate(kind.key).map_err(|_| Failure::Tool("key generation"))?;
    let name = format!("device-{place:06}.example");
    let subject = Name::from_str(&format!("CN={name},O=Example,C=CN")).map_err(|_| Failure::Tool("name"))?;
    let request =
        gm_syntax::CertificationRequest::sign_request(&subject, &key, None).map_err(|_| Failure::Tool("CSR"))?;
    let body = json!({
        "profile": kind.profile,
        "subject": {"common_name": name, "organisation": "Example", "country": "CN"},
        "csr": gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &request),
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "Example"},
        "identity": {"method": "in-person", "document": "purchase contract", "evidence": []},
    });
    let body = serde_json::to_vec(&body).map_err(|_| Failure::Tool("JSON"))?;
    Ok(Request::post(
        "/api/v1/applications",
        "application/json",
        officer,
        &body,
    ))
}

fn approval(entered: &[u8], officer: &str) -> Request {
    let application: Value = serde_json::from_slice(entered).unwrap_or_default();
    let path = format!(
        "/api/v1/applications/{}/approval",
        application.get("id").unwrap_or(&Value::Null)
    );
    Request::post(&path.replace('"', ""), "application/json", officer, b"{\"issue\":true}")
}

impl std::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

/// `openssl ca -infiles` with SM2, and how many times faster the single SM2 certificates above were.
fn beside_openssl(folder: &Path, figures: &[Figure]) -> Result<Vec<Figure>, Failure> {
    let peer = Authority::fresh(folder, true)?.issue(PEER_CERTIFICATES)?;
    let ours = figures
        .iter()
        .find(|figure| figure.what == "issue, SM2 single")
        .map_or(0.0, |figure| figure.value);
    let how = format!("{PEER_CERTIFICATES} requests, one process, no HTTP, no records");
    Ok(vec![
        Figure::plain("openssl ca -infiles, SM2", peer, "/s", how),
        Figure::plain("issue, SM2 single ÷ openssl ca", ours / peer, "×", "same run").against(Target::AtLeast(2.0)),
    ])
}

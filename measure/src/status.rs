//! OCSP over HTTP: POST of prepared questions about certificates that exist, beside `openssl ocsp -multi 2` with as many.

use std::path::Path;

use der::{Decode, Encode};
use gm_suite::{DigestAlgorithm, PublicKey};
use pkix_status::{CertIdBuf, IssuerHashes, Nonce, write_request};
use serde_json::Value;
use x509_cert::Certificate;

use crate::issuance;
use crate::load;
use crate::openssl::Authority;
use crate::report::{Failure, Figure, Target};
use crate::service::Service;
use crate::wire::{Connection, Request};

const CLIENTS: usize = 8;
const QUESTIONS: usize = 40_000;
const PEER_QUESTIONS: usize = 4_000;
const CERTIFICATES: usize = 2_000;

/// Our responder cached and fresh, the peer, and the ratios.
pub(crate) fn measure(binaries: &Path, folder: &Path) -> Result<Vec<Figure>, Failure> {
    eprintln!("measuring status");
    let service = &Service::fresh(binaries, &folder.join("status"))?;
    issuance::stock(service, &issuance::P256, CERTIFICATES)?;
    let peer_folder = &folder.join("openssl-ocsp");
    let issuer = Connection::new(service.address)
        .send(&Request::get("/ca/p256.crt"))?
        .body;
    let known = serials(service)?;
    let cached = ours(service, &questions(&issuer, &known, QUESTIONS, false)?)?;
    let fresh = ours(service, &questions(&issuer, &known, QUESTIONS / 4, true)?)?;
    let count = u32::try_from(known.len()).unwrap_or(u32::MAX);
    let authority = Authority::fresh(peer_folder, false)?;
    let theirs: Vec<Vec<u8>> = authority
        .index(count, false)?
        .iter()
        .map(|serial| serial.to_be_bytes().to_vec())
        .collect();
    let asked = questions(&authority.certificate()?, &theirs, PEER_QUESTIONS, false)?;
    let responder = authority.responder(asked.first().ok_or(Failure::Tool("no questions"))?)?;
    let run = load::run(responder.address, CLIENTS, &asked, |answer| {
        answer.status == 200 && answer.body.len() > 100
    });
    if run.answered == 0 {
        return Err(Failure::Tool("openssl ocsp answered nothing"));
    }
    let peer = run.rate();
    let over = known.len();
    let remark =
        |count: usize, what: &str| format!("{CLIENTS} clients, {count} POSTs over {over} certificates, {what}");
    let peers = format!("{PEER_QUESTIONS} POSTs, {} failed", run.failed.len());
    Ok(vec![
        Figure::plain("OCSP P-256, cached", cached, "/s", remark(QUESTIONS, "without nonce")),
        Figure::plain("OCSP P-256, fresh", fresh, "/s", remark(QUESTIONS / 4, "with nonce")),
        Figure::plain("openssl ocsp -multi 2", peer, "/s", peers),
        Figure::plain("OCSP cached ÷ openssl ocsp", cached / peer, "×", "same run").against(Target::AtLeast(1.0)),
        Figure::plain("OCSP fresh ÷ openssl ocsp", fresh / peer, "×", "same run").against(Target::AtLeast(1.0)),
    ])
}

fn ours(service: &Service, questions: &[Request]) -> Result<f64, Failure> {
    let run = load::run(service.address, CLIENTS, questions, |answer| {
        answer.status == 200 && answer.body.len() > 100
    });
    match run.failed.first() {
        Some(first) => Err(Failure::Requests(format!(
            "OCSP: {} failed, first: {first}",
            run.failed.len()
        ))),
        None => Ok(run.rate()),
    }
}

/// Serial numbers of P-256 certificates that the issuance runs left behind.
fn serials(service: &Service) -> Result<Vec<Vec<u8>>, Failure> {
    let officer = service.officer("entry")?;
    let mut connection = Connection::new(service.address);
    let mut known = Vec::new();
    let mut after = String::new();
    while known.len() < CERTIFICATES {
        let path = format!("/api/v1/certificates?profile=device-p256&limit=200{after}");
        let answer = connection.send(&Request::get_as(&path, &officer))?;
        let list: Value = serde_json::from_slice(&answer.body).map_err(|_| Failure::Tool("search"))?;
        for item in list.get("items").and_then(Value::as_array).into_iter().flatten() {
            let serial = item.get("serial").and_then(Value::as_str).unwrap_or_default();
            known.push(octets(serial));
        }
        let Some(next) = list.get("next").and_then(Value::as_str) else {
            break;
        };
        after = format!("&after={next}");
    }
    if known.is_empty() {
        Err(Failure::Tool("search found no certificates"))
    } else {
        Ok(known)
    }
}

fn octets(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .filter_map(|pair| {
            std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        })
        .collect()
}

fn questions(issuer: &[u8], serials: &[Vec<u8>], count: usize, nonce: bool) -> Result<Vec<Request>, Failure> {
    let certificate = Certificate::from_der(issuer).map_err(|_| Failure::Tool("CA certificate"))?;
    let body = certificate.tbs_certificate();
    let name = body.subject().to_der().map_err(|_| Failure::Tool("CA name"))?;
    let key = body
        .subject_public_key_info()
        .to_der()
        .map_err(|_| Failure::Tool("CA key"))?;
    let key = PublicKey::from_spki(&key).map_err(|_| Failure::Tool("CA key"))?;
    let issuer = IssuerHashes::of(DigestAlgorithm::Sha1, &name, &key);
    let asked = serials.iter().cycle().take(count).enumerate().map(|(place, serial)| {
        let id = CertIdBuf::new(&issuer, serial);
        let nonce = nonce.then(|| (place as u128 + 1).to_be_bytes());
        let question = write_request(&[id], nonce.as_ref().and_then(|octets| Nonce::new(octets)));
        Request::post("/ocsp", "application/ocsp-request", "", &question)
    });
    Ok(asked.collect())
}

//! CRLs and OCSP answers: fetched or read, checked, shown.

use std::path::Path;

use cert_path::{Certificate, CertificateStatus, Evidence};
use gm_suite::DigestAlgorithm;
use jiff::Timestamp;
use pkix_status::{
    CertIdBuf, CrlEntry, CrlReader, Expected, IssuerHashes, Nonce, OcspError, OcspResponse, write_request,
};
use rust_i18n::t;
use serde_json::{Value, json};

use crate::{
    arguments::{Crl, Hash, Ocsp},
    describe::{hex, when},
    failure::{Exit, Failure},
    files,
    screen::{Page, Screen, Tone},
    session,
    words::{column, columns, word_or_slug},
};

/// `hefu crl`: a file, or the list of an authority of the service. With `--issuer` its signature and date are checked:
/// exit status 0 genuine and current, 1 not genuine, 2 out of date.
pub(crate) fn crl(asked: &Crl, screen: Screen, now: Timestamp) -> Result<Exit, Failure> {
    let path = Path::new(&asked.what);
    let bytes = if path.is_file() {
        files::crl(path)?
    } else {
        session::visitor(&asked.service)?.crl(&asked.what)?
    };
    if let Some(out) = &asked.out {
        files::replace(out, &bytes)?;
    }
    let list = CrlReader::from_der(&bytes).map_err(|why| Failure::malformed(&asked.what, &t!("file.crl"), &why))?;
    let issuer = asked.issuer.as_deref().map(files::certificate).transpose()?;
    let genuine = issuer.as_ref().map(|issuer| is_genuine(&list, issuer));
    let current = list.is_current(now);
    let total = list.entries().flatten().count();
    let shown: Vec<CrlEntry<'_>> = list.entries().flatten().take(asked.limit).collect();
    let machine = json!({
        "authority": asked.what,
        "number": list.number().map(hex),
        "this_update": list.this_update().to_string(),
        "next_update": list.next_update().map(|at| at.to_string()),
        "current": current,
        "genuine": genuine,
        "total": total,
        "entries": shown.iter().map(entry_json).collect::<Vec<_>>(),
    });
    screen.show(&machine, |page| {
        crl_outcome(page, genuine, current)?;
        let number = list.number().map(hex).unwrap_or_default();
        let next = list.next_update().map(when).unwrap_or_default();
        let facts = [
            ("number", number),
            ("this_update", when(list.this_update())),
            ("next_update", next),
            ("total", total.to_string()),
        ];
        page.pairs(facts.map(|(name, value)| (column(name), value)).into())?;
        entries(page, &shown, total)
    })?;
    Ok(match (genuine, current) {
        (Some(false), _) => Exit::No,
        (Some(true), false) => Exit::Unknown,
        _ => Exit::Done,
    })
}

fn is_genuine(list: &CrlReader<'_>, issuer: &Certificate) -> bool {
    let signed = issuer.public_key().is_ok_and(|key| list.verify(key).is_ok());
    signed && list.issuer() == issuer.subject_der()
}

fn crl_outcome(page: &mut Page, genuine: Option<bool>, current: bool) -> std::io::Result<()> {
    match genuine {
        Some(true) if current => page.outcome(Tone::Good, &t!("crl.genuine")),
        Some(true) => page.outcome(Tone::Doubtful, &t!("crl.stale")),
        Some(false) => page.outcome(Tone::Bad, &t!("crl.forged")),
        None => page.outcome(Tone::Doubtful, &t!("crl.not-checked")),
    }
}

fn entries(page: &mut Page, shown: &[CrlEntry<'_>], total: usize) -> std::io::Result<()> {
    if shown.is_empty() {
        return Ok(());
    }
    page.line("")?;
    let head = columns(&["serial", "revoked_at", "reason"]);
    let rows = shown.iter().map(|entry| {
        let reason = entry
            .reason
            .map(|reason| word_or_slug("crl-reason", &reason.code().to_string()));
        vec![hex(entry.serial), when(entry.revoked_at), reason.unwrap_or_default()]
    });
    page.table(&head, rows.collect())?;
    if total > shown.len() {
        page.line(&t!("crl.more", shown = shown.len(), total = total))?;
    }
    Ok(())
}

fn entry_json(entry: &CrlEntry<'_>) -> Value {
    json!({
        "serial": hex(entry.serial),
        "revoked_at": entry.revoked_at.to_string(),
        "reason": entry.reason.map(pkix_status::RevocationReason::name),
        "invalidity": entry.invalidity.map(|at| at.to_string()),
    })
}

/// `hefu ocsp`: asks with a fresh nonce, believes only a verified answer. Exit status 0 good, 1 revoked or suspended,
/// 2 not known.
pub(crate) fn ocsp(asked: &Ocsp, screen: Screen, now: Timestamp) -> Result<Exit, Failure> {
    let certificate = files::certificate(&asked.certificate)?;
    let issuer = files::certificate(&asked.issuer)?;
    let issuer_file = asked.issuer.display().to_string();
    let key = issuer.public_key();
    let key = key.map_err(|why| Failure::malformed(&issuer_file, &t!("file.certificate"), why))?;
    let hashes = IssuerHashes::of(digest(asked.hash), issuer.subject_der(), key);
    let octets = Nonce::fresh().map_err(|why| Failure::fault(t!("fail.random").into_owned(), &why))?;
    let nonce = Nonce::new(&octets);
    let request = write_request(&[CertIdBuf::new(&hashes, certificate.serial())], nonce);
    let answer = session::visitor(&asked.service)?.ocsp(&request)?;
    if let Some(out) = &asked.out {
        files::replace(out, &answer)?;
    }
    let expected = Expected {
        issuer_name: issuer.subject_der(),
        issuer_key: key,
        at: now,
        nonce,
        skew: Expected::SKEW,
    };
    echoed(&answer, &expected, &asked.service.url)?;
    let mut evidence = Evidence::default();
    let added = evidence.add_ocsp(answer);
    added.map_err(|why| not_believed(&why, &asked.service.url))?;
    let status = evidence.status(&certificate, &issuer, now);
    screen.show(&status_json(&certificate, &status), |page| {
        let (tone, text) = told(&status);
        page.outcome(tone, &text)?;
        page.pairs(vec![(column("serial"), hex(certificate.serial()))])
    })?;
    Ok(match status {
        CertificateStatus::Good { .. } => Exit::Done,
        CertificateStatus::Suspended { .. } | CertificateStatus::Revoked { .. } => Exit::No,
        CertificateStatus::NotChecked | CertificateStatus::Unknown(_) => Exit::Unknown,
    })
}

fn digest(hash: Hash) -> DigestAlgorithm {
    match hash {
        Hash::Sm3 => DigestAlgorithm::Sm3,
        Hash::Sha256 => DigestAlgorithm::Sha256,
        Hash::Sha1 => DigestAlgorithm::Sha1,
    }
}

/// The answer is to our question and from somebody who may answer it.
fn echoed(answer: &[u8], expected: &Expected<'_>, url: &str) -> Result<(), Failure> {
    let basic = OcspResponse::from_der(answer).and_then(OcspResponse::answered);
    // An answer lives as long as its bytes, the question as long as this run: `verify` wants one lifetime for both.
    let verified: Result<(), OcspError> = basic.and_then(|basic| basic.verify(&Expected { ..*expected }).map(drop));
    verified.map_err(|why| not_believed(&why, url))
}

fn not_believed(why: &dyn core::fmt::Display, url: &str) -> Failure {
    Failure::new(
        Exit::Unknown,
        "ocsp-answer",
        t!("ocsp.not-believed", url = url).into_owned(),
    )
    .why(why.to_string())
    .now(t!("ocsp.not-believed-now").into_owned())
}

fn told(status: &CertificateStatus) -> (Tone, String) {
    match status {
        CertificateStatus::Good { this_update, .. } => {
            (Tone::Good, t!("ocsp.good", at = when(*this_update)).into_owned())
        }
        CertificateStatus::Suspended { since, .. } => {
            (Tone::Doubtful, t!("ocsp.suspended", since = when(*since)).into_owned())
        }
        CertificateStatus::Revoked { since, reason, .. } => {
            let reason = word_or_slug("crl-reason", &reason.code().to_string());
            (
                Tone::Bad,
                t!("ocsp.revoked", since = when(*since), reason = reason).into_owned(),
            )
        }
        CertificateStatus::NotChecked => (Tone::Doubtful, t!("ocsp.unknown").into_owned()),
        CertificateStatus::Unknown(gap) => (Tone::Doubtful, word_or_slug("reason", gap.code())),
    }
}

fn status_json(certificate: &Certificate, status: &CertificateStatus) -> Value {
    let (state, since) = match status {
        CertificateStatus::Good { .. } => ("good", None),
        CertificateStatus::Suspended { since, .. } => ("suspended", Some(since.to_string())),
        CertificateStatus::Revoked { since, .. } => ("revoked", Some(since.to_string())),
        CertificateStatus::NotChecked | CertificateStatus::Unknown(_) => ("unknown", None),
    };
    json!({ "serial": hex(certificate.serial()), "status": state, "since": since })
}

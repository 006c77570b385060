//! `hefu verify`: chain, dates, CRL and OCSP, offline. Exit status 0 valid, 1 not valid, 2 cannot tell.

use std::path::Path;

use cert_path::{
    CertificateReport, CertificateStatus, Evidence, Options, Reason, Report, RevocationScope, Role, Source, Verdict,
    check,
};
use jiff::Timestamp;
use rust_i18n::t;
use serde_json::{Value, json};

use crate::{
    arguments::{Scope, Verify},
    describe::{fingerprint, hex, when},
    failure::{Exit, Failure},
    files,
    screen::{Page, Screen, Tone},
    words::{columns, word_or_slug},
};

/// Answers the question of the command line at `now`, unless another time was asked for.
pub(crate) fn run(asked: &Verify, screen: Screen, now: Timestamp) -> Result<Exit, Failure> {
    let target = files::certificate(&asked.certificate)?;
    // Whatever else lies in the target's file may be its chain, as in the files that web servers use.
    let mut bag = files::certificates(&asked.certificate)?.split_off(1);
    bag.extend(files::all_certificates(&asked.untrusted)?);
    let report = check(
        &target,
        &bag,
        &files::anchors(&asked.trust)?,
        &evidence(asked)?,
        asked.time.unwrap_or(now),
        &options(asked),
    );
    screen.show(&machine(&report), |page| people(&report, page))?;
    Ok(match report.verdict {
        Verdict::Valid => Exit::Done,
        Verdict::Invalid { .. } => Exit::No,
        Verdict::Unknown { .. } => Exit::Unknown,
    })
}

fn evidence(asked: &Verify) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::default();
    let unusable = |path: &Path, wanted: &str, why: &dyn core::fmt::Display| {
        Failure::malformed(&path.display().to_string(), wanted, why)
    };
    for path in &asked.crl {
        let added = evidence.add_crl(files::crl(path)?);
        added.map_err(|why| unusable(path, &t!("file.crl"), &why))?;
    }
    for path in &asked.ocsp {
        let added = evidence.add_ocsp(files::read(path)?);
        added.map_err(|why| unusable(path, &t!("file.ocsp"), &why))?;
    }
    Ok(evidence)
}

/// Without evidence revocation is not looked at, and the answer says so; with evidence the target's status must be known.
fn options(asked: &Verify) -> Options {
    let given = !asked.crl.is_empty() || !asked.ocsp.is_empty();
    Options {
        policies: (!asked.policy.is_empty()).then(|| asked.policy.iter().copied().collect()),
        require_explicit_policy: !asked.policy.is_empty(),
        purpose: asked.purpose,
        revocation: match asked.revocation {
            Some(Scope::Target) => RevocationScope::Target,
            Some(Scope::Chain) => RevocationScope::Chain,
            None if given => RevocationScope::Target,
            None | Some(Scope::None) => RevocationScope::None,
        },
        ..Options::default()
    }
}

fn people(report: &Report, page: &mut Page) -> std::io::Result<()> {
    let (tone, text) = match &report.verdict {
        Verdict::Valid => (Tone::Good, t!("verify.valid", at = when(report.at)).into_owned()),
        Verdict::Invalid { why } => (Tone::Bad, t!("verify.invalid", why = words(why)).into_owned()),
        Verdict::Unknown { why } => (Tone::Doubtful, t!("verify.unknown", why = words(why)).into_owned()),
    };
    page.outcome(tone, &text)?;
    if matches!(report.verdict, Verdict::Valid) && not_looked_at(report) {
        page.outcome(Tone::Doubtful, &t!("verify.revocation-not-checked"))?;
    }
    page.line("")?;
    let head = columns(&["role", "subject", "serial", "until", "algorithm", "status", "finding"]);
    page.table(&head, report.certificates.iter().map(row).collect())
}

fn not_looked_at(report: &Report) -> bool {
    report
        .certificates
        .iter()
        .all(|line| line.status == CertificateStatus::NotChecked)
}

fn row(line: &CertificateReport) -> Vec<String> {
    let certificate = &line.certificate;
    vec![
        word_or_slug("role", role(line.role)),
        certificate.subject().to_string(),
        hex(certificate.serial()),
        when(certificate.not_after()),
        algorithm(line),
        word_or_slug("status", status(&line.status)),
        line.reason.as_ref().map(words).unwrap_or_default(),
    ]
}

/// A reason in the language of the run.
pub(crate) fn words(reason: &Reason) -> String {
    let text = word_or_slug("reason", reason.code());
    let (name, value) = match reason {
        Reason::NotYetValid { from } => ("time", when(*from)),
        Reason::Expired { until } => ("time", when(*until)),
        Reason::Suspended { since } => ("time", when(*since)),
        Reason::Revoked { since, reason } => {
            let why = word_or_slug("crl-reason", &reason.to_string());
            return text.replace("%{time}", &when(*since)).replace("%{reason}", &why);
        }
        Reason::UnsupportedSignature(oid) | Reason::UnknownCritical(oid) | Reason::PurposeMissing(oid) => {
            ("oid", oid.to_string())
        }
        Reason::NameNotPermitted(name) => ("name", name.clone()),
        Reason::UnusableKey(why) => ("why", why.clone()),
        _ => return text,
    };
    text.replace(&format!("%{{{name}}}"), &value)
}

fn machine(report: &Report) -> Value {
    let (verdict, why) = match &report.verdict {
        Verdict::Valid => ("valid", None),
        Verdict::Invalid { why } => ("invalid", Some(why)),
        Verdict::Unknown { why } => ("unknown", Some(why)),
    };
    let certificates: Vec<Value> = report.certificates.iter().map(machine_line).collect();
    json!({
        "verdict": verdict,
        "code": why.map(Reason::code),
        "why": why.map(words),
        "at": report.at.to_string(),
        "revocation_checked": !not_looked_at(report),
        "certificates": certificates,
    })
}

fn machine_line(line: &CertificateReport) -> Value {
    let certificate = &line.certificate;
    json!({
        "role": role(line.role),
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial": hex(certificate.serial()),
        "not_before": certificate.not_before().to_string(),
        "not_after": certificate.not_after().to_string(),
        "signature_algorithm": algorithm(line),
        "sm3": fingerprint(certificate.der()),
        "status": status(&line.status),
        "status_source": source(&line.status),
        "code": line.reason.as_ref().map(Reason::code),
        "why": line.reason.as_ref().map(words),
    })
}

fn algorithm(line: &CertificateReport) -> String {
    match line.certificate.signature_algorithm() {
        Ok(algorithm) => algorithm.to_string(),
        Err(oid) => oid.to_string(),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Target => "target",
        Role::Intermediate => "intermediate",
        Role::Anchor => "anchor",
    }
}

fn status(status: &CertificateStatus) -> &'static str {
    match status {
        CertificateStatus::NotChecked => "not-checked",
        CertificateStatus::Good { .. } => "good",
        CertificateStatus::Suspended { .. } => "suspended",
        CertificateStatus::Revoked { .. } => "revoked",
        CertificateStatus::Unknown(_) => "unknown",
    }
}

fn source(status: &CertificateStatus) -> Option<&'static str> {
    let source = match status {
        CertificateStatus::NotChecked | CertificateStatus::Unknown(_) => return None,
        CertificateStatus::Good { source, .. }
        | CertificateStatus::Suspended { source, .. }
        | CertificateStatus::Revoked { source, .. } => source,
    };
    Some(match source {
        Source::Crl => "crl",
        Source::Ocsp => "ocsp",
    })
}

//! `hefu records verify`: recomputes a whole store of records from outside, with nothing but the database and the public
//! key. Exit status 0 it holds, 1 it does not.
//!
//! `hefu records check`: verifies one exhibit, a record with its proof, with nothing but the public key; the same exit status.
//!
//! A checkpoint kept elsewhere (`--known`) also shows that the end was cut off, which the store alone cannot.

use std::path::Path;

use hefu_records::{Exhibit, Report, SignedCheckpoint, Verification, VerifyError};
use rust_i18n::t;

use crate::{
    arguments::{RecordsCheck, RecordsVerify},
    describe::when,
    failure::{Exit, Failure},
    files,
    screen::{Page, Screen, Tone},
    words::{column, columns, spoken},
};

/// Verifies the store and tells what was found.
pub(crate) fn run(asked: &RecordsVerify, screen: Screen) -> Result<Exit, Failure> {
    let key = files::public_key(&asked.key)?;
    let bar = screen.progress(0);
    let mut verification = Verification::new(&key).progress(|progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    });
    if let Some(origin) = &asked.origin {
        verification = verification.origin(origin);
    }
    for path in &asked.known {
        verification = known(verification, path)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::fault(t!("proof.not-read").into_owned(), &why))?;
    let report = runtime.block_on(verification.run(&address(&asked.database)));
    bar.finish_and_clear();
    let report = report.map_err(|why| unread(&asked.database, &why))?;
    screen.show(&report, |page| people(&report, page))?;
    Ok(if report.is_sound() { Exit::Done } else { Exit::No })
}

/// Verifies one exhibit.
pub(crate) fn check(asked: &RecordsCheck, screen: Screen) -> Result<Exit, Failure> {
    let key = files::public_key(&asked.key)?;
    let shown = asked.exhibit.display().to_string();
    let exhibit: Exhibit = serde_json::from_slice(&files::read(&asked.exhibit)?)
        .map_err(|why| Failure::malformed(&shown, &t!("file.exhibit"), &why))?;
    let proven = exhibit.verify(&key);
    let machine = serde_json::json!({
        "genuine": proven.is_ok(),
        "why": proven.as_ref().err().map(ToString::to_string),
        "record": exhibit.record,
        "origin": exhibit.checkpoint.origin,
    });
    screen.show(&machine, |page| {
        match &proven {
            Ok(()) => page.outcome(Tone::Good, &t!("proof.sealed"))?,
            Err(why) => page.outcome(Tone::Bad, &t!("proof.not-sealed", why = why))?,
        }
        let record = &exhibit.record;
        let facts = [
            ("origin", exhibit.checkpoint.origin.clone()),
            ("index", record.index.to_string()),
            ("at", when(record.at)),
            ("kind", record.kind.clone()),
            ("subject", record.subject.clone()),
            ("actor", record.actor.clone()),
            ("body", record.body.to_string()),
        ];
        page.pairs(facts.map(|(name, value)| (column(name), value)).into())
    })?;
    Ok(if proven.is_ok() { Exit::Done } else { Exit::No })
}

fn known<'v>(verification: Verification<'v>, path: &Path) -> Result<Verification<'v>, Failure> {
    let text = String::from_utf8_lossy(&files::read(path)?).into_owned();
    let shown = path.display().to_string();
    SignedCheckpoint::parse(&text)
        .and_then(|checkpoint| verification.known(&checkpoint))
        .map_err(|why| Failure::malformed(&shown, &t!("file.checkpoint"), &why))
}

/// A file may be given by its path, a server by its address.
fn address(text: &str) -> String {
    if text.starts_with("sqlite:") || text.contains("://") {
        text.to_owned()
    } else {
        files::database_url(Path::new(text))
    }
}

fn unread(database: &str, error: &VerifyError) -> Failure {
    match error {
        VerifyError::Database(error) => Failure::explained(error),
        other => Failure::malformed(database, &t!("file.records"), other),
    }
}

fn people(report: &Report, page: &mut Page) -> std::io::Result<()> {
    let count = report.findings.len() as u64 + report.unnamed;
    if report.is_sound() {
        let told = t!(
            "proof.holds",
            entries = report.entries,
            checkpoints = report.checkpoints
        );
        page.outcome(Tone::Good, &told)?;
    } else {
        page.outcome(Tone::Bad, &t!("proof.broken", count = count))?;
    }
    let facts = [
        ("origin", report.origin.clone().unwrap_or_default()),
        ("sealed", report.sealed.to_string()),
        ("unsealed", report.unsealed.to_string()),
        ("root", report.root.map(|root| root.to_string()).unwrap_or_default()),
    ];
    page.pairs(facts.map(|(name, value)| (column(name), value)).into())?;
    if report.findings.is_empty() {
        return Ok(());
    }
    page.line("")?;
    let rows = report.findings.iter().map(|finding| vec![finding.message(spoken())]);
    page.table(&columns(&["finding"]), rows.collect())?;
    if report.unnamed > 0 {
        page.line(&t!("proof.more", count = report.unnamed))?;
    }
    Ok(())
}

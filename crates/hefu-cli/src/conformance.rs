//! `hefu conformance`: what the records of an installation show of each obligation, offline.
//!
//! Exit status 0 when all that can be checked is met or has nothing to show yet, 1 when something is not met, 2 when
//! records that could tell were not to be had. Each store is first verified against its seal: records that do not hold are
//! no evidence. The daemon may run meanwhile; nothing is written but the PDF.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use hefu_conformance::{Doubt, Finding, Gathering, Question, Report, judge, read_store};
use hefu_records::Verification;
use hefu_rulebook::{Calendar, Confirmation, Confirmations, Counting, Rulebook, Rules, day_of};
use indicatif::ProgressBar;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_i18n::t;

use crate::{
    arguments::Conformance,
    failure::{Exit, Failure},
    files,
    layout::{Layout, Room},
    screen::{Page, Screen, Tone},
    words::spoken,
};

/// The binary that sets PDF, which stands beside this one.
const TYPESETTER: &str = "hefu-documents";

/// Reads the zones, judges, shows, and writes the PDF if one is asked for.
pub(crate) fn run(asked: &Conformance, screen: Screen, now: Timestamp) -> Result<Exit, Failure> {
    let configuration = asked.folder.join("hefud.toml");
    files::read(&configuration)?;
    let book = Rulebook::builtin().map_err(|why| Failure::explained(&why))?;
    let rules = book.rules(&asked.rule_set).ok_or_else(|| no_rule_set(&book, asked))?;
    let report = reported(asked, &book, rules, screen, now)?;
    if let Some(file) = &asked.pdf {
        write_pdf(&report, file)?;
    }
    screen.show(&report, |page| people(&report, asked.pdf.as_deref(), page))?;
    Ok(exit(&report))
}

fn exit(report: &Report) -> Exit {
    if report.summary.not_met > 0 {
        Exit::No
    } else if report.doubts.is_empty() {
        Exit::Done
    } else {
        Exit::Unknown
    }
}

fn no_rule_set(book: &Rulebook, asked: &Conformance) -> Failure {
    let sets: Vec<&str> = book.sets().iter().map(hefu_rulebook::RuleSet::code).collect();
    let what = t!("usage.bad-value", argument = "--rule-set", value = asked.rule_set);
    Failure::new(Exit::Usage, "usage", what.into_owned())
        .why(t!("usage.choices", choices = sets.join(", ")).into_owned())
        .now(t!("usage.now").into_owned())
}

fn reported(
    asked: &Conformance,
    book: &Rulebook,
    rules: Rules<'_>,
    screen: Screen,
    now: Timestamp,
) -> Result<Report, Failure> {
    let calendar = Calendar::builtin().map_err(|why| Failure::explained(&why))?;
    let on = asked.on.unwrap_or_else(|| day_of(now));
    let mut gathering = Gathering::new(rules, Counting::by(&calendar), end_of(on).min(now));
    gather(&mut gathering, &Layout::new(&asked.folder), screen)?;
    let confirmations = asked.confirmations.as_deref().map_or(Ok(Vec::new()), confirmations)?;
    let question = Question {
        rules,
        confirmations: &Confirmations::over(book, confirmations),
        on,
        bound: asked.bound.bound(),
        at: now,
    };
    Ok(judge(&question, &gathering.finish()))
}

/// The last moment of a day in China's time; the end of time when the day is the last one.
fn end_of(day: Date) -> Timestamp {
    let next = day
        .tomorrow()
        .and_then(|next| next.to_zoned(TimeZone::fixed(jiff::tz::offset(8))));
    next.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn confirmations(path: &Path) -> Result<Vec<Confirmation>, Failure> {
    let bytes = files::read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|why| Failure::malformed(&path.display().to_string(), &t!("file.confirmations"), &why))
}

/// Verifies and reads each zone's store.
fn gather(gathering: &mut Gathering<'_>, layout: &Layout, screen: Screen) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::fault(t!("proof.not-read").into_owned(), &why))?;
    let bar = screen.progress(0);
    for room in Room::ZONES {
        if let Err(doubt) = runtime.block_on(zone(gathering, layout, room, &bar)) {
            gathering.doubt(doubt);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

async fn zone(gathering: &mut Gathering<'_>, layout: &Layout, room: Room, bar: &ProgressBar) -> Result<(), Doubt> {
    let zone = room.name().to_owned();
    let database = layout.within(room, &format!("{zone}.db"));
    if !database.is_file() {
        return Err(Doubt::Absent { zone });
    }
    let unreadable = |why: String| Doubt::Unreadable {
        zone: room.name().to_owned(),
        why,
    };
    let url = files::database_url(&database);
    let key = files::public_key(&layout.records_key(room)).map_err(|why| unreadable(why.what))?;
    let verification = Verification::new(&key).progress(|progress| {
        bar.set_length(progress.total * 2);
        bar.set_position(progress.done);
    });
    let proof = verification
        .run(&url)
        .await
        .map_err(|why| unreadable(why.to_string()))?;
    if !proof.is_sound() {
        let findings = proof.findings.len() as u64 + proof.unnamed;
        return Err(Doubt::Unsound { zone, findings });
    }
    let read = read_store(gathering, &zone, &url, |done| bar.set_position(proof.entries + done)).await;
    read.map(|_| ()).map_err(|why| unreadable(why.to_string()))
}

fn people(report: &Report, pdf: Option<&Path>, page: &mut Page) -> std::io::Result<()> {
    let language = spoken();
    let tone = match exit(report) {
        Exit::Done => Tone::Good,
        Exit::No => Tone::Bad,
        _ => Tone::Doubtful,
    };
    page.outcome(tone, &report.headline(language))?;
    page.line("")?;
    let head = Report::head(language).map(str::to_owned);
    page.table(&head, report.rows(language))?;
    page.line("")?;
    for finding in [Finding::NotMet, Finding::Human] {
        for one in report.obligations.iter().filter(|one| one.finding == finding) {
            page.line(&format!(
                "{} {}: {}",
                finding.name(language),
                one.place.text(language),
                one.text.text(language)
            ))?;
        }
    }
    for remark in report.remarks(language) {
        page.line(&remark)?;
    }
    if let Some(pdf) = pdf {
        page.line(&t!("conformance.written", file = pdf.display()))?;
    }
    Ok(())
}

/// Gives the description to the typesetter, which runs as a process of its own, and writes what comes back.
fn write_pdf(report: &Report, file: &Path) -> Result<(), Failure> {
    let failed = |why: &dyn core::fmt::Display| Failure::fault(t!("conformance.not-set").into_owned(), why);
    let language = spoken();
    let description = report.description(&t!("conformance.issuer"), &TimeZone::system(), language);
    let mut child = Command::new(typesetter())
        .args(["--language", language.tag()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| failed(&format!("{TYPESETTER}: {why}")))?;
    if let Some(mut input) = child.stdin.take() {
        // It reads everything before it writes anything. One that does not read says why on its standard error.
        drop(input.write_all(description.to_string().as_bytes()));
    }
    let output = child.wait_with_output().map_err(|why| failed(&why))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr).trim()));
    }
    files::replace(file, &output.stdout)
}

/// Beside this program, else wherever the system finds it.
fn typesetter() -> PathBuf {
    let beside = std::env::current_exe().ok();
    let beside = beside.map(|program| program.with_file_name(TYPESETTER));
    beside
        .filter(|path| path.is_file())
        .unwrap_or_else(|| TYPESETTER.into())
}

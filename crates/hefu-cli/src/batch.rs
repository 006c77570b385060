//! `hefu batch`: a sheet of many applications, checked, entered, watched, approved. The rules are the server's.
//!
//! The server works by itself; this command only watches. Whoever stops watching stops nothing.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use hefu_client::{Batch as Told, BatchCounts, Client};
use rust_i18n::t;
use serde_json::{Value, json};

use crate::{
    arguments::Service,
    failure::{Exit, Failure},
    files,
    screen::Screen,
    session,
    words::{column, word_or_slug},
};

/// Between two looks at a batch.
const LOOK_EVERY: Duration = Duration::from_millis(300);

#[derive(Debug, Subcommand)]
pub(crate) enum Batch {
    Check(Check),
    Start(Start),
    Resume(One),
    Pause(One),
    Discard(One),
    Show(One),
    Report(Report),
    Approve(Approve),
    Template(Template),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[arg(value_name = "FILE")]
    sheet: PathBuf,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Start {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[arg(long, value_name = "FILE")]
    together: Option<PathBuf>,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    #[arg(value_name = "BATCH")]
    batch: String,
    #[arg(long)]
    issue: bool,
    #[command(flatten)]
    service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    #[command(flatten)]
    service: Service,
}

/// `hefu batch …`.
pub(crate) fn run(asked: &Batch, screen: Screen) -> Result<Exit, Failure> {
    match asked {
        Batch::Check(asked) => check(asked, screen),
        Batch::Start(asked) => start(asked, screen),
        Batch::Resume(asked) => {
            let client = session::officer(&asked.service)?;
            let batch = client.resume_batch(&asked.batch)?;
            finish(&client, batch, screen)
        }
        Batch::Pause(asked) => show(&session::officer(&asked.service)?.pause_batch(&asked.batch)?, screen),
        Batch::Discard(asked) => show(&session::officer(&asked.service)?.discard_batch(&asked.batch)?, screen),
        Batch::Show(asked) => show(&session::officer(&asked.service)?.batch(&asked.batch)?, screen),
        Batch::Report(asked) => report(asked, screen),
        Batch::Approve(asked) => approve(asked, screen),
        Batch::Template(asked) => {
            let client = session::officer(&asked.service)?;
            Screen::raw(&client.batch_template(asked.profile.as_deref())?).map(|()| Exit::Done)
        }
    }
}

fn check(asked: &Check, screen: Screen) -> Result<Exit, Failure> {
    let client = session::officer(&asked.service)?;
    let batch = client.upload_batch(&files::read(&asked.sheet)?)?;
    let batch = watch(&client, batch, screen, |counts| counts.good + counts.bad)?;
    show(&batch, screen)?;
    Ok(if batch.counts.bad == 0 { Exit::Done } else { Exit::No })
}

fn start(asked: &Start, screen: Screen) -> Result<Exit, Failure> {
    let together = match &asked.together {
        None => json!({}),
        Some(path) => serde_json::from_slice::<Value>(&files::read(path)?).map_err(|why| {
            Failure::new(Exit::Malformed, "together", t!("batch.together").into_owned()).why(why.to_string())
        })?,
    };
    let client = session::officer(&asked.service)?;
    let batch = client.start_batch(&asked.batch, &together)?;
    finish(&client, batch, screen)
}

/// Watches rows being entered.
fn finish(client: &Client, batch: Told, screen: Screen) -> Result<Exit, Failure> {
    let batch = watch(client, batch, screen, |counts| {
        counts.bad + counts.entered + counts.refused
    })?;
    show(&batch, screen)?;
    let whole = batch.state == "finished" && batch.counts.refused == 0;
    Ok(if whole { Exit::Done } else { Exit::No })
}

fn approve(asked: &Approve, screen: Screen) -> Result<Exit, Failure> {
    let client = session::officer(&asked.service)?;
    let batch = if asked.issue {
        client.approve_and_issue_batch(&asked.batch)?
    } else {
        client.approve_batch(&asked.batch)?
    };
    let batch = watch(&client, batch, screen, |counts| counts.approved)?;
    show(&batch, screen)?;
    let whole = batch.counts.approved == batch.counts.entered;
    Ok(if whole { Exit::Done } else { Exit::No })
}

fn report(asked: &Report, screen: Screen) -> Result<Exit, Failure> {
    let client = session::officer(&asked.service)?;
    if let Some(path) = &asked.out {
        files::replace(path, &client.batch_report_csv(&asked.batch)?)?;
        return show(&client.batch(&asked.batch)?, screen);
    }
    if screen.is_json() {
        let report = client.batch_report(&asked.batch)?;
        screen.show(&report, |_| Ok(()))?;
    } else {
        Screen::raw(&client.batch_report_csv(&asked.batch)?)?;
    }
    Ok(Exit::Done)
}

/// Looks at a batch until nothing is being done with it.
fn watch(
    client: &Client,
    mut batch: Told,
    screen: Screen,
    done: impl Fn(&BatchCounts) -> u64,
) -> Result<Told, Failure> {
    let bar = screen.progress(batch.rows);
    while batch.working.is_some() {
        bar.set_position(done(&batch.counts));
        std::thread::sleep(LOOK_EVERY);
        batch = client.batch(&batch.id)?;
    }
    bar.finish_and_clear();
    Ok(batch)
}

fn show(batch: &Told, screen: Screen) -> Result<Exit, Failure> {
    let counts = &batch.counts;
    screen.show(batch, |page| {
        let said = |number: u64| if number == 0 { String::new() } else { number.to_string() };
        let facts = [
            ("batch", batch.id.clone()),
            ("state", word_or_slug("batch-state", &batch.state)),
            ("rows", batch.rows.to_string()),
            ("rows_good", said(counts.good)),
            ("rows_bad", said(counts.bad)),
            ("rows_entering", said(counts.entering)),
            ("rows_entered", said(counts.entered)),
            ("rows_refused", said(counts.refused)),
            ("rows_approved", said(counts.approved)),
            ("rows_not_ready", said(counts.not_ready)),
            ("rows_approval_refused", said(counts.approval_refused)),
        ];
        page.pairs(facts.into_iter().map(|(name, value)| (column(name), value)).collect())?;
        if counts.bad + counts.refused + counts.not_ready + counts.approval_refused > 0 {
            page.line(&t!("batch.see-report", batch = batch.id))?;
        }
        Ok(())
    })?;
    Ok(Exit::Done)
}

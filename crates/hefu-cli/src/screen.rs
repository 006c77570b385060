//! What is shown: tables and lines for people, JSON for machines, colours only on a terminal.
//!
//! Results go to standard output, progress, questions and failures to standard error, so that a pipe gets results only.

use std::io::{self, BufRead, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Cell, ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rust_i18n::t;
use serde::Serialize;

use crate::failure::{Exit, Failure};

/// Cells of a screen between two columns.
const COLUMN_GAP: u16 = 2;

/// How an outcome is shown; always beside a word that says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Doubtful,
    Plain,
}

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    json: bool,
    colours: bool,
}

impl Screen {
    /// The screen of this run. `json` is what was typed; colours need a terminal and no `NO_COLOR`.
    pub(crate) fn new(json: bool) -> Self {
        let colours = !json && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { json, colours }
    }

    /// Whether machines read it.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// JSON for machines; for people whatever `people` writes.
    pub(crate) fn show<T: Serialize>(
        self,
        value: &T,
        people: impl FnOnce(&mut Page) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = if self.json {
            let text = serde_json::to_string_pretty(value);
            text.map_err(io::Error::other).and_then(|text| writeln!(out, "{text}"))
        } else {
            let mut page = Page {
                text: Vec::new(),
                colours: self.colours,
            };
            people(&mut page).and_then(|()| out.write_all(&page.text))
        };
        written.and_then(|()| out.flush()).or_else(|error| closed_pipe(&error))
    }

    /// Bytes as they are: a completion script, a manual page.
    pub(crate) fn raw(bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .or_else(|error| closed_pipe(&error))
    }

    /// Tells a failure on standard error: JSON for machines, three parts for people.
    pub(crate) fn fail(self, failure: &Failure) {
        let mut err = io::stderr().lock();
        let written = if self.json {
            let text = serde_json::to_string_pretty(&serde_json::json!({ "error": failure }));
            text.map_err(io::Error::other).and_then(|text| writeln!(err, "{text}"))
        } else {
            let style = if io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
                AnsiColor::Red.on_default().bold()
            } else {
                Style::new()
            };
            writeln!(err, "{style}{}{style:#}{}", t!("fail.what-happened"), failure.what)
                .and_then(|()| part(&mut err, &t!("fail.why"), &failure.why))
                .and_then(|()| part(&mut err, &t!("fail.now"), &failure.now))
        };
        // A failure that cannot be told is still told by the exit status.
        drop(written);
    }

    /// Asks before an act that cannot be undone. Without a terminal nobody can answer, and the act needs `--yes`.
    pub(crate) fn confirm(self, question: &str) -> Result<(), Failure> {
        let refuse = |what: String| {
            Failure::new(Exit::Usage, "not-confirmed", what)
                .why(question.to_owned())
                .now(t!("ask.now").into_owned())
        };
        if self.json || !io::stdin().is_terminal() {
            return Err(refuse(t!("ask.nobody").into_owned()));
        }
        let mut err = io::stderr().lock();
        let mut answer = String::new();
        let asked = write!(err, "{question}\n{}", t!("ask.prompt")).and_then(|()| err.flush());
        asked
            .and_then(|()| io::stdin().lock().read_line(&mut answer))
            .map_err(|error| Failure::fault(t!("ask.nobody").into_owned(), &error))?;
        if matches!(answer.trim(), "y" | "yes" | "Y" | "是") {
            Ok(())
        } else {
            Err(refuse(t!("ask.declined").into_owned()))
        }
    }

    /// A progress bar on standard error, for work that may take longer than a second; silent without a terminal.
    pub(crate) fn progress(self, total: u64) -> ProgressBar {
        let target = if self.json || !io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let style = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {eta}");
        let bar = ProgressBar::with_draw_target(Some(total), target);
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}

fn part(err: &mut impl Write, name: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(err, "{name}{text}")
}

/// A reader that went away (`| head`) is no failure.
fn closed_pipe(error: &io::Error) -> Result<(), Failure> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Ok(())
    } else {
        Err(Failure::fault(t!("fail.output").into_owned(), error))
    }
}

/// What people read, gathered before it is written, so that a failure half-way shows nothing.
pub(crate) struct Page {
    text: Vec<u8>,
    colours: bool,
}

impl Page {
    /// One line.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.text, "{text}")
    }

    /// One line that tells an outcome.
    pub(crate) fn outcome(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        let style = if self.colours { tone.style() } else { Style::new() };
        writeln!(self.text, "{style}{text}{style:#}")
    }

    /// A table with a head. Columns are as wide as their cells need on a screen, Chinese included.
    pub(crate) fn table(&mut self, head: &[String], rows: Vec<Vec<String>>) -> io::Result<()> {
        let mut table = plain();
        table.set_header(head.iter().map(Cell::new));
        for row in rows {
            table.add_row(row);
        }
        self.put(table)
    }

    /// Names and values, one pair a line; pairs without a value are left out.
    pub(crate) fn pairs(&mut self, pairs: Vec<(String, String)>) -> io::Result<()> {
        let mut table = plain();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            table.add_row([name, value]);
        }
        self.put(table)
    }

    fn put(&mut self, mut table: Table) -> io::Result<()> {
        for column in table.column_iter_mut() {
            column.set_padding((0, COLUMN_GAP));
        }
        for line in table.to_string().lines() {
            writeln!(self.text, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Doubtful => AnsiColor::Yellow.on_default(),
            Self::Plain => Style::new(),
        }
    }
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table
}

//! What was measured, as a table for people and JSON for machines.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

/// Why a measurement could not be made.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file, a socket or a process.
    Io(std::io::Error),
    /// A tool that did not do its part.
    Tool(&'static str),
    /// Requests that were not answered as wanted.
    Requests(String),
}

impl From<std::io::Error> for Failure {
    fn from(why: std::io::Error) -> Self {
        Self::Io(why)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(why) => write!(formatter, "{why}"),
            Self::Tool(what) => write!(formatter, "{what} failed"),
            Self::Requests(what) => write!(formatter, "requests failed: {what}"),
        }
    }
}

/// One number with the limit it is held against.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) what: String,
    /// The number.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The target, when there is one.
    pub(crate) target: Option<Target>,
    /// How it was measured.
    pub(crate) remark: String,
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// Not less than.
    AtLeast(f64),
    /// Not more than.
    AtMost(f64),
}

impl Figure {
    /// A number that is held against nothing.
    pub(crate) fn plain(what: impl Into<String>, value: f64, unit: &'static str, remark: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            value,
            unit,
            target: None,
            remark: remark.into(),
        }
    }

    /// The same number, held against a target.
    pub(crate) fn against(self, target: Target) -> Self {
        Self {
            target: Some(target),
            ..self
        }
    }

    fn met(&self) -> Option<bool> {
        self.target.map(|target| match target {
            Target::AtLeast(limit) => self.value >= limit,
            Target::AtMost(limit) => self.value <= limit,
        })
    }
}

/// Writes the figures to standard output, `figures.md` and `figures.json`.
pub(crate) fn write(folder: &Path, figures: &[Figure]) -> Result<(), Failure> {
    let mut table = String::from("| what | measured | target | | how |\n|---|--:|--:|---|---|\n");
    for figure in figures {
        let target = match figure.target {
            Some(Target::AtLeast(limit)) => format!("≥ {limit}"),
            Some(Target::AtMost(limit)) => format!("≤ {limit}"),
            None => String::new(),
        };
        let met = figure.met().map_or("", |met| if met { "met" } else { "missed" });
        let line = format!(
            "| {} | {:.2} {} | {target} | {met} | {} |\n",
            figure.what, figure.value, figure.unit, figure.remark
        );
        table.push_str(&line);
    }
    std::io::stdout().write_all(table.as_bytes())?;
    fs::write(folder.join("figures.md"), table)?;
    let json = serde_json::to_vec_pretty(figures).map_err(|_| Failure::Tool("JSON"))?;
    fs::write(folder.join("figures.json"), json)?;
    Ok(())
}

//! `tidy`: ranks, names, budgets and prose. Each rule is a function from the tree to findings; a hard finding fails the run.

mod budgets;
mod names;
mod prose;
mod ranks;
pub(crate) mod tree;

use std::process::ExitCode;

use tree::Tree;

/// One place where the tree leaves the house's plan.
pub(crate) struct Finding {
    /// Path, with a line where one is known.
    pub(crate) place: String,
    /// What is wrong and what the rule says.
    pub(crate) text: String,
    /// A hard finding fails `tidy`; a soft one is only shown.
    pub(crate) hard: bool,
}

impl Finding {
    pub(crate) fn hard(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
            hard: true,
        }
    }

    pub(crate) fn soft(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
            hard: false,
        }
    }
}

/// Runs every rule over the workspace and prints what was found; fails on a hard finding.
pub(crate) fn run() -> ExitCode {
    let tree = match Tree::read() {
        Ok(tree) => tree,
        Err(why) => {
            eprintln!("tidy: {why}");
            return ExitCode::from(2);
        }
    };
    let mut findings = Vec::new();
    findings.extend(ranks::check(&tree));
    findings.extend(names::check(&tree));
    findings.extend(budgets::check(&tree));
    findings.extend(prose::check(&tree));
    for finding in &findings {
        eprintln!(
            "{} {}: {}",
            if finding.hard { "error" } else { "note " },
            finding.place,
            finding.text
        );
    }
    let hard = findings.iter().filter(|finding| finding.hard).count();
    eprintln!("{}", budgets::summary(&tree));
    eprintln!(
        "tidy: {} crates, {} files, {hard} errors, {} notes",
        tree.crates.len(),
        tree.files.len(),
        findings.len() - hard
    );
    if hard == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

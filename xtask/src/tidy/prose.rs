//! Prose and habits: module heads, the map's length and completeness, ADRs that are listed, the clock, `allow`, `unsafe`.

use std::fs;

use super::Finding;
use super::tree::{File, Tree};

const ARCHITECTURE_LINES: usize = 300;

/// Only the outermost crates read a clock; everything below takes the time as a parameter.
const CLOCK_READERS: &[&str] = &["crates/hefud", "crates/hefu-cli", "measure", "trials", "xtask"];
/// The one crate that speaks to memory and devices by itself.
const UNSAFE_HOLDER: &str = "specs/key-device";
const CLOCKS: &[&str] = &[
    "Timestamp::now()",
    "SystemTime::now()",
    "Zoned::now()",
    "UNIX_EPOCH.elapsed()",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        findings.extend(check_file(file));
    }
    findings.extend(check_map(tree));
    findings.extend(check_decisions());
    findings
}

fn check_file(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = file.path.display().to_string();
    if file.production && !file.text.trim_start().starts_with("//!") && !file.text.starts_with("#!") {
        findings.push(Finding::hard(
            &place,
            "no module head (`//!`): say what it is, which rule it serves, what it does not know",
        ));
    }
    let reads_clock = CLOCK_READERS.iter().any(|folder| file.path.starts_with(folder));
    for (number, line) in file.text.lines().enumerate() {
        let place = format!("{place}:{}", number + 1);
        if line.trim_start().starts_with("#[allow(") || line.trim_start().starts_with("#![allow(") {
            findings.push(Finding::hard(&place, "`allow`: write `#[expect(…, reason = \"…\")]`"));
        }
        // The words are joined here so that this line is not a finding itself.
        if line.contains(concat!("expect(unsafe", "_code")) && !file.path.starts_with(UNSAFE_HOLDER) {
            let text = format!("`unsafe` outside {UNSAFE_HOLDER}");
            findings.push(Finding::hard(&place, text));
        }
        let production_line = file.production && number < file.lines;
        if production_line
            && !reads_clock
            && CLOCKS.iter().any(|clock| line.contains(clock))
            && !line.trim_start().starts_with("//")
        {
            findings.push(Finding::hard(&place, "reads the clock: time comes in as a parameter"));
        }
    }
    findings
}

fn check_map(tree: &Tree) -> Vec<Finding> {
    let Ok(map) = fs::read_to_string("ARCHITECTURE.md") else {
        return vec![Finding::hard("ARCHITECTURE.md", "is missing")];
    };
    let mut findings = Vec::new();
    if map.lines().count() > ARCHITECTURE_LINES {
        findings.push(Finding::hard(
            "ARCHITECTURE.md",
            format!("longer than {ARCHITECTURE_LINES} lines"),
        ));
    }
    for member in &tree.crates {
        if !map.contains(&format!("`{}`", member.name)) {
            findings.push(Finding::hard(
                "ARCHITECTURE.md",
                format!("the code map does not name `{}`", member.name),
            ));
        }
    }
    findings
}

fn check_decisions() -> Vec<Finding> {
    let index = fs::read_to_string("docs/adr/README.md").unwrap_or_default();
    let Ok(listing) = fs::read_dir("docs/adr") else {
        return vec![Finding::hard("docs/adr", "is missing")];
    };
    listing
        .filter_map(|entry| entry.ok().and_then(|entry| entry.file_name().into_string().ok()))
        .filter(|name| name != "README.md" && !index.contains(name.as_str()))
        .map(|name| Finding::hard("docs/adr/README.md", format!("does not list {name}")))
        .collect()
}

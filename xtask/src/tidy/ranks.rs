//! Ranks: an import may only go down, and no capability imports another (`ARCHITECTURE.md`, "Ranks").

use super::Finding;
use super::tree::Tree;

/// From the ground up. Crates of one rank do not know each other; specifications alone may build on one another.
const RANKS: &[&[&str]] = &[
    &["hefu-rulebook"],
    &["hefu-database", "hefu-client"],
    &["hefu-records", "hefu-certificate"],
    &["hefu-officers"],
    &[
        "hefu-applicants",
        "hefu-ra",
        "hefu-ca",
        "hefu-kmc",
        "hefu-status",
        "hefu-directory",
        "hefu-timestamp",
        "hefu-signature",
        "hefu-supervision",
        "hefu-consultation",
        "hefu-enrol",
        "hefu-policies",
        "hefu-law-library",
        "hefu-batch",
        "hefu-post",
        "hefu-subscribers",
    ],
    &["hefu-conformance", "hefu-page"],
    &["hefu-web", "hefu-documents"],
    &[
        "hefu-rooms",
        "hefu-audit-room",
        "hefu-admin-room",
        "hefu-counter",
        "hefu-portal",
        "hefu-law-pages",
    ],
    &["hefud", "hefu-cli"],
    &["fuzz", "trials", "measure", "xtask"],
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let ours: Vec<&str> = tree.crates.iter().map(|member| member.name.as_str()).collect();
    for member in &tree.crates {
        let place = member.folder.join("Cargo.toml").display().to_string();
        let Some(rank) = rank(tree, &member.name) else {
            findings.push(Finding::hard(
                place,
                format!("{} has no rank in xtask/src/tidy/ranks.rs", member.name),
            ));
            continue;
        };
        for dependency in member.dependencies.iter().filter(|name| ours.contains(&name.as_str())) {
            let below = super::ranks::rank(tree, dependency);
            if rank > 0 && below.is_none_or(|below| below >= rank) || rank == 0 && below != Some(0) {
                findings.push(Finding::hard(
                    &place,
                    format!("{} may not import {dependency}: imports go down", member.name),
                ));
            }
        }
    }
    findings
}

/// 0 for a specification, then the place in `RANKS`.
fn rank(tree: &Tree, name: &str) -> Option<usize> {
    if tree
        .crates
        .iter()
        .any(|member| member.name == name && member.folder.starts_with("specs"))
    {
        return Some(0);
    }
    RANKS
        .iter()
        .position(|names| names.contains(&name))
        .map(|place| place + 1)
}

//! Names: words that say nothing are refused for crates, folders and files; a folder has its crate's name.

use super::Finding;
use super::tree::Tree;

const REFUSED: &[&str] = &[
    "util", "utils", "common", "core", "misc", "shared", "base", "helper", "helpers", "manager", "types", "models",
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &tree.crates {
        let place = member.folder.display().to_string();
        if member
            .folder
            .file_name()
            .is_none_or(|folder| folder != member.name.as_str())
        {
            findings.push(Finding::hard(
                &place,
                format!("folder and crate name differ: {}", member.name),
            ));
        }
        if member.name.split('-').any(|word| REFUSED.contains(&word)) {
            findings.push(Finding::hard(
                &place,
                format!("{} is a name that says nothing", member.name),
            ));
        }
    }
    for file in &tree.files {
        for part in file.path.components().filter_map(|part| part.as_os_str().to_str()) {
            if REFUSED.contains(&part.trim_end_matches(".rs")) {
                findings.push(Finding::hard(
                    file.path.display().to_string(),
                    format!("`{part}` is a name that says nothing"),
                ));
            }
        }
    }
    findings
}

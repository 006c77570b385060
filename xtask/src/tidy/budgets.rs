//! Budgets: how long a function, a file and a crate may be. The measured habit of well-kept Rust code in this field.

use super::Finding;
use super::tree::{File, Tree};

const FUNCTION_LINES_HARD: usize = 60;
const FUNCTION_LINES_P90: usize = 25;
const FILE_LINES_HARD: usize = 700;
const FILE_LINES_P90: usize = 450;
const CRATE_LINES_HARD: usize = 8_000;
const CRATE_LINES_SOFT: usize = 5_000;
const PARAMETERS_HARD: usize = 6;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in production(tree) {
        let path = file.path.display();
        if file.lines > FILE_LINES_HARD {
            findings.push(Finding::hard(
                path.to_string(),
                format!("{} lines, at most {FILE_LINES_HARD}", file.lines),
            ));
        }
        for function in &file.functions {
            let place = format!("{path}:{}", function.line);
            if function.lines > FUNCTION_LINES_HARD {
                findings.push(Finding::hard(
                    &place,
                    format!(
                        "`{}` has {} lines, at most {FUNCTION_LINES_HARD}",
                        function.name, function.lines
                    ),
                ));
            }
            if function.parameters > PARAMETERS_HARD {
                findings.push(Finding::hard(
                    &place,
                    format!(
                        "`{}` takes {} parameters, at most {PARAMETERS_HARD}",
                        function.name, function.parameters
                    ),
                ));
            }
        }
    }
    for member in &tree.crates {
        let lines: usize = production(tree)
            .filter(|file| file.path.starts_with(&member.folder))
            .map(|file| file.lines)
            .sum();
        let place = member.folder.display().to_string();
        if lines > CRATE_LINES_HARD {
            findings.push(Finding::hard(
                place,
                format!("{lines} lines, at most {CRATE_LINES_HARD}"),
            ));
        } else if lines > CRATE_LINES_SOFT {
            findings.push(Finding::soft(
                place,
                format!("{lines} lines; {CRATE_LINES_SOFT} is the aim"),
            ));
        }
    }
    findings.extend(ninetieth(tree));
    findings
}

fn ninetieth(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let functions = p90(production(tree).flat_map(|file| file.functions.iter().map(|function| function.lines)));
    let files = p90(production(tree).map(|file| file.lines));
    if functions > FUNCTION_LINES_P90 {
        findings.push(Finding::soft(
            "functions",
            format!("90th percentile is {functions} lines; {FUNCTION_LINES_P90} is the aim"),
        ));
    }
    if files > FILE_LINES_P90 {
        findings.push(Finding::soft(
            "files",
            format!("90th percentile is {files} lines; {FILE_LINES_P90} is the aim"),
        ));
    }
    findings
}

/// One line of numbers for the reader.
pub(crate) fn summary(tree: &Tree) -> String {
    let code: usize = production(tree).map(|file| file.lines).sum();
    let tests: usize = tree.files.iter().map(|file| file.test_lines).sum();
    let functions = p90(production(tree).flat_map(|file| file.functions.iter().map(|function| function.lines)));
    let files = p90(production(tree).map(|file| file.lines));
    format!(
        "tidy: {code} lines of code, {tests} of tests; 90th percentile: function {functions} lines, file {files} lines"
    )
}

fn production(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.production)
}

fn p90(values: impl Iterator<Item = usize>) -> usize {
    let mut values: Vec<usize> = values.collect();
    values.sort_unstable();
    values.get(values.len() * 9 / 10).copied().unwrap_or(0)
}

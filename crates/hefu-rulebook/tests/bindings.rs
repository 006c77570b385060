//! A binding that says "built" names something that stands in the source of the crates beside this one.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use hefu_rulebook::{Binding, Obligation, Progress, Rulebook};

/// All Rust source of the other crates, tests left out.
fn source() -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crates/");
    let mut folders: Vec<PathBuf> = fs::read_dir(crates)
        .expect("the workspace is there")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name != "hefu-rulebook"))
        .map(|path| path.join("src"))
        .filter(|path| path.is_dir())
        .collect();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "tests" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    text
}

/// The bindings with a name, and whether each is built.
fn named(book: &Rulebook) -> Vec<(&str, &str, bool)> {
    let bindings = book
        .obligations()
        .iter()
        .flat_map(|one| one.bindings().iter().map(move |it| (one, it)));
    bindings
        .filter_map(|(obligation, binding)| match binding {
            Binding::Check(name, progress) | Binding::Record(name, progress) => {
                Some((obligation.id(), name.as_str(), *progress == Progress::Built))
            }
            Binding::Deadline(..) | Binding::Human { .. } => None,
        })
        .collect()
}

#[test]
fn what_is_said_to_be_built_is_found_in_the_code() {
    let (book, source) = (Rulebook::builtin().unwrap(), source());
    let absent: Vec<_> = named(&book)
        .into_iter()
        .filter(|(_, name, built)| *built && !source.contains(&format!("\"{name}\"")))
        .collect();
    assert_eq!(absent, [], "renamed or removed: correct data/obligations");
}

#[test]
fn what_is_said_to_be_planned_is_not_there_yet() {
    let (book, source) = (Rulebook::builtin().unwrap(), source());
    let there: Vec<_> = named(&book)
        .into_iter()
        .filter(|(_, name, built)| !*built && source.contains(&format!("\"{name}\"")))
        .collect();
    assert_eq!(there, [], "built meanwhile: say so in data/obligations");
}

#[test]
fn no_tracked_deadline_claims_to_be_built_before_something_tracks_it() {
    let book = Rulebook::builtin().unwrap();
    let built = book.obligations().iter().flat_map(Obligation::bindings);
    let built: Vec<_> = built
        .filter(|one| matches!(one, Binding::Deadline(_, Progress::Built)))
        .collect();
    assert_eq!(built, Vec::<&Binding>::new());
}

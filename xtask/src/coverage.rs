//! `coverage`: every obligation of the rulebook has a check or a reason why there is none, and what is said to be built
//! stands in the code.
//!
//! A name counts as built when it stands as a string in production code of a crate that acts. Tests, comments, the rulebook
//! (which lists the names) and `hefu-conformance` (which looks for them) do not count. A deadline counts when
//! `hefu-conformance` tracks its parameter, and the records that start and end its clock are written somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use hefu_rulebook::{Binding, Coverage, Language, Obligation, ParameterName, Progress, Rulebook};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use crate::tidy::tree::{self, Tree};

/// Crates whose code only speaks of checks and records.
const SPEAK_ONLY: [&str; 2] = ["hefu-rulebook", "hefu-conformance"];

/// What the code holds.
#[derive(Default)]
struct Code {
    /// Strings in production code of the crates that act.
    strings: BTreeSet<String>,
    /// What `hefu-conformance` tracks: the variant of `ParameterName`, the records that start and end the clock.
    tracked: Vec<[String; 3]>,
}

/// Compares rulebook and code, prints a table by instrument; fails on what does not agree.
pub(crate) fn run() -> ExitCode {
    let (book, code) = match (Rulebook::builtin(), Code::read()) {
        (Ok(book), Ok(code)) => (book, code),
        (Err(why), _) => return fault(&why.to_string()),
        (_, Err(why)) => return fault(&why),
    };
    let problems = problems(&book, &code);
    for problem in &problems {
        eprintln!("error {problem}");
    }
    eprint!("{}", table(&book));
    eprintln!(
        "coverage: {} obligations, {} errors",
        book.obligations().len(),
        problems.len()
    );
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn fault(why: &str) -> ExitCode {
    eprintln!("coverage: {why}");
    ExitCode::from(2)
}

/// Each obligation without a binding, and each binding whose state is not so.
fn problems(book: &Rulebook, code: &Code) -> Vec<String> {
    let mut problems = Vec::new();
    for obligation in book.obligations() {
        if Coverage::of(obligation) == Coverage::None {
            problems.push(format!(
                "{}: neither a check nor a reason why there is none",
                obligation.id()
            ));
        }
        let bindings = obligation.bindings().iter();
        problems.extend(bindings.filter_map(|binding| wrong(book, obligation, binding, code)));
    }
    problems
}

fn wrong(book: &Rulebook, obligation: &Obligation, binding: &Binding, code: &Code) -> Option<String> {
    let (name, progress, there) = match binding {
        Binding::Check(name, progress) => (name, progress, code.strings.contains(name)),
        Binding::Record(name, progress) => (name, progress, code.records(name)),
        Binding::Deadline(name, progress) => (name, progress, code.tracks(book, name)),
        Binding::Human { .. } => return None,
    };
    let id = obligation.id();
    match (progress, there) {
        (Progress::Built, false) => Some(format!("{id}: {name} is said to be built and is not in the code")),
        (Progress::Planned, true) => Some(format!("{id}: {name} is said to be planned and is in the code")),
        _ => None,
    }
}

impl Code {
    fn read() -> Result<Self, String> {
        let tree = Tree::read()?;
        let mut code = Self::default();
        for member in tree.crates.iter().filter(|one| one.folder.starts_with("crates")) {
            let speaks_only = SPEAK_ONLY.contains(&member.name.as_str());
            let files = tree.files.iter();
            for file in files.filter(|file| file.production && file.path.starts_with(&member.folder)) {
                let syntax = syn::parse_file(&file.text).map_err(|why| format!("{}: {why}", file.path.display()))?;
                if member.name == "hefu-conformance" {
                    TrackedOnes(&mut code.tracked).visit_file(&syntax);
                }
                if !speaks_only {
                    Strings(&mut code.strings).visit_file(&syntax);
                }
            }
        }
        Ok(code)
    }

    /// A record's kind may be planned without its version.
    fn records(&self, kind: &str) -> bool {
        let versioned = format!("{kind}/1");
        self.strings.contains(kind) || self.strings.contains(&versioned)
    }

    /// Whether this parameter is tracked, itself or as the one that it stands in place of.
    fn tracks(&self, book: &Rulebook, name: &str) -> bool {
        let Some((id, own_name)) = name.rsplit_once('.') else {
            return false;
        };
        let instead_of = book.obligation(id).and_then(Obligation::instead_of);
        let other = instead_of.map(|id| format!("{id}.{own_name}"));
        let mut names = ParameterName::ALL.iter();
        let variant = names.find(|one| one.as_str() == name || other.as_deref() == Some(one.as_str()));
        let variant = variant.map(|one| format!("{one:?}"));
        self.tracked.iter().any(|[tracked, starts, ends]| {
            Some(tracked) == variant.as_ref() && self.strings.contains(starts) && self.strings.contains(ends)
        })
    }
}

/// Gathers what `Tracked { parameter: ParameterName::…, starts: "…", ends: "…" }` says.
struct TrackedOnes<'a>(&'a mut Vec<[String; 3]>);

impl<'ast> Visit<'ast> for TrackedOnes<'_> {
    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        let value = |name: &str| {
            let mut fields = made.fields.iter();
            let field = fields.find(|field| matches!(&field.member, syn::Member::Named(named) if named == name))?;
            match &field.expr {
                syn::Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            }
        };
        if made.path.is_ident("Tracked")
            && let (Some(parameter), Some(starts), Some(ends)) = (value("parameter"), value("starts"), value("ends"))
        {
            self.0.push([parameter, starts, ends]);
        }
        syn::visit::visit_expr_struct(self, made);
    }
}

/// Gathers strings outside `#[cfg(test)]`, those inside macros included.
struct Strings<'a>(&'a mut BTreeSet<String>);

impl Strings<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.0.insert(text.value());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Strings<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !tree::is_for_tests(module) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {
        // Comments and conditions are no code.
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.0.insert(text.value());
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
    }
}

/// Per instrument: how many obligations are covered how far.
fn table(book: &Rulebook) -> String {
    let mut rows: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for obligation in book.obligations() {
        let row = rows.entry(obligation.instrument()).or_default();
        let place = match Coverage::of(obligation) {
            Coverage::Built => 0,
            Coverage::Partly => 1,
            Coverage::Planned => 2,
            Coverage::Human => 3,
            Coverage::None => 4,
        };
        if let Some(count) = row.get_mut(place) {
            *count += 1;
        }
    }
    let mut text = format!(
        "{:<12}{:>7}{:>8}{:>9}{:>8}{:>6}  name\n",
        "instrument", "built", "partly", "planned", "people", "none"
    );
    for (code, [built, partly, planned, people, none]) in rows {
        let name = book
            .instruments()
            .find(code)
            .map_or(code, |one| one.name(Language::Chinese));
        let row = format!("{code:<12}{built:>7}{partly:>8}{planned:>9}{people:>8}{none:>6}  {name}\n");
        text.push_str(&row);
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A rulebook with one more obligation, which has these bindings.
    fn book(bindings: &str) -> Rulebook {
        let file = format!(
            "code = \"ESL\"\n[[obligation]]\nid = \"ESL-4\"\narticle = \"4\"\nzh = \"书面形式\"\nen = \"Written form\"\n\
             bound = [\"provider\"]\nkinds = [\"enforced\"]\nprovenance = \"read\"\n{bindings}\n"
        );
        Rulebook::with_files([("one.toml", file.as_str())]).unwrap()
    }

    fn check(bindings: &str, source: &str) -> Vec<String> {
        let mut code = Code::default();
        Strings(&mut code.strings).visit_file(&syn::parse_file(source).unwrap());
        let problems = problems(&book(bindings), &code);
        problems.into_iter().filter(|one| one.starts_with("ESL-4:")).collect()
    }

    #[test]
    fn an_obligation_with_neither_check_nor_reason_is_an_error() {
        assert_eq!(check("", ""), ["ESL-4: neither a check nor a reason why there is none"]);
        assert!(check("bindings = [{ human_zh = \"由人\", human_en = \"people\" }]", "").is_empty());
    }

    #[test]
    fn what_is_built_stands_in_the_code_and_not_in_a_comment_or_test() {
        let built = "bindings = [{ check = \"seen-twice\", state = \"built\" }]";
        for source in [
            "const CODE: &str = \"seen-twice\";",
            "fn f() { g!({ \"code\": \"seen-twice\" }) }",
        ] {
            assert!(check(built, source).is_empty(), "{source}");
        }
        for source in [
            "",
            "/// \"seen-twice\"\nfn f() {}",
            "#[cfg(test)] mod tests { const CODE: &str = \"seen-twice\"; }",
            "const CODE: &str = \"seen-twice-over\";",
        ] {
            assert_eq!(check(built, source).len(), 1, "{source}");
        }
    }

    #[test]
    fn what_is_planned_is_not_in_the_code() {
        let planned = "bindings = [{ record = \"thing-done\", state = \"planned\" }]";
        assert!(check(planned, "").is_empty());
        assert_eq!(
            check(planned, "const KIND: &str = \"thing-done/1\";"),
            ["ESL-4: thing-done is said to be planned and is in the code"]
        );
    }

    #[test]
    fn a_deadline_is_built_when_it_is_tracked_and_its_records_are_written() {
        let tracked = "const T: &[Tracked] = &[Tracked { parameter: ParameterName::PracticeStatementFiling, \
                       starts: \"cps-out/1\", ends: \"cps-in/1\" }];";
        let mut code = Code::default();
        TrackedOnes(&mut code.tracked).visit_file(&syn::parse_file(tracked).unwrap());
        let book = Rulebook::builtin().unwrap();
        assert!(!code.tracks(&book, "M15-15.filing"), "nobody writes the records");
        code.strings.extend(["cps-out/1".to_owned(), "cps-in/1".to_owned()]);
        assert!(code.tracks(&book, "M15-15.filing"));
        assert!(code.tracks(&book, "EG24-16.filing"), "it stands in the other's place");
        assert!(!code.tracks(&book, "M15-13.change"));
    }
}

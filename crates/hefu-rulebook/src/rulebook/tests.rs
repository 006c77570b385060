//! The data compiled in, and what is said about data that are wrong.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::citation::Citation;
use crate::explain::Explain;
use crate::instruments::{InstrumentKind, Provenance};
use crate::obligation::{Bound, ObligationKind};

fn book() -> Rulebook {
    Rulebook::builtin().expect("the data compiled in are sound")
}

fn check(text: &str) -> String {
    Rulebook::with_files([("further.toml", text)]).unwrap_err().to_string()
}

/// A file of one obligation, with a line put in place of another.
fn one(replace: &str, with: &str) -> String {
    let file = r#"
code = "ESL"
[[obligation]]
id = "ESL-4"
article = "4"
zh = "书面形式"
en = "Written form"
bound = ["provider"]
kinds = ["human"]
provenance = "read"
bindings = [{ human_zh = "须人判断", human_en = "for people to judge" }]
[obligation.parameters]
items = { exactly = 2, unit = "count" }
"#;
    assert!(replace.is_empty() || file.contains(replace), "{replace}");
    file.replace(replace, with)
}

#[test]
fn every_name_that_code_may_use_has_a_value_and_its_citation_a_place() {
    let book = book();
    for name in ParameterName::ALL {
        let parameter = book.parameter(name.as_str()).unwrap();
        let citation = name.citation();
        let id = name.as_str().split('.').next().unwrap();
        let obligation = book.obligation(id).unwrap();
        assert_eq!(obligation.instrument(), citation.instrument, "{name}");
        assert_eq!(obligation.article(), citation.article, "{name}");
        assert_eq!(parameter.name(), name.as_str());
    }
}

#[test]
fn the_numbers_of_the_law_are_these() {
    let book = book();
    let check = |name: &str| {
        let parameter = book.parameter(name).expect(name);
        parameter.render(Language::English)
    };
    for (name, value) in [
        ("ESL-18.decision", "within 45 days"),
        ("ESL-23.parties-told", "90 days before"),
        ("ESL-23.regulator-told", "60 days before"),
        ("ESL-24.retention", "at least 5 years"),
        ("ESL-31.bar", "10 years"),
        ("M15-5.staff", "at least 30"),
        ("M15-5.registered-capital", "at least 30000000 yuan"),
        ("draft-2024-5.registered-capital", "at least 70000000 yuan"),
        ("M15-7.supplement", "within 5 days"),
        ("M15-10.validity", "5 years"),
        ("M15-13.change", "within 15 days"),
        ("M15-14.renewal", "30 days before"),
        ("M15-14.publication", "within 5 days"),
        ("M15-15.filing", "within 30 days"),
        ("EG24-8.formal-review", "within 5 working days"),
        ("EG24-9.decision", "within 20 working days"),
        ("EG24-14.change", "within 30 days"),
        ("EG24-15.renewal", "60 days before"),
        ("EG24-25.filing", "within 30 days"),
        ("EG24-35.report", "every year by 01-15"),
        ("EG24-36.report", "within 15 days"),
        ("RP17-15.consultation", "at least 30 days"),
        ("RP17-16.hearing-notice", "30 days before"),
        ("RP17-34.filing", "within 30 days"),
        ("AP21-60.decision", "within 90 days"),
        ("AP21-61.service", "within 7 working days"),
        ("AP21-64.hearing-request", "within 5 working days"),
        ("AP21-64.hearing-notice", "7 working days before"),
        ("AP21-67.payment", "within 15 days"),
    ] {
        assert_eq!(check(name), value, "{name}");
    }
}

#[test]
fn each_instrument_has_the_obligations_it_had_when_they_were_reviewed() {
    let book = book();
    let count = |code: &str| book.obligations().iter().filter(|one| one.instrument() == code).count();
    let counts = ["ESL", "M15", "EG24", "CR23", "RP17", "AL19", "AP21", "PIPL"].map(count);
    assert_eq!(counts.iter().sum::<usize>(), 122);
    assert_eq!(counts, [23, 38, 31, 6, 7, 4, 8, 5]);
    assert_eq!(count("draft-2024"), 2);
}

#[test]
fn every_obligation_reads_well_in_both_languages() {
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for obligation in book().obligations() {
        let id = obligation.id();
        let (zh, en) = (obligation.text(Language::Chinese), obligation.text(Language::English));
        assert!(zh.ends_with('。') && zh.contains(chinese), "{id}: {zh}");
        assert!(!zh.contains([';', ',', '(', ':']), "{id}: half-width mark in {zh}");
        assert!(en.ends_with(['.', ')']) && !en.contains(chinese), "{id}: {en}");
        assert!(!en.contains(['，', '。', '；']), "{id}: full-width mark in {en}");
    }
}

#[test]
fn kinds_agree_with_what_an_obligation_carries() {
    for obligation in book().obligations() {
        let id = obligation.id();
        let human = obligation.kinds().contains(&ObligationKind::Human);
        let reason = obligation
            .bindings()
            .iter()
            .any(|one| matches!(one, Binding::Human { .. }));
        assert_eq!(
            human, reason,
            "{id}: a human obligation has a written reason, and no other has"
        );
        let tracked = obligation
            .bindings()
            .iter()
            .any(|one| matches!(one, Binding::Deadline(..)));
        assert!(
            !tracked || obligation.kinds().contains(&ObligationKind::Deadline),
            "{id}"
        );
    }
}

#[test]
fn an_obligation_is_as_sure_as_citations_of_its_article() {
    for obligation in book().obligations() {
        let instrument = Instruments::builtin().find(obligation.instrument()).unwrap();
        assert_eq!(
            &instrument.provenance_of(obligation.article()),
            obligation.provenance(),
            "{}",
            obligation.id()
        );
    }
    assert_eq!(book().obligation("M15-21").unwrap().provenance(), &Provenance::Recalled);
}

#[test]
fn of_the_draft_only_two_articles_and_one_number_are_known() {
    let book = book();
    let draft: Vec<_> = book
        .obligations()
        .iter()
        .filter(|one| one.instrument() == "draft-2024")
        .collect();
    let numbers: Vec<_> = draft
        .iter()
        .flat_map(|one| one.parameters())
        .map(Parameter::name)
        .collect();
    assert_eq!(numbers, ["draft-2024-5.registered-capital"]);
    assert!(
        draft
            .iter()
            .all(|one| one.from().is_none() && one.provenance() == &Provenance::Recalled)
    );
}

#[test]
fn a_rule_set_answers_with_its_own_numbers() {
    let book = book();
    let capital = |set: &str| book.rules(set).unwrap().amount(ParameterName::RegisteredCapital);
    assert_eq!(capital(RuleSet::M15), Ok((30_000_000, Unit::Yuan)));
    assert_eq!(capital(RuleSet::DRAFT_2024), Ok((70_000_000, Unit::Yuan)));
    assert_eq!(
        capital(RuleSet::EG24),
        Err(ParameterError::Gap {
            set: "eg24".to_owned(),
            name: ParameterName::RegisteredCapital
        })
    );
    let change = |set: &str| book.rules(set).unwrap().term(ParameterName::LicenceChange);
    assert_eq!(change(RuleSet::M15).ok(), Term::natural_days(15));
    assert_eq!(change(RuleSet::EG24).ok(), Term::natural_days(30));
    let decision = |set: &str| book.rules(set).unwrap().term(ParameterName::LicenceDecision).ok();
    assert_eq!(decision(RuleSet::M15), Term::natural_days(45));
    assert_eq!(decision(RuleSet::EG24), Term::working_days(20));
    let items = |set: &str| book.rules(set).unwrap().amount(ParameterName::CertificateItems).ok();
    assert_eq!(
        (items(RuleSet::M15), items(RuleSet::EG24)),
        (Some((7, Unit::Count)), Some((8, Unit::Count)))
    );
}

#[test]
fn the_draft_shows_its_gaps_and_borrows_no_number() {
    let book = book();
    let draft = book.rules(RuleSet::DRAFT_2024).unwrap();
    let gaps: Vec<_> = draft.gaps().into_iter().map(ParameterName::as_str).collect();
    assert_eq!(
        gaps,
        [
            "M15-5.staff",
            "M15-6.documents",
            "M15-7.supplement",
            "M15-8.officers",
            "M15-10.validity",
            "M15-13.change",
            "M15-14.renewal",
            "M15-14.publication",
            "M15-15.filing",
            "M15-17.services",
            "M15-21.notices",
            "M15-28.items",
            "M15-29.grounds",
        ]
    );
    assert_eq!(book.rules(RuleSet::M15).unwrap().gaps(), []);
    let error = draft.term(ParameterName::LicenceValidity).unwrap_err();
    assert_eq!(
        error.message_with_rule(Language::English),
        "rule set draft-2024 knows no value for M15-10.validity (Certification Services Measures 10 (unverified))"
    );
    assert_eq!(error.citation(), Some(Citation::new("M15", "10")));
}

#[test]
fn a_parameter_asked_for_in_another_shape_is_an_error() {
    let book = book();
    let rules = book.rules(RuleSet::M15).unwrap();
    assert!(matches!(
        rules.term(ParameterName::Staff),
        Err(ParameterError::Shape { .. })
    ));
    assert!(matches!(
        rules.year_day(ParameterName::Retention),
        Err(ParameterError::Shape { .. })
    ));
}

#[test]
fn what_is_in_force_depends_on_the_day() {
    let book = book();
    let on = |set: &str, date| {
        let effective = book.rules(set).unwrap().effective_on(date);
        let mut codes: Vec<_> = effective.map(Obligation::instrument).collect();
        codes.dedup();
        codes.join(" ")
    };
    assert_eq!(
        on(RuleSet::EG24, jiff::civil::date(2024, 10, 31)),
        "ESL CR23 RP17 AL19 AP21 PIPL"
    );
    assert_eq!(
        on(RuleSet::EG24, jiff::civil::date(2024, 11, 1)),
        "ESL EG24 CR23 RP17 AL19 AP21 PIPL"
    );
    assert_eq!(on(RuleSet::M15, jiff::civil::date(2009, 3, 30)), "ESL RP17 AL19");
    assert_eq!(on(RuleSet::M15, jiff::civil::date(2009, 3, 31)), "ESL M15 RP17 AL19");
    assert!(!on(RuleSet::DRAFT_2024, jiff::civil::date(2030, 1, 1)).contains("draft"));
}

#[test]
fn every_obligation_is_covered_by_something_and_none_claims_more_than_it_has() {
    use crate::binding::{Coverage, uncovered};
    let book = book();
    assert_eq!(
        uncovered(book.obligations()).map(Obligation::id).collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
    let of = |id: &str| Coverage::of(book.obligation(id).unwrap());
    assert_eq!(of("ESL-21"), Coverage::Built);
    assert_eq!(of("ESL-13"), Coverage::Partly);
    assert_eq!(of("ESL-24"), Coverage::Planned);
    assert_eq!(of("ESL-25"), Coverage::Human);
    let silent = Rulebook::with_files([(
        "further.toml",
        one(
            "bindings = [{ human_zh = \"须人判断\", human_en = \"for people to judge\" }]\n",
            "",
        )
        .as_str(),
    )])
    .unwrap();
    assert_eq!(
        uncovered(silent.obligations()).map(Obligation::id).collect::<Vec<_>>(),
        ["ESL-4"]
    );
}

#[test]
fn a_new_law_is_a_new_file() {
    let file = r#"
[instrument]
code = "NEW30"
kind = "regulation"
zh = "某新办法"
en = "Some new measures"
short_zh = "某新办法"
short_en = "New Measures"
in_force = 2030-01-01
state = "made up for this test"
provenance = "read"

[[obligation]]
id = "NEW30-10"
article = "10"
zh = "许可证有效期三年。"
en = "A licence is valid for three years."
bound = ["regulator"]
kinds = ["deadline"]
provenance = "read"
instead_of = "M15-10"
until = 2039-12-31
[obligation.parameters]
validity = { exactly = 3, unit = "years" }

[[rule-set]]
code = "new30"
zh = "某新办法"
en = "The new measures"
instruments = ["ESL", "NEW30"]
follows = "m15"
"#;
    let book = Rulebook::with_files([("NEW30.toml", file)]).unwrap();
    let rules = book.rules("new30").unwrap();
    assert_eq!(rules.term(ParameterName::LicenceValidity).ok(), Term::years(3));
    assert!(
        rules.gaps().contains(&ParameterName::LicenceChange),
        "what it does not say is a gap"
    );
    let obligation = book.obligation("NEW30-10").unwrap();
    assert_eq!(book.place(obligation, Language::Chinese), "某新办法 10");
    assert!(obligation.is_effective_on(jiff::civil::date(2039, 12, 31)));
    assert!(!obligation.is_effective_on(jiff::civil::date(2040, 1, 1)));
    assert!(!obligation.is_effective_on(jiff::civil::date(2029, 12, 31)));
    assert_eq!(
        book.instruments().find("NEW30").unwrap().kind(),
        InstrumentKind::Regulation
    );
}

/// Loads each file and compares what is said; nothing is said about a good one.
fn check_all(files: &[(String, &str)]) {
    for (text, error) in files {
        let said = Rulebook::with_files([("further.toml", text.as_str())]).err();
        assert_eq!(said.map(|said| said.to_string()).unwrap_or_default(), *error);
    }
}

#[test]
fn what_is_wrong_with_an_obligation_is_named_by_file_id_and_field() {
    check_all(&[
        (one("", ""), ""),
        (
            one("id = \"ESL-4\"", "id = \"ESL-24\""),
            "further.toml: ESL-24: id: stands twice",
        ),
        (
            one("id = \"ESL-4\"", "id = \"M15-4\""),
            "further.toml: M15-4: id: is not a name of letters, digits and hyphens",
        ),
        (
            one("id = \"ESL-4\"", "id = \"ESL-四\""),
            "further.toml: ESL-四: id: is not a name of letters, digits and hyphens",
        ),
        (
            one("code = \"ESL\"", "code = \"XYZ\""),
            "further.toml: code: names \"XYZ\", which is not in the data",
        ),
        (one("code = \"ESL\"", ""), "further.toml: code: is missing"),
        (
            one("zh = \"书面形式\"", "zh = \" \""),
            "further.toml: ESL-4: zh: is empty",
        ),
        (one("[\"provider\"]", "[]"), "further.toml: ESL-4: bound: is empty"),
        (
            one("[\"provider\"]", "[\"provider\", \"provider\"]"),
            "further.toml: ESL-4: bound: stands twice",
        ),
        (
            one("\"read\"", "\"recalled\""),
            "further.toml: ESL-4: provenance: names \"4\", which is not in the data",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_a_parameter_or_a_binding_is_named_by_file_id_and_field() {
    let date = "provenance = \"read\"\nuntil = ";
    check_all(&[
        (
            one("exactly = 2", "exactly = 2, within = 3"),
            "further.toml: ESL-4: parameters.items: needs exactly one of within, before, at-least, at-most, exactly, every-year-by",
        ),
        (
            one("exactly = 2, unit = \"count\"", "exactly = 2"),
            "further.toml: ESL-4: parameters.items.unit: is missing",
        ),
        (
            one("exactly = 2, unit = \"count\"", "every-year-by = \"02-30\""),
            "further.toml: ESL-4: parameters.items: is not a date",
        ),
        (
            one("exactly = 2, unit = \"count\"", "within = 101, unit = \"years\""),
            "further.toml: ESL-4: parameters.items: is too long a period",
        ),
        (
            one("human_zh = \"须人判断\", ", ""),
            "further.toml: ESL-4: bindings.human_zh: is missing",
        ),
        (
            one(
                "{ human_zh = \"须人判断\", human_en = \"for people to judge\" }",
                "{ check = \"x\" }",
            ),
            "further.toml: ESL-4: bindings.state: is missing",
        ),
        (
            one(
                "{ human_zh = \"须人判断\", human_en = \"for people to judge\" }",
                "{ deadline = \"ESL-4.never\", state = \"planned\" }",
            ),
            "further.toml: ESL-4: bindings: names \"ESL-4.never\", which is not in the data",
        ),
        (
            one(
                "{ human_zh = \"须人判断\", human_en = \"for people to judge\" }",
                "{ check = \"x\", record = \"y\", state = \"planned\" }",
            ),
            "further.toml: ESL-4: bindings: is more than 1",
        ),
        (
            one(
                "provenance = \"read\"",
                "provenance = \"read\"\ninstead_of = \"ESL-99\"",
            ),
            "further.toml: ESL-4: instead_of: names \"ESL-99\", which is not in the data",
        ),
        (
            one("provenance = \"read\"", &format!("{date}2005-03-31")),
            "further.toml: ESL-4: until: ends before it begins",
        ),
        (
            one("provenance = \"read\"", &format!("{date}2005-05-01T00:00:00Z")),
            "further.toml: ESL-4: until: is not a date",
        ),
        (
            one("en = \"Written form\"", "en = \"Written form\"\nremark_en = \"x\""),
            "further.toml: ESL-4: remark_zh: is missing",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_a_rule_set_is_named_by_file_code_and_field() {
    check_all(&[
        (
            "[[rule-set]]\ncode = \"m15\"\nzh = \"a\"\nen = \"a\"\ninstruments = [\"ESL\"]".to_owned(),
            "further.toml: m15: code: stands twice",
        ),
        (
            "[[rule-set]]\ncode = \"x\"\nzh = \"a\"\nen = \"a\"\ninstruments = [\"ESL\", \"Q\"]".to_owned(),
            "further.toml: x: instruments: names \"Q\", which is not in the data",
        ),
        (
            "[[rule-set]]\ncode = \"x\"\nzh = \"a\"\nen = \"a\"\ninstruments = [\"ESL\"]\nfollows = \"y\"".to_owned(),
            "further.toml: x: follows: names \"y\", which is not in the data",
        ),
    ]);
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = check(&one("article = \"4\"", "article = \"4\"\ncolour = \"red\""));
    assert!(error.contains("line 6") && error.contains("colour"), "{error}");
    let error = check(&one("[\"provider\"]", "[\"emperor\"]"));
    assert!(error.contains("emperor") && error.contains("line 8"), "{error}");
}

#[test]
fn an_error_speaks_both_languages_and_blames_the_operator() {
    let error = Rulebook::with_files([("x.toml", one("exactly = 2", "exactly = 2, within = 3").as_str())]).unwrap_err();
    assert_eq!(
        error.message(Language::Chinese),
        "规则文件x.toml，ESL-4，parameters.items：within、before、at-least、at-most、exactly、every-year-by须恰有其一"
    );
    assert_eq!(error.code(), "rule-data-field");
    assert_eq!(error.blame().as_str(), "operator");
}

#[test]
fn a_file_of_a_megabyte_is_refused_unread() {
    let text = "#".repeat(RULE_FILE_OCTETS_MAX + 1);
    assert_eq!(check(&text), format!("further.toml: more than {RULE_FILE_OCTETS_MAX}"));
}

#[test]
fn data_that_lack_a_parameter_of_the_code_do_not_start() {
    let some = BUILTIN.iter().copied().filter(|(file, _)| *file != "AP21.toml");
    let sets = "rule-sets.toml";
    let without = |text: &str| text.replace(", \"AP21\"", "");
    let files: Vec<(&str, String)> = some
        .map(|(file, text)| (file, if file == sets { without(text) } else { text.to_owned() }))
        .collect();
    let error = Rulebook::of(files.iter().map(|(file, text)| (*file, text.as_str()))).unwrap_err();
    assert_eq!(error, RulebookError::NoParameter(ParameterName::PenaltyDecision));
}

#[test]
fn data_that_hold_a_parameter_in_another_shape_do_not_start() {
    let files: Vec<(&str, String)> = BUILTIN
        .iter()
        .map(|(file, text)| {
            (
                *file,
                text.replace(
                    "retention = { at-least = 5, unit = \"years\" }",
                    "retention = { at-least = 5, unit = \"count\" }",
                ),
            )
        })
        .collect();
    let error = Rulebook::of(files.iter().map(|(file, text)| (*file, text.as_str()))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the parameter ESL-24.retention of rule set m15 is not a length of time"
    );
}

#[test]
fn whom_an_obligation_binds_can_be_asked() {
    let book = book();
    let subscriber: Vec<_> = book
        .obligations()
        .iter()
        .filter(|one| one.binds(Bound::Subscriber))
        .map(Obligation::id)
        .collect();
    assert_eq!(subscriber, ["ESL-13", "ESL-15", "ESL-20", "ESL-27"]);
}

proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "\\PC{0,400}") {
        let _ = Rulebook::with_files([("x", text.as_str())]);
    }

    #[test]
    fn no_damage_to_a_good_file_makes_it_panic(at in 0_usize..400, byte in any::<u8>()) {
        let mut octets = one("", "").into_bytes();
        if let Some(place) = octets.get_mut(at) {
            *place = byte;
        }
        let _ = Rulebook::with_files([("x", String::from_utf8_lossy(&octets).as_ref())]);
    }
}

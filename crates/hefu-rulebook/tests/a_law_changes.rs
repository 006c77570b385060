//! `docs/laws.md` says what to do when a law changes, and what turns red then. Here its own examples are played, so
//! that the page cannot promise what the rulebook does not do.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use hefu_rulebook::{
    ArticleChange, Calendar, Clock, Confirmation, Confirmations, Counting, Language, Obligation, OfficialText,
    ParameterName, RuleSet, Rulebook, Standing, Term, uncovered,
};
use jiff::civil::date;

const PAGE: &str = include_str!("../../../docs/laws.md");
const FILE: &str = "demo30.toml";

/// The fenced blocks of one language, in the order of the page.
fn blocks(language: &str) -> Vec<&'static str> {
    let mut rest = PAGE;
    let mut found = Vec::new();
    while let Some((_, after)) = rest.split_once("\n```") {
        let (head, body) = after.split_once('\n').unwrap();
        let (block, following) = body.split_once("\n```").unwrap();
        if head == language {
            found.push(block);
        }
        rest = following;
    }
    found
}

fn law() -> &'static str {
    blocks("toml")[0]
}

fn book() -> Rulebook {
    Rulebook::with_files([(FILE, law())]).unwrap()
}

#[test]
fn the_page_has_the_examples_that_are_played() {
    assert_eq!(
        ["toml", "markdown", "text"].map(|language| blocks(language).len()),
        [2, 2, 1]
    );
}

#[test]
fn the_file_answers_in_the_place_of_the_article_before_it() {
    let book = book();
    let change = |set| book.rules(set).unwrap().term(ParameterName::LicenceChange).ok();
    assert_eq!(change("demo30"), Term::working_days(10));
    assert_eq!(change(RuleSet::M15), Term::natural_days(15));
}

#[test]
fn the_gaps_are_those_that_the_page_names() {
    let book = book();
    let rules = book.rules("demo30").unwrap();
    let gaps: Vec<_> = rules.gaps().into_iter().map(ParameterName::as_str).collect();
    assert_eq!(gaps, blocks("text")[0].lines().collect::<Vec<_>>());
    let refused = rules.term(ParameterName::LicenceRenewal).unwrap_err().to_string();
    assert!(
        refused.contains("demo30") && refused.contains("M15-14.renewal"),
        "{refused}"
    );
}

/// Gaps as "set: name", but for the draft of 2024: its gaps stay, and `rulebook::tests` pins them.
fn gaps_to_close(book: &Rulebook) -> Vec<String> {
    let sets = book.sets().iter().filter(|set| set.code() != RuleSet::DRAFT_2024);
    sets.flat_map(|set| {
        let gaps = book.rules(set.code()).unwrap().gaps();
        gaps.into_iter().map(|name| format!("{}: {name}", set.code()))
    })
    .collect()
}

#[test]
fn no_rule_set_but_the_draft_has_gaps() {
    assert_eq!(gaps_to_close(&Rulebook::builtin().unwrap()), Vec::<String>::new());
}

#[test]
fn a_rule_set_with_gaps_would_be_named_with_each_of_them() {
    let named = gaps_to_close(&book());
    let page = blocks("text")[0].lines().map(|name| format!("demo30: {name}"));
    assert_eq!(named, page.collect::<Vec<_>>());
}

#[test]
fn an_obligation_with_neither_a_check_nor_a_reason_is_named() {
    let book = book();
    let open: Vec<_> = uncovered(book.obligations()).map(Obligation::id).collect();
    assert_eq!(open, ["DEMO30-4"]);
}

#[test]
fn the_edition_that_changes_an_article_is_told_from_the_one_before() {
    let [old, new] = [0, 1].map(|edition| OfficialText::parse(blocks("markdown")[edition]).unwrap());
    let comparison = old.compare(&new);
    let told: Vec<_> = comparison
        .differences()
        .map(|one| match one {
            ArticleChange::Changed { new, .. } => format!("changed {}", new.number()),
            ArticleChange::Added(article) => format!("added {}", article.number()),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["changed 3", "added 4"]);
    let book = book();
    let beside = new.beside(book.obligation("DEMO30-3").unwrap());
    assert_eq!(beside.len(), 1);
    assert!(beside[0].text().contains("五个工作日"));
}

#[test]
fn a_year_without_holidays_gives_its_number_and_no_day() {
    let first_of_march = date(2030, 3, 1);
    let book = book();
    let parameter = book.parameter("DEMO30-3.change").unwrap();
    let clock = Clock::of(parameter, first_of_march).unwrap();
    let calendar = Calendar::builtin().unwrap();
    let refused = clock.due(first_of_march, &Counting::by(&calendar)).unwrap_err();
    assert_eq!(refused.to_string(), "there are no holiday data for 2030");
    let calendar = calendar.with_year("2030.toml", blocks("toml")[1]).unwrap();
    let due = clock.due(first_of_march, &Counting::by(&calendar)).unwrap();
    assert_eq!(due.last_day, date(2030, 3, 15));
}

#[test]
fn a_confirmed_wording_loses_its_mark_until_a_number_changes() {
    let book = book();
    let obligation = book.obligation("DEMO30-3").unwrap();
    let before = Confirmations::over(&book, []).render(obligation, Language::Chinese);
    assert_eq!(before, "示例办法（虚构） 3（未核对原文）");

    let at = "2030-01-02T01:00:00Z".parse().unwrap();
    let confirmed = Confirmation::of(obligation, "officer 7", at, "example gazette 1/2030").unwrap();
    let confirmations = Confirmations::over(&book, [confirmed.clone()]);
    assert_eq!(
        confirmations.render(obligation, Language::Chinese),
        "示例办法（虚构） 3"
    );

    let amended = law().replace("within = 10", "within = 5");
    assert_ne!(amended, law());
    let book = Rulebook::with_files([(FILE, amended.as_str())]).unwrap();
    let obligation = book.obligation("DEMO30-3").unwrap();
    let confirmations = Confirmations::over(&book, [confirmed.clone()]);
    assert_eq!(confirmations.standing(obligation), Standing::Outdated(&confirmed));
    assert_eq!(
        confirmations.render(obligation, Language::Chinese),
        "示例办法（虚构） 3（未核对原文）"
    );
}

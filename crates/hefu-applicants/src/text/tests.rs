#![expect(clippy::unwrap_used, reason = "tests")]

use hefu_rulebook::{Explain as _, ParameterName, RuleSet, Rulebook};

use super::*;

/// A text with these sections, one paragraph each, the same topics in both languages.
pub(crate) fn text(kind: TextKind, version: &str, topics: &[Topic]) -> TextInput {
    let wording = |title: &str, word: &str| Wording {
        title: title.to_owned(),
        sections: topics
            .iter()
            .map(|topic| Section {
                topic: *topic,
                heading: format!("{word} {}", topic.as_str()),
                paragraphs: vec![format!("{word} {version}: {}", topic.as_str())],
            })
            .collect(),
    };
    TextInput {
        kind,
        version: version.to_owned(),
        zh: wording("订户须知", "关于"),
        en: wording("Notice to subscribers", "About"),
    }
}

pub(crate) fn notice(version: &str) -> TextInput {
    let topics: Vec<Topic> = NOTICE_ITEMS.into_iter().chain(INFORMATION_ITEMS).collect();
    text(TextKind::Notice, version, &topics)
}

fn check(input: TextInput) -> &'static str {
    Text::check(input).err().map_or("complete", |error| error.code())
}

#[test]
fn the_notice_has_as_many_items_as_the_law_counts() {
    let book = Rulebook::builtin().unwrap();
    let parameter = book
        .rules(RuleSet::M15)
        .unwrap()
        .parameter(ParameterName::Notices)
        .unwrap();
    let (items, _) = parameter.amount().unwrap();
    assert_eq!(u64::try_from(NOTICE_ITEMS.len()), Ok(items));
}

#[test]
fn a_version_that_lacks_an_item_in_one_language_is_refused_with_its_article() {
    assert_eq!(check(notice("1")), "complete");
    for topic in NOTICE_ITEMS.into_iter().chain(INFORMATION_ITEMS) {
        let mut lacking = notice("1");
        lacking.en.sections.retain(|section| section.topic != topic);
        let error = Text::check(lacking).unwrap_err();
        assert_eq!(
            error,
            TextError::Lacks {
                topic,
                language: Language::English
            }
        );
        let instrument = error.citation().unwrap().instrument;
        let (code, law) = if NOTICE_ITEMS.contains(&topic) {
            ("notice-item-missing", "M15")
        } else {
            ("notice-lacks-personal-information", "PIPL")
        };
        assert_eq!((error.code(), instrument), (code, law));
    }
    assert_eq!(check(text(TextKind::Contract, "1", &CONTRACT_ITEMS)), "complete");
    assert_eq!(
        check(text(TextKind::Contract, "1", &[Topic::ProviderDuties])),
        "contract-item-missing"
    );
}

#[test]
fn empty_words_say_nothing() {
    let mut empty = notice("1");
    empty.zh.sections.first_mut().unwrap().paragraphs = vec![" ".to_owned()];
    assert_eq!(check(empty), "text-wording-malformed");
    assert_eq!(check(notice(" 1")), "text-version-malformed");
    let json = serde_json::to_vec(&notice("1")).unwrap();
    assert!(Text::from_json(&json).is_ok());
    assert_eq!(Text::from_json(b"{}"), Err(TextError::Unreadable));
}

#[test]
fn what_was_shown_differs_by_language_and_by_any_letter() {
    let one = Text::check(notice("1")).unwrap();
    let two = Text::check(notice("2")).unwrap();
    assert_ne!(one.sm3(Language::Chinese), one.sm3(Language::English));
    assert_ne!(one.sm3(Language::English), two.sm3(Language::English));
    assert!(
        one.shown(Language::Chinese)
            .starts_with("订户须知\n1\n\n关于 conditions-of-use\n关于 1: conditions-of-use\n")
    );
}

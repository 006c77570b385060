//! Topics: what a practice statement must speak of, as data, and whether a text does.
//!
//! A heading is a promise that something is said, not proof that it is said well: what stands below it is for people.

use std::sync::LazyLock;

use hefu_rulebook::{Citation, Language};
use serde::{Deserialize, Serialize};

/// Something that a practice statement speaks of, and who asks for it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    id: String,
    instrument: String,
    article: String,
    law: bool,
    zh: String,
    en: String,
    headings_zh: Vec<String>,
    headings_en: Vec<String>,
}

/// A topic that a text does not have.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Missing {
    /// Id of the topic.
    pub topic: String,
    /// In which of the two texts: `zh` or `en`.
    pub language: String,
    /// Whether a law asks for it; then the text is not published.
    pub required: bool,
    /// What it is, in Chinese, with its source.
    pub zh: String,
    /// What it is, in English, with its source.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    topic: Vec<Topic>,
}

static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    // The file is compiled in, and a test reads it.
    let read: Result<File, _> = toml::from_str(include_str!("../data/topics.toml"));
    read.map(|file| file.topic).unwrap_or_default()
});

/// All topics, those of the law first.
#[must_use]
pub fn topics() -> &'static [Topic] {
    &TOPICS
}

impl Topic {
    /// Its id, such as "liability".
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a law asks for it.
    #[must_use]
    pub const fn is_law(&self) -> bool {
        self.law
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// Who asks for it.
    #[must_use]
    pub fn source(&'static self) -> Citation {
        Citation::new(&self.instrument, &self.article)
    }

    fn missing(&'static self, language: Language) -> Missing {
        let source = self.source();
        Missing {
            topic: self.id.clone(),
            language: match language {
                Language::Chinese => "zh",
                Language::English => "en",
            }
            .to_owned(),
            required: self.law,
            zh: format!("{}（{}）", self.zh, source.render(Language::Chinese)),
            en: format!("{} ({})", self.en, source.render(Language::English)),
        }
    }

    fn is_in(&self, headings: &[String], language: Language) -> bool {
        let phrases = match language {
            Language::Chinese => &self.headings_zh,
            Language::English => &self.headings_en,
        };
        let has = |heading: &String| phrases.iter().any(|phrase| heading.contains(phrase.as_str()));
        headings.iter().any(has)
    }
}

/// What a text in `language` does not speak of.
#[must_use]
pub fn missing_topics(text: &str, language: Language) -> Vec<Missing> {
    let headings = headings(text);
    let missing = topics().iter().filter(|topic| !topic.is_in(&headings, language));
    missing.map(|topic| topic.missing(language)).collect()
}

/// Headings (`#` to `######`, outside code) below which something stands before the next heading that is not deeper.
fn headings(text: &str) -> Vec<String> {
    let mut found: Vec<(usize, String, bool)> = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            in_code = !in_code;
        }
        let depth = line.chars().take_while(|mark| *mark == '#').count();
        let title = line.trim_start_matches('#');
        if !in_code && (1..=6).contains(&depth) && title.starts_with(' ') {
            found.push((depth, title.trim().to_lowercase(), false));
        } else if !line.is_empty() {
            // What stands below a heading stands below those above it too.
            let mut above = usize::MAX;
            for (depth, _, filled) in found.iter_mut().rev() {
                if *depth < above {
                    *filled = true;
                    above = *depth;
                }
            }
        }
    }
    // A title at the very top names the document, not a topic.
    let titled = usize::from(found.first().is_some_and(|(depth, ..)| *depth == 1));
    let filled = found.into_iter().skip(titled).filter(|(.., filled)| *filled);
    filled.map(|(_, title, _)| title).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINESE: &str = include_str!("../data/sample.zh.md");
    const ENGLISH: &str = include_str!("../data/sample.en.md");

    fn ids(text: &str, language: Language) -> Vec<String> {
        missing_topics(text, language).into_iter().map(|it| it.topic).collect()
    }

    #[test]
    fn the_law_asks_for_three_topics_and_they_come_first() {
        let law: Vec<&str> = topics().iter().take_while(|it| it.is_law()).map(Topic::id).collect();
        assert_eq!(law, ["liability", "operations", "security"]);
        assert_eq!(topics().iter().filter(|it| it.is_law()).count(), 3);
        assert_eq!(topics().len(), 12);
    }

    #[test]
    fn the_sample_speaks_of_everything_in_both_languages() {
        assert_eq!(ids(CHINESE, Language::Chinese), [""; 0]);
        assert_eq!(ids(ENGLISH, Language::English), [""; 0]);
    }

    #[test]
    fn what_is_missing_is_named_with_who_asks_for_it() {
        let text = CHINESE.replace("## 责任范围", "## 其他");
        let missing = missing_topics(&text, Language::Chinese);
        assert_eq!(missing.len(), 1);
        assert!(missing.iter().all(|it| it.required));
        assert_eq!(
            missing.first().map(|it| it.zh.as_str()),
            Some("责任范围（电子签名法 19）")
        );
        let soft = missing_topics(&ENGLISH.replace("## Introduction", "## Words"), Language::English);
        assert_eq!(
            soft.first().map(|it| (it.topic.as_str(), it.required)),
            Some(("introduction", false))
        );
    }

    #[test]
    fn a_heading_with_nothing_below_it_and_one_in_code_are_none() {
        let empty = "# CPS\n\n## Liability\n\n## Operations\n\ntext\n\n```\n## Information security\n```\n";
        assert_eq!(headings(empty), ["operations"]);
        let nested = "## Liability\n\n### Of whom\n\neverybody's\n\n## Legal\n";
        assert_eq!(headings(nested), ["liability", "of whom"]);
    }
}

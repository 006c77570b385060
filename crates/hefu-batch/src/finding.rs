//! Findings: what is wrong with a row, in words for people and for programs, without what may not be shown.

use hefu_rulebook::{Citation, Language};
use serde::{Deserialize, Serialize};

/// Characters of a value that a finding shows.
const SHOWN_MAX: usize = 64;

/// The rule behind a finding, as citation and as people read it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rule {
    /// Code of the instrument.
    pub instrument: String,
    /// The article.
    pub article: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<Citation> for Rule {
    fn from(citation: Citation) -> Self {
        Self {
            instrument: citation.instrument.to_owned(),
            article: citation.article.to_owned(),
            zh: citation.render(Language::Chinese),
            en: citation.render(Language::English),
        }
    }
}

/// What is wrong with a row.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// The column's name; none when it is about the row.
    pub column: Option<String>,
    /// The value, masked where it may name a person; none when it is missing or says nothing.
    pub value: Option<String>,
    /// A stable word for programs.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The rule, where one applies.
    pub rule: Option<Rule>,
}

impl Finding {
    pub(crate) fn new(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            column: None,
            value: None,
            code: code.to_owned(),
            zh: zh.into(),
            en: en.into(),
            rule: None,
        }
    }

    pub(crate) fn at(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }

    /// Shows a value that names nobody.
    pub(crate) fn showing(mut self, value: &str) -> Self {
        self.value = Some(value.chars().take(SHOWN_MAX).collect());
        self
    }

    /// Shows a value masked.
    pub(crate) fn masking(mut self, value: &str) -> Self {
        self.value = Some(masked(value));
        self
    }

    pub(crate) fn under(mut self, rule: Option<Citation>) -> Self {
        self.rule = rule.map(Rule::from);
        self
    }

    /// What it says, with its rule.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        match (language, &self.rule) {
            (Language::Chinese, Some(rule)) => format!("{}（{}）", self.zh, rule.zh),
            (Language::Chinese, None) => self.zh.clone(),
            (Language::English, Some(rule)) => format!("{} ({})", self.en, rule.en),
            (Language::English, None) => self.en.clone(),
        }
    }
}

/// A value of which enough is hidden to name nobody: the first character and, of numbers, the last two; at most so many
/// stars as a number has digits.
#[must_use]
pub fn masked(value: &str) -> String {
    const LONG: usize = 10;
    const STARS_MAX: usize = 18;
    let characters: Vec<char> = value.trim().chars().collect();
    let tail = if characters.len() >= LONG { 2 } else { 0 };
    let hidden = characters.len().saturating_sub(1 + tail).clamp(1, STARS_MAX);
    let first: String = characters.iter().take(usize::from(characters.len() > 1)).collect();
    let last: String = characters.iter().skip(characters.len().saturating_sub(tail)).collect();
    format!("{first}{}{last}", "*".repeat(hidden))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn enough_is_hidden() {
        for (value, shown) in [
            ("张三", "张*"),
            ("欧阳小明", "欧***"),
            ("110101199003077758", "1***************58"),
            ("x", "*"),
            ("", "*"),
        ] {
            assert_eq!(masked(value), shown);
        }
    }
}

//! A citation: which article of which instrument, shown with a mark when the article was not read.

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::instruments::{Instrument, Instruments, Provenance};
use crate::language::Language;

/// An article of an instrument, named by the codes of `instruments.toml`.
///
/// Two words, so that it can stand in a `const`; everything shown to people comes from data.
/// `article` is written as the instrument counts: "20", "29(1)", "4.2.1.2".
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Citation {
    /// Code of the instrument, such as "ESL" or "RFC 5280".
    pub instrument: &'static str,
    /// Article, section or clause within it; empty when the whole instrument is meant.
    pub article: &'static str,
}

impl Citation {
    /// Names an article.
    #[must_use]
    pub const fn new(instrument: &'static str, article: &'static str) -> Self {
        Self { instrument, article }
    }

    /// What the data know of the instrument; `None` when its code is not there.
    #[must_use]
    pub fn known(self) -> Option<&'static Instrument> {
        Instruments::builtin().find(self.instrument)
    }

    /// How surely the article's text is known; recalled when the instrument is not in the data.
    #[must_use]
    pub fn provenance(self) -> Provenance {
        self.known().map_or(Provenance::Recalled, |instrument| {
            instrument.provenance_of(self.article)
        })
    }

    /// The instrument's short name, or its code when it is not in the data.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match (self.known(), language) {
            (Some(instrument), Language::Chinese) => instrument.short_zh(),
            (Some(instrument), Language::English) => instrument.short_en(),
            (None, _) => self.instrument,
        }
    }

    /// The citation as people read it: "电子签名法 20", "GB/T 20518 5.2.3 (unverified)".
    #[must_use]
    pub fn render(self, language: Language) -> String {
        let name = self.name(language);
        let mark = match (self.provenance().mark(language), language) {
            (None, _) => String::new(),
            (Some(mark), Language::Chinese) => format!("（{mark}）"),
            (Some(mark), Language::English) => format!(" ({mark})"),
        };
        if self.article.is_empty() {
            format!("{name}{mark}")
        } else {
            format!("{name} {}{mark}", self.article)
        }
    }
}

/// In Chinese, the language of the law.
impl fmt::Display for Citation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.render(Language::Chinese))
    }
}

/// As `{"instrument", "article", "name", "verified"}`.
impl Serialize for Citation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Citation", 4)?;
        fields.serialize_field("instrument", self.instrument)?;
        fields.serialize_field("article", self.article)?;
        fields.serialize_field("name", &self.to_string())?;
        fields.serialize_field("verified", &(self.provenance() == Provenance::Read))?;
        fields.end()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(instrument: &'static str, article: &'static str) -> (String, String) {
        let citation = Citation::new(instrument, article);
        (citation.to_string(), citation.render(Language::English))
    }

    #[test]
    fn an_article_that_was_read_stands_without_a_mark() {
        assert_eq!(
            check("ESL", "20"),
            ("电子签名法 20".to_owned(), "Electronic Signature Law 20".to_owned())
        );
        assert_eq!(Citation::new("EG24", "19(5)").provenance(), Provenance::Read);
    }

    #[test]
    fn an_article_that_is_only_recalled_is_marked() {
        assert_eq!(
            check("M15", "21"),
            (
                "电子认证服务管理办法 21（未核对原文）".to_owned(),
                "Certification Services Measures 21 (unverified)".to_owned()
            )
        );
    }

    #[test]
    fn an_article_read_in_an_earlier_edition_names_it() {
        assert_eq!(
            check("M15", "29(1)"),
            (
                "电子认证服务管理办法 29(1)（据2005年版，未核对现行原文）".to_owned(),
                "Certification Services Measures 29(1) (read in the 2005 edition, current text unverified)".to_owned()
            )
        );
    }

    #[test]
    fn one_item_of_an_article_may_be_surer_than_the_article() {
        assert_eq!(Citation::new("M15", "6(3)").provenance(), Provenance::Read);
        assert_eq!(Citation::new("M15", "6(1)").provenance(), Provenance::Recalled);
    }

    #[test]
    fn an_instrument_that_is_not_in_the_data_is_shown_as_unverified() {
        assert_eq!(
            check("XYZ", "1"),
            ("XYZ 1（未核对原文）".to_owned(), "XYZ 1 (unverified)".to_owned())
        );
    }

    #[test]
    fn a_citation_in_json_says_whether_it_is_verified() {
        let json = serde_json::to_string(&Citation::new("M15", "21")).unwrap();
        assert_eq!(
            json,
            r#"{"instrument":"M15","article":"21","name":"电子认证服务管理办法 21（未核对原文）","verified":false}"#
        );
    }
}

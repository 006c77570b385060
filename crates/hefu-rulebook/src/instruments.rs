//! The instruments: names, editions, and per article how surely its text is known.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;

/// The data compiled into this crate.
const BUILTIN: &str = include_str!("../instruments.toml");

/// How surely the text behind a citation is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Provenance {
    /// The text was read.
    Read,
    /// Read in an earlier edition, whose wording is said to have carried over.
    EarlierEdition {
        /// Which edition, in Chinese.
        zh: String,
        /// Which edition, in English.
        en: String,
    },
    /// From memory or secondary sources.
    Recalled,
}

impl Provenance {
    /// The mark that must stand beside every citation of this kind; `None` when the text was read.
    #[must_use]
    pub fn mark(&self, language: Language) -> Option<String> {
        match (self, language) {
            (Self::Read, _) => None,
            (Self::EarlierEdition { zh, .. }, Language::Chinese) => Some(format!("据{zh}，未核对现行原文")),
            (Self::EarlierEdition { en, .. }, Language::English) => {
                Some(format!("read in the {en}, current text unverified"))
            }
            (Self::Recalled, Language::Chinese) => Some("未核对原文".to_owned()),
            (Self::Recalled, Language::English) => Some("unverified".to_owned()),
        }
    }
}

/// What sort of instrument binds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum InstrumentKind {
    /// Passed by the National People's Congress or its Standing Committee.
    Law,
    /// Administrative regulation or departmental rule.
    Regulation,
    /// A published draft: not in force.
    Draft,
    /// Technical standard or specification.
    Standard,
}

/// One instrument as the data describe it.
#[derive(Clone, Debug)]
pub struct Instrument {
    raw: RawInstrument,
    exceptions: Vec<(ArticleRule, Provenance)>,
}

impl Instrument {
    /// The code by which citations name it.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.raw.code
    }

    /// What sort of instrument it is.
    #[must_use]
    pub fn kind(&self) -> InstrumentKind {
        self.raw.kind
    }

    /// Full name.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.raw.zh,
            Language::English => &self.raw.en,
        }
    }

    /// Short Chinese name, as citations show it.
    #[must_use]
    pub fn short_zh(&self) -> &str {
        &self.raw.short_zh
    }

    /// Short English name, as citations show it.
    #[must_use]
    pub fn short_en(&self) -> &str {
        &self.raw.short_en
    }

    /// Edition or order; empty where the name already says it.
    #[must_use]
    pub fn edition(&self) -> &str {
        &self.raw.edition
    }

    /// First day in force, where known.
    #[must_use]
    pub fn in_force(&self) -> Option<jiff::civil::Date> {
        civil_date(&self.raw.in_force?)
    }

    /// In words, how far the text was to be had.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.raw.state
    }

    /// How surely one article is known. The first exception that matches wins, then the instrument's rule.
    #[must_use]
    pub fn provenance_of(&self, article: &str) -> Provenance {
        self.exceptions
            .iter()
            .find(|(rule, _)| rule.matches(article))
            .map_or_else(|| self.raw.provenance.plain(), |(_, provenance)| provenance.clone())
    }
}

/// All instruments, by code.
#[derive(Clone, Debug, Default)]
pub struct Instruments(Vec<Instrument>);

/// Why instrument data cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InstrumentsError {
    /// Not TOML, or an unknown or missing key.
    #[error("instruments: {0}")]
    Syntax(String),
    /// Two instruments with one code.
    #[error("instruments: code {0:?} appears twice")]
    Duplicate(String),
    /// An article range that cannot be read.
    #[error("instruments: {instrument}: {entry:?} is not a range of articles")]
    Range {
        /// Code of the instrument.
        instrument: String,
        /// The entry of `list`.
        entry: String,
    },
    /// "earlier-edition" without the edition's names.
    #[error("instruments: {0}: earlier-edition needs edition_zh and edition_en")]
    Edition(String),
}

impl Instruments {
    /// The instruments compiled in.
    #[must_use]
    pub fn builtin() -> &'static Self {
        // A test proves that the data parse; were they broken, every citation would show as unverified.
        static INSTRUMENTS: LazyLock<Instruments> =
            LazyLock::new(|| Instruments::from_toml(BUILTIN).unwrap_or_default());
        &INSTRUMENTS
    }

    /// Reads instruments from TOML in the form of `instruments.toml`.
    ///
    /// # Errors
    /// [`InstrumentsError`] names what cannot be read.
    pub fn from_toml(text: &str) -> Result<Self, InstrumentsError> {
        let file: RawFile =
            toml::from_str(text).map_err(|error| InstrumentsError::Syntax(error.to_string().trim_end().to_owned()))?;
        let mut instruments = Self(Vec::with_capacity(file.instrument.len()));
        for raw in file.instrument {
            instruments.add(raw)?;
        }
        Ok(instruments)
    }

    /// Adds an instrument that is not there yet.
    pub(crate) fn add(&mut self, raw: RawInstrument) -> Result<(), InstrumentsError> {
        if self.find(&raw.code).is_some() {
            return Err(InstrumentsError::Duplicate(raw.code));
        }
        let exceptions = exceptions(&raw)?;
        self.0.push(Instrument { raw, exceptions });
        Ok(())
    }

    /// The instrument with this code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Instrument> {
        self.0.iter().find(|instrument| instrument.raw.code == code)
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Instrument> {
        self.0.iter()
    }
}

fn exceptions(raw: &RawInstrument) -> Result<Vec<(ArticleRule, Provenance)>, InstrumentsError> {
    let mut exceptions = Vec::new();
    for block in &raw.articles {
        let provenance = block
            .provenance()
            .ok_or_else(|| InstrumentsError::Edition(raw.code.clone()))?;
        for entry in &block.list {
            let rule = ArticleRule::parse(entry).ok_or_else(|| InstrumentsError::Range {
                instrument: raw.code.clone(),
                entry: entry.clone(),
            })?;
            exceptions.push((rule, provenance.clone()));
        }
    }
    Ok(exceptions)
}

/// One entry of a `list`.
#[derive(Clone, Debug)]
enum ArticleRule {
    /// The article and everything below it.
    Below(String),
    /// Whole articles by number, both ends included.
    Range(u32, u32),
}

impl ArticleRule {
    fn parse(entry: &str) -> Option<Self> {
        if entry.is_empty() {
            return None;
        }
        let Some((first, last)) = entry.split_once('-') else {
            return Some(Self::Below(entry.to_owned()));
        };
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        (first < last).then_some(Self::Range(first, last))
    }

    fn matches(&self, article: &str) -> bool {
        match self {
            Self::Below(whole) => article
                .strip_prefix(whole.as_str())
                .is_some_and(|rest| rest.is_empty() || !rest.starts_with(|c: char| c.is_ascii_digit())),
            Self::Range(first, last) => {
                leading_number(article).is_some_and(|number| (*first..=*last).contains(&number))
            }
        }
    }
}

/// The date of a TOML value; `None` when it has none, or one that jiff does not know.
pub(crate) fn civil_date(value: &toml::value::Datetime) -> Option<jiff::civil::Date> {
    let date = value.date?;
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    jiff::civil::Date::new(i16::try_from(date.year).ok()?, month, day).ok()
}

/// The number an article begins with: 29 of "29(1)".
fn leading_number(article: &str) -> Option<u32> {
    let digits: String = article.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    instrument: Vec<RawInstrument>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawInstrument {
    pub(crate) code: String,
    kind: InstrumentKind,
    zh: String,
    en: String,
    short_zh: String,
    short_en: String,
    #[serde(default)]
    edition: String,
    in_force: Option<toml::value::Datetime>,
    state: String,
    provenance: RawPlain,
    #[serde(default)]
    articles: Vec<RawArticles>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArticles {
    provenance: RawProvenance,
    edition_zh: Option<String>,
    edition_en: Option<String>,
    list: Vec<String>,
}

impl RawArticles {
    fn provenance(&self) -> Option<Provenance> {
        Some(match self.provenance {
            RawProvenance::Read => Provenance::Read,
            RawProvenance::Recalled => Provenance::Recalled,
            RawProvenance::EarlierEdition => Provenance::EarlierEdition {
                zh: self.edition_zh.clone()?,
                en: self.edition_en.clone()?,
            },
        })
    }
}

/// The rule for a whole instrument: read or recalled.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawPlain {
    Read,
    Recalled,
}

impl RawPlain {
    fn plain(self) -> Provenance {
        match self {
            Self::Read => Provenance::Read,
            Self::Recalled => Provenance::Recalled,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawProvenance {
    Read,
    EarlierEdition,
    Recalled,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_data_compiled_in_are_sound() {
        let instruments = Instruments::from_toml(BUILTIN).unwrap();
        let codes: Vec<_> = instruments.iter().map(Instrument::code).collect();
        for code in [
            "ESL",
            "M15",
            "draft-2024",
            "EG24",
            "CR23",
            "RP17",
            "AL19",
            "AP21",
            "PIPL",
        ] {
            assert!(codes.contains(&code), "{code}");
        }
        for instrument in instruments.iter() {
            assert!(!instrument.name(Language::Chinese).is_empty());
            assert!(!instrument.name(Language::English).is_empty());
            assert!(!instrument.state().is_empty());
        }
    }

    #[test]
    fn dates_in_force_are_dates() {
        let law = Instruments::builtin().find("ESL").unwrap();
        assert_eq!(law.in_force(), Some(jiff::civil::date(2005, 4, 1)));
        assert_eq!(law.kind(), InstrumentKind::Law);
    }

    #[test]
    fn a_draft_is_never_shown_as_known() {
        let draft = Instruments::builtin().find("draft-2024").unwrap();
        assert_eq!(draft.kind(), InstrumentKind::Draft);
        assert_eq!(draft.provenance_of("5"), Provenance::Recalled);
    }

    #[test]
    fn article_rules_match_whole_numbers_only() {
        let rule = ArticleRule::parse("4.1").unwrap();
        assert!(rule.matches("4.1") && rule.matches("4.1.2.2") && rule.matches("4.1(a)"));
        assert!(!rule.matches("4.10") && !rule.matches("4"));
        let range = ArticleRule::parse("28-31").unwrap();
        assert!(range.matches("28") && range.matches("31(5)") && !range.matches("32"));
        assert!(ArticleRule::parse("31-28").is_none());
    }

    #[test]
    fn broken_data_are_named() {
        let error = |text: &str| Instruments::from_toml(text).unwrap_err().to_string();
        assert!(error("[[instrument]]\ncolour = 1").contains("colour"));
        let one = "[[instrument]]\ncode='A'\nkind='law'\nzh='a'\nen='a'\nshort_zh='a'\nshort_en='a'\nstate='s'\nprovenance='read'\n";
        assert_eq!(error(&format!("{one}{one}")), "instruments: code \"A\" appears twice");
        let block = "[[instrument.articles]]\nprovenance='recalled'\nlist=['5-2']\n";
        assert_eq!(
            error(&format!("{one}{block}")),
            "instruments: A: \"5-2\" is not a range of articles"
        );
        let block = "[[instrument.articles]]\nprovenance='earlier-edition'\nlist=['5']\n";
        assert_eq!(
            error(&format!("{one}{block}")),
            "instruments: A: earlier-edition needs edition_zh and edition_en"
        );
    }
}

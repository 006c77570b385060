//! Look-alikes: files that may be the same person twice, or somebody passing for another.
//!
//! Findings are shown, with their reason, and decided by an officer: names repeat honestly in a land of 1.4 thousand
//! million people. Only where a rule says so does a finding refuse: a key that another file has (电子签名法 13, the
//! signing key belongs to the signatory alone).
//!
//! Names are compared by a skeleton: Unicode NFKC (width and compatibility forms), small letters, no spaces or
//! punctuation, and a small table of letters that pass for others (`data/homoglyphs.toml`, with its source).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hefu_rulebook::{Blame, Citation, Language, Told, explain_by_telling, named};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use crate::id::ApplicantId;

const TABLE: &str = include_str!("../data/homoglyphs.toml");
const ESL_20: Citation = Citation::new("ESL", "20");
const ESL_13: Citation = Citation::new("ESL", "13");

named! {
    /// In what two files are alike.
    pub enum Likeness {
        /// The same identity number.
        SameNumber = "same-number",
        /// The same public key.
        SameKey = "same-key",
        /// The same name, another number.
        SameName = "same-name",
        /// A name that looks the same, written otherwise.
        LookAlikeName = "look-alike-name",
    }
}

/// Another file that is like this one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Finding {
    /// The other file.
    pub other: ApplicantId,
    /// In what.
    pub likeness: Likeness,
}

impl Finding {
    /// What it says to the officer.
    #[must_use]
    pub const fn words(self, language: Language) -> &'static str {
        match (self.likeness, language) {
            (Likeness::SameNumber, Language::Chinese) => "与另一档案的证件号码相同，可能是同一申请人重复登记",
            (Likeness::SameNumber, Language::English) => {
                "another file has the same number: perhaps the same applicant twice"
            }
            (Likeness::SameKey, Language::Chinese) => "与另一档案使用同一公钥，签名密钥应由签名人专有",
            (Likeness::SameKey, Language::English) => {
                "another file uses the same public key, and a signing key belongs to one signatory alone"
            }
            (Likeness::SameName, Language::Chinese) => "与另一档案同名，号码不同",
            (Likeness::SameName, Language::English) => "another file has the same name and another number",
            (Likeness::LookAlikeName, Language::Chinese) => "与另一档案的名称仅字形、全半角或变体不同",
            (Likeness::LookAlikeName, Language::English) => {
                "another file's name differs only in width, variants or letters that look alike"
            }
        }
    }

    /// Whether a rule says no, and which.
    ///
    /// # Errors
    /// [`LikenessRefusal`] for a key that another file has.
    pub fn allowed(self) -> Result<Self, LikenessRefusal> {
        match self.likeness {
            Likeness::SameKey => Err(LikenessRefusal { other: self.other }),
            Likeness::SameNumber | Likeness::SameName | Likeness::LookAlikeName => Ok(self),
        }
    }
}

/// A key that belongs to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this public key is used in file {other}; a signing key belongs to one signatory alone")]
pub struct LikenessRefusal {
    /// The other file.
    pub other: ApplicantId,
}

impl LikenessRefusal {
    pub(crate) fn tell(&self) -> Told {
        Told::refusal(
            "key-of-another-applicant",
            Blame::Applicant,
            ESL_13,
            format!("该公钥已用于档案{}；签名密钥应由签名人专有", self.other),
        )
    }
}

explain_by_telling!(LikenessRefusal);

/// A number that stands in a file under another name. Both names are masked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("file {other} has this number under the name {kept}; here the name is {said}: one of the two is wrong")]
pub struct NameRefusal {
    /// The file.
    pub other: ApplicantId,
    /// The name in the file, masked.
    pub kept: String,
    /// The name that was said, masked.
    pub said: String,
}

impl NameRefusal {
    pub(crate) fn tell(&self) -> Told {
        let Self { other, kept, said } = self;
        Told::refusal(
            "number-under-another-name",
            Blame::Applicant,
            ESL_20,
            format!("档案{other}中该号码的名称为{kept}，此处为{said}，二者必有一误"),
        )
    }
}

explain_by_telling!(NameRefusal);

/// A name of which only the first character is shown.
pub(crate) fn masked_name(name: &str) -> String {
    let first = name.chars().take(1);
    first.chain(name.chars().skip(1).map(|_| '*')).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    latin: BTreeMap<char, char>,
    chinese: BTreeMap<char, char>,
}

fn table() -> &'static BTreeMap<char, char> {
    static MERGED: OnceLock<BTreeMap<char, char>> = OnceLock::new();
    MERGED.get_or_init(|| {
        // A test reads the file; without it names would still be compared by NFKC.
        toml::from_str::<Table>(TABLE).map_or_else(
            |_| BTreeMap::new(),
            |table| table.latin.into_iter().chain(table.chinese).collect(),
        )
    })
}

/// A name reduced to what the eye tells apart. Not for showing.
#[must_use]
pub fn skeleton(name: &str) -> String {
    let table = table();
    let taken_for = |character: char| table.get(&character).copied().unwrap_or(character);
    name.nfkc()
        .flat_map(char::to_lowercase)
        .map(taken_for)
        .filter(|character| character.is_alphanumeric())
        .collect()
}

/// The name as it is compared letter by letter: spaces at its ends do not count.
#[must_use]
pub(crate) fn plain(name: &str) -> &str {
    name.trim()
}

#[cfg(test)]
mod tests {
    use hefu_rulebook::Explain as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        assert_eq!(table().len(), 42);
        for (one, other) in [
            ("ＡＢＣ有限公司", "abc 有限公司"),
            ("Аbс有限公司", "ABC有限公司"), // Cyrillic А and с
            ("中囯电信", "中國电信"),
            ("髙明", "高明"),
            ("示例（北京）有限公司", "示例(北京)有限公司"),
            ("G00gle", "Google"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} / {other}");
        }
        assert_ne!(skeleton("李明"), skeleton("李朋"));
        assert_ne!(skeleton("甲公司"), skeleton("乙公司"));
    }

    #[test]
    fn only_a_shared_key_is_refused() {
        for likeness in Likeness::ALL {
            let finding = Finding {
                other: ApplicantId::new([1; 16]),
                likeness: *likeness,
            };
            assert_eq!(finding.allowed().is_err(), *likeness == Likeness::SameKey);
            assert_ne!(finding.words(Language::Chinese), finding.words(Language::English));
        }
        let refusal = LikenessRefusal {
            other: ApplicantId::new([1; 16]),
        };
        assert_eq!(refusal.citation(), Some(ESL_13));
    }

    proptest! {
        #[test]
        fn a_skeleton_is_its_own_skeleton_for_letters_and_han(name in "[a-zA-Z ａ-ｚ一-龥（）()]{0,20}") {
            let once = skeleton(&name);
            prop_assert_eq!(skeleton(&once), once);
        }
    }
}

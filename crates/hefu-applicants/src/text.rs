//! Notices and contracts: texts with versions in both languages, and whether they say what the law wants said.
//!
//! 办法 21: before an application is taken up, the applicant is told six things. 个人信息保护法 17: before personal
//! information is handled, the person is told who, why, how, what, for how long, and their rights; this notice stands in
//! the same text. 办法 22: then there is a contract on the rights and duties of both. Each of these is a section of its
//! own, and a version that lacks one in either language is refused.
//!
//! A text that was published never changes; the next version takes its place, and every old one stays to be read. What an
//! applicant was shown is [`Text::shown`], letter by letter, and its SM3 is what acknowledgement and signature are bound to.

use gm_suite::sm3;
use hefu_rulebook::{Blame, Citation, Language, Told, explain_by_telling, named};
use serde::{Deserialize, Serialize};

use crate::words::words;

/// Characters of a version: "2026-11", "v3".
const VERSION_CHARACTERS_MAX: usize = 64;
/// Characters of a title or a heading; a PDF's label takes 200.
const HEADING_CHARACTERS_MAX: usize = 200;
/// Characters of a paragraph: a long one of a practice statement is below 2 000.
const PARAGRAPH_CHARACTERS_MAX: usize = 8000;
/// Sections of one text.
const SECTIONS_MAX: usize = 200;
/// Paragraphs of one section.
const PARAGRAPHS_MAX: usize = 100;
/// Octets of a text as JSON, for whoever reads it from outside.
pub const TEXT_OCTETS_MAX: usize = 2 << 20;

const M15_21: Citation = Citation::new("M15", "21");
const M15_22: Citation = Citation::new("M15", "22");
const PIPL_17: Citation = Citation::new("PIPL", "17");

named! {
    /// What sort of text.
    pub enum TextKind {
        /// What must be told first, with the notice on personal information in it.
        Notice = "notice",
        /// What both sides agree on.
        Contract = "contract",
    }
}

named! {
    /// What a section is about.
    pub enum Topic {
        /// On what conditions certificates and signatures are used.
        ConditionsOfUse = "conditions-of-use",
        /// What is charged, and how much.
        Fees = "fees",
        /// What the provider may and must do with the holder's information.
        HolderInformation = "holder-information",
        /// For what the provider answers.
        ProviderLiability = "provider-liability",
        /// For what the holder answers.
        HolderLiability = "holder-liability",
        /// What else must be told beforehand.
        OtherMatters = "other-matters",
        /// Who handles personal information, and how to reach them.
        InformationHandler = "information-handler",
        /// Why and how it is handled.
        InformationPurpose = "information-purpose",
        /// Which kinds of it.
        InformationKinds = "information-kinds",
        /// For how long it is kept.
        InformationRetention = "information-retention",
        /// Which rights the person has, and how to use them.
        InformationRights = "information-rights",
        /// Rights and duties of the provider.
        ProviderDuties = "provider-duties",
        /// Rights and duties of the subscriber.
        SubscriberDuties = "subscriber-duties",
        /// Anything else.
        Other = "other",
    }
}

/// The six items of 办法 21.
pub const NOTICE_ITEMS: [Topic; 6] = [
    Topic::ConditionsOfUse,
    Topic::Fees,
    Topic::HolderInformation,
    Topic::ProviderLiability,
    Topic::HolderLiability,
    Topic::OtherMatters,
];
/// What 个人信息保护法 17 wants told.
pub const INFORMATION_ITEMS: [Topic; 5] = [
    Topic::InformationHandler,
    Topic::InformationPurpose,
    Topic::InformationKinds,
    Topic::InformationRetention,
    Topic::InformationRights,
];
/// The two sides of 办法 22.
pub const CONTRACT_ITEMS: [Topic; 2] = [Topic::ProviderDuties, Topic::SubscriberDuties];

impl Topic {
    const fn zh(self) -> &'static str {
        match self {
            Self::ConditionsOfUse => "证书和签名的使用条件",
            Self::Fees => "收费项目和标准",
            Self::HolderInformation => "保存和使用持有人信息的权限和责任",
            Self::ProviderLiability => "机构的责任范围",
            Self::HolderLiability => "持有人的责任范围",
            Self::OtherMatters => "其他须事先告知的事项",
            Self::InformationHandler => "个人信息处理者",
            Self::InformationPurpose => "处理个人信息的目的和方式",
            Self::InformationKinds => "个人信息的种类",
            Self::InformationRetention => "个人信息的保存期限",
            Self::InformationRights => "个人行使权利的方式和程序",
            Self::ProviderDuties => "机构的权利义务",
            Self::SubscriberDuties => "订户的权利义务",
            Self::Other => "其他",
        }
    }
}

/// One section.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What it is about.
    pub topic: Topic,
    /// Its heading.
    pub heading: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}

/// A text in one language.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The title.
    pub title: String,
    /// The sections, in reading order.
    pub sections: Vec<Section>,
}

/// A text, as somebody drafts it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    /// What sort of text.
    pub kind: TextKind,
    /// Its version, never used twice for one kind.
    pub version: String,
    /// In Chinese.
    pub zh: Wording,
    /// In English.
    pub en: Wording,
}

/// A text that says what it must, in both languages.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Text(TextInput);

impl Text {
    /// Checks a draft.
    ///
    /// # Errors
    /// [`TextError`]: first what cannot be read, then what is not said.
    pub fn check(input: TextInput) -> Result<Self, TextError> {
        words(&input.version, VERSION_CHARACTERS_MAX)
            .filter(|version| *version == input.version)
            .ok_or(TextError::Version)?;
        let required: &[&[Topic]] = match input.kind {
            TextKind::Notice => &[&NOTICE_ITEMS, &INFORMATION_ITEMS],
            TextKind::Contract => &[&CONTRACT_ITEMS],
        };
        for (language, wording) in [(Language::Chinese, &input.zh), (Language::English, &input.en)] {
            check_wording(wording, language)?;
            for topic in required.iter().flat_map(|items| items.iter()) {
                if !wording.sections.iter().any(|section| section.topic == *topic) {
                    return Err(TextError::Lacks {
                        topic: *topic,
                        language,
                    });
                }
            }
        }
        Ok(Self(input))
    }

    /// Reads a draft from JSON and checks it.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn from_json(json: &[u8]) -> Result<Self, TextError> {
        if json.len() > TEXT_OCTETS_MAX {
            return Err(TextError::Unreadable);
        }
        Self::check(serde_json::from_slice(json).map_err(|_| TextError::Unreadable)?)
    }

    /// What sort of text.
    #[must_use]
    pub fn kind(&self) -> TextKind {
        self.0.kind
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// Its words in a language.
    #[must_use]
    pub fn wording(&self, language: Language) -> &Wording {
        match language {
            Language::Chinese => &self.0.zh,
            Language::English => &self.0.en,
        }
    }

    /// The draft, for a table.
    #[must_use]
    pub fn input(&self) -> &TextInput {
        &self.0
    }

    /// Exactly what is shown: title and version, then each heading and its paragraphs, an empty line between.
    #[must_use]
    pub fn shown(&self, language: Language) -> String {
        let wording = self.wording(language);
        let mut shown = format!("{}\n{}\n", wording.title, self.version());
        for section in &wording.sections {
            shown.push('\n');
            shown.push_str(&section.heading);
            shown.push('\n');
            for paragraph in &section.paragraphs {
                shown.push_str(paragraph);
                shown.push('\n');
            }
        }
        shown
    }

    /// SM3 of what is shown.
    #[must_use]
    pub fn sm3(&self, language: Language) -> [u8; 32] {
        sm3(self.shown(language).as_bytes())
    }
}

fn check_wording(wording: &Wording, language: Language) -> Result<(), TextError> {
    let unreadable = TextError::Wording { language };
    let fits = |text: &str, max| words(text, max).is_some();
    let section_fits = |section: &Section| {
        fits(&section.heading, HEADING_CHARACTERS_MAX)
            && (1..=PARAGRAPHS_MAX).contains(&section.paragraphs.len())
            && section
                .paragraphs
                .iter()
                .all(|text| fits(text, PARAGRAPH_CHARACTERS_MAX))
    };
    let all_fit = fits(&wording.title, HEADING_CHARACTERS_MAX)
        && (1..=SECTIONS_MAX).contains(&wording.sections.len())
        && wording.sections.iter().all(section_fits);
    all_fit.then_some(()).ok_or(unreadable)
}

/// Why a text is not published, or not acknowledged or signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextError {
    /// Not JSON of this shape.
    #[error("the text is not JSON of the documented shape, or has more than {TEXT_OCTETS_MAX} octets")]
    Unreadable,
    /// No version.
    #[error("a version has 1 to {VERSION_CHARACTERS_MAX} characters without space around them")]
    Version,
    /// Empty or overlong words.
    #[error("the wording in {language} has an empty or overlong title, heading or paragraph")]
    Wording {
        /// In which language.
        language: Language,
    },
    /// Something that must be said is not.
    #[error("the wording in {language} lacks the section {}", topic.as_str())]
    Lacks {
        /// What.
        topic: Topic,
        /// In which language.
        language: Language,
    },
    /// The version was used.
    #[error("this version was published before; a text that was published never changes")]
    Taken,
    /// There is no such text.
    #[error("there is no text of this kind and version")]
    Unknown,
    /// Another version is in force.
    #[error("this version was superseded; the applicant must see the one in force")]
    Superseded,
    /// What was shown is not the text.
    #[error("what the applicant was shown is not this text, letter by letter")]
    NotWhatWasShown,
    /// Nobody signed.
    #[error("a contract names who signed it, in 1 to {HEADING_CHARACTERS_MAX} characters")]
    NoSignatory,
}

impl TextError {
    pub(crate) fn tell(self) -> Told {
        let malformed = |code, zh: &str| Told::malformed(code, Blame::Officer, zh);
        let operator = |code, rule, zh: String| Told::refusal(code, Blame::Operator, rule, zh);
        match self {
            Self::Unreadable => malformed("text-unreadable", "文本不是规定格式的JSON或过长"),
            Self::Version => malformed("text-version-malformed", "版本应为1至64个字符，前后无空格"),
            Self::Wording { language } => malformed(
                "text-wording-malformed",
                match language {
                    Language::Chinese => "中文文本的标题、小标题或段落为空或过长",
                    Language::English => "英文文本的标题、小标题或段落为空或过长",
                },
            ),
            Self::Lacks { topic, language } => {
                let zh = format!("{language}文本缺少“{}”一节", topic.zh());
                if NOTICE_ITEMS.contains(&topic) {
                    operator("notice-item-missing", M15_21, zh)
                } else if INFORMATION_ITEMS.contains(&topic) {
                    operator("notice-lacks-personal-information", PIPL_17, zh)
                } else {
                    operator("contract-item-missing", M15_22, zh)
                }
            }
            Self::Taken => malformed("text-version-taken", "该版本已发布；已发布的文本不得更改"),
            Self::Unknown => Told::absent("text-unknown", "没有该类型和版本的文本"),
            Self::Superseded => Told::refusal(
                "text-superseded",
                Blame::Officer,
                M15_21,
                "该版本已被取代，应向申请人出示现行版本",
            ),
            Self::NotWhatWasShown => Told::refusal(
                "text-not-what-was-shown",
                Blame::Officer,
                M15_21,
                "向申请人出示的内容与该文本不是逐字相同",
            ),
            Self::NoSignatory => malformed("signatory-malformed", "合同应写明签署人，1至200个字符"),
        }
    }
}

explain_by_telling!(TextError);

#[cfg(test)]
pub(crate) mod tests;

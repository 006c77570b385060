//! 信息披露: what a licensed provider makes public about itself, generated from the records of licence and documents, each
//! item with the articles that ask for it. An article whose text was not read says so.

use hefu_rulebook::{Citation, Language, Provenance, day_of};
use jiff::Timestamp;
use serde::Serialize;

use crate::document::Published;
use crate::licence::Licence;
use crate::shelf::Shelf;

/// An article that asks for an item.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Source(pub Citation);

impl Source {
    /// As people read it, with a mark when its text was not read.
    #[must_use]
    pub fn render(self, language: Language) -> String {
        self.0.render(language)
    }

    /// Whether its text was read.
    #[must_use]
    pub fn is_verified(self) -> bool {
        self.0.provenance() == Provenance::Read
    }
}

/// One item.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct DisclosureItem {
    /// Its word for programs.
    pub id: &'static str,
    /// What people call it, Chinese.
    pub zh: &'static str,
    /// What people call it, English.
    pub en: &'static str,
    /// What is disclosed; `None` while no licence is recorded.
    pub value: Option<String>,
    /// Who asks for it.
    pub sources: Vec<Source>,
}

impl DisclosureItem {
    /// What people call it.
    #[must_use]
    pub const fn name(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

/// The whole page.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Disclosure {
    /// The items, in the order of the measures.
    pub items: Vec<DisclosureItem>,
    /// The practice statement in force, "cps 1.0".
    pub statement: Option<String>,
    /// When the licence was recorded or last changed.
    pub changed_at: Option<Timestamp>,
    /// Whether the licence is valid today; `None` without one.
    pub valid: Option<bool>,
}

/// 电子认证服务管理办法 12: recalled.
const M15: Source = Source(Citation::new("M15", "12"));
/// 电子政务电子认证服务管理办法 13: read.
const EG24: Source = Source(Citation::new("EG24", "13"));
/// 电子签名法 18: read; it names the name and the number, "and the like".
const ESL: Source = Source(Citation::new("ESL", "18"));

impl Disclosure {
    /// As of a moment.
    #[must_use]
    pub fn of(shelf: &Shelf, now: Timestamp) -> Self {
        let today = day_of(now);
        let licence = shelf.licence();
        let items = ITEMS.iter().map(|(id, zh, en, sources, value)| DisclosureItem {
            id,
            zh,
            en,
            value: licence.map(value),
            sources: sources.to_vec(),
        });
        Self {
            items: items.collect(),
            statement: shelf.current("cps", today).map(Published::subject),
            changed_at: shelf.licences().last().map(|record| record.recorded_at),
            valid: licence.map(|it| it.is_valid_on(today)),
        }
    }
}

/// Word, Chinese and English name, who asks for it, where it stands in the licence.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [Source],
    fn(&Licence) -> String,
);

/// The items, in the order of the measures.
const ITEMS: [Row; 9] = [
    ("name", "机构名称", "Name", &[ESL, M15, EG24], |it| it.name.clone()),
    (
        "legal-representative",
        "法定代表人",
        "Legal representative",
        &[M15],
        |it| it.legal_representative.clone(),
    ),
    ("address", "住所", "Domicile", &[M15], |it| it.address.clone()),
    ("contact", "联系办法", "Contact", &[M15], |it| it.contact.clone()),
    (
        "licence-number",
        "许可证编号",
        "Licence number",
        &[ESL, M15, EG24],
        |it| it.number.clone(),
    ),
    (
        "issuing-authority",
        "发证机关",
        "Issuing authority",
        &[M15, EG24],
        |it| it.issuing_authority.clone(),
    ),
    ("issued-on", "发证日期", "Date of issue", &[M15, EG24], |it| {
        it.issued_on.to_string()
    }),
    ("valid-from", "有效期起", "Valid from", &[M15, EG24], |it| {
        it.valid_from.to_string()
    }),
    ("valid-until", "有效期止", "Valid until", &[M15, EG24], |it| {
        it.valid_until.to_string()
    }),
];

//! The licence: what the department's certificate says, as an officer recorded it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::sm3_hex;
use crate::error::PolicyError;

/// Characters of one item: long names of departments stay below.
const ITEM_CHARACTERS_MAX: usize = 200;

/// What a licence says, and where its holder is found. All of it is made public by the law.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// The provider.
    pub name: String,
    /// Its legal representative.
    pub legal_representative: String,
    /// Its domicile.
    pub address: String,
    /// How to reach it.
    pub contact: String,
    /// The licence's number.
    pub number: String,
    /// Who issued it.
    pub issuing_authority: String,
    /// When it was issued.
    pub issued_on: Date,
    /// First day on which it is valid.
    pub valid_from: Date,
    /// Last day on which it is valid.
    pub valid_until: Date,
}

impl Licence {
    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        let items = [
            ("name", &self.name),
            ("legal_representative", &self.legal_representative),
            ("address", &self.address),
            ("contact", &self.contact),
            ("number", &self.number),
            ("issuing_authority", &self.issuing_authority),
        ];
        let wrong = |text: &String| {
            text.trim().is_empty() || text.chars().count() > ITEM_CHARACTERS_MAX || text.chars().any(char::is_control)
        };
        if let Some((item, _)) = items.into_iter().find(|(_, text)| wrong(text)) {
            return Err(PolicyError::LicenceItem(item));
        }
        if self.valid_until < self.valid_from || self.valid_until < self.issued_on {
            return Err(PolicyError::LicenceDates);
        }
        Ok(())
    }

    /// Whether it is valid on a day.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && day <= self.valid_until
    }

    /// SM3 over what it says, for the record, which names no person.
    pub(crate) fn sm3(&self) -> String {
        sm3_hex(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// A licence as it was recorded. A change is a new record; the last one counts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LicenceRecord {
    /// Its number here, from 1.
    pub id: i64,
    /// What it says.
    pub licence: Licence,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

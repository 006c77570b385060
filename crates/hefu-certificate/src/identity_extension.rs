//! The identity extensions of GB/T 20518 and GM/T 0015: numbers of people and organisations inside a certificate.
//!
//! Two sets are in the field: that of the 2012 and 2018 editions, and that of GM/T 0015-2023. A profile says which one
//! it writes. None of the texts could be had: identifiers and types were cross-checked between implementations, clause
//! numbers were not. Where an edition does not say whether the alternatives of `IdentifyCode` are tagged explicitly, two
//! open implementations write explicit tags; so do we, and the lints accept both.

use std::fmt;
use std::str::FromStr;

use const_oid::ObjectIdentifier;
use der::{Encode, Tag, asn1::AnyRef};
use gm_syntax::der_writer::DerWriter;

use crate::oid;

/// Which edition's identity extensions a profile writes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ExtensionSet {
    /// GM/T 0015-2012 and GB/T 20518-2018.
    Gb2018,
    /// GM/T 0015-2023.
    Gm2023,
}

impl ExtensionSet {
    /// The name in profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gb2018 => "gbt20518-2018",
            Self::Gm2023 => "gmt0015-2023",
        }
    }
}

impl FromStr for ExtensionSet {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::Gb2018, Self::Gm2023]
            .into_iter()
            .find(|set| set.name() == name)
            .ok_or(())
    }
}

/// A number that identifies the holder outside of Hefu.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum IdentityNumber {
    /// 居民身份证号码, resident identity number.
    ResidentIdentity,
    /// 军官证号码, military officer's card; 2018 set only.
    MilitaryOfficer,
    /// 护照号码, passport.
    Passport,
    /// 社会保险号.
    SocialInsurance,
    /// 统一社会信用代码; in the 2018 set it travels as the organisation code, as it does in the field.
    CreditCode,
    /// 工商注册号; 2018 set only.
    BusinessRegistration,
    /// 组织机构代码; 2018 set only.
    OrganisationCode,
    /// 税号; 2018 set only.
    TaxNumber,
}

/// How a number is written: extension, alternative of `IdentifyCode` if any, string type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Form {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) alternative: Option<u8>,
    pub(crate) tag: Tag,
}

const fn form(oid: ObjectIdentifier, alternative: Option<u8>, tag: Tag) -> Form {
    Form { oid, alternative, tag }
}

impl IdentityNumber {
    /// Every number, in the order of this enum.
    pub const ALL: [Self; 8] = [
        Self::ResidentIdentity,
        Self::MilitaryOfficer,
        Self::Passport,
        Self::SocialInsurance,
        Self::CreditCode,
        Self::BusinessRegistration,
        Self::OrganisationCode,
        Self::TaxNumber,
    ];

    /// The name in profiles, after "gm:".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResidentIdentity => "resident-identity",
            Self::MilitaryOfficer => "military-officer",
            Self::Passport => "passport",
            Self::SocialInsurance => "social-insurance",
            Self::CreditCode => "credit-code",
            Self::BusinessRegistration => "business-registration",
            Self::OrganisationCode => "organisation-code",
            Self::TaxNumber => "tax-number",
        }
    }

    /// How it is written in `set`; `None` when that set has no place for it.
    pub(crate) const fn form(self, set: ExtensionSet) -> Option<Form> {
        use ExtensionSet::{Gb2018, Gm2023};
        const PRINTABLE: Tag = Tag::PrintableString;
        const UTF8: Tag = Tag::Utf8String;
        Some(match (self, set) {
            (Self::ResidentIdentity, Gb2018) => form(oid::GM_IDENTIFY_CODE, Some(0), PRINTABLE),
            (Self::MilitaryOfficer, Gb2018) => form(oid::GM_IDENTIFY_CODE, Some(1), UTF8),
            (Self::Passport, Gb2018) => form(oid::GM_IDENTIFY_CODE, Some(2), PRINTABLE),
            (Self::SocialInsurance, _) => form(oid::GM_SOCIAL_INSURANCE, None, PRINTABLE),
            (Self::BusinessRegistration, Gb2018) => form(oid::GM_BUSINESS_REGISTRATION, None, PRINTABLE),
            (Self::OrganisationCode | Self::CreditCode, Gb2018) => form(oid::GM_ORGANISATION_CODE, None, PRINTABLE),
            (Self::TaxNumber, Gb2018) => form(oid::GM_TAX_NUMBER, None, PRINTABLE),
            (Self::ResidentIdentity, Gm2023) => form(oid::GM_RESIDENT_IDENTITY, None, PRINTABLE),
            (Self::Passport, Gm2023) => form(oid::GM_PASSPORT, None, UTF8),
            (Self::CreditCode, Gm2023) => form(oid::GM_CREDIT_CODE, None, PRINTABLE),
            (Self::MilitaryOfficer | Self::BusinessRegistration | Self::OrganisationCode | Self::TaxNumber, Gm2023) => {
                return None;
            }
        })
    }

    /// The DER inside the extension; `None` when `set` has no place for it or the text does not fit its type.
    pub(crate) fn encode(self, set: ExtensionSet, text: &str) -> Option<Vec<u8>> {
        let form = self.form(set)?;
        let string = AnyRef::new(form.tag, text.as_bytes()).ok()?.to_der().ok()?;
        let Some(alternative) = form.alternative else {
            return Some(string);
        };
        let mut writer = DerWriter::new();
        writer.context(alternative, |choice| choice.raw(&string));
        writer.finish().ok()
    }
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for IdentityNumber {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|number| number.name() == name).ok_or(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(number: IdentityNumber, set: ExtensionSet, text: &str) -> (String, String) {
        let oid = number.form(set).unwrap().oid.to_string();
        (oid, hex::encode(number.encode(set, text).unwrap()))
    }

    #[test]
    fn a_resident_identity_number_is_a_choice_in_2018_and_a_string_in_2023() {
        assert_eq!(
            check(IdentityNumber::ResidentIdentity, ExtensionSet::Gb2018, "11"),
            ("1.2.156.10260.4.1.1".to_owned(), "a00413023131".to_owned())
        );
        assert_eq!(
            check(IdentityNumber::ResidentIdentity, ExtensionSet::Gm2023, "11"),
            ("1.2.156.10260.4.1.1.1".to_owned(), "13023131".to_owned())
        );
    }

    #[test]
    fn a_credit_code_travels_as_the_organisation_code_in_2018() {
        assert_eq!(
            check(IdentityNumber::CreditCode, ExtensionSet::Gb2018, "9").0,
            "1.2.156.10260.4.1.4"
        );
        assert_eq!(
            check(IdentityNumber::CreditCode, ExtensionSet::Gm2023, "9").0,
            "1.2.156.10260.4.4"
        );
    }

    #[test]
    fn what_the_2023_set_does_not_have_is_not_written() {
        assert!(IdentityNumber::TaxNumber.form(ExtensionSet::Gm2023).is_none());
        assert!(
            IdentityNumber::MilitaryOfficer
                .encode(ExtensionSet::Gm2023, "1")
                .is_none()
        );
    }

    #[test]
    fn names_read_back() {
        for number in IdentityNumber::ALL {
            assert_eq!(number.name().parse(), Ok(number));
        }
        assert_eq!("gmt0015-2023".parse(), Ok(ExtensionSet::Gm2023));
    }
}

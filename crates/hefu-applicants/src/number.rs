//! Numbers that name people and organisations: citizen identity numbers (GB 11643), unified social credit codes
//! (GB 32100) and the organisation codes inside them (GB 11714).
//!
//! The check characters of the first two are computed in `hefu-certificate`; here is what a certificate's field does not
//! ask: dates, regions, categories, and the older codes. None of the three texts could be had: positions and tables
//! were recalled and tried on published examples. So what is only recalled and not arithmetic gives a [`NumberNote`],
//! which is shown, and not a refusal.
//!
//! What a check does not know: whether the number was ever given out, and to whom.

use std::fmt;

use hefu_certificate::ValueCheck;
use hefu_rulebook::{Blame, Citation, Told, explain_by_telling};
use jiff::civil::Date;

/// Characters of a number in use.
const LENGTH: usize = 18;
/// Digits of a first-generation identity number: no century, no check digit.
const FIRST_GENERATION_LENGTH: usize = 15;
/// Nobody is known to have lived longer than 122 years; with slack for records that are wrong about the very old.
const AGE_YEARS_MAX: i16 = 150;
/// Characters shown at the front of a masked number.
const SHOWN_FIRST: usize = 3;
/// Characters shown at the end of a masked number.
const SHOWN_LAST: usize = 2;

const GB_11643: Citation = Citation::new("GB 11643", "");
const GB_32100: Citation = Citation::new("GB 32100", "");

/// The first two digits of region codes: provinces, and 81 to 83 for the residence permits of Hong Kong, Macao and
/// Taiwan residents. Recalled from GB/T 2260; codes of counties change by the year and are not looked up.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];

/// A citizen identity number, 公民身份号码, whose check character is right and whose date exists.
///
/// Never printed whole: `Debug` and `Display` show the masked form.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct CitizenNumber(String);

impl CitizenNumber {
    /// Reads a number as it stands on the card; a small x at the end is taken as X.
    ///
    /// `today` is the day on which its date of birth must be plausible.
    ///
    /// # Errors
    /// [`NumberError`], which says what is wrong and never repeats the number.
    pub fn parse(text: &str, today: Date) -> Result<Self, NumberError> {
        let number = text.trim().to_ascii_uppercase();
        if number.len() == FIRST_GENERATION_LENGTH && number.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(NumberError::FirstGeneration);
        }
        let body = number.get(..LENGTH - 1).filter(|_| number.len() == LENGTH);
        if !body.is_some_and(|body| body.bytes().all(|octet| octet.is_ascii_digit())) {
            return Err(NumberError::CitizenShape);
        }
        if !ValueCheck::ResidentIdentity.passes(&number) {
            return Err(NumberError::CitizenCheck);
        }
        if !PROVINCES.contains(&digits(&number, 0, 2).unwrap_or(0)) {
            return Err(NumberError::Region);
        }
        let number = Self(number);
        let born = number.born().ok_or(NumberError::Birthday)?;
        if born > today || born.year() < today.year() - AGE_YEARS_MAX {
            return Err(NumberError::Birthday);
        }
        Ok(number)
    }

    /// The day of birth; there always is one, because [`CitizenNumber::parse`] saw to it.
    #[must_use]
    pub fn born(&self) -> Option<Date> {
        Date::new(digits(&self.0, 6, 4)?, digits(&self.0, 10, 2)?, digits(&self.0, 12, 2)?).ok()
    }

    /// The number in clear, for sealing and for outside verification. Personal.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown: "110*************2X"… first three and last two characters.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.0)
    }
}

/// A unified social credit code, 统一社会信用代码, whose check character is right.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct CreditCode(String);

impl CreditCode {
    /// Reads a code; small letters are taken as capitals.
    ///
    /// # Errors
    /// [`NumberError::CreditShape`] or [`NumberError::CreditCheck`].
    pub fn parse(text: &str) -> Result<(Self, Vec<NumberNote>), NumberError> {
        let code = text.trim().to_ascii_uppercase();
        let in_alphabet =
            |octet: u8| octet.is_ascii_digit() || (octet.is_ascii_uppercase() && !b"IOSVZ".contains(&octet));
        let region = code
            .get(2..8)
            .is_some_and(|region| region.bytes().all(|octet| octet.is_ascii_digit()));
        if code.len() != LENGTH || !code.bytes().all(in_alphabet) || !region {
            return Err(NumberError::CreditShape);
        }
        if !ValueCheck::CreditCode.passes(&code) {
            return Err(NumberError::CreditCheck);
        }
        let code = Self(code);
        let notes = code.notes();
        Ok((code, notes))
    }

    fn notes(&self) -> Vec<NumberNote> {
        let mut notes = Vec::new();
        if self.registered_with().is_none() {
            notes.push(NumberNote::RegistrationUnknown);
        }
        if !self.0.get(8..17).is_some_and(organisation_check_is_right) {
            notes.push(NumberNote::OldCodeCheck);
        }
        notes
    }

    /// With which sort of authority it was registered and as what, by its first two characters; `None` when the pair is
    /// not among those we recall.
    #[must_use]
    pub fn registered_with(&self) -> Option<(&'static str, &'static str)> {
        Some(match self.0.get(..2)? {
            "11" => ("机构编制", "机关"),
            "12" => ("机构编制", "事业单位"),
            "13" => ("机构编制", "编办直接管理机构编制的群众团体"),
            "19" => ("机构编制", "其他"),
            "51" => ("民政", "社会团体"),
            "52" => ("民政", "民办非企业单位"),
            "53" => ("民政", "基金会"),
            "59" => ("民政", "其他"),
            "91" => ("工商", "企业"),
            "92" => ("工商", "个体工商户"),
            "93" => ("工商", "农民专业合作社"),
            "Y1" => ("其他", "其他"),
            _ => return None,
        })
    }

    /// The organisation code inside it, nine characters.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }

    /// The code in clear.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The code with its middle hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.0)
    }
}

/// An organisation code of its own, 组织机构代码: eight characters and a check character, as before 2015.
///
/// Some old codes fail their own check; such a code is taken with a note.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct OrganisationCode(String);

impl OrganisationCode {
    /// Reads a code with or without its hyphen.
    ///
    /// # Errors
    /// [`NumberError::OrganisationShape`].
    pub fn parse(text: &str) -> Result<(Self, Vec<NumberNote>), NumberError> {
        let text = text.trim().to_ascii_uppercase();
        let code = match text.split_once('-') {
            Some((body, check)) if body.len() == 8 => format!("{body}{check}"),
            Some(_) => return Err(NumberError::OrganisationShape),
            None => text,
        };
        let fits = code.len() == 9
            && code
                .bytes()
                .all(|octet| octet.is_ascii_digit() || octet.is_ascii_uppercase())
            && code.ends_with(|last: char| last.is_ascii_digit() || last == 'X');
        if !fits {
            return Err(NumberError::OrganisationShape);
        }
        let mut notes = vec![NumberNote::OldCode];
        if !organisation_check_is_right(&code) {
            notes.push(NumberNote::OldCodeCheck);
        }
        Ok((Self(code), notes))
    }

    /// The code in clear, without hyphen.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The code with its middle hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.0)
    }
}

macro_rules! shown_masked {
    ($($number:ident),+) => {$(
        impl fmt::Debug for $number {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($number), self.masked())
            }
        }
        impl fmt::Display for $number {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.masked())
            }
        }
    )+};
}
shown_masked!(CitizenNumber, CreditCode, OrganisationCode);

/// First three and last two characters, a star for each between; all stars when that would hide less than half.
#[must_use]
pub fn masked(number: &str) -> String {
    let count = number.chars().count();
    let shown = SHOWN_FIRST + SHOWN_LAST;
    let hides_enough = count >= 2 * shown;
    let star = |(place, character)| {
        let kept = hides_enough && (place < SHOWN_FIRST || place >= count - SHOWN_LAST);
        if kept { character } else { '*' }
    };
    number.chars().enumerate().map(star).collect()
}

/// The decimal number of `count` digits at `from`.
fn digits<N: std::str::FromStr>(number: &str, from: usize, count: usize) -> Option<N> {
    number.get(from..from + count)?.parse().ok()
}

/// GB 11714: values 0–9 and A–Z as 10–35, weights below, check 11 − sum mod 11, written 0 for 11 and X for 10.
fn organisation_check_is_right(code: &str) -> bool {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['0', 'X', '9', '8', '7', '6', '5', '4', '3', '2', '1'];
    let sum: Option<u32> = code.chars().zip(WEIGHTS).try_fold(0, |sum, (character, weight)| {
        Some(sum + character.to_digit(36)? * weight)
    });
    let last = code.chars().last();
    sum.is_some_and(|sum| CHECKS.get(sum as usize % CHECKS.len()).copied() == last)
}

/// What is odd about a number that is taken all the same; shown to the officer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NumberNote {
    /// The first two characters of a credit code are none that we recall.
    RegistrationUnknown,
    /// An organisation code of its own: no longer given out.
    OldCode,
    /// The check character of the organisation code does not fit; some codes given out long ago are so.
    OldCodeCheck,
}

impl NumberNote {
    /// What it says, in the language asked for.
    #[must_use]
    pub const fn words(self, language: hefu_rulebook::Language) -> &'static str {
        use hefu_rulebook::Language::{Chinese, English};
        match (self, language) {
            (Self::RegistrationUnknown, Chinese) => "登记管理部门和机构类别代码不在已知之列，请核对证照",
            (Self::RegistrationUnknown, English) => {
                "the characters of registration authority and category are not among the known ones; compare the licence"
            }
            (Self::OldCode, Chinese) => "这是旧的组织机构代码，请核对是否已换发统一社会信用代码",
            (Self::OldCode, English) => "this is an old organisation code; ask whether a credit code has replaced it",
            (Self::OldCodeCheck, Chinese) => "组织机构代码的校验码不符，早年赋码可能如此，请核对证照",
            (Self::OldCodeCheck, English) => {
                "the organisation code's check character does not fit, as with some old codes; compare the licence"
            }
        }
    }
}

/// Why a number is not taken. Never holds the number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NumberError {
    /// Fifteen digits: the number of a first-generation card.
    #[error(
        "this is a 15-digit number of the first generation, without a check digit; ask for the card now in use, whose number has 18 characters"
    )]
    FirstGeneration,
    /// Not 17 digits and a digit or X.
    #[error("a citizen identity number has 17 digits and then a digit or X")]
    CitizenShape,
    /// The check character does not fit: a digit is wrong or two stand in each other's place.
    #[error("the check character of the identity number does not fit; compare it digit by digit with the card")]
    CitizenCheck,
    /// The first two digits are no province's.
    #[error("the first two digits of the identity number are no region's")]
    Region,
    /// The date of birth does not exist, lies ahead, or is too long ago.
    #[error("the date of birth in the identity number is not plausible")]
    Birthday,
    /// Not 18 characters of the code's alphabet.
    #[error(
        "a credit code has 18 digits or capital letters without I, O, S, V and Z, of which the third to eighth are digits"
    )]
    CreditShape,
    /// The check character does not fit.
    #[error("the check character of the credit code does not fit; compare it with the licence")]
    CreditCheck,
    /// Not nine characters.
    #[error("an organisation code has eight digits or capital letters and a check digit or X")]
    OrganisationShape,
}

impl NumberError {
    pub(crate) fn tell(self) -> Told {
        let malformed = |code, zh: &str| Told::malformed(code, Blame::Applicant, zh);
        let refusal = |code, rule, zh: &str| Told::refusal(code, Blame::Applicant, rule, zh);
        match self {
            Self::FirstGeneration => refusal(
                "identity-number-first-generation",
                GB_11643,
                "这是第一代15位身份证号码，没有校验码，请出示现行有效的18位公民身份号码证件",
            ),
            Self::CitizenShape => malformed("identity-number-shape", "公民身份号码应为17位数字加1位数字或X"),
            Self::CitizenCheck => refusal(
                "identity-number-check",
                GB_11643,
                "公民身份号码校验码不符，请与证件逐位核对",
            ),
            Self::Region => refusal(
                "identity-number-region",
                GB_11643,
                "公民身份号码前两位不是已知的地区代码",
            ),
            Self::Birthday => refusal("identity-number-birthday", GB_11643, "公民身份号码中的出生日期不合理"),
            Self::CreditShape => malformed(
                "credit-code-shape",
                "统一社会信用代码应为18位数字或大写字母，不含I、O、S、V、Z，第3至8位为数字",
            ),
            Self::CreditCheck => refusal(
                "credit-code-check",
                GB_32100,
                "统一社会信用代码校验码不符，请与证照核对",
            ),
            Self::OrganisationShape => malformed(
                "organisation-code-shape",
                "组织机构代码应为8位数字或大写字母加1位校验码",
            ),
        }
    }
}

explain_by_telling!(NumberError);

#[cfg(test)]
mod tests;

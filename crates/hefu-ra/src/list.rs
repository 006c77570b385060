//! What officers look for in lists, and pages of what was found.

use std::str::FromStr;

use serde::Serialize;

use crate::application::ApplicationId;
use crate::certificate::CertificateError;
use crate::stage::Stage;

/// Items of a page when none are asked for.
pub const PAGE_DEFAULT: u32 = 50;
/// Most items of a page: what a person scrolls through, and what a query may cost.
pub const PAGE_MAX: u32 = 500;

/// Characters of a search: the longest name in a certificate.
const QUERY_CHARACTERS_MAX: usize = 128;

/// Digits from which on a query is taken for the beginning of a serial number. Shorter ones may be names.
const SERIAL_DIGITS_MIN: usize = 4;
/// Digits of the longest serial number (RFC 5280: twenty octets).
const SERIAL_DIGITS_MAX: usize = 40;

/// One page of a list, and where the next one begins.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Cursor of the next page; `None` on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of `limit` items out of one item more, if there is one.
    pub(crate) fn cut<U>(mut found: Vec<U>, limit: u32, cursor: fn(&U) -> String, show: impl Fn(U) -> T) -> Self {
        let limit = limit as usize;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(cursor);
        Self {
            items: found.into_iter().map(show).collect(),
            next,
        }
    }
}

/// The size of a page, within bounds.
pub(crate) fn page_size(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
}

/// Which applications, newest first.
#[derive(Clone, Debug, Default)]
pub struct FindApplications {
    /// In this state only.
    pub stage: Option<Stage>,
    /// After this one: the cursor of the page before.
    pub after: Option<ApplicationId>,
    /// Items of the page.
    pub limit: Option<u32>,
}

/// The state of a certificate as people see it: expiry included.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// In force.
    Valid,
    /// Held for a while.
    Suspended,
    /// Ended on one of the law's grounds.
    Revoked,
    /// Its time is over.
    Expired,
}

impl CertificateState {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl FromStr for CertificateState {
    type Err = CertificateError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Valid, Self::Suspended, Self::Revoked, Self::Expired]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(CertificateError::NotAState)
    }
}

/// Which certificates. Without a query newest first; with one, those whose name or serial number begins with it.
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// The beginning of a name, or of a serial number (four or more hexadecimal digits).
    pub query: Option<String>,
    /// In this state only.
    pub state: Option<CertificateState>,
    /// Of this profile only.
    pub profile: Option<String>,
    /// After the certificate with this serial number: the cursor of the page before.
    pub after: Option<String>,
    /// Items of the page.
    pub limit: Option<u32>,
}

impl Find {
    /// Without space around the query and without an empty one; overlong ones are cut.
    pub(crate) fn tidied(mut self) -> Self {
        let query = self
            .query
            .take()
            .map(|query| query.trim().chars().take(QUERY_CHARACTERS_MAX).collect::<String>());
        self.query = query.filter(|query| !query.is_empty());
        self.after = self.after.filter(|after| !after.is_empty());
        self
    }

    /// The query as the beginning of a serial number, when it looks like one; colons and spaces are left out.
    pub(crate) fn serial_prefix(&self) -> Option<String> {
        let digits: String = self
            .query
            .as_ref()?
            .chars()
            .filter(|letter| !matches!(letter, ':' | ' '))
            .collect();
        let looks = (SERIAL_DIGITS_MIN..=SERIAL_DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        looks.then(|| digits.to_ascii_lowercase())
    }
}

/// Reads a serial number as people write it: any case, with colons or spaces.
pub(crate) fn serial_number(text: &str) -> Result<String, CertificateError> {
    let digits: String = text
        .chars()
        .filter(|letter| !matches!(letter, ':' | ' '))
        .take(SERIAL_DIGITS_MAX + 1)
        .collect();
    let good = (2..=SERIAL_DIGITS_MAX).contains(&digits.len())
        && digits.len().is_multiple_of(2)
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if good {
        Ok(digits.to_ascii_lowercase())
    } else {
        Err(CertificateError::NotASerial)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_serial_number_or_not(text: String) {
            if let Ok(serial) = serial_number(&text) {
                prop_assert!(serial.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')));
                prop_assert_eq!(serial_number(&serial), Ok(serial));
            }
        }

        #[test]
        fn a_search_is_never_longer_than_a_name(text: String) {
            let find = Find { query: Some(text), ..Find::default() }.tidied();
            prop_assert!(find.query.is_none_or(|query| query.chars().count() <= QUERY_CHARACTERS_MAX));
        }
    }

    fn prefix(query: &str) -> Option<String> {
        Find {
            query: Some(query.to_owned()),
            ..Find::default()
        }
        .tidied()
        .serial_prefix()
    }

    #[test]
    fn what_looks_like_a_serial_number_is_searched_as_one() {
        assert_eq!(prefix(" 6B:ab 01"), Some("6bab01".to_owned()));
        assert_eq!(prefix("cafe"), Some("cafe".to_owned()));
        for name in ["abe", "张三", "王", "", "device-01", &"a".repeat(41)] {
            assert_eq!(prefix(name), None, "{name}");
        }
    }

    #[test]
    fn a_page_names_where_the_next_one_begins_only_if_there_is_one() {
        let page = |items: Vec<u32>| Page::cut(items, 2, u32::to_string, |item| item);
        assert_eq!(page(vec![1, 2, 3]).next.as_deref(), Some("2"));
        assert_eq!(page(vec![1, 2]).next, None);
        assert_eq!(page(vec![]).items, Vec::<u32>::new());
    }
}

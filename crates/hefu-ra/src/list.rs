//! What officers look for in lists, and pages of what was found.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
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

/// Which certificates, in the order in which they are looked through ([`Order`]).
#[derive(Clone, Debug, Default)]
pub struct Find {
    /// The beginning of a name, or of a serial number (four or more hexadecimal digits).
    pub query: Option<String>,
    /// In this state only.
    pub state: Option<CertificateState>,
    /// Of this profile only.
    pub profile: Option<String>,
    /// Whose last day is this one or later; Beijing time.
    pub ends_from: Option<Date>,
    /// Whose last day is earlier than this one; Beijing time.
    pub ends_before: Option<Date>,
    /// After the certificate with this serial number: the cursor of the page before.
    pub after: Option<String>,
    /// Items of the page.
    pub limit: Option<u32>,
}

/// The order of a list of certificates: always one that an index has, so that a page costs the same in a long list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Order {
    /// By serial number: what was looked for is the beginning of one.
    Serial,
    /// By name: what was looked for is the beginning of one.
    Name,
    /// By the last moment of validity, the soonest first: some span of it was asked for.
    EndingSoonest,
    /// By the last moment of validity, the latest first: what is over was asked for.
    EndedLatest,
    /// Newest first.
    Newest,
}

impl Find {
    /// In which order; also says which condition on serial number, name or end goes with it.
    pub(crate) fn order(&self) -> Order {
        if self.serial_prefix().is_some() {
            Order::Serial
        } else if self.query.is_some() {
            Order::Name
        } else if self.ends_from.is_some() || self.ends_before.is_some() {
            Order::EndingSoonest
        } else if self.state == Some(CertificateState::Expired) {
            Order::EndedLatest
        } else {
            Order::Newest
        }
    }

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

/// How many certificates in force end in a month; a pair is one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct EndingIn {
    /// The month's first day, Beijing time.
    pub month: Date,
    /// Certificates and pairs that are valid or suspended now and end in this month.
    pub count: i64,
}

/// Months that a forecast looks ahead: further than any subscriber's certificate lasts.
pub const FORECAST_MONTHS_MAX: u32 = 60;
/// Months of a forecast when none are asked for.
pub const FORECAST_MONTHS_DEFAULT: u32 = 12;

/// Beijing time, in which the law counts days.
const BEIJING: Offset = jiff::tz::offset(8);

/// The first moment of a day; `None` at the end of all time.
pub(crate) fn midnight(day: Date) -> Option<Timestamp> {
    BEIJING.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// The month of `now` and those after it: each with its first day and first moment, and last the one where it all ends.
pub(crate) fn months(now: Timestamp, months: Option<u32>) -> Vec<(Date, Timestamp)> {
    let count = months.unwrap_or(FORECAST_MONTHS_DEFAULT).clamp(1, FORECAST_MONTHS_MAX);
    let first = BEIJING.to_datetime(now).date().first_of_month();
    (0..=i64::from(count))
        .map_while(|ahead| {
            let month = first.checked_add(Span::new().months(ahead)).ok()?;
            Some((month, midnight(month)?))
        })
        .collect()
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
    fn months_begin_at_midnight_in_beijing() {
        let december = "2026-11-30T16:00:00Z".parse().unwrap_or_default();
        let days: Vec<String> = months(december, Some(2))
            .iter()
            .map(|(day, at)| format!("{day} {at}"))
            .collect();
        assert_eq!(
            days,
            [
                "2026-12-01 2026-11-30T16:00:00Z",
                "2027-01-01 2026-12-31T16:00:00Z",
                "2027-02-01 2027-01-31T16:00:00Z"
            ]
        );
        assert_eq!(months(december, Some(0)).len(), 2);
        assert_eq!(months(december, Some(u32::MAX)).len(), 61);
        assert_eq!(months(Timestamp::MAX, None).len(), 1);
    }

    #[test]
    fn a_page_names_where_the_next_one_begins_only_if_there_is_one() {
        let page = |items: Vec<u32>| Page::cut(items, 2, u32::to_string, |item| item);
        assert_eq!(page(vec![1, 2, 3]).next.as_deref(), Some("2"));
        assert_eq!(page(vec![1, 2]).next, None);
        assert_eq!(page(vec![]).items, Vec::<u32>::new());
    }
}

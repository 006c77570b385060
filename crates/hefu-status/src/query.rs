//! What the public may ask the register: one certificate by its serial number, or a search with pages.

use hefu_certificate::SerialNumber;
use hefu_database::Database;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use serde::Serialize;

use crate::announcement::{AnnouncedNames, AnnouncementKind, AnnouncementPage, FindAnnouncements, Place, Span};
use crate::certificate::{CertificateView, NameDisplay};
use crate::name::fold;
use crate::store::{self, StoreError, Wanted};

/// Certificates on one page: what a person reads, or a program takes at once.
pub const PAGE_MAX: u32 = 100;

/// Certificates on a page when nobody says how many.
const PAGE_DEFAULT: u32 = 20;

/// Characters of the longest query: no name that is kept is longer.
const QUERY_CHARACTERS_MAX: usize = 256;

/// Hexadecimal digits from which a text is taken for the beginning of a serial number: fewer would list a sixteenth
/// of the register, and words such as "cafe" are names.
const SERIAL_DIGITS_MIN: usize = 8;

/// Hexadecimal digits of a serial number.
const SERIAL_DIGITS: usize = 32;

/// A search.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// The beginning of a serial number (at least eight digits, separators allowed), or of a name.
    pub query: &'a str,
    /// Where the page before ended: its `next`.
    pub after: Option<&'a str>,
    /// How many at most; [`PAGE_MAX`] at most.
    pub limit: Option<u32>,
}

/// Some of the certificates that were found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Page {
    /// In the order of their serial numbers.
    pub items: Vec<CertificateView>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<String>,
}

/// A question that is not answered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LookUpError {
    /// Not a serial number.
    #[error("a serial number has 32 hexadecimal digits")]
    Serial,
    /// Nothing to look for, or too much text.
    #[error("a search needs 1 to {QUERY_CHARACTERS_MAX} characters")]
    Query,
    /// A cursor that no page gave.
    #[error("the page cursor is not one that a page gave")]
    Cursor,
    /// A month that is none.
    #[error("a month is written as 2027-03")]
    Month,
    /// A kind of announcement that there is not.
    #[error("announcements are of the kinds renewal, suspension, recovery and revocation")]
    AnnouncementKind,
    /// No such certificate was issued here.
    #[error("no certificate with the serial number {0} is known")]
    Absent(String),
    /// The register cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Explain for LookUpError {
    fn code(&self) -> &'static str {
        match self {
            Self::Serial => "serial-malformed",
            Self::Query => "query-malformed",
            Self::Cursor => "cursor-malformed",
            Self::Month => "month-malformed",
            Self::AnnouncementKind => "announcement-kind-malformed",
            Self::Absent(_) => "no-such-certificate",
            Self::Store(store) => store.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Serial | Self::Query | Self::Cursor | Self::Month | Self::AnnouncementKind => Kind::Malformed,
            Self::Absent(_) => Kind::Absent,
            Self::Store(store) => store.kind(),
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Store(store) => store.blame(),
            _ => Blame::Caller,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Store(store) => store.citation(),
            _ => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (language, Self::Store(store)) => store.message(language),
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::Serial) => "证书序列号应为32位十六进制数字".to_owned(),
            (Language::Chinese, Self::Query) => format!("查询内容应为1至{QUERY_CHARACTERS_MAX}个字符"),
            (Language::Chinese, Self::Cursor) => "翻页标记无效".to_owned(),
            (Language::Chinese, Self::Month) => "月份应写作 2027-03".to_owned(),
            (Language::Chinese, Self::AnnouncementKind) => {
                "公告种类应为 renewal、suspension、recovery 或 revocation".to_owned()
            }
            (Language::Chinese, Self::Absent(serial)) => format!("没有序列号为{serial}的证书"),
        }
    }
}

impl Explain for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::Database(database) => database.code(),
            Self::Unreadable { .. } => "status-table-unreadable",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Database(database) => database.blame(),
            Self::Unreadable { .. } => Blame::Operator,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Database(database) => database.citation(),
            Self::Unreadable { .. } => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (language, Self::Database(database)) => database.message(language),
            (Language::English, Self::Unreadable { .. }) => self.to_string(),
            (Language::Chinese, Self::Unreadable { column }) => {
                format!("证书状态表的 {column} 列中有本系统不会写入的内容")
            }
        }
    }
}

/// The register of one database, as the public sees it.
#[derive(Clone, Debug)]
pub(crate) struct Register {
    pub(crate) database: Database,
    pub(crate) names: NameDisplay,
}

impl Register {
    pub(crate) async fn certificate(&self, serial: &str, now: Timestamp) -> Result<CertificateView, LookUpError> {
        let serial = SerialNumber::from_hex(serial).map_err(|_| LookUpError::Serial)?;
        let mut connection = self.database.read().await.map_err(StoreError::from)?;
        let row = store::find(&mut connection, serial).await?;
        let row = row.ok_or_else(|| LookUpError::Absent(serial.to_string()))?;
        Ok(CertificateView::new(row, self.names, now))
    }

    pub(crate) async fn certificate_der(&self, serial: &str) -> Result<Vec<u8>, LookUpError> {
        let serial = SerialNumber::from_hex(serial).map_err(|_| LookUpError::Serial)?;
        let mut connection = self.database.read().await.map_err(StoreError::from)?;
        let der = store::certificate(&mut connection, serial).await?;
        der.ok_or_else(|| LookUpError::Absent(serial.to_string()))
    }

    pub(crate) async fn announcements(
        &self,
        find: &FindAnnouncements<'_>,
        names: AnnouncedNames,
    ) -> Result<AnnouncementPage, LookUpError> {
        let kind = match find.kind {
            "" => None,
            word => Some(AnnouncementKind::named(word).ok_or(LookUpError::AnnouncementKind)?),
        };
        let span = match find.month {
            "" => Span::ALL,
            month => Span::month(month).ok_or(LookUpError::Month)?,
        };
        let before = find
            .after
            .map_or(Some(Place::END), Place::parse)
            .ok_or(LookUpError::Cursor)?;
        let limit = find.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
        let mut connection = self.database.read().await.map_err(StoreError::from)?;
        // One more than asked for says whether there is another page.
        let mut items = store::announcements::page(&mut connection, kind, span, before, limit + 1, names).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(Place::text);
        Ok(AnnouncementPage { items, next })
    }

    pub(crate) async fn search(&self, search: &Search<'_>, now: Timestamp) -> Result<Page, LookUpError> {
        let wanted = wanted(search.query, self.names)?;
        let after = match search.after {
            None => String::new(),
            Some(after) => SerialNumber::from_hex(after)
                .map_err(|_| LookUpError::Cursor)?
                .to_string(),
        };
        let limit = search.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
        let mut connection = self.database.read().await.map_err(StoreError::from)?;
        // One more than asked for says whether there is another page.
        let mut rows = store::search(&mut connection, &wanted, &after, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.serial.to_string());
        let items = rows
            .into_iter()
            .map(|row| CertificateView::new(row, self.names, now))
            .collect();
        Ok(Page { items, next })
    }
}

/// Whether a query is about a serial number or a name.
fn wanted(query: &str, names: NameDisplay) -> Result<Wanted, LookUpError> {
    if query.chars().count() > QUERY_CHARACTERS_MAX {
        return Err(LookUpError::Query);
    }
    let digits: String = query.chars().filter(|letter| !matches!(letter, ':' | ' ')).collect();
    let serial = digits.bytes().all(|letter| letter.is_ascii_hexdigit());
    if serial && (SERIAL_DIGITS_MIN..=SERIAL_DIGITS).contains(&digits.len()) {
        let first = digits.to_ascii_lowercase();
        let last = format!("{first:f<SERIAL_DIGITS$}");
        return Ok(Wanted::Serials(first, last));
    }
    let prefix = fold(query);
    if prefix.is_empty() {
        return Err(LookUpError::Query);
    }
    Ok(Wanted::Names {
        prefix,
        persons: names == NameDisplay::Full,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serials(first: &str, last: &str) -> Wanted {
        Wanted::Serials(first.to_owned(), last.to_owned())
    }

    fn names(prefix: &str) -> Wanted {
        Wanted::Names {
            prefix: prefix.to_owned(),
            persons: false,
        }
    }

    #[test]
    fn eight_digits_begin_a_serial_number_and_anything_else_a_name() {
        let check = |query: &str| wanted(query, NameDisplay::Masked);
        assert_eq!(
            check("4A:0b 0C0d"),
            Ok(serials("4a0b0c0d", "4a0b0c0dffffffffffffffffffffffff"))
        );
        assert_eq!(check(&"4a".repeat(16)), Ok(serials(&"4a".repeat(16), &"4a".repeat(16))));
        assert_eq!(check("cafe"), Ok(names("cafe")));
        assert_eq!(check(&"a".repeat(33)), Ok(names(&"a".repeat(33))));
        assert_eq!(check(" 张三 "), Ok(names("张三")));
        assert_eq!(check(" \t"), Err(LookUpError::Query));
        assert_eq!(check(&"x".repeat(257)), Err(LookUpError::Query));
    }
}

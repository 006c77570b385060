//! Announcements: which changes are announced to everybody, how holders are named in them, and how they are found. Pure.
//!
//! Rule served: 电子认证服务管理办法 31 (renewals and revocations are announced). What is announced beyond it, suspensions
//! and recoveries, relying parties need for the same reason. Personal information law wants no more of a name than the
//! purpose needs, and a certificate is told apart by its serial number: names are masked unless the operator has a ground.

use hefu_certificate::{SerialNumber, Status};
use hefu_records::NewEntry;
use hefu_rulebook::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use crate::fact::Act;

/// Kind of the record that says that something was announced.
const ANNOUNCEMENT_PUBLISHED: &str = "announcement-published/1";

/// What stands for the hidden part of a name, whatever its length.
const MASK: &str = "****";
/// Characters of a name that are shown at each end.
const SHOWN: usize = 2;
/// A name of fewer characters shows its first one only: otherwise too little would be hidden.
const LONG: usize = 4 * SHOWN;

/// Hours that Beijing, whose calendar the law counts by, is ahead of UTC.
const BEIJING: i8 = 8;

/// What is announced.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnnouncementKind {
    /// A certificate was issued in place of another one.
    Renewal,
    /// A certificate was suspended.
    Suspension,
    /// A suspension was lifted.
    Recovery,
    /// A certificate was revoked.
    Revocation,
}

impl AnnouncementKind {
    /// All of them, in the order of a certificate's life.
    pub const ALL: [Self; 4] = [Self::Renewal, Self::Suspension, Self::Recovery, Self::Revocation];

    /// The word in JSON, addresses and the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Renewal => "renewal",
            Self::Suspension => "suspension",
            Self::Recovery => "recovery",
            Self::Revocation => "revocation",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The name people read.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Renewal) => "证书更新",
            (Language::Chinese, Self::Suspension) => "证书暂停",
            (Language::Chinese, Self::Recovery) => "证书恢复",
            (Language::Chinese, Self::Revocation) => "证书撤销",
            (Language::English, Self::Renewal) => "certificate renewed",
            (Language::English, Self::Suspension) => "certificate suspended",
            (Language::English, Self::Recovery) => "certificate resumed",
            (Language::English, Self::Revocation) => "certificate revoked",
        }
    }
}

/// How holders are named in announcements.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AnnouncedNames {
    /// The beginning and, of long names, the end: 张**, 北京****公司.
    #[default]
    Masked,
    /// In full. The operator needs a legal ground for it.
    Full,
    /// Not at all: the serial number says enough.
    None,
}

impl AnnouncedNames {
    /// What is shown of a holder. `public` is the name as the register shows it, where a natural person's is masked.
    pub(crate) fn shown(self, full: String, public: &str) -> Option<String> {
        match self {
            Self::Full => Some(full),
            Self::None => None,
            Self::Masked => Some(public.split(", ").map(mask).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Masks one name; what is masked already stays so.
fn mask(name: &str) -> String {
    let characters: Vec<char> = name.chars().filter(|character| !character.is_control()).collect();
    let count = characters.len();
    if name.ends_with("**") && count <= 3 {
        return name.to_owned();
    }
    let (first, last) = if count >= LONG { (SHOWN, SHOWN) } else { (1, 0) };
    let head = characters.iter().take(first);
    let tail = characters.iter().skip(count - last.min(count));
    head.copied().chain(MASK.chars()).chain(tail.copied()).collect()
}

/// An announcement.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Announcement {
    /// The authority's record that told of it; stays the same for ever.
    pub number: u64,
    /// What is announced.
    pub kind: AnnouncementKind,
    /// Serial number, 32 hexadecimal digits.
    pub serial: String,
    /// The other half of a pair.
    pub pair_serial: Option<String>,
    /// The certificate that this one renews.
    pub replaces: Option<String>,
    /// Name of the authority.
    pub authority: String,
    /// Whom the certificate names, as the settings say; none when they say so.
    pub holder: Option<String>,
    /// Slug of the ground of a revocation.
    pub ground: Option<String>,
    /// When it happened.
    pub at: Timestamp,
}

/// Which announcements to show.
#[derive(Clone, Copy, Debug, Default)]
pub struct FindAnnouncements<'a> {
    /// Only of this kind: the word of an [`AnnouncementKind`]; all when empty.
    pub kind: &'a str,
    /// Only of this month, "2027-03" in Beijing time; all when empty.
    pub month: &'a str,
    /// Where the page before ended: its `next`.
    pub after: Option<&'a str>,
    /// How many at most; [`PAGE_MAX`](crate::PAGE_MAX) at most.
    pub limit: Option<u32>,
}

/// Some announcements, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AnnouncementPage {
    /// The announcements.
    pub items: Vec<Announcement>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<String>,
}

/// A span of time, its end not included, in microseconds since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) until: i64,
}

impl Span {
    /// All time.
    pub(crate) const ALL: Self = Self {
        from: i64::MIN,
        until: i64::MAX,
    };

    /// A month of Beijing time, "2027-03".
    pub(crate) fn month(text: &str) -> Option<Self> {
        let first: Date = format!("{text}-01")
            .parse()
            .ok()
            .filter(|_| text.len() == "2027-03".len())?;
        let next = first.checked_add(jiff::Span::new().try_months(1).ok()?).ok()?;
        let zone = TimeZone::fixed(jiff::tz::offset(BEIJING));
        let start = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond());
        Some(Self {
            from: start(first)?,
            until: start(next)?,
        })
    }
}

/// The place of an announcement in the order of time: when, and which of those of the same moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    pub(crate) at: i64,
    pub(crate) number: i64,
}

impl Place {
    /// After everything.
    pub(crate) const END: Self = Self {
        at: i64::MAX,
        number: i64::MAX,
    };

    /// Reads what [`Place::text`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (at, number) = text.split_once('-')?;
        Some(Self {
            at: at.parse().ok()?,
            number: number.parse().ok()?,
        })
    }

    /// The cursor of a page.
    pub(crate) fn text(announcement: &Announcement) -> String {
        format!("{}-{}", announcement.at.as_microsecond(), announcement.number)
    }
}

/// An announcement that is to be kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NewAnnouncement {
    pub(crate) number: u64,
    pub(crate) kind: AnnouncementKind,
    pub(crate) serial: SerialNumber,
    pub(crate) pair_serial: Option<String>,
    pub(crate) replaces: Option<String>,
    pub(crate) ground: Option<&'static str>,
    pub(crate) at: Timestamp,
}

impl NewAnnouncement {
    /// What an act announces: one announcement for a pair, none for a first issuance.
    pub(crate) fn of(act: &Act) -> Option<Self> {
        match act {
            Act::Issued(certificates) => {
                let row = &certificates.first()?.row;
                Some(Self {
                    number: row.told_by,
                    kind: AnnouncementKind::Renewal,
                    serial: row.serial,
                    pair_serial: row.pair_serial.clone(),
                    replaces: Some(row.replaces.clone()?),
                    ground: None,
                    at: row.issued_at,
                })
            }
            Act::Changed(change) => {
                let mut serials = change.serials.iter();
                Some(Self {
                    number: change.told_by,
                    kind: match change.status {
                        Status::Valid => AnnouncementKind::Recovery,
                        Status::Suspended => AnnouncementKind::Suspension,
                        Status::Revoked => AnnouncementKind::Revocation,
                    },
                    serial: *serials.next()?,
                    pair_serial: serials.next().map(SerialNumber::to_string),
                    replaces: None,
                    ground: change.ground,
                    at: change.at,
                })
            }
        }
    }

    /// The record that it was published.
    pub(crate) fn published(&self, now: Timestamp) -> NewEntry {
        NewEntry {
            at: now,
            kind: ANNOUNCEMENT_PUBLISHED.to_owned(),
            subject: self.serial.to_string(),
            actor: "hefu".to_owned(),
            body: json!({
                "announcement": self.kind.as_str(),
                "record": self.number,
                "pair_serial": self.pair_serial,
            }),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_each_for_itself_and_never_told_by_their_length() {
        let shown = |full: &str, public: &str| AnnouncedNames::Masked.shown(full.to_owned(), public).unwrap();
        assert_eq!(shown("张三", "张**"), "张**");
        assert_eq!(
            shown("张三, 北京示例科技有限公司", "张**, 北京示例科技有限公司"),
            "张**, 北京****公司"
        );
        assert_eq!(shown("北京示例科技有限公司", "北京示例科技有限公司"), "北京****公司");
        assert_eq!(shown("示例公司", "示例公司"), "示****");
        assert_eq!(shown("Example, Inc.", "Example, Inc."), "E****, I****");
        assert_eq!(shown("www.example.cn", "www.example.cn"), "ww****cn");
        assert_eq!(shown("", ""), "****");
        assert_eq!(shown("乙**", "乙**"), "乙**");
    }

    #[test]
    fn the_operator_may_show_all_or_nothing() {
        assert_eq!(
            AnnouncedNames::Full.shown("张三".to_owned(), "张**"),
            Some("张三".to_owned())
        );
        assert_eq!(AnnouncedNames::None.shown("张三".to_owned(), "张**"), None);
    }

    #[test]
    fn a_month_is_beijings() {
        let span = Span::month("2027-03").unwrap();
        let at = |micros| Timestamp::from_microsecond(micros).unwrap().to_string();
        assert_eq!(
            (at(span.from), at(span.until)),
            ("2027-02-28T16:00:00Z".to_owned(), "2027-03-31T16:00:00Z".to_owned())
        );
        assert!(Span::month("2027-12").is_some());
        for text in ["2027", "2027-13", "2027-3", "2027-03-01", "", "x"] {
            assert_eq!(Span::month(text), None, "{text}");
        }
    }

    #[test]
    fn a_cursor_is_one_that_a_page_gave() {
        assert_eq!(Place::parse("12-3"), Some(Place { at: 12, number: 3 }));
        for text in ["", "12", "-", "x-3", "12-3-4"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}

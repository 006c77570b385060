//! A moment with the offset in which it is shown. Comes in as a parameter; nothing here reads a clock or a zone table,
//! so that the same description gives the same bytes on every machine.

use hefu_rulebook::Language;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// A civil time and its offset from UTC, to the second; offsets in whole minutes, as RFC 3339 writes them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    civil: DateTime,
    offset_minutes: i16,
}

/// Offsets that a PDF cannot write: its sign is that of the hours.
const UNWRITABLE: std::ops::Range<i16> = -59..0;

/// A text that is not a moment.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a time must look like 2027-03-02T16:00:00+08:00 (RFC 3339, years 0001 to 9999)")]
pub struct NotAMoment;

impl Moment {
    /// The moment `at` as clocks at `offset` show it; seconds of an offset are dropped, RFC 3339 has none.
    /// Less than an hour behind UTC, where no clock is today, is shown in UTC: a PDF cannot write it.
    #[must_use]
    pub fn new(at: jiff::Timestamp, offset: Offset) -> Self {
        let minutes = i16::try_from(offset.seconds() / 60).unwrap_or_default();
        let offset_minutes = if UNWRITABLE.contains(&minutes) { 0 } else { minutes };
        let whole = Offset::from_seconds(i32::from(offset_minutes) * 60).unwrap_or(Offset::UTC);
        Self::whole(whole.to_datetime(at), offset_minutes)
    }

    fn whole(civil: DateTime, offset_minutes: i16) -> Self {
        let civil = civil.date().at(civil.hour(), civil.minute(), civil.second(), 0);
        Self { civil, offset_minutes }
    }

    /// As people read it, with the offset named.
    pub(crate) fn words(self, language: Language) -> String {
        let zone = match self.offset_minutes {
            0 => "UTC".to_owned(),
            _ => format!("UTC{}", self.offset()),
        };
        let (date, time) = (self.civil.date(), self.civil.time());
        match language {
            Language::Chinese => format!("{date} {time}（{zone}）"),
            Language::English => format!("{date} {time} ({zone})"),
        }
    }

    /// For the metadata of a PDF.
    pub(crate) fn to_pdf(self) -> krilla::metadata::DateTime {
        let unsigned = |number: i8| u8::try_from(number).unwrap_or_default();
        let hours = i8::try_from(self.offset_minutes / 60).unwrap_or_default();
        krilla::metadata::DateTime::new(u16::try_from(self.civil.year()).unwrap_or_default())
            .month(unsigned(self.civil.month()))
            .day(unsigned(self.civil.day()))
            .hour(unsigned(self.civil.hour()))
            .minute(unsigned(self.civil.minute()))
            .second(unsigned(self.civil.second()))
            .utc_offset_hour(hours)
            .utc_offset_minute(u8::try_from((self.offset_minutes % 60).unsigned_abs()).unwrap_or_default())
    }

    fn offset(self) -> String {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl TryFrom<String> for Moment {
    type Error = NotAMoment;

    fn try_from(text: String) -> Result<Self, NotAMoment> {
        let pieces = Pieces::parse(&text).map_err(|_| NotAMoment)?;
        let time = pieces.time().ok_or(NotAMoment)?;
        let offset = pieces.to_numeric_offset().ok_or(NotAMoment)?;
        let minutes = i16::try_from(offset.seconds() / 60).map_err(|_| NotAMoment)?;
        let unwritable = offset.seconds() % 60 != 0 || UNWRITABLE.contains(&minutes);
        if unwritable || pieces.time_zone_annotation().is_some() || pieces.date().year() < 1 {
            return Err(NotAMoment);
        }
        Ok(Self::whole(pieces.date().to_datetime(time), minutes))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        format!("{}{}", moment.civil, moment.offset())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_shown_in_its_own_offset() {
        for (text, chinese, english) in [
            (
                "2027-03-02T16:00:00+08:00",
                "2027-03-02 16:00:00（UTC+08:00）",
                "2027-03-02 16:00:00 (UTC+08:00)",
            ),
            (
                "2027-03-02T08:00:00Z",
                "2027-03-02 08:00:00（UTC）",
                "2027-03-02 08:00:00 (UTC)",
            ),
            (
                "2027-03-02T08:00:00.5-03:30",
                "2027-03-02 08:00:00（UTC-03:30）",
                "2027-03-02 08:00:00 (UTC-03:30)",
            ),
        ] {
            let moment = Moment::try_from(text.to_owned()).unwrap();
            assert_eq!(moment.words(Language::Chinese), chinese);
            assert_eq!(moment.words(Language::English), english);
        }
    }

    #[test]
    fn a_time_without_offset_is_not_a_moment() {
        for text in [
            "",
            "2027-03-02",
            "2027-03-02T16:00:00",
            "2027-03-02T16:00:00-00:30",
            "2027-03-02T16:00:00+08:00[Asia/Shanghai]",
            "-000001-01-01T00:00:00Z",
        ] {
            assert_eq!(Moment::try_from(text.to_owned()), Err(NotAMoment), "{text}");
        }
    }

    #[test]
    fn a_timestamp_and_an_offset_make_the_same_moment_as_their_text() {
        let at: jiff::Timestamp = "2027-03-02T08:00:00Z".parse().unwrap();
        let moment = Moment::new(at, Offset::constant(8));
        assert_eq!(String::from(moment), "2027-03-02T16:00:00+08:00");
    }
}

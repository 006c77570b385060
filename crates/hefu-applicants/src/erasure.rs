//! What becomes of a person's wish that their information be deleted.
//!
//! 个人信息保护法 47: while a period of retention set by law runs, information is not deleted, but nothing is done with it
//! beyond keeping and protecting it. 电子签名法 24 sets such a period; when it ends is worked out by whoever knows the
//! certificates, and comes in as a parameter.

use jiff::Timestamp;

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Erasure {
    /// Keep it and do nothing else with it.
    Restrict {
        /// Until when it must be kept.
        retain_until: Timestamp,
    },
    /// Retention is over: it may be destroyed, by the ceremony that the records' own rules set.
    Due,
}

/// Decides on a wish for deletion. `retain_until` is the last moment of retention; `None` when nothing must be kept,
/// because no certificate ever came of the file.
#[must_use]
pub fn decide(retain_until: Option<Timestamp>, now: Timestamp) -> Erasure {
    match retain_until {
        Some(retain_until) if now <= retain_until => Erasure::Restrict { retain_until },
        _ => Erasure::Due,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn while_retention_runs_a_file_is_restricted_and_not_deleted() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let end = at("2031-11-22T04:00:00Z");
        assert_eq!(
            decide(Some(end), at("2031-11-22T04:00:00Z")),
            Erasure::Restrict { retain_until: end }
        );
        assert_eq!(decide(Some(end), at("2031-11-22T04:00:01Z")), Erasure::Due);
        assert_eq!(decide(None, end), Erasure::Due);
    }
}

//! From an entry of the records to what is to be written and kept: pure.
//!
//! The kinds are those of the registration authority. Those that are about something else are passed over; a kind of ours
//! in a version or with a body that this program cannot read is passed over too and said in the log: a letter less is a
//! pity, a follower that stands still for it would keep everybody else from hearing.

use hefu_records::Entry;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::address::{Correspondent, Term};
use crate::letter::Letter;

/// News older than this is none: whoever switches letters on after years, or reads the records again from the beginning,
/// does not write to everybody about everything that ever happened. A week outlasts any repair.
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How the registration authority's records name an application.
const APPLICATION: &str = "application:";

/// What an entry says about an application.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Event {
    /// The application's number.
    pub(crate) application: String,
    /// What happened.
    pub(crate) what: What,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum What {
    Entered,
    Rejected,
    /// Certificates were handed over.
    Delivered,
    /// The status of these was changed.
    Changed {
        act: Act,
        serials: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Act {
    Suspend,
    Resume,
    Revoke,
}

#[derive(Deserialize)]
struct Change {
    act: Act,
    serials: Vec<String>,
}

/// Reads an entry; `None` for one that is about something else.
pub(crate) fn read(entry: &Entry) -> Option<Event> {
    let application = entry.subject.strip_prefix(APPLICATION)?.to_owned();
    let what = match entry.kind.as_str() {
        "application-entered/1" => What::Entered,
        "application-rejected/1" => What::Rejected,
        "certificate-delivered/1" => What::Delivered,
        "status-change-answered/1" => {
            let Ok(change) = serde_json::from_value::<Change>(entry.body.clone()) else {
                tracing::error!(
                    record = entry.index,
                    "a change of status cannot be read; no letter is written about it"
                );
                return None;
            };
            What::Changed {
                act: change.act,
                serials: change.serials,
            }
        }
        _ => return None,
    };
    Some(Event { application, what })
}

/// Whether what happened at `at` is still news at `now`.
pub(crate) fn is_news(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) <= NEWS_FOR
}

/// What an event asks for: a letter, certificates to watch, certificates to watch no more.
#[derive(Debug, Default)]
pub(crate) struct Consequence {
    pub(crate) letter: Option<Letter>,
    pub(crate) watched: Vec<Term>,
    pub(crate) closed: Vec<String>,
}

/// What follows from an event, for this correspondent.
pub(crate) fn consequence(event: &Event, correspondent: &Correspondent) -> Consequence {
    let application = event.application.clone();
    match &event.what {
        What::Entered => Consequence {
            letter: Some(Letter::Received { application }),
            ..Consequence::default()
        },
        What::Rejected => Consequence {
            letter: Some(Letter::Rejected {
                application,
                reason: correspondent.rejection.clone().unwrap_or_default(),
            }),
            ..Consequence::default()
        },
        What::Delivered => delivered(application, correspondent),
        What::Changed { act, serials } => changed(*act, serials, correspondent),
    }
}

fn delivered(application: String, correspondent: &Correspondent) -> Consequence {
    let letter = correspondent.certificates.first().map(|term| {
        let (serial, not_after) = (term.serial.clone(), term.not_after);
        match correspondent.replaces.clone() {
            Some(replaces) => Letter::Renewed {
                application,
                serial,
                replaces,
                not_after,
            },
            None => Letter::Issued {
                application,
                serial,
                not_after,
            },
        }
    });
    Consequence {
        letter,
        watched: correspondent.certificates.clone(),
        closed: correspondent.replaces.iter().cloned().collect(),
    }
}

/// One letter for a pair: the half that signs stands for both.
fn changed(act: Act, serials: &[String], correspondent: &Correspondent) -> Consequence {
    let mut terms = correspondent.certificates.iter();
    let known = terms.find(|term| serials.contains(&term.serial));
    let ground = known.and_then(|term| term.ground);
    let serial = known.map_or_else(|| serials.first().cloned(), |term| Some(term.serial.clone()));
    let letter = serial.map(|serial| match act {
        Act::Suspend => Letter::Suspended { serial },
        Act::Resume => Letter::Resumed { serial },
        Act::Revoke => Letter::Revoked { serial, ground },
    });
    Consequence {
        letter,
        watched: Vec::new(),
        closed: if act == Act::Revoke {
            serials.to_vec()
        } else {
            Vec::new()
        },
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use hefu_certificate::RevocationGround;
    use serde_json::{Value, json};

    use super::*;

    fn entry(kind: &str, subject: &str, body: Value) -> Entry {
        Entry {
            index: 7,
            at: Timestamp::UNIX_EPOCH,
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            actor: "ra".to_owned(),
            body,
        }
    }

    #[test]
    fn only_what_concerns_a_subscriber_is_read() {
        let kinds = [
            "application-entered/1",
            "application-rejected/1",
            "certificate-delivered/1",
        ];
        for kind in kinds {
            assert!(read(&entry(kind, "application:01", json!({}))).is_some(), "{kind}");
            assert!(read(&entry(kind, "counter", json!({}))).is_none(), "{kind}");
        }
        assert!(read(&entry("application-approved/1", "application:01", json!({}))).is_none());
        assert!(
            read(&entry(
                "status-change-answered/1",
                "application:01",
                json!({"act": "sell"})
            ))
            .is_none()
        );
    }

    #[test]
    fn a_pair_is_told_of_once_and_a_revoked_one_is_watched_no_more() {
        let body = json!({"act": "revoke", "serials": ["4a", "4b"], "request": "00"});
        let event = read(&entry("status-change-answered/1", "application:01", body)).unwrap();
        let ground = Some(RevocationGround::HolderRequest);
        let term = Term {
            serial: "4b".to_owned(),
            not_before: Timestamp::UNIX_EPOCH,
            not_after: Timestamp::MAX,
            ground,
        };
        let correspondent = Correspondent {
            certificates: vec![term],
            ..Correspondent::default()
        };
        let told = consequence(&event, &correspondent);
        assert_eq!(
            told.letter,
            Some(Letter::Revoked {
                serial: "4b".to_owned(),
                ground
            })
        );
        assert_eq!(told.closed, ["4a", "4b"]);
    }

    #[test]
    fn a_renewal_watches_the_new_one_and_not_the_old_one() {
        let not_after: Timestamp = "2028-01-01T00:00:00Z".parse().unwrap();
        let term = Term {
            serial: "4c".to_owned(),
            not_before: Timestamp::UNIX_EPOCH,
            not_after,
            ground: None,
        };
        let correspondent = Correspondent {
            replaces: Some("4a".to_owned()),
            certificates: vec![term.clone()],
            ..Correspondent::default()
        };
        let event = read(&entry("certificate-delivered/1", "application:02", json!({}))).unwrap();
        let told = consequence(&event, &correspondent);
        assert!(matches!(told.letter, Some(Letter::Renewed { .. })));
        assert_eq!((told.watched, told.closed), (vec![term], vec!["4a".to_owned()]));
    }

    #[test]
    fn old_news_is_none() {
        let now: Timestamp = "2027-01-08T00:00:00Z".parse().unwrap();
        assert!(is_news("2027-01-01T00:00:00Z".parse().unwrap(), now));
        assert!(!is_news("2026-12-31T23:59:59Z".parse().unwrap(), now));
    }
}

//! An entry: who did what to whom, when, as bytes that are the same wherever they are written.

use jiff::Timestamp;
use record_log::{Hash, leaf_hash};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::RecordsError;

/// Octets of one entry. The largest so far, a dual certificate with its key envelope, takes some 8 kB; evidence itself is
/// kept elsewhere and named by its digest.
pub const ENTRY_LEN_MAX: usize = 256 * 1024;

/// Depth of a body. Facts are flat; deeper ones would let a reader run out of stack.
const DEPTH_MAX: usize = 16;

/// The version that [`NewEntry`] is written in.
const VERSION: u32 = 1;

/// An entry that is to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// When it happened; recorded to the microsecond.
    pub at: Timestamp,
    /// What sort of fact, with the version of its body: "certificate-issued/1". Lower-case words and a number.
    pub kind: String,
    /// What it is about: a serial number, an application. Empty when about the zone as a whole.
    pub subject: String,
    /// Who did it: an officer, a zone, "hefu".
    pub actor: String,
    /// The fact. Objects, arrays, strings, whole numbers, booleans and null; no fractions, which have no one spelling.
    pub body: Value,
}

/// An entry that was recorded.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Entry {
    /// Its place in the log, from 0 without gaps.
    pub index: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What sort of fact, with the version of its body.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Who did it.
    pub actor: String,
    /// The fact.
    pub body: Value,
}

/// The stored form, in the order of its keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    actor: String,
    at: i64,
    body: Value,
    kind: String,
    subject: String,
    v: u32,
}

impl NewEntry {
    /// The bytes that are stored and hashed: JSON without spaces, keys sorted by their UTF-8 octets, `at` in
    /// microseconds since 1970.
    ///
    /// # Errors
    /// [`RecordsError::Kind`], [`RecordsError::NotCanonical`] or [`RecordsError::TooLarge`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordsError> {
        check_kind(&self.kind)?;
        let refused = |what| RecordsError::NotCanonical {
            kind: self.kind.clone(),
            what,
        };
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(b"{\"actor\":");
        write_string(&self.actor, &mut bytes).map_err(refused)?;
        bytes.extend_from_slice(format!(",\"at\":{},\"body\":", self.at.as_microsecond()).as_bytes());
        write_canonical(&self.body, DEPTH_MAX, &mut bytes).map_err(refused)?;
        bytes.extend_from_slice(b",\"kind\":");
        write_string(&self.kind, &mut bytes).map_err(refused)?;
        bytes.extend_from_slice(b",\"subject\":");
        write_string(&self.subject, &mut bytes).map_err(refused)?;
        bytes.extend_from_slice(format!(",\"v\":{VERSION}}}").as_bytes());
        if bytes.len() > ENTRY_LEN_MAX {
            return Err(RecordsError::TooLarge {
                kind: self.kind.clone(),
                len: bytes.len(),
            });
        }
        Ok(bytes)
    }
}

impl Entry {
    /// Reads stored bytes. That they are the ones that were sealed is not its business.
    pub(crate) fn from_bytes(index: u64, bytes: &[u8]) -> Result<Self, RecordsError> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| RecordsError::Unreadable { index })?;
        let at = Timestamp::from_microsecond(stored.at).map_err(|_| RecordsError::Unreadable { index })?;
        if stored.v != VERSION {
            return Err(RecordsError::Unreadable { index });
        }
        let Stored {
            actor,
            body,
            kind,
            subject,
            ..
        } = stored;
        Ok(Self {
            index,
            at,
            kind,
            subject,
            actor,
            body,
        })
    }

    /// The hash under which it stands in the tree; for a follower that checks what it is told against a checkpoint.
    ///
    /// # Errors
    /// As [`NewEntry::to_bytes`], for an entry that was never recorded.
    pub fn leaf(&self) -> Result<Hash, RecordsError> {
        let Self {
            at,
            kind,
            subject,
            actor,
            body,
            ..
        } = self.clone();
        Ok(leaf_hash(
            &NewEntry {
                at,
                kind,
                subject,
                actor,
                body,
            }
            .to_bytes()?,
        ))
    }
}

/// A kind is words of a–z joined by hyphens, a slash, and a version: it is matched by programs for years.
fn check_kind(kind: &str) -> Result<(), RecordsError> {
    let parts = kind.split_once('/').filter(|(name, version)| {
        let named = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
        let versioned = version.parse::<u16>().is_ok() && !version.starts_with(['0', '+']);
        named && versioned && kind.len() <= 64
    });
    parts.map(|_| ()).ok_or_else(|| RecordsError::Kind {
        kind: kind.chars().take(64).collect(),
    })
}

fn write_canonical(value: &Value, depth: usize, bytes: &mut Vec<u8>) -> Result<(), &'static str> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Err("it is nested too deeply");
    };
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            bytes.extend_from_slice(number.to_string().as_bytes());
        }
        Value::Number(_) => return Err("it holds a fraction"),
        Value::String(text) => write_string(text, bytes)?,
        Value::Array(items) => {
            bytes.push(b'[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    bytes.push(b',');
                }
                write_canonical(item, deeper, bytes)?;
            }
            bytes.push(b']');
        }
        Value::Object(fields) => {
            // The map may keep another order, depending on how serde_json was built.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            bytes.push(b'{');
            for (place, (key, field)) in fields.into_iter().enumerate() {
                if place > 0 {
                    bytes.push(b',');
                }
                write_string(key, bytes)?;
                bytes.push(b':');
                write_canonical(field, deeper, bytes)?;
            }
            bytes.push(b'}');
        }
    }
    Ok(())
}

fn write_string(text: &str, bytes: &mut Vec<u8>) -> Result<(), &'static str> {
    serde_json::to_writer(bytes, text).map_err(|_| "a string cannot be written")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(body: Value) -> NewEntry {
        NewEntry {
            at: "2027-03-02T08:00:00.000001Z".parse().unwrap(),
            kind: "certificate-issued/1".to_owned(),
            subject: "00a1".to_owned(),
            actor: "mint".to_owned(),
            body,
        }
    }

    #[test]
    fn the_bytes_are_sorted_and_without_spaces() {
        let bytes = entry(json!({"z": [1, true, null], "a": {"名": "合\n符", "b": -3}}))
            .to_bytes()
            .unwrap();
        insta::assert_snapshot!(
            String::from_utf8(bytes).unwrap(),
            @r#"{"actor":"mint","at":1803974400000001,"body":{"a":{"b":-3,"名":"合\n符"},"z":[1,true,null]},"kind":"certificate-issued/1","subject":"00a1","v":1}"#
        );
    }

    #[test]
    fn an_entry_is_read_back_as_it_was_written() {
        let new = entry(json!({"serials": ["01", "02"], "n": 18_446_744_073_709_551_615_u64}));
        let bytes = new.to_bytes().unwrap();
        let read = Entry::from_bytes(7, &bytes).unwrap();
        assert_eq!(
            (read.index, &read.kind, &read.body, read.at),
            (7, &new.kind, &new.body, new.at)
        );
        assert_eq!(read.leaf().unwrap(), leaf_hash(&bytes));
    }

    #[test]
    fn what_has_no_one_spelling_is_not_recorded() {
        let deep = (0..20).fold(json!(1), |inner, _| json!([inner]));
        for body in [json!(1.5), json!({"a": [0.0]}), deep] {
            assert!(matches!(entry(body).to_bytes(), Err(RecordsError::NotCanonical { .. })));
        }
        let large = entry(json!("x".repeat(ENTRY_LEN_MAX)));
        assert!(matches!(large.to_bytes(), Err(RecordsError::TooLarge { .. })));
    }

    #[test]
    fn a_kind_is_words_and_a_version() {
        for kind in [
            "",
            "Issued/1",
            "issued",
            "issued/0",
            "issued/01",
            "issued/x",
            "/1",
            "a b/1",
            "-a/1",
        ] {
            let entry = NewEntry {
                kind: kind.to_owned(),
                ..entry(json!({}))
            };
            assert!(matches!(entry.to_bytes(), Err(RecordsError::Kind { .. })), "{kind}");
        }
    }

    #[test]
    fn bytes_that_are_no_entry_are_unreadable() {
        for bytes in [
            &b""[..],
            b"{}",
            b"[1]",
            br#"{"actor":"","at":0,"body":1,"kind":"","subject":"","v":2}"#,
        ] {
            assert_eq!(Entry::from_bytes(3, bytes), Err(RecordsError::Unreadable { index: 3 }));
        }
    }
}

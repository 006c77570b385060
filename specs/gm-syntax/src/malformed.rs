//! What is wrong with bytes that came from outside, and where.

use std::fmt;

use der::{ErrorKind, Tag, asn1::ObjectIdentifier};

/// Bytes that are not what their specification says: which field, at which octet, and why.
///
/// Always the sender's fault, never ours and never a rule's. The field is a path such as
/// `batch.items[3].issue.profile`; the offset counts octets from the start of the message that was
/// read (after PEM and base64 are undone). No value of a field is repeated here: it may be personal.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field} at byte {offset}: {problem}")]
pub struct Malformed {
    field: String,
    offset: usize,
    problem: Problem,
}

impl Malformed {
    /// `problem` in `field`, which starts `offset` octets into the message.
    #[must_use]
    pub fn new(field: &str, offset: usize, problem: Problem) -> Self {
        Self {
            field: field.to_owned(),
            offset,
            problem,
        }
    }

    /// The same, seen from the structure `outer` that holds the field: `outer.field`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        if self.field.is_empty() {
            outer.clone_into(&mut self.field);
        } else if !outer.is_empty() {
            self.field = format!("{outer}.{}", self.field);
        }
        self
    }

    /// The same, seen from the list `outer` whose element `index` (from 0) holds the field:
    /// `outer[index].field`.
    #[must_use]
    pub fn within_element(self, outer: &str, index: usize) -> Self {
        self.within(&format!("{outer}[{index}]"))
    }

    /// The path of the field that is wrong.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Where the field starts, in octets from the start of the message.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// What can be wrong with one field.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes end inside the field, or before it.
    #[error("the bytes end too early")]
    Truncated,
    /// Octets follow where the structure should have ended.
    #[error("{0} bytes too many")]
    Trailing(usize),
    /// Another ASN.1 type stands here.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What the specification says.
        expected: Expected,
        /// What stands there.
        found: Tag,
    },
    /// Not the distinguished encoding (X.690 clause 10 and 11): indefinite or padded lengths,
    /// padded integers, an unsorted `SET OF`, BER string fragments.
    #[error("not DER: {0}")]
    Encoding(ErrorKind),
    /// Not the distinguished encoding, in a way that only we check.
    #[error("not DER: {0}")]
    NotCanonical(&'static str),
    /// Longer than the named limit.
    #[error("{found} bytes, at most {max} are allowed")]
    TooLong {
        /// The limit, in octets.
        max: usize,
        /// What was sent.
        found: usize,
    },
    /// Shorter than it has to be.
    #[error("{found} bytes, at least {min} are needed")]
    TooShort {
        /// The limit, in octets.
        min: usize,
        /// What was sent.
        found: usize,
    },
    /// More elements than the named limit.
    #[error("more than {max} elements")]
    TooMany {
        /// The limit.
        max: usize,
    },
    /// An algorithm that this build does not know, or that does not fit here.
    #[error("algorithm {0} is not supported here")]
    Algorithm(ObjectIdentifier),
    /// A value that the specification does not allow.
    #[error("{0}")]
    Value(&'static str),
}

impl From<der::Error> for Problem {
    fn from(error: der::Error) -> Self {
        match error.kind() {
            ErrorKind::Incomplete { .. } => Self::Truncated,
            ErrorKind::TrailingData { remaining, .. } => {
                Self::Trailing(usize::try_from(remaining).unwrap_or(usize::MAX))
            }
            kind => Self::Encoding(kind),
        }
    }
}

/// The ASN.1 type, or the alternatives of a choice, that a field should have had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// Exactly this tag.
    Tag(Tag),
    /// One of a few, in words.
    OneOf(&'static str),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(f, "{tag}"),
            Self::OneOf(words) => f.write_str(words),
        }
    }
}

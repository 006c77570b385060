//! A refusal on its way out: into the signed reply, into the request's row, and, without its words, into the records.

use hefu_rulebook::{Explain, Kind, Language};
use registration_protocol::{Refused, RefusedKind};
use serde::{Deserialize, Serialize};

/// What the reply says of an error.
pub(crate) fn refused(error: &dyn Explain) -> Refused {
    let citation = error.citation();
    Refused {
        kind: match error.kind() {
            Kind::Malformed => RefusedKind::Malformed,
            Kind::Refusal | Kind::Absent => RefusedKind::Refusal,
            Kind::Fault => RefusedKind::Fault,
        },
        code: error.code().to_owned(),
        instrument: citation.map(|rule| rule.instrument.to_owned()),
        article: citation
            .map(|rule| rule.article.to_owned())
            .filter(|article| !article.is_empty()),
        english: error.message(Language::English),
        chinese: error.message(Language::Chinese),
    }
}

/// The word for a kind, in rows and records.
pub(crate) const fn kind_word(kind: RefusedKind) -> &'static str {
    match kind {
        RefusedKind::Malformed => "malformed",
        RefusedKind::Refusal => "refusal",
        RefusedKind::Fault => "fault",
    }
}

/// A refusal as its request's row keeps it, for inquiries.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    kind: String,
    code: String,
    instrument: Option<String>,
    article: Option<String>,
    english: String,
    chinese: String,
}

/// For the row.
pub(crate) fn to_row(refused: &Refused) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Stored {
        kind: kind_word(refused.kind).to_owned(),
        code: refused.code.clone(),
        instrument: refused.instrument.clone(),
        article: refused.article.clone(),
        english: refused.english.clone(),
        chinese: refused.chinese.clone(),
    })
}

/// From the row; `None` when it is not what this program writes.
pub(crate) fn from_row(text: &str) -> Option<Refused> {
    let stored: Stored = serde_json::from_str(text).ok()?;
    let kind = [RefusedKind::Malformed, RefusedKind::Refusal, RefusedKind::Fault]
        .into_iter()
        .find(|kind| kind_word(*kind) == stored.kind)?;
    Some(Refused {
        kind,
        code: stored.code,
        instrument: stored.instrument,
        article: stored.article,
        english: stored.english,
        chinese: stored.chinese,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::acceptance::Replay;

    #[test]
    fn a_stored_refusal_reads_back_as_it_was_said() {
        let said = refused(&Replay::Reused);
        assert_eq!(said.code, "request-id-reused");
        assert_eq!(from_row(&to_row(&said).unwrap()), Some(said));
        assert_eq!(from_row("{}"), None);
    }
}

//! Which article stands behind which step, by what a profile's certificates are in law.
//!
//! Every profile takes the same road here. But only certificates for electronic signatures are what the law speaks
//! of; a refusal about a server's or a device's certificate cites no article.

use hefu_certificate::LawScope;
use hefu_rulebook::Citation;

/// The applicant is told the conditions before the application is taken up.
pub(crate) const fn notice(scope: LawScope) -> Option<Citation> {
    match scope {
        LawScope::Signature => Some(Citation::new("M15", "21")),
        LawScope::Government => Some(Citation::new("EG24", "21")),
        LawScope::Outside => None,
    }
}

/// There is a contract with the applicant.
pub(crate) const fn contract(scope: LawScope) -> Option<Citation> {
    match scope {
        LawScope::Signature => Some(Citation::new("M15", "22")),
        LawScope::Government => Some(Citation::new("EG24", "21")),
        LawScope::Outside => None,
    }
}

/// The applicant's identity is verified and the material reviewed. Read as two acts of two people.
pub(crate) const fn review(scope: LawScope) -> Option<Citation> {
    match scope {
        LawScope::Signature | LawScope::Government => Some(Citation::new("ESL", "20")),
        LawScope::Outside => None,
    }
}

/// Identity is checked again when a certificate is renewed or revoked.
pub(crate) const fn occasion(scope: LawScope) -> Option<Citation> {
    match scope {
        LawScope::Signature => Some(Citation::new("M15", "30")),
        LawScope::Government => review(scope),
        LawScope::Outside => None,
    }
}

/// Signature creation data are the signatory's alone: a key that is not proven, or is another's too, is not.
pub(crate) const fn exclusive_key(scope: LawScope) -> Option<Citation> {
    match scope {
        LawScope::Signature | LawScope::Government => Some(Citation::new("ESL", "13")),
        LawScope::Outside => None,
    }
}

/// The word for a scope in the table.
pub(crate) const fn scope_word(scope: LawScope) -> &'static str {
    match scope {
        LawScope::Signature => "signature",
        LawScope::Government => "government",
        LawScope::Outside => "outside",
    }
}

/// Reads the word.
pub(crate) fn scope_from(word: &str) -> Option<LawScope> {
    [LawScope::Signature, LawScope::Government, LawScope::Outside]
        .into_iter()
        .find(|scope| scope_word(*scope) == word)
}

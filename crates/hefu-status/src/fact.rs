//! From an entry of the records to what this capability keeps of it: pure.
//!
//! Kinds that are about something else are passed over. A kind of ours in a version that this program does not know,
//! or with a body that it cannot read, stops the follower: to pass over a revocation would be to answer "good".

use hefu_certificate::facts::{
    AUTHORITY_CERTIFIED, AuthorityCertified, CERTIFICATE_ISSUED, CertificateIssued, IssuedPart, STATUS_CHANGED,
    StatusChanged,
};
use hefu_certificate::{
    IssuedCertificate, Issuer, LawScope, Publication, SerialNumber, Status, Usage, certificate_facts,
};
use hefu_records::Entry;
use jiff::Timestamp;
use pkix_status::RevocationReason;
use serde::de::DeserializeOwned;

use crate::name::Names;
use crate::store::Row;

/// An entry that this program cannot take in.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FactError {
    /// A kind of ours in a version that came later than this program.
    #[error("record {index} is of kind {kind}, which this version does not know")]
    Version {
        /// The entry.
        index: u64,
        /// Its kind.
        kind: String,
    },
    /// A body that is not what its kind says.
    #[error("record {index} ({kind}) cannot be read: {why}")]
    Body {
        /// The entry.
        index: u64,
        /// Its kind.
        kind: String,
        /// What is wrong; names fields, no values.
        why: String,
    },
}

/// What an entry means here.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Certificates were issued, as one act.
    Issued(Vec<NewCertificate>),
    /// The state of certificates changed.
    Changed(Change),
}

/// A certificate to be kept.
#[derive(Clone, Debug)]
pub(crate) struct NewCertificate {
    pub(crate) row: Row,
    pub(crate) names: Names,
    pub(crate) der: Vec<u8>,
}

/// A state to be kept.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) serials: Vec<SerialNumber>,
    pub(crate) status: Status,
    pub(crate) ground: Option<&'static str>,
    pub(crate) reason: Option<RevocationReason>,
    pub(crate) at: Timestamp,
    pub(crate) invalidity: Option<Timestamp>,
    pub(crate) told_by: u64,
}

/// Reads an entry; `None` for one that is about something else.
pub(crate) fn read(entry: &Entry) -> Result<Option<Act>, FactError> {
    match entry.kind.as_str() {
        CERTIFICATE_ISSUED => issued(entry).map(Some),
        STATUS_CHANGED => changed(entry).map(Some),
        AUTHORITY_CERTIFIED => certified(entry),
        other => {
            let name = |kind: &str| kind.split_once('/').map(|(name, _)| name.to_owned());
            let ours = [CERTIFICATE_ISSUED, STATUS_CHANGED, AUTHORITY_CERTIFIED];
            if ours.iter().any(|kind| name(kind) == name(other)) {
                return Err(FactError::Version {
                    index: entry.index,
                    kind: other.chars().take(64).collect(),
                });
            }
            Ok(None)
        }
    }
}

fn body<T: DeserializeOwned>(entry: &Entry) -> Result<T, FactError> {
    serde_json::from_value(entry.body.clone()).map_err(|error| unreadable(entry, &error))
}

fn unreadable(entry: &Entry, why: &dyn std::fmt::Display) -> FactError {
    FactError::Body {
        index: entry.index,
        kind: entry.kind.clone(),
        why: why.to_string(),
    }
}

fn issued(entry: &Entry) -> Result<Act, FactError> {
    let fact: CertificateIssued = body(entry)?;
    let halves = match fact.parts.as_slice() {
        [
            IssuedPart {
                usage: Usage::Single, ..
            },
        ] => vec![None],
        [
            IssuedPart {
                usage: Usage::Sign,
                serial: sign,
                ..
            },
            IssuedPart {
                usage: Usage::Encrypt,
                serial: encrypt,
                ..
            },
        ] => vec![Some(encrypt.to_string()), Some(sign.to_string())],
        _ => return Err(unreadable(entry, &"parts are neither single nor a pair")),
    };
    let certificates = fact.parts.iter().zip(halves).map(|(part, pair_serial)| {
        let label = Label {
            authority: &fact.authority,
            profile: &fact.profile,
            law_scope: fact.law_scope,
            usage: part.usage,
            pair_serial,
            replaces: fact.replaces.clone(),
        };
        new_certificate(entry, part.serial, &part.der.0, None, label)
    });
    certificates.collect::<Result<_, _>>().map(Act::Issued)
}

/// A certificate of the service itself. One with a serial number of another authority's making is nobody's to ask
/// about here, and is passed over.
fn certified(entry: &Entry) -> Result<Option<Act>, FactError> {
    let fact: AuthorityCertified = body(entry)?;
    let Ok(certificate) = IssuedCertificate::parse(&fact.der.0) else {
        certificate_facts(&fact.der.0).map_err(|error| unreadable(entry, &error))?;
        return Ok(None);
    };
    let issuer =
        Issuer::from_certificate(&fact.issuer.0, Publication::nowhere()).map_err(|error| unreadable(entry, &error))?;
    let label = Label {
        authority: &fact.authority,
        profile: &fact.profile,
        law_scope: LawScope::Outside,
        usage: Usage::Single,
        pair_serial: None,
        replaces: None,
    };
    let key = Some(issuer.key_identifier());
    let new = new_certificate(entry, certificate.serial(), certificate.der(), key, label)?;
    Ok(Some(Act::Issued(vec![new])))
}

/// What the fact says beside the certificate.
struct Label<'a> {
    authority: &'a str,
    profile: &'a str,
    law_scope: LawScope,
    usage: Usage,
    pair_serial: Option<String>,
    replaces: Option<String>,
}

fn new_certificate(
    entry: &Entry,
    serial: SerialNumber,
    der: &[u8],
    issuer_key: Option<&[u8]>,
    label: Label<'_>,
) -> Result<NewCertificate, FactError> {
    let said = certificate_facts(der).map_err(|error| unreadable(entry, &error))?;
    let names =
        Names::read(der, &said.alternatives, label.law_scope).map_err(|error| unreadable(entry, &error.kind()))?;
    let issuer_key = issuer_key.map(<[u8]>::to_vec).or(said.authority_key_identifier);
    let row = Row {
        serial,
        issuer_key: issuer_key.ok_or_else(|| unreadable(entry, &"the certificate names no issuer's key"))?,
        authority: label.authority.to_owned(),
        profile: label.profile.to_owned(),
        law_scope: match label.law_scope {
            LawScope::Signature => "signature",
            LawScope::Government => "government",
            LawScope::Outside => "outside",
        }
        .to_owned(),
        usage: label.usage.as_str().to_owned(),
        pair_serial: label.pair_serial,
        replaces: label.replaces,
        holder: names.holder.clone(),
        holder_masked: names.masked.clone(),
        not_before: said.not_before,
        not_after: said.not_after,
        issued_at: entry.at,
        status: Status::Valid,
        ground: None,
        reason: None,
        changed_at: None,
        invalidity_at: None,
        told_by: entry.index,
    };
    Ok(NewCertificate {
        row,
        names,
        der: der.to_vec(),
    })
}

fn changed(entry: &Entry) -> Result<Act, FactError> {
    let fact: StatusChanged = body(entry)?;
    Ok(Act::Changed(Change {
        serials: fact.serials,
        status: fact.status,
        ground: fact.ground.map(hefu_certificate::RevocationGround::slug),
        reason: fact.reason.and_then(RevocationReason::from_code),
        at: fact.at,
        invalidity: fact.invalidity,
        told_by: entry.index,
    }))
}

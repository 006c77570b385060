//! Writing a CRL as a stream: entries go in one by one and are kept as octets only.
//!
//! A [`Signer`] takes its message whole (SM2 hashes Z and the message, Ed25519 passes twice over it), so the
//! to-be-signed part must stand in memory once. The writer therefore appends entries to one buffer behind a
//! gap, and fills the gap with the headers when it knows all lengths: nothing is ever copied a second time.
//! A million entries with reasons are 49 MB of DER and need 49 MB of memory.

use std::io;

use der::Encode;
use gm_suite::{SignError, SignatureAlgorithm, Signer};
use jiff::Timestamp;

use super::{CRL_BYTES_MAX, SERIAL_OCTETS_MAX};
use crate::encode::{self, HEADER_OCTETS_MAX, INTEGER, SEQUENCE};
use crate::reason::RevocationReason;
use crate::time::{TimeOutOfRange, push_generalized, push_time};
use crate::walk::{Malformed, Walk};
use crate::{extension, oid};

/// Octets of the longest key identifier taken: a SHA-512 digest. Method (1) of RFC 5280 §4.2.1.2 makes 20.
const KEY_IDENTIFIER_OCTETS_MAX: usize = 64;

/// Headers that stand before the first entry: `CertificateList`, `TBSCertList`, revokedCertificates.
const GAP_HEADERS: usize = 3 * HEADER_OCTETS_MAX;

/// Tag, length, BIT STRING and the longest signature (ML-DSA-87: 4,627 octets), with room to spare.
const SIGNATURE_ROOM: usize = 8 * 1024;

/// What a CRL says before its entries, and in its extensions.
#[derive(Clone, Copy, Debug)]
pub struct CrlHead<'a> {
    /// The issuer's distinguished name in DER, octet for octet as the issuer's certificate has it.
    pub issuer: &'a [u8],
    /// The algorithm that the signer will use.
    pub algorithm: SignatureAlgorithm,
    /// When this list was true.
    pub this_update: Timestamp,
    /// When the next list comes at the latest; required by RFC 5280 §5.1.2.5, and later than `this_update`.
    pub next_update: Timestamp,
    /// cRLNumber (§5.2.3): grows with every list of this issuer.
    pub number: u64,
    /// The issuer's subject key identifier, for the authorityKeyIdentifier (§5.2.1).
    pub authority_key_identifier: &'a [u8],
}

/// A CRL could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CrlWriteError {
    /// The issuer's name is not a Name in DER.
    #[error(transparent)]
    Issuer(#[from] Malformed),
    /// The key identifier is empty or longer than any digest.
    #[error("an authority key identifier of {0} octets")]
    KeyIdentifier(usize),
    /// The next update does not come after this one.
    #[error("next update {next_update} is not after this update {this_update}")]
    Period {
        /// As given.
        this_update: Timestamp,
        /// As given.
        next_update: Timestamp,
    },
    /// Empty, zero, or longer than RFC 5280 §4.1.2.2 allows.
    #[error("serial number of {0} significant octets; 1 to {SERIAL_OCTETS_MAX} are allowed")]
    Serial(usize),
    /// A time that DER cannot say.
    #[error(transparent)]
    Time(#[from] TimeOutOfRange),
    /// More entries than [`CRL_BYTES_MAX`] octets hold.
    #[error("CRL would be longer than {CRL_BYTES_MAX} octets")]
    TooLong,
    /// The signer signs with another algorithm than the list says.
    #[error("the list says {said}, the signer signs with {signs}")]
    Algorithm {
        /// In the list.
        said: SignatureAlgorithm,
        /// By the signer.
        signs: SignatureAlgorithm,
    },
    /// An algorithm identifier could not be encoded.
    #[error("cannot encode the signature algorithm: {0}")]
    Encode(der::Error),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The finished list could not be written out.
    #[error("cannot write the CRL: {0}")]
    Write(#[from] io::Error),
}

/// What was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CrlSummary {
    /// Number of entries.
    pub entries: u64,
    /// Octets of the whole list.
    pub octets: u64,
}

/// A CRL in the making.
#[derive(Debug)]
pub struct CrlWriter {
    algorithm: SignatureAlgorithm,
    algorithm_der: Vec<u8>,
    /// version, signature, issuer, thisUpdate, nextUpdate.
    prefix: Vec<u8>,
    /// crlExtensions with its tag.
    extensions: Vec<u8>,
    /// The gap, then the entries.
    buffer: Vec<u8>,
    gap: usize,
    entries: u64,
}

impl CrlWriter {
    /// Begins a list.
    ///
    /// # Errors
    /// A name that is not DER, a key identifier that cannot be one, a period that ends before it begins.
    pub fn new(head: &CrlHead<'_>) -> Result<Self, CrlWriteError> {
        Self::with_capacity(head, 0)
    }

    /// Begins a list and takes the memory for `entries` entries of 16-octet serials with a reason at once.
    ///
    /// Worth it for large lists where the allocator cannot grow a block in place.
    ///
    /// # Errors
    /// As [`CrlWriter::new`].
    pub fn with_capacity(head: &CrlHead<'_>, entries: usize) -> Result<Self, CrlWriteError> {
        /// SEQUENCE 2, INTEGER 2+17, `UTCTime` 15, extensions 14.
        const USUAL_ENTRY: usize = 50;
        check(head)?;
        let identifier = head.algorithm.identifier();
        let algorithm_der = identifier.to_der().map_err(CrlWriteError::Encode)?;
        let prefix = prefix(head, &algorithm_der)?;
        let gap = GAP_HEADERS + prefix.len();
        let body = entries.saturating_mul(USUAL_ENTRY).min(CRL_BYTES_MAX);
        let mut buffer = Vec::with_capacity(gap + body + SIGNATURE_ROOM);
        buffer.resize(gap, 0);
        let extensions = extensions(head);
        Ok(Self {
            algorithm: head.algorithm,
            algorithm_der,
            prefix,
            extensions,
            buffer,
            gap,
            entries: 0,
        })
    }

    /// Adds one revoked certificate.
    ///
    /// `serial` is the number's big-endian octets; leading zeros do not matter. The reason `unspecified` is
    /// left out, as RFC 5280 §5.3.1 asks. Order and uniqueness are the caller's.
    ///
    /// # Errors
    /// A serial number that no certificate may have, a time that DER cannot say, a list grown too long;
    /// the list is then as it was before.
    pub fn push(
        &mut self,
        serial: &[u8],
        revoked_at: Timestamp,
        reason: RevocationReason,
        invalidity: Option<Timestamp>,
    ) -> Result<(), CrlWriteError> {
        let significant = crate::walk::significant(serial);
        if significant.is_empty() || significant.len() > SERIAL_OCTETS_MAX {
            return Err(CrlWriteError::Serial(significant.len()));
        }
        let before = self.buffer.len();
        let pushed = encode::try_nested(&mut self.buffer, SEQUENCE, |out| {
            encode::push_unsigned(out, significant);
            push_time(out, revoked_at)?;
            push_entry_extensions(out, reason, invalidity)
        });
        if let Err(error) = pushed {
            self.buffer.truncate(before);
            return Err(error.into());
        }
        if self.buffer.len() > CRL_BYTES_MAX - SIGNATURE_ROOM {
            self.buffer.truncate(before);
            return Err(CrlWriteError::TooLong);
        }
        self.entries += 1;
        Ok(())
    }

    /// Number of entries so far.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Signs the list and gives it as DER.
    ///
    /// # Errors
    /// A signer of another algorithm, or one that fails.
    pub fn finish(self, signer: &dyn Signer) -> Result<Vec<u8>, CrlWriteError> {
        let (mut buffer, start, _) = self.seal(signer)?;
        buffer.drain(..start);
        Ok(buffer)
    }

    /// Signs the list and writes it out.
    ///
    /// # Errors
    /// As [`CrlWriter::finish`], and those of `out`; then part of the list may have been written.
    pub fn finish_into(self, signer: &dyn Signer, out: &mut dyn io::Write) -> Result<CrlSummary, CrlWriteError> {
        let (buffer, start, entries) = self.seal(signer)?;
        let list = buffer.get(start..).unwrap_or_default();
        out.write_all(list)?;
        Ok(CrlSummary {
            entries,
            octets: list.len() as u64,
        })
    }

    /// The buffer, where the list begins in it, and the number of its entries.
    fn seal(mut self, signer: &dyn Signer) -> Result<(Vec<u8>, usize, u64), CrlWriteError> {
        if signer.signature_algorithm() != self.algorithm {
            return Err(CrlWriteError::Algorithm {
                said: self.algorithm,
                signs: signer.signature_algorithm(),
            });
        }
        let revoked = self.buffer.len() - self.gap;
        let mut tbs = self.gap;
        if revoked > 0 {
            // RFC 5280 §5.1.2.6: without revoked certificates the list is absent, not empty.
            tbs = encode::place_before(&mut self.buffer, tbs, &encode::header(SEQUENCE, revoked));
        }
        self.buffer.append(&mut self.extensions);
        tbs = encode::place_before(&mut self.buffer, tbs, &self.prefix);
        let tbs_length = self.buffer.len() - tbs;
        tbs = encode::place_before(&mut self.buffer, tbs, &encode::header(SEQUENCE, tbs_length));

        let signature = signer.sign(self.buffer.get(tbs..).unwrap_or_default())?;
        self.buffer.extend_from_slice(&self.algorithm_der);
        encode::push_bits(&mut self.buffer, &signature);
        let length = self.buffer.len() - tbs;
        let start = encode::place_before(&mut self.buffer, tbs, &encode::header(SEQUENCE, length));
        Ok((self.buffer, start, self.entries))
    }
}

fn check(head: &CrlHead<'_>) -> Result<(), CrlWriteError> {
    Walk::sequence("CRL issuer", head.issuer)?;
    let identifier = head.authority_key_identifier.len();
    if identifier == 0 || identifier > KEY_IDENTIFIER_OCTETS_MAX {
        return Err(CrlWriteError::KeyIdentifier(identifier));
    }
    if head.next_update <= head.this_update {
        return Err(CrlWriteError::Period {
            this_update: head.this_update,
            next_update: head.next_update,
        });
    }
    Ok(())
}

fn prefix(head: &CrlHead<'_>, algorithm: &[u8]) -> Result<Vec<u8>, TimeOutOfRange> {
    /// Version 2 is written as 1.
    const VERSION_2: u8 = 1;
    let mut out = Vec::with_capacity(head.issuer.len() + algorithm.len() + 64);
    encode::element(&mut out, INTEGER, &[VERSION_2]);
    out.extend_from_slice(algorithm);
    out.extend_from_slice(head.issuer);
    push_time(&mut out, head.this_update)?;
    push_time(&mut out, head.next_update)?;
    Ok(out)
}

fn extensions(head: &CrlHead<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + head.authority_key_identifier.len());
    encode::nested(&mut out, encode::context(0), |out| {
        encode::nested(out, SEQUENCE, |out| {
            extension::push(out, oid::AUTHORITY_KEY_IDENTIFIER, |out| {
                encode::nested(out, SEQUENCE, |out| {
                    encode::element(out, encode::context_primitive(0), head.authority_key_identifier);
                });
            });
            extension::push(out, oid::CRL_NUMBER, |out| {
                encode::push_unsigned(out, &head.number.to_be_bytes());
            });
        });
    });
    out
}

fn push_entry_extensions(
    out: &mut Vec<u8>,
    reason: RevocationReason,
    invalidity: Option<Timestamp>,
) -> Result<(), TimeOutOfRange> {
    if reason == RevocationReason::Unspecified && invalidity.is_none() {
        return Ok(());
    }
    encode::try_nested(out, SEQUENCE, |out| {
        if reason != RevocationReason::Unspecified {
            extension::push(out, oid::CRL_REASON, |out| {
                encode::element(out, encode::ENUMERATED, &[reason.code()]);
            });
        }
        match invalidity {
            Some(at) => extension::try_push(out, oid::INVALIDITY_DATE, |out| push_generalized(out, at)),
            None => Ok(()),
        }
    })
}

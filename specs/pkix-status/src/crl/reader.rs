//! Reading a CRL where it lies: nothing is copied, entries are decoded when they are asked for.

use der::{Decode, Tag};
use gm_suite::{BadSignature, PublicKey, SignatureAlgorithm, UnsupportedAlgorithm};
use jiff::Timestamp;
use spki::AlgorithmIdentifierOwned;

use super::CRL_BYTES_MAX;
use crate::reason::RevocationReason;
use crate::time::{read_generalized, read_time};
use crate::walk::{Field, Malformed, Walk, constructed, primitive, significant};
use crate::{extension, oid};

const ENTRY: &str = "revokedCertificates entry";

/// A CRL cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CrlError {
    /// Not a `CertificateList`.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Longer than [`CRL_BYTES_MAX`].
    #[error("CRL of {0} octets; at most {CRL_BYTES_MAX} are read")]
    TooLong(usize),
    /// Signed with an algorithm that is not known here.
    #[error("CRL signature algorithm: {0}")]
    Algorithm(#[from] UnsupportedAlgorithm),
    /// The signature is not the issuer's.
    #[error("CRL signature does not verify: {0}")]
    Signature(#[from] BadSignature),
    /// The list, or one of its entries, carries a critical extension that is not processed here: a delta CRL,
    /// a list of limited scope, an indirect CRL. RFC 5280 §5.2 and §5.3: such a list must not be used.
    #[error("CRL has the critical extension {0}, which is not processed")]
    Critical(String),
}

/// A CRL as its bytes claim it to be; [`CrlReader::verify`] makes it evidence.
#[derive(Clone, Copy, Debug)]
pub struct CrlReader<'a> {
    tbs: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
    issuer: &'a [u8],
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    revoked: &'a [u8],
    extensions: Extensions<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Extensions<'a> {
    number: Option<&'a [u8]>,
    authority_key_identifier: Option<&'a [u8]>,
    critical: Option<&'a [u8]>,
}

impl<'a> CrlReader<'a> {
    /// Reads the frame of a DER CRL, version 1 or 2: everything but the entries.
    ///
    /// # Errors
    /// Bytes that are not one `CertificateList` and nothing after it; too many of them.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CrlError> {
        if der.len() > CRL_BYTES_MAX {
            return Err(CrlError::TooLong(der.len()));
        }
        let mut list = Walk::sequence("CertificateList", der)?;
        let tbs = list.expect("tbsCertList", Tag::Sequence)?;
        let algorithm = list.expect("signatureAlgorithm", Tag::Sequence)?;
        let signature = list.expect("signatureValue", Tag::BitString)?.bits()?;
        list.finish()?;
        let crl = Self::from_tbs(&tbs, signature)?;
        if crl.algorithm == algorithm.whole {
            Ok(crl)
        } else {
            Err(algorithm.malformed().into())
        }
    }

    fn from_tbs(tbs: &Field<'a>, signature: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = tbs.open("tbsCertList");
        let version = fields.optional("version", Tag::Integer)?;
        if version.is_some_and(|version| version.value != [1]) {
            return Err(Malformed::value("version", Tag::Integer));
        }
        let algorithm = fields.expect("signature", Tag::Sequence)?.whole;
        let issuer = fields.expect("issuer", Tag::Sequence)?.whole;
        let this_update = read_time(&fields.any("thisUpdate")?)?;
        let next_update = next_update(&mut fields)?;
        let revoked = fields.optional("revokedCertificates", Tag::Sequence)?;
        let extensions = match fields.optional("crlExtensions", constructed(0))? {
            Some(field) if version.is_some() => Extensions::read(&field)?,
            Some(field) => return Err(field.malformed()),
            None => Extensions::default(),
        };
        fields.finish()?;
        Ok(Self {
            tbs: tbs.whole,
            algorithm,
            signature,
            issuer,
            this_update,
            next_update,
            revoked: revoked.map_or(&[], |field| field.value),
            extensions,
        })
    }

    /// The issuer's distinguished name in DER.
    #[must_use]
    pub const fn issuer(&self) -> &'a [u8] {
        self.issuer
    }

    /// When the list was true.
    #[must_use]
    pub const fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next list comes at the latest; RFC 5280 wants it, old lists may lack it.
    #[must_use]
    pub const fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// cRLNumber, big-endian without leading zeros.
    #[must_use]
    pub const fn number(&self) -> Option<&'a [u8]> {
        self.extensions.number
    }

    /// The key identifier of the key that signed, if the list says it.
    #[must_use]
    pub const fn authority_key_identifier(&self) -> Option<&'a [u8]> {
        self.extensions.authority_key_identifier
    }

    /// The signature algorithm.
    ///
    /// # Errors
    /// One that is not known here.
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, CrlError> {
        let identifier = AlgorithmIdentifierOwned::from_der(self.algorithm)
            .map_err(|error| Malformed::new("signature", error.kind()))?;
        Ok(SignatureAlgorithm::from_identifier(&identifier)?)
    }

    /// Whether the list speaks about `at`: not before `this_update`, and before `next_update`.
    ///
    /// A list without a next update is never current: nobody can tell when it grew old.
    #[must_use]
    pub fn is_current(&self, at: Timestamp) -> bool {
        self.this_update <= at && self.next_update.is_some_and(|next| at < next)
    }

    /// The entries, in the order of the list.
    #[must_use]
    pub const fn entries(&self) -> CrlEntries<'a> {
        CrlEntries {
            walk: Walk::new(ENTRY, self.revoked),
        }
    }

    /// Checks the signature, that every entry can be read, and that nothing critical is left unprocessed.
    ///
    /// # Errors
    /// Which of these failed. Whether the issuer is the certificate's and whether the list
    /// [is current](Self::is_current) is left to the caller.
    pub fn verify(&self, key: &PublicKey) -> Result<VerifiedCrl<'a>, CrlError> {
        if let Some(oid) = self.extensions.critical {
            return Err(CrlError::Critical(extension::dotted(oid)));
        }
        key.verify(self.algorithm()?, self.tbs, self.signature)?;
        self.entries().try_for_each(|entry| entry.map(drop))?;
        Ok(VerifiedCrl(*self))
    }
}

fn next_update(fields: &mut Walk<'_>) -> Result<Option<Timestamp>, Malformed> {
    let place = "nextUpdate";
    let field = match fields.optional(place, Tag::UtcTime)? {
        Some(field) => Some(field),
        None => fields.optional(place, Tag::GeneralizedTime)?,
    };
    field.map(|field| read_time(&field)).transpose()
}

impl<'a> Extensions<'a> {
    fn read(field: &Field<'a>) -> Result<Self, Malformed> {
        let place = "crlExtensions";
        let mut found = Self::default();
        let list = field.only(place, Tag::Sequence)?.open(place);
        extension::for_each(place, list, |extension| {
            match extension.oid {
                oid::CRL_NUMBER => {
                    let mut inside = Walk::new("cRLNumber", extension.value);
                    let number = inside.expect("cRLNumber", Tag::Integer)?;
                    found.number = Some(significant(number.integer()?));
                    inside.finish()?;
                }
                oid::AUTHORITY_KEY_IDENTIFIER => {
                    let place = "authorityKeyIdentifier";
                    let mut inside = Walk::sequence(place, extension.value)?;
                    found.authority_key_identifier = inside.optional(place, primitive(0))?.map(|id| id.value);
                }
                unknown if extension.critical => found.critical = Some(unknown),
                _ => {}
            }
            Ok::<(), Malformed>(())
        })?;
        Ok(found)
    }
}

/// A CRL whose signature was verified, all of whose entries can be read.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedCrl<'a>(CrlReader<'a>);

impl<'a> VerifiedCrl<'a> {
    /// The entry of this serial number (big-endian, leading zeros do not matter), if it is on the list.
    ///
    /// Walks the list, a few nanoseconds an entry. Of two entries for one serial the first counts.
    #[must_use]
    pub fn lookup(&self, serial: &[u8]) -> Option<CrlEntry<'a>> {
        let wanted = significant(serial);
        let mut list = Walk::new(ENTRY, self.0.revoked);
        while let Ok(field) = list.expect(ENTRY, Tag::Sequence) {
            let number = field.open(ENTRY).expect(ENTRY, Tag::Integer).ok()?;
            if significant(number.value) == wanted {
                return CrlEntry::read(&field).ok();
            }
        }
        None
    }

    /// The entries, in the order of the list.
    pub fn entries(&self) -> impl Iterator<Item = CrlEntry<'a>> + use<'a> {
        // `verify` has read every entry once, so none is lost here.
        self.0.entries().filter_map(Result::ok)
    }
}

impl<'a> std::ops::Deref for VerifiedCrl<'a> {
    type Target = CrlReader<'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// One revoked certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CrlEntry<'a> {
    /// The content octets of the serial number's INTEGER, so with a leading zero where the number needs one.
    pub serial: &'a [u8],
    /// When it was revoked.
    pub revoked_at: Timestamp,
    /// Why; `None` when the list does not say or says a code that RFC 5280 does not give.
    pub reason: Option<RevocationReason>,
    /// Since when the certificate should not have been trusted.
    pub invalidity: Option<Timestamp>,
}

impl<'a> CrlEntry<'a> {
    fn read(field: &Field<'a>) -> Result<Self, CrlError> {
        let mut fields = field.open(ENTRY);
        let serial = fields.expect("userCertificate", Tag::Integer)?.integer()?;
        let revoked_at = read_time(&fields.any("revocationDate")?)?;
        let mut entry = Self {
            serial,
            revoked_at,
            reason: None,
            invalidity: None,
        };
        if let Some(list) = fields.optional("crlEntryExtensions", Tag::Sequence)? {
            extension::for_each("crlEntryExtensions", list.open("crlEntryExtensions"), |extension| {
                entry.take(&extension)
            })?;
        }
        fields.finish()?;
        Ok(entry)
    }

    fn take(&mut self, extension: &extension::Extension<'_>) -> Result<(), CrlError> {
        match extension.oid {
            oid::CRL_REASON => {
                let place = "reasonCode";
                let mut inside = Walk::new(place, extension.value);
                let code = inside.expect(place, Tag::Enumerated)?;
                inside.finish()?;
                self.reason = read_reason(&code)?;
            }
            oid::INVALIDITY_DATE => {
                let place = "invalidityDate";
                let mut inside = Walk::new(place, extension.value);
                self.invalidity = Some(read_generalized(&inside.any(place)?)?);
                inside.finish()?;
            }
            unknown if extension.critical => return Err(CrlError::Critical(extension::dotted(unknown))),
            _ => {}
        }
        Ok(())
    }
}

/// A `CRLReason`; `None` for a code that RFC 5280 does not give.
pub(crate) fn read_reason(field: &Field<'_>) -> Result<Option<RevocationReason>, Malformed> {
    match field.value {
        [code @ 0..=127] => Ok(RevocationReason::from_code(*code)),
        _ => Err(field.malformed()),
    }
}

/// A walk over the entries of a CRL; ends after the first entry that cannot be read.
#[derive(Clone, Debug)]
pub struct CrlEntries<'a> {
    walk: Walk<'a>,
}

impl<'a> Iterator for CrlEntries<'a> {
    type Item = Result<CrlEntry<'a>, CrlError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.walk.is_done() {
            return None;
        }
        let entry = self
            .walk
            .expect(ENTRY, Tag::Sequence)
            .map_err(CrlError::from)
            .and_then(|field| CrlEntry::read(&field));
        if entry.is_err() {
            self.walk = Walk::new(ENTRY, &[]);
        }
        Some(entry)
    }
}

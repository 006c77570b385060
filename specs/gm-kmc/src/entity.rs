//! Who a CA or KMC is: `EntName`.

use der::Tag;
use gm_suite::{DigestAlgorithm, InvalidKey, PublicKey};
use gm_syntax::{
    IssuerAndSerial, Malformed, NAME_BYTES_MAX, Problem, SERIAL_BYTES_MAX,
    der_fields::{Fields, context},
    der_writer::DerWriter,
    read_name, without_leading_zeros,
};
use x509_cert::{Certificate, name::Name};

use crate::{
    limits::KEY_HASH_BYTES_MAX,
    wire::{read_bare_algorithm, refused},
};

/// A party by its distinguished name, the hash of its public key, and the serial number of its
/// certificate (`EntName`, GM/T 0014).
///
/// Two are equal when all parts are. As a key of a map it is fit; as a proof of anything it is not.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct EntityName {
    digest: DigestAlgorithm,
    name: Name,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
}

impl EntityName {
    /// A party by its parts; the key is hashed with SM3, leading zeros of `serial` do not count.
    ///
    /// # Errors
    /// [`EntityNameError::Outside`] when a part is longer than the protocol allows.
    pub fn new(name: &Name, key: &PublicKey, serial: &[u8]) -> Result<Self, EntityNameError> {
        let encoded = der::Encode::to_der(name).map_err(|error| Malformed::new("entName", 0, error.into()))?;
        limit("entName", &encoded, NAME_BYTES_MAX)?;
        let serial = without_leading_zeros(serial);
        limit("serialNumber", serial, SERIAL_BYTES_MAX)?;
        let digest = DigestAlgorithm::Sm3;
        Ok(Self {
            digest,
            name: name.clone(),
            key_hash: digest.digest(key.raw()),
            serial: serial.to_vec(),
        })
    }

    /// The party that holds this certificate.
    ///
    /// # Errors
    /// [`EntityNameError`]: its key is not one that we know, or a part is too long.
    pub fn of(certificate: &Certificate) -> Result<Self, EntityNameError> {
        let tbs = certificate.tbs_certificate();
        let spki = der::Encode::to_der(tbs.subject_public_key_info())
            .map_err(|error| Malformed::new("entPubKeyHash", 0, error.into()))?;
        let key = PublicKey::from_spki(&spki)?;
        Self::new(tbs.subject(), &key, tbs.serial_number().as_bytes())
    }

    /// The distinguished name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The hash of the public key.
    #[must_use]
    pub fn key_hash(&self) -> &[u8] {
        &self.key_hash
    }

    /// The serial number as big-endian octets without leading zeros.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Whether the hash is that of `key`: of its BIT STRING content as we write it, or of its whole
    /// `SubjectPublicKeyInfo`, which the structure does not rule out.
    #[must_use]
    pub fn has_key(&self, key: &PublicKey) -> bool {
        [key.raw(), key.spki()]
            .map(|octets| self.digest.digest(octets))
            .contains(&self.key_hash)
    }

    /// A certificate that this party issued, or is about to issue, as GB/T 35275 names it.
    #[must_use]
    pub fn issued(&self, serial: &[u8]) -> IssuerAndSerial {
        IssuerAndSerial::new(self.name.clone(), serial)
    }

    pub(crate) fn write(&self, w: &mut DerWriter) {
        w.sequence(|w| {
            w.algorithm(&self.digest.oid());
            w.context(4, |w| w.value(&self.name)); // directoryName of GeneralName
            w.octets(&self.key_hash);
            w.unsigned(&self.serial);
        });
    }

    pub(crate) fn read(fields: &mut Fields<'_>, field: &str) -> Result<Self, Malformed> {
        fields.sequence(field, |fields| {
            let offset = fields.offset();
            let oid = read_bare_algorithm(fields, "hashAlgorithm")?;
            let digest = DigestAlgorithm::from_oid(&oid).ok_or_else(|| refused("hashAlgorithm", offset, oid))?;
            let name = fields.tagged("entName", context(4))?;
            let name = name
                .enter(|fields| read_name(fields, ""))
                .map_err(|error| error.within("entName"))?;
            let hash = fields.tagged("entPubKeyHash", Tag::OctetString)?;
            limit("entPubKeyHash", hash.content, KEY_HASH_BYTES_MAX)
                .map_err(|error| hash.malformed("entPubKeyHash", error.problem().clone()))?;
            let serial = fields.unsigned("serialNumber", SERIAL_BYTES_MAX)?;
            Ok(Self {
                digest,
                name,
                key_hash: hash.content.to_vec(),
                serial: without_leading_zeros(serial).to_vec(),
            })
        })
    }
}

/// Why a party cannot be named.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EntityNameError {
    /// A part is longer than the protocol allows.
    #[error(transparent)]
    Outside(#[from] Malformed),
    /// The certificate's key is not one that we know.
    #[error(transparent)]
    Key(#[from] InvalidKey),
}

fn limit(field: &str, octets: &[u8], max: usize) -> Result<(), Malformed> {
    let found = octets.len();
    if found > max {
        return Err(Malformed::new(field, 0, Problem::TooLong { max, found }));
    }
    Ok(())
}

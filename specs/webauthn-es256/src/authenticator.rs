//! Authenticator data (§6.1): what the device says, under its signature.
//!
//! ```text
//! rpIdHash 32 │ flags 1 │ counter 4 │ AAGUID 16 │ length 2 │ credential id │ COSE key 77 │ extensions
//!                                     └───────── only with AT ──────────────────────────┘ └ with ED ┘
//! ```

use gm_suite::PublicKey;

use crate::ceremony::{CREDENTIAL_ID_MAX, CeremonyError};
use crate::party::{RelyingParty, Synced};

/// Largest authenticator data that are read: 1,155 octets and extensions that nobody asked for.
const OCTETS_MAX: usize = 4096;
const HASH_LEN: usize = 32;
const AAGUID_LEN: usize = 16;
const COORDINATE_LEN: usize = 32;

/// An ES256 key in COSE: a map of five, 1 (kty) = 2 (EC2), 3 (alg) = −7 (ES256), −1 (crv) = 1 (P-256), then −2 (x) as 32
/// octets; between x and y the head of −3. §6.5.1.1 demands these members and no others, CTAP2 §6 this order and these
/// lengths, and §5.8.5 that the point is not compressed.
const KEY_HEAD: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const KEY_MIDDLE: [u8; 3] = [0x22, 0x58, 0x20];
/// A `SubjectPublicKeyInfo` of P-256 (RFC 5480) up to the coordinates.
const SPKI_HEAD: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];

/// The user was there.
const PRESENT: u8 = 1;
/// The device knew them: by PIN, finger or face.
const VERIFIED: u8 = 1 << 2;
/// The key may be copied to other devices (Level 3, BE) and has been (BS).
const MAY_BE_COPIED: u8 = 1 << 3;
const COPIED: u8 = 1 << 4;
/// A key follows.
const ATTESTED: u8 = 1 << 6;
/// Extensions follow.
const EXTENDED: u8 = 1 << 7;

/// A key as a device made it.
#[derive(Debug)]
pub(crate) struct Attested {
    pub(crate) id: Vec<u8>,
    pub(crate) key: PublicKey,
}

/// Authenticator data as they were read; nothing is verified but the form, and that the key is on its curve.
#[derive(Debug)]
pub(crate) struct AuthenticatorData {
    id_hash: [u8; HASH_LEN],
    flags: u8,
    pub(crate) counter: u32,
    pub(crate) attested: Option<Attested>,
}

impl AuthenticatorData {
    pub(crate) fn parse(octets: &[u8]) -> Result<Self, CeremonyError> {
        if octets.len() > OCTETS_MAX {
            return Err(MALFORMED);
        }
        let (id_hash, rest) = octets.split_first_chunk().ok_or(MALFORMED)?;
        let ([flags], rest) = rest.split_first_chunk().ok_or(MALFORMED)?;
        let (counter, rest) = rest.split_first_chunk().ok_or(MALFORMED)?;
        let (attested, rest) = match flags & ATTESTED {
            0 => (None, rest),
            _ => attested(rest).map(|(attested, rest)| (Some(attested), rest))?,
        };
        if rest.is_empty() == (flags & EXTENDED != 0) {
            return Err(MALFORMED);
        }
        Ok(Self {
            id_hash: *id_hash,
            flags: *flags,
            counter: u32::from_be_bytes(*counter),
            attested,
        })
    }

    /// §7.1 steps 13 to 15, §7.2 steps 15 to 17; and that a copied key is one that may be copied (Level 3, §6.1.3).
    pub(crate) fn verify(&self, party: &RelyingParty) -> Result<(), CeremonyError> {
        if self.id_hash.as_slice() != party.id_hash() {
            return Err(CeremonyError::Party);
        }
        if self.flags & PRESENT == 0 {
            return Err(CeremonyError::NotPresent);
        }
        if self.flags & VERIFIED == 0 {
            return Err(CeremonyError::NotVerified);
        }
        if self.flags & COPIED != 0 && !self.is_synced() {
            return Err(MALFORMED);
        }
        if self.is_synced() && party.synced() == Synced::Refused {
            return Err(CeremonyError::Synced);
        }
        Ok(())
    }

    /// Whether the key may be copied to other devices.
    pub(crate) const fn is_synced(&self) -> bool {
        self.flags & MAY_BE_COPIED != 0
    }
}

const MALFORMED: CeremonyError = CeremonyError::Malformed("authenticatorData");

/// Attested credential data (§6.5.1), and what follows.
fn attested(octets: &[u8]) -> Result<(Attested, &[u8]), CeremonyError> {
    let (_, rest) = octets.split_at_checked(AAGUID_LEN).ok_or(MALFORMED)?;
    let (length, rest) = rest.split_first_chunk().ok_or(MALFORMED)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > CREDENTIAL_ID_MAX {
        return Err(MALFORMED);
    }
    let (id, rest) = rest.split_at_checked(length).ok_or(MALFORMED)?;
    let rest = rest.strip_prefix(&KEY_HEAD).ok_or(CeremonyError::Algorithm)?;
    let (x, rest) = rest.split_at_checked(COORDINATE_LEN).ok_or(MALFORMED)?;
    let rest = rest.strip_prefix(&KEY_MIDDLE).ok_or(CeremonyError::Algorithm)?;
    let (y, rest) = rest.split_at_checked(COORDINATE_LEN).ok_or(MALFORMED)?;
    let key = PublicKey::from_spki(&[&SPKI_HEAD, x, y].concat()).map_err(|_| MALFORMED)?;
    Ok((Attested { id: id.to_vec(), key }, rest))
}

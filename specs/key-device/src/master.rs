//! The master key: random, wrapped under a passphrase, and the seals made with what is derived from it.
//!
//! A seal is `version ‖ salt ‖ SM4-GCM`: key and nonce of each are the first 28 octets of
//! `SM3(version ‖ master ‖ salt)`, so that no key seals twice, however many seals there are (a random 96-bit nonce under
//! one key would be good for 2³² of them). The context is the additional data. Inputs of the digest have one length each,
//! and the digest never leaves, so there is nothing to extend.

use argon2::{Algorithm, Argon2, Params, Version};
use gm_suite::{sm3, sm4};
use zeroize::{Zeroize as _, Zeroizing};

use crate::pages::Pages;

/// Octets of the master key.
pub(crate) const MASTER_LEN: usize = 32;
/// Octets of every salt.
pub(crate) const SALT_LEN: usize = 16;
/// First octet of a seal.
const VERSION: u8 = 1;

/// How hard it is to try a passphrase.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
}

impl Effort {
    /// The first choice of OWASP's password storage advice for Argon2id: 19 MiB, two passes, one lane.
    pub(crate) const USUAL: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
    /// What a damaged or forged `device.toml` may ask for at most.
    const MEMORY_KIB_MAX: u32 = 1024 * 1024;
    const PASSES_MAX: u32 = 16;
}

/// The master key in memory; wiped when dropped.
pub(crate) struct Master(Zeroizing<[u8; MASTER_LEN]>);

impl Master {
    /// A new random one.
    pub(crate) fn random() -> Option<Self> {
        gm_suite::random().ok().map(|octets| Self(Zeroizing::new(octets)))
    }

    /// The key that a passphrase gives: only good for wrapping a random one.
    pub(crate) fn from_passphrase(passphrase: &[u8], salt: &[u8; SALT_LEN], effort: Effort) -> Option<Self> {
        if effort.memory_kib > Effort::MEMORY_KIB_MAX || effort.passes > Effort::PASSES_MAX {
            return None;
        }
        let params = Params::new(effort.memory_kib, effort.passes, 1, Some(MASTER_LEN)).ok()?;
        let memory = Pages::of(params.block_count())?;
        let mut key = Zeroizing::new([0; MASTER_LEN]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase, salt, &mut *key, memory)
            .ok()?;
        Some(Self(key))
    }

    /// The octets, for wrapping under another.
    pub(crate) fn octets(&self) -> &[u8; MASTER_LEN] {
        &self.0
    }

    /// Takes over unwrapped octets.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        octets.try_into().ok().map(|octets| Self(Zeroizing::new(octets)))
    }

    /// Seals `plain` in `context`; `None` when the system has no randomness.
    pub(crate) fn seal(&self, context: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let salt: [u8; SALT_LEN] = gm_suite::random().ok()?;
        let (key, nonce) = self.derive(&salt);
        let body = sm4::gcm_seal(&key, &nonce, context, plain).ok()?;
        let mut sealed = Vec::with_capacity(1 + SALT_LEN + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&salt);
        sealed.extend_from_slice(&body);
        Some(sealed)
    }

    /// Opens a seal; `None` when it was not made with this key in this context.
    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&version, rest) = sealed.split_first()?;
        let (salt, body) = rest.split_first_chunk::<SALT_LEN>()?;
        if version != VERSION {
            return None;
        }
        let (key, nonce) = self.derive(salt);
        sm4::gcm_open(&key, &nonce, context, body).ok()
    }

    fn derive(&self, salt: &[u8; SALT_LEN]) -> (Zeroizing<[u8; 16]>, [u8; 12]) {
        let mut input = Zeroizing::new([VERSION; 1 + MASTER_LEN + SALT_LEN]);
        for (place, octet) in input.iter_mut().skip(1).zip(self.0.iter().chain(salt)) {
            *place = *octet;
        }
        let mut digest = sm3(&*input);
        let (mut key, mut nonce) = (Zeroizing::new([0; 16]), [0; 12]);
        for (place, octet) in key.iter_mut().chain(&mut nonce).zip(digest) {
            *place = octet;
        }
        digest.zeroize();
        (key, nonce)
    }
}

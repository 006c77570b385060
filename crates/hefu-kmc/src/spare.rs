//! 备用库 the spare store: key pairs made when there is time, so that applications do not wait for them.
//!
//! Making a pair costs the same whenever it is made, so the store is for bursts, not for throughput: it is
//! refilled only while nobody applies. When it is empty, pairs are made on the spot.

use gm_suite::{KeyAlgorithm, KeyError, PrivateKey};
use key_device::{DeviceError, KeyDevice};
use zeroize::Zeroizing;

use crate::store::Spare;

/// What a sealed key is sealed with, before its public half.
const SEAL_CONTEXT: &[u8] = b"hefu-kmc key/1\0";

/// Why a key pair could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyMakingError {
    /// The generator or the key itself failed.
    #[error("an encryption key pair cannot be made or read back")]
    Key(#[from] KeyError),
    /// The device did not seal or open.
    #[error("the key device refused")]
    Device(#[from] DeviceError),
    /// A sealed key opened to something that is not the key its row names.
    #[error("a sealed key does not belong to its public key")]
    NotItsKey,
}

/// Makes one pair and seals it.
pub(crate) fn make(device: &dyn KeyDevice) -> Result<Spare, KeyMakingError> {
    let key = PrivateKey::generate(KeyAlgorithm::Sm2)?;
    let public_key = key.public_key().spki().to_vec();
    let scalar = key.sm2_scalar().ok_or(KeyMakingError::NotItsKey)?;
    let sealed = device.seal(&context(&public_key), scalar.as_slice())?;
    Ok(Spare { public_key, sealed })
}

/// Opens a sealed pair. The caller drops it as soon as it is enveloped.
pub(crate) fn open(device: &dyn KeyDevice, public_key: &[u8], sealed: &[u8]) -> Result<PrivateKey, KeyMakingError> {
    let plain = device.open(&context(public_key), sealed)?;
    let mut scalar = Zeroizing::new([0_u8; 32]);
    if plain.len() != scalar.len() {
        return Err(KeyMakingError::NotItsKey);
    }
    scalar.copy_from_slice(&plain);
    let key = PrivateKey::from_sm2_scalar(&scalar).map_err(|_| KeyMakingError::NotItsKey)?;
    if key.public_key().spki() == public_key {
        Ok(key)
    } else {
        Err(KeyMakingError::NotItsKey)
    }
}

fn context(public_key: &[u8]) -> Vec<u8> {
    [SEAL_CONTEXT, public_key].concat()
}

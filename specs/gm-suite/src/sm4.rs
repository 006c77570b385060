//! SM4 (GB/T 32907) in the modes that the suite's formats use: ECB for `SM2EnvelopedKey`, CBC for messages, GCM for
//! keys at rest.
//!
//! The cipher is the table implementation of `RustCrypto`: its look-ups depend on the key, so a neighbour on the same
//! core who watches the cache may learn of it. Use it where keys are already protected by the machine, as here.

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead as _, Payload};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use zeroize::Zeroizing;

/// Octets of a key, of a block and of a GCM tag.
pub const BLOCK_LEN: usize = 16;
/// Octets of a GCM nonce.
pub const NONCE_LEN: usize = 12;

type Gcm = AesGcm<Sm4, U12>;

/// SM4 could not be applied to the data.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Sm4Error {
    /// ECB without padding needs whole blocks. Malformed.
    #[error("{len} octets are not a whole number of SM4 blocks")]
    PartialBlock {
        /// Octets given.
        len: usize,
    },
    /// Length or padding is wrong: another key, or changed data. A refusal.
    #[error("the SM4-CBC ciphertext does not decrypt with this key")]
    Padding,
    /// The tag does not match: another key, nonce or context, or changed data. A refusal.
    #[error("the SM4-GCM ciphertext does not open with this key")]
    Tag,
    /// More data than the mode allows (64 GiB for GCM). A refusal.
    #[error("too much data for one SM4-GCM message")]
    TooLong,
}

/// Encrypts whole blocks in ECB mode, without padding.
///
/// # Errors
/// [`Sm4Error::PartialBlock`] unless `blocks` is a multiple of 16 octets.
pub fn ecb_encrypt(key: &[u8; 16], blocks: &[u8]) -> Result<Vec<u8>, Sm4Error> {
    let cipher = Sm4::new(key.into());
    let mut out = blocks.to_vec();
    for block in whole_blocks(&mut out)? {
        cipher.encrypt_block(block);
    }
    Ok(out)
}

/// Decrypts whole blocks in ECB mode, without padding.
///
/// # Errors
/// [`Sm4Error::PartialBlock`] unless `blocks` is a multiple of 16 octets.
pub fn ecb_decrypt(key: &[u8; 16], blocks: &[u8]) -> Result<Zeroizing<Vec<u8>>, Sm4Error> {
    let cipher = Sm4::new(key.into());
    let mut out = Zeroizing::new(blocks.to_vec());
    for block in whole_blocks(&mut out)? {
        cipher.decrypt_block(block);
    }
    Ok(out)
}

fn whole_blocks(data: &mut [u8]) -> Result<&mut [Block<Sm4>], Sm4Error> {
    let len = data.len();
    match Block::<Sm4>::slice_as_chunks_mut(data) {
        (blocks, []) => Ok(blocks),
        _ => Err(Sm4Error::PartialBlock { len }),
    }
}

/// Encrypts in CBC mode with PKCS#7 padding.
#[must_use]
pub fn cbc_encrypt(key: &[u8; 16], iv: &[u8; 16], plaintext: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<Sm4>::new(key.into(), iv.into()).encrypt_padded_vec::<Pkcs7>(plaintext)
}

/// Decrypts in CBC mode and takes off the PKCS#7 padding.
///
/// CBC is not authenticated: whoever answers strangers must not let them see whether the padding was right.
///
/// # Errors
/// [`Sm4Error::Padding`] if length or padding is wrong.
pub fn cbc_decrypt(key: &[u8; 16], iv: &[u8; 16], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Sm4Error> {
    let plaintext = cbc::Decryptor::<Sm4>::new(key.into(), iv.into()).decrypt_padded_vec::<Pkcs7>(ciphertext);
    plaintext.map(Zeroizing::new).map_err(|_| Sm4Error::Padding)
}

/// Encrypts and authenticates in GCM mode: ciphertext, then a tag of 16 octets. A nonce is used once per key.
///
/// # Errors
/// [`Sm4Error::TooLong`] above 64 GiB.
pub fn gcm_seal(key: &[u8; 16], nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Sm4Error> {
    let sealed = Gcm::new(key.into()).encrypt(nonce.into(), Payload { msg: plaintext, aad });
    sealed.map_err(|_| Sm4Error::TooLong)
}

/// Opens what [`gcm_seal`] made, with the same key, nonce and associated data.
///
/// # Errors
/// [`Sm4Error::Tag`] if anything differs.
pub fn gcm_open(key: &[u8; 16], nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Sm4Error> {
    let plaintext = Gcm::new(key.into()).decrypt(nonce.into(), Payload { msg: sealed, aad });
    plaintext.map(Zeroizing::new).map_err(|_| Sm4Error::Tag)
}

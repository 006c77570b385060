//! Algorithm suites of Chinese and international public-key practice behind one small set of traits.
//!
//! What it is: SM2 (GB/T 32918), SM3 (GB/T 32905), SM4 (GB/T 32907), and beside them ECDSA, RSA, Ed25519 and
//! ML-DSA, so that whoever signs, verifies, wraps or hashes need not know which country's algorithm it was.
//!
//! ```text
//! SubjectPublicKeyInfo ──▶ PublicKey ──verify──▶ ()           Signer     a key in software or in a device
//! PKCS#8 ──▶ PrivateKey ──sign──▶ signature                   Decryptor  likewise, for SM2Cipher
//! ```
//!
//! Invariants: a [`PublicKey`] is always a key worth verifying with (the point is on its curve, the modulus is long
//! enough, nothing trails the encoding); a private key is never printed and is wiped when dropped; operations on
//! secrets take the same steps whatever the secret, while verification, which sees only public data, may be quick.
//!
//! ```
//! use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm, Signer};
//!
//! let key = PrivateKey::generate(KeyAlgorithm::Sm2)?;
//! let signature = key.sign(b"message")?;
//! let public = PublicKey::from_spki(key.public_key().spki())?;
//! assert!(public.verify(SignatureAlgorithm::Sm2Sm3, b"message", &signature).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it does not know: certificates, messages, files, passphrases, clocks. Those are `gm-syntax` and above.

mod algorithm;
mod digest;
mod international;
pub mod oid;
mod private_key;
mod public_key;
mod random;
mod signer;
pub mod sm2;
pub mod sm4;

pub use algorithm::{KeyAlgorithm, SignatureAlgorithm, UnknownName, UnsupportedAlgorithm};
pub use digest::{DigestAlgorithm, Hasher, sm3};
pub use private_key::PrivateKey;
pub use public_key::{BadSignature, InvalidKey, PublicKey};
pub use random::{RandomFailure, random};
pub use signer::{DecryptError, Decryptor, KeyError, SignError, Signer};

//! Keys that never leave: the device trait and the software device.
//!
//! A device holds private keys by label. What comes out is a public key, a signature, a decrypted message or a sealed
//! blob; never a private key. [`KeyDevice`] is what a PKCS#11 or SDF (GM/T 0018) driver implements too.
//!
//! [`SoftwareDevice`] is a folder: `device.toml` with the parameters of Argon2id and a wrapped master key, and one sealed
//! file for each key. It is for evaluation and for keys whose policy allows it; the standards want a certified device for
//! the keys of a CA (GM/T 0034, as recalled).
//!
//! What this crate does not know: what a key is for, certificates, where passphrases come from, the time.

mod device;
mod folder;
mod master;
mod pages;
mod software;

pub use device::{DeviceError, KeyDevice, LABEL_CHARACTERS_MAX, SEAL_OCTETS_MAX};
pub use software::SoftwareDevice;

//! Keys and files that a role starts with: devices, public keys of peers, certificates. Every error names its file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use gm_suite::{PublicKey, Signer};
use gm_syntax::pem_text;
use key_device::{KeyDevice, SoftwareDevice};
use zeroize::Zeroizing;

use crate::config::Zone;
use crate::start::StartError;

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|why| StartError::File {
        path: path.to_owned(),
        why: why.to_string(),
    })
}

/// Unlocks a zone's device with the passphrase in its file.
pub(crate) fn unlock(zone: &Zone) -> Result<Arc<dyn KeyDevice>, StartError> {
    unlock_device(&zone.device, &zone.passphrase_file)
}

/// Unlocks a device that belongs to no zone.
pub(crate) fn unlock_device(folder: &Path, passphrase_file: &Path) -> Result<Arc<dyn KeyDevice>, StartError> {
    let passphrase = Zeroizing::new(read(passphrase_file)?);
    let device = SoftwareDevice::unlock(folder, passphrase.trim_ascii_end()).map_err(|why| StartError::Device {
        folder: folder.to_owned(),
        why,
    })?;
    Ok(Arc::new(device))
}

/// The key with this label; its absence is named.
pub(crate) fn signer(device: &Arc<dyn KeyDevice>, label: &str) -> Result<Arc<dyn Signer>, StartError> {
    device.signer(label).map_err(|why| StartError::Key {
        label: label.to_owned(),
        why,
    })
}

/// A public key in PEM.
pub(crate) fn public_key(path: &Path) -> Result<PublicKey, StartError> {
    let named = |why: String| StartError::File {
        path: path.to_owned(),
        why,
    };
    let der = pem_text::decode(&read(path)?, "PUBLIC KEY").map_err(|why| named(why.to_string()))?;
    PublicKey::from_spki(&der).map_err(|why| named(why.to_string()))
}

/// A certificate in PEM or DER, as DER.
pub(crate) fn certificate(path: &Path) -> Result<Vec<u8>, StartError> {
    pem_text::decode(&read(path)?, "CERTIFICATE").map_err(|why| StartError::File {
        path: path.to_owned(),
        why: why.to_string(),
    })
}

/// A bearer token in a file, without the line's end.
pub(crate) fn token(path: &Path) -> Result<String, StartError> {
    let bytes = read(path)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

//! The software device: a folder of sealed files, opened by a passphrase.
//!
//! ```text
//! passphrase ─ Argon2id ─▶ wrapping key ─ opens ─▶ master key ─ opens ─▶ LABEL.key (PKCS#8)
//!              device.toml: salt, effort           device.toml: wrapped
//! ```
//!
//! One derivation opens everything, so a daemon with ten keys starts as fast as with one. Keys are opened when they are
//! first asked for and stay in memory, wiped when the device goes.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gm_suite::{Decryptor, KeyAlgorithm, PrivateKey, PublicKey, Signer};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::device::{DeviceError, KeyDevice, SEAL_OCTETS_MAX, check_label};
use crate::folder;
use crate::master::{Effort, Master, SALT_LEN};

const DEVICE_FILE: &str = "device.toml";
const KEY_EXTENSION: &str = "key";
const FORMAT: u32 = 1;
/// What the seals are about, so that none passes for another.
const WRAPPED_CONTEXT: &[u8] = b"hefu software device: master key";
const KEY_CONTEXT: &str = "hefu software device: key ";
const DATA_CONTEXT: &[u8] = b"hefu software device: data ";

/// Keys in a folder.
pub struct SoftwareDevice {
    folder: PathBuf,
    master: Master,
    open: Mutex<HashMap<String, Arc<PrivateKey>>>,
}

/// Shows where, never what.
impl fmt::Debug for SoftwareDevice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SoftwareDevice")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The content of `device.toml`. The check sum tells a damaged file from a wrong passphrase; it protects from nobody who
/// can write the file, who could as well delete it.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct DeviceFile {
    format: u32,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    wrapped: String,
    check: String,
}

const KDF: &str = "argon2id";

impl DeviceFile {
    /// Wraps a master key under a passphrase.
    fn wrap(master: &Master, passphrase: &[u8]) -> Result<Self, DeviceError> {
        let salt: [u8; SALT_LEN] = gm_suite::random().map_err(|_| DeviceError::NoRandomness)?;
        let wrapping = Master::from_passphrase(passphrase, &salt, Effort::USUAL)
            .ok_or(DeviceError::Key("the passphrase cannot be used".to_owned()))?;
        let wrapped = wrapping
            .seal(WRAPPED_CONTEXT, master.octets())
            .ok_or(DeviceError::NoRandomness)?;
        let mut file = Self {
            format: FORMAT,
            kdf: KDF.to_owned(),
            memory_kib: Effort::USUAL.memory_kib,
            passes: Effort::USUAL.passes,
            salt: hex::encode(salt),
            wrapped: hex::encode(wrapped),
            check: String::new(),
        };
        file.check = file.sum();
        Ok(file)
    }

    /// Reads the file, or says what is wrong with it.
    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
        let file: Self = toml::from_str(text).map_err(|_| "not the fields of a device")?;
        if file.format != FORMAT || file.kdf != KDF {
            return Err("a format of another release");
        }
        if file.check == file.sum() {
            Ok(file)
        } else {
            Err("the check sum does not match")
        }
    }

    fn sum(&self) -> String {
        let Self {
            format,
            kdf,
            memory_kib,
            passes,
            salt,
            wrapped,
            ..
        } = self;
        let text = format!("{format} {kdf} {memory_kib} {passes} {salt} {wrapped}");
        hex::encode(gm_suite::sm3(text.as_bytes()))
    }

    /// The wrapped octets; `None` when the passphrase is wrong.
    fn unwrap_with(&self, passphrase: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, &'static str> {
        let mut salt = [0; SALT_LEN];
        hex::decode_to_slice(&self.salt, &mut salt).map_err(|_| "the salt is not hexadecimal")?;
        let wrapped = hex::decode(&self.wrapped).map_err(|_| "the wrapped key is not hexadecimal")?;
        let effort = Effort {
            memory_kib: self.memory_kib,
            passes: self.passes,
        };
        let wrapping = Master::from_passphrase(passphrase, &salt, effort).ok_or("the effort is out of bounds")?;
        Ok(wrapping.open(WRAPPED_CONTEXT, &wrapped))
    }
}

impl SoftwareDevice {
    /// Makes an empty device in a folder, which is made too if it is missing.
    ///
    /// # Errors
    /// [`DeviceError::Exists`] when there is one; [`DeviceError::EmptyPassphrase`]; a fault of files or randomness.
    pub fn create(folder: &Path, passphrase: &[u8]) -> Result<Self, DeviceError> {
        if passphrase.is_empty() {
            return Err(DeviceError::EmptyPassphrase);
        }
        folder::make(folder)?;
        let master = Master::random().ok_or(DeviceError::NoRandomness)?;
        let file = DeviceFile::wrap(&master, passphrase)?;
        let path = folder.join(DEVICE_FILE);
        let text = toml::to_string(&file).map_err(|_| DeviceError::Damaged {
            path: path.clone(),
            why: "not TOML",
        })?;
        if !folder::write_new(&path, text.as_bytes())? {
            return Err(DeviceError::Exists(folder.to_owned()));
        }
        Ok(Self::opened(folder, master))
    }

    /// Opens the device in a folder, and removes what interrupted writes left there.
    ///
    /// # Errors
    /// [`DeviceError::WrongPassphrase`], [`DeviceError::Damaged`], or a fault of files.
    pub fn unlock(folder: &Path, passphrase: &[u8]) -> Result<Self, DeviceError> {
        let path = folder.join(DEVICE_FILE);
        let damaged = |why| DeviceError::Damaged {
            path: path.clone(),
            why,
        };
        let missing = || DeviceError::File {
            path: path.clone(),
            why: "there is no device here".to_owned(),
        };
        let bytes = folder::read(&path)?.ok_or_else(missing)?;
        let file = DeviceFile::read(&bytes).map_err(damaged)?;
        let octets = file
            .unwrap_with(passphrase)
            .map_err(damaged)?
            .ok_or(DeviceError::WrongPassphrase)?;
        let master = Master::from_octets(&octets).ok_or_else(|| damaged("the wrapped key has another length"))?;
        folder::sweep(folder)?;
        Ok(Self::opened(folder, master))
    }

    fn opened(folder: &Path, master: Master) -> Self {
        Self {
            folder: folder.to_owned(),
            master,
            open: Mutex::new(HashMap::new()),
        }
    }

    fn path(&self, label: &str) -> PathBuf {
        self.folder.join(format!("{label}.{KEY_EXTENSION}"))
    }

    /// The key of this label, out of memory or out of its file.
    fn key(&self, label: &str) -> Result<Arc<PrivateKey>, DeviceError> {
        check_label(label)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = open.get(label) {
            return Ok(Arc::clone(key));
        }
        let path = self.path(label);
        let sealed = folder::read(&path)?.ok_or_else(|| DeviceError::NoSuchKey(label.to_owned()))?;
        let damaged = |why| DeviceError::Damaged {
            path: path.clone(),
            why,
        };
        let context = format!("{KEY_CONTEXT}{label}");
        let pkcs8 = self
            .master
            .open(context.as_bytes(), &sealed)
            .ok_or_else(|| damaged("it is not a key of this device under this label"))?;
        let key = Arc::new(PrivateKey::from_pkcs8(&pkcs8).map_err(|_| damaged("what is sealed in it is not a key"))?);
        open.insert(label.to_owned(), Arc::clone(&key));
        Ok(key)
    }
}

impl KeyDevice for SoftwareDevice {
    fn generate(&self, label: &str, algorithm: KeyAlgorithm) -> Result<PublicKey, DeviceError> {
        check_label(label)?;
        self.import(label, PrivateKey::generate(algorithm)?)
    }

    fn import(&self, label: &str, key: PrivateKey) -> Result<PublicKey, DeviceError> {
        check_label(label)?;
        let context = format!("{KEY_CONTEXT}{label}");
        let sealed = self
            .master
            .seal(context.as_bytes(), &key.to_pkcs8()?)
            .ok_or(DeviceError::NoRandomness)?;
        if !folder::write_new(&self.path(label), &sealed)? {
            return Err(DeviceError::LabelTaken(label.to_owned()));
        }
        Ok(key.public_key().clone())
    }

    fn signer(&self, label: &str) -> Result<Arc<dyn Signer>, DeviceError> {
        Ok(self.key(label)?)
    }

    fn decryptor(&self, label: &str) -> Result<Arc<dyn Decryptor>, DeviceError> {
        let key = self.key(label)?;
        if key.public_key().algorithm() == KeyAlgorithm::Sm2 {
            Ok(key)
        } else {
            Err(DeviceError::CannotDecrypt(label.to_owned()))
        }
    }

    fn labels(&self) -> Result<Vec<String>, DeviceError> {
        folder::stems(&self.folder, KEY_EXTENSION)
    }

    fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, DeviceError> {
        if plain.len() > SEAL_OCTETS_MAX {
            return Err(DeviceError::TooLong(plain.len()));
        }
        self.master
            .seal(&[DATA_CONTEXT, context].concat(), plain)
            .ok_or(DeviceError::NoRandomness)
    }

    fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        self.master
            .open(&[DATA_CONTEXT, context].concat(), sealed)
            .ok_or(DeviceError::NotSealedHere)
    }
}

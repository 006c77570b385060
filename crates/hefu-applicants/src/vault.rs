//! The vault: one sealed file for each piece of evidence (ADR 0014).
//!
//! Each content is encrypted with SM4-GCM under a key of its own, which the key device wraps; the key stands in the
//! table, the content in the folder. A key is used for one message only, so its nonce is all zeros.
//!
//! A file is written, synced and named before its row is committed: a row without its file is damage, a file without
//! its row is the rest of an act that was not kept, and is swept at the start.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gm_suite::{sm3, sm4};
use key_device::KeyDevice;
use zeroize::Zeroizing;

use crate::evidence::Evidence;
use crate::id::EvidenceId;
use crate::media::EVIDENCE_OCTETS_MAX;
use hefu_rulebook::{Told, explain_by_telling};

/// The ending of a file that is whole.
const WHOLE: &str = "sealed";
/// The ending of a file that is being written.
const PART: &str = "part";
/// Octets that the seal adds: the tag of GCM.
const TAG_OCTETS: u64 = 16;
const NONCE: [u8; sm4::NONCE_LEN] = [0; sm4::NONCE_LEN];

/// The folder of sealed files and the device that wraps their keys.
#[derive(Clone)]
pub(crate) struct Vault {
    folder: PathBuf,
    device: Arc<dyn KeyDevice>,
}

impl Vault {
    /// Opens the folder; makes it if it is not there.
    pub(crate) fn open(folder: &Path, device: Arc<dyn KeyDevice>) -> Result<Self, VaultError> {
        fs::create_dir_all(folder).map_err(|error| VaultError::disk(&error))?;
        Ok(Self {
            folder: folder.to_owned(),
            device,
        })
    }

    /// Seals a content under a fresh key, writes it durably, and gives the wrapped key for the row.
    pub(crate) fn put(&self, id: EvidenceId, content: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = Zeroizing::new(gm_suite::random::<16>().map_err(|_| VaultError::Device)?);
        let wrapped = self
            .device
            .seal(&context(id), key.as_slice())
            .map_err(|_| VaultError::Device)?;
        let sealed = sm4::gcm_seal(&key, &NONCE, &context(id), content).map_err(|_| VaultError::Device)?;
        self.write(id, &sealed).map_err(|error| VaultError::disk(&error))?;
        Ok(wrapped)
    }

    fn write(&self, id: EvidenceId, sealed: &[u8]) -> io::Result<()> {
        let (part, whole) = (self.path(id, PART), self.path(id, WHOLE));
        let mut file = fs::File::create_new(&part)?;
        file.write_all(sealed)?;
        file.sync_all()?;
        fs::rename(&part, &whole)?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// Opens a content and checks it against its row.
    pub(crate) fn take(&self, evidence: &Evidence, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let id = evidence.id;
        let damaged = |damage| VaultError::Damaged { id, damage };
        let sealed = self.read(id)?;
        if sealed.len() as u64 != evidence.octets + TAG_OCTETS {
            return Err(damaged(Damage::Torn));
        }
        let key = self
            .device
            .open(&context(id), wrapped)
            .map_err(|_| damaged(Damage::Key))?;
        let key: Zeroizing<[u8; 16]> = Zeroizing::new(key.as_slice().try_into().map_err(|_| damaged(Damage::Key))?);
        let content = sm4::gcm_open(&key, &NONCE, &context(id), &sealed).map_err(|_| damaged(Damage::Changed))?;
        if sm3(&content) != evidence.sm3 {
            return Err(damaged(Damage::OtherContent));
        }
        Ok(content)
    }

    fn read(&self, id: EvidenceId) -> Result<Vec<u8>, VaultError> {
        let file = match fs::File::open(self.path(id, WHOLE)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(VaultError::Damaged {
                    id,
                    damage: Damage::Missing,
                });
            }
            Err(error) => return Err(VaultError::disk(&error)),
        };
        let mut sealed = Vec::new();
        // One octet more than may be, so that a file that grew is found and not read for ever.
        let most = EVIDENCE_OCTETS_MAX as u64 + TAG_OCTETS + 1;
        file.take(most)
            .read_to_end(&mut sealed)
            .map_err(|error| VaultError::disk(&error))?;
        Ok(sealed)
    }

    /// Takes a file away whose row was not kept. What cannot be taken away now is swept at the next start.
    pub(crate) fn discard(&self, id: EvidenceId) {
        let _ = fs::remove_file(self.path(id, WHOLE));
    }

    /// The numbers of all files of ours in the folder, whole or not.
    pub(crate) fn found(&self) -> Result<Vec<EvidenceId>, VaultError> {
        let mut found = HashSet::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| VaultError::disk(&error))? {
            let path = entry.map_err(|error| VaultError::disk(&error))?.path();
            let ours = path.extension().is_some_and(|ending| ending == WHOLE || ending == PART);
            let id: Option<EvidenceId> = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .and_then(|stem| stem.parse().ok());
            found.extend(id.filter(|_| ours));
        }
        Ok(found.into_iter().collect())
    }

    /// Sweeps one number: its half-written file always, its whole file when no row names it. Files that are not ours by
    /// their name are left alone.
    pub(crate) fn sweep(&self, id: EvidenceId, kept: &HashSet<EvidenceId>) -> usize {
        let mut swept = usize::from(fs::remove_file(self.path(id, PART)).is_ok());
        if !kept.contains(&id) {
            swept += usize::from(fs::remove_file(self.path(id, WHOLE)).is_ok());
        }
        swept
    }

    fn path(&self, id: EvidenceId, ending: &str) -> PathBuf {
        self.folder.join(format!("{id}.{ending}"))
    }
}

fn context(id: EvidenceId) -> Vec<u8> {
    format!("hefu-applicants/{}", id.subject()).into_bytes()
}

/// What is wrong with a piece of evidence in the vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Damage {
    /// Its file is gone.
    Missing,
    /// Its file is shorter or longer than it was.
    Torn,
    /// Octets of its file were changed.
    Changed,
    /// Its key does not open: changed, or wrapped by another device.
    Key,
    /// It opens, and is another content than was recorded.
    OtherContent,
}

impl Damage {
    /// What it says, in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Missing => "its file is gone",
            Self::Torn => "its file is shorter or longer than it was",
            Self::Changed => "octets of its file were changed",
            Self::Key => "its key does not open with this device",
            Self::OtherContent => "its content is not the one recorded",
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::Missing => "文件不存在",
            Self::Torn => "文件长度与原来不符",
            Self::Changed => "文件内容被更改",
            Self::Key => "数据密钥无法用本设备打开",
            Self::OtherContent => "内容与记录的摘要不符",
        }
    }
}

/// Why the vault did not do it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum VaultError {
    /// The disk.
    #[error("the vault's disk fails: {0}")]
    Disk(String),
    /// The key device.
    #[error("the key device does not seal")]
    Device,
    /// A piece of evidence is damaged.
    #[error("evidence {id} is damaged: {}", damage.en())]
    Damaged {
        /// Which.
        id: EvidenceId,
        /// How.
        damage: Damage,
    },
}

impl VaultError {
    fn disk(error: &io::Error) -> Self {
        Self::Disk(error.to_string())
    }

    pub(crate) fn tell(&self) -> Told {
        match self {
            Self::Disk(why) => Told::fault("vault-disk", format!("证据库磁盘故障：{why}")),
            Self::Device => Told::fault("vault-device", "密码设备无法加密"),
            Self::Damaged { id, damage } => Told::fault("evidence-damaged", format!("证据{id}已损坏：{}", damage.zh())),
        }
    }
}

explain_by_telling!(VaultError);

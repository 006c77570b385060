//! The shelf of revocation lists: the newest list of each authority, ready to be handed out.
//!
//! A list comes from a file that the authority replaces whole, or is put here. Before it is handed out it must be
//! the authority's (name and signature) and not older than the one that is there: a file that was cut short or put
//! back from a backup never takes the place of a good one.

use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use gm_suite::PublicKey;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use pkix_status::{CRL_BYTES_MAX, CrlError, CrlReader};

/// A revocation list that was verified. Cheap to clone; its bytes are shared.
#[derive(Clone, Debug)]
pub struct Crl(Arc<Listed>);

#[derive(Debug)]
struct Listed {
    der: Vec<u8>,
    number: Vec<u8>,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
}

impl Crl {
    /// The list, DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// When it was true.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.0.this_update
    }

    /// When the next one comes at the latest.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.0.next_update
    }

    /// cRLNumber in hexadecimal, as an entity tag; empty for a list without a number.
    #[must_use]
    pub fn number(&self) -> String {
        hex::encode(&self.0.number)
    }
}

impl AsRef<[u8]> for Crl {
    fn as_ref(&self) -> &[u8] {
        self.der()
    }
}

/// A list that is not put on the shelf; the one that was there stays.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// No such authority.
    #[error("no authority {0:?} is answered for here")]
    NoSuchAuthority(String),
    /// The file cannot be read.
    #[error("cannot read the revocation list {}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's sentence.
        why: std::io::Error,
    },
    /// The file is longer than any list may be.
    #[error("the revocation list {} has {octets} octets; at most {CRL_BYTES_MAX} are read", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Its length.
        octets: u64,
    },
    /// Not a list, or not signed by the authority.
    #[error("the revocation list of {authority} is refused: {why}")]
    Refused {
        /// The authority.
        authority: String,
        /// Why.
        why: CrlError,
    },
    /// Signed by the right key under another name.
    #[error("the revocation list of {authority} names another issuer")]
    OtherIssuer {
        /// The authority.
        authority: String,
    },
    /// Older than the one that is there.
    #[error("the revocation list of {authority} is older than the one that is served")]
    Older {
        /// The authority.
        authority: String,
    },
}

impl Explain for ShelfError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchAuthority(_) => "no-such-authority",
            Self::File { .. } => "crl-file",
            Self::TooLong { .. } => "crl-too-long",
            Self::Refused { .. } => "crl-refused",
            Self::OtherIssuer { .. } => "crl-other-issuer",
            Self::Older { .. } => "crl-older",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchAuthority(_) => Kind::Absent,
            Self::File { .. } => Kind::Fault,
            Self::TooLong { .. } | Self::Refused { .. } => Kind::Malformed,
            Self::OtherIssuer { .. } | Self::Older { .. } => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::NoSuchAuthority(_) => Blame::Caller,
            Self::File { .. } | Self::TooLong { .. } | Self::Older { .. } => Blame::Operator,
            Self::Refused { .. } | Self::OtherIssuer { .. } => Blame::CertificationAuthority,
        }
    }

    fn citation(&self) -> Option<Citation> {
        match self {
            Self::OtherIssuer { .. } => Some(Citation::new("RFC 5280", "6.3.3")),
            Self::Older { .. } => Some(Citation::new("RFC 5280", "5.2.3")),
            Self::NoSuchAuthority(_) | Self::File { .. } | Self::TooLong { .. } | Self::Refused { .. } => None,
        }
    }

    fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (Language::Chinese, Self::NoSuchAuthority(name)) => format!("本服务不包含认证机构 {name:?}"),
            (Language::Chinese, Self::File { path, why }) => {
                format!("无法读取证书撤销列表 {}：{why}", path.display())
            }
            (Language::Chinese, Self::TooLong { path, octets }) => {
                format!(
                    "证书撤销列表 {} 长{octets}字节，超过上限{CRL_BYTES_MAX}",
                    path.display()
                )
            }
            (Language::Chinese, Self::Refused { authority, why }) => {
                format!("认证机构 {authority} 的证书撤销列表被拒绝：{why}")
            }
            (Language::Chinese, Self::OtherIssuer { authority }) => {
                format!("认证机构 {authority} 的证书撤销列表写的是另一签发者")
            }
            (Language::Chinese, Self::Older { authority }) => {
                format!("认证机构 {authority} 的证书撤销列表比正在提供的更旧")
            }
        }
    }
}

/// One authority's place.
#[derive(Debug)]
struct Place {
    authority: String,
    issuer: Vec<u8>,
    key: PublicKey,
    file: Option<PathBuf>,
    /// The file as it was when it was last looked at.
    seen: Mutex<Option<Seen>>,
    crl: RwLock<Option<Crl>>,
}

/// What tells one file from the next under the same name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Seen {
    octets: u64,
    modified: Option<SystemTime>,
}

impl Seen {
    fn of(metadata: &Metadata) -> Self {
        Self {
            octets: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// The newest revocation list of each authority.
#[derive(Debug, Default)]
pub struct CrlShelf {
    places: Vec<Place>,
}

impl CrlShelf {
    pub(crate) fn add(&mut self, authority: &str, issuer: &[u8], key: &PublicKey, file: Option<PathBuf>) {
        self.places.push(Place {
            authority: authority.to_owned(),
            issuer: issuer.to_vec(),
            key: key.clone(),
            file,
            seen: Mutex::new(None),
            crl: RwLock::new(None),
        });
    }

    /// The list of an authority; `None` when it has none yet, or there is no such authority.
    #[must_use]
    pub fn current(&self, authority: &str) -> Option<Crl> {
        // Poisoned by a panic elsewhere: the place holds a whole list or none.
        self.place(authority)?
            .crl
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts a list on the shelf.
    ///
    /// Verifying takes about a second for a million entries: not for a thread that answers others.
    ///
    /// # Errors
    /// [`ShelfError`]; the list that was there stays.
    pub fn put(&self, authority: &str, der: Vec<u8>) -> Result<(), ShelfError> {
        let place = self
            .place(authority)
            .ok_or_else(|| ShelfError::NoSuchAuthority(authority.to_owned()))?;
        place.put(der)
    }

    /// Looks at the files, and takes in those that changed; gives what went wrong. A file that is not there yet is
    /// no error. Reads and verifies on the calling thread, as [`CrlShelf::put`].
    #[must_use]
    pub fn refresh(&self) -> Vec<ShelfError> {
        self.places.iter().filter_map(|place| place.refresh().err()).collect()
    }

    fn place(&self, authority: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.authority == authority)
    }
}

impl Place {
    fn refresh(&self) -> Result<(), ShelfError> {
        let Some(path) = &self.file else { return Ok(()) };
        let Ok(metadata) = fs::metadata(path) else {
            return Ok(());
        };
        let found = Seen::of(&metadata);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == Some(found) {
            return Ok(());
        }
        let der = read(path)?;
        // A bad file is reported once, not at every look.
        *seen = Some(found);
        self.put(der)
    }

    fn put(&self, der: Vec<u8>) -> Result<(), ShelfError> {
        let refused = |why| ShelfError::Refused {
            authority: self.authority.clone(),
            why,
        };
        let crl = CrlReader::from_der(&der).map_err(refused)?;
        if crl.issuer() != self.issuer {
            return Err(ShelfError::OtherIssuer {
                authority: self.authority.clone(),
            });
        }
        crl.verify(&self.key).map_err(refused)?;
        let (this_update, next_update) = (crl.this_update(), crl.next_update());
        let number = crl.number().unwrap_or_default().to_vec();
        let listed = Listed {
            der,
            number,
            this_update,
            next_update,
        };
        let mut current = self.crl.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|crl| listed.age() < crl.0.age()) {
            return Err(ShelfError::Older {
                authority: self.authority.clone(),
            });
        }
        *current = Some(Crl(Arc::new(listed)));
        Ok(())
    }
}

impl Listed {
    /// Numbers without leading zeros compare by length first; then the time.
    fn age(&self) -> (usize, &[u8], Timestamp) {
        (self.number.len(), &self.number, self.this_update)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ShelfError> {
    let fault = |why| ShelfError::File {
        path: path.to_owned(),
        why,
    };
    let file = File::open(path).map_err(fault)?;
    let octets = file.metadata().map_err(fault)?.len();
    if octets > CRL_BYTES_MAX as u64 {
        return Err(ShelfError::TooLong {
            path: path.to_owned(),
            octets,
        });
    }
    let mut der = Vec::with_capacity(usize::try_from(octets).unwrap_or(0));
    file.take(CRL_BYTES_MAX as u64).read_to_end(&mut der).map_err(fault)?;
    Ok(der)
}

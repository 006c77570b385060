//! Checkpoints (C2SP tlog-checkpoint): what a log says about itself, and its signature under it.

use std::fmt;

use gm_suite::{PublicKey, SignError, Signer};

use crate::SIZE_MAX;
use crate::hash::Hash;
use crate::note::{Note, NoteSignature, is_key_name, key_id, malformed};

/// The head of a log: whose it is, how many leaves it has, and the root of its tree.
///
/// The origin is narrower than C2SP asks: it is also the name of the key, so it has neither spaces nor plus signs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

/// A checkpoint that cannot be read or must not be believed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CheckpointError {
    /// The text is not a checkpoint. Malformed.
    #[error("line {line} of the checkpoint: {what}")]
    Malformed {
        /// The line, from 1; 0 for the whole.
        line: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// A name that cannot be an origin. Malformed.
    #[error("{0:?} cannot be the origin of a log: no spaces, no plus, 1 to 255 octets")]
    Origin(String),
    /// Another log's checkpoint. A refusal.
    #[error("this is a checkpoint of {found:?}, not of {expected:?}")]
    ForeignOrigin {
        /// The log asked about.
        expected: String,
        /// The log it is of.
        found: String,
    },
    /// No signature by the key asked about. A refusal.
    #[error("the checkpoint bears no signature by this key")]
    NotSigned,
    /// The signature by the key asked about does not match the text. A refusal.
    #[error("the signature of the checkpoint does not match its text")]
    BadSignature,
}

impl Checkpoint {
    /// A checkpoint of a log.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] when the name does not fit; [`CheckpointError::Malformed`] when the size is larger than
    /// [`SIZE_MAX`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !is_key_name(origin) {
            return Err(CheckpointError::Origin(origin.to_owned()));
        }
        if size > SIZE_MAX {
            return Err(malformed(2, "larger than any log"));
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// Whose log it is, such as "ca.example.org/records".
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree over them.
    #[must_use]
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// The text that is signed: three lines.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads the text; lines after the third are allowed and ignored, as C2SP says.
    fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let mut next = |number, what| lines.next().ok_or(malformed(number, what));
        let origin = next(1, "no origin")?;
        let size = next(2, "no size")?;
        let root = next(3, "no root")?;
        let plain = size.bytes().all(|digit| digit.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size
            .parse()
            .ok()
            .filter(|_| plain)
            .ok_or(malformed(2, "not a plain number"))?;
        let root = Hash::from_base64(root).ok_or(malformed(3, "not 32 octets in base64"))?;
        Self::new(origin, size, root)
    }
}

/// A checkpoint with its signatures, as it is published and kept.
///
/// Signatures by Ed25519 and by ECDSA on P-256 have the C2SP types. For SM2 C2SP has none, so the type is ours: key ID
/// `SHA-256(name || 0x0A || 0xFF || "hefu/note/sm2-sm3" || 0x0A || SPKI)[:4]`, then the DER `SEQUENCE { r, s }` of an SM2
/// signature with SM3 and the default ID over the note text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs a checkpoint; the key's name is the origin.
    ///
    /// # Errors
    /// The signer's; also when it signs otherwise than its key's usual algorithm, which a note cannot say.
    pub fn sign(checkpoint: Checkpoint, signer: &dyn Signer) -> Result<Self, SignError> {
        let key = signer.public_key();
        if signer.signature_algorithm() != key.algorithm().signature_algorithm() {
            return Err(SignError::Key(
                "a checkpoint is signed with the usual algorithm of its key".to_owned(),
            ));
        }
        let text = checkpoint.text();
        let signature = NoteSignature {
            name: checkpoint.origin.clone(),
            key_id: key_id(&checkpoint.origin, key),
            signature: signer.sign(text.as_bytes())?,
        };
        Ok(Self {
            checkpoint,
            note: Note {
                text,
                signatures: vec![signature],
            },
        })
    }

    /// Reads a signed checkpoint; nothing is believed yet.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`], [`CheckpointError::Origin`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let note = Note::parse(text)?;
        let checkpoint = Checkpoint::parse_text(&note.text)?;
        Ok(Self { checkpoint, note })
    }

    /// What it says, if the log `origin` with this key said it. Signatures by others are ignored.
    ///
    /// # Errors
    /// [`CheckpointError::ForeignOrigin`], [`CheckpointError::NotSigned`] or [`CheckpointError::BadSignature`].
    pub fn verify(&self, origin: &str, key: &PublicKey) -> Result<&Checkpoint, CheckpointError> {
        if self.checkpoint.origin != origin {
            return Err(CheckpointError::ForeignOrigin {
                expected: origin.to_owned(),
                found: self.checkpoint.origin.clone(),
            });
        }
        let key_id = key_id(origin, key);
        let mut by_key = self
            .note
            .signatures
            .iter()
            .filter(|line| line.name == origin && line.key_id == key_id);
        let line = by_key.next().ok_or(CheckpointError::NotSigned)?;
        key.verify(
            key.algorithm().signature_algorithm(),
            self.note.text.as_bytes(),
            &line.signature,
        )
        .map_err(|_| CheckpointError::BadSignature)?;
        Ok(&self.checkpoint)
    }

    /// What it says, believed or not.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.note.render())
    }
}

//! Signed notes (C2SP signed-note): a text, an empty line, and lines that carry signatures.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use gm_suite::{DigestAlgorithm, PublicKey, SignatureAlgorithm};

use crate::checkpoint::CheckpointError;

/// Octets in a note that is read. A checkpoint takes a few hundred; sixteen signatures, which must be accepted, of up to
/// 5 kB each fit.
const NOTE_LEN_MAX: usize = 128 * 1024;

/// Signature lines that are read. C2SP asks for at least sixteen.
const SIGNATURES_MAX: usize = 64;

/// Octets in a key name.
pub(crate) const NAME_LEN_MAX: usize = 255;

/// A note in its parts; nothing is verified.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Note {
    /// The signed text, with its last newline.
    pub(crate) text: String,
    pub(crate) signatures: Vec<NoteSignature>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NoteSignature {
    pub(crate) name: String,
    pub(crate) key_id: [u8; 4],
    pub(crate) signature: Vec<u8>,
}

impl Note {
    pub(crate) fn parse(note: &str) -> Result<Self, CheckpointError> {
        if note.len() > NOTE_LEN_MAX {
            return Err(malformed(0, "the note is too long"));
        }
        if let Some(at) = note.split('\n').position(|line| line.contains(char::is_control)) {
            return Err(malformed(at + 1, "a control character"));
        }
        let (text, lines) = note
            .rsplit_once("\n\n")
            .ok_or(malformed(0, "no empty line before the signatures"))?;
        let text = format!("{text}\n");
        let first = text.lines().count() + 2;
        let lines = lines
            .strip_suffix('\n')
            .ok_or(malformed(first, "no newline at the end"))?;
        let mut signatures = Vec::new();
        for (line, number) in lines.split('\n').zip(first..) {
            if signatures.len() == SIGNATURES_MAX {
                return Err(malformed(number, "too many signatures"));
            }
            signatures.push(NoteSignature::parse(line).ok_or(malformed(number, "not a signature line"))?);
        }
        Ok(Self { text, signatures })
    }

    pub(crate) fn render(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for signature in &self.signatures {
            note.push_str(&signature.render());
        }
        note
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let decoded = BASE64_STANDARD.decode(encoded).ok()?;
        let (key_id, signature) = decoded.split_first_chunk::<4>()?;
        let well_formed = is_key_name(name) && !signature.is_empty();
        well_formed.then(|| Self {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }

    fn render(&self) -> String {
        let encoded = BASE64_STANDARD.encode([&self.key_id, self.signature.as_slice()].concat());
        format!("— {} {encoded}\n", self.name)
    }
}

/// Whether this can be the name of a key: not empty, no spaces, no plus, no control characters.
pub(crate) fn is_key_name(name: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    (1..=NAME_LEN_MAX).contains(&name.len()) && name.chars().all(fits)
}

/// The key ID that, with the name, says which key made a signature.
///
/// Ed25519 has type 0x01 over the 32-octet key, and ECDSA on P-256 the digest of its SPKI, as C2SP assigns them. Every
/// other algorithm, SM2 first, takes the type 0xff that C2SP leaves to others, followed by `hefu/note/`, the name of
/// the algorithm (`sm2-sm3`), a newline, and the key as DER `SubjectPublicKeyInfo`:
///
/// ```text
/// key ID = SHA-256(name || 0x0A || 0xFF || "hefu/note/sm2-sm3" || 0x0A || SPKI)[:4]
/// ```
pub(crate) fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let algorithm = key.algorithm().signature_algorithm();
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    if algorithm == SignatureAlgorithm::EcdsaP256Sha256 {
        hasher.update(key.spki());
    } else {
        hasher.update(name.as_bytes());
        hasher.update(b"\n");
        if algorithm == SignatureAlgorithm::Ed25519 {
            hasher.update(&[0x01]);
            hasher.update(key.raw());
        } else {
            hasher.update(&[0xff]);
            hasher.update(format!("hefu/note/{algorithm}\n").as_bytes());
            hasher.update(key.spki());
        }
    }
    // A SHA-256 digest has more than four octets.
    hasher.finish().first_chunk().copied().unwrap_or_default()
}

pub(crate) const fn malformed(line: usize, what: &'static str) -> CheckpointError {
    CheckpointError::Malformed { line, what }
}

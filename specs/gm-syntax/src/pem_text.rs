//! DER as text: PEM (RFC 7468), and the base64 without armour that Chinese systems hand around.
//!
//! Reading takes what arrives: PEM with any line length and with explanations around it, base64
//! alone, or DER itself, which passes through. Writing gives lines of 64 characters.
//!
//! It does not look into the DER, and it does not read the encrypted form of RFC 1421
//! (`Proc-Type: 4,ENCRYPTED`), whose key derivation is too weak.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    der_fields::Fields,
    malformed::{Malformed, Problem},
};

/// Octets that are looked at: the PEM of a CRL with two million entries.
pub const TEXT_BYTES_MAX: usize = 128 << 20;

/// Blocks that one text may hold.
pub const BLOCKS_MAX: usize = 1000;

const LINE: usize = 64;
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// PEM of `der` under `label` (such as `CERTIFICATE`).
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    // Room for everything from the start: a buffer that grows would leave copies of a key behind.
    let lines = der.len() / 48 + 1;
    let mut text = String::with_capacity(lines * (LINE + 1) + 2 * (label.len() + 20));
    push_line(&mut text, &[BEGIN, label, DASHES]);
    for octets in der.chunks(LINE / 4 * 3) {
        STANDARD.encode_string(octets, &mut text);
        text.push('\n');
    }
    push_line(&mut text, &[END, label, DASHES]);
    text
}

/// The DER of the first block labelled `label`; of base64 without armour; or `text_or_der` itself
/// when it is no text.
///
/// # Errors
/// [`Malformed`] in field `text`: no such block, bad base64, too long.
pub fn decode(text_or_der: &[u8], label: &str) -> Result<Vec<u8>, Malformed> {
    decode_any(text_or_der, &[label])
}

/// As [`decode`], for objects that go by several labels.
///
/// # Errors
/// As [`decode`].
pub fn decode_any(text_or_der: &[u8], labels: &[&str]) -> Result<Vec<u8>, Malformed> {
    match find(text_or_der, labels)? {
        Found::Der(der) => Ok(der.to_vec()),
        Found::Base64(text, offset) => base64(text, offset).map(|mut der| std::mem::take(&mut *der)),
    }
}

/// As [`decode_any`], for private keys: what is decoded is wiped when dropped.
///
/// # Errors
/// As [`decode`].
pub fn decode_secret(text_or_der: &[u8], labels: &[&str]) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    match find(text_or_der, labels)? {
        Found::Der(der) => Ok(Zeroizing::new(der.to_vec())),
        Found::Base64(text, offset) => base64(text, offset),
    }
}

/// What is to be decoded, and where it starts.
enum Found<'a> {
    Der(&'a [u8]),
    Base64(&'a str, usize),
}

fn find<'a>(text_or_der: &'a [u8], labels: &[&str]) -> Result<Found<'a>, Malformed> {
    let text = match recognise(text_or_der)? {
        Form::Der(der) => return Ok(Found::Der(der)),
        Form::Base64(text) => return Ok(Found::Base64(text, 0)),
        Form::Pem(text) => text,
    };
    let mut blocks = Blocks { text, offset: 0 };
    while let Some(block) = blocks.next()? {
        if labels.contains(&block.label) {
            return Ok(Found::Base64(block.body, block.offset));
        }
    }
    Err(malformed(
        0,
        Problem::Value("has no PEM block with the label that was expected"),
    ))
}

/// The DER of every block labelled `label`, in order; of base64 without armour, or `text_or_der`
/// itself when it is no text, as the only one.
///
/// # Errors
/// [`Malformed`] in field `text`: no such block, more than [`BLOCKS_MAX`], bad base64, too long.
pub fn decode_all(text_or_der: &[u8], label: &str) -> Result<Vec<Vec<u8>>, Malformed> {
    let Form::Pem(text) = recognise(text_or_der)? else {
        return decode(text_or_der, label).map(|der| vec![der]);
    };
    let mut found = Vec::new();
    let mut blocks = Blocks { text, offset: 0 };
    while let Some(block) = blocks.next()? {
        if block.label != label {
            continue;
        }
        if found.len() == BLOCKS_MAX {
            return Err(malformed(block.offset, Problem::TooMany { max: BLOCKS_MAX }));
        }
        found.push(std::mem::take(&mut *base64(block.body, block.offset)?));
    }
    if found.is_empty() {
        return Err(malformed(
            0,
            Problem::Value("has no PEM block with the label that was expected"),
        ));
    }
    Ok(found)
}

/// The label of the first block, if the bytes are PEM.
#[must_use]
pub fn first_label(text: &[u8]) -> Option<String> {
    let Ok(Form::Pem(text)) = recognise(text) else {
        return None;
    };
    let block = Blocks { text, offset: 0 }.next().ok()??;
    Some(block.label.to_owned())
}

enum Form<'a> {
    Der(&'a [u8]),
    Base64(&'a str),
    Pem(&'a str),
}

/// DER first: a name inside a request may well contain `-----BEGIN`.
fn recognise(bytes: &[u8]) -> Result<Form<'_>, Malformed> {
    let found = bytes.len();
    if found > TEXT_BYTES_MAX {
        let max = TEXT_BYTES_MAX;
        return Err(malformed(0, Problem::TooLong { max, found }));
    }
    let mut whole = Fields::over(bytes);
    if whole.element("").is_ok() && whole.is_empty() {
        return Ok(Form::Der(bytes));
    }
    match str::from_utf8(bytes) {
        Ok(text) if text.contains(BEGIN) => Ok(Form::Pem(text)),
        Ok(text) if is_base64(text) => Ok(Form::Base64(text)),
        _ => Ok(Form::Der(bytes)),
    }
}

fn is_base64(text: &str) -> bool {
    let letters = text.bytes().filter(|octet| !octet.is_ascii_whitespace());
    let mut count = 0_usize;
    for octet in letters {
        if !(octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=')) {
            return false;
        }
        count += 1;
    }
    count >= 4
}

struct Block<'a> {
    label: &'a str,
    body: &'a str,
    offset: usize,
}

struct Blocks<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Blocks<'a> {
    fn next(&mut self) -> Result<Option<Block<'a>>, Malformed> {
        let Some(begin) = self.text.find(BEGIN) else {
            return Ok(None);
        };
        let offset = self.offset + begin;
        let unfinished = || malformed(offset, Problem::Truncated);
        let after_begin = self.text.get(begin + BEGIN.len()..).ok_or_else(unfinished)?;
        let (label, rest) = after_begin.split_once(DASHES).ok_or_else(unfinished)?;
        let (body, rest) = rest.split_once(END).ok_or_else(unfinished)?;
        let Some(rest) = rest.strip_prefix(label).and_then(|rest| rest.strip_prefix(DASHES)) else {
            return Err(malformed(
                offset,
                Problem::Value("the PEM block ends under another label"),
            ));
        };
        self.offset += self.text.len() - rest.len();
        self.text = rest;
        Ok(Some(Block { label, body, offset }))
    }
}

fn base64(text: &str, offset: usize) -> Result<Zeroizing<Vec<u8>>, Malformed> {
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    letters.extend(text.bytes().filter(|octet| !octet.is_ascii_whitespace()));
    STANDARD
        .decode(&*letters)
        .map(Zeroizing::new)
        .map_err(|_| malformed(offset, Problem::Value("is not base64")))
}

fn push_line(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
    text.push('\n');
}

fn malformed(offset: usize, problem: Problem) -> Malformed {
    Malformed::new("text", offset, problem)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DER: &[u8] = &[0x30, 3, 2, 1, 7];

    fn words(text: &str) -> String {
        match decode(text.as_bytes(), "X") {
            Ok(der) => format!("{der:02x?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn lines_have_64_characters() {
        let text = encode("X", &[0; 100]);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [17, 64, 64, 8, 15]);
        assert!(text.ends_with("-----END X-----\n"));
    }

    #[test]
    fn der_and_bare_base64_and_armour_are_read() {
        assert_eq!(decode(DER, "X").unwrap(), DER);
        assert_eq!(decode(b"MAMC\r\nAQc=\r\n", "X").unwrap(), DER);
        let text = format!("subject=CN = a\r\n{}after", encode("X", DER).replace('\n', "\r\n"));
        assert_eq!(decode(text.as_bytes(), "X").unwrap(), DER);
    }

    #[test]
    fn a_marker_inside_der_is_no_armour() {
        let mut der = vec![0x0c, 30];
        der.extend(b"-----BEGIN X-----AAAA-----END X");
        der.truncate(32);
        assert_eq!(decode(&der, "X").unwrap(), der);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        assert_eq!(
            words("-----BEGIN Y-----\nMAMCAQc=\n-----END Y-----\n"),
            "text at byte 0: has no PEM block with the label that was expected"
        );
        assert_eq!(
            words("ab\n-----BEGIN X-----\nMAMCAQc=\n-----END Y-----\n"),
            "text at byte 3: the PEM block ends under another label"
        );
        assert_eq!(
            words("-----BEGIN X-----\nMAMCAQc=\n"),
            "text at byte 0: the bytes end too early"
        );
        assert_eq!(
            words("-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nMAMC\n-----END X-----\n"),
            "text at byte 0: is not base64"
        );
    }

    #[test]
    fn all_blocks_of_a_bundle_are_read() {
        let bundle = [encode("X", DER), encode("Y", &[1]), encode("X", &[2])].concat();
        assert_eq!(decode_all(bundle.as_bytes(), "X").unwrap(), [DER, &[2]]);
        assert_eq!(first_label(bundle.as_bytes()).as_deref(), Some("X"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(der in prop::collection::vec(any::<u8>(), 0..500)) {
            let text = encode("SOME LABEL", &der);
            prop_assert_eq!(decode(text.as_bytes(), "SOME LABEL").unwrap(), der);
        }

        #[test]
        fn arbitrary_bytes_never_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in "(-----|BEGIN |END |X|\\n|MAMC| ){0,30}",
        ) {
            let _ = decode(&bytes, "X");
            let _ = decode_all(text.as_bytes(), "X");
        }
    }
}

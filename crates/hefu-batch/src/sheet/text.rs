//! Which encoding a text is in: UTF-8 with or without its mark, or GB18030.
//!
//! UTF-8 is told apart by itself: a GB18030 text with Chinese in it is practically never valid UTF-8. A text that is not
//! valid UTF-8 but mostly is, is broken UTF-8 and is refused; read as GB18030 it would become other characters.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, GB18030};

use super::{BINARY, OLD_WORKBOOK, SheetError, SheetKind, UTF_16};

const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Compound file (MS-CFB 2.2): what XLS lies in.
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0";

pub(super) fn decode(octets: &[u8]) -> Result<(SheetKind, Cow<'_, str>), SheetError> {
    if octets.starts_with(COMPOUND_FILE) {
        return Err(SheetError::Foreign(OLD_WORKBOOK));
    }
    if octets.starts_with(b"\xFF\xFE") || octets.starts_with(b"\xFE\xFF") {
        return Err(SheetError::Foreign(UTF_16));
    }
    if octets.contains(&0) {
        return Err(SheetError::Foreign(BINARY));
    }
    let marked = octets.strip_prefix(UTF_8_MARK);
    let body = marked.unwrap_or(octets);
    let skipped = octets.len() - body.len();
    match std::str::from_utf8(body) {
        Ok(text) => Ok((SheetKind::Utf8, Cow::Borrowed(text))),
        Err(error) if marked.is_some() || is_mostly_utf8(body) => {
            Err(broken(octets, skipped + error.valid_up_to(), "UTF-8"))
        }
        Err(_) => decode_gb18030(octets).map(|text| (SheetKind::Gb18030, Cow::Owned(text))),
    }
}

/// Whether more characters beyond ASCII read as UTF-8 than places do not.
fn is_mostly_utf8(octets: &[u8]) -> bool {
    let mut good = 0_usize;
    let mut bad = 0_usize;
    for chunk in octets.utf8_chunks() {
        good += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

fn decode_gb18030(octets: &[u8]) -> Result<String, SheetError> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let most = decoder.max_utf8_buffer_length_without_replacement(octets.len());
    let mut text = String::with_capacity(most.unwrap_or(octets.len() * 3));
    match decoder.decode_to_string_without_replacement(octets, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        // The decoder has read past the sequence that it does not know: that many octets and some more.
        (DecoderResult::Malformed(length, past), read) => {
            let place = read.saturating_sub(usize::from(length) + usize::from(past));
            Err(broken(octets, place, "GB18030"))
        }
        (DecoderResult::OutputFull, read) => Err(broken(octets, read, "GB18030")),
    }
}

fn broken(octets: &[u8], place: usize, encoding: &'static str) -> SheetError {
    let before = octets.iter().take(place);
    SheetError::Encoding {
        line: before.filter(|octet| **octet == b'\n').count() + 1,
        octet: place + 1,
        encoding,
    }
}

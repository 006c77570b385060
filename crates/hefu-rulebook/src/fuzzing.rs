//! Entry points for fuzzers: each takes bytes from outside through one parser and everything that follows from it.

use crate::{ArticleChange, Calendar, OfficialText, Rulebook};

/// Reads an official text and compares it with itself.
pub fn official_text(data: &[u8]) {
    if let Ok(text) = OfficialText::from_bytes(data) {
        let _ = (text.missing(), text.articles().len());
        let changes = text.compare(&text);
        debug_assert!(
            changes
                .changes()
                .iter()
                .all(|change| matches!(change, ArticleChange::Same { .. }))
        );
    }
}

/// Reads a file of obligations beside those that are built in.
pub fn obligations(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Rulebook::with_files([("fuzzed", text)]);
    }
}

/// Reads a year of holidays.
pub fn holidays(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Calendar::builtin().map(|calendar| calendar.with_year("fuzzed", text).is_ok());
    }
}

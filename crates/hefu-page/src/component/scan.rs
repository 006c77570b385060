//! An access code or an address, to be read by people and by a camera.
//!
//! The picture is black on white whatever the colours of the page are: cameras want it so.

use std::fmt::Write as _;

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the picture (ISO/IEC 18004 asks for four).
const MARGIN: usize = 4;

/// A text in large letters, and an address as a QR code.
#[derive(Clone, Debug, Template)]
#[template(
    source = r##"<div class="scan">
{% if !path.is_empty() %}<svg viewBox="0 0 {{ side }} {{ side }}" role="img" aria-label="{{ label }}" shape-rendering="crispEdges"><rect width="{{ side }}" height="{{ side }}" fill="#fff"/><path d="{{ path }}" fill="#000"/></svg>
{% endif %}<div><p class="code">{{ text }}</p><p class="sub">{{ note }}</p></div>
</div>"##,
    ext = "html"
)]
pub struct Scan {
    text: String,
    note: String,
    label: String,
    side: usize,
    path: String,
}

impl Scan {
    /// Shows `text`, with a note below it, and `address` as a picture called `label`. An address that is too long for a
    /// picture has none; the text is still there.
    #[must_use]
    pub fn new(text: impl Into<String>, note: impl Into<String>, address: &str, label: impl Into<String>) -> Self {
        let (side, path) = drawn(address).unwrap_or_default();
        Self {
            text: text.into(),
            note: note.into(),
            label: label.into(),
            side,
            path,
        }
    }
}

/// The width of the picture in modules, and its dark modules as one path, a run of neighbours at a time.
fn drawn(address: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        while x < row.len() {
            let run = row.iter().skip(x).take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN);
            }
            x += run.max(1);
        }
    }
    Some((width + 2 * MARGIN, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_picture_of_whole_modules() {
        let (side, path) = drawn("https://ca.example/portal/enter?code=K7QM-2XR9-8TVA-40HP-ZC3E").unwrap_or_default();
        // Version 4 has 33 modules and takes this many octets at level M.
        assert_eq!(side, 33 + 8);
        // The finder pattern in the corner begins with seven dark modules.
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert!(drawn(&"x".repeat(4000)).is_none());
    }
}

//! Which characters may be printed. A printed contract must show all that was agreed and nothing else: what has no visible
//! form, or changes the order in which others are shown, is refused, or shown by its code point.
//!
//! Refused are controls, bidirectional controls (UAX #9; they can make a text read differently from its bytes), default
//! ignorable characters (Unicode 4.12), private use and non-characters (PDF/A-2a asks for a meaning of every glyph), and
//! scripts written from right to left, which this crate does not set. A variation selector is kept after an ideograph:
//! names of persons are written with them.

use std::fmt;

use hefu_rulebook::Language;

/// Why a character is not printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reason {
    /// A control character other than the line feed; line and paragraph separators.
    Control,
    /// A control of the bidirectional algorithm.
    Bidirectional,
    /// Has no visible form: zero width space, soft hyphen, tag.
    Invisible,
    /// Belongs to a script written from right to left.
    RightToLeft,
    /// Private use or not a character: has no agreed meaning.
    Meaningless,
    /// No font given has it.
    NoGlyph,
}

impl Reason {
    /// Why, in words.
    pub(crate) const fn words(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Chinese, Self::Control) => "是控制字符",
            (Language::Chinese, Self::Bidirectional) => "会改变文字显示顺序",
            (Language::Chinese, Self::Invisible) => "没有可见字形",
            (Language::Chinese, Self::RightToLeft) => "属于从右向左书写的文字，尚不支持",
            (Language::Chinese, Self::Meaningless) => "是专用区字符或非字符",
            (Language::Chinese, Self::NoGlyph) => "在所给字体中没有字形",
            (Language::English, Self::Control) => "is a control character",
            (Language::English, Self::Bidirectional) => "changes the order in which text is shown",
            (Language::English, Self::Invisible) => "has no visible form",
            (Language::English, Self::RightToLeft) => {
                "belongs to a script written from right to left, which is not supported"
            }
            (Language::English, Self::Meaningless) => "is for private use or not a character",
            (Language::English, Self::NoGlyph) => "is in none of the fonts given",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words(Language::English))
    }
}

/// Why `character` after `previous` may not be printed, whatever the fonts; `None` when it may.
pub(crate) fn unprintable(previous: Option<char>, character: char) -> Option<Reason> {
    match u32::from(character) {
        0x0A => None,
        0..=0x1F | 0x7F..=0x9F | 0x2028 | 0x2029 => Some(Reason::Control),
        0x061C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069 => Some(Reason::Bidirectional),
        0xFE00..=0xFE0F | 0xE0100..=0xE01EF => {
            let kept = previous.is_some_and(is_ideograph);
            if kept { None } else { Some(Reason::Invisible) }
        }
        0xAD
        | 0x034F
        | 0x115F
        | 0x1160
        | 0x17B4
        | 0x17B5
        | 0x180B..=0x180F
        | 0x200B..=0x200D
        | 0x2060..=0x206F
        | 0x3164
        | 0xFEFF
        | 0xFFA0
        | 0xFFF0..=0xFFFB
        | 0x1BCA0..=0x1BCA3
        | 0x1D173..=0x1D17A
        | 0xE0000..=0xE0FFF => Some(Reason::Invisible),
        0x0590..=0x08FF
        | 0xFB1D..=0xFDCF
        | 0xFDF0..=0xFDFF
        | 0xFE70..=0xFEFE
        | 0x10800..=0x10FFF
        | 0x1E800..=0x1EFFF => Some(Reason::RightToLeft),
        0xE000..=0xF8FF | 0xFDD0..=0xFDEF | 0xF0000..=0x0010_FFFF => Some(Reason::Meaningless),
        code if code & 0xFFFE == 0xFFFE => Some(Reason::Meaningless),
        _ => None,
    }
}

/// Whether a character joins the one before it and has no place of its own.
pub(crate) fn is_variation_selector(character: char) -> bool {
    matches!(u32::from(character), 0xFE00..=0xFE0F | 0xE0100..=0xE01EF)
}

/// Whether a character is a Han ideograph.
pub(crate) fn is_ideograph(character: char) -> bool {
    matches!(
        u32::from(character),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x2FA1F | 0x30000..=0x323AF | 0x3005..=0x3007
    )
}

/// A quotation mark, dash or dots, which Chinese and Latin typesetting write with one code point but different widths.
pub(crate) fn has_two_widths(character: char) -> bool {
    matches!(character, '‘' | '’' | '“' | '”' | '—' | '…')
}

/// Closing marks whose ink stands in the left half of a full-width square.
pub(crate) fn is_closing_mark(character: char) -> bool {
    matches!(
        character,
        '。' | '，'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '）'
            | '】'
            | '》'
            | '〉'
            | '」'
            | '』'
            | '〕'
            | '］'
            | '｝'
    )
}

/// Opening marks, after which no line ends.
pub(crate) fn is_opening_mark(character: char) -> bool {
    matches!(
        character,
        '（' | '【' | '《' | '〈' | '「' | '『' | '〔' | '［' | '｛' | '“' | '‘' | '(' | '[' | '{'
    )
}

/// `text` with every character that may not be printed, or that `covered` knows no glyph for, as its code point.
pub(crate) fn shown(text: &str, covered: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = None;
    for character in text.replace("\r\n", "\n").chars() {
        if why_not(previous, character, &covered).is_some() {
            out.push_str(&code_point(character));
        } else {
            out.push(character);
        }
        previous = Some(character);
    }
    out
}

/// Why `character` cannot be printed with fonts that have what `covered` says.
pub(crate) fn why_not(previous: Option<char>, character: char, covered: impl Fn(char) -> bool) -> Option<Reason> {
    let reason = unprintable(previous, character);
    if reason.is_some() || character == '\n' || is_variation_selector(character) || covered(character) {
        return reason;
    }
    Some(Reason::NoGlyph)
}

/// `[U+202E]`.
pub(crate) fn code_point(character: char) -> String {
    format!("[U+{:04X}]", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_named_by_its_kind() {
        for (character, expected) in [
            ('中', None),
            ('\n', None),
            ('\t', Some(Reason::Control)),
            ('\u{85}', Some(Reason::Control)),
            ('\u{202E}', Some(Reason::Bidirectional)),
            ('\u{200B}', Some(Reason::Invisible)),
            ('\u{FEFF}', Some(Reason::Invisible)),
            ('\u{E0041}', Some(Reason::Invisible)),
            ('א', Some(Reason::RightToLeft)),
            ('\u{E000}', Some(Reason::Meaningless)),
            ('\u{1FFFF}', Some(Reason::Meaningless)),
        ] {
            assert_eq!(
                unprintable(Some('a'), character),
                expected,
                "U+{:04X}",
                u32::from(character)
            );
        }
    }

    #[test]
    fn a_variation_selector_is_kept_after_an_ideograph_only() {
        assert_eq!(unprintable(Some('葛'), '\u{E0100}'), None);
        assert_eq!(unprintable(Some('a'), '\u{FE0F}'), Some(Reason::Invisible));
        assert_eq!(unprintable(None, '\u{E0100}'), Some(Reason::Invisible));
    }

    #[test]
    fn the_unprintable_is_shown_by_its_code_point() {
        assert_eq!(shown("甲\u{202E}b\r\nc\td", |_| true), "甲[U+202E]b\nc[U+0009]d");
        assert_eq!(shown("a😀", |character| character.is_ascii_alphabetic()), "a[U+1F600]");
    }
}

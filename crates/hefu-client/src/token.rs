//! An officer's access token, read from a file, never from an argument.

use std::{fs, io, path::Path};

use zeroize::Zeroizing;

/// Longest token file read, in octets: a token has fewer than a hundred.
const MAX_TOKEN_BYTES: u64 = 4096;

/// An access token. Wiped when dropped; `Debug` does not show it.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

/// Why a token file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be read.
    #[error("cannot read the token file {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{0} does not hold an access token: one line of visible ASCII is expected")]
    NotAToken(String),
}

impl Token {
    /// Reads a token file: one line.
    ///
    /// # Errors
    /// The file is unreadable, empty, or holds something else than one line of visible ASCII.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let shown = path.display().to_string();
        let unreadable = |source| TokenError::Unreadable {
            path: shown.clone(),
            source,
        };
        if fs::metadata(path).map_err(unreadable)?.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::NotAToken(shown));
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(unreadable)?);
        Self::parse(&text).ok_or(TokenError::NotAToken(shown))
    }

    /// A token, or the text of a session, that a program was given in another way; `None` for what is neither.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    fn parse(text: &str) -> Option<Self> {
        let line = text.trim();
        let sound = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(Zeroizing::new(line.to_owned())))
    }

    /// The value of the Authorization header.
    pub(crate) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.0.as_str()))
    }
}

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_line_of_visible_ascii_and_never_shown() {
        let token = Token::parse("hefu_abc123\n");
        assert_eq!(
            token.as_ref().map(|it| it.header().to_string()).as_deref(),
            Some("Bearer hefu_abc123")
        );
        assert_eq!(format!("{token:?}"), "Some(Token(…))");
        for bad in ["", "\n", "two words", "two\nlines", "令牌"] {
            assert!(Token::parse(bad).is_none(), "{bad:?}");
        }
    }
}

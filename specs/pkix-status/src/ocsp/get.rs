//! Requests in the path of a GET: Base64, percent-encoded (RFC 6960 Appendix A.1, RFC 5019 §5).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::REQUEST_BYTES_MAX;
use super::request::RequestError;

/// Padding is written; on read it may be missing, as some clients strip it from URLs.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Octets of the longest path that is looked at: every character of the Base64 percent-encoded.
const PATH_OCTETS_MAX: usize = REQUEST_BYTES_MAX.div_ceil(3) * 4 * 3;

/// The DER request in the last part of a path, as the client sent it or with its percent-encoding undone.
///
/// Slashes belong to Base64, so this takes all of the path after the responder's own prefix.
///
/// # Errors
/// Text that is not percent-encoded Base64, or too much of it.
pub fn from_get_path(path: &str) -> Result<Vec<u8>, RequestError> {
    if path.len() > PATH_OCTETS_MAX {
        return Err(RequestError::TooLong(path.len()));
    }
    let base64 = percent_decode(path.as_bytes()).ok_or(RequestError::NotBase64)?;
    let der = BASE64.decode(base64).map_err(|_| RequestError::NotBase64)?;
    if der.len() > REQUEST_BYTES_MAX {
        Err(RequestError::TooLong(der.len()))
    } else {
        Ok(der)
    }
}

/// The path part for a DER request, to stand after the responder's URL and a slash.
#[must_use]
pub fn to_get_path(request: &[u8]) -> String {
    let mut path = String::with_capacity(request.len() * 4 / 3 + 16);
    for letter in BASE64.encode(request).chars() {
        match letter {
            '+' => path.push_str("%2B"),
            '/' => path.push_str("%2F"),
            '=' => path.push_str("%3D"),
            plain => path.push(plain),
        }
    }
    path
}

fn percent_decode(path: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.iter();
    while let Some(&octet) = rest.next() {
        out.push(if octet == b'%' {
            hex_digit(*rest.next()?)? << 4 | hex_digit(*rest.next()?)?
        } else {
            octet
        });
    }
    Some(out)
}

fn hex_digit(letter: u8) -> Option<u8> {
    char::from(letter)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_encoded_and_bare_and_without_padding() {
        let request = [0xfb, 0xff, 0xfe, 0x01];
        assert_eq!(to_get_path(&request), "%2B%2F%2F%2BAQ%3D%3D");
        for path in ["+//+AQ==", "%2b%2F%2F%2BAQ%3d%3D", "+//+AQ"] {
            assert_eq!(from_get_path(path).unwrap(), request);
        }
    }

    #[test]
    fn what_is_not_base64_is_refused() {
        for path in ["%", "%4", "%zz", "a b", "-_-_", "MA=M", "é"] {
            assert_eq!(from_get_path(path), Err(RequestError::NotBase64), "{path}");
        }
        let long = "A".repeat(PATH_OCTETS_MAX + 1);
        assert_eq!(from_get_path(&long), Err(RequestError::TooLong(long.len())));
        let long = "AAAA".repeat(REQUEST_BYTES_MAX / 3 + 1);
        assert!(matches!(from_get_path(&long), Err(RequestError::TooLong(_))));
    }
}

//! Access codes as people read, type and scan them: `K7QM-2XR9-8TVA-40HP-ZC3E`.
//!
//! Twenty characters of an alphabet without look-alikes. The first eight are the number: by it the code is found, and wrong
//! tries are counted against it. The last twelve are the secret: sixty random bits, of which only a keyed digest is kept; with
//! a handful of tries nobody guesses them. Small letters, spaces, and O, I, L for 0 and 1 are read as what was meant.

use std::fmt;

use zeroize::Zeroizing;

/// Thirty-two characters: digits and capital letters without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of the number.
const NUMBER_CHARACTERS: usize = 8;
/// Characters of number and secret.
const CHARACTERS: usize = 20;
/// Characters that are read together.
const GROUP: usize = 4;
/// The longest text that is looked at: a code with a space around each character.
const TEXT_OCTETS_MAX: usize = 64;

/// An access code. `Debug` shows only its number; the whole is shown once, by [`AccessCode::reveal`].
#[derive(Clone)]
pub struct AccessCode(Zeroizing<[u8; CHARACTERS]>);

impl AccessCode {
    /// Makes a code out of random octets, five bits of each.
    #[must_use]
    pub fn new(random: [u8; CHARACTERS]) -> Self {
        let letter = |octet: u8| ALPHABET.get(usize::from(octet & 31)).copied().unwrap_or_default();
        Self(Zeroizing::new(random.map(letter)))
    }

    /// Reads what somebody typed; `None` for anything that is no code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_OCTETS_MAX {
            return None;
        }
        let mut characters = Zeroizing::new([0; CHARACTERS]);
        let mut places = characters.iter_mut();
        for octet in text
            .bytes()
            .filter(|octet| !octet.is_ascii_whitespace() && *octet != b'-')
        {
            let meant = match octet.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            if !ALPHABET.contains(&meant) {
                return None;
            }
            *places.next()? = meant;
        }
        places.next().is_none().then_some(Self(characters))
    }

    /// By what the code is found; says nothing of its secret.
    #[must_use]
    pub fn number(&self) -> String {
        let number = self.0.get(..NUMBER_CHARACTERS).unwrap_or_default();
        String::from_utf8_lossy(number).into_owned()
    }

    /// The whole code, to be shown once, in groups.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for (place, octet) in self.0.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*octet));
        }
        text
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for AccessCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccessCode({}..)", self.number())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_meant() {
        let code = AccessCode::new(std::array::from_fn(|place| u8::try_from(place).unwrap()));
        assert_eq!(code.reveal().as_str(), "0123-4567-89AB-CDEF-GHJK");
        for typed in [
            "0123-4567-89ab-cdef-ghjk",
            " O I 2 3 4567 89AB CDEF GHJK ",
            "oL23456789ABCDEFGHJK",
        ] {
            assert_eq!(AccessCode::parse(typed).unwrap().reveal(), code.reveal(), "{typed}");
        }
        for other in [
            "",
            "0123",
            "0123-4567-89AB-CDEF-GHJK-0",
            "0123-4567-89AB-CDEF-GHJU",
            &"0".repeat(70),
        ] {
            assert!(AccessCode::parse(other).is_none(), "{other}");
        }
        assert_eq!(format!("{code:?}"), "AccessCode(01234567..)");
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(random in any::<[u8; 20]>()) {
            let code = AccessCode::new(random);
            prop_assert_eq!(AccessCode::parse(&code.reveal()).unwrap().reveal(), code.reveal());
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,80}") {
            if let Some(code) = AccessCode::parse(&text) {
                prop_assert_eq!(code.reveal().len(), 24);
            }
        }
    }
}

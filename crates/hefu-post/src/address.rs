//! Where letters go: mailboxes, and the port through which whoever knows subscribers tells of them.

use std::fmt;

use futures_util::future::BoxFuture;
use hefu_certificate::{RevocationGround, ValueCheck};
use jiff::Timestamp;

/// A mailbox in the dot-string form of RFC 5321 §4.1.2: visible ASCII, one `@`, a domain name.
///
/// Narrower than the standard: quoted local parts, address literals and internationalised addresses are refused. So no
/// mailbox holds a line break, a space or a comma, and none can add a recipient or a header.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Mailbox(String);

/// A text that is no [`Mailbox`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no mail address")]
pub struct NotAMailbox;

impl Mailbox {
    /// Reads an address; spaces around it are dropped.
    ///
    /// # Errors
    /// [`NotAMailbox`].
    pub fn parse(text: &str) -> Result<Self, NotAMailbox> {
        let text = text.trim();
        ValueCheck::Email
            .passes(text)
            .then(|| Self(text.to_owned()))
            .ok_or(NotAMailbox)
    }

    /// The address in clear.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What may be shown: the first letter and the domain, "z***@example.cn". Always three stars, whatever is hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Mailbox({})", self.masked())
    }
}

/// Whom letters about an application go to, and what only the registration authority's tables know of it.
#[derive(Clone, Debug, Default)]
pub struct Correspondent {
    /// Whom the letters address: a name as it was written. Personal.
    pub holder: String,
    /// The address; none when the subscriber gave none. Personal.
    pub mailbox: Option<Mailbox>,
    /// Why the application was rejected, if it was.
    pub rejection: Option<String>,
    /// The serial number of the certificate that the application renews.
    pub replaces: Option<String>,
    /// The certificates handed over, each pair as one: the half that signs.
    pub certificates: Vec<Term>,
}

/// How long a certificate lasts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Term {
    /// Serial number, lower-case hexadecimal.
    pub serial: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// Why it was revoked, if it was.
    pub ground: Option<RevocationGround>,
}

/// Whoever knows subscribers does not answer now. Nothing is lost: the follower waits and asks again.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("subscribers cannot be asked about: {detail}")]
pub struct AddressFault {
    /// What happened, for the log; no personal data.
    pub detail: String,
}

/// Who knows subscribers. The daemon gives one over the registration authority's tables.
pub trait Addresses: Send + Sync {
    /// Who is behind an application, by its number; none when there is no such application.
    fn application<'a>(&'a self, number: &'a str) -> BoxFuture<'a, Result<Option<Correspondent>, AddressFault>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_brings_another_line_or_recipient() {
        for text in [
            "li@example.cn\r\nBcc: all@example.cn",
            "li@example.cn, wang@example.cn",
            "<li@example.cn>",
            "\"li\r\n\"@example.cn",
            "li\u{0}@example.cn",
            "李@example.cn",
            "li@[127.0.0.1]",
            "li",
            "",
        ] {
            assert_eq!(Mailbox::parse(text), Err(NotAMailbox), "{text:?}");
        }
    }

    #[test]
    fn a_mailbox_is_shown_masked() {
        let shown =
            Mailbox::parse(" zhang.san@mail.example.cn ").map(|mailbox| (mailbox.masked(), format!("{mailbox:?}")));
        let masked = "z***@mail.example.cn";
        assert_eq!(shown, Ok((masked.to_owned(), format!("Mailbox({masked})"))));
    }
}

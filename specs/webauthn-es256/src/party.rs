//! The relying party: the one origin whose pages may use its keys.

use std::net::Ipv4Addr;

use gm_suite::DigestAlgorithm;

/// Longest origin: a name of 253 octets, the scheme and a port.
const ORIGIN_OCTETS_MAX: usize = 270;
/// Longest label of a name (RFC 1035 §2.3.4).
const LABEL_OCTETS_MAX: usize = 63;

/// Whether keys are taken that the authenticator says may be copied to other devices of their holder (flag BE).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Synced {
    /// Only keys that stay in one device, as far as it tells: nobody attests it.
    #[default]
    Refused,
    /// Those, too.
    Allowed,
}

/// Whose pages ask for keys: the relying party's identifier is the host of its one origin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelyingParty {
    origin: String,
    host_at: usize,
    host_end: usize,
    synced: Synced,
}

/// Why an origin is none for passkeys.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadOrigin {
    /// Neither https, nor a browser's own machine.
    #[error("`{0}` is neither https://NAME nor http://localhost: browsers make passkeys for nothing else")]
    Scheme(String),
    /// An address.
    #[error("`{0}` names an address, and browsers make passkeys for names only")]
    Address(String),
    /// Not scheme, name and port.
    #[error(
        "`{0}` is not an origin: https://NAME or https://NAME:PORT in lower case, without a path and without the default port"
    )]
    Form(String),
}

impl RelyingParty {
    /// The relying party of an origin as browsers write it (RFC 6454 §6.2): `https://ca.example`,
    /// `https://ca.example:8443`; `http` only for `localhost` and names below it.
    ///
    /// # Errors
    /// [`BadOrigin`] says what is wrong.
    pub fn at(origin: &str, synced: Synced) -> Result<Self, BadOrigin> {
        let form = || BadOrigin::Form(origin.to_owned());
        let (scheme, rest) = origin.split_once("://").ok_or_else(form)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let default_port = match scheme {
            "https" => "443",
            "http" if is_local(host) => "80",
            _ => return Err(BadOrigin::Scheme(origin.to_owned())),
        };
        if host.parse::<Ipv4Addr>().is_ok() || host.contains(['[', ']', ':']) {
            return Err(BadOrigin::Address(origin.to_owned()));
        }
        let ported = port
            .is_none_or(|port| !port.starts_with(['0', '+']) && port != default_port && port.parse::<u16>().is_ok());
        if !is_name(host) || !ported || origin.len() > ORIGIN_OCTETS_MAX {
            return Err(form());
        }
        let host_at = origin.len() - rest.len();
        Ok(Self {
            origin: origin.to_owned(),
            host_at,
            host_end: host_at + host.len(),
            synced,
        })
    }

    /// Its identifier, for `rp.id` and `rpId`: the host.
    #[must_use]
    pub fn id(&self) -> &str {
        self.origin.get(self.host_at..self.host_end).unwrap_or_default()
    }

    /// Its origin, as browsers write it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether copied keys are taken.
    #[must_use]
    pub const fn synced(&self) -> Synced {
        self.synced
    }

    /// What authenticators know it by (§6.1): SHA-256 of the identifier.
    pub(crate) fn id_hash(&self) -> Vec<u8> {
        DigestAlgorithm::Sha256.digest(self.id().as_bytes())
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=LABEL_OCTETS_MAX).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let last_is_number = host
        .rsplit('.')
        .next()
        .is_some_and(|last| last.bytes().all(|octet| octet.is_ascii_digit()));
    host.split('.').all(label) && !last_is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(origin: &str) -> String {
        match RelyingParty::at(origin, Synced::Refused) {
            Ok(party) => party.id().to_owned(),
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn the_identifier_is_the_host_of_the_origin() {
        for (origin, id) in [
            ("https://ca.example", "ca.example"),
            ("https://ca.example:8443", "ca.example"),
            ("https://xn--fiq228c.example", "xn--fiq228c.example"),
            ("http://localhost:8440", "localhost"),
            ("https://hefu.localhost:8443", "hefu.localhost"),
        ] {
            assert_eq!(told(origin), id);
        }
    }

    #[test]
    fn what_no_browser_makes_keys_for_is_refused_with_the_reason() {
        for (origin, reason) in [
            ("http://ca.example", "neither https"),
            ("ftp://ca.example", "neither https"),
            ("http://notlocalhost", "neither https"),
            ("https://127.0.0.1:8443", "names an address"),
            ("https://[::1]:8443", "names an address"),
            ("https://[::1]", "names an address"),
            ("ca.example", "is not an origin"),
            ("https://", "is not an origin"),
            ("https://ca.example/", "is not an origin"),
            ("https://CA.example", "is not an origin"),
            ("https://ca.example:443", "is not an origin"),
            ("https://ca.example:0443", "is not an origin"),
            ("https://ca.example:", "is not an origin"),
            ("https://ca.example:99999", "is not an origin"),
            ("https://user@ca.example", "is not an origin"),
            ("https://ca..example", "is not an origin"),
            ("https://-ca.example", "is not an origin"),
            ("https://0x7f.1", "is not an origin"),
            ("https://中.example", "is not an origin"),
        ] {
            assert!(told(origin).contains(reason), "{origin}: {}", told(origin));
        }
        assert!(told(&format!("https://{}example", "a.".repeat(140))).contains("is not an origin"));
    }
}

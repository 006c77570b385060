//! Where a database is: the address from the settings, read once and strictly.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::Connection;
use crate::error::DatabaseError;

/// The engines that Hefu speaks to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Engine {
    /// Embedded, one file; the default.
    Sqlite,
    /// A `PostgreSQL` server; needs the cargo feature `postgres`.
    Postgres,
}

impl Engine {
    /// Of an open connection.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        if connection.backend_name() == "SQLite" {
            Self::Sqlite
        } else {
            Self::Postgres
        }
    }
}

/// A parsed address.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    /// The file, absolute.
    Sqlite(PathBuf),
    /// The address as written; holds a password, so it is never shown.
    Postgres(String),
}

impl Address {
    /// Reads `sqlite://PATH` (also `sqlite:PATH`; `%20` and the like are decoded) or `postgres://…`.
    pub(crate) fn parse(text: &str) -> Result<Self, DatabaseError> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return Self::parse_sqlite(text, rest.strip_prefix("//").unwrap_or(rest));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            if cfg!(feature = "postgres") {
                return Ok(Self::Postgres(text.to_owned()));
            }
            return Err(invalid("postgres://…", "this program was built without PostgreSQL"));
        }
        let scheme = text.split(':').next().unwrap_or_default();
        Err(invalid(scheme, "it should begin with sqlite:// or postgres://"))
    }

    fn parse_sqlite(text: &str, rest: &str) -> Result<Self, DatabaseError> {
        if rest.contains('?') {
            return Err(invalid(text, "options after ? are not taken"));
        }
        if rest.is_empty() || rest.ends_with('/') {
            return Err(invalid(text, "it names no file"));
        }
        if rest.contains(":memory:") {
            return Err(invalid(text, "a database in memory keeps nothing"));
        }
        let path = percent_decoded(rest).ok_or_else(|| invalid(text, "a %-sequence is broken"))?;
        let path = std::path::absolute(&path).map_err(|error| invalid(text, &error.to_string()))?;
        Ok(Self::Sqlite(path))
    }

    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// What the driver connects to. `mode` is `SQLite`'s: "rw", "ro", or "ro&immutable=1".
    pub(crate) fn driver_url(&self, mode: &str) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{}?mode={mode}", percent_encoded(path)),
            Self::Postgres(url) => url.clone(),
        }
    }
}

fn invalid(address: &str, why: &str) -> DatabaseError {
    DatabaseError::InvalidAddress {
        address: address.to_owned(),
        why: why.to_owned(),
    }
}

fn percent_decoded(text: &str) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(*rest.next()?).to_digit(16)?;
        let low = char::from(*rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

fn percent_encoded(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn path_of(text: &str) -> PathBuf {
        match Address::parse(text).unwrap() {
            Address::Sqlite(path) => path,
            Address::Postgres(_) => panic!("not a file"),
        }
    }

    #[test]
    fn a_sqlite_address_is_a_path_in_any_script() {
        assert_eq!(
            path_of("sqlite:///var/lib/合符/ra.db"),
            Path::new("/var/lib/合符/ra.db")
        );
        assert_eq!(path_of("sqlite:///a%20b/c.db"), Path::new("/a b/c.db"));
        assert!(path_of("sqlite://target/x.db").is_absolute());
        assert_eq!(
            Address::parse("sqlite:///a b/库.db").unwrap().driver_url("rw"),
            "sqlite:///a%20b/%E5%BA%93.db?mode=rw"
        );
    }

    #[test]
    fn addresses_that_would_lose_data_or_mean_nothing_are_refused() {
        for text in [
            "",
            "mysql://x",
            "sqlite://",
            "sqlite:///tmp/",
            "sqlite::memory:",
            "sqlite:///a.db?mode=memory",
            "sqlite:///%zz.db",
        ] {
            assert!(
                matches!(Address::parse(text), Err(DatabaseError::InvalidAddress { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_error_never_shows_a_password() {
        let error = Address::parse("mysql://user:secret@host/db").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

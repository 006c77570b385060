//! An officer's browser without a window: the cookie of a session, and the mark that its forms carry.

use crate::{Http, Installation, Reply};

/// What stands between the parts of a form with a file.
const BOUNDARY: &str = "hefu-trial-boundary";

/// A session at the pages.
#[derive(Debug)]
pub struct Visit {
    http: Http,
    session: String,
    mark: String,
}

/// A text as part of a form.
fn encoded(text: &str) -> String {
    let octets = text.bytes().map(|octet| match octet {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(octet).to_string(),
        other => format!("%{other:02X}"),
    });
    octets.collect()
}

/// The mark in the forms of a page; empty where there is none.
fn mark(page: &str) -> String {
    let after = page.split("name=\"csrf\" value=\"").nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default().to_owned()
}

impl Installation {
    /// Logs an officer in at the pages, by access token.
    #[must_use]
    pub fn visit(&self, officer: &str) -> Visit {
        let path = self.file(&format!("officers/{officer}.token"));
        self.visit_with(&std::fs::read_to_string(path).expect("the officer's token"))
    }

    /// The same with the token itself.
    #[must_use]
    pub fn visit_with(&self, token: &str) -> Visit {
        let form = format!("token={}", encoded(token.trim()));
        let nobody = Http::new(self.url());
        let opened = nobody.post("/login/token", "application/x-www-form-urlencoded", form.as_bytes());
        assert_eq!(opened.status, 303, "{}", opened.text());
        let session = opened.cookie.split_once('=').map(|(_, value)| value.to_owned());
        let http = nobody.carrying(&opened.cookie);
        let mark = mark(&http.get("/logout").text());
        assert!(!mark.is_empty(), "the page of log-out has a form");
        Visit {
            http,
            session: session.unwrap_or_default(),
            mark,
        }
    }
}

impl Visit {
    /// The session's text, as the cookie holds it.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Opens a page.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.http.get(path)
    }

    /// Sends a form with the session's mark.
    #[must_use]
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let own = [("csrf", self.mark.as_str())];
        let pairs = own.iter().chain(fields);
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        self.http
            .post(path, "application/x-www-form-urlencoded", form.as_bytes())
    }

    /// Sends a form of the kind that can hold files, with the session's mark.
    #[must_use]
    pub fn upload(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let own = [("csrf", self.mark.as_str())];
        let parts = own.iter().chain(fields).map(|(name, value)| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        });
        let body = format!("{}--{BOUNDARY}--\r\n", parts.collect::<String>());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.http.post(path, &kind, body.as_bytes())
    }
}

//! The public pages: front, look-up, one certificate. Rendered here, usable without JavaScript.
//!
//! The language is that of `?lang=`, else of Accept-Language, else Chinese.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use hefu_certificate::{IssuedCertificate, RevocationGround};
use hefu_rulebook::{Explain, Kind, Language};
use hefu_status::{CertificateView, LookUpError, Search, State as Standing};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::caller::Query;
use crate::problem;
use crate::relying::{Relying, Site};
use crate::words::{Words, words};

/// Certificates on one page of a search.
const PAGE_ITEMS: u32 = 20;
/// Digits of a serial number that are read aloud together.
const GROUP: usize = 4;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Relying> {
    Router::new()
        .route("/", get(front))
        .route("/certificates", get(certificates))
        .route("/certificates/{name}", get(certificate))
}

/// What every page may be asked.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    lang: Option<String>,
    #[serde(default)]
    query: String,
    after: Option<String>,
}

impl Asked {
    fn language(&self, headers: &HeaderMap) -> Language {
        let chosen = self.lang.as_deref().and_then(|tag| tag.parse().ok());
        chosen.unwrap_or_else(|| problem::language(headers))
    }
}

/// A row of the table of authorities.
struct AuthorityRow {
    name: String,
    subject: String,
    algorithm: String,
    root: bool,
}

/// A certificate in words.
struct Row {
    serial: String,
    grouped: String,
    holder: String,
    usage: &'static str,
    authority: String,
    not_after: String,
    state: &'static str,
    shape: &'static str,
    ground: Option<String>,
    pair: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front<'a> {
    site: &'a Site,
    words: &'static Words,
    authorities: Vec<AuthorityRow>,
}

#[derive(Template)]
#[template(path = "certificates.html")]
struct Found<'a> {
    site: &'a Site,
    words: &'static Words,
    query: &'a str,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct One<'a> {
    site: &'a Site,
    words: &'static Words,
    row: Row,
    checked_at: String,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Refused<'a> {
    site: &'a Site,
    words: &'static Words,
    title: &'static str,
    detail: String,
    rule: Option<String>,
}

async fn front(State(door): State<Relying>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let authorities = door.status.authorities().filter_map(|authority| {
        let certificate = IssuedCertificate::parse(authority.certificate).ok()?;
        Some(AuthorityRow {
            name: authority.name.to_owned(),
            subject: certificate.facts().ok()?.subject,
            algorithm: certificate.public_key().ok()?.algorithm().to_string(),
            root: authority.root.is_some(),
        })
    });
    let page = Front {
        site: &door.site,
        words: words(asked.language(&headers)),
        authorities: authorities.collect(),
    };
    shown(StatusCode::OK, &page)
}

async fn certificates(State(door): State<Relying>, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let language = asked.language(&headers);
    let search = Search {
        query: &asked.query,
        after: asked.after.as_deref(),
        limit: Some(PAGE_ITEMS),
    };
    match door.status.search(&search, (door.clock)()).await {
        Ok(found) => shown(
            StatusCode::OK,
            &Found {
                site: &door.site,
                words: words(language),
                query: &asked.query,
                rows: found.items.into_iter().map(|view| row(view, language)).collect(),
                next: found.next,
            },
        ),
        Err(why) => refused(&door.site, language, &why),
    }
}

/// `SERIAL` is a page, `SERIAL.crt` the certificate itself.
async fn certificate(
    State(door): State<Relying>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let language = asked.language(&headers);
    if let Some(serial) = name.strip_suffix(".crt") {
        return match door.status.certificate_der(serial).await {
            Ok(der) => ([(header::CONTENT_TYPE, "application/pkix-cert")], der).into_response(),
            Err(why) => refused(&door.site, language, &why),
        };
    }
    let now = (door.clock)();
    match door.status.certificate(&name, now).await {
        Ok(view) => {
            let page = One {
                site: &door.site,
                words: words(language),
                row: row(view, language),
                checked_at: time(now),
            };
            shown(StatusCode::OK, &page)
        }
        Err(why) => refused(&door.site, language, &why),
    }
}

fn row(view: CertificateView, language: Language) -> Row {
    let words = words(language);
    let [single, sign, encrypt] = words.usages;
    Row {
        grouped: grouped(&view.serial),
        usage: match view.usage.as_str() {
            "sign" => sign,
            "encrypt" => encrypt,
            _ => single,
        },
        state: view.state.name(language),
        shape: match view.state {
            Standing::Valid => "good",
            Standing::Suspended => "wait",
            Standing::Revoked | Standing::Expired => "ended",
        },
        ground: view.ground.map(|slug| match slug.parse::<RevocationGround>() {
            Ok(ground) => ground.name(language).to_owned(),
            Err(_) => slug,
        }),
        pair: view.pair_serial.map(|serial| (serial.clone(), grouped(&serial))),
        serial: view.serial,
        holder: view.subject,
        authority: view.authority,
        not_after: time(view.not_after),
    }
}

/// A serial number in groups that can be read aloud.
pub(crate) fn grouped(serial: &str) -> String {
    let upper = serial.to_ascii_uppercase();
    let groups: Vec<&str> = upper
        .as_bytes()
        .chunks(GROUP)
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(" ")
}

/// A time with its zone; Beijing time, in which the law counts.
pub(crate) fn time(at: Timestamp) -> String {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S (UTC+8)").to_string()
}

pub(crate) fn shown(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(why) => {
            tracing::error!("a page cannot be rendered: {why}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(crate) fn refused(site: &Site, language: Language, why: &LookUpError) -> Response {
    if why.kind() == Kind::Fault {
        tracing::error!(code = why.code(), why = %why, "a page failed by our fault");
    }
    let page = Refused {
        site,
        words: words(language),
        title: problem::title(why.kind(), language),
        detail: why.message(language),
        rule: why.citation().map(|citation| citation.render(language)),
    };
    shown(problem::status(why.kind()), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_read_in_groups_of_four() {
        assert_eq!(grouped("4f2a91c70d3e88b1"), "4F2A 91C7 0D3E 88B1");
    }

    #[test]
    fn times_say_their_zone() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01 08:00:00 (UTC+8)");
    }
}

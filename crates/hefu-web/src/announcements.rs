//! The public announcements: a page, an Atom feed (RFC 4287) and JSON. Open to everybody, kept by caches for a minute.
//!
//! What is announced and how holders are named, hefu-status knows. An answer carries the digest of itself as its `ETag`, so
//! that whoever asks again with it gets 304 and no body.

mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hefu_certificate::RevocationGround;
use hefu_rulebook::{Citation, Language};
use hefu_status::{Announcement, AnnouncementKind, AnnouncementPage, FindAnnouncements, StatusDesk};
use jiff::Timestamp;
use serde::Deserialize;

use crate::Site;
use crate::caller::{Query, Speech};
use crate::page::time::{grouped, time};
use crate::page::{self, Page};
use crate::problem::{self, Problem};

const ATOM: &str = "application/atom+xml; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
/// A revocation is in the feed of whoever asks every minute; the status services are for those who must know at once.
const CACHING: &str = "public, max-age=60";
/// Announcements on one page.
const PAGE_ITEMS: u32 = 20;
/// Announcements in the feed: whoever reads it daily misses none of a provider with some hundred changes a day.
const FEED_ITEMS: u32 = 100;
/// The rule that wants announcements.
const RULE: Citation = Citation::new("M15", "31");

/// What the door stands on.
#[derive(Clone)]
pub struct Announcements {
    /// Who knows what is announced.
    pub status: Arc<StatusDesk>,
    /// The operator.
    pub site: Arc<Site>,
}

type Door = State<Announcements>;

impl Announcements {
    /// The routes.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/announcements", get(list))
            .route("/announcements.atom", get(feed))
            .route("/api/v1/announcements", get(data))
            .with_state(self)
    }
}

/// What may be asked of all three.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    lang: Option<String>,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    month: String,
    after: Option<String>,
    limit: Option<u32>,
}

impl Asked {
    fn language(&self, headers: &HeaderMap) -> Language {
        let chosen = self.lang.as_deref().and_then(|tag| tag.parse().ok());
        chosen.unwrap_or_else(|| problem::language(headers))
    }

    fn find(&self, limit: Option<u32>) -> FindAnnouncements<'_> {
        FindAnnouncements {
            kind: &self.kind,
            month: &self.month,
            after: self.after.as_deref(),
            limit,
        }
    }
}

/// An announcement in words.
struct Row {
    number: u64,
    slug: &'static str,
    kind: &'static str,
    shape: &'static str,
    serial: String,
    grouped: String,
    holder: Option<String>,
    ground: Option<String>,
    replaces: Option<String>,
    time: String,
    machine_time: String,
}

#[derive(Template)]
#[template(path = "announcements/list.html")]
struct List<'a> {
    page: Page,
    say: &'static words::Words,
    rule: String,
    kinds: Vec<(&'static str, &'static str)>,
    kind: &'a str,
    month: &'a str,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "announcements/feed.xml", escape = "html")]
struct Feed<'a> {
    site: &'a Site,
    say: &'static words::Words,
    tag: &'static str,
    code: &'static str,
    updated: String,
    rows: Vec<Row>,
}

async fn list(State(door): Door, headers: HeaderMap, frame: page::Asked, Query(asked): Query<Asked>) -> Response {
    let page = frame.page(&door.site);
    let language = frame.language();
    let found = match door.status.announcements(&asked.find(Some(PAGE_ITEMS))).await {
        Ok(found) => found,
        Err(why) => return page::refuse(page, &why),
    };
    let newest = found.items.first().map(|newest| newest.at);
    let rendered = List {
        page,
        say: words::words(language),
        rule: RULE.render(language),
        kinds: AnnouncementKind::ALL
            .map(|kind| (kind.as_str(), kind.name(language)))
            .to_vec(),
        kind: &asked.kind,
        month: &asked.month,
        rows: found.items.into_iter().map(|item| row(item, language)).collect(),
        next: found.next,
    }
    .render();
    answer(&headers, HTML, newest, rendered.map_err(|why| why.to_string()))
}

async fn feed(State(door): Door, headers: HeaderMap, Query(asked): Query<Asked>) -> Response {
    let language = asked.language(&headers);
    match door.status.announcements(&asked.find(Some(FEED_ITEMS))).await {
        Ok(found) => {
            let newest = found.items.first().map(|newest| newest.at);
            let rendered = atom(&door.site, found, language);
            answer(&headers, ATOM, newest, rendered.map_err(|why| why.to_string()))
        }
        Err(why) => Problem::of(&why, language).into_response(),
    }
}

fn atom(site: &Site, found: AnnouncementPage, language: Language) -> Result<String, askama::Error> {
    // A feed that has never had an entry was never updated; RFC 4287 §4.1.1 wants a time all the same.
    let updated = found.items.first().map_or(Timestamp::UNIX_EPOCH, |newest| newest.at);
    Feed {
        site,
        say: words::words(language),
        tag: language.tag(),
        code: page::language::code(language),
        updated: updated.to_string(),
        rows: found.items.into_iter().map(|item| row(item, language)).collect(),
    }
    .render()
}

async fn data(
    State(door): Door,
    Speech(language): Speech,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let found = door.status.announcements(&asked.find(asked.limit)).await;
    let found = found.map_err(|why| Problem::of(&why, language))?;
    let newest = found.items.first().map(|newest| newest.at);
    let written = serde_json::to_string(&found);
    Ok(answer(&headers, JSON, newest, written.map_err(|why| why.to_string())))
}

fn row(item: Announcement, language: Language) -> Row {
    Row {
        number: item.number,
        slug: item.kind.as_str(),
        kind: item.kind.name(language),
        shape: match item.kind {
            AnnouncementKind::Renewal | AnnouncementKind::Recovery => "good",
            AnnouncementKind::Suspension => "wait",
            AnnouncementKind::Revocation => "ended",
        },
        grouped: grouped(&item.serial),
        serial: item.serial,
        holder: item.holder.map(|holder| plain(&holder)),
        ground: item.ground.map(|slug| match slug.parse::<RevocationGround>() {
            Ok(ground) => format!("{}（{}）", ground.name(language), ground.citation().render(language)),
            Err(_) => slug,
        }),
        replaces: item.replaces.map(|serial| grouped(&serial)),
        time: time(item.at),
        machine_time: item.at.to_string(),
    }
}

/// A name without characters that XML 1.0 has no place for, escaped or not.
fn plain(name: &str) -> String {
    let has_place = |character: &char| !character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}');
    name.chars().filter(has_place).collect()
}

/// An answer that caches may keep, or 304 to whoever has it already.
fn answer(
    headers: &HeaderMap,
    content_type: &'static str,
    newest: Option<Timestamp>,
    body: Result<String, String>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(why) => {
            tracing::error!("announcements cannot be rendered: {why}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let tag = etag(&body);
    let mut kept = HeaderMap::new();
    kept.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHING));
    kept.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    kept.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    let modified = newest.map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let modified = modified.and_then(|text| HeaderValue::from_str(&text).ok());
    kept.extend(modified.map(|value| (header::LAST_MODIFIED, value)));
    if is_known(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    kept.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    (kept, body).into_response()
}

/// The digest of the body, which depends on everything that was shown and on nothing else.
fn etag(body: &str) -> String {
    let digest = gm_suite::sm3(body.as_bytes());
    format!("\"{}\"", STANDARD_NO_PAD.encode(digest))
}

/// RFC 9110 §13.1.2: weak comparison with each of the tags that the caller has.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    asked.is_some_and(|tags| {
        tags.split(',')
            .map(|known| known.trim().trim_start_matches("W/"))
            .any(|known| known == "*" || known == tag)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;

    fn site() -> Site {
        Site {
            name: "示例 <CA> & Co".to_owned(),
            public_url: "https://ca.example.cn".to_owned(),
        }
    }

    fn item(number: u64, holder: &str) -> Announcement {
        Announcement {
            number,
            kind: AnnouncementKind::Revocation,
            serial: "4f2a91c70d3e88b14f2a91c70d3e88b1".to_owned(),
            pair_serial: None,
            replaces: None,
            authority: "sm2".to_owned(),
            holder: Some(holder.to_owned()),
            ground: Some("holder-request".to_owned()),
            at: "2027-03-02T08:00:00Z".parse().unwrap(),
        }
    }

    fn page(items: Vec<Announcement>) -> AnnouncementPage {
        AnnouncementPage { items, next: None }
    }

    /// Element paths with their text, as an XML reader sees them.
    fn read(xml: &str) -> Vec<(String, String)> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut path, mut found) = (Vec::<String>::new(), Vec::<(String, String)>::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    path.push(start.name().as_ref().to_owned());
                    found.push((path.join("/"), String::new()));
                }
                Event::Empty(start) => {
                    let name = start.name().as_ref().to_owned();
                    found.push((format!("{}/{name}", path.join("/")), (*start).to_owned()));
                }
                Event::Text(text) => {
                    let here = path.join("/");
                    if let Some((_, said)) = found.iter_mut().rev().find(|(there, _)| *there == here) {
                        said.push_str(&text);
                    }
                }
                Event::GeneralRef(reference) => {
                    let here = path.join("/");
                    let character = reference.resolve_char_ref().unwrap().unwrap();
                    if let Some((_, said)) = found.iter_mut().rev().find(|(there, _)| *there == here) {
                        said.push(character);
                    }
                }
                Event::End(_) => {
                    path.pop();
                }
                Event::Eof => return found,
                _ => {}
            }
        }
    }

    fn said<'a>(found: &'a [(String, String)], path: &str) -> Vec<&'a str> {
        let at = found.iter().filter(|(there, _)| there == path);
        at.map(|(_, said)| said.as_str()).collect()
    }

    #[test]
    fn the_feed_has_what_rfc_4287_requires_and_holds_names_as_text() {
        let hostile = "</content><script>alert('x')</script>&\u{0}\u{b}";
        let xml = atom(
            &site(),
            page(vec![item(7, hostile), item(3, "张**")]),
            Language::Chinese,
        )
        .unwrap();
        let found = read(&xml);
        for path in ["feed/id", "feed/title", "feed/updated", "feed/author/name"] {
            assert_eq!(said(&found, path).len(), 1, "{path}");
        }
        for path in [
            "feed/entry/id",
            "feed/entry/title",
            "feed/entry/updated",
            "feed/entry/content",
        ] {
            assert_eq!(said(&found, path).len(), 2, "{path}");
            assert!(said(&found, path).iter().all(|text| !text.is_empty()), "{path}");
        }
        assert!(
            said(&found, "feed/link")
                .iter()
                .any(|link| link.contains("rel=\"self\""))
        );
        let ids = said(&found, "feed/entry/id");
        assert_ne!(ids.first(), ids.last());
        assert_eq!(said(&found, "feed/updated"), ["2027-03-02T08:00:00Z"]);
        assert_eq!(said(&found, "feed/author/name"), ["示例 <CA> & Co"]);
        assert!(
            said(&found, "feed/entry/content")
                .concat()
                .contains("</content><script>alert('x')</script>&\n")
        );
        assert!(found.iter().all(|(path, _)| !path.contains("script")));
    }

    #[test]
    fn a_feed_without_entries_is_one() {
        let found = read(&atom(&site(), page(vec![]), Language::English).unwrap());
        assert_eq!(said(&found, "feed/updated"), ["1970-01-01T00:00:00Z"]);
    }

    #[test]
    fn names_and_filters_are_text_in_the_page() {
        let hostile = "<img src=x onerror=alert(1)>";
        let rows = vec![row(item(7, hostile), Language::English)];
        let html = List {
            page: page::Asked::at("/announcements", Language::English).page(&Arc::new(site())),
            say: words::words(Language::English),
            rule: RULE.render(Language::English),
            kinds: vec![("renewal", "renewed")],
            kind: "\"><script>",
            month: "\"><script>",
            rows,
            next: Some("12-3".to_owned()),
        }
        .render()
        .unwrap();
        assert!(!html.contains("<img") && !html.contains("<script"), "{html}");
        assert!(html.contains("after=12-3"));
    }

    #[test]
    fn whoever_has_it_already_gets_no_body() {
        let ask = |tags: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(tags) = tags {
                headers.insert(header::IF_NONE_MATCH, tags.parse().unwrap());
            }
            let at = "2027-03-02T08:00:00Z".parse().ok();
            answer(&headers, JSON, at, Ok("{}".to_owned()))
        };
        let first = ask(None);
        let tag = first.headers().get(header::ETAG).unwrap().to_str().unwrap().to_owned();
        let modified = first.headers().get(header::LAST_MODIFIED).unwrap();
        assert_eq!(modified, "Tue, 02 Mar 2027 08:00:00 GMT");
        assert_eq!(first.status(), StatusCode::OK);
        for tags in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let again = ask(Some(&tags));
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{tags}");
            assert_eq!(again.headers().get(header::ETAG).unwrap(), tag.as_str());
        }
        assert_eq!(ask(Some("\"other\"")).status(), StatusCode::OK);
    }
}

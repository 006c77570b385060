//! Pages and JSON over HTTP, by audience. A handler extracts, makes one call, shows one view; no SQL, no keys, no rules.
//!
//! | audience | door | who may come in |
//! |---|---|---|
//! | officers' programs | [`Registration`], [`Applicants`], [`Letters`], [`Publishing`], [`Laws`], [`Roster`] | an access token or a session, in `Authorization` |
//! | subscribers' programs, officers' for them | [`Subscribers`] | an access code, then a session; an officer as above |
//! | officers' browsers | [`Visitors`], [`DeskPages`] | a client certificate, a passkey or an access token, then a cookie |
//! | other zones | [`certification`], [`key_centre`] | a signature of a known peer |
//! | relying parties, the public | [`Relying`], [`Announcements`], [`Archived`], [`crl_files`] | everybody |
//! | auditors, followers | [`Archive`] | an officer who may audit, or a token shared by two processes |
//!
//! Errors are problems (RFC 9457, [`Problem`]) in the caller's language. The interface is described in
//! `assets/openapi.json`, which a test holds against the routes. The daemon chooses which doors there are.

#![cfg_attr(test, expect(clippy::indexing_slicing, reason = "JSON in a test"))]

mod announcements;
mod applicant;
mod archive;
mod batch;
mod caller;
mod came;
mod form;
mod gate;
mod law;
mod letters;
mod login;
mod login_words;
mod machine;
mod officer;
mod passkeys;
mod policies;
mod policy_words;
mod public;
mod relying;
mod roster;
mod subscribers;
mod visitor;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hefu_database::Database;
use jiff::Timestamp;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use announcements::Announcements;
pub use applicant::Applicants;
pub use archive::{ACCESS, Archive, Readers, Zones, is_refusal, next_place, place, refusals};
pub use batch::Batches;
pub use caller::{Query, Unreadable, admitted};
pub use came::{Came, FormFault, Sent};
pub use form::{Form, Upload, given};
pub use hefu_officers::PresentedCertificate;
pub use hefu_page::Site;
use hefu_page::{MARK, STYLE, component, page, problem};
pub use law::Laws;
pub use letters::Letters;
pub use machine::{certification, key_centre};
pub use officer::{Registration, request_bytes};
pub use policies::{Archived, Publishing};
pub use problem::{Details, Problem, Rule, language};
pub use public::look_up::usage;
pub use relying::{Relying, crl_files};
pub use roster::Roster;
pub use subscribers::{Affairs, Ask, NotGathered, Subscribers};
pub use visitor::{Arrival, PageOfficer, PlainDoor, Visitor, Visitors};

/// Says the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// An application with every field and a post-quantum key is below this; messages between zones have their own limit.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Longer than an issuance with a silent key centre may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Pages use their own style sheet and nothing else; the two that ask for a passkey have a policy of their own.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Other sites learn nothing; our own pages' forms say where they come from, which `no-referrer` would hide.
const REFERRER: &str = "same-origin";

const INTERFACE: &str = include_str!("../assets/openapi.json");

/// The whole: the doors that were chosen, what every process answers, limits and headers for all.
pub fn app(doors: Router, databases: Vec<Database>) -> Router {
    Router::new()
        .route("/healthz", get(move || health(databases.clone())))
        .route("/openapi.json", get(|| async { typed("application/json", INTERFACE) }))
        .route(
            "/assets/hefu.css",
            get(|| async { typed("text/css; charset=utf-8", STYLE) }),
        )
        .route("/assets/mark.svg", get(|| async { typed("image/svg+xml", MARK) }))
        .merge(doors)
        .layer(from_fn(page::language::remember))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_WITHIN,
        ))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, REFERRER))
        .layer(always(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
}

fn always(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

fn typed(content_type: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// 200 while every database of the process answers.
async fn health(databases: Vec<Database>) -> Response {
    for database in &databases {
        if let Err(why) = database.read().await {
            tracing::error!("not healthy: {why}");
            return (StatusCode::SERVICE_UNAVAILABLE, "not healthy\n").into_response();
        }
    }
    "ok\n".into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Every source of the crates, whatever rooms there are.
    fn sources(folder: &Path) -> String {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let texts = entries.map(|entry| match entry.path() {
            path if path.is_dir() => sources(&path),
            path => std::fs::read_to_string(path).unwrap_or_default(),
        });
        texts.collect()
    }

    /// Paths that routers of any crate are given, as the description writes them; the style sheet and the mark are no
    /// interface.
    fn routed() -> BTreeSet<String> {
        let marker = concat!(".rou", "te(");
        let crates = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let crates = crates.into_iter().flatten().flatten();
        let all: String = crates.map(|one| sources(&one.path().join("src"))).collect();
        let calls = all.split(marker).skip(1);
        let paths = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
        paths
            .filter(|path| !path.starts_with("/assets/"))
            .map(|path| path.replace("{*", "{"))
            .collect()
    }

    #[test]
    fn the_interface_description_names_every_route_and_no_other() {
        let interface: serde_json::Value = serde_json::from_str(super::INTERFACE).unwrap_or_default();
        let described: BTreeSet<String> = interface["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(path, _)| path.clone())
            .collect();
        assert_eq!(described, routed());
    }
}

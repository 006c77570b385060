//! The interface for people: the `OpenAPI` description as a page.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hefu_rulebook::Language;
use serde_json::Value;

use crate::INTERFACE;
use crate::page::{Asked, Page, show};
use crate::relying::Relying;
use crate::words::public::PublicWords;

/// The description, read once.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(INTERFACE).unwrap_or_default());
/// What an operation may be called.
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
/// Between the English and the Chinese half of a summary.
const HALVES: &str = " · ";

#[derive(Template)]
#[template(path = "public/interface.html")]
struct Interface {
    page: Page,
    words: &'static PublicWords,
    groups: Vec<Group>,
}

/// Calls of one audience.
struct Group {
    id: &'static str,
    title: &'static str,
    calls: Vec<Call>,
}

struct Call {
    verb: String,
    path: String,
    summary: String,
    parameters: Vec<String>,
}

pub(super) async fn interface(State(door): State<Relying>, asked: Asked) -> Response {
    let page = asked.page(&door.site);
    let view = Interface {
        groups: groups(&DESCRIPTION, page.language),
        words: PublicWords::of(page.language),
        page,
    };
    show(StatusCode::OK, &view)
}

fn groups(description: &Value, language: Language) -> Vec<Group> {
    let words = PublicWords::of(language);
    let group = |id, title| Group {
        id,
        title,
        calls: Vec::new(),
    };
    let mut relying = group("relying", words.group_relying);
    let mut officers = group("officers", words.group_officers);
    let mut zones = group("zones", words.group_zones);
    let mut pages = group("pages", words.group_pages);
    let paths = description.get("paths").and_then(Value::as_object);
    for (path, operations) in paths.into_iter().flatten() {
        let target = match path.split('/').nth(1) {
            Some("api") if path != "/api" => &mut officers,
            Some("ca" | "kmc") if path.contains("/v1/") => &mut zones,
            Some("ocsp" | "ca" | "crl") if path != "/ca" => &mut relying,
            _ => &mut pages,
        };
        target.calls.extend(calls(path, operations, language));
    }
    vec![relying, officers, zones, pages]
}

fn calls(path: &str, operations: &Value, language: Language) -> Vec<Call> {
    let operations = VERBS.iter().filter_map(|verb| Some((*verb, operations.get(*verb)?)));
    let calls = operations.map(|(verb, operation)| Call {
        verb: verb.to_ascii_uppercase(),
        path: path.to_owned(),
        summary: half(
            operation.get("summary").and_then(Value::as_str).unwrap_or_default(),
            language,
        )
        .to_owned(),
        parameters: parameters(operation),
    });
    calls.collect()
}

/// The half of a summary in this language; the whole where it has one half only.
fn half(summary: &str, language: Language) -> &str {
    match (summary.split_once(HALVES), language) {
        (Some((_, chinese)), Language::Chinese) => chinese,
        (Some((english, _)), Language::English) => english,
        (None, _) => summary,
    }
}

/// Names of what the query takes; what stands in the path is seen there.
fn parameters(operation: &Value) -> Vec<String> {
    let all = operation.get("parameters").and_then(Value::as_array);
    let query = all
        .into_iter()
        .flatten()
        .filter(|one| one.get("in").and_then(Value::as_str) == Some("query"));
    query
        .filter_map(|one| one.get("name").and_then(Value::as_str))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_in_one_group_with_a_summary() {
        for language in [Language::Chinese, Language::English] {
            let groups = groups(&DESCRIPTION, language);
            assert!(groups.iter().all(|group| !group.calls.is_empty()));
            let calls: Vec<&Call> = groups.iter().flat_map(|group| &group.calls).collect();
            let described = DESCRIPTION.get("paths").and_then(Value::as_object).map_or(0, |paths| {
                paths
                    .values()
                    .filter_map(Value::as_object)
                    .map(serde_json::Map::len)
                    .sum()
            });
            assert_eq!(calls.len(), described);
            assert!(calls.iter().all(|call| !call.summary.is_empty()));
        }
    }

    #[test]
    fn a_summary_has_two_halves() {
        assert_eq!(half("Issue · 签发", Language::Chinese), "签发");
        assert_eq!(half("Issue · 签发", Language::English), "Issue");
        assert_eq!(half("OCSP", Language::Chinese), "OCSP");
    }
}

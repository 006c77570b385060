//! The officers' lists over a million issued certificates: each kind of page by itself, over HTTP.
//!
//! The rows are put into the RA's database directly: issuing a million certificates is not what is measured here. Nine
//! in ten are in force, some are revoked, suspended or over; names begin alike as they do in a country.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

use crate::load;
use crate::report::{Failure, Figure, Target};
use crate::service::Service;
use crate::wire::{Connection, Request};

const CERTIFICATES: u32 = 1_000_000;
/// Applications that wait in each queue.
const WAITING: u32 = 2_000;
const CLIENTS: usize = 2;
const CALLS: usize = 200;
const PAGES: usize = 20;
const WITHIN_MS: f64 = 100.0;

/// Every kind of page that the desk has.
const LISTS: [(&str, &str); 13] = [
    ("queue, all", "applications?limit=50"),
    ("queue, to be approved", "applications?state=identified&limit=50"),
    ("search, newest", "certificates?limit=50"),
    ("search, name", "certificates?query=device-0123&limit=50"),
    ("search, rare name", "certificates?query=device-0123456&limit=50"),
    ("search, serial number", "certificates?query=4100a1&limit=50"),
    ("search, profile", "certificates?profile=device-p256&limit=50"),
    ("search, rare profile", "certificates?profile=tls-client&limit=50"),
    ("search, revoked", "certificates?state=revoked&limit=50"),
    ("search, expired", "certificates?state=expired&limit=50"),
    (
        "search, suspended, profile",
        "certificates?state=suspended&profile=device-sm2-single&limit=50",
    ),
    (
        "search, name and revoked",
        "certificates?query=device-05&state=revoked&limit=50",
    ),
    (
        "search, ending soon",
        "certificates?state=valid&ends_from=2026-01-01&limit=50",
    ),
];

/// The slowest twentieth of each kind of page.
pub(crate) fn measure(binaries: &Path, folder: &Path) -> Result<Vec<Figure>, Failure> {
    eprintln!("measuring the desk's lists");
    let folder = &folder.join("desk");
    let service = Service::fresh(binaries, folder)?;
    let address = service.address;
    service.stop()?;
    fill(&folder.join("ra/ra.db"))?;
    let service = Service::start(binaries, folder, address)?;
    let officer = service.officer("entry")?;
    let mut figures = Vec::new();
    for (name, path) in LISTS {
        let pages = pages(&service, &officer, path)?;
        figures.push(slowest(&service, name, &pages)?);
    }
    let forecast = Request::get_as("/api/v1/certificates/forecast", &officer);
    figures.push(slowest(&service, "forecast of a year", &[forecast])?);
    service.stop()?;
    Ok(figures)
}

/// The first pages of a list, as its cursors say.
fn pages(service: &Service, officer: &str, path: &str) -> Result<Vec<Request>, Failure> {
    let mut connection = Connection::new(service.address);
    let mut pages = vec![Request::get_as(&format!("/api/v1/{path}"), officer)];
    while let Some(last) = pages.last()
        && pages.len() < PAGES
    {
        let answer = connection.send(last)?;
        let list: Value = serde_json::from_slice(&answer.body).map_err(|_| Failure::Tool("list"))?;
        let Some(next) = list.get("next").and_then(Value::as_str) else {
            break;
        };
        pages.push(Request::get_as(&format!("/api/v1/{path}&after={next}"), officer));
    }
    Ok(pages)
}

fn slowest(service: &Service, name: &str, pages: &[Request]) -> Result<Figure, Failure> {
    let calls: Vec<Request> = pages.iter().cycle().take(CALLS).cloned().collect();
    let run = load::run(service.address, CLIENTS, &calls, |answer| answer.status == 200);
    if let Some(first) = run.failed.first() {
        return Err(Failure::Requests(format!("{name}: {first}")));
    }
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let how = format!(
        "{CLIENTS} clients, {CALLS} calls on {} pages, p50 {:.1} ms",
        pages.len(),
        milliseconds(run.percentile(50))
    );
    let figure = Figure::plain(format!("{name}, p95"), milliseconds(run.percentile(95)), "ms", how);
    Ok(figure.against(Target::AtMost(WITHIN_MS)))
}

/// A million certificates, each with its application, and some applications that wait.
fn fill(database: &Path) -> Result<(), Failure> {
    let now = jiff::Timestamp::now().as_microsecond();
    let day = 86_400 * 1_000_000_i64;
    let numbers =
        |count: u32| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    let profile =
        "CASE WHEN i % 5000 = 0 THEN 'tls-client' WHEN i % 4 = 0 THEN 'device-p256' ELSE 'device-sm2-single' END";
    let began = format!("{now} - ({CERTIFICATES} - i) * 40000000");
    let fields = "'{\"common_name\":\"device-' || printf('%07d', i) || '\",\"country\":\"CN\"}'";
    let status = "CASE WHEN i % 50 = 0 THEN 'revoked' WHEN i % 997 = 0 THEN 'suspended' ELSE 'valid' END";
    let columns = "id, kind, state, profile, law_scope, fields, public_key, key_digest, csr, salt, entered_by, entered_at,
         notice, noticed_by, noticed_at, contract, contracted_by, contracted_at, identity, identified_by, identified_at";
    let steps = "'{\"version\":\"1\"}', 1, 1, '{\"signed_by\":\"x\",\"version\":\"1\"}', 1, 1,
         '{\"document\":\"x\",\"evidence\":[],\"method\":\"x\"}', 1, 1";
    let application = |prefix: &str, state: &str| {
        format!(
            "'{prefix}' || printf('%030x', i), 'first', '{state}', {profile}, 'outside', {fields}, zeroblob(91),
             randomblob(32), X'30', zeroblob(16), 1, {began}, {steps}"
        )
    };
    let rows = [
        format!(
            "{} INSERT INTO ra_application ({columns}, approval, approved_by, approved_at, request, requested_by,
             requested_at, issued_at, updated_at) SELECT {}, zeroblob(200), 2, 1, zeroblob(800), 2, 1, {began}, {began} FROM n",
            numbers(CERTIFICATES),
            application("01", "issued")
        ),
        format!(
            "{} INSERT INTO ra_application ({columns}, updated_at) SELECT {}, {began} FROM n",
            numbers(WAITING),
            application("02", "identified")
        ),
        "INSERT INTO ra_issuer VALUES ('00', X'30')".to_owned(),
        format!(
            "{} INSERT INTO ra_certificate
             SELECT '41' || lower(hex(randomblob(15))), NULL, '01' || printf('%030x', i), 'single', {profile},
                 'device-' || printf('%07d', i), 'C=CN, CN=device-' || printf('%07d', i), {began}, {began} + 365 * {day},
                 {status}, CASE WHEN i % 50 = 0 THEN 'holder-request' END, CASE WHEN i % 50 = 0 OR i % 997 = 0 THEN {now} END,
                 zeroblob(700), NULL, '00' FROM n",
            numbers(CERTIFICATES)
        ),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let filled = runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&format!("sqlite://{}", database.display())).await?;
        for text in rows {
            connection.execute(AssertSqlSafe(text)).await?;
        }
        connection.close().await
    });
    filled.map_err(|why: sqlx::Error| Failure::Requests(why.to_string()))
}

//! A batch of ten thousand devices through HTTP: upload, dry run, entry; the whole held against one minute.

use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use gm_suite::{KeyAlgorithm, PrivateKey};
use serde_json::{Value, json};
use x509_cert::name::Name;

use crate::report::{Failure, Figure, Target};
use crate::service::Service;
use crate::wire::{Connection, Request};

const ROWS: usize = 10_000;
/// What an officer waits for beside a cup of tea.
const TARGET_SECONDS: f64 = 60.0;
const GIVE_UP: Duration = Duration::from_mins(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One batch on a fresh service.
pub(crate) fn measure(binaries: &Path, folder: &Path) -> Result<Vec<Figure>, Failure> {
    eprintln!("measuring a batch: making {ROWS} requests");
    let sheet = sheet()?;
    let service = Service::fresh(binaries, &folder.join("batch"))?;
    let officer = service.officer("entry")?;
    let mut connection = Connection::new(service.address);
    let mut ask = |request: &Request| -> Result<Value, Failure> {
        let answer = connection.send(request)?;
        if answer.status / 100 != 2 {
            return Err(Failure::Requests(String::from_utf8_lossy(&answer.body).into_owned()));
        }
        serde_json::from_slice(&answer.body).map_err(|_| Failure::Tool("JSON"))
    };
    let start = Instant::now();
    let batch = ask(&Request::post(
        "/api/v1/batches",
        "text/csv",
        &officer,
        sheet.as_bytes(),
    ))?;
    let uploaded = start.elapsed();
    let id = batch.get("id").and_then(Value::as_str).unwrap_or_default();
    let path = format!("/api/v1/batches/{id}");
    let look = Request::get_as(&path, &officer);
    until_done(&mut ask, &look)?;
    let checked = start.elapsed();
    let together = json!({"together": {
        "notice": {"version": "1"},
        "contract": {"version": "1", "signed_by": "Example"},
        "identity": {"method": "in-person", "document": "purchase contract", "evidence": []},
    }});
    let begin = Request::post(
        &format!("{path}/start"),
        "application/json",
        &officer,
        together.to_string().as_bytes(),
    );
    ask(&begin)?;
    let batch = until_done(&mut ask, &look)?;
    let whole = start.elapsed();
    service.stop()?;
    let entered = batch.pointer("/counts/entered").and_then(Value::as_u64);
    if entered != u64::try_from(ROWS).ok() {
        return Err(Failure::Requests(format!("not every row was entered: {batch}")));
    }
    let part =
        |what: &str, took: Duration| Figure::plain(format!("batch of {ROWS}, {what}"), took.as_secs_f64(), "s", "");
    Ok(vec![
        part("upload", uploaded),
        part("dry run", checked.saturating_sub(uploaded)),
        part("entry", whole.saturating_sub(checked)),
        part("upload to last row entered", whole).against(Target::AtMost(TARGET_SECONDS)),
    ])
}

fn sheet() -> Result<String, Failure> {
    let mut text = String::from("profile,csr,organisation,common_name\r\n");
    for place in 0..ROWS {
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).map_err(|_| Failure::Tool("key generation"))?;
        let name = format!("device-{place:06}.example");
        let subject = Name::from_str(&format!("CN={name},O=Example,C=CN")).map_err(|_| Failure::Tool("name"))?;
        let request =
            gm_syntax::CertificationRequest::sign_request(&subject, &key, None).map_err(|_| Failure::Tool("CSR"))?;
        let pem = gm_syntax::pem_text::encode("CERTIFICATE REQUEST", &request);
        // Writing to a String cannot fail.
        let _ = write!(text, "device-sm2,\"{pem}\",Example,{name}\r\n");
    }
    Ok(text)
}

fn until_done(ask: &mut impl FnMut(&Request) -> Result<Value, Failure>, look: &Request) -> Result<Value, Failure> {
    let start = Instant::now();
    loop {
        let batch = ask(look)?;
        if batch.get("working").is_none_or(Value::is_null) {
            return Ok(batch);
        }
        if start.elapsed() > GIVE_UP {
            return Err(Failure::Requests(format!("no end: {batch}")));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

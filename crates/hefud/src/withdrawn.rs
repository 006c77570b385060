//! A certificate that is revoked or suspended opens nothing from then on, and what it opened ends with it.
//!
//! A follower of the registration zone's records: where a change of status was answered, it looks at how the certificate
//! stands now and, if an officer logs in with it, ends that officer's sessions. Reading something twice ends nothing that
//! should go on, for what counts is how the certificate stands.

use std::sync::Arc;
use std::time::Duration;

use gm_suite::sm3;
use hefu_officers::Officers;
use hefu_ra::{CertificateState, Desk};
use hefu_records::{Entry, RecordsError};
use hefu_rulebook::{Explain as _, Kind};
use jiff::Timestamp;

use crate::serve::until_stopped;
use crate::start::Start;
use crate::zone::Zone;

/// The follower's name in the table of cursors.
const CURSOR: &str = "withdrawn-certificates";
/// The record that a change of status leaves.
const CHANGED: &str = "status-change-answered/1";
/// Entries in one go.
const PORTION: u32 = 200;
/// Between two looks: a session outlives its certificate by no more than this.
const EVERY: Duration = Duration::from_millis(500);
/// The rest after something could not be read.
const REST: Duration = Duration::from_secs(5);

/// Follows beside the doors, until the end.
pub(crate) fn watch(zone: &Zone, desk: &Desk, officers: &Arc<Officers>, start: &mut Start) {
    let (following, mut stop) = (
        follow(zone.clone(), desk.clone(), Arc::clone(officers)),
        start.stop.clone(),
    );
    start.tasks.spawn(async move {
        tokio::select! { () = following => {}, () = until_stopped(&mut stop) => {} }
    });
}

/// Follows until dropped.
async fn follow(zone: Zone, desk: Desk, officers: Arc<Officers>) {
    let mut wake = zone.records.subscribe();
    loop {
        match portion(&zone, &desk, &officers).await {
            Ok(true) => continue,
            Ok(false) => tokio::time::sleep(EVERY).await,
            Err(why) => {
                tracing::error!("sessions of withdrawn certificates cannot be looked for: {why}");
                tokio::time::sleep(REST).await;
                continue;
            }
        }
        if wake.changed().await.is_err() {
            return;
        }
    }
}

/// Works off one portion; whether more waits.
async fn portion(zone: &Zone, desk: &Desk, officers: &Officers) -> Result<bool, String> {
    let told = |why: RecordsError| why.to_string();
    let mut connection = zone.database.read().await.map_err(|why| why.to_string())?;
    let from = hefu_records::cursor(&mut connection, CURSOR).await.map_err(told)?;
    drop(connection);
    let entries = zone.records.read(from, PORTION).await.map_err(told)?;
    let Some(last) = entries.last() else {
        return Ok(false);
    };
    for entry in entries.iter().filter(|entry| entry.kind == CHANGED) {
        for serial in serials(entry) {
            end_sessions(desk, officers, serial).await?;
        }
    }
    let next = last.index + 1;
    let moved = zone
        .database
        .write(move |connection| Box::pin(async move { hefu_records::advance(connection, CURSOR, next).await }));
    moved.await.map_err(told)?;
    Ok(entries.len() >= PORTION as usize)
}

fn serials(entry: &Entry) -> impl Iterator<Item = &str> {
    let serials = entry.body.get("serials").and_then(serde_json::Value::as_array);
    serials.into_iter().flatten().filter_map(serde_json::Value::as_str)
}

async fn end_sessions(desk: &Desk, officers: &Officers, serial: &str) -> Result<(), String> {
    let now = Timestamp::now();
    let view = match desk.certificate(serial, now).await {
        Ok(view) => view,
        Err(why) if why.kind() == Kind::Absent => return Ok(()),
        Err(why) => return Err(why.to_string()),
    };
    if !matches!(view.state, CertificateState::Revoked | CertificateState::Suspended) {
        return Ok(());
    }
    let der = gm_syntax::pem_text::decode(view.pem.as_bytes(), "CERTIFICATE").map_err(|why| why.to_string())?;
    let ended = officers.end_sessions_opened_with(sm3(&der), now).await;
    let ended = ended.map_err(|why| why.to_string())?;
    if ended > 0 {
        tracing::info!(ended, serial, "sessions ended with the certificate that opened them");
    }
    Ok(())
}

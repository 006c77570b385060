//! Batches: sheets of many applications, as the server tells of them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::{MAX_ANSWER_BYTES, MAX_REPORT_BYTES, segment};
use crate::{Client, ClientError};

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct BatchCounts {
    /// Not looked at yet.
    pub unchecked: u64,
    /// May be entered.
    pub good: u64,
    /// Have findings.
    pub bad: u64,
    /// Under way.
    pub entering: u64,
    /// Entered.
    pub entered: u64,
    /// Refused.
    pub refused: u64,
    /// Entered and approved.
    pub approved: u64,
    /// Entered and not ready for approval.
    pub not_ready: u64,
    /// Entered, and approval was refused.
    pub approval_refused: u64,
}

/// A batch and its progress.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Batch {
    /// Its number.
    pub id: String,
    /// `uploaded`, `checked`, `running`, `paused`, `finished` or `discarded`.
    pub state: String,
    /// `checking`, `entering` or `approving`, while it is being worked on.
    pub working: Option<String>,
    /// Why it is paused: `by-officer`, `stopped` or `fault`.
    pub paused: Option<String>,
    /// `csv-utf8`, `csv-gb18030` or `xlsx`.
    pub sheet_kind: String,
    /// SM3 of the sheet, in hexadecimal.
    pub sheet_sm3: String,
    /// Rows below the headings.
    pub rows: u64,
    /// What became of them.
    pub counts: BatchCounts,
    /// Number of the officer who brought it.
    pub uploaded_by: String,
    /// When (RFC 3339).
    pub uploaded_at: String,
}

impl Client {
    /// Uploads a sheet, CSV or XLSX; the server checks it in the background and enters nothing.
    ///
    /// # Errors
    /// [`ClientError`], as for every request below.
    pub fn upload_batch(&self, sheet: &[u8]) -> Result<Batch, ClientError> {
        self.send("/api/v1/batches", sheet)
    }

    /// A batch and its progress.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn batch(&self, id: &str) -> Result<Batch, ClientError> {
        self.get(&format!("/api/v1/batches/{}", segment(id)))
    }

    /// Has the good rows entered; `together` is what is said once for all of them.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn start_batch(&self, id: &str, together: &Value) -> Result<Batch, ClientError> {
        self.post(&act(id, "start"), &json!({ "together": together }))
    }

    /// Pauses a running batch.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn pause_batch(&self, id: &str) -> Result<Batch, ClientError> {
        self.post(&act(id, "pause"), &json!({}))
    }

    /// Gives a checked batch up.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn discard_batch(&self, id: &str) -> Result<Batch, ClientError> {
        self.delete("/api/v1/batches", id)
    }

    /// Goes on with a paused batch.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn resume_batch(&self, id: &str) -> Result<Batch, ClientError> {
        self.post(&act(id, "resume"), &json!({}))
    }

    /// Approves what is ready, as another officer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn approve_batch(&self, id: &str) -> Result<Batch, ClientError> {
        self.post(&act(id, "approval"), &json!({}))
    }

    /// Approves what is ready and has it issued at once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn approve_and_issue_batch(&self, id: &str) -> Result<Batch, ClientError> {
        self.post(&act(id, "approval"), &json!({ "issue": true }))
    }

    /// The report: every row with what became of it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn batch_report(&self, id: &str) -> Result<Value, ClientError> {
        self.get(&act(id, "report.json"))
    }

    /// The report as comma-separated text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn batch_report_csv(&self, id: &str) -> Result<Vec<u8>, ClientError> {
        self.download(&act(id, "report.csv"), MAX_REPORT_BYTES)
    }

    /// Headings to start a sheet from, for one profile or for all.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn batch_template(&self, profile: Option<&str>) -> Result<Vec<u8>, ClientError> {
        let query = profile.map(|name| format!("?profile={}", segment(name)));
        let path = format!("/api/v1/batches/template.csv{}", query.unwrap_or_default());
        self.download(&path, MAX_ANSWER_BYTES)
    }
}

fn act(id: &str, act: &str) -> String {
    format!("/api/v1/batches/{}/{act}", segment(id))
}

//! The typesetter: `hefu-documents`, a process of its own, which takes a description and gives PDF.
//!
//! It is never linked into a process that signs; what goes in is text, what comes out is a file.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use serde_json::Value;
use tokio::sync::Semaphore;

/// The program, which stands beside the daemon.
const PROGRAM: &str = "hefu-documents";
/// Documents that are set at the same time: each takes a processor and its fonts.
const AT_ONCE: usize = 1;

/// Sets documents.
#[derive(Clone, Debug)]
pub struct Typesetter {
    program: PathBuf,
    room: Arc<Semaphore>,
}

/// A document that was not set.
#[derive(Debug, thiserror::Error)]
#[error("the document was not set: {0}")]
pub(crate) struct NotSet(String);

impl Explain for NotSet {
    fn code(&self) -> &'static str {
        "document-not-set"
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => "PDF 未能生成；请确认 hefu-documents 与服务程序装在一起，并装有中文字体".to_owned(),
            Language::English => {
                "the PDF was not made; hefu-documents must be installed beside the daemon, with fonts for Chinese"
                    .to_owned()
            }
        }
    }
}

impl Default for Typesetter {
    /// The one beside this program, else wherever the system finds it.
    fn default() -> Self {
        let beside = std::env::current_exe().ok();
        let beside = beside.map(|program| program.with_file_name(PROGRAM));
        Self::at(beside.filter(|path| path.is_file()).unwrap_or_else(|| PROGRAM.into()))
    }
}

impl Typesetter {
    /// The one at `program`.
    #[must_use]
    pub fn at(program: PathBuf) -> Self {
        Self {
            program,
            room: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Sets a description as PDF, when it is its turn.
    pub(crate) async fn set(&self, description: Value, language: Language) -> Result<Vec<u8>, NotSet> {
        let turn = self.room.clone().acquire_owned().await;
        let turn = turn.map_err(|why| NotSet(why.to_string()))?;
        let program = self.program.clone();
        let set = tokio::task::spawn_blocking(move || {
            let set = run(&program, &description, language);
            drop(turn);
            set
        });
        set.await.map_err(|why| NotSet(why.to_string()))?
    }
}

fn run(program: &PathBuf, description: &Value, language: Language) -> Result<Vec<u8>, NotSet> {
    let failed = |why: std::io::Error| NotSet(format!("{}: {why}", program.display()));
    let mut child = Command::new(program)
        .args(["--language", language.tag()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // It reads everything before it writes anything. One that does not read says why on its standard error.
        drop(input.write_all(description.to_string().as_bytes()));
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(NotSet(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

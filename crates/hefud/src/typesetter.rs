//! Copies as PDF: `hefu-documents` beside this program, a process for each document, without keys or database.
//!
//! The description goes in by standard input and the PDF comes out by standard output, so that nothing of an agreement is
//! written to a disk on the way. A process that takes too long is ended.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use hefu_counter::{NotSet, Typesetter};
use serde_json::Value;

/// The program.
const PROGRAM: &str = "hefu-documents";
/// How long one document may take: a contract of a hundred pages takes about a second.
const LONGEST: Duration = Duration::from_secs(20);
/// Between two looks whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Octets of the largest PDF, and of the longest complaint, that are taken.
const OUTPUT_MAX: u64 = 32 << 20;

/// `hefu-documents`, wherever this program is.
pub(crate) struct Printer(PathBuf);

impl Printer {
    /// The one beside this program, else wherever the system finds it.
    pub(crate) fn beside() -> Self {
        let beside = std::env::current_exe().ok().map(|here| here.with_file_name(PROGRAM));
        Self(
            beside
                .filter(|path| path.is_file())
                .unwrap_or_else(|| PathBuf::from(PROGRAM)),
        )
    }
}

impl Typesetter for Printer {
    fn set(&self, description: Value) -> BoxFuture<'_, Result<Vec<u8>, NotSet>> {
        let program = self.0.clone();
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || set(&program, description.to_string().as_bytes()));
            done.await.unwrap_or_else(|why| Err(not_set(why)))
        })
    }
}

fn not_set(why: impl std::fmt::Display) -> NotSet {
    NotSet {
        detail: why.to_string(),
    }
}

fn set(program: &Path, description: &[u8]) -> Result<Vec<u8>, NotSet> {
    let child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|why| not_set(format!("{}: {why}", program.display())))?;
    let output = child.stdout.take().map(read_apart);
    let complaint = child.stderr.take().map(read_apart);
    if let Some(mut input) = child.stdin.take() {
        // A process that ended before it read all says why on its standard error.
        let _ = input.write_all(description);
    }
    let ended = wait(&mut child)?;
    let output = output.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let complaint = complaint.and_then(|reader| reader.join().ok()).unwrap_or_default();
    if ended && !output.is_empty() {
        return Ok(output);
    }
    Err(not_set(String::from_utf8_lossy(&complaint).trim()))
}

/// Waits for the end; whether it was a good one.
fn wait(child: &mut Child) -> Result<bool, NotSet> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(not_set)? {
            return Ok(status.success());
        }
        if begun.elapsed() > LONGEST {
            child.kill().map_err(not_set)?;
            child.wait().map_err(not_set)?;
            return Err(not_set(format!("no end after {} s", LONGEST.as_secs())));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Reads a pipe on a thread of its own, so that neither pipe can hold the process up.
fn read_apart(pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut octets = Vec::new();
        // What was read before a pipe broke is what there is.
        let _ = pipe.take(OUTPUT_MAX).read_to_end(&mut octets);
        octets
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_or_fails_is_told_and_not_waited_for() {
        let none = set(Path::new("/nowhere/hefu-documents"), b"{}").unwrap_err();
        assert!(none.detail.contains("/nowhere/hefu-documents"), "{none}");
        let fails = set(Path::new("/bin/false"), b"{}").unwrap_err();
        assert_eq!(fails.detail, "");
        let echoes = set(Path::new("/bin/cat"), b"{\"a\": 1}").unwrap();
        assert_eq!(echoes, b"{\"a\": 1}");
    }
}

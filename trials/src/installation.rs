//! An installation of Hefu in a folder of its own, and its daemons.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Http, binary, must};

const START_MAX: Duration = Duration::from_secs(20);
const STOP_MAX: Duration = Duration::from_secs(20);

/// How the roles are spread.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// One process, `hefud.toml`.
    OneProcess,
    /// Four: `ra.toml`, `ca.toml`, `kmc.toml`, `status.toml`.
    Separate,
}

/// A port of loopback that is free now.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// A folder made by `hefu init`.
#[derive(Debug)]
pub struct Installation {
    folder: TempDir,
    url: String,
    public_url: String,
    tls_url: String,
}

impl Installation {
    /// Initialises an empty folder.
    #[must_use]
    pub fn fresh(layout: Layout) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let port = free_port();
        let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let mut init = Command::new(binary("hefu"));
        init.arg("init")
            .arg(folder.path())
            .args(["--listen", &listen, "--json"]);
        // Four processes listen on four ports in a row; the last is the public one.
        let public_url = match layout {
            Layout::OneProcess => url.clone(),
            Layout::Separate => format!("http://127.0.0.1:{}", port + 3),
        };
        init.args(["--public-url", &public_url]);
        let door = format!("127.0.0.1:{}", free_port());
        init.args(["--tls-listen", &door]);
        if layout == Layout::Separate {
            init.args(["--roles", "separate"]);
        }
        must(&mut init);
        Self {
            folder,
            url,
            public_url,
            tls_url: format!("https://{door}"),
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The base URL of the public service.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The base URL of the door for officers' browsers.
    #[must_use]
    pub fn tls_url(&self) -> &str {
        &self.tls_url
    }

    /// The base URL of the officers' service.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts `hefud` on one of the configuration files and waits until it answers.
    #[must_use]
    pub fn start(&self, config: &str) -> Daemon {
        self.start_at(config, &self.url)
    }

    /// The same, for a process that answers at another address.
    #[must_use]
    pub fn start_at(&self, config: &str, url: &str) -> Daemon {
        self.launch(&binary("hefud"), config, url)
    }

    /// The same, by a program that becomes `hefud` in the end.
    #[must_use]
    pub fn start_with(&self, program: &Path, config: &str) -> Daemon {
        self.launch(program, config, &self.url)
    }

    fn launch(&self, program: &Path, config: &str, url: &str) -> Daemon {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.file(&format!("{config}.log")))
            .expect("a log file");
        let child = Command::new(program)
            .arg("--config")
            .arg(self.file(config))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("hefud starts");
        let mut daemon = Daemon { child };
        let start = Instant::now();
        let agent = ureq::Agent::new_with_defaults();
        while agent.get(format!("{url}/healthz")).call().is_err() {
            let ended = daemon.child.try_wait().expect("the daemon can be asked");
            let log = std::fs::read_to_string(self.file(&format!("{config}.log"))).unwrap_or_default();
            assert!(
                ended.is_none() && start.elapsed() < START_MAX,
                "hefud {config} does not answer at {url}:\n{log}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        daemon
    }

    /// A `hefu` command as `officer`, towards this installation; add arguments and run it.
    #[must_use]
    pub fn hefu(&self, officer: &str) -> Command {
        let mut command = Command::new(binary("hefu"));
        command
            .current_dir(self.path())
            .env("HEFU_URL", &self.url)
            .env("HEFU_TOKEN_FILE", self.file(&format!("officers/{officer}.token")))
            .env("HEFU_LANGUAGE", "en");
        command
    }

    /// Runs `hefu --json ARGUMENTS` as `officer`; it must succeed.
    #[must_use]
    pub fn json(&self, officer: &str, arguments: &[&str]) -> Value {
        let text = must(self.hefu(officer).arg("--json").args(arguments));
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("not JSON ({why}): {text}"))
    }

    /// The records of a zone from an index on, as an auditor reads them.
    #[must_use]
    pub fn records(&self, zone: &str, from: usize) -> Vec<Value> {
        let auditor = self.http("auditor");
        let mut entries = Vec::new();
        loop {
            let next = from + entries.len();
            let page = auditor
                .get(&format!("/api/v1/records/{zone}/entries?from={next}"))
                .json();
            match page.get("items").and_then(Value::as_array) {
                Some(items) if !items.is_empty() => entries.extend(items.iter().cloned()),
                Some(_) => return entries,
                None => panic!("the records of {zone} are not shown: {page}"),
            }
        }
    }

    /// Plain HTTP as `officer`.
    #[must_use]
    pub fn http(&self, officer: &str) -> Http {
        let token =
            std::fs::read_to_string(self.file(&format!("officers/{officer}.token"))).expect("the officer's token");
        Http::new(&self.url).bearing(&token)
    }
}

/// A running `hefud`; killed when dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
}

impl Daemon {
    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("a running daemon can be killed");
        self.child.wait().expect("a killed daemon ends");
    }

    /// Asks it to stop (SIGTERM), and expects exit status 0 within the limit.
    pub fn stop(mut self) {
        must(Command::new("kill").arg(self.child.id().to_string()));
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the daemon can be asked") {
                assert!(status.success(), "hefud ended with {status}");
                return;
            }
            assert!(start.elapsed() < STOP_MAX, "hefud does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

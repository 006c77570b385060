//! A fresh Hefu in a folder of its own: initialised, started, watched, stopped.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::report::Failure;
use crate::wire::{Connection, Request};

const START_MAX: Duration = Duration::from_secs(20);

/// A running `hefud all`.
pub(crate) struct Service {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// From the start of the process to its first answer.
    pub(crate) start: Duration,
    daemon: Child,
}

/// Any port that is free now.
pub(crate) fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

impl Service {
    /// Initialises an empty folder and starts the daemon on a free port.
    pub(crate) fn fresh(binaries: &Path, folder: &Path) -> Result<Self, Failure> {
        let _ = fs::remove_dir_all(folder);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let made = Command::new(binaries.join("hefu"))
            .arg("init")
            .arg(folder)
            .args([
                "--listen",
                &address.to_string(),
                "--public-url",
                &format!("http://{address}"),
                "--tls-listen",
                "127.0.0.1:0",
                "--json",
            ])
            .stdout(Stdio::null())
            .status()?;
        if !made.success() {
            return Err(Failure::Tool("hefu init"));
        }
        Self::start(binaries, folder, address)
    }

    /// Starts the daemon on a folder that was initialised before.
    pub(crate) fn start(binaries: &Path, folder: &Path, address: SocketAddr) -> Result<Self, Failure> {
        let log = fs::File::create(folder.join("hefud.log"))?;
        let start = Instant::now();
        let daemon = Command::new(binaries.join("hefud"))
            .args(["all", "--config"])
            .arg(folder.join("hefud.toml"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let mut service = Self {
            address,
            folder: folder.to_owned(),
            start: Duration::ZERO,
            daemon,
        };
        let mut connection = Connection::new(address);
        while !connection
            .send(&Request::get("/healthz"))
            .is_ok_and(|answer| answer.status == 200)
        {
            if start.elapsed() > START_MAX {
                return Err(Failure::Tool("hefud did not answer"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        service.start = start.elapsed();
        Ok(service)
    }

    /// An officer's access token as a header line.
    pub(crate) fn officer(&self, name: &str) -> Result<String, Failure> {
        let token = fs::read_to_string(self.folder.join("officers").join(format!("{name}.token")))?;
        Ok(format!("Authorization: Bearer {}\r\n", token.trim()))
    }

    /// Stops it and waits until it has ended.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        Command::new("kill").arg(self.daemon.id().to_string()).status()?;
        if self.daemon.wait()?.success() {
            Ok(())
        } else {
            Err(Failure::Tool("hefud did not stop cleanly"))
        }
    }

    /// Highest resident memory in MiB, from the kernel.
    pub(crate) fn peak_mib(&self) -> Result<f64, Failure> {
        resident_mib(self.daemon.id(), "VmHWM:")
    }

    /// Resident memory in MiB, from the kernel.
    pub(crate) fn resident_mib(&self) -> Result<f64, Failure> {
        resident_mib(self.daemon.id(), "VmRSS:")
    }
}

/// A field of `/proc/PID/status` in MiB.
pub(crate) fn resident_mib(process: u32, field: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<u32>().ok());
    kib.map(|kib| f64::from(kib) / 1024.0)
        .ok_or(Failure::Tool("/proc/PID/status"))
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

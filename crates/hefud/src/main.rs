//! The daemon: reads the configuration, opens the zones that its roles need, serves them, and ends gracefully.
//!
//! The only place that wires capabilities to one another and the only one below the command line that reads the clock.
//! It knows no rule: a role is a device, a database, a capability and its door.

mod admin;
mod applicants;
mod audit;
mod batch;
mod certification;
mod config;
mod counter;
mod desk;
mod key_centre;
mod keys;
mod law;
mod link;
mod mail;
mod passkeys;
mod policies;
mod registration;
mod serve;
mod start;
mod status;
mod subscribers;
mod tls;
mod typesetter;
mod visitors;
mod withdrawn;
mod zone;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::config::{Config, ConfigError, Role};

/// Quick where many threads ask at once; without huge pages, which would hold four times what is used.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 合符守护进程 · the Hefu daemon.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  hefud all --config my-ca/hefud.toml\n  hefud ra --config my-ca/ra.toml\n  hefud --check --config my-ca/hefud.toml"
)]
struct Arguments {
    /// 角色 · roles: all, or some of ra, ca, kmc, status; the configuration's own list when left out
    roles: Vec<String>,
    /// 配置文件 · configuration file
    #[arg(long, default_value = "hefud.toml")]
    config: PathBuf,
    /// 只检查配置 · check the configuration and stop
    #[arg(long)]
    check: bool,
    /// 日志写成 JSON · log lines as JSON
    #[arg(long)]
    json_log: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr(arguments.json_log);
    let config = match wanted(&arguments.roles).and_then(|roles| Config::read(&arguments.config, &roles)) {
        Ok(config) => config,
        Err(why) => {
            tracing::error!("configuration refused: {why}");
            return ExitCode::from(2);
        }
    };
    if arguments.check {
        tracing::info!("configuration accepted");
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => {
            tracing::error!("cannot start threads: {why}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(start::run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The roles named on the command line; `all` and nothing both mean the configuration's list.
fn wanted(names: &[String]) -> Result<Vec<Role>, ConfigError> {
    if names.iter().any(|name| name == "all") {
        return Ok(Vec::new());
    }
    names.iter().map(|name| name.parse()).collect()
}

/// Logs are for operators: message and fields, on standard error; `RUST_LOG` sets the level.
fn log_to_stderr(json: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal());
    if json { lines.json().init() } else { lines.init() }
}

//! What can be typed after `hefu login`, `hefu logout` and `hefu officer`; the words are in the catalogue.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::{Timestamp, civil::Date};

use crate::arguments::{Service, moment};

#[derive(Debug, Args)]
pub(crate) struct Login {
    #[arg(value_name = "NUMBER")]
    pub(crate) officer: String,
    #[arg(long, value_name = "FILE|LABEL")]
    pub(crate) key: String,
    #[arg(long, value_name = "DIR", requires = "passphrase_file")]
    pub(crate) device: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Logout {
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficerAct {
    List(OfficerList),
    Proposals(OfficerProposals),
    Propose(OfficerPropose),
    Decide(OfficerDecide),
    Training(OfficerTraining),
    Body(OfficerBody),
    Sessions(OfficerSessions),
    Certificate(OfficerCertificate),
}

#[derive(Debug, Args)]
pub(crate) struct OfficerList {
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct OfficerProposals {
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    pub(crate) after: i64,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// What is to become of an officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangeName {
    Appoint,
    ChangeRole,
    Suspend,
    Reinstate,
    Dismiss,
    RenewCredential,
    BindCertificate,
    UnbindCertificate,
    BindPasskey,
    UnbindPasskey,
}

impl ChangeName {
    /// The word of the interface.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Appoint => "appoint",
            Self::ChangeRole => "change-role",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::Dismiss => "dismiss",
            Self::RenewCredential => "renew-credential",
            Self::BindCertificate => "bind-certificate",
            Self::UnbindCertificate => "unbind-certificate",
            Self::BindPasskey => "bind-passkey",
            Self::UnbindPasskey => "unbind-passkey",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct OfficerPropose {
    #[arg(value_enum, value_name = "CHANGE")]
    pub(crate) change: ChangeName,
    #[arg(long, value_name = "NUMBER")]
    pub(crate) officer: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    pub(crate) body: Option<i64>,
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) passkey: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Outcome {
    Approved,
    Rejected,
}

impl Outcome {
    /// The word of the interface.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct OfficerDecide {
    #[arg(value_name = "PROPOSAL")]
    pub(crate) proposal: i64,
    #[arg(value_enum, value_name = "OUTCOME")]
    pub(crate) outcome: Outcome,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct OfficerTraining {
    #[arg(value_name = "NUMBER")]
    pub(crate) officer: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) course: String,
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) passed_at: Timestamp,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct OfficerBody {
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) filing: String,
    #[arg(long, value_name = "DATE")]
    pub(crate) filed_on: Date,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct OfficerSessions {
    #[arg(long, value_name = "SESSION")]
    pub(crate) end: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct OfficerCertificate {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

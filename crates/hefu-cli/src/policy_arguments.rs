//! What can be typed about practice statements, certificate policies and the licence.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hefu_rulebook::Language;
use jiff::civil::Date;

use crate::arguments::Service;

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    Check(PolicyCheck),
    Publish(PolicyPublish),
    File(PolicyFile),
    Proposals(PolicyProposals),
    Decide(PolicyDecide),
    List(PolicyList),
    Show(PolicyShow),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Licence {
    Record(LicenceRecord),
    Show(LicenceShow),
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheck {
    #[arg(value_name = "FILE")]
    pub(crate) chinese: PathBuf,
    #[arg(value_name = "FILE")]
    pub(crate) english: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyPublish {
    #[arg(value_name = "SERIES")]
    pub(crate) series: String,
    #[arg(value_name = "VERSION")]
    pub(crate) edition: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) chinese: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) english: PathBuf,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) effective_on: Date,
    #[arg(long = "covers", value_name = "OID", required = true)]
    pub(crate) covers: Vec<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyFile {
    #[arg(value_name = "SERIES")]
    pub(crate) series: String,
    #[arg(value_name = "VERSION")]
    pub(crate) edition: String,
    #[arg(long, value_name = "NAME")]
    pub(crate) recipient: String,
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) on: Date,
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: PathBuf,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyProposals {
    #[arg(long, value_name = "NUMBER")]
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyDecide {
    #[arg(value_name = "NUMBER")]
    pub(crate) proposal: String,
    #[arg(value_enum, value_name = "OUTCOME")]
    pub(crate) outcome: Verdict,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Verdict {
    Approved,
    Rejected,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyList {
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyShow {
    #[arg(value_name = "SERIES")]
    pub(crate) series: String,
    #[arg(value_name = "VERSION")]
    pub(crate) edition: String,
    #[arg(long, value_name = "zh|en")]
    pub(crate) text: Option<Language>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct LicenceRecord {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct LicenceShow {
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct ShowDisclosure {
    #[command(flatten)]
    pub(crate) service: Service,
}

//! What can be typed of letters and announcements; the words stand in the catalogue, as in `arguments`.

use clap::{Args, Subcommand, ValueEnum};

use crate::arguments::Service;

#[derive(Debug, Subcommand)]
pub(crate) enum Letters {
    List(LettersList),
    Retry(LettersRetry),
}

#[derive(Debug, Args)]
pub(crate) struct LettersList {
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) state: Option<LetterState>,
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    pub(crate) limit: u32,
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// Where a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LetterState {
    Queued,
    Sending,
    Sent,
    Failed,
    Unaddressed,
}

#[derive(Debug, Args)]
pub(crate) struct LettersRetry {
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Announcements {
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) kind: Option<AnnouncementKind>,
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) month: Option<String>,
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    pub(crate) limit: u32,
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// What is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnnouncementKind {
    Renewal,
    Suspension,
    Recovery,
    Revocation,
}

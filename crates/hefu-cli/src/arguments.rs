//! The surface of the command: what can be typed. All words for people stand in the catalogue (`locales/`), keyed by
//! the names here (`help.COMMAND.ARGUMENT`), and are put in by `surface`; so nothing below carries help text.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use hefu_rulebook::{Bound, Language};
use jiff::{Timestamp, civil::Date};

use crate::applicants::{Agreement, Applicant, Text};
use crate::batch::Batch;
use crate::letter_arguments::{Announcements, Letters};
use crate::officer_arguments::{Login, Logout, OfficerAct};
use crate::policy_arguments::{Licence, Policy, ShowDisclosure};
use crate::subscribers::{AccessCode, Subscriber};

#[derive(Debug, Parser)]
#[command(name = "hefu", version, propagate_version = true)]
pub(crate) struct Cli {
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, global = true, value_name = "zh|en")]
    pub(crate) language: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Act,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    Init(Init),
    #[command(subcommand)]
    Ceremony(Ceremony),
    Apply(Apply),
    Acknowledge(Acknowledge),
    Contract(SignContract),
    Identify(Identify),
    Approve(Approve),
    Reject(Reject),
    Issue(Issue),
    Renew(Renew),
    Revoke(Revoke),
    Suspend(ChangeStatus),
    Resume(ChangeStatus),
    Show(Show),
    Search(Search),
    Crl(Crl),
    Ocsp(Ocsp),
    Verify(Verify),
    #[command(subcommand)]
    Envelope(Envelope),
    #[command(subcommand)]
    Records(Records),
    Conformance(Conformance),
    #[command(subcommand)]
    Profile(Profile),
    #[command(subcommand)]
    Batch(Batch),
    #[command(subcommand)]
    Policy(Policy),
    #[command(subcommand)]
    Licence(Licence),
    Disclosure(ShowDisclosure),
    Completions(Completions),
    Manual(Manual),
    #[command(subcommand)]
    Applicant(Applicant),
    #[command(subcommand)]
    Text(Text),
    #[command(subcommand)]
    Agreement(Agreement),
    Login(Login),
    Logout(Logout),
    #[command(subcommand)]
    Officer(OfficerAct),
    #[command(subcommand)]
    Letters(Letters),
    Announcements(Announcements),
    #[command(subcommand)]
    AccessCode(AccessCode),
    #[command(subcommand)]
    Subscriber(Subscriber),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[arg(long, default_value = "127.0.0.1:8440", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    #[arg(long, default_value = "127.0.0.1:8443", value_name = "ADDRESS:PORT")]
    pub(crate) tls_listen: SocketAddr,
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    #[arg(long, value_enum, default_value_t = Roles::All)]
    pub(crate) roles: Roles,
    #[arg(long, default_value = "Hefu demo CA", value_name = "NAME")]
    pub(crate) name: String,
}

/// How the roles are spread over processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Roles {
    All,
    Separate,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Ceremony {
    Root(CeremonyRoot),
    Issuing(CeremonyBelow),
    OcspSigner(CeremonyBelow),
    Crl(CeremonyCrl),
    List(CeremonyList),
}

/// A key in a software device.
#[derive(Debug, Args)]
pub(crate) struct NewKey {
    #[arg(long, value_name = "DIR")]
    pub(crate) device: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: PathBuf,
    #[arg(long, value_name = "LABEL")]
    pub(crate) key: String,
    #[arg(long, default_value = "sm2", value_name = "ALGORITHM")]
    pub(crate) algorithm: gm_suite::KeyAlgorithm,
}

/// What a ceremony writes, and how it is called.
#[derive(Debug, Args)]
pub(crate) struct CeremonyOutput {
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[arg(long, value_name = "DIR")]
    pub(crate) transcripts: PathBuf,
    #[arg(long = "witness", value_name = "NAME")]
    pub(crate) witnesses: Vec<String>,
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The key and certificate that sign in a ceremony.
#[derive(Debug, Args)]
pub(crate) struct SigningKey {
    #[arg(long, value_name = "DIR")]
    pub(crate) issuer_device: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_passphrase_file: PathBuf,
    #[arg(long, value_name = "LABEL")]
    pub(crate) issuer_key: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_certificate: PathBuf,
    #[arg(long, value_name = "NAME")]
    pub(crate) authority: Option<String>,
    #[arg(long, default_value = "http://127.0.0.1:8440", value_name = "URL")]
    pub(crate) public_url: String,
}

/// Whom the certificate of a ceremony is for.
#[derive(Debug, Args)]
pub(crate) struct NewName {
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    #[arg(long, value_name = "NAME")]
    pub(crate) organisation: String,
    #[arg(long, value_name = "DAYS")]
    pub(crate) validity_days: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct CeremonyRoot {
    #[command(flatten)]
    pub(crate) key: NewKey,
    #[command(flatten)]
    pub(crate) named: NewName,
    #[command(flatten)]
    pub(crate) output: CeremonyOutput,
}

#[derive(Debug, Args)]
pub(crate) struct CeremonyBelow {
    #[command(flatten)]
    pub(crate) key: NewKey,
    #[command(flatten)]
    pub(crate) named: NewName,
    #[command(flatten)]
    pub(crate) issuer: SigningKey,
    #[command(flatten)]
    pub(crate) output: CeremonyOutput,
}

#[derive(Debug, Args)]
pub(crate) struct CeremonyCrl {
    #[command(flatten)]
    pub(crate) issuer: SigningKey,
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) revoke: Vec<PathBuf>,
    #[arg(long, default_value_t = 397, value_name = "DAYS")]
    pub(crate) validity_days: u32,
    #[command(flatten)]
    pub(crate) output: CeremonyOutput,
}

#[derive(Debug, Args)]
pub(crate) struct CeremonyList {
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Where the service is and who asks.
#[derive(Debug, Args)]
pub(crate) struct Service {
    #[arg(
        long,
        env = "HEFU_URL",
        default_value = "http://127.0.0.1:8440",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) url: String,
    #[arg(long, env = "HEFU_TOKEN_FILE", value_name = "FILE", hide_env_values = true)]
    pub(crate) token_file: Option<PathBuf>,
    #[arg(long, env = "HEFU_SESSION", value_name = "FILE", hide_env_values = true)]
    pub(crate) session: Option<PathBuf>,
}

/// How an identity was verified.
#[derive(Debug, Args)]
pub(crate) struct IdentityCheck {
    #[arg(long, value_name = "CHECK", conflicts_with = "identity")]
    pub(crate) check: Option<String>,
    #[arg(long, value_name = "METHOD")]
    pub(crate) identity: Option<String>,
    #[arg(long, value_name = "KIND", requires = "identity")]
    pub(crate) document: Option<String>,
    #[arg(long, value_name = "FILE", requires = "identity")]
    pub(crate) evidence: Vec<PathBuf>,
    #[arg(long, value_name = "TEXT", requires = "identity")]
    pub(crate) remark: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[arg(value_name = "CSR")]
    pub(crate) csr: PathBuf,
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: String,
    #[arg(long, value_name = "FIELD=VALUE", value_parser = field)]
    pub(crate) subject: Vec<(String, String)>,
    #[arg(long, value_name = "DAYS")]
    pub(crate) validity_days: Option<u32>,
    #[arg(long, value_name = "APPLICANT")]
    pub(crate) applicant: Option<String>,
    #[arg(long, value_name = "AGREEMENT", conflicts_with = "notice")]
    pub(crate) notice_proof: Option<String>,
    #[arg(long, value_name = "AGREEMENT", conflicts_with = "contract")]
    pub(crate) contract_proof: Option<String>,
    #[arg(long, value_name = "VERSION")]
    pub(crate) notice: Option<String>,
    #[arg(long, value_name = "VERSION", requires = "signed_by")]
    pub(crate) contract: Option<String>,
    #[arg(long, value_name = "NAME", requires = "contract")]
    pub(crate) signed_by: Option<String>,
    #[command(flatten)]
    pub(crate) identity: IdentityCheck,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Acknowledge {
    #[arg(value_name = "APPLICATION")]
    pub(crate) application: String,
    #[arg(
        long,
        value_name = "AGREEMENT",
        conflicts_with = "notice",
        required_unless_present = "notice"
    )]
    pub(crate) proof: Option<String>,
    #[arg(long, value_name = "VERSION")]
    pub(crate) notice: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct SignContract {
    #[arg(value_name = "APPLICATION")]
    pub(crate) application: String,
    #[arg(
        long,
        value_name = "AGREEMENT",
        conflicts_with = "contract",
        required_unless_present = "contract"
    )]
    pub(crate) proof: Option<String>,
    #[arg(long, value_name = "VERSION", requires = "signed_by")]
    pub(crate) contract: Option<String>,
    #[arg(long, value_name = "NAME", requires = "contract")]
    pub(crate) signed_by: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Identify {
    #[arg(value_name = "APPLICATION")]
    pub(crate) application: String,
    #[command(flatten)]
    pub(crate) identity: IdentityCheck,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    #[arg(value_name = "APPLICATION")]
    pub(crate) application: String,
    #[arg(long)]
    pub(crate) issue: bool,
    #[arg(long, value_name = "DIR", requires = "issue")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Reject {
    #[arg(value_name = "APPLICATION")]
    pub(crate) application: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Issue {
    #[arg(value_name = "APPLICATION")]
    pub(crate) application: String,
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Renew {
    #[arg(value_name = "SERIAL")]
    pub(crate) serial: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) csr: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) identity: IdentityCheck,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[arg(value_name = "SERIAL")]
    pub(crate) serial: String,
    #[arg(long, value_name = "GROUND")]
    pub(crate) ground: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) identity: IdentityCheck,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeStatus {
    #[arg(value_name = "SERIAL")]
    pub(crate) serial: String,
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) identity: IdentityCheck,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[arg(value_name = "FILE|SERIAL|APPLICATION")]
    pub(crate) what: String,
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    #[arg(value_name = "TEXT")]
    pub(crate) query: Option<String>,
    #[arg(long)]
    pub(crate) applications: bool,
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    pub(crate) limit: u32,
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Crl {
    #[arg(value_name = "FILE|AUTHORITY")]
    pub(crate) what: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Ocsp {
    #[arg(value_name = "CERTIFICATE")]
    pub(crate) certificate: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer: PathBuf,
    #[arg(long, value_enum, default_value_t = Hash::Sm3)]
    pub(crate) hash: Hash,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: Service,
}

/// The digest that names the issuer in an OCSP question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Hash {
    Sm3,
    Sha256,
    Sha1,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[arg(value_name = "CERTIFICATE")]
    pub(crate) certificate: PathBuf,
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) trust: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) untrusted: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) crl: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) ocsp: Vec<PathBuf>,
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) time: Option<Timestamp>,
    #[arg(long, value_enum, value_name = "SCOPE")]
    pub(crate) revocation: Option<Scope>,
    #[arg(long, value_name = "OID")]
    pub(crate) policy: Vec<der::asn1::ObjectIdentifier>,
    #[arg(long, value_name = "OID")]
    pub(crate) purpose: Option<der::asn1::ObjectIdentifier>,
}

/// Whose revocation status must be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    None,
    Target,
    Chain,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Envelope {
    Open(EnvelopeOpen),
}

#[derive(Debug, Args)]
pub(crate) struct EnvelopeOpen {
    #[arg(long, value_name = "FILE")]
    pub(crate) envelope: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) out_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Records {
    Verify(RecordsVerify),
    Show(RecordsShow),
    Checkpoint(RecordsCheckpoint),
    Check(RecordsCheck),
}

#[derive(Debug, Args)]
pub(crate) struct RecordsCheck {
    #[arg(value_name = "EXHIBIT")]
    pub(crate) exhibit: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RecordsVerify {
    #[arg(value_name = "DATABASE")]
    pub(crate) database: String,
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub(crate) known: Vec<PathBuf>,
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: Option<String>,
}

/// A zone that keeps records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Zone {
    Ra,
    Ca,
    Kmc,
    Status,
}

#[derive(Debug, Args)]
pub(crate) struct RecordsShow {
    #[arg(value_enum, value_name = "ZONE")]
    pub(crate) zone: Zone,
    #[arg(long, default_value_t = 0, value_name = "INDEX")]
    pub(crate) from: u64,
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct RecordsCheckpoint {
    #[arg(value_enum, value_name = "ZONE")]
    pub(crate) zone: Zone,
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: Service,
}

#[derive(Debug, Args)]
pub(crate) struct Conformance {
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    #[arg(long, default_value = "m15", value_name = "CODE")]
    pub(crate) rule_set: String,
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<Date>,
    #[arg(long, value_enum, default_value_t = Whose::Provider)]
    pub(crate) bound: Whose,
    #[arg(long, value_name = "FILE")]
    pub(crate) confirmations: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) pdf: Option<PathBuf>,
}

/// Whose obligations are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Whose {
    Provider,
    RegistrationBody,
    Regulator,
    Subscriber,
    Applicant,
    RelyingParty,
    KeyCentre,
}

impl Whose {
    /// The word of the rulebook.
    pub(crate) fn bound(self) -> Bound {
        match self {
            Self::Provider => Bound::Provider,
            Self::RegistrationBody => Bound::RegistrationBody,
            Self::Regulator => Bound::Regulator,
            Self::Subscriber => Bound::Subscriber,
            Self::Applicant => Bound::Applicant,
            Self::RelyingParty => Bound::RelyingParty,
            Self::KeyCentre => Bound::KeyCentre,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Profile {
    List(ProfileList),
    Show(ProfileShow),
}

#[derive(Debug, Args)]
pub(crate) struct ProfileList {}

#[derive(Debug, Args)]
pub(crate) struct ProfileShow {
    #[arg(value_name = "PROFILE")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Manual {
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

impl Zone {
    /// The zone's name in addresses and file names.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ra => "ra",
            Self::Ca => "ca",
            Self::Kmc => "kmc",
            Self::Status => "status",
        }
    }
}

/// `FIELD=VALUE`.
fn field(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("FIELD=VALUE".to_owned()),
    }
}

/// RFC 3339, or a day (its first moment in UTC).
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let midnight = format!("{text}T00:00:00Z");
    text.parse()
        .or_else(|_| midnight.parse())
        .map_err(|_: jiff::Error| "2027-03-02T08:00:00Z".to_owned())
}

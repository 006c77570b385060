//! Configuration: a TOML file, read into a raw form and then checked into what the daemon runs on.
//!
//! All paths are relative to the file's own folder. An unknown key, a section that is missing for a role, or an
//! address that would expose access tokens without TLS stops the start with the place and the reason; nothing is
//! guessed.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hefu_officers::RelyingParty;
use serde::Deserialize;

use crate::mail::Mail;
use crate::passkeys::{Passkeys, WrongPasskeys};
use crate::subscribers;
use crate::tls::Tls;

/// What a process does. One process may have several roles; each has its own keys and database.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Key management centre.
    Kmc,
    /// Certification authority.
    Ca,
    /// Registration authority.
    Ra,
    /// OCSP, CRL and look-up.
    Status,
}

impl FromStr for Role {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "kmc" => Ok(Self::Kmc),
            "ca" => Ok(Self::Ca),
            "ra" => Ok(Self::Ra),
            "status" => Ok(Self::Status),
            other => Err(ConfigError::UnknownRole(other.to_owned())),
        }
    }
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {path}: {why}")]
    Unreadable { path: PathBuf, why: std::io::Error },
    /// Not TOML, an unknown key, or a value of the wrong kind; the text names line and column.
    #[error("{path}: {why}")]
    Malformed { path: PathBuf, why: Box<toml::de::Error> },
    /// A role that does not exist.
    #[error("unknown role `{0}`: the roles are ra, ca, kmc and status")]
    UnknownRole(String),
    /// A role without its section.
    #[error("role {role:?} is wanted but the file has no [{section}] section")]
    NoSection { role: Role, section: &'static str },
    /// A role that needs another process, or itself in the same one.
    #[error("{0}")]
    Incomplete(&'static str),
    /// Passkeys that no browser would make.
    #[error(transparent)]
    Passkeys(#[from] WrongPasskeys),
    /// Tokens would cross a network in the clear.
    #[error(
        "`listen` is {0}, which is not loopback: keep it there and open a [tls] door, or put a TLS proxy in front and set `behind_tls_proxy = true`"
    )]
    Exposed(SocketAddr),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    roles: Vec<Role>,
    listen: SocketAddr,
    public_url: String,
    name: String,
    #[serde(default)]
    behind_tls_proxy: bool,
    ra: Option<Ra>,
    ca: Option<Ca>,
    kmc: Option<Kmc>,
    status: Option<Status>,
    tls: Option<Tls>,
}

/// A key device and the database of one zone: no zone uses another's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Zone {
    /// Folder of the software device.
    pub(crate) device: PathBuf,
    /// File that holds the device's passphrase.
    pub(crate) passphrase_file: PathBuf,
    /// Database URL; a relative `sqlite://` path starts at the configuration's folder.
    pub(crate) database: String,
    /// Label of the key that signs the zone's checkpoints.
    #[serde(default = "records_label")]
    pub(crate) records_key: String,
}

fn records_label() -> String {
    "records".to_owned()
}

/// `[ra]`: registration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ra {
    /// Its keys and database.
    pub(crate) zone: Zone,
    /// Name under which the CA knows this RA.
    pub(crate) name: String,
    /// Label of the key that signs requests.
    pub(crate) key: String,
    /// Base URL of the CA's process; absent when the CA runs in this process.
    pub(crate) authority_url: Option<String>,
    /// Public key (PEM) that signs the CA's replies.
    pub(crate) authority_reply_key: PathBuf,
    /// Applicants' files.
    #[serde(default)]
    pub(crate) applicants: Applicants,
    /// How long a verified identity may wait for approval, in hours.
    #[serde(default = "day_in_hours")]
    pub(crate) identity_good_for_hours: u32,
    /// Longest time between two uses of an officer's session, in minutes.
    pub(crate) session_idle_minutes: Option<u32>,
    /// The same in seconds, for trials; wins over the minutes.
    pub(crate) session_idle_seconds: Option<u32>,
    /// Longest life of an officer's session, in minutes.
    pub(crate) session_minutes: Option<u32>,
    /// How long a course is good for; absent where training is kept elsewhere and not checked here.
    pub(crate) training_good_for_days: Option<u32>,
    /// Letters to subscribers; none are written when absent.
    pub(crate) mail: Option<Mail>,
    /// What subscribers do for themselves.
    #[serde(default)]
    pub(crate) subscribers: subscribers::Settings,
    /// Passkeys for officers; off when absent.
    pub(crate) passkeys: Option<Passkeys>,
}

/// `[ra.applicants]`: the files of applicants; everything has a default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Applicants {
    /// Folder of sealed evidence; `evidence` beside the zone's database when absent.
    pub(crate) evidence: Option<PathBuf>,
    /// What must be at hand for a check of identity; the built-in policy when absent.
    pub(crate) policy: Option<PathBuf>,
    /// Outside services that verify identities.
    #[serde(default)]
    pub(crate) verification: Vec<Verification>,
}

/// `[[ra.applicants.verification]]`: an outside service, and by what its answers are known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verification {
    pub(crate) name: String,
    /// A file with the secret that both hold, for HMAC-SM3.
    pub(crate) secret_file: Option<PathBuf>,
    /// The service's SM2 public key (PEM file).
    pub(crate) public_key: Option<PathBuf>,
    /// How far an answer's time may be from ours, in seconds.
    #[serde(default = "ten_minutes_in_seconds")]
    pub(crate) window_seconds: u32,
}

fn ten_minutes_in_seconds() -> u32 {
    600
}

fn day_in_hours() -> u32 {
    24
}

/// `[ca]`: certification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ca {
    /// Its keys and database.
    pub(crate) zone: Zone,
    /// Label of the key that signs replies to the RA.
    pub(crate) reply_key: String,
    /// Folder that CRLs are written into.
    pub(crate) crl_folder: PathBuf,
    /// How long a CRL is valid, in hours.
    pub(crate) crl_validity_hours: u32,
    /// How often a CRL is made without a revocation, in minutes.
    pub(crate) crl_every_minutes: u32,
    /// How old a signed request may be, in seconds.
    pub(crate) request_fresh_seconds: u32,
    /// The operator's own policy arc.
    pub(crate) policy_oid: String,
    /// What must be published before anything is issued.
    #[serde(default)]
    pub(crate) policies: Policies,
    /// File with the bearer token that lets a status process read this zone's records over HTTP.
    pub(crate) feed_token_file: Option<PathBuf>,
    /// RAs whose requests are accepted.
    #[serde(default)]
    pub(crate) registration_authority: Vec<KnownKey>,
    /// Issuing authorities.
    #[serde(default)]
    pub(crate) authority: Vec<Authority>,
    /// The key management centre; absent when no dual profile is used.
    pub(crate) kmc: Option<KeyCentre>,
}

/// `[ca.policies]`: practice statements, policies and the licence.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Policies {
    /// How strictly issuance is held to what is published, filed and licensed.
    pub(crate) mode: hefu_policies::Mode,
    /// The rulebook's set under which the time to file is counted.
    pub(crate) rules: String,
    /// The first version's Chinese text (Markdown), published once, when nothing is.
    pub(crate) first_chinese: Option<PathBuf>,
    /// Its English text.
    pub(crate) first_english: Option<PathBuf>,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            mode: hefu_policies::Mode::default(),
            rules: "m15".to_owned(),
            first_chinese: None,
            first_english: None,
        }
    }
}

/// A peer by name and public key (PEM file).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownKey {
    pub(crate) name: String,
    pub(crate) public_key: PathBuf,
}

/// One issuing authority of the CA.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authority {
    pub(crate) name: String,
    /// Label of its key in the CA's device.
    pub(crate) key: String,
    /// Its certificate.
    pub(crate) certificate: PathBuf,
    /// The root above it.
    pub(crate) root: PathBuf,
}

/// `[ca.kmc]`: how the CA reaches the key management centre.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyCentre {
    /// Base URL; absent when the KMC runs in this process.
    pub(crate) url: Option<String>,
    /// Public key (PEM) that signs the KMC's answers.
    pub(crate) public_key: PathBuf,
    /// Name under which the KMC knows this CA.
    pub(crate) name: String,
    /// Label of the CA's key that signs requests to the KMC.
    pub(crate) key: String,
}

/// `[kmc]`: key management centre.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kmc {
    /// Its keys and database.
    pub(crate) zone: Zone,
    /// Label of the key that signs answers.
    pub(crate) key: String,
    /// How many key pairs the spare store keeps ready.
    pub(crate) spare_level: u32,
    /// CAs whose requests are accepted.
    #[serde(default)]
    pub(crate) authority: Vec<KnownKey>,
}

/// `[status]`: OCSP, CRL, look-up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Status {
    /// Its keys and database.
    pub(crate) zone: Zone,
    /// Base URL of the CA's process; absent when the CA runs in this process.
    pub(crate) feed_url: Option<String>,
    /// Public key (PEM) that signs the CA's checkpoints.
    pub(crate) feed_key: PathBuf,
    /// File with the bearer token for the feed.
    pub(crate) feed_token_file: Option<PathBuf>,
    /// How holders are named in announcements.
    #[serde(default)]
    pub(crate) announce_names: AnnounceNames,
    /// The practice statement (Markdown) of installations from before versions were recorded: published as the first
    /// version, in both languages, where nothing else is.
    pub(crate) cps: Option<PathBuf>,
    /// Authorities that are answered for.
    #[serde(default)]
    pub(crate) authority: Vec<StatusAuthority>,
}

/// How holders are named in announcements: "masked", "full" (the operator needs a legal ground) or "none".
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AnnounceNames {
    #[default]
    Masked,
    Full,
    None,
}

/// One authority that the responder answers for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusAuthority {
    pub(crate) name: String,
    pub(crate) certificate: PathBuf,
    /// The root above it, offered for download.
    pub(crate) root: Option<PathBuf>,
    /// Label of the delegated OCSP signer's key.
    pub(crate) signer_key: String,
    /// The delegated OCSP signer's certificate.
    pub(crate) signer_certificate: PathBuf,
}

/// A checked configuration.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: String,
    pub(crate) name: String,
    pub(crate) ra: Option<Ra>,
    pub(crate) ca: Option<Ca>,
    pub(crate) kmc: Option<Kmc>,
    pub(crate) status: Option<Status>,
    pub(crate) tls: Option<Tls>,
    pub(crate) behind_tls_proxy: bool,
}

impl Config {
    /// Reads and checks `path`. `wanted` narrows the file's roles; empty means all of them.
    pub(crate) fn read(path: &Path, wanted: &[Role]) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|why| ConfigError::Unreadable {
            path: path.to_owned(),
            why,
        })?;
        let raw: Raw = toml::from_str(&text).map_err(|why| ConfigError::Malformed {
            path: path.to_owned(),
            why: Box::new(why),
        })?;
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        raw.check(wanted, &folder)
    }
}

impl Raw {
    fn check(self, wanted: &[Role], folder: &Path) -> Result<Config, ConfigError> {
        if !self.listen.ip().is_loopback() && !self.behind_tls_proxy {
            return Err(ConfigError::Exposed(self.listen));
        }
        let roles: BTreeSet<Role> = if wanted.is_empty() { &self.roles } else { wanted }
            .iter()
            .copied()
            .collect();
        let mut config = Config {
            listen: self.listen,
            public_url: self.public_url.trim_end_matches('/').to_owned(),
            name: self.name,
            ra: section(&roles, Role::Ra, "ra", self.ra)?,
            ca: section(&roles, Role::Ca, "ca", self.ca)?,
            kmc: section(&roles, Role::Kmc, "kmc", self.kmc)?,
            status: section(&roles, Role::Status, "status", self.status)?,
            tls: self.tls,
            behind_tls_proxy: self.behind_tls_proxy,
        };
        config.meet()?;
        config.locate(folder);
        Ok(config)
    }
}

/// A role's section, `None` when the role is not wanted.
fn section<T>(
    roles: &BTreeSet<Role>,
    role: Role,
    name: &'static str,
    value: Option<T>,
) -> Result<Option<T>, ConfigError> {
    if !roles.contains(&role) {
        return Ok(None);
    }
    value.map(Some).ok_or(ConfigError::NoSection { role, section: name })
}

impl Config {
    /// Whose pages may use passkeys, where they are on.
    pub(crate) fn passkey_party(&self) -> Result<Option<RelyingParty>, WrongPasskeys> {
        let tls = self.tls.as_ref().map(Tls::url);
        let door = tls.or_else(|| self.behind_tls_proxy.then(|| self.public_url.clone()));
        let section = self.ra.as_ref().and_then(|ra| ra.passkeys.as_ref());
        section.map(|section| section.party(door.as_deref())).transpose()
    }

    /// Every role that needs another finds it here or has its address.
    fn meet(&self) -> Result<(), ConfigError> {
        if let Some(tls) = &self.tls {
            tls.check().map_err(ConfigError::Incomplete)?;
        }
        self.passkey_party()?;
        if self.ra.as_ref().is_some_and(|ra| ra.authority_url.is_none()) && self.ca.is_none() {
            return Err(ConfigError::Incomplete(
                "[ra] has no `authority_url` and role ca is not in this process",
            ));
        }
        if self.status.as_ref().is_some_and(|status| status.feed_url.is_none()) && self.ca.is_none() {
            return Err(ConfigError::Incomplete(
                "[status] has no `feed_url` and role ca is not in this process",
            ));
        }
        let lonely = self
            .ca
            .as_ref()
            .and_then(|ca| ca.kmc.as_ref())
            .is_some_and(|kmc| kmc.url.is_none());
        if lonely && self.kmc.is_none() {
            return Err(ConfigError::Incomplete(
                "[ca.kmc] has no `url` and role kmc is not in this process",
            ));
        }
        Ok(())
    }

    /// Makes every path absolute, or relative to the process's folder, once.
    fn locate(&mut self, folder: &Path) {
        let at = |path: &mut PathBuf| *path = folder.join(&*path);
        self.tls.iter_mut().for_each(|tls| tls.locate(folder));
        if let Some(ra) = &mut self.ra {
            ra.zone.locate(folder);
            at(&mut ra.authority_reply_key);
            ra.applicants.locate(folder);
            ra.mail.iter_mut().for_each(|mail| mail.locate(folder));
        }
        if let Some(ca) = &mut self.ca {
            ca.zone.locate(folder);
            at(&mut ca.crl_folder);
            ca.feed_token_file.iter_mut().for_each(at);
            ca.policies.first_chinese.iter_mut().for_each(at);
            ca.policies.first_english.iter_mut().for_each(at);
            ca.registration_authority
                .iter_mut()
                .for_each(|known| at(&mut known.public_key));
            ca.kmc.iter_mut().for_each(|kmc| at(&mut kmc.public_key));
            for authority in &mut ca.authority {
                at(&mut authority.certificate);
                at(&mut authority.root);
            }
        }
        if let Some(kmc) = &mut self.kmc {
            kmc.zone.locate(folder);
            kmc.authority.iter_mut().for_each(|known| at(&mut known.public_key));
        }
        if let Some(status) = &mut self.status {
            status.zone.locate(folder);
            at(&mut status.feed_key);
            status.cps.iter_mut().for_each(at);
            status.feed_token_file.iter_mut().for_each(at);
            for authority in &mut status.authority {
                at(&mut authority.certificate);
                at(&mut authority.signer_certificate);
                authority.root.iter_mut().for_each(at);
            }
        }
    }
}

impl Applicants {
    fn locate(&mut self, folder: &Path) {
        let at = |path: &mut PathBuf| *path = folder.join(&*path);
        self.evidence.iter_mut().for_each(at);
        self.policy.iter_mut().for_each(at);
        for service in &mut self.verification {
            service.secret_file.iter_mut().for_each(at);
            service.public_key.iter_mut().for_each(at);
        }
    }
}

impl Zone {
    fn locate(&mut self, folder: &Path) {
        self.device = folder.join(&self.device);
        self.passphrase_file = folder.join(&self.passphrase_file);
        if let Some(path) = self.database.strip_prefix("sqlite://") {
            self.database = format!("sqlite://{}", folder.join(path).display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = r#"
roles = ["status"]
listen = "127.0.0.1:8440"
public_url = "http://127.0.0.1:8440/"
name = "Example CA"
[status]
feed_url = "http://127.0.0.1:8441"
feed_key = "ca/records-ca.pub"
cps = "cps.md"
[status.zone]
device = "status/keys"
passphrase_file = "status/passphrase"
database = "sqlite://status/status.db"
"#;

    fn check(text: &str) -> Result<Config, String> {
        let raw: Raw = toml::from_str(text).map_err(|why| why.message().to_owned())?;
        raw.check(&[], Path::new("/srv/hefu")).map_err(|why| why.to_string())
    }

    fn refusal(text: &str) -> String {
        check(text).err().unwrap_or_else(|| "accepted".to_owned())
    }

    #[test]
    fn paths_start_at_the_files_folder() {
        let status = check(STATUS).ok().and_then(|config| config.status);
        let zone = status
            .as_ref()
            .map(|status| (status.zone.database.as_str(), status.cps.as_deref()));
        assert_eq!(
            zone,
            Some((
                "sqlite:///srv/hefu/status/status.db",
                Some(Path::new("/srv/hefu/cps.md"))
            ))
        );
    }

    #[test]
    fn an_address_beyond_loopback_needs_a_tls_proxy() {
        let text = STATUS.replace("127.0.0.1:8440\"\npublic", "0.0.0.0:8440\"\npublic");
        assert!(refusal(&text).contains("is not loopback"), "{}", refusal(&text));
        assert!(check(&format!("behind_tls_proxy = true\n{text}")).is_ok());
    }

    #[test]
    fn a_tls_door_takes_its_key_from_one_place() {
        let door = "[tls]\nlisten = \"0.0.0.0:8443\"\ncertificate = \"door/server.crt\"\n";
        let text = format!("{STATUS}{door}");
        assert!(refusal(&text).contains("either `key_file`"), "{}", refusal(&text));
        let file = format!("{text}key_file = \"door/server.key\"\n");
        let tls = check(&file).ok().and_then(|config| config.tls);
        assert!(tls.is_some_and(|tls| !tls.plain_log_in && tls.url() == "https://0.0.0.0:8443"));
        let both = format!("{file}key = \"door\"\n");
        assert!(refusal(&both).contains("either `key_file`"), "{}", refusal(&both));
    }

    #[test]
    fn an_unknown_key_is_named() {
        let text = STATUS.replace("name = \"Example CA\"", "nmae = \"Example CA\"");
        assert!(refusal(&text).contains("nmae"), "{}", refusal(&text));
    }

    #[test]
    fn an_unknown_key_of_a_section_is_named() {
        let text = STATUS.replace("passphrase_file", "password_file");
        assert!(refusal(&text).contains("password_file"), "{}", refusal(&text));
    }

    #[test]
    fn a_role_without_its_section_is_refused() {
        let text = STATUS.replace("[\"status\"]", "[\"status\", \"kmc\"]");
        assert!(refusal(&text).contains("no [kmc] section"), "{}", refusal(&text));
    }

    #[test]
    fn a_follower_without_a_feed_is_refused() {
        let text = STATUS.replace("feed_url = \"http://127.0.0.1:8441\"\n", "");
        assert!(refusal(&text).contains("no `feed_url`"), "{}", refusal(&text));
    }
}

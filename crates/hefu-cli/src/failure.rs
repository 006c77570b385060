//! What went wrong, in three parts: what happened; why (which rule, whose fault); what to do now.
//!
//! The exit status tells scripts the same: see [`Exit`], which the help of the command lists.

use hefu_client::{ClientError, Problem, TokenError};
use hefu_rulebook::{Explain, Kind};
use key_device::DeviceError;
use rust_i18n::t;
use serde::Serialize;

use crate::words::{spoken, word_or_slug};

/// How the command ends. From 64 on the numbers are those of BSD's `sysexits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; valid.
    Done = 0,
    /// A rule says no; not valid; records do not hold.
    No = 1,
    /// It cannot be told from what was given.
    Unknown = 2,
    /// The command was typed wrongly.
    Usage = 64,
    /// A file does not hold what it should.
    Malformed = 65,
    /// There is no such file, application or certificate.
    Absent = 66,
    /// The service does not answer.
    Unreachable = 69,
    /// A fault: of a disk, a device or ours.
    Fault = 70,
    /// The token is missing or not accepted.
    Permission = 77,
}

/// A failure as it is told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Failure {
    /// Stable slug.
    pub(crate) code: String,
    /// What happened.
    pub(crate) what: String,
    /// Which rule, whose fault.
    pub(crate) why: String,
    /// What to do now.
    pub(crate) now: String,
    /// The exit status.
    #[serde(serialize_with = "number")]
    pub(crate) exit: Exit,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn number<S: serde::Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(exit.code())
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &str, what: String) -> Self {
        Self {
            code: code.to_owned(),
            what,
            why: String::new(),
            now: String::new(),
            exit,
        }
    }

    #[must_use]
    pub(crate) fn why(mut self, why: String) -> Self {
        self.why = why;
        self
    }

    #[must_use]
    pub(crate) fn now(mut self, now: String) -> Self {
        self.now = now;
        self
    }

    /// A file that does not hold what it should.
    pub(crate) fn malformed(file: &str, wanted: &str, detail: &dyn core::fmt::Display) -> Self {
        Self::new(
            Exit::Malformed,
            "malformed",
            t!("fail.malformed", file = file, wanted = wanted).into_owned(),
        )
        .why(detail.to_string())
        .now(t!("fail.malformed-now").into_owned())
    }

    /// A file that cannot be read.
    pub(crate) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        Self::new(
            Exit::Absent,
            "unreadable",
            t!("fail.unreadable", file = file).into_owned(),
        )
        .why(system(error))
        .now(t!("fail.unreadable-now").into_owned())
    }

    /// A file that cannot be written.
    pub(crate) fn unwritable(file: &str, error: &std::io::Error) -> Self {
        Self::new(
            Exit::Fault,
            "unwritable",
            t!("fail.unwritable", file = file).into_owned(),
        )
        .why(system(error))
        .now(t!("fail.unwritable-now").into_owned())
    }

    /// Something that should not fail and did.
    pub(crate) fn fault(what: String, detail: &dyn core::fmt::Display) -> Self {
        Self::new(Exit::Fault, "fault", what)
            .why(detail.to_string())
            .now(t!("fail.fault-now").into_owned())
    }

    /// A key device that did not do what it was asked.
    pub(crate) fn device(what: String, error: &DeviceError) -> Self {
        let (exit, code) = match error {
            DeviceError::Label(_) => (Exit::Usage, "label"),
            DeviceError::LabelTaken(_) => (Exit::No, "label-taken"),
            DeviceError::NoSuchKey(_) => (Exit::Absent, "no-such-key"),
            DeviceError::Exists(_) => (Exit::No, "exists"),
            DeviceError::WrongPassphrase => (Exit::Permission, "wrong-passphrase"),
            _ => (Exit::Fault, "fault"),
        };
        let why = match (exit, word_or_slug("device", code)) {
            (Exit::Fault, why) => format!("{why} ({error})"),
            (_, why) => why,
        };
        Self::new(exit, code, what).why(why).now(t!("device.now").into_owned())
    }

    /// An error of a capability, in its own words.
    pub(crate) fn explained(error: &dyn Explain) -> Self {
        let language = spoken();
        let whose = t!("fail.whose", who = error.blame().name(language));
        let why = match error.citation() {
            Some(rule) => format!("{}{}{whose}", rule.render(language), t!("fail.join")),
            None => whose.into_owned(),
        };
        Self::new(exit_of(error.kind()), error.code(), error.message(language))
            .why(why)
            .now(word_or_slug("next", error.kind().as_str()))
    }
}

fn exit_of(kind: Kind) -> Exit {
    match kind {
        Kind::Malformed => Exit::Malformed,
        Kind::Refusal => Exit::No,
        Kind::Absent => Exit::Absent,
        Kind::Fault => Exit::Fault,
    }
}

fn system(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => t!("fail.not-found").into_owned(),
        std::io::ErrorKind::PermissionDenied => t!("fail.denied").into_owned(),
        _ => error.to_string(),
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Problem(problem) => told(&problem),
            ClientError::Address(address) => Self::new(
                Exit::Usage,
                "address",
                t!("fail.address", address = address).into_owned(),
            )
            .why(t!("fail.address-why").into_owned())
            .now(t!("fail.address-now").into_owned()),
            ClientError::Unreachable { url, why } => Self::new(
                Exit::Unreachable,
                "unreachable",
                t!("fail.unreachable", url = url).into_owned(),
            )
            .why(why)
            .now(t!("fail.unreachable-now").into_owned()),
            ClientError::Unreadable { url, why } => Self::new(
                Exit::Fault,
                "unreadable-answer",
                t!("fail.answer", url = url).into_owned(),
            )
            .why(why)
            .now(t!("fail.answer-now").into_owned()),
        }
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::new(Exit::Permission, "token", t!("fail.token").into_owned())
            .why(error.to_string())
            .now(t!("fail.token-now").into_owned())
    }
}

/// A refusal or fault that the server told.
fn told(problem: &Problem) -> Failure {
    let exit = match (problem.status, problem.kind.as_str()) {
        (401 | 403, _) => Exit::Permission,
        (_, "malformed") => Exit::Malformed,
        (_, "refusal") => Exit::No,
        (404, _) | (_, "absent") => Exit::Absent,
        _ => Exit::Fault,
    };
    let whose = match problem.blame.as_str() {
        "" => t!("fail.status", status = problem.status),
        blame => t!("fail.whose", who = word_or_slug("blame", blame)),
    };
    let why = match &problem.rule {
        Some(rule) => format!("{}{}{whose}", rule.name, t!("fail.join")),
        None => whose.into_owned(),
    };
    let code = if problem.code.is_empty() { "http" } else { &problem.code };
    let kind = if exit == Exit::Permission {
        "permission"
    } else {
        &problem.kind
    };
    let next = crate::words::word(&format!("next.{kind}")).unwrap_or_else(|| t!("next.fault").into_owned());
    Failure::new(exit, code, problem.detail.clone()).why(why).now(next)
}

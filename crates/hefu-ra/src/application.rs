//! An application and the states it goes through: nouns with their decisions, no I/O, no clock.
//!
//! ```text
//! Entered ─notice▶ Noticed ─contract▶ Contracted ─identity▶ Identified ─approval▶ Approved ─request▶ Requested ─▶ Issued
//!    └───────────────────── until it is requested, an officer may end it ────────────▶ Rejected
//! ```
//!
//! Each state is a type that holds everything done so far; a step consumes one state and gives the next, so a step
//! cannot be skipped, repeated or taken backwards. [`Case`](crate::Case) is an application in whichever state it was
//! found; asked for a step that does not fit, it answers that this is not the next step.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use hefu_certificate::LawScope;
use hefu_officers::OfficerId;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::approval::Approval;
use crate::case::ApplicationError;
use crate::contract::{Contract, Notice};
use crate::identity::Identity;
use crate::request::Request;

/// Octets of the random part of a number.
const RANDOM_LEN: usize = 10;

/// A new number, of an application or of a request: 48 bits of time in milliseconds, then 80 random bits.
///
/// Time first, so that numbers sort by age and neighbours in time are neighbours in the index; random after, so that
/// nobody has to hand them out.
pub(crate) fn number(now: Timestamp, random: [u8; RANDOM_LEN]) -> [u8; 16] {
    let time = now.as_millisecond().to_be_bytes();
    let mut octets = [0; 16];
    for (place, octet) in octets.iter_mut().zip(time.into_iter().skip(2).chain(random)) {
        *place = octet;
    }
    octets
}

/// An application's number; 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ApplicationId([u8; 16]);

impl ApplicationId {
    pub(crate) fn new(now: Timestamp, random: [u8; RANDOM_LEN]) -> Self {
        Self(number(now, random))
    }

    /// How records name the application: "application:0193…".
    #[must_use]
    pub fn subject(self) -> String {
        format!("application:{self}")
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&hex::encode(self.0))
    }
}

impl FromStr for ApplicationId {
    type Err = ApplicationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut octets = [0; 16];
        hex::decode_to_slice(text, &mut octets).map_err(|_| ApplicationError::NotANumber)?;
        Ok(Self(octets))
    }
}

impl Serialize for ApplicationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why somebody applies.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationKind {
    /// For a first certificate.
    First,
    /// For a new certificate with the key of an old one.
    Renewal,
    /// For a new certificate with a new key, in place of an old one.
    Rekey,
}

impl ApplicationKind {
    /// The word in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Renewal => "renewal",
            Self::Rekey => "rekey",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::First, Self::Renewal, Self::Rekey]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// Sixteen random octets of one application, hashed into every commitment that the public records hold of it. Without
/// them nobody can guess a name and check the guess.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Salt(pub(crate) [u8; 16]);

impl fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Salt(..)")
    }
}

/// What was entered: never changes afterwards. Made only by [`entry`](crate::entry), which checks it.
#[derive(Clone, Debug)]
pub struct Form {
    pub(crate) id: ApplicationId,
    pub(crate) kind: ApplicationKind,
    pub(crate) profile: String,
    pub(crate) law_scope: LawScope,
    /// Number of the applicant's file; always there inside the law's scope.
    pub(crate) applicant: Option<String>,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) public_key: Vec<u8>,
    /// SM3 of the key: by this the same key is found again.
    pub(crate) key_digest: [u8; 32],
    pub(crate) temporary_key: Option<Vec<u8>>,
    pub(crate) csr: Option<Vec<u8>>,
    pub(crate) validity_days: Option<u32>,
    pub(crate) replaces: Option<String>,
    pub(crate) salt: Salt,
    pub(crate) entered_by: OfficerId,
    pub(crate) entered_at: Timestamp,
}

/// One step that was taken: what, by which officer, when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step<T> {
    /// What was done.
    pub what: T,
    /// Who did it.
    pub by: OfficerId,
    /// When.
    pub at: Timestamp,
}

/// An application in the state `S`.
#[derive(Clone, Debug)]
pub struct Application<S> {
    pub(crate) form: Form,
    pub(crate) state: S,
}

/// State: entered, nothing more.
#[derive(Clone, Debug)]
pub struct Entered;

/// State: the applicant knows the conditions.
#[derive(Clone, Debug)]
pub struct Noticed {
    pub(crate) notice: Step<Notice>,
}

/// State: there is a contract.
#[derive(Clone, Debug)]
pub struct Contracted {
    pub(crate) noticed: Noticed,
    pub(crate) contract: Step<Contract>,
}

/// State: the applicant is who they say.
#[derive(Clone, Debug)]
pub struct Identified {
    pub(crate) contracted: Contracted,
    pub(crate) identity: Step<Identity>,
}

/// State: a second officer said yes.
#[derive(Clone, Debug)]
pub struct Approved {
    pub(crate) identified: Identified,
    pub(crate) approval: Approval,
}

/// State: the certification authority has been asked, or is about to be.
#[derive(Clone, Debug)]
pub struct Requested {
    pub(crate) approved: Approved,
    pub(crate) request: Request,
}

/// State: certificates are here.
#[derive(Clone, Debug)]
pub struct Issued {
    pub(crate) requested: Requested,
    pub(crate) issued_at: Timestamp,
}

/// State: ended by an officer, after whatever steps had been taken.
#[derive(Clone, Debug)]
pub struct Rejected {
    pub(crate) notice: Option<Step<Notice>>,
    pub(crate) contract: Option<Step<Contract>>,
    pub(crate) identity: Option<Step<Identity>>,
    pub(crate) approval: Option<Approval>,
    pub(crate) rejection: Step<Reason>,
}

/// The steps taken so far, whatever the state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steps<'a> {
    /// The notice.
    pub notice: Option<&'a Step<Notice>>,
    /// The contract.
    pub contract: Option<&'a Step<Contract>>,
    /// The verification of identity.
    pub identity: Option<&'a Step<Identity>>,
    /// The approval.
    pub approval: Option<&'a Approval>,
    /// The request to the certification authority.
    pub request: Option<&'a Request>,
    /// When the certificates came.
    pub issued_at: Option<Timestamp>,
    /// The rejection.
    pub rejection: Option<&'a Step<Reason>>,
}

impl Application<Entered> {
    /// The applicant acknowledged the notice.
    #[must_use]
    pub fn acknowledge(self, notice: Step<Notice>) -> Application<Noticed> {
        Application {
            form: self.form,
            state: Noticed { notice },
        }
    }
}

impl Application<Noticed> {
    /// The applicant signed the contract.
    #[must_use]
    pub fn contract(self, contract: Step<Contract>) -> Application<Contracted> {
        Application {
            form: self.form,
            state: Contracted {
                noticed: self.state,
                contract,
            },
        }
    }
}

impl Application<Contracted> {
    /// An officer verified the applicant's identity.
    #[must_use]
    pub fn identify(self, identity: Step<Identity>) -> Application<Identified> {
        Application {
            form: self.form,
            state: Identified {
                contracted: self.state,
                identity,
            },
        }
    }
}

impl Application<Requested> {
    /// The certification authority issued.
    #[must_use]
    pub fn issued(self, issued_at: Timestamp) -> Application<Issued> {
        Application {
            form: self.form,
            state: Issued {
                requested: self.state,
                issued_at,
            },
        }
    }

    /// The certification authority refused for good under this request's number: back to the officers, who may ask
    /// again (under a new number) or reject.
    #[must_use]
    pub fn refused(self) -> Application<Approved> {
        Application {
            form: self.form,
            state: self.state.approved,
        }
    }
}

impl Noticed {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            notice: Some(&self.notice),
            ..Steps::default()
        }
    }
}

impl Contracted {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            contract: Some(&self.contract),
            ..self.noticed.steps()
        }
    }
}

impl Identified {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            identity: Some(&self.identity),
            ..self.contracted.steps()
        }
    }
}

impl Approved {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            approval: Some(&self.approval),
            ..self.identified.steps()
        }
    }
}

impl Requested {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            request: Some(&self.request),
            ..self.approved.steps()
        }
    }
}

impl Issued {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            issued_at: Some(self.issued_at),
            ..self.requested.steps()
        }
    }
}

impl Rejected {
    pub(crate) fn steps(&self) -> Steps<'_> {
        Steps {
            notice: self.notice.as_ref(),
            contract: self.contract.as_ref(),
            identity: self.identity.as_ref(),
            approval: self.approval.as_ref(),
            rejection: Some(&self.rejection),
            ..Steps::default()
        }
    }
}

/// Why an officer ends an application or changes a certificate's status: a few words, kept out of the records.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason(String);

/// Characters of a reason: a paragraph, not a file.
pub(crate) const REASON_CHARACTERS_MAX: usize = 1000;

impl Reason {
    /// Takes the words.
    ///
    /// # Errors
    /// [`ApplicationError::NoReason`] when there are none or too many.
    pub fn new(words: &str) -> Result<Self, ApplicationError> {
        let words = words.trim();
        match words.chars().count() {
            1..=REASON_CHARACTERS_MAX => Ok(Self(words.to_owned())),
            _ => Err(ApplicationError::NoReason),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_sort_by_age() {
        let number = |second, random| ApplicationId::new(Timestamp::from_second(second).unwrap(), [random; RANDOM_LEN]);
        assert!(number(1_800_000_000, 0xff) < number(1_800_000_001, 0));
        assert_eq!(
            number(1_800_000_000, 0xab).to_string(),
            "01a3185c5000abababababababababab"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_not(text: String) {
            if let Ok(id) = text.parse::<ApplicationId>() {
                prop_assert_eq!(id.to_string(), text.to_ascii_lowercase());
            }
        }

        #[test]
        fn a_number_is_read_back(octets: [u8; 16]) {
            prop_assert_eq!(ApplicationId(octets).to_string().parse(), Ok(ApplicationId(octets)));
        }

        #[test]
        fn a_reason_is_a_paragraph_or_nothing(words: String) {
            if let Ok(reason) = Reason::new(&words) {
                prop_assert!(!reason.as_str().is_empty() && reason.as_str() == words.trim());
            }
        }
    }
}

//! Requests: what the registration authority asks of the certification authority, and how one signature carries many.
//!
//! An approved application becomes a [`Request`] with a number of its own *before* anything is sent. The item that goes
//! out is a pure function of what is stored, so the same item can be sent again after a crash, and the authority knows
//! it by its number. An authority that cannot be reached, or whose reply cannot be believed, leaves the application
//! `requested`: only an inquiry tells what became of it.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use gm_suite::{PublicKey, Signer};
use hefu_officers::OfficerId;
use hefu_rulebook::{Blame, Citation, Explain, Instruments, Kind, Language};
use jiff::Timestamp;
use registration_protocol::{Batch, Issue, Item, Outcome, Refused, RefusedKind, RequestId, SignedReply};

use crate::application::{Application, Approved, Requested};

/// The line to the certification authority: bytes there, bytes back. Neither side trusts it.
pub trait AuthorityChannel: Send + Sync {
    /// Sends one signed batch and returns the signed reply.
    fn submit(&self, batch: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, Unreachable>>;
}

/// The certification authority did not answer, or answered with no reply. Whether it acted is not known.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the certification authority gave no reply: {detail}")]
pub struct Unreachable {
    /// Why, for the log and the operator; no secrets.
    pub detail: String,
}

/// That issuance was asked for: under which number, by which officer, when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    pub(crate) id: RequestId,
    pub(crate) by: OfficerId,
    pub(crate) at: Timestamp,
}

impl Request {
    /// The number, in hexadecimal.
    #[must_use]
    pub fn number(&self) -> String {
        hex::encode(self.id)
    }
}

impl Application<Approved> {
    /// Asks for issuance under a fresh request number.
    #[must_use]
    pub fn request(self, request: Request) -> Application<Requested> {
        Application {
            form: self.form,
            state: Requested {
                approved: self.state,
                request,
            },
        }
    }
}

impl Application<Requested> {
    /// The item for the certification authority; the same each time it is asked for.
    #[must_use]
    pub fn item(&self) -> Item {
        Item::Issue(Issue {
            request_id: self.state.request.id,
            profile: self.form.profile.clone(),
            fields: self.form.fields.clone(),
            public_key: self.form.public_key.clone(),
            temporary_key: self.form.temporary_key.clone(),
            validity_days: self.form.validity_days,
            replaces: self.form.replaces.clone(),
            approval: self.state.approved.approval.record(),
        })
    }
}

/// Both ends of the line: our name and key, their key, and the channel between.
pub(crate) struct Exchange {
    pub(crate) name: String,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) authority_key: PublicKey,
    pub(crate) channel: Arc<dyn AuthorityChannel>,
}

/// What the authority answered to one batch.
pub(crate) struct Answers {
    /// SM3 of the signed batch: with it the authority's copy can be found.
    pub(crate) batch: [u8; 32],
    /// When the authority signed its reply.
    pub(crate) at: Timestamp,
    outcomes: HashMap<RequestId, Outcome>,
}

impl Answers {
    /// Takes out the answer to one request.
    pub(crate) fn take(&mut self, id: &RequestId) -> Result<Outcome, RequestError> {
        self.outcomes.remove(id).ok_or(RequestError::Unanswered)
    }
}

impl Exchange {
    /// Signs the items as one batch, sends it, and believes the reply only if the authority signed it for this batch.
    pub(crate) async fn exchange(&self, items: Vec<Item>, sent_at: Timestamp) -> Result<Answers, RequestError> {
        let nonce = gm_suite::random().map_err(|_| RequestError::NoRandomness)?;
        let batch = Batch {
            ra: self.name.clone(),
            to: registration_protocol::addressee(&self.authority_key),
            sent_at,
            nonce,
            items,
        };
        let signed = batch
            .sign(&*self.signer)
            .map_err(|error| RequestError::NotSigned(error.to_string()))?;
        let digest = registration_protocol::digest(&signed);
        let reply = self.channel.submit(signed).await?;
        let unbelievable = |why: &dyn std::error::Error| RequestError::Unbelievable(why.to_string());
        let reply = SignedReply::from_der(&reply)
            .map_err(|error| unbelievable(&error))?
            .verify(&self.authority_key, digest)
            .map_err(|error| unbelievable(&error))?;
        Ok(Answers {
            batch: digest,
            at: reply.at,
            outcomes: reply.answers.into_iter().collect(),
        })
    }
}

/// The code with which an authority answers a request that it has seen before; then it is asked what became of it.
const REPLAYED: &str = "replayed";

/// Whether a refusal only says that the same request came before.
pub(crate) fn is_replay(refused: &Refused) -> bool {
    refused.code == REPLAYED
}

/// Why the certification authority has not done what was asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// No reply came. The request stays; calling again is safe.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// A reply came that the authority did not sign for this batch. The request stays.
    #[error("the certification authority's reply cannot be believed: {0}")]
    Unbelievable(String),
    /// The reply does not speak of this request. The request stays.
    #[error("the certification authority's reply does not mention the request")]
    Unanswered,
    /// The authority has the request and is not done.
    #[error("the certification authority has not finished the request; ask again")]
    Pending,
    /// The authority refused, for good under this number.
    #[error("the certification authority refused ({}): {}", refused.code, refused.english)]
    Refused {
        /// In its own words.
        refused: Box<Refused>,
    },
    /// What came back is not what was asked for. The request stays, for people to look at.
    #[error("the certification authority answered with something else than was asked for: {0}")]
    Wrong(&'static str),
    /// The batch could not be signed.
    #[error("the request could not be signed: {0}")]
    NotSigned(String),
    /// The system gave no random octets.
    #[error("the system's random generator does not answer")]
    NoRandomness,
}

impl Explain for RequestError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "authority-unreachable",
            Self::Unbelievable(_) => "authority-reply-unbelievable",
            Self::Unanswered => "authority-reply-incomplete",
            Self::Pending => "request-pending",
            Self::Refused { .. } => "authority-refused",
            Self::Wrong(_) => "authority-answer-wrong",
            Self::NotSigned(_) => "request-not-signed",
            Self::NoRandomness => "no-randomness",
        }
    }

    /// A refusal of the authority stays one; what it calls malformed is our fault, because we wrote it.
    fn kind(&self) -> Kind {
        match self {
            Self::Refused { refused } => match refused.kind {
                RefusedKind::Refusal => Kind::Refusal,
                RefusedKind::Malformed | RefusedKind::Fault => Kind::Fault,
            },
            Self::Unreachable(_)
            | Self::Unbelievable(_)
            | Self::Unanswered
            | Self::Pending
            | Self::Wrong(_)
            | Self::NotSigned(_)
            | Self::NoRandomness => Kind::Fault,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Unreachable(_) | Self::Unbelievable(_) | Self::Unanswered | Self::Pending | Self::Wrong(_) => {
                Blame::CertificationAuthority
            }
            Self::Refused { refused } => match refused.kind {
                RefusedKind::Malformed => Blame::RegistrationAuthority,
                RefusedKind::Refusal | RefusedKind::Fault => Blame::CertificationAuthority,
            },
            Self::NotSigned(_) => Blame::RegistrationAuthority,
            Self::NoRandomness => Blame::Operator,
        }
    }

    /// The instrument that the authority named, if we know it; the article stands in the message.
    fn citation(&self) -> Option<Citation> {
        match self {
            Self::Refused { refused } => {
                let known = Instruments::builtin().find(refused.instrument.as_deref()?)?;
                Some(Citation::new(known.code(), ""))
            }
            Self::Unreachable(_)
            | Self::Unbelievable(_)
            | Self::Unanswered
            | Self::Pending
            | Self::Wrong(_)
            | Self::NotSigned(_)
            | Self::NoRandomness => None,
        }
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::Unreachable(Unreachable { detail }) => format!("认证机构没有应答：{detail}"),
            Self::Unbelievable(why) => format!("认证机构的应答不可信：{why}"),
            Self::Unanswered => "认证机构的应答没有提到该请求".to_owned(),
            Self::Pending => "认证机构尚未完成该请求，请稍后再查询".to_owned(),
            Self::Refused { refused } => format!("认证机构拒绝（{}）：{}", refused.code, refused.chinese),
            Self::Wrong(what) => format!("认证机构的应答与请求不符：{what}"),
            Self::NotSigned(why) => format!("请求未能签名：{why}"),
            Self::NoRandomness => "系统随机数发生器没有响应".to_owned(),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => self.to_string(),
        }
    }
}

//! 受理 acceptance: a registration authority's signed batch becomes work only here, by verifying its signature.
//!
//! Pure decisions: who sent it, is it theirs, is it fresh, was it here before. An [`Accepted`] has private
//! fields and no other maker than [`admit`] and, after a crash, [`admit_again`], which verifies the stored
//! bytes once more. GM/T 0034 (recalled) wants RA and CA to meet in signed messages; 电子签名法 28 presumes us
//! at fault unless we prove otherwise, so what was accepted is kept as it was signed.
//!
//! Replay rules. A request id is used once, for ever. The same request again is `replayed`: the RA asks with
//! an inquiry what became of it. Another request under the same id is `request-id-reused`. A batch older than
//! the setting allows is refused whole and leaves no trace, so the same requests may come in a fresh batch.

use std::collections::HashMap;
use std::sync::Arc;

use gm_suite::{PublicKey, sm3};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::{SignedDuration, Timestamp};
use registration_protocol::{ChangeStatus, Issue, Item, RequestId, SignedBatch, StatusAct};

/// SM3 of something's bytes.
pub type Digest = [u8; 32];

/// The registration authorities whose signatures count, by the name that stands in their batches.
#[derive(Clone, Debug, Default)]
pub struct RegistrationAuthorities(HashMap<String, PublicKey>);

impl FromIterator<(String, PublicKey)> for RegistrationAuthorities {
    fn from_iter<I: IntoIterator<Item = (String, PublicKey)>>(known: I) -> Self {
        Self(known.into_iter().collect())
    }
}

/// A batch whose signature was verified, with the bytes that prove it.
#[derive(Clone, Debug)]
pub struct AcceptedBatch {
    ra: Arc<str>,
    digest: Digest,
    der: Vec<u8>,
    items: Vec<Accepted>,
}

impl AcceptedBatch {
    /// The registration authority that signed it.
    #[must_use]
    pub fn ra(&self) -> &str {
        &self.ra
    }

    /// SM3 of the signed bytes; the reply names it.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The signed bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The requests, in order.
    #[must_use]
    pub fn items(&self) -> &[Accepted] {
        &self.items
    }
}

/// One request that a known registration authority signed.
#[derive(Clone, Debug)]
pub struct Accepted {
    ra: Arc<str>,
    batch: Digest,
    content: Digest,
    item: Item,
}

impl Accepted {
    /// The registration authority that signed it.
    #[must_use]
    pub const fn ra(&self) -> &Arc<str> {
        &self.ra
    }

    /// SM3 of the batch it came in.
    #[must_use]
    pub const fn batch(&self) -> Digest {
        self.batch
    }

    /// SM3 of the request by itself: tells the same request from another under the same id.
    #[must_use]
    pub const fn content(&self) -> Digest {
        self.content
    }

    /// What is asked.
    #[must_use]
    pub const fn item(&self) -> &Item {
        &self.item
    }

    /// The id that the RA gave it.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.item.request_id()
    }

    /// Whether it may be carried out, given what is stored under its id.
    ///
    /// # Errors
    /// [`Replay`], when the id was used before.
    pub fn against(&self, earlier: Option<&Earlier>) -> Result<(), Replay> {
        match earlier {
            None => Ok(()),
            Some(earlier) if earlier.content == self.content && *earlier.ra == *self.ra => Err(Replay::Replayed),
            Some(_) => Err(Replay::Reused),
        }
    }
}

/// What is known of an earlier request under the same id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Earlier {
    /// Who signed it.
    pub ra: String,
    /// SM3 of it.
    pub content: Digest,
}

/// Why a batch is refused whole, before anything in it counts.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AcceptanceError {
    /// Not a batch.
    #[error("the batch cannot be read: {0}")]
    Malformed(String),
    /// Signed in the name of somebody who is not in the settings.
    #[error("registration authority {0:?} is not known here")]
    UnknownRegistrationAuthority(String),
    /// The signature is not the registration authority's.
    #[error("the signature over the batch is not that of registration authority {0:?}")]
    WrongSignature(String),
    /// Meant for another certification authority that knows the same registration authority.
    #[error("the batch is addressed to another certification authority")]
    ForAnother,
    /// Sent too long ago.
    #[error("the batch was sent at {sent_at}, too long before {now}")]
    Stale {
        /// What the batch says.
        sent_at: Timestamp,
        /// Our time.
        now: Timestamp,
    },
    /// Sent in the future: one of the two clocks is wrong.
    #[error("the batch was sent at {sent_at}, which is after {now}")]
    FromTheFuture {
        /// What the batch says.
        sent_at: Timestamp,
        /// Our time.
        now: Timestamp,
    },
}

/// How old a batch may be, and how far ahead the sender's clock may run: the same bound both ways.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FreshWithin(pub SignedDuration);

/// Reads a batch, finds its sender, verifies its signature, its addressee (`to`, see
/// [`addressee`](registration_protocol::addressee)) and its time.
///
/// # Errors
/// [`AcceptanceError`]; then nothing in the batch was looked at.
pub fn admit(
    der: &[u8],
    known: &RegistrationAuthorities,
    to: &Digest,
    within: FreshWithin,
    now: Timestamp,
) -> Result<AcceptedBatch, AcceptanceError> {
    let Verified {
        batch,
        sent_at,
        to: meant,
    } = verify(der, known)?;
    if meant != *to {
        return Err(AcceptanceError::ForAnother);
    }
    let age = now.duration_since(sent_at);
    if age > within.0 {
        return Err(AcceptanceError::Stale { sent_at, now });
    }
    if age < -within.0 {
        return Err(AcceptanceError::FromTheFuture { sent_at, now });
    }
    Ok(batch)
}

/// Verifies stored bytes once more, to take up their requests after a crash. Addressee and freshness were judged before
/// they were stored.
///
/// # Errors
/// [`AcceptanceError`]: the store was changed, or the RA was taken out of the settings meanwhile.
pub fn admit_again(der: &[u8], known: &RegistrationAuthorities) -> Result<AcceptedBatch, AcceptanceError> {
    verify(der, known).map(|verified| verified.batch)
}

/// A batch whose signature was verified, and what remains to be judged of it.
struct Verified {
    batch: AcceptedBatch,
    sent_at: Timestamp,
    to: Digest,
}

fn verify(der: &[u8], known: &RegistrationAuthorities) -> Result<Verified, AcceptanceError> {
    let signed = SignedBatch::from_der(der).map_err(|error| AcceptanceError::Malformed(error.to_string()))?;
    let name = signed.ra().to_owned();
    let Some(key) = known.0.get(&name) else {
        return Err(AcceptanceError::UnknownRegistrationAuthority(name));
    };
    let Ok(verified) = signed.verify(key) else {
        return Err(AcceptanceError::WrongSignature(name));
    };
    let digest = verified.digest();
    let batch = verified.into_batch();
    let ra: Arc<str> = name.into();
    let items = batch
        .items
        .into_iter()
        .map(|item| Accepted {
            ra: Arc::clone(&ra),
            batch: digest,
            content: content(&item),
            item,
        })
        .collect();
    let (sent_at, to) = (batch.sent_at, batch.to);
    let batch = AcceptedBatch {
        ra,
        digest,
        der: der.to_vec(),
        items,
    };
    Ok(Verified { batch, sent_at, to })
}

/// SM3 of a request by itself: every part with its length before it, so that no two requests read alike.
fn content(item: &Item) -> Digest {
    let mut parts = Parts(Vec::new());
    match item {
        Item::Issue(issue) => parts.issue(issue),
        Item::ChangeStatus(change) => parts.change(change),
        Item::Inquire { request_id } => parts.add(b"inquire").add(request_id),
    };
    sm3(&parts.0)
}

struct Parts(Vec<u8>);

impl Parts {
    fn add(&mut self, part: &[u8]) -> &mut Self {
        self.0.extend_from_slice(&(part.len() as u64).to_be_bytes());
        self.0.extend_from_slice(part);
        self
    }

    fn add_if_any(&mut self, part: Option<&[u8]>) -> &mut Self {
        match part {
            Some(part) => self.add(&[1]).add(part),
            None => self.add(&[0]),
        }
    }

    fn issue(&mut self, issue: &Issue) -> &mut Self {
        self.add(b"issue").add(&issue.request_id).add(issue.profile.as_bytes());
        self.add(&(issue.fields.len() as u64).to_be_bytes());
        for (name, value) in &issue.fields {
            self.add(name.as_bytes()).add(value.as_bytes());
        }
        self.add(&issue.public_key)
            .add_if_any(issue.temporary_key.as_deref())
            .add_if_any(
                issue
                    .validity_days
                    .map(u32::to_be_bytes)
                    .as_ref()
                    .map(<[u8; 4]>::as_slice),
            )
            .add_if_any(issue.replaces.as_deref().map(str::as_bytes))
            .add(&issue.approval)
    }

    fn change(&mut self, change: &ChangeStatus) -> &mut Self {
        self.add(b"change")
            .add(&change.request_id)
            .add(change.serial.as_bytes())
            .add(&change.approval);
        match &change.act {
            StatusAct::Suspend => self.add(b"suspend"),
            StatusAct::Resume => self.add(b"resume"),
            StatusAct::Revoke { ground, invalidity } => {
                let invalidity = invalidity.map(|at| at.as_microsecond().to_be_bytes());
                self.add(b"revoke")
                    .add(ground.as_bytes())
                    .add_if_any(invalidity.as_ref().map(<[u8; 8]>::as_slice))
            }
        }
    }
}

impl Explain for AcceptanceError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "batch-malformed",
            Self::UnknownRegistrationAuthority(_) => "registration-authority-unknown",
            Self::WrongSignature(_) => "batch-wrong-signature",
            Self::ForAnother => "batch-for-another-authority",
            Self::Stale { .. } => "batch-stale",
            Self::FromTheFuture { .. } => "batch-from-the-future",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Malformed(_) => Kind::Malformed,
            Self::UnknownRegistrationAuthority(_)
            | Self::WrongSignature(_)
            | Self::ForAnother
            | Self::Stale { .. }
            | Self::FromTheFuture { .. } => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        Blame::RegistrationAuthority
    }

    fn citation(&self) -> Option<Citation> {
        match self.kind() {
            Kind::Refusal => Some(Citation::new("GM/T 0034", "")),
            Kind::Malformed | Kind::Absent | Kind::Fault => None,
        }
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::Malformed(why) => format!("请求批次无法解析：{why}"),
            Self::UnknownRegistrationAuthority(name) => format!("注册机构“{name}”未在本认证机构登记"),
            Self::WrongSignature(name) => format!("请求批次的签名不是注册机构“{name}”的签名"),
            Self::ForAnother => "请求批次的收件人是另一家认证机构".to_owned(),
            Self::Stale { sent_at, now } => format!("请求批次发送于{sent_at}，距当前时间{now}过久"),
            Self::FromTheFuture { sent_at, now } => format!("请求批次发送于{sent_at}，晚于当前时间{now}"),
        }
    }
}

/// Why a request is not carried out although its batch was accepted: its id was used before.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Replay {
    /// The same request again.
    #[error("this request was received before; inquire what became of it")]
    Replayed,
    /// Another request under the same id.
    #[error("this request id was used for another request before")]
    Reused,
}

impl Explain for Replay {
    fn code(&self) -> &'static str {
        match self {
            Self::Replayed => "replayed",
            Self::Reused => "request-id-reused",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::RegistrationAuthority
    }

    fn citation(&self) -> Option<Citation> {
        Some(Citation::new("GM/T 0034", ""))
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::Replayed => "该请求此前已收到，请查询其处理结果",
            Self::Reused => "该请求编号此前已用于另一请求",
        };
        match language {
            Language::Chinese => chinese.to_owned(),
            Language::English => self.to_string(),
        }
    }
}

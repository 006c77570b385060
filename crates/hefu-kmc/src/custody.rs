//! 密钥托管 custody: what the centre holds for a certificate, and what may be done with it.
//!
//! Pure decisions over what the stores hold; no database, no clock, no key in clear. GM/T 0034 (recalled)
//! tells the three stores apart: 备用库 spare, 在用库 in use, 历史库 history. An application takes a key out
//! of the spare store, a revocation or the end of the certificate moves it to the history store, and a
//! recovery reads either without moving anything: whoever lost a token must still read old messages.

use std::collections::{HashMap, HashSet};

use gm_kmc::{ApplyKey, KeyRequest, RestoreKey};
use gm_suite::{KeyAlgorithm, PublicKey, sm3};
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;

use crate::store::Spare;

/// A certificate's serial number as the CA wrote it: the octets of the INTEGER, most significant first.
pub(crate) type Serial = Vec<u8>;

/// One encryption key pair in custody. The private half is sealed by the key device.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    /// Serial number of the encryption certificate.
    pub(crate) serial: Serial,
    /// SM3 of the subscriber's key (`SubjectPublicKeyInfo`) under which it was first delivered.
    pub(crate) user_key: [u8; 32],
    /// The public half, `SubjectPublicKeyInfo`.
    pub(crate) public_key: Vec<u8>,
    /// The private half, sealed with the public half as context.
    pub(crate) sealed: Vec<u8>,
    /// Start of the certificate's validity.
    pub(crate) not_before: Timestamp,
    /// End of the certificate's validity.
    pub(crate) not_after: Timestamp,
    /// When the CA applied for it.
    pub(crate) applied_at: Timestamp,
}

/// Where a key lies.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    /// In the in-use store 在用库.
    InUse(Holding),
    /// In the history store 历史库.
    History(Holding),
}

/// What the stores hold for the serial numbers of one message.
pub(crate) type Holdings = HashMap<Serial, Held>;

/// One step of an answer, decided but not yet done.
#[derive(Debug)]
pub(crate) enum Step {
    /// Take a spare key for this certificate.
    Assign(ApplyKey),
    /// The same application again: the same key again.
    HandAgain(Holding, PublicKey),
    /// Recovery: the key once more, for the key that the request names.
    Restore(Holding, PublicKey),
    /// Move to the history store.
    Retire(Holding),
    /// Already in the history store: nothing to do, the answer is yes.
    AlreadyRetired(Serial),
    /// No.
    Refuse(Serial, KeyRefusal),
}

/// Which way a key leaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Delivery {
    /// On its first application.
    Applied,
    /// On the same application again.
    Again,
    /// On recovery.
    Restored,
}

/// A key to be enveloped.
#[derive(Debug)]
pub(crate) struct Order {
    /// The key.
    pub(crate) holding: Holding,
    /// For whom.
    pub(crate) user_key: PublicKey,
    /// Which way it leaves.
    pub(crate) delivery: Delivery,
}

/// What comes of one request, in the order of requests.
#[derive(Debug)]
pub(crate) enum Done {
    /// Hand this key out.
    Deliver(Order),
    /// Move it to the history store.
    Retire(Holding),
    /// It lies in the history store already.
    AlreadyRetired(Serial),
    /// No.
    Refused(Serial, KeyRefusal),
}

impl Done {
    /// The key that goes into the in-use store by this.
    pub(crate) fn assigned(&self) -> Option<&Holding> {
        match self {
            Self::Deliver(order) if order.delivery == Delivery::Applied => Some(&order.holding),
            Self::Deliver(_) | Self::Retire(_) | Self::AlreadyRetired(_) | Self::Refused(..) => None,
        }
    }

    /// The key that goes into the history store by this.
    pub(crate) fn retired(&self) -> Option<&Holding> {
        match self {
            Self::Retire(holding) => Some(holding),
            Self::Deliver(_) | Self::AlreadyRetired(_) | Self::Refused(..) => None,
        }
    }
}

/// Why a key is not handed out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyRefusal {
    /// The serial number is taken, by a certificate of another subscriber's key.
    #[error("this serial number already has a key pair, applied for with another user key")]
    OtherUserKey,
    /// A message names one serial number twice.
    #[error("this serial number stands twice in one message")]
    SerialTwice,
    /// The key has been moved to the history store.
    #[error("the key pair of this serial number has been retired to the history store")]
    Retired,
    /// Nothing is held under this serial number.
    #[error("no key pair is held under this serial number")]
    NoSuchKey,
    /// An envelope of GB/T 35276 can only be made for an SM2 key.
    #[error("the user key is not an SM2 key, so nothing can be enveloped for it")]
    UserKeyNotSm2,
    /// The certificate would end before it starts.
    #[error("the validity asked for ends before it starts")]
    ValidityReversed,
}

impl KeyRefusal {
    /// The number in the signed answer. The list of GM/T 0014 was not to be had: these are Hefu's own.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::OtherUserKey => 1,
            Self::SerialTwice => 2,
            Self::Retired => 3,
            Self::NoSuchKey => 4,
            Self::UserKeyNotSm2 => 5,
            Self::ValidityReversed => 6,
        }
    }
}

impl Explain for KeyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherUserKey => "key-other-user",
            Self::SerialTwice => "key-serial-twice",
            Self::Retired => "key-retired",
            Self::NoSuchKey => "key-absent",
            Self::UserKeyNotSm2 => "key-user-not-sm2",
            Self::ValidityReversed => "key-validity-reversed",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchKey => Kind::Absent,
            Self::OtherUserKey | Self::SerialTwice | Self::Retired | Self::UserKeyNotSm2 | Self::ValidityReversed => {
                Kind::Refusal
            }
        }
    }

    fn blame(&self) -> Blame {
        Blame::CertificationAuthority
    }

    fn citation(&self) -> Option<Citation> {
        Some(Citation::new("GM/T 0014", ""))
    }

    fn message(&self, language: Language) -> String {
        let chinese = match self {
            Self::OtherUserKey => "该序列号已有密钥对，且申请时使用的是另一用户公钥",
            Self::SerialTwice => "同一报文中该序列号出现两次",
            Self::Retired => "该序列号的密钥对已转入历史库",
            Self::NoSuchKey => "没有托管该序列号的密钥对",
            Self::UserKeyNotSm2 => "用户公钥不是SM2公钥，无法制作数字信封",
            Self::ValidityReversed => "申请的有效期止早于有效期起",
        };
        match language {
            Language::Chinese => chinese.to_owned(),
            Language::English => self.to_string(),
        }
    }
}

/// SM3 of a subscriber's key, by which the store tells user keys apart.
pub(crate) fn user_key_digest(key: &PublicKey) -> [u8; 32] {
    sm3(key.spki())
}

/// Decides every request of one message against what the stores hold. Answers keep the order of requests.
///
/// A serial number that stands twice is refused the second time: one message is one act per certificate.
pub(crate) fn plan(requests: Vec<KeyRequest>, holdings: &Holdings) -> Vec<Step> {
    let mut seen = HashSet::with_capacity(requests.len());
    requests
        .into_iter()
        .map(|request| {
            let serial = request.serial().to_vec();
            if seen.insert(serial.clone()) {
                decide(request, holdings.get(&serial))
            } else {
                Step::Refuse(serial, KeyRefusal::SerialTwice)
            }
        })
        .collect()
}

fn decide(request: KeyRequest, held: Option<&Held>) -> Step {
    match request {
        KeyRequest::Apply(apply) => decide_apply(apply, held),
        KeyRequest::Restore(restore) => decide_restore(restore, held),
        KeyRequest::Revoke { serial } => match held {
            None => Step::Refuse(serial, KeyRefusal::NoSuchKey),
            Some(Held::History(_)) => Step::AlreadyRetired(serial),
            Some(Held::InUse(holding)) => Step::Retire(holding.clone()),
        },
    }
}

/// The same serial number with the same user key is the same application, however often it comes.
fn decide_apply(apply: ApplyKey, held: Option<&Held>) -> Step {
    if apply.user_key.algorithm() != KeyAlgorithm::Sm2 {
        return Step::Refuse(apply.serial, KeyRefusal::UserKeyNotSm2);
    }
    match held {
        None if apply.not_after < apply.not_before => Step::Refuse(apply.serial, KeyRefusal::ValidityReversed),
        None => Step::Assign(apply),
        Some(Held::History(_)) => Step::Refuse(apply.serial, KeyRefusal::Retired),
        Some(Held::InUse(holding)) if holding.user_key == user_key_digest(&apply.user_key) => {
            Step::HandAgain(holding.clone(), apply.user_key)
        }
        Some(Held::InUse(_)) => Step::Refuse(apply.serial, KeyRefusal::OtherUserKey),
    }
}

/// The user key may be a new one: a lost token is why recovery exists. That the subscriber asked for it and
/// was identified is the RA's and the CA's word, given by the CA's signature.
fn decide_restore(restore: RestoreKey, held: Option<&Held>) -> Step {
    if restore.user_key.algorithm() != KeyAlgorithm::Sm2 {
        return Step::Refuse(restore.serial, KeyRefusal::UserKeyNotSm2);
    }
    match held {
        None => Step::Refuse(restore.serial, KeyRefusal::NoSuchKey),
        Some(Held::InUse(holding) | Held::History(holding)) => Step::Restore(holding.clone(), restore.user_key),
    }
}

/// Gives each new certificate its key from `fresh`; a decision without its key is left out, so a caller that
/// brings too few gets fewer answers than requests.
pub(crate) fn settle(steps: Vec<Step>, fresh: Vec<Spare>, now: Timestamp) -> Vec<Done> {
    let mut fresh = fresh.into_iter();
    let deliver = |holding, user_key, delivery| {
        Done::Deliver(Order {
            holding,
            user_key,
            delivery,
        })
    };
    steps
        .into_iter()
        .filter_map(|step| {
            Some(match step {
                Step::Assign(apply) => {
                    let (holding, user_key) = assign(apply, fresh.next()?, now);
                    deliver(holding, user_key, Delivery::Applied)
                }
                Step::HandAgain(holding, user_key) => deliver(holding, user_key, Delivery::Again),
                Step::Restore(holding, user_key) => deliver(holding, user_key, Delivery::Restored),
                Step::Retire(holding) => Done::Retire(holding),
                Step::AlreadyRetired(serial) => Done::AlreadyRetired(serial),
                Step::Refuse(serial, refusal) => Done::Refused(serial, refusal),
            })
        })
        .collect()
}

fn assign(apply: ApplyKey, key: Spare, now: Timestamp) -> (Holding, PublicKey) {
    let holding = Holding {
        serial: apply.serial,
        user_key: user_key_digest(&apply.user_key),
        public_key: key.public_key,
        sealed: key.sealed,
        not_before: apply.not_before,
        not_after: apply.not_after,
        applied_at: now,
    };
    (holding, apply.user_key)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use gm_suite::PrivateKey;

    use super::*;

    const SERIAL: &[u8] = &[0x4d, 0x01];

    fn key(algorithm: KeyAlgorithm) -> PublicKey {
        PrivateKey::generate(algorithm).unwrap().public_key().clone()
    }

    fn apply(user_key: &PublicKey) -> KeyRequest {
        KeyRequest::Apply(ApplyKey {
            serial: SERIAL.to_vec(),
            user_key: user_key.clone(),
            not_before: Timestamp::UNIX_EPOCH,
            not_after: Timestamp::MAX,
            user_name: None,
        })
    }

    fn restore(user_key: &PublicKey) -> KeyRequest {
        KeyRequest::Restore(RestoreKey {
            serial: SERIAL.to_vec(),
            user_key: user_key.clone(),
        })
    }

    fn holding(user_key: &PublicKey) -> Holding {
        Holding {
            serial: SERIAL.to_vec(),
            user_key: user_key_digest(user_key),
            public_key: vec![4; 65],
            sealed: vec![1],
            not_before: Timestamp::UNIX_EPOCH,
            not_after: Timestamp::MAX,
            applied_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn check(request: KeyRequest, held: Option<Held>) -> String {
        let holdings = held.map(|held| (SERIAL.to_vec(), held)).into_iter().collect();
        describe(&plan(vec![request], &holdings))
    }

    fn describe(steps: &[Step]) -> String {
        let words: Vec<_> = steps
            .iter()
            .map(|step| match step {
                Step::Assign(_) => "assign".to_owned(),
                Step::HandAgain(..) => "hand again".to_owned(),
                Step::Restore(..) => "restore".to_owned(),
                Step::Retire(_) => "retire".to_owned(),
                Step::AlreadyRetired(_) => "already retired".to_owned(),
                Step::Refuse(_, refusal) => format!("refuse: {}", refusal.code()),
            })
            .collect();
        words.join(", ")
    }

    #[test]
    fn the_same_application_again_gets_the_same_key_again() {
        let user = key(KeyAlgorithm::Sm2);
        assert_eq!(check(apply(&user), None), "assign");
        assert_eq!(check(apply(&user), Some(Held::InUse(holding(&user)))), "hand again");
    }

    #[test]
    fn another_user_key_under_the_same_serial_is_refused() {
        let held = Held::InUse(holding(&key(KeyAlgorithm::Sm2)));
        assert_eq!(
            check(apply(&key(KeyAlgorithm::Sm2)), Some(held)),
            "refuse: key-other-user"
        );
    }

    #[test]
    fn a_retired_key_is_recovered_but_never_applied_for_again() {
        let user = key(KeyAlgorithm::Sm2);
        assert_eq!(
            check(apply(&user), Some(Held::History(holding(&user)))),
            "refuse: key-retired"
        );
        assert_eq!(check(restore(&user), Some(Held::History(holding(&user)))), "restore");
    }

    #[test]
    fn recovery_may_go_to_a_new_user_key() {
        let held = Held::InUse(holding(&key(KeyAlgorithm::Sm2)));
        assert_eq!(check(restore(&key(KeyAlgorithm::Sm2)), Some(held)), "restore");
    }

    #[test]
    fn nothing_is_restored_or_retired_that_is_not_held() {
        let revoke = KeyRequest::Revoke {
            serial: SERIAL.to_vec(),
        };
        assert_eq!(check(restore(&key(KeyAlgorithm::Sm2)), None), "refuse: key-absent");
        assert_eq!(check(revoke, None), "refuse: key-absent");
    }

    #[test]
    fn retiring_twice_is_not_an_error() {
        let revoke = || KeyRequest::Revoke {
            serial: SERIAL.to_vec(),
        };
        let user = key(KeyAlgorithm::Sm2);
        assert_eq!(check(revoke(), Some(Held::InUse(holding(&user)))), "retire");
        assert_eq!(check(revoke(), Some(Held::History(holding(&user)))), "already retired");
    }

    #[test]
    fn a_user_key_that_is_not_sm2_is_refused() {
        assert_eq!(check(apply(&key(KeyAlgorithm::P256)), None), "refuse: key-user-not-sm2");
    }

    #[test]
    fn a_serial_that_stands_twice_is_refused_the_second_time() {
        let user = key(KeyAlgorithm::Sm2);
        let steps = plan(vec![apply(&user), apply(&user)], &Holdings::new());
        assert_eq!(describe(&steps), "assign, refuse: key-serial-twice");
    }

    #[test]
    fn every_refusal_has_its_own_number_and_words_in_both_languages() {
        let all = [
            KeyRefusal::OtherUserKey,
            KeyRefusal::SerialTwice,
            KeyRefusal::Retired,
            KeyRefusal::NoSuchKey,
            KeyRefusal::UserKeyNotSm2,
            KeyRefusal::ValidityReversed,
        ];
        let numbers: HashSet<_> = all.iter().map(|refusal| refusal.number()).collect();
        assert_eq!(numbers.len(), all.len());
        for refusal in all {
            assert_ne!(refusal.message(Language::Chinese), refusal.message(Language::English));
        }
    }
}

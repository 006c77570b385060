//! Passkeys: what an officer's authenticator made, and why nobody comes in with one.
//!
//! An officer in session makes one; it waits and opens nothing until two other officers bound it by its fingerprint
//! ([`Change::BindPasskey`](crate::Change::BindPasskey)). The ceremonies themselves are those of `webauthn-es256`.

use gm_suite::sm3;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use jiff::Timestamp;
use webauthn_es256::CeremonyError;

use crate::officer::OfficerId;
use crate::store::passkeys::Row;

/// Passkeys that an officer may have, waiting ones too: one in the machine, one in the pocket, one in the safe, and room
/// for replacing them. Browsers are told all of them at each registration.
pub const PASSKEYS_MAX: usize = 5;

/// One of an officer's passkeys.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passkey {
    /// SM3 of its public key (SPKI), lower-case hexadecimal: what two officers bind.
    pub fingerprint: String,
    /// How its authenticator finds it.
    pub credential: Vec<u8>,
    /// Whether the authenticator says that it may be copied to other devices.
    pub is_synced: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was bound; `None` while it waits and opens nothing.
    pub bound_at: Option<Timestamp>,
    /// When it last opened a session.
    pub used_at: Option<Timestamp>,
}

impl Passkey {
    pub(crate) fn of(row: Row) -> Self {
        Self {
            fingerprint: hex::encode(row.sm3),
            credential: row.credential,
            is_synced: row.is_synced,
            made_at: row.made_at,
            bound_at: row.bound_at,
            used_at: row.used_at,
        }
    }
}

/// What a browser is asked to make a passkey of.
#[derive(Clone, Debug)]
pub struct PasskeyWish {
    /// 32 random octets, base64url; good once and for a minute.
    pub challenge: String,
    /// The officer, as authenticators know them.
    pub user_handle: [u8; 32],
    /// Credentials that the officer has: an authenticator that holds one makes no second.
    pub exclude: Vec<Vec<u8>>,
}

/// What a browser brings to a log-in, as octets.
#[derive(Clone, Debug, Default)]
pub struct PasskeyAnswer {
    /// The credential's identifier.
    pub credential: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
    /// `userHandle`.
    pub user_handle: Vec<u8>,
}

/// The officer as authenticators know them (§5.4.3): the same each time, and no name or number that one could read.
pub(crate) fn user_handle(party: &str, officer: OfficerId) -> [u8; 32] {
    sm3(format!("hefu-officer/1\n{party}\n{}", officer.number()).as_bytes())
}

/// Why a passkey was not taken, or opens nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PasskeyRefused {
    /// This installation has none.
    #[error("passkeys are not in use here")]
    Off,
    /// The challenge was not given, used before, or older than a minute.
    #[error("the challenge was used before or is older than a minute; load the page again")]
    Stale,
    /// Two officers have not bound it to anybody who is on duty.
    #[error("the passkey is not bound to an officer on duty")]
    NotBound,
    /// The officer has as many as one may have.
    #[error("an officer has at most {PASSKEYS_MAX} passkeys; withdraw one first")]
    TooMany,
    /// It is registered already.
    #[error("the passkey is registered already")]
    Taken,
    /// Not one of this officer's.
    #[error("there is no such passkey of yours")]
    NoSuch,
    /// What the browser and the authenticator said is not right.
    #[error("the passkey was not accepted: {0}")]
    Ceremony(#[from] CeremonyError),
}

impl PasskeyRefused {
    fn chinese(self) -> String {
        let text = match self {
            Self::Off => "本机构没有启用通行密钥",
            Self::Stale => "该挑战已经用过，或者已超过一分钟，请重新加载页面",
            Self::NotBound => "该通行密钥没有绑定在岗人员",
            Self::TooMany => return format!("每人最多有{PASSKEYS_MAX}个通行密钥，请先撤回一个"),
            Self::Taken => "该通行密钥已经登记过",
            Self::NoSuch => "没有这个属于本人的通行密钥",
            Self::Ceremony(why) => return format!("通行密钥未被接受：{}", in_chinese(why)),
        };
        text.to_owned()
    }
}

fn in_chinese(why: CeremonyError) -> String {
    let text = match why {
        CeremonyError::Malformed(part) => return format!("{part}格式有误"),
        CeremonyError::Type => "答复属于另一种操作",
        CeremonyError::Challenge => "答复的是另一个挑战",
        CeremonyError::Origin => "提出请求的页面属于其他来源",
        CeremonyError::Party => "该密钥是为其他网站生成的",
        CeremonyError::NotPresent => "验证器没有确认有人在场",
        CeremonyError::NotVerified => "验证器没有核实使用者身份",
        CeremonyError::Synced => "该密钥可以复制到持有人的其他设备",
        CeremonyError::Algorithm => "密钥不是ES256",
        CeremonyError::Signature => "签名不符",
        CeremonyError::Counter { stored, given } => {
            return format!("签名计数器为{given}，上次为{stored}，密钥可能已被复制");
        }
    };
    text.to_owned()
}

impl Explain for PasskeyRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::Off => "passkeys-off",
            Self::Stale => "passkey-challenge-stale",
            Self::NotBound => "passkey-not-bound",
            Self::TooMany => "too-many-passkeys",
            Self::Taken => "passkey-taken",
            Self::NoSuch => "no-such-passkey",
            Self::Ceremony(CeremonyError::Malformed(_)) => "passkey-malformed",
            Self::Ceremony(CeremonyError::Origin) => "passkey-of-another-origin",
            Self::Ceremony(CeremonyError::Counter { .. }) => "passkey-counter-backwards",
            Self::Ceremony(CeremonyError::Synced) => "passkey-synced",
            Self::Ceremony(CeremonyError::Signature) => "passkey-signature",
            Self::Ceremony(_) => "passkey-refused",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Off | Self::NoSuch => Kind::Absent,
            Self::Ceremony(CeremonyError::Malformed(_)) => Kind::Malformed,
            _ => Kind::Refusal,
        }
    }

    fn blame(&self) -> Blame {
        match self {
            Self::Off => Blame::Operator,
            Self::NotBound | Self::TooMany => Blame::Officer,
            _ => Blame::Caller,
        }
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_handle_is_one_officers_at_one_relying_party() {
        let handle = |party, number| OfficerId::new(number).map(|officer| user_handle(party, officer));
        assert_eq!(handle("ca.example", 5), handle("ca.example", 5));
        assert_ne!(handle("ca.example", 5), handle("ca.example", 6));
        assert_ne!(handle("ca.example", 5), handle("ra.example", 5));
    }

    #[test]
    fn every_reason_is_told_in_both_languages() {
        let ceremonies = [
            CeremonyError::Malformed("signature"),
            CeremonyError::Type,
            CeremonyError::Challenge,
            CeremonyError::Origin,
            CeremonyError::Party,
            CeremonyError::NotPresent,
            CeremonyError::NotVerified,
            CeremonyError::Synced,
            CeremonyError::Algorithm,
            CeremonyError::Signature,
            CeremonyError::Counter { stored: 2, given: 1 },
        ];
        for why in ceremonies {
            let refused = PasskeyRefused::from(why);
            assert!(refused.message(Language::English).is_ascii(), "{refused}");
            assert!(refused.message(Language::Chinese).starts_with("通行密钥未被接受："));
        }
    }
}

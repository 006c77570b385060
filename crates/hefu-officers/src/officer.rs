//! An officer: a number that never changes hands, a name, a role.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::role::{NotPermitted, Permission, Role};

/// An officer's number: counted from 1 in order of enrolment, never used again.
///
/// Records and certificates' histories name officers by this number only; the name stays in the register.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OfficerId(i64);

impl OfficerId {
    /// Takes a number from a table or a token; `None` unless it is positive.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        if number > 0 { Some(Self(number)) } else { None }
    }

    /// The number, for tables.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// How records name the officer as the doer of an act: "officer:3".
    #[must_use]
    pub fn actor(self) -> String {
        format!("officer:{}", self.0)
    }
}

impl fmt::Display for OfficerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// As text: JSON names things by strings, and a number is only how this one happens to look.
impl Serialize for OfficerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OfficerId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.parse().ok().and_then(Self::new);
        number.ok_or_else(|| serde::de::Error::custom("an officer's number is a positive whole number, as text"))
    }
}

/// Whether a person is on duty now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// May act.
    On,
    /// May not act until reinstated.
    Suspended,
    /// Never acts again; the number stays taken.
    Dismissed,
}

impl Duty {
    /// The word in tables, records and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Suspended => "suspended",
            Self::Dismissed => "dismissed",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::On, Self::Suspended, Self::Dismissed]
            .into_iter()
            .find(|duty| duty.as_str() == word)
    }
}

/// A person on the register. Made only by enrolment and by the register.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Officer {
    pub(crate) id: OfficerId,
    pub(crate) name: Arc<str>,
    pub(crate) role: Role,
    pub(crate) enrolled_at: Timestamp,
    pub(crate) duty: Duty,
    /// Number of the delegated body; exactly for delegated operators.
    pub(crate) body: Option<i64>,
}

impl Officer {
    /// The number.
    #[must_use]
    pub fn id(&self) -> OfficerId {
        self.id
    }

    /// The name on the duty roster: personal data, so for pages only, never for records or logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role, which holds the branch.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// When the officer was enrolled.
    #[must_use]
    pub fn enrolled_at(&self) -> Timestamp {
        self.enrolled_at
    }

    /// Whether the officer is on duty.
    #[must_use]
    pub fn duty(&self) -> Duty {
        self.duty
    }

    /// The delegated registration body that the officer belongs to; exactly for delegated operators.
    #[must_use]
    pub fn body(&self) -> Option<i64> {
        self.body
    }

    /// Says yes or no to a kind of act.
    ///
    /// # Errors
    /// [`NotPermitted`] when the role does not permit it, or the officer is not on duty.
    pub fn permit(&self, permission: Permission) -> Result<OfficerId, NotPermitted> {
        if self.duty == Duty::On && self.role.permits(permission) {
            Ok(self.id)
        } else {
            Err(NotPermitted {
                officer: self.id,
                role: self.role,
                permission,
            })
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use hefu_rulebook::{Explain, Language};

    use super::*;

    fn officer(role: Role) -> Officer {
        Officer {
            id: OfficerId::new(7).unwrap(),
            name: "王伟".into(),
            role,
            enrolled_at: Timestamp::UNIX_EPOCH,
            duty: Duty::On,
            body: None,
        }
    }

    #[test]
    fn an_auditor_is_refused_every_change_in_both_languages() {
        let refusal = officer(Role::AUDITOR).permit(Permission::Approve).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "officer 7 is auditor and may not approve applications"
        );
        assert_eq!(refusal.message(Language::Chinese), "人员7的角色是审计员，不得审批申请");
        assert_eq!(
            officer(Role::AUDITOR).permit(Permission::Audit).unwrap().actor(),
            "officer:7"
        );
    }

    #[test]
    fn officers_are_counted_from_one() {
        assert!(OfficerId::new(0).is_none() && OfficerId::new(-1).is_none());
    }
}

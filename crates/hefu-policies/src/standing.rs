//! Standing: whether certificates may be issued under a policy. Pure, and asked for every certificate.

use hefu_certificate::LawScope;
use hefu_rulebook::{Blame, Citation, Explain, Kind, Language, day_of};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Published;
use crate::shelf::Shelf;

/// How strictly an installation is held.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// What is issued under must be published: for trials, and for services that need no licence.
    #[default]
    Open,
    /// Published, filed and covered by a valid licence, for certificates inside the law's scope.
    Licensed,
}

/// Why nothing is issued under a policy today.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotStanding {
    /// No practice statement is in force.
    #[error("no practice statement is published and in force")]
    NoStatement,
    /// No document that is in force covers it.
    #[error("no published practice statement or certificate policy that is in force covers policy {0}")]
    NotPublished(String),
    /// Only the sample of the set-up covers it.
    #[error("only the sample {0} is published; in licensed mode nothing is issued under a sample")]
    Sample(String),
    /// It was not filed, and the time to file a change has passed or never began.
    #[error("{subject} is not filed{}", until(*.due))]
    NotFiled {
        /// "cps 1.0".
        subject: String,
        /// The last day of the time to file, for a change of what had been filed.
        due: Option<Date>,
    },
    /// No licence is recorded that is valid today.
    #[error("no licence is recorded that is valid today")]
    NoLicence,
    /// The licence has ended.
    #[error("the recorded licence ended on {0}")]
    LicenceEnded(Date),
}

fn until(due: Option<Date>) -> String {
    due.map(|due| format!("; the time to file it ended on {due}"))
        .unwrap_or_default()
}

impl Shelf {
    /// Whether certificates may be issued now under all of these policies (dotted; empty when a profile names none of
    /// the operator's own, then the practice statement alone counts).
    ///
    /// # Errors
    /// [`NotStanding`].
    pub fn stands(&self, mode: Mode, policies: &[String], scope: LawScope, now: Timestamp) -> Result<(), NotStanding> {
        let today = day_of(now);
        let statement = self.current("cps", today).ok_or(NotStanding::NoStatement)?;
        let mut grounds = vec![statement];
        for policy in policies {
            let mut own = self.series().filter(|series| *series != "cps");
            let covering = own.find_map(|series| self.current(series, today).filter(|it| it.covers(policy)));
            match covering {
                Some(found) => grounds.push(found),
                None if statement.covers(policy) => {}
                None => return Err(NotStanding::NotPublished(policy.clone())),
            }
        }
        if mode == Mode::Open || !scope.is_inside() {
            return Ok(());
        }
        grounds
            .into_iter()
            .try_for_each(|document| self.is_filed(document, today))?;
        match self.licence() {
            Some(licence) if licence.is_valid_on(today) => Ok(()),
            Some(licence) if licence.valid_until < today => Err(NotStanding::LicenceEnded(licence.valid_until)),
            _ => Err(NotStanding::NoLicence),
        }
    }

    /// A first version is filed before the service begins; a change of what was filed has a time to be filed.
    fn is_filed(&self, document: &Published, today: Date) -> Result<(), NotStanding> {
        if document.sample {
            return Err(NotStanding::Sample(document.subject()));
        }
        if self.filed(document).is_some() {
            return Ok(());
        }
        let before = |it: &&Published| it.series == document.series && it.place < document.place;
        let changed = self.versions().iter().filter(before).any(|it| self.filed(it).is_some());
        let due = self.due(document).filter(|_| changed);
        match due {
            Some(due) if today <= due => Ok(()),
            due => Err(NotStanding::NotFiled {
                subject: document.subject(),
                due,
            }),
        }
    }
}

impl Explain for NotStanding {
    fn code(&self) -> &'static str {
        match self {
            Self::NoStatement | Self::NotPublished(_) => "policy-not-published",
            Self::Sample(_) => "policy-is-sample",
            Self::NotFiled { .. } => "policy-not-filed",
            Self::NoLicence => "licence-record-missing",
            Self::LicenceEnded(_) => "licence-ended",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Refusal
    }

    fn blame(&self) -> Blame {
        Blame::CertificationAuthority
    }

    fn citation(&self) -> Option<Citation> {
        Some(match self {
            Self::NoStatement | Self::NotPublished(_) | Self::Sample(_) | Self::NotFiled { due: None, .. } => {
                Citation::new("ESL", "19")
            }
            Self::NotFiled { due: Some(_), .. } => Citation::new("M15", "15"),
            Self::NoLicence => Citation::new("ESL", "16"),
            Self::LicenceEnded(_) => Citation::new("M15", "10"),
        })
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::NoStatement => "没有已公布并生效的电子认证业务规则".to_owned(),
            Self::NotPublished(policy) => format!("没有已公布并生效的业务规则或证书策略涵盖策略 {policy}"),
            Self::Sample(subject) => format!("只公布了样本 {subject}；许可运行方式下不得按样本签发"),
            Self::NotFiled { subject, due: None } => format!("{subject} 尚未备案"),
            Self::NotFiled {
                subject,
                due: Some(due),
            } => format!("{subject} 尚未备案，备案期限已于 {due} 届满"),
            Self::NoLicence => "没有登记今日有效的许可证".to_owned(),
            Self::LicenceEnded(day) => format!("登记的许可证已于 {day} 届满"),
        }
    }
}

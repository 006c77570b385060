//! What becomes of an officer: each change is asked on a page of its own that says what it will do, and then proposed.

use axum::extract::Path;
use axum::http::StatusCode;
use hefu_officers::{Change, ChangeError, FiledBody, Officer, OfficerId, Role};
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_rulebook::Language;
use hefu_web::{Form, given};
use serde::Deserialize;

use crate::component::{Choice, Citation, Confirmation, Field, Input, Link};
use crate::officer::{facts, found};
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{ActWords, OfficerWords};

/// Characters of an SM2 key as SPKI in hexadecimal, with room for other encodings of its parameters.
const KEY_MAX: u32 = 400;
/// Digits of an SM3 digest.
const FINGERPRINT_MAX: u32 = 64;

/// A change of somebody who is on the register, by the last part of its address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Post,
    Suspension,
    Reinstatement,
    Dismissal,
    Credential,
    Binding,
    Unbinding,
    PasskeyBinding,
    PasskeyUnbinding,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Post,
        Self::Binding,
        Self::Unbinding,
        Self::PasskeyBinding,
        Self::PasskeyUnbinding,
        Self::Credential,
        Self::Suspension,
        Self::Reinstatement,
        Self::Dismissal,
    ];

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Suspension => "suspension",
            Self::Reinstatement => "reinstatement",
            Self::Dismissal => "dismissal",
            Self::Credential => "credential",
            Self::Binding => "binding",
            Self::Unbinding => "unbinding",
            Self::PasskeyBinding => "passkey-binding",
            Self::PasskeyUnbinding => "passkey-unbinding",
        }
    }

    fn named(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }

    /// The change with nothing filled in: enough to say what it is called and whether it is possible.
    pub(crate) fn example(self, about: &Officer) -> Change {
        let officer = about.id();
        match self {
            Self::Post => Change::ChangeRole {
                officer,
                role: about.role(),
                body: about.body(),
            },
            Self::Suspension => Change::Suspend { officer },
            Self::Reinstatement => Change::Reinstate { officer },
            Self::Dismissal => Change::Dismiss { officer },
            Self::Credential => Change::RenewCredential { officer, key: None },
            Self::Binding => Change::BindCertificate {
                officer,
                certificate: String::new(),
            },
            Self::Unbinding => Change::UnbindCertificate { officer },
            Self::PasskeyBinding => Change::BindPasskey {
                officer,
                passkey: String::new(),
            },
            Self::PasskeyUnbinding => Change::UnbindPasskey { officer, passkey: None },
        }
    }

    /// Whether the register would let the visitor propose it.
    pub(crate) fn is_possible(self, visit: &Visit, officer: &Officer) -> bool {
        let officers = &visit.door.officers;
        let may = |change: &Change| officers.may_propose(&visit.officer, change).is_ok();
        match self {
            Self::Post => !posts(visit, officer).is_empty(),
            Self::Unbinding => officers.ways_in(officer.id()).certificate.is_some() && may(&self.example(officer)),
            _ => may(&self.example(officer)),
        }
    }
}

/// The other posts that the visitor could propose for an officer.
fn posts(visit: &Visit, officer: &Officer) -> Vec<Role> {
    let may = |role: &Role| {
        let change = Change::ChangeRole {
            officer: officer.id(),
            role: *role,
            // Which body it is matters only when it is proposed.
            body: (*role == Role::DELEGATED_OPERATOR).then_some(1),
        };
        *role != officer.role() && visit.door.officers.may_propose(&visit.officer, &change).is_ok()
    };
    Role::ALL.into_iter().filter(may).collect()
}

/// Fields of all changes; each reads its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) body: String,
    pub(crate) key: String,
    certificate: String,
    passkey: String,
}

impl Typed {
    /// The change that was typed.
    fn change(&self, kind: Kind, about: &Officer, language: Language) -> Result<Change, Mishap> {
        let officer = about.id();
        Ok(match kind {
            Kind::Post => Change::ChangeRole {
                officer,
                role: self.role(language)?,
                body: self.body(),
            },
            Kind::Credential => Change::RenewCredential {
                officer,
                key: given(&self.key),
            },
            Kind::Binding => Change::BindCertificate {
                officer,
                certificate: digits(&self.certificate),
            },
            Kind::PasskeyBinding => Change::BindPasskey {
                officer,
                passkey: digits(&self.passkey),
            },
            Kind::PasskeyUnbinding => Change::UnbindPasskey {
                officer,
                passkey: given(&digits(&self.passkey)),
            },
            Kind::Suspension | Kind::Reinstatement | Kind::Dismissal | Kind::Unbinding => kind.example(about),
        })
    }

    pub(crate) fn role(&self, language: Language) -> Result<Role, Mishap> {
        let missing = || Mishap::missing(OfficerWords::of(language).choose_post, language);
        self.role.parse().map_err(|_| missing())
    }

    /// The number of a delegated body; what is no number is a body that there is not, and the register says so.
    pub(crate) fn body(&self) -> Option<i64> {
        given(&self.body).map(|body| body.parse().unwrap_or(0))
    }
}

/// A digest as people type it: with spaces, in capitals.
fn digits(typed: &str) -> String {
    typed.split_whitespace().collect::<String>().to_ascii_lowercase()
}

/// The number of an officer in an address.
pub(crate) fn officer_of(text: &str) -> Option<OfficerId> {
    text.parse().ok().and_then(OfficerId::new)
}

/// What the register says; that somebody's rank does not reach is about who asks, so 403.
pub(crate) fn told(why: &ChangeError, language: Language) -> Mishap {
    let mishap = Mishap::of(why, language);
    match why {
        ChangeError::OutOfRank { .. } | ChangeError::DelegationTooDeep => Mishap {
            status: StatusCode::FORBIDDEN,
            ..mishap
        },
        _ => mishap,
    }
}

pub(crate) async fn ask(visit: Visit, Path((id, change)): Path<(String, String)>) -> Outcome {
    asking(&visit, (&id, &change), &Typed::default(), None).await
}

pub(crate) async fn propose(
    visit: Visit,
    Path((id, change)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Outcome {
    let (page, officer) = found(&visit, &id).await?;
    let kind = Kind::named(&change).ok_or_else(|| Instead::nowhere(&page))?;
    let language = page.language;
    let proposed = async {
        let change = typed.change(kind, &officer, language)?;
        let proposed = visit.door.officers.propose(&visit.officer, change, visit.door.now());
        proposed.await.map_err(|why| told(&why, language))
    };
    match proposed.await {
        Ok(proposal) => Ok(done(&format!("/admin/proposals/{}", proposal.id), "proposed")),
        Err(mishap) => asking(&visit, (&id, &change), &typed, Some(mishap)).await,
    }
}

/// The question before a proposal. Where the register would refuse it, the page says why and asks nothing.
async fn asking(visit: &Visit, (id, change): (&str, &str), typed: &Typed, mishap: Option<Mishap>) -> Outcome {
    let (page, officer) = found(visit, id).await?;
    let kind = Kind::named(change).ok_or_else(|| Instead::nowhere(&page))?;
    let language = page.language;
    let (acts, words) = (ActWords::of(language), OfficerWords::of(language));
    let (name, does) = acts.change(&kind.example(&officer));
    let here = format!("/admin/officers/{}", officer.id());
    let page = page.under(Link::new(here.clone(), officer.name()));
    let title = format!("{name} · {}", officer.name());
    if let (None, Some(mishap)) = (&mishap, impossible(visit, kind, &officer)) {
        return Ok(Sheet::new(page, title).mishap(Some(mishap)).show());
    }
    let bodies = visit.door.officers.bodies(&visit.officer).await;
    let bodies = bodies.map_err(|why| Instead::of(&page, &why))?;
    let consequences = [does, acts.decided_by_other, acts.recorded].map(str::to_owned).to_vec();
    let concerns = facts(&visit.door, &officer, language);
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", "19"), language);
    let action = format!("{here}/changes/{}", kind.path());
    let question = Confirmation::new(language, action, consequences, concerns)
        .rule(rule)
        .csrf(page.csrf());
    let fields = match kind {
        Kind::Post => post_fields(&posts(visit, &officer), &bodies, typed, language),
        Kind::Credential => vec![key_field(typed, language)],
        Kind::Binding => vec![certificate_field(typed, language)],
        Kind::PasskeyBinding => vec![passkey_field(typed, language)],
        Kind::PasskeyUnbinding => vec![passkey_field(typed, language).optional()],
        _ => Vec::new(),
    };
    let question = fields.into_iter().fold(question, Confirmation::field);
    let question = question.act(format!("{}{name}", words.propose), here);
    Ok(Sheet::new(page, title)
        .mishap(mishap)
        .part(Part::Confirmation(question))
        .show())
}

/// Why there is nothing to ask.
fn impossible(visit: &Visit, kind: Kind, officer: &Officer) -> Option<Mishap> {
    let language = visit.language();
    if kind.is_possible(visit, officer) {
        return None;
    }
    let why = visit.door.officers.may_propose(&visit.officer, &kind.example(officer));
    Some(match why {
        Err(why) => told(&why, language),
        Ok(()) => Mishap::missing(OfficerWords::of(language).acts_none, language),
    })
}

/// The new post, and the body where there is one to belong to.
pub(crate) fn post_fields(posts: &[Role], bodies: &[FiledBody], typed: &Typed, language: Language) -> Vec<Field> {
    let words = OfficerWords::of(language);
    let choices = posts.iter().map(|role| Choice::new(role.as_str(), role.name(language)));
    let post = Field::new(language, "role", words.new_post, Input::OneOf(choices.collect()));
    let mut fields = vec![post.value(&typed.role)];
    if posts.contains(&Role::DELEGATED_OPERATOR) {
        let none = Choice::new("", words.no_body);
        let filed = bodies
            .iter()
            .map(|filed| Choice::new(filed.number.to_string(), filed.body.name.clone()));
        let choices = std::iter::once(none).chain(filed).collect();
        let rule = Citation::of(hefu_rulebook::Citation::new("EG24", "25"), language);
        let body = Field::new(language, "body", words.body, Input::Select(choices));
        fields.push(body.help(words.body_help).rule(rule).value(&typed.body).optional());
    }
    fields
}

pub(crate) fn key_field(typed: &Typed, language: Language) -> Field {
    let words = OfficerWords::of(language);
    let field = Field::new(language, "key", words.login_key, Input::Lines(3));
    field
        .help(words.login_key_help)
        .at_most(KEY_MAX)
        .value(&typed.key)
        .optional()
}

fn certificate_field(typed: &Typed, language: Language) -> Field {
    let words = OfficerWords::of(language);
    let field = Field::new(language, "certificate", words.fingerprint, Input::Line("text"));
    field
        .help(words.fingerprint_help)
        .at_most(FINGERPRINT_MAX)
        .value(&typed.certificate)
}

fn passkey_field(typed: &Typed, language: Language) -> Field {
    let words = OfficerWords::of(language);
    let field = Field::new(language, "passkey", words.passkey, Input::Line("text"));
    field
        .help(words.passkey_help)
        .at_most(FINGERPRINT_MAX)
        .value(&typed.passkey)
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn every_change_is_found_by_its_address() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.path()), Some(kind));
        }
        assert_eq!(Kind::named("promotion"), None);
    }
}

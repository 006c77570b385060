//! The next step of an application as a form, with the article that asks for it.

use hefu_certificate::LawScope;
use hefu_officers::Permission;
use hefu_ra::{ApplicationView, Stage, StepName};
use hefu_rulebook::Language;

use super::DeskPages;
use super::offers::{Offer, Offers};
use super::queue::is_for;
use crate::component::{Act, Choice, Citation, Field, Form, Input, Link, Manner, Method};
use crate::words::desk::DeskWords;
use hefu_web::PageOfficer;

/// Characters of a version, a method (as the desk takes them).
const WORD_MAX: u32 = 64;
/// Characters of a name, a document.
const NAME_MAX: u32 = 128;

/// What can be done next.
pub(super) struct Next {
    pub(super) title: &'static str,
    pub(super) lede: &'static str,
    pub(super) rule: Option<Citation>,
    /// Why this officer is not offered the step, or what its buttons do.
    pub(super) note: Option<&'static str>,
    pub(super) forms: Vec<Form>,
    /// The way to the applicant's file, where the step waits for something in it.
    pub(super) file: Option<Link>,
    /// The way to the question whether to reject.
    pub(super) reject: Option<Link>,
}

/// What the forms of one application have in common.
struct Desk<'a> {
    view: &'a ApplicationView,
    offers: &'a Offers,
    scope: LawScope,
    csrf: Option<&'a str>,
    language: Language,
    words: &'static DeskWords,
}

/// The next step of an application as this officer sees it; none at the end of the road.
pub(super) fn of(
    door: &DeskPages,
    officer: &PageOfficer,
    (view, offers): (&ApplicationView, &Offers),
    csrf: Option<&str>,
    language: Language,
) -> Option<Next> {
    let step = view.next?;
    let words = DeskWords::of(language);
    let desk = Desk {
        view,
        offers,
        scope: door.scope(&view.profile),
        csrf,
        language,
        words,
    };
    let (title, lede) = match step {
        StepName::Notice => (words.notice_title, words.notice_lede),
        StepName::Contract => (words.contract_title, words.contract_lede),
        StepName::Identity => (words.identity_title, words.identity_lede),
        StepName::Approval => (words.approval_title, words.approval_lede),
        StepName::Issuance | StepName::Rejection => (words.issuance_title, words.issuance_lede),
    };
    let permission = match step {
        StepName::Notice | StepName::Contract | StepName::Identity => Permission::Enter,
        StepName::Approval | StepName::Rejection => Permission::Approve,
        StepName::Issuance => Permission::Issue,
    };
    let is_permitted = officer.permit(permission).is_ok();
    // The form stays even for who entered it: what the desk says to that is the desk's to say, and to record.
    let note = match (is_permitted, is_for(view, officer)) {
        (false, _) => Some(words.read_only),
        (true, false) => Some(words.needs_other),
        (true, true) if step == StepName::Identity && view.applicant.is_some() => Some(words.check_help),
        (true, true) => None,
    };
    let lacking = is_permitted && desk.lacks(step);
    let note = note.or_else(|| lacking.then_some(words.proof_none));
    let file = view.applicant.as_ref().filter(|_| lacking);
    let file = file.map(|file| Link::new(format!("/desk/applicants/{file}"), words.to_file));
    let may_reject = officer.permit(Permission::Approve).is_ok() && view.state != Stage::Requested;
    let reject = may_reject.then(|| Link::new(desk.path("rejection"), words.reject));
    Some(Next {
        title,
        lede,
        rule: step
            .citation(desk.scope)
            .map(|citation| Citation::of(citation, language)),
        note,
        forms: if is_permitted && !lacking {
            desk.forms(step)
        } else {
            Vec::new()
        },
        file,
        reject,
    })
}

impl Desk<'_> {
    fn path(&self, act: &str) -> String {
        format!("/desk/applications/{}/{act}", self.view.id)
    }

    fn form(&self, act: &str) -> Form {
        Form::new(self.language, Method::Post, self.path(act)).csrf(self.csrf)
    }

    fn line(&self, name: &'static str, label: &str, characters: u32) -> Field {
        Field::new(self.language, name, label, Input::Line("text")).at_most(characters)
    }

    fn forms(&self, step: StepName) -> Vec<Form> {
        let words = self.words;
        match step {
            StepName::Notice => vec![self.notice()],
            StepName::Contract => vec![self.contract()],
            StepName::Identity => self.identity(),
            StepName::Approval => {
                let issue = Act::new(Manner::Main, words.approve_issue).sends("then", "issue");
                let only = Act::new(Manner::Plain, words.approve).sends("then", "stop");
                vec![self.form("approval").act(issue).act(only)]
            }
            StepName::Issuance | StepName::Rejection => {
                vec![self.form("issuance").act(Act::new(Manner::Main, words.issue))]
            }
        }
    }

    /// Whether the step waits for a proof that the applicant's file does not have.
    fn lacks(&self, step: StepName) -> bool {
        self.scope.is_inside()
            && match step {
                StepName::Notice => self.offers.notices.is_empty(),
                StepName::Contract => self.offers.contracts.is_empty(),
                _ => false,
            }
    }

    /// One of the proofs that the file has.
    fn proof(&self, label: &str, offered: &[Offer]) -> Field {
        let choices = offered
            .iter()
            .map(|offer| Choice::new(offer.number.clone(), offer.name.clone()));
        let newest = offered.first().map(|offer| offer.number.clone()).unwrap_or_default();
        Field::new(self.language, "proof", label, Input::OneOf(choices.collect())).value(newest)
    }

    fn version(&self) -> Field {
        let field = self.line("version", self.words.version, WORD_MAX);
        field.help(self.words.version_help)
    }

    fn notice(&self) -> Form {
        let field = if self.scope.is_inside() {
            self.proof(self.words.notice_proof, &self.offers.notices)
        } else {
            self.version()
        };
        let act = Act::new(Manner::Main, self.words.record);
        self.form("notice").field(field).act(act)
    }

    fn contract(&self) -> Form {
        let form = self.form("contract");
        let form = if self.scope.is_inside() {
            form.field(self.proof(self.words.contract_proof, &self.offers.contracts))
        } else {
            let signed_by = self.line("signed_by", self.words.signed_by, NAME_MAX);
            form.field(self.version()).field(signed_by)
        };
        form.act(Act::new(Manner::Main, self.words.record))
    }

    /// Inside the law, or where there is a file: a check of the file. Outside it, an officer's words.
    fn identity(&self) -> Vec<Form> {
        let words = self.words;
        let mut forms = Vec::new();
        if self.view.applicant.is_some() {
            let check = Act::new(Manner::Main, words.check_now).sends("act", "check");
            forms.push(self.form("identity").act(check));
            if !self.offers.checks.is_empty() {
                let made = self.proof(words.check_made, &self.offers.checks);
                let used = Act::new(Manner::Plain, words.check_use).sends("act", "proof");
                forms.push(self.form("identity").field(made).act(used));
            }
        }
        if !self.scope.is_inside() {
            let form = identity_fields(self.form("identity"), self.language);
            forms.push(form.act(Act::new(Manner::Main, words.record).sends("act", "words")));
        }
        forms
    }
}

/// The fields in which an officer says how identity was verified.
pub(super) fn identity_fields(form: Form, language: Language) -> Form {
    identity_of(language).into_iter().fold(form, Form::field)
}

/// See [`identity_fields`].
pub(super) fn identity_of(language: Language) -> [Field; 3] {
    let words = DeskWords::of(language);
    let methods = vec![
        Choice::new("in-person", words.in_person),
        Choice::new("video", words.video),
        Choice::new("control", words.control),
    ];
    let method = Field::new(language, "method", words.method, Input::Select(methods));
    let document = Field::new(language, "document", words.document, Input::Line("text"));
    let remark = Field::new(language, "remark", words.remark, Input::Lines(2));
    [
        method.value("in-person"),
        document.help(words.document_help).at_most(NAME_MAX),
        remark.optional(),
    ]
}

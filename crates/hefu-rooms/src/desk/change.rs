//! Suspending, resuming, revoking, renewing: each asks first, on a page that says what will happen.

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::Occasion;
use hefu_certificate::{LawScope, RevocationGround};
use hefu_officers::Permission;
use hefu_ra::{Basis, CertificateView, ChangeInput, DeskError, IdentityInput, Renewal};
use hefu_rulebook::Language;
use serde::Deserialize;

use super::entry::Filled;
use super::next::identity_of;
use super::step::{self, Asking};
use super::{DeskPages, certificate, identity_words, search_link};
use crate::component::{Act, Choice, Citation, Confirmation, Field, Form as Shown, Input, Link, Manner, Method};
use crate::mishap::{Mishap, status_and_answer};
use crate::page::{Asked, Page, done, refuse, show};
use crate::words::desk::DeskWords;
use hefu_web::Form;
use hefu_web::PageOfficer;
use hefu_web::given;
use hefu_web::request_bytes;

/// Characters of a number in the applicant's file.
const PROOF_MAX: u32 = 32;
/// Lines of pasted text that are shown.
const CSR_LINES: u8 = 8;

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sort {
    Suspend,
    Resume,
    Revoke,
}

impl Sort {
    const fn path(self) -> &'static str {
        match self {
            Self::Suspend => "suspension",
            Self::Resume => "resumption",
            Self::Revoke => "revocation",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Suspend => "suspended",
            Self::Resume => "resumed",
            Self::Revoke => "revoked",
        }
    }

    const fn label(self, words: &'static DeskWords) -> &'static str {
        match self {
            Self::Suspend => words.suspend,
            Self::Resume => words.resume,
            Self::Revoke => words.revoke,
        }
    }

    /// What will happen, in sentences.
    fn consequences(self, is_pair: bool, words: &'static DeskWords) -> Vec<String> {
        let all: &[&str] = match self {
            Self::Suspend => &[words.suspend_holds, words.suspend_published],
            Self::Resume => &[words.resume_again],
            Self::Revoke => &[words.revoke_final, words.revoke_published],
        };
        let pair = is_pair.then_some(words.pair_moves);
        all.iter().copied().chain(pair).map(str::to_owned).collect()
    }
}

/// Fields of all changes; each reads its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    ground: String,
    proof: String,
    method: String,
    document: String,
    remark: String,
    reason: String,
    csr: String,
    validity_days: String,
}

/// Who asks, for what.
type Visit<'a> = (&'a DeskPages, &'a PageOfficer, &'a Asked);

macro_rules! handlers {
    ($($ask:ident, $act:ident: $sort:expr;)+) => {$(
        pub(super) async fn $ask(
            State(door): State<DeskPages>,
            officer: PageOfficer,
            asked: Asked,
            Path(serial): Path<String>,
        ) -> Response {
            asking((&door, &officer, &asked), &serial, $sort, (&Typed::default(), None)).await
        }

        pub(super) async fn $act(
            State(door): State<DeskPages>,
            officer: PageOfficer,
            asked: Asked,
            Path(serial): Path<String>,
            Form(typed): Form<Typed>,
        ) -> Response {
            changed((&door, &officer, &asked), &serial, $sort, typed).await
        }
    )+};
}

handlers! {
    ask_suspension, suspension: Sort::Suspend;
    ask_resumption, resumption: Sort::Resume;
    ask_revocation, revocation: Sort::Revoke;
}

/// What the certificate is in law, and whose file stands behind it.
struct Behind {
    view: CertificateView,
    scope: LawScope,
    applicant: Option<String>,
}

async fn behind(door: &DeskPages, serial: &str, language: Language) -> Result<Behind, Mishap> {
    let told = |why: DeskError| Mishap::of(&why, language);
    let view = door.desk.certificate(serial, (door.clock)()).await.map_err(told)?;
    let application = door.desk.application(view.application).await.map_err(told)?;
    Ok(Behind {
        scope: door.scope(&view.profile),
        applicant: application.applicant,
        view,
    })
}

/// The question before a change.
async fn asking(
    (door, officer, asked): Visit<'_>,
    serial: &str,
    sort: Sort,
    (typed, mishap): (&Typed, Option<Mishap>),
) -> Response {
    let page = match framed((door, officer, asked), serial).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = DeskWords::of(language);
    let view = match door.desk.certificate(serial, (door.clock)()).await {
        Ok(view) => view,
        Err(why) => return refuse(page, &why),
    };
    let here = format!("/desk/certificates/{}", view.serial);
    let concerns = certificate::facts(door, &view, language);
    let consequences = sort.consequences(view.pair_serial.is_some(), words);
    let action = format!("{here}/{}", sort.path());
    let mut confirmation = Confirmation::new(language, action, consequences, concerns).csrf(page.csrf());
    if sort == Sort::Revoke {
        confirmation = confirmation.field(grounds(&typed.ground, language));
    }
    for field in identity_fields(door.scope(&view.profile), typed, language) {
        confirmation = confirmation.field(field);
    }
    let confirmation = confirmation.reason(&typed.reason, None).act(sort.label(words), here);
    let (status, answer) = status_and_answer(mishap);
    let view = Asking {
        title: format!("{} {}", sort.label(words), view.name),
        answer,
        confirmation,
        page,
    };
    show(status, &view)
}

/// The frame of a page below a certificate.
async fn framed((door, officer, asked): Visit<'_>, serial: &str) -> Result<Page, Box<Response>> {
    let page = door.frame(asked, officer).await?;
    let words = DeskWords::of(page.language);
    let above = Link::new(format!("/desk/certificates/{serial}"), words.certificate);
    let search = search_link(page.language);
    Ok(page.under(search).under(above))
}

/// The five grounds of 办法 29, each with its item.
fn grounds(chosen: &str, language: Language) -> Field {
    let words = DeskWords::of(language);
    let choices = RevocationGround::ALL
        .map(|ground| Choice::new(ground.slug(), ground.name(language)).note(ground.citation().render(language)));
    let field = Field::new(
        language,
        "ground",
        words.ground_question,
        Input::OneOf(choices.to_vec()),
    );
    field.value(chosen)
}

/// How the identity of who asks is verified: by the file inside the law, by words outside it.
fn identity_fields(scope: LawScope, typed: &Typed, language: Language) -> Vec<Field> {
    let words = DeskWords::of(language);
    if scope.is_inside() {
        let number = Field::new(language, "proof", words.check_number, Input::Line("text"));
        let number = number.help(words.proof_or_check).at_most(PROOF_MAX).value(&typed.proof);
        return vec![number.optional()];
    }
    let [method, document, remark] = identity_of(language);
    let method = match typed.method.as_str() {
        "" => method,
        chosen => method.value(chosen),
    };
    vec![method, document.value(&typed.document), remark.value(&typed.remark)]
}

/// The verification of identity that a change stands on. Whoever may not act gets no check: the desk refuses the act
/// itself, and records that.
async fn identity(
    (door, officer, asked): Visit<'_>,
    behind: &Behind,
    (typed, occasion, permission): (&Typed, Occasion, Permission),
) -> Result<Basis<IdentityInput>, Mishap> {
    if !behind.scope.is_inside() {
        let words = identity_words(typed.method.clone(), typed.document.clone(), &typed.remark);
        return Ok(Basis::Words(words));
    }
    if let Some(number) = given(&typed.proof) {
        return Ok(Basis::Proof(number.to_ascii_lowercase()));
    }
    if officer.permit(permission).is_err() || officer.permit(Permission::Enter).is_err() {
        return Ok(Basis::Proof(String::new()));
    }
    let about = (behind.applicant.as_deref(), occasion, behind.view.serial.clone());
    step::check(door, officer, about, asked).await
}

async fn changed(visit: Visit<'_>, serial: &str, sort: Sort, typed: Typed) -> Response {
    match change(visit, serial, sort, &typed).await {
        Ok(view) => done(&format!("/desk/certificates/{}", view.serial), sort.done()),
        Err(mishap) => asking(visit, serial, sort, (&typed, Some(mishap))).await,
    }
}

async fn change(visit: Visit<'_>, serial: &str, sort: Sort, typed: &Typed) -> Result<CertificateView, Mishap> {
    let (door, officer, asked) = visit;
    let language = asked.language();
    let words = DeskWords::of(language);
    let ground = match sort {
        Sort::Revoke => {
            let ground = typed.ground.parse::<RevocationGround>();
            Some(ground.map_err(|_| Mishap::missing(words.ground_missing, language))?)
        }
        Sort::Suspend | Sort::Resume => None,
    };
    let behind = behind(door, serial, language).await?;
    let wanted = (typed, Occasion::Revocation, Permission::ChangeStatus);
    let input = ChangeInput {
        identity: identity(visit, &behind, wanted).await?,
        reason: typed.reason.clone(),
    };
    let (desk, now) = (&door.desk, (door.clock)());
    let serial = &behind.view.serial;
    let changed = match (sort, ground) {
        (Sort::Revoke, Some(ground)) => desk.revoke(officer, serial, ground, input, now).await,
        (Sort::Resume, _) => desk.resume(officer, serial, input, now).await,
        _ => desk.suspend(officer, serial, input, now).await,
    };
    changed.map_err(|why| Mishap::of(&why, language))
}

pub(super) async fn ask_renewal(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(serial): Path<String>,
) -> Response {
    renewing((&door, &officer, &asked), &serial, (&Typed::default(), None)).await
}

pub(super) async fn renewal(
    State(door): State<DeskPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(serial): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let visit = (&door, &officer, &asked);
    match renew(visit, &serial, &typed).await {
        Ok(application) => done(&format!("/desk/applications/{application}"), "entered"),
        Err(mishap) => renewing(visit, &serial, (&typed, Some(mishap))).await,
    }
}

async fn renew(visit: Visit<'_>, serial: &str, typed: &Typed) -> Result<hefu_ra::ApplicationId, Mishap> {
    let (door, officer, asked) = visit;
    let language = asked.language();
    let words = DeskWords::of(language);
    let days = given(&typed.validity_days).map(|days| days.parse::<u32>()).transpose();
    let validity_days = days.map_err(|_| Mishap::missing(words.validity_wrong, language))?;
    let behind = behind(door, serial, language).await?;
    let wanted = (typed, Occasion::Renewal, Permission::Enter);
    let renewal = Renewal {
        csr: given(&typed.csr).map(request_bytes),
        validity_days,
        identity: identity(visit, &behind, wanted).await?,
    };
    let renewed = door
        .desk
        .renew(officer, &behind.view.serial, renewal, (door.clock)())
        .await;
    let renewed = renewed.map_err(|why| Mishap::of(&why, language))?;
    Ok(renewed.id)
}

/// The form of a renewal.
async fn renewing(visit: Visit<'_>, serial: &str, (typed, mishap): (&Typed, Option<Mishap>)) -> Response {
    let (door, _, _) = visit;
    let page = match framed(visit, serial).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = DeskWords::of(language);
    let view = match door.desk.certificate(serial, (door.clock)()).await {
        Ok(view) => view,
        Err(why) => return refuse(page, &why),
    };
    let scope = door.scope(&view.profile);
    let here = format!("/desk/certificates/{}", view.serial);
    let csr = Field::new(language, "csr", words.renew_key, Input::Lines(CSR_LINES));
    let days = Field::new(language, "validity_days", words.validity, Input::Line("number"));
    let mut form = Shown::new(language, Method::Post, format!("{here}/renewal")).csrf(page.csrf());
    let rule = (scope == LawScope::Signature).then(|| hefu_rulebook::Citation::new("M15", "30"));
    let mut fields = identity_fields(scope, typed, language).into_iter();
    if let Some(first) = fields.next() {
        form = form.field(match rule {
            Some(rule) => first.rule(Citation::of(rule, language)),
            None => first,
        });
    }
    form = fields.fold(form, Shown::field);
    let form = form
        .field(csr.help(words.renew_key_help).value(&typed.csr).optional())
        .field(days.value(&typed.validity_days).optional())
        .act(Act::new(Manner::Main, words.renew))
        .back(Link::new(here, words.certificate));
    let (status, answer) = status_and_answer(mishap);
    let view = Filled {
        title: format!("{} {}", words.renew, view.name),
        lede: words.renew_lede.to_owned(),
        answer,
        form,
        page,
    };
    show(status, &view)
}

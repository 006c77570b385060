//! Appointing a person, and recording a delegated body that persons are appointed for.

use hefu_officers::{Change, DelegatedBody, Role};
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_rulebook::Language;
use hefu_web::{Form, given};
use serde::Deserialize;

use crate::change::{Typed, key_field, post_fields, told};
use crate::component::{Act, Citation, Field, Form as Shown, Input, Link, Manner, Method};
use crate::page::Page;
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{ActWords, AdminWords, OfficerWords};

/// Characters of a name, as the register takes it.
const NAME_MAX: u32 = 64;
/// Characters of a body's name and of its filing.
const TEXT_MAX: u32 = 200;

pub(crate) async fn ask(visit: Visit) -> Outcome {
    asking(&visit, &Typed::default(), None).await
}

pub(crate) async fn appoint(visit: Visit, Form(typed): Form<Typed>) -> Outcome {
    let language = visit.language();
    let proposed = async {
        let change = Change::Appoint {
            name: typed.name.trim().to_owned(),
            role: typed.role(language)?,
            body: typed.body(),
            key: given(&typed.key),
        };
        let proposed = visit.door.officers.propose(&visit.officer, change, visit.door.now());
        proposed.await.map_err(|why| told(&why, language))
    };
    match proposed.await {
        Ok(proposal) => Ok(done(&format!("/admin/proposals/{}", proposal.id), "proposed")),
        Err(mishap) => asking(&visit, &typed, Some(mishap)).await,
    }
}

/// The frame below the register.
async fn framed(visit: &Visit) -> Result<Page, Instead> {
    let page = visit.frame().await?;
    let officers = AdminWords::of(page.language).officers;
    Ok(page.under(Link::new("/admin/officers", officers)))
}

async fn asking(visit: &Visit, typed: &Typed, mishap: Option<Mishap>) -> Outcome {
    let page = framed(visit).await?;
    let language = page.language;
    let (acts, words) = (ActWords::of(language), OfficerWords::of(language));
    let title = words.appoint;
    let own = visit.officer.role();
    let posts: Vec<Role> = Role::ALL.into_iter().filter(|role| own.appoints(*role)).collect();
    if posts.is_empty() {
        let mishap = mishap.or_else(|| Some(Mishap::missing(words.no_post, language)));
        return Ok(Sheet::new(page, title).mishap(mishap).show());
    }
    let bodies = visit.door.officers.bodies(&visit.officer).await;
    let bodies = bodies.map_err(|why| Instead::of(&page, &why))?;
    let name = Field::new(language, "name", words.name, Input::Line("text"));
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", "19"), language);
    let form = Shown::new(language, Method::Post, "/admin/officers/new")
        .csrf(page.csrf())
        .field(
            name.help(words.name_help)
                .rule(rule)
                .at_most(NAME_MAX)
                .value(&typed.name),
        );
    let fields = post_fields(&posts, &bodies, typed, language).into_iter();
    let form = fields
        .chain([key_field(typed, language)])
        .fold(form, Shown::field)
        .act(Act::new(Manner::Main, words.appoint))
        .back(Link::new("/admin/officers", AdminWords::of(language).officers));
    let consequences = [acts.appoint_does, acts.decided_by_other, acts.recorded]
        .map(str::to_owned)
        .to_vec();
    let sheet = Sheet::new(page, title).lede(words.appointment_lede).mishap(mishap);
    let sheet = sheet.below(AdminWords::of(language).what_happens, Part::List(consequences));
    Ok(sheet.part(Part::Form(title, form)).show())
}

/// What was typed about a delegated body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Body {
    name: String,
    filing: String,
    filed_on: String,
}

pub(crate) async fn ask_body(visit: Visit) -> Outcome {
    asking_body(&visit, &Body::default(), None).await
}

pub(crate) async fn file_body(visit: Visit, Form(typed): Form<Body>) -> Outcome {
    match filed(&visit, &typed).await {
        Ok(()) => Ok(done("/admin/bodies", "body")),
        Err(mishap) => asking_body(&visit, &typed, Some(mishap)).await,
    }
}

async fn filed(visit: &Visit, typed: &Body) -> Result<(), Mishap> {
    let language = visit.language();
    let day = typed.filed_on.trim().parse();
    let body = DelegatedBody {
        name: typed.name.trim().to_owned(),
        filing: typed.filing.trim().to_owned(),
        filed_on: day.map_err(|_| Mishap::missing(OfficerWords::of(language).day_wrong, language))?,
    };
    let filed = visit
        .door
        .officers
        .file_body(&visit.officer, body, visit.door.now())
        .await;
    filed.map(drop).map_err(|why| told(&why, language))
}

async fn asking_body(visit: &Visit, typed: &Body, mishap: Option<Mishap>) -> Outcome {
    let page = framed(visit).await?;
    let language = page.language;
    let words = OfficerWords::of(language);
    let page = page.under(Link::new("/admin/bodies", words.bodies));
    let sheet = |page| Sheet::new(page, words.file_body).lede(words.body_lede);
    if !visit.officer.role().oversees(Role::DELEGATED_OPERATOR) {
        let mishap = mishap.or_else(|| Some(Mishap::missing(words.no_post, language)));
        return Ok(sheet(page).mishap(mishap).show());
    }
    let form = Shown::new(language, Method::Post, "/admin/bodies/new").csrf(page.csrf());
    let form = body_fields(typed, language).into_iter().fold(form, Shown::field);
    let form = form
        .act(Act::new(Manner::Main, words.file_body))
        .back(Link::new("/admin/bodies", words.bodies));
    Ok(sheet(page)
        .mishap(mishap)
        .part(Part::Form(words.file_body, form))
        .show())
}

fn body_fields(typed: &Body, language: Language) -> [Field; 3] {
    let words = OfficerWords::of(language);
    let rule = Citation::of(hefu_rulebook::Citation::new("EG24", "25"), language);
    let line = |name: &'static str, label: &str| Field::new(language, name, label, Input::Line("text"));
    let day = Field::new(language, "filed_on", words.filed_on, Input::Line("date"));
    [
        line("name", words.body_name)
            .rule(rule)
            .at_most(TEXT_MAX)
            .value(&typed.name),
        line("filing", words.filing).at_most(TEXT_MAX).value(&typed.filing),
        day.value(&typed.filed_on),
    ]
}

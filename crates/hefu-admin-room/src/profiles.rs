//! The profiles that the service runs with, and the lints that every certificate passes.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use hefu_certificate::{Field, Lint, Part as Certificate, Pointer, PolicyNumber, Profile, Severity, lint};
use hefu_rulebook::Language;

use crate::component::{Cell, Citation, Column, Fact, Facts, Link, Shape, State, Table};
use crate::page::Page;
use crate::sheet::{Instead, Outcome, Part, Sheet, Visit};
use crate::words::{AdminWords, ProfileWords};

pub(crate) async fn profiles(visit: Visit) -> Outcome {
    let page = visit.frame().await?;
    let language = page.language;
    let words = ProfileWords::of(language);
    let columns = [words.profile, words.scope, words.holder, words.keys, words.validity].map(Column::text);
    let rows = visit.door.profiles.iter().map(|profile| row(profile, language));
    let table = Table::new(words.profiles, columns).rows(rows);
    let sheet = Sheet::new(page, words.profiles).lede(words.lede);
    let sheet = sheet.acts(vec![Link::new("/admin/lints", words.lints_way)]);
    Ok(sheet.part(Part::Table(table)).show())
}

fn row(profile: &Profile, language: Language) -> Vec<Cell> {
    let words = ProfileWords::of(language);
    let way = Link::new(
        format!("/admin/profiles/{}", profile.name()),
        profile.label().text(language),
    );
    vec![
        Cell::NotedLink(way, profile.name().to_owned()),
        words.scope_of(profile.law_scope()).into(),
        words.kind(profile.kind()).into(),
        keys(profile).into(),
        validity(profile, words).into(),
    ]
}

fn keys(profile: &Profile) -> String {
    let names: Vec<String> = profile.keys().iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn validity(profile: &Profile, words: &ProfileWords) -> String {
    format!(
        "{}{}{}{}{}{}",
        words.validity_default,
        profile.validity_days_default(),
        words.days,
        words.validity_max,
        profile.validity_days_max(),
        words.days
    )
}

/// The profile of an address, in the frame below the list.
async fn found(visit: &Visit, name: &str) -> Result<(Page, Arc<Profile>), Instead> {
    let page = visit.frame().await?;
    let page = page.under(Link::new("/admin/profiles", AdminWords::of(visit.language()).profiles));
    let profile = visit.door.profiles.get(name).cloned();
    let profile = profile.ok_or_else(|| Instead::nowhere(&page))?;
    Ok((page, profile))
}

pub(crate) async fn profile(visit: Visit, Path(name): Path<String>) -> Outcome {
    let (page, profile) = found(&visit, &name).await?;
    let language = page.language;
    let words = ProfileWords::of(language);
    let acts = vec![
        Link::new(format!("/admin/profiles/{name}/toml"), words.download),
        Link::new("/admin/lints", words.lints_way),
    ];
    let text = visit.door.profiles.text(&name).unwrap_or_default();
    let sheet = Sheet::new(page, profile.label().text(language)).acts(acts);
    let sheet = sheet
        .part(Part::Facts(words.profile, facts(&profile, language)))
        .part(Part::Table(parts(&profile, language)))
        .part(Part::Table(fields(&profile, language)));
    Ok(sheet.part(Part::Text(words.toml, text)).show())
}

fn facts(profile: &Profile, language: Language) -> Facts {
    let words = ProfileWords::of(language);
    let pointers = [Pointer::Crl, Pointer::Ocsp, Pointer::CaIssuers, Pointer::Cps];
    let carried = pointers.into_iter().filter(|pointer| profile.publishes(*pointer));
    let carried: Vec<&str> = carried.map(pointer).collect();
    let policies: Vec<String> = profile.policies().iter().map(|one| policy(one, words)).collect();
    let listed = |items: Vec<String>| Cell::text_or_nothing((!items.is_empty()).then(|| items.join(", ")), language);
    let mut facts = vec![
        Fact::new(words.profile, Cell::Code(profile.name().to_owned())),
        Fact::new(words.scope, words.scope_of(profile.law_scope())),
        Fact::new(words.holder, words.kind(profile.kind())),
        Fact::new(words.keys, keys(profile)),
        Fact::new(words.validity, validity(profile, words)),
        Fact::new(words.beyond, words.beyond_issuer(profile.beyond_issuer())),
        Fact::new(words.extensions, profile.extension_set().name()),
        Fact::new(words.policies, listed(policies)),
        Fact::new(
            words.publishes,
            listed(carried.into_iter().map(str::to_owned).collect()),
        ),
    ];
    facts.extend(
        profile
            .path_length()
            .map(|length| Fact::new(words.path_length, length.to_string())),
    );
    let prescribed: Vec<String> = profile
        .prescribed_extensions()
        .iter()
        .map(ToString::to_string)
        .collect();
    facts.push(Fact::new(words.prescribed, listed(prescribed)));
    Facts::new(facts)
}

const fn pointer(pointer: Pointer) -> &'static str {
    match pointer {
        Pointer::Crl => "CRL",
        Pointer::Ocsp => "OCSP",
        Pointer::CaIssuers => "CA issuers",
        Pointer::Cps => "CPS",
    }
}

fn policy(policy: &PolicyNumber, words: &ProfileWords) -> String {
    match policy {
        PolicyNumber::BelowOperator(arcs) => format!("{arcs} ({})", words.policies_below),
        PolicyNumber::Absolute(oid) => oid.to_string(),
        PolicyNumber::Any => words.any_policy.to_owned(),
    }
}

/// The certificates that a profile makes.
fn parts(profile: &Profile, language: Language) -> Table {
    let words = ProfileWords::of(language);
    let columns = [words.usage, words.key_usage, words.purposes].map(Column::text);
    let row = |part: &Certificate| {
        let purposes: Vec<String> = part.purposes.iter().map(ToString::to_string).collect();
        let purposes = match (purposes.is_empty(), part.purposes_critical) {
            (true, _) => Cell::Nothing(language),
            (false, true) => Cell::Noted(purposes.join(", "), words.critical.to_owned()),
            (false, false) => purposes.join(", ").into(),
        };
        vec![
            words.usage_of(part.usage).into(),
            part.key_usage.to_string().into(),
            purposes,
        ]
    };
    Table::new(words.certificates, columns).rows(profile.parts().iter().map(row))
}

/// What is asked of an applicant, and where it goes.
fn fields(profile: &Profile, language: Language) -> Table {
    let words = ProfileWords::of(language);
    let columns = [words.field, words.target, words.rule].map(Column::text);
    let row = |field: &Field| {
        let targets: Vec<String> = field.targets().iter().map(ToString::to_string).collect();
        vec![
            Cell::Noted(field.label().text(language).to_owned(), field.name().to_owned()),
            Cell::Code(targets.join(", ")),
            asked(field, words).into(),
        ]
    };
    Table::new(words.fields, columns).rows(profile.fields().iter().map(row))
}

fn asked(field: &Field, words: &ProfileWords) -> String {
    let is_required = if field.is_required() {
        words.required
    } else {
        words.optional
    };
    let mut asked = vec![is_required.to_owned()];
    asked.extend(field.fixed().map(|value| format!("{}{value}", words.fixed)));
    asked.extend(
        field
            .default_value()
            .map(|value| format!("{}{value}", words.default_value)),
    );
    asked.push(format!("{}{}{}", words.at_most, field.length_max(), words.characters));
    if field.count_max() > 1 {
        asked.push(format!("× {}", field.count_max()));
    }
    asked.extend(field.check().map(|check| format!("{}{}", words.checked, check.name())));
    asked.extend(field.pattern().map(|pattern| format!("/{pattern}/")));
    asked.join(" · ")
}

/// The profile whole, to be kept or compared.
pub(crate) async fn toml(visit: Visit, Path(name): Path<String>) -> Outcome {
    let (page, profile) = found(&visit, &name).await?;
    let text = visit.door.profiles.text(profile.name());
    let text = text.ok_or_else(|| Instead::nowhere(&page))?;
    // A profile's name is letters, digits, hyphens and underscores.
    let file = format!("attachment; filename=\"{}.toml\"", profile.name());
    let file = HeaderValue::from_str(&file).unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/toml; charset=utf-8");
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)],
        text,
    )
        .into_response())
}

pub(crate) async fn lints(visit: Visit) -> Outcome {
    let page = visit.frame().await?;
    let language = page.language;
    let words = ProfileWords::of(language);
    let page = page.under(Link::new("/admin/profiles", words.profiles));
    let columns = [words.lint, words.severity, words.source].map(Column::text);
    let row = |lint: &'static Lint| {
        let shape = match lint.severity() {
            Severity::Error => Shape::Ended,
            Severity::Warning => Shape::Wait,
            Severity::Notice => Shape::Plain,
        };
        vec![
            Cell::Noted(lint.text(language).to_owned(), lint.name().to_owned()),
            State::new(shape, words.severity_of(lint.severity())).into(),
            Citation::of(lint.citation(), language).into(),
        ]
    };
    let table = Table::new(words.lints, columns).rows(lint::all().map(row));
    Ok(Sheet::new(page, words.lints)
        .lede(words.lints_lede)
        .part(Part::Table(table))
        .show())
}

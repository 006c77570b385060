//! `hefu profile`: what can be issued, read from the profiles that are compiled in; no service is needed.

use hefu_certificate::{Field, Profile, Profiles};
use rust_i18n::t;

use crate::{
    failure::{Exit, Failure},
    screen::Screen,
    words::{column, columns, spoken},
};

/// `hefu profile list`.
pub(crate) fn list(screen: Screen) -> Result<(), Failure> {
    let profiles = Profiles::builtin();
    let summaries: Vec<_> = profiles.iter().map(|profile| profile.summary()).collect();
    screen.show(&summaries, |page| {
        let head = columns(&["profile", "name", "law_scope", "pair", "keys", "days"]);
        let rows = summaries.iter().map(|it| {
            vec![
                it.name.to_owned(),
                it.label.text(spoken()).to_owned(),
                yes_or_no(it.law_scope.is_inside()),
                yes_or_no(it.dual),
                it.keys.join(" "),
                format!("{}/{}", it.validity_days_default, it.validity_days_max),
            ]
        });
        page.table(&head, rows.collect())
    })
}

/// `hefu profile show`.
pub(crate) fn show(name: &str, screen: Screen) -> Result<(), Failure> {
    let profiles = Profiles::builtin();
    let Some(profile) = profiles.get(name) else {
        return Err(Failure::new(
            Exit::Absent,
            "no-profile",
            t!("profile.absent", name = name).into_owned(),
        )
        .why(t!("profile.absent-why").into_owned())
        .now(t!("profile.absent-now").into_owned()));
    };
    let summary = profile.summary();
    screen.show(&summary, |page| {
        let facts = vec![
            ("profile", summary.name.to_owned()),
            ("name", summary.label.text(spoken()).to_owned()),
            ("law_scope", yes_or_no(summary.law_scope.is_inside())),
            ("pair", yes_or_no(summary.dual)),
            ("keys", summary.keys.join(" ")),
            (
                "days",
                format!("{}/{}", summary.validity_days_default, summary.validity_days_max),
            ),
        ];
        page.pairs(facts.into_iter().map(|(name, value)| (column(name), value)).collect())?;
        page.line("")?;
        let head = columns(&["field", "name", "required", "default", "length", "hint"]);
        page.table(&head, fields(profile))
    })
}

fn fields(profile: &Profile) -> Vec<Vec<String>> {
    let row = |field: &Field| {
        let given = field.fixed().or(field.default_value()).unwrap_or_default();
        let hint = field.hint().map(|hint| hint.text(spoken()).to_owned());
        vec![
            field.name().to_owned(),
            field.label().text(spoken()).to_owned(),
            yes_or_no(field.is_required()),
            given.to_owned(),
            field.length_max().to_string(),
            hint.unwrap_or_default(),
        ]
    };
    profile.fields().iter().map(row).collect()
}

fn yes_or_no(yes: bool) -> String {
    if yes {
        t!("affirmative").into_owned()
    } else {
        t!("negative").into_owned()
    }
}

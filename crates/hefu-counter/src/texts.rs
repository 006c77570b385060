//! Notices and contracts: every version in both languages, and a new one.
//!
//! 办法 21, 22; 个人信息保护法 17. The six items, the items on personal information and the two sides of the contract each
//! have a section; the registry refuses a version that lacks one in either language. A text that was published never
//! changes. Publishing is an administrator's act, which the registry decides and records.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use hefu_applicants::{
    CONTRACT_ITEMS, INFORMATION_ITEMS, NOTICE_ITEMS, Section, Text, TextInput, TextKind, Topic, Wording,
};
use hefu_officers::Permission;
use hefu_rulebook::Language;
use hefu_web::{Form as Sent, PageOfficer};
use serde::Deserialize;

use crate::component::{
    Act, Cell, Citation, Column, Empty, Fact, Facts, Field, Form, Input, Link, Manner, Method, Table,
};
use crate::mishap::Mishap;
use crate::names;
use crate::page::time::time;
use crate::page::{Asked, Page, done, encoded, nowhere, refuse};
use crate::room::CounterPages;
use crate::sheet::{Part, Sheet, Shown};
use crate::words::CounterWords;

/// Characters of a version.
const VERSION_MAX: u32 = 64;
/// Characters of a title, a heading.
const HEADING_MAX: u32 = 200;
/// Lines of a section that are shown.
const SECTION_LINES: u8 = 4;
/// Sections of one text that the form takes: the eleven that must be there, and as many again.
const SECTIONS_MAX: usize = 22;

pub(crate) async fn list(State(door): State<CounterPages>, officer: PageOfficer, asked: Asked) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => page,
        Err(answer) => return *answer,
    };
    let language = page.language;
    let words = CounterWords::of(language);
    let mut parts = Vec::new();
    for kind in [TextKind::Notice, TextKind::Contract] {
        let versions = match door.registry.text_versions(kind).await {
            Ok(versions) => versions,
            Err(why) => return refuse(page, &why),
        };
        let in_force = door.registry.text_in_force(kind).await.ok();
        let rows = versions.iter().map(|(version, at)| {
            let is_in_force = in_force.as_ref().is_some_and(|text| text.version() == version);
            let href = format!("/desk/texts/{}/versions/{}", kind.as_str(), encoded(version));
            let state = if is_in_force { words.in_force } else { words.superseded };
            vec![
                Cell::Link(Link::new(href, version.clone())),
                state.into(),
                time(*at).into(),
            ]
        });
        let columns = [words.version, words.state, words.published_at];
        let table = Table::new(names::text(kind, language), columns.map(Column::text))
            .rows(rows)
            .or_else(Empty::new(words.texts_none, words.texts_none_hint));
        parts.push(Part::Table(table));
        if officer.permit(Permission::ManagePolicies).is_ok() {
            let href = format!("/desk/texts/{}/new", kind.as_str());
            parts.push(Part::Ways(vec![Link::new(href, words.text_publish)]));
        }
    }
    Sheet::new(page, words.texts).lede(words.texts_lede).parts(parts).show()
}

pub(crate) async fn read(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path((kind, version)): Path<(String, String)>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => below(page),
        Err(answer) => return *answer,
    };
    let Some(kind) = TextKind::named(&kind) else {
        return nowhere(page);
    };
    let text = match door.registry.text(kind, &version).await {
        Ok(text) => text,
        Err(why) => return refuse(page, &why),
    };
    let language = page.language;
    let words = CounterWords::of(language);
    let sm3 = |language| Cell::serial(&hex::encode(text.sm3(language)), None);
    let facts = Facts::new([
        Fact::new(words.version, text.version()),
        Fact::new(words.sm3_chinese, sm3(Language::Chinese)),
        Fact::new(words.sm3_english, sm3(Language::English)),
    ]);
    Sheet::new(page, format!("{} {}", names::text(kind, language), text.version()))
        .part(Part::Facts(words.version, facts))
        .part(Part::Wording(Shown::of(&text, Language::Chinese)))
        .part(Part::Wording(Shown::of(&text, Language::English)))
        .show()
}

fn below(page: Page) -> Page {
    let words = CounterWords::of(page.language);
    page.under(Link::new("/desk/texts", words.texts))
}

/// What was typed, by the names of fields.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Typed(BTreeMap<String, String>);

impl Typed {
    fn text(&self, name: &str) -> String {
        self.0
            .get(name)
            .map(|text| text.replace("\r\n", "\n"))
            .unwrap_or_default()
    }

    /// The fields that give this text again, without its version.
    fn of(text: &Text) -> Self {
        let mut fields = BTreeMap::new();
        for (tag, language) in TONGUES {
            let wording = text.wording(language);
            fields.insert(format!("title-{tag}"), wording.title.clone());
            for (place, section) in wording.sections.iter().enumerate() {
                fields.insert(format!("topic-{place}"), section.topic.as_str().to_owned());
                fields.insert(format!("heading-{tag}-{place}"), section.heading.clone());
                fields.insert(format!("text-{tag}-{place}"), section.paragraphs.join("\n"));
            }
        }
        Self(fields)
    }

    /// A draft with a section for each item that must be there.
    fn blank(kind: TextKind) -> Self {
        let mut fields = BTreeMap::new();
        for (place, topic) in required(kind).into_iter().enumerate() {
            fields.insert(format!("topic-{place}"), topic.as_str().to_owned());
            for (tag, language) in TONGUES {
                fields.insert(
                    format!("heading-{tag}-{place}"),
                    names::topic(topic, language).to_owned(),
                );
            }
        }
        Self(fields)
    }

    fn topics(&self) -> impl Iterator<Item = (usize, Topic)> {
        (0..SECTIONS_MAX).filter_map(|place| Some((place, Topic::named(&self.text(&format!("topic-{place}")))?)))
    }

    fn wording(&self, tag: &str) -> Wording {
        let sections = self.topics().filter_map(|(place, topic)| {
            let heading = self.text(&format!("heading-{tag}-{place}")).trim().to_owned();
            let text = self.text(&format!("text-{tag}-{place}"));
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let paragraphs: Vec<String> = lines.map(str::to_owned).collect();
            // A section that nobody wrote is not there, and the registry says which one must be.
            (!paragraphs.is_empty()).then_some(Section {
                topic,
                heading,
                paragraphs,
            })
        });
        Wording {
            title: self.text(&format!("title-{tag}")).trim().to_owned(),
            sections: sections.collect(),
        }
    }

    fn input(&self, kind: TextKind) -> TextInput {
        TextInput {
            kind,
            version: self.text("version").trim().to_owned(),
            zh: self.wording("zh"),
            en: self.wording("en"),
        }
    }
}

/// Both languages by the tags in the names of fields.
const TONGUES: [(&str, Language); 2] = [("zh", Language::Chinese), ("en", Language::English)];

fn required(kind: TextKind) -> Vec<Topic> {
    match kind {
        TextKind::Notice => NOTICE_ITEMS.into_iter().chain(INFORMATION_ITEMS).collect(),
        TextKind::Contract => CONTRACT_ITEMS.to_vec(),
    }
}

pub(crate) async fn draft(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(kind): Path<String>,
) -> Response {
    let page = match door.framed(&asked, &officer, Permission::ManagePolicies).await {
        Ok(page) => below(page),
        Err(answer) => return *answer,
    };
    let Some(kind) = TextKind::named(&kind) else {
        return nowhere(page);
    };
    let typed = match door.registry.text_in_force(kind).await {
        Ok(text) => Typed::of(&text),
        Err(_) => Typed::blank(kind),
    };
    drafting(page, kind, &typed, None)
}

pub(crate) async fn publish(
    State(door): State<CounterPages>,
    officer: PageOfficer,
    asked: Asked,
    Path(kind): Path<String>,
    Sent(typed): Sent<Typed>,
) -> Response {
    let page = match door.frame(&asked, &officer).await {
        Ok(page) => below(page),
        Err(answer) => return *answer,
    };
    let Some(kind) = TextKind::named(&kind) else {
        return nowhere(page);
    };
    // Who may is the registry's to say, and to record.
    match door.registry.publish(typed.input(kind), &officer, (door.clock)()).await {
        Ok(_) => done("/desk/texts", "published"),
        Err(why) => {
            let mishap = Mishap::of(&why, page.language);
            drafting(page, kind, &typed, Some(mishap))
        }
    }
}

fn drafting(page: Page, kind: TextKind, typed: &Typed, mishap: Option<Mishap>) -> Response {
    let language = page.language;
    let words = CounterWords::of(language);
    let article = match kind {
        TextKind::Notice => "21",
        TextKind::Contract => "22",
    };
    let rule = Citation::of(hefu_rulebook::Citation::new("M15", article), language);
    let line = |name: String, label: String| Field::new(language, name, label, Input::Line("text"));
    let version = line("version".to_owned(), words.version.to_owned()).at_most(VERSION_MAX);
    let form = Form::new(language, Method::Post, format!("/desk/texts/{}/new", kind.as_str()))
        .csrf(page.csrf())
        .field(version.help(words.version_help).value(typed.text("version")));
    let mut form = TONGUES.into_iter().fold(form, |form, (tag, tongue)| {
        let name = format!("title-{tag}");
        let value = typed.text(&name);
        form.field(
            line(name, format!("{} · {}", words.title, tongue_name(tongue)))
                .at_most(HEADING_MAX)
                .value(value),
        )
    });
    for (place, topic) in typed.topics() {
        form = form.hidden(topic_field(place), topic.as_str());
        for (tag, tongue) in TONGUES {
            let about = format!("{} · {}", names::topic(topic, language), tongue_name(tongue));
            let (heading, text) = (format!("heading-{tag}-{place}"), format!("text-{tag}-{place}"));
            let (heading_value, text_value) = (typed.text(&heading), typed.text(&text));
            let body = Field::new(language, text, about.clone(), Input::Lines(SECTION_LINES));
            form = form
                .field(
                    line(heading, format!("{} · {about}", words.heading))
                        .at_most(HEADING_MAX)
                        .value(heading_value),
                )
                .field(body.value(text_value));
        }
    }
    let form = form
        .act(Act::new(Manner::Main, words.text_publish_act))
        .back(Link::new("/desk/texts", words.texts));
    Sheet::new(
        page,
        format!("{} · {}", words.text_publish, names::text(kind, language)),
    )
    .mishap(mishap)
    .part(Part::Ruled(words.text_publish_lede, rule))
    .form(words.text_publish, form)
    .show()
}

const fn tongue_name(language: Language) -> &'static str {
    match language {
        Language::Chinese => "中文",
        Language::English => "English",
    }
}

/// Names of the hidden fields, which forms take as constants.
fn topic_field(place: usize) -> &'static str {
    const NAMES: [&str; SECTIONS_MAX] = [
        "topic-0", "topic-1", "topic-2", "topic-3", "topic-4", "topic-5", "topic-6", "topic-7", "topic-8", "topic-9",
        "topic-10", "topic-11", "topic-12", "topic-13", "topic-14", "topic-15", "topic-16", "topic-17", "topic-18",
        "topic-19", "topic-20", "topic-21",
    ];
    NAMES.get(place).copied().unwrap_or("topic")
}

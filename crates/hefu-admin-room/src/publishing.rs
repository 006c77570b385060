//! Proposing a version of a practice statement or a certificate policy.

use hefu_officers::Permission;
use hefu_page::mishap::Mishap;
use hefu_page::page::done;
use hefu_policies::{Act, Draft, Topic, topics};
use hefu_rulebook::{Citation as Rule, Language, day_of};
use hefu_web::Upload;

use crate::component::{Act as Button, Cell, Citation, Column, Field, Form, Input, Link, Manner, Method, Table};
use crate::policies::below;
use crate::sheet::{Outcome, Part, Sheet, Visit};
use crate::words::{AdminWords, PolicyWords};

/// Characters of a series and of a version, as the shelf takes them.
const SERIES_MAX: u32 = 32;
const VERSION_MAX: u32 = 16;
/// What a file of Markdown is called.
const MARKDOWN: &str = ".md,.txt,text/markdown,text/plain";

/// What was typed; texts are files and are chosen again.
#[derive(Debug, Default)]
struct Typed {
    series: String,
    version: String,
    effective_on: String,
    covers: String,
}

impl Typed {
    fn of(upload: &Upload) -> Self {
        Self {
            series: upload.text("series"),
            version: upload.text("version"),
            effective_on: upload.text("effective_on"),
            covers: upload.text("covers"),
        }
    }

    fn draft(&self, upload: &Upload, language: Language) -> Result<Draft, Mishap> {
        let words = PolicyWords::of(language);
        let missing = |text: &'static str| Mishap::missing(text, language);
        let text = |name: &str| {
            let octets = upload.0.get(name).cloned().unwrap_or_default();
            String::from_utf8(octets).map_err(|_| missing(words.text_not_utf8))
        };
        Ok(Draft {
            series: self.series.parse().map_err(|_| missing(words.series_wrong))?,
            version: self.version.parse().map_err(|_| missing(words.version_wrong))?,
            effective_on: self.effective_on.parse().map_err(|_| missing(words.day_missing))?,
            covers: self.covers.split_whitespace().map(str::to_owned).collect(),
            chinese: text("chinese")?,
            english: text("english")?,
        })
    }
}

pub(crate) async fn ask(visit: Visit) -> Outcome {
    let (_, policies) = below(&visit).await?;
    let today = day_of(visit.door.now());
    let shelf = policies.shelf().now();
    // What is covered now will mostly be covered again.
    let covers = shelf.current("cps", today).map(|current| current.covers.join("\n"));
    let typed = Typed {
        series: "cps".to_owned(),
        effective_on: today.to_string(),
        covers: covers.unwrap_or_default(),
        ..Typed::default()
    };
    asking(&visit, &typed, None).await
}

pub(crate) async fn publish(visit: Visit, upload: Upload) -> Outcome {
    let (_, policies) = below(&visit).await?;
    let (language, typed) = (visit.language(), Typed::of(&upload));
    let proposed = async {
        let draft = typed.draft(&upload, language)?;
        let proposed = policies.propose(&visit.officer, Act::Publish(draft), visit.door.now());
        proposed.await.map_err(|why| Mishap::of(&why, language))
    };
    match proposed.await {
        Ok(proposal) => Ok(done(&format!("/admin/policies/proposals/{}", proposal.id), "proposed")),
        Err(mishap) => asking(&visit, &typed, Some(mishap)).await,
    }
}

async fn asking(visit: &Visit, typed: &Typed, mishap: Option<Mishap>) -> Outcome {
    let (page, _) = below(visit).await?;
    let language = page.language;
    let (words, shared) = (PolicyWords::of(language), AdminWords::of(language));
    let sheet = |page| Sheet::new(page, words.publish).lede(words.publish_lede);
    if let Err(why) = visit.officer.permit(Permission::ManagePolicies) {
        let mishap = mishap.unwrap_or_else(|| Mishap::of(&why, language));
        return Ok(sheet(page).mishap(Some(mishap)).show());
    }
    let form = Form::new(language, Method::Post, "/admin/policies/version").csrf(page.csrf());
    let form = fields(typed, language).into_iter().fold(form, Form::field);
    let form = form
        .act(Button::new(Manner::Main, words.propose))
        .back(Link::new("/admin/policies", shared.policies));
    let sheet = sheet(page).mishap(mishap);
    let sheet = sheet.below(shared.what_happens, Part::List(vec![words.publish_does.to_owned()]));
    let sheet = sheet.part(Part::Form(words.publish, form));
    Ok(sheet.part(Part::Table(topic_table(language))).show())
}

fn fields(typed: &Typed, language: Language) -> [Field; 6] {
    let words = PolicyWords::of(language);
    let line = |name: &'static str, label: &str| Field::new(language, name, label, Input::Line("text"));
    let file = |name: &'static str, label: &str| Field::new(language, name, label, Input::File(MARKDOWN));
    let day = Field::new(language, "effective_on", words.effective_on, Input::Line("date"));
    let covers = Field::new(language, "covers", words.covers, Input::Lines(3));
    let rule = Citation::of(Rule::new("EG24", "16"), language);
    [
        line("series", words.series)
            .help(words.series_help)
            .at_most(SERIES_MAX)
            .value(&typed.series),
        line("version", words.version)
            .help(words.version_help)
            .at_most(VERSION_MAX)
            .value(&typed.version),
        day.rule(rule).value(&typed.effective_on),
        covers.help(words.covers_help).value(&typed.covers),
        file("chinese", words.chinese).help(words.chinese_help),
        file("english", words.english),
    ]
}

/// What a practice statement has to speak of, and who asks for it.
fn topic_table(language: Language) -> Table {
    let words = PolicyWords::of(language);
    let columns = [words.item, words.rules, words.state].map(Column::text);
    let row = |topic: &'static Topic| {
        let asked = if topic.is_law() { words.required } else { words.advised };
        let rule = Citation::of(topic.source(), language);
        vec![Cell::from(topic.name(language)), rule.into(), asked.into()]
    };
    Table::new(words.topics, columns).rows(topics().iter().map(row))
}

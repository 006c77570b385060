//! The style guide: each component in both languages, as it is written and as a parser of HTML reads it.

use std::sync::Arc;

use askama::Template;
use hefu_rulebook::Language;
use scraper::{ElementRef, Html, Selector};

use super::*;
use crate::Site;

/// One component with its name.
type Piece = (&'static str, String);

fn rendered(component: &impl std::fmt::Display) -> String {
    component.to_string()
}

/// The same thing in the language of the guide.
fn say(language: Language, chinese: &str, english: &str) -> String {
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
    .to_owned()
}

fn table(language: Language) -> Table {
    let columns = [
        Column::text(say(language, "申请编号", "Application")),
        Column::text(say(language, "申请人", "Applicant")),
        Column::text(say(language, "环节", "Step")),
        Column::number(say(language, "已等待（分）", "Waiting (min)")),
        Column::text(say(language, "依据", "Rule")),
        Column::text(say(language, "文件", "Files")),
    ];
    let state = State::new(
        Shape::Wait,
        say(language, "等待第二人审批", "waits for a second officer"),
    );
    let row = vec![
        Cell::serial("20270311004200000000000000000000", Some("/desk/42".to_owned())),
        Cell::Noted("<b>李</b>**".to_owned(), say(language, "个人", "a person")),
        state.into(),
        Cell::Number("48".to_owned()),
        Citation::of(hefu_rulebook::Citation::new("M15", "21"), language).into(),
        Cell::Links(vec![Link::new("/a", "a.pdf"), Link::new("/b?x=1&y=2", "b.pdf")]),
    ];
    let none = vec![
        Cell::serial("20270311004300000000000000000000", None),
        Cell::Nothing(language),
        State::new(Shape::Good, say(language, "已签发", "issued")).into(),
        Cell::Number("0".to_owned()),
        Cell::Code("0.1.2".to_owned()),
        Cell::Nothing(language),
    ];
    Table::new(say(language, "申请", "Applications"), columns)
        .rows([row, none])
        .pages(
            Pages::new(language)
                .first(Some("/desk".to_owned()))
                .next(Some("/desk?after=43".to_owned())),
        )
}

fn form(language: Language) -> Form {
    let field = |name, label: String, input| Field::new(language, name, label, input);
    let rule = Citation::of(hefu_rulebook::Citation::new("ESL", "20"), language);
    let methods = vec![
        Choice::new("in-person", say(language, "当面查验原件", "in person")),
        Choice::new("video", say(language, "视频", "by video")).note(say(language, "须单独同意", "needs a consent")),
    ];
    Form::new(language, Method::Post, "/identity")
        .csrf(Some("token"))
        .field(
            field(
                "number",
                say(language, "身份证号码", "Identity number"),
                Input::Line("text"),
            )
            .help(say(language, "只用于核验。", "For the check only."))
            .rule(rule)
            .value("\"11010519491231002X")
            .error(Some(say(language, "校验位不符", "the check digit is wrong"))),
        )
        .field(
            field(
                "method",
                say(language, "核验方式", "Method"),
                Input::OneOf(methods.clone()),
            )
            .value("video"),
        )
        .field(field("place", say(language, "地点", "Place"), Input::Select(methods)).optional())
        .field(
            field("words", say(language, "说明", "Remark"), Input::Lines(3))
                .at_most(200)
                .value("<x>")
                .optional(),
        )
        .field(field("original", say(language, "已看原件", "Original seen"), Input::Tick).value("1"))
        .field(field("file", say(language, "材料", "Evidence"), Input::File(".pdf")).optional())
        .act(Act::new(Manner::Main, say(language, "提交", "Send")))
        .act(Act::new(Manner::Grave, say(language, "不予受理", "Refuse")).sends("decision", "refuse"))
        .back(Link::new("/desk", say(language, "返回", "Back")))
}

fn confirmation(language: Language) -> Confirmation {
    let concerns = Facts::new([
        Fact::new(
            say(language, "序列号", "Serial number"),
            Cell::serial("4f2a91c70d3e88b1", None),
        ),
        Fact::new(say(language, "持有人", "Holder"), "李**").note(say(language, "个人", "a person")),
    ]);
    let consequences = vec![
        say(
            language,
            "两张证书立即撤销，不能恢复。",
            "Both certificates are revoked at once, for good.",
        ),
        say(language, "撤销公告公开发布。", "The revocation is announced."),
    ];
    Confirmation::new(language, "/revoke", consequences, concerns)
        .rule(Citation::of(hefu_rulebook::Citation::new("M15", "29(1)"), language))
        .csrf(Some("token"))
        .reason("", Some(say(language, "请写明理由", "say why")))
        .act(
            say(language, "撤销这两张证书", "Revoke both certificates"),
            "/certificates/4f",
        )
}

fn chart(language: Language, drawing: Drawing) -> Chart {
    let points = (0..12).map(|month| Point::new(format!("{:02}", month + 1), month * month * 13));
    let mut points: Vec<Point> = points.collect();
    points.push(Point::new(say(language, "现在", "now"), 700).marked());
    Chart::new(
        language,
        drawing,
        &say(language, "每月到期（张）", "Expiring each month (certificates)"),
        &say(
            language,
            "到年底逐月上升。",
            "Rises month by month until the end of the year.",
        ),
        points,
    )
}

fn road(language: Language) -> Road {
    let step = |standing, chinese, english| Step::new(standing, say(language, chinese, english));
    let steps = vec![
        step(Standing::Done, "告知", "Notice").note("09:12"),
        step(Standing::Current, "核验身份", "Identity"),
        step(Standing::Ahead, "审批", "Approval"),
        step(Standing::Stopped, "终止", "Ended"),
    ];
    Road::new(language, say(language, "进度", "Progress"), steps)
}

fn thread(language: Language) -> Thread {
    let proof = Link::new("/records/7", "#7");
    Thread::new(
        language,
        [
            Event::new(say(language, "签发", "Issued"), "2027-03-11 09:30")
                .grave()
                .proof(proof),
            Event::new(say(language, "暂停", "Suspended"), "2027-03-12")
                .by("王*")
                .detail("…"),
        ],
    )
}

fn pieces(language: Language) -> Vec<Piece> {
    let answer = Answer::new(Shape::Ended, say(language, "无效", "Not valid")).because(
        say(language, "已撤销。", "It was revoked."),
        Some(Citation::of(hefu_rulebook::Citation::new("M15", "29(4)"), language)),
    );
    let empty = Empty::new(
        say(language, "没有申请", "No applications"),
        say(language, "今天都办完了。", "All done."),
    );
    let query = Field::new(language, "query", say(language, "查找", "Find"), Input::Line("search"));
    let instant = |text: &str| text.parse().unwrap_or_default();
    let span = Span::new(
        instant("2027-01-01T00:00:00Z"),
        instant("2028-01-01T00:00:00Z"),
        instant("2027-04-01T00:00:00Z"),
        say(language, "有效期内", "within its validity"),
    );
    vec![
        (
            "state",
            rendered(&State::new(Shape::Plain, say(language, "草稿", "draft"))),
        ),
        (
            "notice",
            rendered(&Notice::new(
                language,
                Shape::Wait,
                say(language, "今晚维护。", "Maintenance tonight."),
            )),
        ),
        ("answer", rendered(&answer)),
        (
            "empty",
            rendered(&Table::new("x", []).or_else(empty.act(Link::new("/desk", "…")))),
        ),
        ("road", rendered(&road(language))),
        ("errors", rendered(&form(language).errors())),
        ("form", rendered(&form(language))),
        (
            "filters",
            rendered(&Filters::new(language, "/desk", [query]).clear(Some("/desk".to_owned()))),
        ),
        ("table", rendered(&table(language))),
        ("confirmation", rendered(&confirmation(language))),
        ("thread", rendered(&thread(language))),
        ("bars", rendered(&chart(language, Drawing::Bars))),
        ("line", rendered(&chart(language, Drawing::Line))),
        ("span", rendered(&span)),
    ]
}

#[test]
fn each_component_in_both_languages() {
    for (tag, language) in [("zh", Language::Chinese), ("en", Language::English)] {
        for (name, html) in pieces(language) {
            insta::assert_snapshot!(format!("{name}-{tag}"), html);
        }
    }
}

fn select(document: &Html, selector: &str) -> Vec<String> {
    let parsed = Selector::parse(selector).ok();
    let found = parsed.iter().flat_map(|selector| document.select(selector));
    found.map(|element: ElementRef<'_>| element.html()).collect()
}

#[test]
fn a_parser_of_html_finds_nothing_wrong() {
    for language in [Language::Chinese, Language::English] {
        for (name, html) in pieces(language) {
            let page = format!("<!doctype html><html><head><title>x</title></head><body>{html}</body></html>");
            let document = Html::parse_document(&page);
            assert!(document.errors.is_empty(), "{name}: {:?}\n{html}", document.errors);
        }
    }
}

#[test]
fn what_is_put_in_is_text() {
    let html: String = pieces(Language::English).into_iter().map(|(_, html)| html).collect();
    assert!(!html.contains("<b>李"), "a name was read as HTML");
    assert!(html.contains("&#60;b&#62;李") && html.contains("value=\"&#34;1101"));
    let document = Html::parse_fragment(&html);
    let elements = document.tree.nodes().filter_map(|node| node.value().as_element());
    for element in elements {
        let forbidden = element
            .attrs()
            .any(|(name, _)| name == "style" || name.starts_with("on"));
        assert!(!forbidden && element.name() != "script", "{element:?}");
    }
}

#[test]
fn every_control_has_a_label_and_every_reference_an_end() {
    for (_, html) in pieces(Language::English) {
        let document = Html::parse_fragment(&html);
        let Ok(controls) = Selector::parse("input:not([type=hidden]), select, textarea") else {
            continue;
        };
        for control in document.select(&controls) {
            let id = control.attr("id").unwrap_or_default();
            assert_eq!(
                select(&document, &format!("label[for='{id}']")).len(),
                1,
                "{}",
                control.html()
            );
            for described in control.attr("aria-describedby").unwrap_or_default().split_whitespace() {
                assert_eq!(
                    select(&document, &format!("[id='{described}']")).len(),
                    1,
                    "{described}"
                );
            }
        }
    }
}

#[test]
fn the_scale_of_a_chart_is_round() {
    for (most, top) in [(0, 4), (3, 4), (4, 4), (9, 20), (700, 800), (1_000_000, 2_000_000)] {
        let chart = Chart::new(Language::English, Drawing::Bars, "t", "s", vec![Point::new("a", most)]);
        let figures: Vec<u64> = chart.lines().into_iter().map(|(_, figure)| figure).collect();
        assert_eq!(figures.last(), Some(&top), "{most}");
    }
}

/// The whole guide as one page, for those who look: `STYLEGUIDE=FOLDER cargo test -p hefu-web styleguide`; the style
/// sheet belongs beside it.
#[derive(Template)]
#[template(
    source = r#"{% extends "layout.html" %}{% block title %}styleguide{% endblock %}{% block body %}<h1>styleguide</h1>{% for piece in pieces %}<h2>{{ piece.0 }}</h2>
{{ piece.1|safe }}{% endfor %}{% endblock %}"#,
    ext = "html"
)]
struct Styleguide {
    page: crate::page::Page,
    pieces: Vec<Piece>,
}

#[test]
fn the_styleguide_is_one_page_without_errors() {
    let site = Arc::new(Site {
        name: "Example CA".to_owned(),
        public_url: "https://ca.example".to_owned(),
    });
    for language in [Language::Chinese, Language::English] {
        let page = crate::page::example(&site, language);
        let view = Styleguide {
            page,
            pieces: pieces(language),
        };
        let html = view.render().unwrap_or_default();
        // Fourteen pieces on one page repeat ids; a parser does not mind.
        assert!(Html::parse_document(&html).errors.is_empty());
        assert!(html.contains("styleguide"));
        if let Ok(folder) = std::env::var("STYLEGUIDE") {
            let file = format!("{folder}/styleguide-{}.html", language.tag());
            assert!(std::fs::write(file, html.replace("/assets/", "")).is_ok());
        }
    }
}

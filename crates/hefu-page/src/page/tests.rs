//! The frame and the style sheet.

use std::collections::BTreeMap;

use super::*;
use crate::component::Shape;

fn asked(path: &str, query: &str, language: Language) -> Asked {
    Asked {
        language,
        path: path.to_owned(),
        query: query.to_owned(),
    }
}

fn site() -> Arc<Site> {
    Arc::new(Site {
        name: "Example CA".to_owned(),
        public_url: "https://ca.example".to_owned(),
    })
}

#[test]
fn the_language_switch_keeps_what_was_asked() {
    let page = asked(
        "/certificates",
        "query=%E5%BC%A0&lang=zh&after=x&done=saved",
        Language::Chinese,
    )
    .page(&site());
    assert_eq!(page.other_href(), "/certificates?query=%E5%BC%A0&after=x&lang=en");
    assert_eq!(
        page.address(),
        "https://ca.example/certificates?query=%E5%BC%A0&after=x"
    );
    assert_eq!(page.other_name(), "English");
}

#[test]
fn the_navigation_says_where_one_is() {
    let page = asked("/certificates/4f", "", Language::English).page(&site());
    let current: Vec<_> = page.ways().filter_map(|way| Some((way.href, way.current?))).collect();
    assert_eq!(current, [("/certificates", "true")]);
    let page = asked("/ca", "", Language::English).page(&site());
    let current: Vec<_> = page.ways().filter_map(|way| Some((way.href, way.current?))).collect();
    assert_eq!(current, [("/ca", "page")]);
    let officer = Visitor {
        audience: Audience::Officer,
        ..Visitor::default()
    };
    let page = asked("/desk/certificates/4f", "", Language::English).page(&site());
    let page = page.seen_by(officer);
    let current: Vec<_> = page.ways().filter_map(|way| Some((way.href, way.current?))).collect();
    assert_eq!(current, [("/desk/certificates", "true")], "the longest entry alone");
}

#[test]
fn what_was_done_is_a_short_word() {
    assert_eq!(asked("/", "x=1&done=saved", Language::English).done(), Some("saved"));
    assert_eq!(
        asked("/", &format!("done={}", "a".repeat(65)), Language::English).done(),
        None
    );
}

#[derive(Template)]
#[template(
    source = r#"{% extends "layout.html" %}{% block title %}T{% endblock %}{% block body %}<h1>T</h1>{% endblock %}"#,
    ext = "html"
)]
struct Frame {
    page: Page,
}

fn frame(page: Page) -> String {
    Frame { page }.render().unwrap_or_default()
}

#[test]
fn the_frame_for_the_public() {
    insta::assert_snapshot!("frame-zh", frame(asked("/verify", "", Language::Chinese).page(&site())));
    insta::assert_snapshot!("frame-en", frame(asked("/verify", "", Language::English).page(&site())));
}

#[test]
fn the_frame_for_somebody_who_is_logged_in() {
    let visitor = Visitor {
        audience: Audience::Officer,
        name: Some("王*".to_owned()),
        note: Some("剩余 27 分".to_owned()),
        csrf: Some("token".to_owned()),
    };
    let page = asked("/desk", "", Language::Chinese).page(&site()).seen_by(visitor);
    let page = page
        .under(Link::new("/desk", "待办"))
        .saying(Notice::new(Language::Chinese, Shape::Good, "已批准。"));
    insta::assert_snapshot!("frame-officer", frame(page));
}

/// Tokens of one block of the style sheet.
fn tokens(block: &str) -> BTreeMap<&str, [f64; 3]> {
    let pairs = block
        .split(';')
        .filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
    pairs
        .filter_map(|(name, value)| Some((name.trim(), colour(value.trim())?)))
        .collect()
}

fn colour(value: &str) -> Option<[f64; 3]> {
    let digits = value.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    Some([channel(0)?, channel(2)?, channel(4)?].map(|octet| f64::from(octet) / 255.0))
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        if channel <= 0.04045 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Text on its ground: 4.5 (WCAG 1.4.3).
const TEXTS: [(&str, &[&str]); 11] = [
    ("ink", &["paper", "sheet", "tint"]),
    ("ink-soft", &["paper", "sheet", "tint"]),
    ("link", &["paper", "sheet", "tint"]),
    ("seal", &["paper", "sheet", "tint", "seal-soft"]),
    ("good", &["sheet", "good-soft"]),
    ("wait", &["paper", "sheet", "tint", "wait-soft"]),
    ("ink", &["good-soft", "wait-soft", "seal-soft"]),
    ("ink-soft", &["good-soft", "wait-soft", "seal-soft"]),
    ("link", &["good-soft", "wait-soft", "seal-soft"]),
    ("on-act", &["act"]),
    ("on-grave", &["grave"]),
];

/// Edges of controls and the two rings of the focus: 3 (WCAG 1.4.11).
const EDGES: [(&str, &[&str]); 2] = [("edge", &["paper", "sheet", "tint"]), ("focus-edge", &["focus"])];

#[test]
fn every_pair_of_colours_has_enough_contrast_in_light_dark_and_print() {
    let style = crate::STYLE;
    let roots: Vec<&str> = style
        .split(":root {")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect();
    let mut themes = 0;
    let light = tokens(roots.first().copied().unwrap_or_default());
    for root in roots.iter().filter(|root| root.contains("--paper")) {
        let mut theme = light.clone();
        theme.extend(tokens(root));
        themes += 1;
        for (least, pairs) in [(4.5, &TEXTS[..]), (3.0, &EDGES[..])] {
            for (text, grounds) in pairs {
                for ground in *grounds {
                    let ratio = contrast(theme[text], theme[ground]);
                    assert!(ratio >= least, "theme {themes}: {text} on {ground} is {ratio:.2}");
                }
            }
        }
    }
    assert_eq!(themes, 3);
}

#[test]
fn colours_are_tokens() {
    let rules = crate::STYLE
        .lines()
        .filter(|line| !line.trim_start().starts_with("--") && !line.contains(":root"));
    for line in rules {
        let digits = line
            .split('#')
            .skip(1)
            .filter(|rest| rest.len() > 3 && rest.bytes().take(3).all(|octet| octet.is_ascii_hexdigit()));
        assert_eq!(digits.count(), 0, "{line}");
    }
}

//! Words and small decisions of the desk's pages.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use askama::Template;
use hefu_ra::{EndingIn, Stage};
use hefu_rulebook::Language;
use jiff::Timestamp;
use jiff::civil::date;

use super::{forecast, holder, queue};
use crate::component::{Cell, Link};
use crate::words::desk::stage;

const BOTH: [Language; 2] = [Language::Chinese, Language::English];

#[test]
fn a_list_shows_no_given_name_of_a_person() {
    let person = BTreeMap::from([
        ("common_name".to_owned(), "张三丰".to_owned()),
        ("identity_number".to_owned(), "11010119900307109X".to_owned()),
    ]);
    assert_eq!(holder(&person, false), "张**");
    assert_eq!(holder(&person, true), "张三丰");
    let device = BTreeMap::from([("common_name".to_owned(), "gate-7".to_owned())]);
    assert_eq!(holder(&device, false), "gate-7");
    assert_eq!(holder(&BTreeMap::new(), false), "");
}

#[test]
fn a_name_that_looks_like_html_is_text() {
    let link = Link::new("/desk/applications/1", "<script>alert(1)</script>");
    let shown = Cell::NotedLink(link, "<b>device</b>".to_owned()).render().unwrap();
    assert!(!shown.contains("<script>") && !shown.contains("<b>"), "{shown}");
    assert!(shown.contains("alert(1)"), "{shown}");
}

#[test]
fn every_state_has_a_word_in_both_languages() {
    for language in BOTH {
        let mut words: Vec<String> = Stage::ALL.map(|one| stage(one, language).to_word().to_owned()).to_vec();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), Stage::ALL.len(), "{words:?}");
    }
}

#[test]
fn waiting_is_told_in_the_two_largest_units() {
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    let waited = |seconds, language| queue::waited(at(0), at(seconds), language);
    assert_eq!(waited(59, Language::English), "0 min");
    assert_eq!(waited(7_800, Language::Chinese), "2 小时 10 分");
    assert_eq!(waited(97_200, Language::English), "1 d 3 h");
    assert_eq!(queue::waited(at(60), at(0), Language::English), "0 min");
}

#[test]
fn a_forecast_says_which_month_has_the_most() {
    let month = |month, count| EndingIn {
        month: date(2027, month, 1),
        count,
    };
    let shown = |months: &[EndingIn], language| forecast::chart(months, language).render().unwrap();
    let busy = [month(1, 3), month(2, 11), month(3, 0)];
    assert!(shown(&busy, Language::English).contains("Most end in 2027-02: 11"));
    assert!(shown(&busy, Language::Chinese).contains("2027-02最多，11张"));
    let quiet = shown(&[month(1, 0)], Language::English);
    assert!(quiet.contains("None ends") && !quiet.contains("marked"), "{quiet}");
}

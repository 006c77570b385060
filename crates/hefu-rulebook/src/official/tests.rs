//! Texts as they are found: Markdown of a law database, bold headings of a news page, plain text, tables of contents.
//! The excerpts are of statutes and a ministry's rule, which are public.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "tests"
)]

use proptest::prelude::*;

use super::*;
use crate::rulebook::Rulebook;

fn number(text: &str) -> ArticleNumber {
    text.parse().unwrap()
}

/// Number, chapter, section and text of each article.
fn check(text: &str) -> Vec<String> {
    let text = OfficialText::parse(text).unwrap();
    let articles = text.articles().iter();
    articles
        .map(|one| {
            let place = [one.chapter(), one.section()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("/");
            format!("{} [{place}] {}", one.number(), one.text().replace('\n', "|"))
        })
        .collect()
}

const LAW: &str = "<!-- source: a database
第九十九条 在注释里 -->
# 中华人民共和国电子签名法

2004年8月28日 第十届全国人民代表大会常务委员会第十一次会议通过

## 第一章 总 则

第一条 为了规范电子签名行为，制定本法。

## 第三章 电子签名与认证

第二十条 电子签名人应当提供真实、完整和准确的信息。

电子认证服务提供者收到电子签名认证证书申请后，应当对申请人的身份进行查验，并对有关材料进行审查。

第二十四条 电子认证服务提供者应当妥善保存与认证相关的信息，信息保存期限至少为电子签名认证证书失效后五年。
";

#[test]
fn a_law_in_markdown_is_read_by_articles() {
    assert_eq!(
        check(LAW),
        [
            "1 [第一章 总则] 为了规范电子签名行为，制定本法。",
            "20 [第三章 电子签名与认证] 电子签名人应当提供真实、完整和准确的信息。|电子认证服务提供者收到电子签名认证证书申请后，应当对申请人的身份进行查验，并对有关材料进行审查。",
            "24 [第三章 电子签名与认证] 电子认证服务提供者应当妥善保存与认证相关的信息，信息保存期限至少为电子签名认证证书失效后五年。",
        ]
    );
    let law = OfficialText::parse(LAW).unwrap();
    assert_eq!(law.title(), Some("中华人民共和国电子签名法"));
    assert_eq!(law.article(number("20")).map(Article::line), Some(13));
    assert_eq!(law.missing().len(), 21);
    assert_eq!(law.unplaced_lines(), 0);
}

#[test]
fn bold_headings_with_wide_spaces_are_headings_too() {
    let text = "\u{feff}**国家密码管理局令**\n\n**第 4 号**\n\n局  长\n\n**电子政务电子认证服务管理办法**\n\n**第一章 总 则**\n\n\
        **第一条**　为了规范电子政务电子认证服务行为。\n\n**第二条**本办法适用于境内。\n\n（来源：国家密码管理局）\n";
    assert_eq!(
        check(text),
        [
            "1 [第一章 总则] 为了规范电子政务电子认证服务行为。",
            "2 [第一章 总则] 本办法适用于境内。"
        ]
    );
    let text = OfficialText::parse(text).unwrap();
    assert_eq!(text.title(), Some("电子政务电子认证服务管理办法"));
}

#[test]
fn a_table_of_contents_before_the_text_confuses_nothing() {
    let text = "某某办法\n目 录\n第一章 总则\n第二章 行政许可的实施程序\n第一节 申请与受理\n第二节 审查与决定\n\
        第一章 总则\n第一条 甲。\n第二章 行政许可的实施程序\n第一节 申请与受理\n第二条 乙。\n第二节 审查与决定\n第三条 丙。\n";
    assert_eq!(
        check(text),
        [
            "1 [第一章 总则] 甲。",
            "2 [第二章 行政许可的实施程序/第一节 申请与受理] 乙。",
            "3 [第二章 行政许可的实施程序/第二节 审查与决定] 丙。",
        ]
    );
}

#[test]
fn a_table_of_contents_with_articles_is_dropped() {
    let text = "目录\n第一章 总则\n第一条 目的\n第二条 范围\n第一章 总则\n第一条 为了规范，制定本办法。\n第二条 境内适用本办法。\n";
    assert_eq!(
        check(text),
        [
            "1 [第一章 总则] 为了规范，制定本办法。",
            "2 [第一章 总则] 境内适用本办法。"
        ]
    );
}

#[test]
fn a_paragraph_that_begins_with_a_reference_is_no_heading() {
    let text = "第一条 甲。\n第二条 乙。\n第一条规定的事项除外。\n第三章规定的程序，依照本办法。\n第三条 丙。\n";
    assert_eq!(
        check(text),
        [
            "1 [] 甲。",
            "2 [] 乙。|第一条规定的事项除外。|第三章规定的程序，依照本办法。",
            "3 [] 丙。"
        ]
    );
}

#[test]
fn plain_text_without_spaces_is_read_by_the_order_of_its_numbers() {
    let text = "第一章总则\n第一条为了规范，制定本法。\n第二条本法适用。\n第一条规定的除外。\n第二条之一新增。\n第三条附则。\n";
    assert_eq!(
        check(text),
        [
            "1 [第一章 总则] 为了规范，制定本法。",
            "2 [第一章 总则] 本法适用。|第一条规定的除外。",
            "2之1 [第一章 总则] 新增。",
            "3 [第一章 总则] 附则。",
        ]
    );
}

#[test]
fn inserted_articles_and_large_numbers_are_read() {
    let text = "第九条 甲。\n第十条 乙。\n第十条之一 丙。\n第十条之二 丁。\n第一百零五条 戊。\n第一百一十条 己。\n第一百二十条 庚。\n";
    let text = OfficialText::parse(text).unwrap();
    let numbers: Vec<_> = text.articles().iter().map(|one| one.number().to_string()).collect();
    assert_eq!(numbers, ["9", "10", "10之1", "10之2", "105", "110", "120"]);
    assert_eq!(text.article(number("10之2")).unwrap().number().heading(), "第十条之二");
    assert_eq!(text.article(number("10之3")), None);
}

#[test]
fn marks_of_a_reconstruction_stay_in_the_text() {
    let text = "# 电子认证服务管理办法（2009年）\n## 第三章 电子认证服务\n第十六条 [R] 按照公布的电子认证业务规则提供电子认证服务。\n";
    let text = OfficialText::parse(text).unwrap();
    assert_eq!(text.title(), Some("电子认证服务管理办法（2009年）"));
    assert_eq!(
        text.articles()[0].text(),
        "[R] 按照公布的电子认证业务规则提供电子认证服务。"
    );
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let error = |text: &str| OfficialText::parse(text).unwrap_err();
    assert_eq!(error(""), TextError::NoArticles);
    assert_eq!(error("# 通知\n现予公示，请于10月3日前反馈。"), TextError::NoArticles);
    let twice = error("第一条 甲。\n乙。\n第五条 丙。\n第三条 丁。");
    assert_eq!(twice.to_string(), "line 4: article 3 follows article 5");
    assert_eq!(twice.message(Language::Chinese), "第4行：第五条之后出现第三条");
    assert_eq!(
        OfficialText::from_bytes(b"ab\xff"),
        Err(TextError::NotUtf8 { offset: 2 })
    );
    assert_eq!(error(&"a".repeat(TEXT_OCTETS_MAX + 1)), TextError::TooLarge);
    assert_eq!(error(&"\n".repeat(TEXT_LINES_MAX + 1)), TextError::TooManyLines);
    let many: String = (1..=2_001).map(|n| format!("第{n}条 甲。\n")).collect();
    assert_eq!(error(&many), TextError::TooManyArticles);
}

#[test]
fn articles_are_shown_beside_the_paraphrase() {
    let (book, law) = (Rulebook::builtin().unwrap(), OfficialText::parse(LAW).unwrap());
    let beside = |id: &str| -> Vec<_> {
        let articles = law.beside(book.obligation(id).unwrap()).into_iter();
        articles.map(|one| one.number().to_string()).collect()
    };
    assert_eq!(beside("ESL-24"), ["24"]);
    assert_eq!(beside("ESL-23"), Vec::<String>::new());
    let text: String = (27..=31).map(|n| format!("第{n}条 甲。\n")).collect();
    let text = OfficialText::parse(&text).unwrap();
    assert_eq!(text.beside(book.obligation("PIPL-28-30").unwrap()).len(), 3);
}

fn compare(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (OfficialText::parse(old).unwrap(), OfficialText::parse(new).unwrap());
    let comparison = old.compare(&new);
    comparison.differences().map(describe).collect()
}

fn describe(change: &ArticleChange<'_>) -> String {
    match change {
        ArticleChange::Same(article) => format!("= {}", article.number()),
        ArticleChange::Renumbered { from, article } => format!("{from} -> {}", article.number()),
        ArticleChange::Removed(article) => format!("- {}", article.number()),
        ArticleChange::Added(article) => format!("+ {}", article.number()),
        ArticleChange::Changed { old, new, pieces } => {
            let pieces = pieces.iter().map(|piece| match piece.kind {
                PieceKind::Kept => piece.text.clone(),
                PieceKind::Removed => format!("[-{}-]", piece.text),
                PieceKind::Added => format!("{{+{}+}}", piece.text),
            });
            format!("{} ~ {}: {}", old.number(), new.number(), pieces.collect::<String>())
        }
    }
}

#[test]
fn two_editions_are_compared_article_by_article_and_word_by_word() {
    let old = "第一条 为了规范电子认证服务行为，制定本办法。\n第二条 公司名称变更的，应当在完成工商变更登记之日起15日内办理手续。\n\
        第三条 注册资本不低于人民币三千万元。\n第四条 对从业人员进行岗位培训。\n第五条 本办法自2009年3月31日起施行。\n";
    let new = "第一条 为了规范电子认证服务行为，制定本办法。\n第二条 机构应当建立投诉处理机制，公布投诉方式，畅通投诉渠道。\n\
        第三条 公司名称变更的，应当在完成工商变更登记之日起30日内办理手续。\n第四条 注册资本不低于人民币七千万元。\n\
        第五条 本办法自2009年3月31日起施行。\n";
    assert_eq!(
        compare(old, new),
        [
            "+ 2",
            "2 ~ 3: 公司名称变更的，应当在完成工商变更登记之日起[-15-]{+30+}日内办理手续。",
            "3 ~ 4: 注册资本不低于人民币[-三-]{+七+}千万元。",
            "- 4",
        ]
    );
    assert_eq!(compare(old, old), Vec::<String>::new());
}

#[test]
fn articles_moved_by_an_insertion_are_renumbered_not_changed() {
    let old = "第一条 甲甲甲甲。\n第二条 乙乙乙乙。\n";
    let new = "第一条 新新新新。\n第二条 甲甲甲甲。\n第三条 乙乙乙乙。\n";
    assert_eq!(compare(old, new), ["+ 1", "1 -> 2", "2 -> 3"]);
}

#[test]
fn an_article_with_nothing_in_common_is_replaced_not_changed() {
    assert_eq!(
        compare("第一条 甲乙丙丁戊。\n", "第一条 子丑寅卯辰巳。\n"),
        ["- 1", "+ 1"]
    );
}

#[test]
fn a_very_long_article_is_shown_whole() {
    let body = "甲乙丙丁".repeat(WORDS_MAX / 4);
    let (old, new) = (format!("第一条 {body}子。"), format!("第一条 {body}丑。"));
    assert_eq!(compare(&old, &new), [format!("1 ~ 1: [-{body}子。-]{{+{body}丑。+}}")]);
}

#[test]
fn a_text_made_to_cost_time_is_shown_whole_after_a_while() {
    let edition = |letters: [&str; 2]| -> String {
        let body = letters.concat().repeat(WORDS_MAX / 5);
        (1..=60).map(|n| format!("第{n}条 {body}\n")).collect()
    };
    let (old, new) = (edition(["甲乙丙", "甲丙"]), edition(["甲乙丙", "乙丙"]));
    let (old, new) = (OfficialText::parse(&old).unwrap(), OfficialText::parse(&new).unwrap());
    let comparison = old.compare(&new);
    let whole =
        |change: &ArticleChange<'_>| matches!(change, ArticleChange::Changed { pieces, .. } if pieces.len() == 2);
    assert_eq!(comparison.changes().len(), 60);
    assert!(!whole(&comparison.changes()[0]), "the first are compared word by word");
    assert!(comparison.changes().iter().rev().take(10).all(whole));
}

#[test]
fn article_numbers_are_read_as_citations_write_them() {
    for (text, heading) in [
        ("24", Some("第二十四条")),
        ("10之1", Some("第十条之一")),
        ("0", None),
        ("10之0", None),
        ("1-2", None),
        ("+1", None),
        ("", None),
        ("99999", None),
    ] {
        assert_eq!(
            text.parse::<ArticleNumber>()
                .ok()
                .map(ArticleNumber::heading)
                .as_deref(),
            heading,
            "{text}"
        );
    }
}

/// Lines that look like parts of a law, well or badly formed.
fn lawlike() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        (0_u16..130).prop_map(|n| format!("第{}条 甲乙。", numeral::write(n))),
        (0_u16..130).prop_map(|n| format!("**第{n}条**甲")),
        (0_u16..9, 0_u16..4).prop_map(|(n, m)| format!("第{n}条之{m} 丙")),
        (0_u16..20).prop_map(|n| format!("## 第{}章 总 则", numeral::write(n))),
        "[第一二十百零条章节之 *#<!>a-]{0,12}",
    ];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = OfficialText::from_bytes(&octets);
    }

    #[test]
    fn articles_are_in_order_and_found_by_number(text in lawlike()) {
        if let Ok(text) = OfficialText::parse(&text) {
            prop_assert!(text.articles().windows(2).all(|pair| pair[0].number() < pair[1].number()));
            for article in text.articles() {
                prop_assert_eq!(text.article(article.number()), Some(article));
                prop_assert_eq!(article.number().to_string().parse(), Ok(article.number()));
            }
        }
    }

    #[test]
    fn a_comparison_holds_every_article_of_both_editions_once(old in lawlike(), new in lawlike()) {
        if let (Ok(old), Ok(new)) = (OfficialText::parse(&old), OfficialText::parse(&new)) {
            let comparison = old.compare(&new);
            let (mut olds, mut news) = (Vec::new(), Vec::new());
            for change in comparison.changes() {
                match change {
                    ArticleChange::Same(article) => { olds.push(article.number()); news.push(article.number()); }
                    ArticleChange::Renumbered { from, article } => { olds.push(*from); news.push(article.number()); }
                    ArticleChange::Removed(article) => olds.push(article.number()),
                    ArticleChange::Added(article) => news.push(article.number()),
                    ArticleChange::Changed { old, new, pieces } => {
                        olds.push(old.number());
                        news.push(new.number());
                        let without = |kind| pieces.iter().filter(|one| one.kind != kind).map(|one| one.text.as_str()).collect::<String>();
                        prop_assert_eq!(without(PieceKind::Added), old.text());
                        prop_assert_eq!(without(PieceKind::Removed), new.text());
                    }
                }
            }
            let numbers = |text: &OfficialText| text.articles().iter().map(Article::number).collect::<Vec<_>>();
            prop_assert_eq!(olds, numbers(&old));
            prop_assert_eq!(news, numbers(&new));
        }
    }
}

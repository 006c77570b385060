//! What is written is what was described: read back by poppler, in both languages, over many pages.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod poppler;

use std::sync::LazyLock;

use hefu_documents::{
    Align, Block, Column, Document, Facts, FontFiles, Fonts, Heading, Marker, Moment, PACKAGE, Paragraph, Party, Pdf,
    Table, Unprintable, render,
};
use hefu_rulebook::Language;

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let loaded = Fonts::load(&FontFiles::debian());
    loaded.unwrap_or_else(|fault| panic!("these tests need the Debian package {PACKAGE}: {fault}"))
});

const CHINESE: &[u8] = include_bytes!("descriptions/contract.zh.json");
const ENGLISH: &[u8] = include_bytes!("descriptions/contract.en.json");
const CONFORMANCE: &[u8] = include_bytes!("descriptions/conformance.zh.json");

fn set(json: &[u8]) -> (Document, Pdf) {
    let document = Document::read(json).unwrap();
    let pdf = render(&document, &FONTS).unwrap();
    (document, pdf)
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        language: Language::Chinese,
        title: "通知".to_owned(),
        subtitle: None,
        issuer: "示例机构".to_owned(),
        number: None,
        generated_at: Moment::try_from("2027-03-02T16:00:00+08:00".to_owned()).unwrap(),
        unprintable: Unprintable::Refuse,
        blocks,
    }
}

fn numbers(count: usize) -> Block {
    let column = |title: &str| Column {
        title: title.to_owned(),
        align: Align::Start,
    };
    Block::Table(Table {
        caption: None,
        columns: vec![column("Row"), column("内容")],
        rows: (1..=count)
            .map(|row| vec![format!("r{row:05}"), "行".to_owned()])
            .collect(),
    })
}

/// The words of a description in reading order, with labels as each language counts them.
fn words(document: &Document) -> String {
    let mut out = vec![document.title.clone()];
    out.extend(document.subtitle.clone());
    let number = document.number.iter();
    match document.language {
        Language::Chinese => out.extend(number.map(|number| format!("编号：{number}"))),
        Language::English => out.extend(number.map(|number| format!("No. {number}"))),
    }
    let mut articles = 0;
    for block in &document.blocks {
        if let Block::Article(article) = block {
            articles += 1;
            out.push(match document.language {
                Language::Chinese => format!("第{}条　{}", DIGITS[articles - 1], article.title),
                Language::English => format!("Article {articles}. {}", article.title),
            });
        }
        out.extend(block_words(block, document.language));
    }
    out.join("\n")
}

const DIGITS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];

fn block_words(block: &Block, language: Language) -> Vec<String> {
    let colon = if language == Language::Chinese { "：" } else { ":" };
    match block {
        Block::Heading(heading) => vec![heading.text.clone()],
        Block::Paragraph(paragraph) => vec![paragraph.text.clone()],
        Block::Article(article) => article.paragraphs.clone(),
        Block::List(list) => {
            let items = list.items.iter().enumerate();
            let labelled = items.map(|(index, item)| match (list.marker, language) {
                (Marker::Bullet, _) => format!("• {item}"),
                (Marker::Number, Language::Chinese) => format!("（{}）{item}", DIGITS[index]),
                (Marker::Number, Language::English) => format!("{}. {item}", index + 1),
            });
            labelled.collect()
        }
        Block::Facts(Facts { items }) => items
            .iter()
            .map(|fact| format!("{} {}", fact.name, fact.value))
            .collect(),
        Block::Table(table) => {
            let titles: Vec<_> = table.columns.iter().map(|column| column.title.as_str()).collect();
            let rows = table.rows.iter().map(|row| row.join(" "));
            table
                .caption
                .iter()
                .cloned()
                .chain([titles.join(" ")])
                .chain(rows)
                .collect()
        }
        Block::Fingerprint(value) => value.label.iter().chain([&value.text]).cloned().collect(),
        Block::Note(note) => vec![note.text.clone()],
        Block::Signatures(signatures) => {
            let party = |party: &Party| {
                let lines = party.lines.iter().map(|line| format!("{line}{colon}"));
                [format!("{}{colon}", party.role), party.name.clone()]
                    .into_iter()
                    .chain(lines)
                    .collect::<Vec<_>>()
            };
            signatures.parties.iter().flat_map(party).collect()
        }
        Block::Code(code) => vec![code.caption.clone()],
        Block::PageBreak => Vec::new(),
    }
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_text_of_a_chinese_contract_is_the_text_described() {
    let (document, pdf) = set(CHINESE);
    assert_eq!(without_spaces(&poppler::body(&pdf)), without_spaces(&words(&document)));
}

#[test]
fn the_text_of_an_english_contract_is_the_text_described_word_for_word() {
    let (document, pdf) = set(ENGLISH);
    assert_eq!(one_space(&poppler::body(&pdf)), one_space(&words(&document)));
}

#[test]
fn contracts_have_three_pages_and_say_so_on_each() {
    for (json, page) in [(CHINESE, "第2页，共3页"), (ENGLISH, "Page 2 of 3")] {
        let (document, pdf) = set(json);
        assert_eq!(pdf.pages, 3);
        assert!(poppler::ask("pdfinfo", &[], &pdf).contains("Pages:           3\n"));
        let text = poppler::page(&pdf, 2);
        for expected in [page, "HT-2027-000128", "2027-03-02 16:00:00", &document.issuer] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }
}

#[test]
fn language_author_title_and_time_stand_in_the_metadata() {
    let (_, pdf) = set(CHINESE);
    let info = poppler::ask("pdfinfo", &["-isodates"], &pdf);
    for expected in [
        "电子认证服务合同",
        "示例电子认证服务有限公司",
        "2027-03-02T16:00:00+08",
        "Tagged:          yes",
    ] {
        assert!(info.contains(expected), "{expected} in {info}");
    }
    let raw = String::from_utf8_lossy(&pdf.bytes);
    for expected in [
        "/Lang(zh-CN)",
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ] {
        assert!(raw.replace("/Lang (", "/Lang(").contains(expected), "{expected}");
    }
}

#[test]
fn every_font_is_embedded_as_a_subset_with_unicode() {
    let (_, pdf) = set(ENGLISH);
    let fonts = poppler::ask("pdffonts", &[], &pdf);
    let rows: Vec<_> = fonts.lines().skip(2).collect();
    assert_eq!(rows.len(), 4, "{fonts}");
    for row in rows {
        let columns: Vec<_> = row.split_whitespace().collect();
        assert_eq!(columns.iter().filter(|column| **column == "yes").count(), 3, "{row}");
        assert!(columns[0].contains("+Noto") && columns[0].contains("CJKsc"), "{row}");
    }
    assert!(pdf.bytes.len() < 200_000, "{} bytes", pdf.bytes.len());
}

#[test]
fn a_header_row_is_seen_on_every_page_and_read_aloud_once() {
    let (_, pdf) = set(CONFORMANCE);
    assert!(pdf.pages > 3);
    for number in 1..=pdf.pages {
        assert_eq!(
            poppler::page(&pdf, number).matches("检查方法与证据").count(),
            1,
            "page {number}"
        );
    }
    let read = poppler::ask("pdfinfo", &["-struct-text"], &pdf);
    assert_eq!(without_spaces(&read).matches("检查方法与证据").count(), 1);
    assert!(read.contains("/Scope /Column") && read.contains("TD\n"), "{read}");
}

#[test]
fn headings_and_articles_are_bookmarks() {
    let (_, pdf) = set(CHINESE);
    let read = poppler::ask("pdfinfo", &["-struct"], &pdf);
    let headings = |level: &str| read.lines().filter(|line| line.trim_start().starts_with(level)).count();
    assert_eq!((headings("H1 "), headings("H2 "), headings("H3 ")), (1, 9, 0), "{read}");
    let raw = String::from_utf8_lossy(&pdf.bytes);
    assert!(raw.contains("/Outlines"));
    assert_eq!(raw.matches("/Dest ").count(), 10, "the title and nine articles");
}

#[test]
fn a_long_table_loses_no_row_and_keeps_their_order() {
    let pdf = render(&document(vec![numbers(2_500)]), &FONTS).unwrap();
    let text = poppler::body(&pdf);
    let rows: Vec<_> = text
        .split_whitespace()
        .filter(|word| word.starts_with('r'))
        .map(str::to_owned)
        .collect();
    let expected: Vec<_> = (1..=2_500).map(|row| format!("r{row:05}")).collect();
    assert_eq!(rows, expected);
    assert_eq!(text.matches("内容").count(), pdf.pages);
}

#[test]
fn a_row_longer_than_a_page_goes_on_on_the_next() {
    let long = "长".repeat(6_000);
    let column = |title: &str| Column {
        title: title.to_owned(),
        align: Align::Start,
    };
    let table = Table {
        caption: None,
        columns: vec![column("甲"), column("乙")],
        rows: vec![vec!["短".to_owned(), long]],
    };
    let pdf = render(&document(vec![Block::Table(table)]), &FONTS).unwrap();
    assert!(pdf.pages > 2);
    assert_eq!(poppler::body(&pdf).matches('长').count(), 6_000);
}

#[test]
fn a_short_table_is_not_divided() {
    let mut blocks: Vec<_> = (0..26)
        .map(|_| Block::Paragraph(Paragraph { text: "段".to_owned() }))
        .collect();
    blocks.push(numbers(5));
    let pdf = render(&document(blocks), &FONTS).unwrap();
    assert_eq!(pdf.pages, 2);
    assert!(!poppler::page(&pdf, 1).contains("r00001"));
    assert!(poppler::page(&pdf, 2).contains("r00005"));
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let (mut document, first) = set(CHINESE);
    let again = render(&document, &Fonts::load(&FontFiles::debian()).unwrap()).unwrap();
    assert!(first.bytes == again.bytes);
    document.generated_at = Moment::try_from("2027-03-02T16:00:01+08:00".to_owned()).unwrap();
    assert!(first.bytes != render(&document, &FONTS).unwrap().bytes);
}

#[test]
fn a_document_without_blocks_is_a_page_with_its_title() {
    let pdf = render(&document(Vec::new()), &FONTS).unwrap();
    assert_eq!(pdf.pages, 1);
    assert_eq!(without_spaces(&poppler::body(&pdf)), "通知");
}

#[test]
fn what_cannot_be_seen_is_shown_where_that_is_asked_for() {
    let mut document = document(vec![Block::Paragraph(Paragraph {
        text: "甲\u{202E}乙😀\u{0}".to_owned(),
    })]);
    document.unprintable = Unprintable::Show;
    let pdf = render(&document, &FONTS).unwrap();
    assert_eq!(
        without_spaces(&poppler::body(&pdf)),
        "通知甲[U+202E]乙[U+1F600][U+0000]"
    );
}

#[test]
fn rare_ideographs_and_their_variants_are_kept() {
    let pdf = render(
        &document(vec![Block::Paragraph(Paragraph {
            text: "𠮷野家葛\u{E0100}城㐂".to_owned(),
        })]),
        &FONTS,
    )
    .unwrap();
    assert_eq!(without_spaces(&poppler::body(&pdf)), "通知𠮷野家葛\u{E0100}城㐂");
}

#[test]
fn an_issuer_too_long_for_the_head_is_cut_with_dots_and_whole_in_the_metadata() {
    let mut document = document(Vec::new());
    document.issuer = "示例".repeat(40);
    let pdf = render(&document, &FONTS).unwrap();
    assert!(poppler::page(&pdf, 1).contains('…'));
    assert!(poppler::ask("pdfinfo", &[], &pdf).contains(&document.issuer));
}

#[test]
fn a_character_that_the_four_faces_lack_is_taken_from_a_fallback() {
    // U+9FEB (oganesson) came with Unicode 10: Debian's sans has it, its serif does not.
    let document = document(vec![Block::Paragraph(Paragraph {
        text: "元素鿫".to_owned(),
    })]);
    let mut files = FontFiles::debian();
    files.sans = files.serif.clone();
    files.mono = files.serif.clone();
    let refused = render(&document, &Fonts::load(&files).unwrap()).err().unwrap();
    assert!(
        refused
            .to_string()
            .contains("[U+9FEB], which is in none of the fonts given"),
        "{refused}"
    );
    files.fallbacks = vec![FontFiles::debian().sans];
    let pdf = render(&document, &Fonts::load(&files).unwrap()).unwrap();
    assert_eq!(without_spaces(&poppler::body(&pdf)), "通知元素鿫");
    assert!(poppler::ask("pdffonts", &[], &pdf).contains("NotoSansCJKsc"));
}

#[test]
fn no_page_ends_or_begins_with_a_single_line_of_a_longer_paragraph() {
    // 41 ideographs stand on the first line of a paragraph, 43 on the others.
    for (characters, lines) in [(50, 2), (100, 3), (150, 4)] {
        for before in 24..34 {
            let paragraph = |text: String| Block::Paragraph(Paragraph { text });
            let mut blocks: Vec<_> = (0..before).map(|_| paragraph("段".to_owned())).collect();
            blocks.push(paragraph("测".repeat(characters)));
            let pdf = render(&document(blocks), &FONTS).unwrap();
            let on = |page| {
                poppler::page(&pdf, page)
                    .lines()
                    .filter(|line| line.contains('测'))
                    .count()
            };
            let first = on(1);
            assert!(
                first != 1 && first + 1 != lines,
                "{first} of {lines} lines after {before}"
            );
            assert_eq!(first + if pdf.pages > 1 { on(2) } else { 0 }, lines);
        }
    }
}

#[test]
fn headings_go_with_what_follows_them() {
    for before in 16..32 {
        let heading = |level: u8, text: &str| {
            Block::Heading(Heading {
                level,
                text: text.to_owned(),
            })
        };
        let mut blocks: Vec<_> = (0..before)
            .map(|_| Block::Paragraph(Paragraph { text: "段".to_owned() }))
            .collect();
        blocks.extend([heading(1, "章名"), heading(2, "节名"), numbers(7)]);
        let pdf = render(&document(blocks), &FONTS).unwrap();
        let first = poppler::page(&pdf, 1);
        let (chapter, section, row) = (first.contains("章名"), first.contains("节名"), first.contains("r00001"));
        assert!(chapter == section && section == row, "after {before}: {first}");
        let whole = poppler::body(&pdf);
        assert!(
            whole.find("章名") < whole.find("节名") && whole.find("节名") < whole.find("r00001"),
            "{whole}"
        );
    }
}

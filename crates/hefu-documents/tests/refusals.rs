//! What is refused, and how it is said; and that nothing given to the crate makes it panic.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use hefu_documents::limit::{self, MalformedDocument};
use hefu_documents::{Block, Document, FontFault, FontFile, FontFiles, Fonts, PACKAGE, RenderError, render};
use hefu_rulebook::{Blame, Explain, Kind, Language};
use proptest::prelude::*;
use serde_json::{Value, json};

static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let loaded = Fonts::load(&FontFiles::debian());
    loaded.unwrap_or_else(|fault| panic!("these tests need the Debian package {PACKAGE}: {fault}"))
});

fn description(blocks: &Value) -> Value {
    json!({"language": "zh-CN", "title": "通知", "issuer": "示例机构", "generated_at": "2027-03-02T16:00:00+08:00", "blocks": blocks})
}

/// What is said about a description with these blocks.
fn check(blocks: &Value) -> String {
    let read = Document::read(description(blocks).to_string().as_bytes());
    match read
        .map_err(RenderError::from)
        .and_then(|document| render(&document, &FONTS))
    {
        Ok(pdf) => format!("{} page(s)", pdf.pages),
        Err(error) => format!("{}: {}", error.code(), error.message(Language::English)),
    }
}

#[test]
fn each_limit_says_what_it_is_and_where() {
    let long = "长".repeat(limit::TEXT_CHARACTERS_MAX + 1);
    for (blocks, expected) in [
        (json!([]), "1 page(s)"),
        (
            json!([{"heading": {"level": 4, "text": "a"}}]),
            "document-heading-level: blocks[0].heading.level is 4, not 1, 2 or 3",
        ),
        (
            json!([{"heading": {"level": 1, "text": " "}}]),
            "document-field-empty: blocks[0].heading.text is empty",
        ),
        (
            json!([{"paragraph": {"text": long}}]),
            "document-text-too-long: blocks[0].paragraph.text has 20001 characters, more than 20000",
        ),
        (
            json!([{"list": {"marker": "bullet", "items": vec![""; 1001]}}]),
            "document-too-many-entries: blocks[0].list.items has 1001 entries, more than 1000",
        ),
        (
            json!([{"table": {"columns": [], "rows": []}}]),
            "document-field-empty: blocks[0].table.columns is empty",
        ),
        (
            json!([{"table": {"columns": [{"title": "a"}], "rows": [["1"], ["1", "2"]]}}]),
            "document-row-width: blocks[0].table.rows[1] has 2 cells for 1 columns",
        ),
        (
            json!([{"table": {"columns": vec![json!({"title": "a"}); 11], "rows": []}}]),
            "document-too-many-entries: blocks[0].table.columns has 11 entries, more than 10",
        ),
        (
            json!([{"code": {"content": "x".repeat(301), "caption": "a"}}]),
            "document-text-too-long: blocks[0].code.content has 301 characters, more than 300",
        ),
        (
            json!([{"code": {"content": "x".repeat(300), "caption": "a"}}]),
            "1 page(s)",
        ),
        (
            json!([{"paragraph": {"text": "a\u{202E}b"}}]),
            "document-character: blocks[0].paragraph.text contains [U+202E], which changes the order in which text is shown",
        ),
        (
            json!([{"paragraph": {"text": "a\tb"}}]),
            "document-character: blocks[0].paragraph.text contains [U+0009], which is a control character",
        ),
        (
            json!([{"facts": {"items": [{"name": "a", "value": "😀"}]}}]),
            "document-character: blocks[0].facts.items[0].value contains [U+1F600], which is in none of the fonts given",
        ),
        (
            json!(vec!["page-break"; 2_000]),
            "document-too-many-pages: the document has more than 2000 pages",
        ),
        (
            json!(vec![json!({"note": {"text": ""}}); 5_001]),
            "document-too-many-entries: blocks has 5001 entries, more than 5000",
        ),
    ] {
        assert_eq!(check(&blocks), expected);
    }
}

#[test]
fn a_field_that_is_not_known_is_refused_with_its_place() {
    let said = check(&json!([{"paragraph": {"text": "a", "colour": "red"}}]));
    assert!(
        said.starts_with("document-not-readable: the description cannot be read: unknown field `colour`"),
        "{said}"
    );
    let mut description = description(&json!([]));
    description["language"] = json!("fr");
    let error = Document::read(description.to_string().as_bytes()).unwrap_err();
    assert!(
        error
            .message(Language::Chinese)
            .contains("language is not one of zh-CN, en"),
        "{error}"
    );
}

#[test]
fn too_many_bytes_are_refused_unread() {
    let bytes = vec![b' '; limit::INPUT_BYTES_MAX + 1];
    assert_eq!(
        Document::read(&bytes),
        Err(MalformedDocument::TooLarge { bytes: bytes.len() })
    );
}

#[test]
fn a_malformed_description_speaks_both_languages() {
    let document = Document::read(
        description(&json!([{"paragraph": {"text": "a\u{200B}"}}]))
            .to_string()
            .as_bytes(),
    )
    .unwrap();
    let error = render(&document, &FONTS).err().unwrap();
    assert_eq!((error.kind(), error.blame()), (Kind::Malformed, Blame::Caller));
    assert_eq!(
        error.message(Language::Chinese),
        "blocks[0].paragraph.text含有字符[U+200B]，该字符没有可见字形"
    );
}

#[test]
fn a_description_survives_writing_and_reading() {
    for json in [
        include_bytes!("descriptions/contract.zh.json").as_slice(),
        include_bytes!("descriptions/contract.en.json"),
    ] {
        let document = Document::read(json).unwrap();
        let written = serde_json::to_vec(&document).unwrap();
        assert_eq!(Document::read(&written), Ok(document));
    }
}

#[test]
fn a_missing_font_names_the_package_to_install() {
    let fault = Fonts::load(&FontFiles::noto(Path::new("/nowhere"))).err().unwrap();
    assert_eq!(
        (fault.kind(), fault.blame(), fault.code()),
        (Kind::Fault, Blame::Operator, "font-missing")
    );
    assert_eq!(
        fault.message(Language::English),
        "the font file /nowhere/NotoSerifCJK-Regular.ttc is missing; install the Debian package fonts-noto-cjk or name other fonts"
    );
    assert!(
        fault
            .message(Language::Chinese)
            .contains("请安装Debian软件包fonts-noto-cjk")
    );
}

#[test]
fn a_file_that_is_no_font_and_a_face_that_is_not_there_are_told_apart() {
    let mut files = FontFiles::debian();
    files.serif.family = Some("Noto Serif CJK XX".to_owned());
    assert!(matches!(Fonts::load(&files).err(), Some(FontFault::NoFace { .. })));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("font.ttf");
    std::fs::write(&file, b"not a font").unwrap();
    for family in [None, Some("x")] {
        let mut files = FontFiles::debian();
        files.mono = FontFile::new(&file, family);
        assert!(matches!(Fonts::load(&files).err(), Some(FontFault::NotAFont { .. })));
    }
    let mut files = FontFiles::debian();
    files.fallbacks = vec![files.sans.clone(); 17];
    assert!(matches!(
        Fonts::load(&files).err(),
        Some(FontFault::TooManyFallbacks { given: 17 })
    ));
}

fn binary(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hefu-documents"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        output.stdout,
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_binary_writes_what_the_library_writes() {
    let json = include_bytes!("descriptions/contract.zh.json");
    let (code, bytes, said) = binary(&[], json);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(bytes == render(&Document::read(json).unwrap(), &FONTS).unwrap().bytes);
}

#[test]
fn the_binary_tells_bad_input_from_bad_fonts_by_its_exit_code() {
    let (code, bytes, said) = binary(&["--language", "en"], b"{");
    assert_eq!((code, bytes.len()), (Some(2), 0));
    assert!(
        said.contains("code: document-not-readable") && said.contains("who must act: the caller"),
        "{said}"
    );
    let json = include_bytes!("descriptions/contract.zh.json");
    let (code, bytes, said) = binary(&["--font", "serif=/nowhere/a.otf"], json);
    assert_eq!((code, bytes.len()), (Some(3), 0));
    assert!(
        said.contains("fonts-noto-cjk") && said.contains("责任方：运行管理员"),
        "{said}"
    );
}

/// Blocks with any text anywhere.
fn any_blocks() -> impl Strategy<Value = Value> {
    let text = || prop_oneof!["\\PC{0,40}", any::<String>(), "[　-〿一-龥，。“”（）a-z0-9 \n]{0,200}"];
    let block = prop_oneof![
        (0..5_u8, text()).prop_map(|(level, text)| json!({"heading": {"level": level, "text": text}})),
        text().prop_map(|text| json!({"paragraph": {"text": text}})),
        (text(), text()).prop_map(|(title, text)| json!({"article": {"title": title, "paragraphs": [text]}})),
        text().prop_map(|text| json!({"list": {"marker": "number", "items": [text, ""]}})),
        (text(), text()).prop_map(|(name, value)| json!({"facts": {"items": [{"name": name, "value": value}]}})),
        proptest::collection::vec(text(), 1..8).prop_map(|cells| {
            let columns: Vec<_> = cells.iter().map(|_| json!({"title": "列"})).collect();
            json!({"table": {"columns": columns, "rows": [cells.clone(), cells]}})
        }),
        text().prop_map(|text| json!({"fingerprint": {"text": text}})),
        (text(), text()).prop_map(
            |(role, name)| json!({"signatures": {"parties": [{"role": role, "name": name, "lines": ["日期"]}]}})
        ),
        (text(), text()).prop_map(|(content, caption)| json!({"code": {"content": content, "caption": caption}})),
    ];
    proptest::collection::vec(block, 0..6).prop_map(Value::from)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(blocks in any_blocks(), english in any::<bool>(), show in any::<bool>()) {
        let mut description = description(&blocks);
        description["language"] = json!(if english { "en" } else { "zh-CN" });
        description["unprintable"] = json!(if show { "show" } else { "refuse" });
        let document = Document::read(description.to_string().as_bytes()).unwrap();
        match render(&document, &FONTS) {
            Ok(pdf) => prop_assert!(pdf.pages >= 1 && pdf.bytes.starts_with(b"%PDF-1.7")),
            Err(RenderError::Writer(reason)) => prop_assert!(false, "the writer refused: {reason}"),
            Err(RenderError::Malformed(MalformedDocument::Character { .. })) => prop_assert!(!show),
            Err(RenderError::Malformed(_)) => {}
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Document::read(&bytes);
    }

    #[test]
    fn a_paragraph_of_any_text_is_set_where_code_points_may_be_shown(text in any::<String>()) {
        let mut description = description(&json!([{"paragraph": {"text": text}}]));
        description["unprintable"] = json!("show");
        let document = Document::read(description.to_string().as_bytes()).unwrap();
        prop_assert!(matches!(document.blocks.first(), Some(Block::Paragraph(_))));
        let set = render(&document, &FONTS);
        prop_assert!(set.is_ok(), "{:?}", set.err());
    }
}

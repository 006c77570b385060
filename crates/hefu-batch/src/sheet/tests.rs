use proptest::prelude::*;

use super::*;

const CHINESE: &str = "证书模板,证书请求,姓名\r\nstaff-sm2,MII=,张三\r\nstaff-sm2,MII=,\"欧阳，小明\"\r\n";

fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn told(octets: &[u8]) -> String {
    match Sheet::read(octets) {
        Ok(sheet) => format!("{} {:?}", sheet.kind().as_str(), sheet.rows()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_same_sheet_in_each_encoding_has_the_same_rows() {
    let plain = Sheet::read(CHINESE.as_bytes()).map(|sheet| (sheet.kind, sheet.headings, sheet.rows));
    let (kind, headings, rows) = plain.unwrap_or((SheetKind::Workbook, Vec::new(), Vec::new()));
    assert_eq!((kind, rows.len()), (SheetKind::Utf8, 2));
    for (octets, kind) in [
        (format!("\u{feff}{CHINESE}").into_bytes(), SheetKind::Utf8),
        (gb18030(CHINESE), SheetKind::Gb18030),
    ] {
        let again = Sheet::read(&octets);
        assert_eq!(
            again,
            Ok(Sheet {
                kind,
                headings: headings.clone(),
                rows: rows.clone()
            })
        );
    }
}

#[test]
fn broken_octets_are_named_by_line_and_octet() {
    let mut utf8 = CHINESE.as_bytes().to_vec();
    let place = utf8.len() - 20;
    utf8.insert(place, 0xFF);
    assert!(
        told(&utf8).contains("is no UTF-8") && told(&utf8).starts_with("line 3"),
        "{}",
        told(&utf8)
    );
    let mut gb = gb18030(CHINESE);
    let place = gb.iter().position(|octet| *octet == b'\n').unwrap_or(0) + 1;
    gb.insert(place, 0xFF);
    assert_eq!(
        told(&gb),
        format!("line 2, octet {} of the file is no GB18030", place + 1)
    );
}

#[test]
fn what_is_no_sheet_is_told_so() {
    assert_eq!(told(b""), "the sheet has no headings, or no row below them");
    assert_eq!(
        told(b"profile,csr\r\n"),
        "the sheet has no headings, or no row below them"
    );
    assert!(told(b"\xD0\xCF\x11\xE0\xA1\xB1").contains("XLS"));
    assert!(told(b"\xFF\xFEp\0r\0").contains("UTF-16"));
    assert!(told(b"%PDF-1.7\0").contains("zero octets"));
    assert!(told(b"PK\x03\x04 no zip").contains("cannot be read"));
    assert_eq!(told(b"a\r\n1,2\r\n"), "row 2 has more cells than there are headings");
    let wide = vec!["x"; COLUMNS_MAX + 1].join(",");
    assert!(told(format!("{wide}\r\n{wide}\r\n").as_bytes()).contains("64 columns"));
    let long = "x".repeat(CELL_CHARACTERS_MAX + 1);
    assert_eq!(
        told(format!("a,b\r\n1,{long}\r\n").as_bytes()),
        "row 2, column 2: more than 32767 characters"
    );
    let many = format!("a\r\n{}", "1\r\n".repeat(ROWS_MAX + 1));
    assert!(told(many.as_bytes()).contains("50000 rows"));
    assert!(Sheet::read(format!("a\r\n{}", "1\r\n".repeat(ROWS_MAX)).as_bytes()).is_ok());
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    for text in ["a\n\n\n1\n\"2\n2\"\n\n3\n", "a\r\n\r\n\r\n1\r\n\"2\r\n2\"\r\n\r\n3\r\n"] {
        let sheet = Sheet::read(text.as_bytes());
        let numbers = sheet.map(|sheet| sheet.rows.iter().map(|row| row.number).collect::<Vec<_>>());
        assert_eq!(numbers, Ok(vec![4, 5, 7]), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_table_comes_back_as_it_was(table in prop::collection::vec(prop::collection::vec("[^\0]{1,12}", 3), 1..8)) {
        let headings = ["a", "b", "c"].map(str::to_owned);
        let mut text = crate::report::csv_line(&headings);
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        for row in &table {
            text.push_str(&row.iter().map(quoted).collect::<Vec<_>>().join(","));
            text.push_str("\r\n");
        }
        let filled: Vec<&Vec<String>> = table.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        match Sheet::read(text.as_bytes()) {
            Ok(sheet) => {
                let cells: Vec<&Vec<String>> = sheet.rows.iter().map(|row| &row.cells).collect();
                prop_assert_eq!(cells, filled);
            }
            Err(error) => prop_assert!(filled.is_empty(), "{}", error),
        }
    }

    #[test]
    fn any_octets_end_in_a_sheet_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..2_000)) {
        crate::fuzzing::sheet(&octets);
    }
}

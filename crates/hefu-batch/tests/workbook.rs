//! Workbooks as spreadsheet software writes them, and as nobody should.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::{Cursor, Write as _};

use hefu_batch::{Sheet, SheetError, SheetKind};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;

fn saved(mut workbook: Workbook) -> Vec<u8> {
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_has_the_rows_of_the_same_text() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in ["证书模板", "证书请求", "姓名"].iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), *heading).unwrap();
    }
    sheet.write(1, 0, "staff-sm2").unwrap();
    sheet.write(1, 1, "MII=").unwrap();
    sheet.write(1, 2, "<b>张三</b>").unwrap();
    sheet.write(4, 0, "staff-sm2").unwrap();
    let read = Sheet::read(&saved(workbook)).unwrap();
    assert_eq!(read.kind(), SheetKind::Workbook);
    let text = "证书模板,证书请求,姓名\nstaff-sm2,MII=,<b>张三</b>\n\n\nstaff-sm2,,\n";
    let same = Sheet::read(text.as_bytes()).unwrap();
    assert_eq!((read.headings(), read.rows()), (same.headings(), same.rows()));
}

#[test]
fn numbers_dates_and_formulas_come_out_as_what_they_are() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for column in 0..4 {
        sheet.write(0, column, format!("h{column}")).unwrap();
    }
    let day = ExcelDateTime::parse_from_str("2026-11-22").unwrap();
    let format = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(1, 0, 365).unwrap();
    sheet.write_with_format(1, 1, &day, &format).unwrap();
    sheet.write(1, 2, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write(1, 3, true).unwrap();
    let read = Sheet::read(&saved(workbook)).unwrap();
    assert_eq!(read.rows()[0].cells, ["365", "2026-11-22", "=formula", "true"]);
}

#[test]
fn a_number_that_was_rounded_is_not_taken_for_an_identity_number() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "applicant_number").unwrap();
    sheet.write(1, 0, 110_101_199_003_077_758_f64).unwrap();
    let error = Sheet::read(&saved(workbook)).unwrap_err();
    assert_eq!(error, SheetError::Rounded { row: 2, column: 1 });
}

#[test]
fn a_cell_far_below_costs_no_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "a").unwrap();
    sheet.write(1_048_575, 0, "1").unwrap();
    let read = Sheet::read(&saved(workbook)).unwrap();
    assert_eq!((read.rows().len(), read.rows()[0].number), (1, 1_048_576));
}

/// A workbook with one more part.
fn with_part(name: &str, content: &[u8]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "a").unwrap();
    let mut writer = zip::ZipWriter::new_append(Cursor::new(saved(workbook))).unwrap();
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

fn danger(octets: &[u8]) -> String {
    Sheet::read(octets).unwrap_err().to_string()
}

#[test]
fn a_bomb_is_not_opened() {
    let bomb = with_part("xl/media/image1.png", &vec![0; 129 << 20]);
    assert!(bomb.len() < 1 << 20, "{} octets", bomb.len());
    assert!(danger(&bomb).contains("unpack to more than"), "{}", danger(&bomb));
}

#[test]
fn a_bomb_that_says_it_is_small_is_not_opened() {
    let mut liar = with_part("xl/media/image1.png", &vec![0; 1 << 20]);
    // The size of the last part stands in the directory, and in the head of the part, as 1 MiB.
    let size = (1_u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..liar.len() - 4)
        .filter(|place| liar[*place..place + 4] == size)
        .collect();
    assert!(!places.is_empty());
    for place in places {
        liar[place..place + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(Sheet::read(&liar).is_err());
}

#[test]
fn deep_or_declared_xml_is_not_opened() {
    let deep = [b"<a>".repeat(100), b"</a>".repeat(100)].concat();
    assert!(danger(&with_part("xl/deep.xml", &deep)).contains("nested too deeply"));
    let declared = b"<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>";
    assert!(danger(&with_part("xl/declared.xml", declared)).contains("document type"));
}

#[test]
fn too_many_parts_are_not_opened() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..600 {
        writer
            .start_file(format!("p{part}"), SimpleFileOptions::default())
            .unwrap();
    }
    let many = writer.finish().unwrap().into_inner();
    assert!(danger(&many).contains("too many parts"));
}

//! Targets for fuzzing: what must hold when parsing succeeds.

use hefu_certificate::Profiles;

use crate::{COLUMNS_MAX, Columns, ROWS_MAX, Sheet, csv_safe, decide};

/// Reads a sheet; each row has as many cells as there are headings, rows are in order, and every decision ends.
pub fn sheet(octets: &[u8]) {
    let Ok(sheet) = Sheet::read(octets) else { return };
    let width = sheet.headings().len();
    assert!((1..=COLUMNS_MAX).contains(&width) && (1..=ROWS_MAX).contains(&sheet.rows().len()));
    assert!(sheet.rows().iter().all(|row| row.cells.len() == width));
    assert!(sheet.rows().is_sorted_by(|one, next| one.number < next.number));
    for cell in sheet.rows().iter().flat_map(|row| &row.cells) {
        let safe = csv_safe(cell);
        let shown = safe.strip_prefix('"').unwrap_or(&safe);
        let number = cell.parse::<f64>().is_ok();
        assert!(number || !shown.starts_with(['=', '+', '-', '@', '\t', '\r']), "{safe}");
    }
    let profiles = Profiles::builtin();
    if let Ok(columns) = Columns::read(sheet.headings(), &profiles) {
        for row in sheet.rows() {
            if let Err(findings) = decide(row, &columns, &profiles) {
                assert!(!findings.is_empty());
            }
        }
    }
}

//! The first worksheet of a workbook, cell by cell.
//!
//! Cells are taken as they come; no grid is laid out between them, because a cell may say that it stands a million rows
//! further down. Further worksheets are left alone: templates keep explanations there.

use std::io::Cursor;

use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader as _, Xlsx};

use super::{COLUMNS_MAX, ROWS_MAX, SheetError, SheetRow, check_cell, directory};

/// Beyond this a spreadsheet's number has no exact value: fifteen digits.
const EXACT_BELOW: f64 = 1e15;
/// What stands for a cell that computes its value; no row may have one.
const FORMULA: &str = "=formula";
/// Octets of all cells together: shared text is counted each time that it is used.
const CELLS_OCTETS_MAX: usize = 128 << 20;

pub(super) fn read(octets: &[u8]) -> Result<Vec<SheetRow>, SheetError> {
    directory::check(octets)?;
    let unread = |error: calamine::XlsxError| SheetError::Workbook(error.to_string());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(octets)).map_err(unread)?;
    let name = workbook.sheet_names().first().cloned().ok_or(SheetError::Empty)?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(unread)?;
    let mut rows: Vec<SheetRow> = Vec::new();
    let mut total = 0_usize;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(unread)? {
        let (row, column) = cell.pos;
        let (number, column) = (row.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX));
        let text = match cell.formula {
            Some(_) => FORMULA.to_owned(),
            None => words(&cell.value, number, column)?,
        };
        if text.trim().is_empty() {
            continue;
        }
        check_cell(number, column, &text)?;
        total = total.saturating_add(text.len());
        if total > CELLS_OCTETS_MAX {
            return Err(SheetError::TooLarge);
        }
        place(&mut rows, number, column, text)?;
    }
    Ok(rows)
}

/// Puts a cell into its row; rows come in order.
fn place(rows: &mut Vec<SheetRow>, number: u32, column: usize, text: String) -> Result<(), SheetError> {
    match rows.last() {
        Some(last) if last.number == number => {}
        Some(last) if last.number > number => {
            return Err(SheetError::Workbook("rows are not in order".to_owned()));
        }
        // Headings, the rows, and one more by which too many are noticed.
        _ if rows.len() > ROWS_MAX + 1 => return Err(SheetError::TooManyRows),
        _ => rows.push(SheetRow {
            number,
            cells: Vec::new(),
        }),
    }
    if let Some(row) = rows.last_mut().filter(|_| column < COLUMNS_MAX) {
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = row.cells.get_mut(column) {
            *cell = text;
        }
    }
    Ok(())
}

fn words(value: &DataRef<'_>, row: u32, column: usize) -> Result<String, SheetError> {
    Ok(match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() >= EXACT_BELOW => {
            return Err(SheetError::Rounded {
                row,
                column: column + 1,
            });
        }
        DataRef::Float(number) => number.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(time) => date(*time),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => failed(error).to_owned(),
        DataRef::Empty => String::new(),
    })
}

/// A day as `2026-11-22`; with a time of day only where there is one.
fn date(time: ExcelDateTime) -> String {
    if !time.is_datetime() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// What a spreadsheet shows for a value that it could not compute; no row may have it either.
fn failed(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::NA => "=#N/A",
        _ => "=#ERROR",
    }
}

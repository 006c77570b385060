//! Comma-separated text (RFC 4180): a row may go over several lines where a cell is quoted.
//!
//! Rows are counted as spreadsheets do when they open such a text: an empty line is a row.

use csv::{ReaderBuilder, StringRecord};

use super::{ROWS_MAX, SheetError, SheetRow, check_cell};

pub(super) fn read(text: &str) -> Result<Vec<SheetRow>, SheetError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    let mut counter = RowCounter::of(text);
    loop {
        let more = reader.read_record(&mut record);
        let number = counter.number(record.position().map_or(0, csv::Position::byte));
        if !more.map_err(|error| delimiters(number, &error))? {
            return Ok(rows);
        }
        // Headings, the rows, and one more by which too many are noticed.
        if rows.len() > ROWS_MAX + 1 {
            return Err(SheetError::TooManyRows);
        }
        for (column, cell) in record.iter().enumerate() {
            check_cell(number, column, cell)?;
        }
        rows.push(SheetRow {
            number,
            cells: record.iter().map(str::to_owned).collect(),
        });
    }
}

fn delimiters(row: u32, error: &csv::Error) -> SheetError {
    SheetError::Delimiters {
        row,
        why: error.to_string(),
    }
}

/// Counts records and the empty lines before each, which the reader leaves out.
struct RowCounter<'t> {
    octets: &'t [u8],
    seen: u32,
}

impl<'t> RowCounter<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            octets: text.as_bytes(),
            seen: 0,
        }
    }

    /// The number of the record that the reader began to look for at `start`.
    fn number(&mut self, start: u64) -> u32 {
        let from = usize::try_from(start).unwrap_or(usize::MAX);
        let rest = self.octets.get(from..).unwrap_or_default();
        let ends = rest.iter().take_while(|octet| matches!(octet, b'\r' | b'\n'));
        let empty_lines = ends.filter(|octet| **octet == b'\n').count();
        // The end of the line before may still stand at the start.
        let finished = from > 0 && self.octets.get(from - 1) != Some(&b'\n') && empty_lines > 0;
        let empty_lines = empty_lines - usize::from(finished);
        self.seen = self
            .seen
            .saturating_add(1)
            .saturating_add(u32::try_from(empty_lines).unwrap_or(u32::MAX));
        self.seen
    }
}

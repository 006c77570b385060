//! Tables and facts: columns as wide as their contents ask for, rows that stay whole where they fit on a page, and the header
//! row again at the top of every page.

use crate::block::Desk;
use crate::document::{Align, Facts, Table};
use crate::font::Role;
use crate::limit::MalformedDocument;
use crate::page::{BODY_HEIGHT, BODY_WIDTH, Colour, INK, INK_SOFT, MARGIN, Place, RULE, Sheets, Side, points};
use crate::structure::{Element, Nature};
use crate::text::{Line, Passage, Style};

const CAPTION: Style = Style {
    role: Role::SerifBold,
    size: 10.5,
    leading: 18.0,
};
const HEADER: Style = Style {
    role: Role::Sans,
    size: 8.5,
    leading: 13.0,
};
const CELL: Style = Style {
    role: Role::Sans,
    size: 9.0,
    leading: 14.0,
};
const CELL_MONO: Style = Style {
    role: Role::Mono,
    size: 9.0,
    leading: 14.0,
};

/// White above and below the lines of a cell.
const PADDING: f32 = 4.5;
/// White between columns.
const GUTTER: f32 = 14.0;
/// Part of the measure that one column may claim for a stretch without breaks; longer ones are broken.
const WORD_PART: f32 = 0.35;
/// A cell up to this wide stays on one line as a word does: two Chinese characters and a mark can be broken, but should not.
const WHOLE: f32 = 10.0 * CELL.size;
/// A table up to this high stays on one page.
const TOGETHER: f32 = BODY_HEIGHT / 3.0;
/// A column is at least this wide: two ideographs.
const COLUMN_MIN: f32 = 2.0 * CELL.size;
/// Part of the measure for the names of facts.
const NAMES_PART: f32 = 0.34;
const NAMES_MIN: f32 = 84.0;
const AROUND: f32 = 8.0;
const HAIRLINE: f32 = 0.5;

/// A column as it stands on the page.
#[derive(Clone, Copy, Debug)]
struct Track {
    x: f32,
    width: f32,
    side: Side,
}

/// A row, broken into lines.
struct Row {
    cells: Vec<Cell>,
}

/// What stands in the first column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum First {
    /// A cell as the others.
    Cell,
    /// The name of what follows.
    Name,
}

struct Cell {
    passage: Passage,
    lines: Vec<Line>,
    element: Element,
    colour: Colour,
}

/// Sets a table.
pub(crate) fn table(desk: &mut Desk<'_, '_>, table: &Table) -> Result<(), MalformedDocument> {
    let header: Vec<Passage> = table
        .columns
        .iter()
        .map(|column| desk.typesetter.passage(HEADER, &column.title))
        .collect();
    let rows: Vec<Vec<Passage>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| desk.typesetter.passage(CELL, cell)).collect())
        .collect();
    let columns = columns(table, &header, &rows);
    let head = Head::new(&columns, header);
    let first = rows
        .first()
        .map_or(0.0, |row| height(&columns, row))
        .min(BODY_HEIGHT / 2.0);
    let all: f32 = rows.iter().map(|row| height(&columns, row)).sum();
    let below = head.height + if all <= TOGETHER { all } else { first };
    let parent = desk.sheets.structure.add(None, Nature::Table);
    desk.sheets.gap(AROUND);
    caption(desk, table, parent, below)?;
    desk.sheets.need(below)?;
    let element = desk.sheets.structure.add(Some(parent), Nature::TableHead);
    let element = desk.sheets.structure.add(Some(element), Nature::Row);
    head.put(&mut desk.sheets, &columns, Some(element));
    let body = desk.sheets.structure.add(Some(parent), Nature::TableBody);
    for passages in rows {
        let row = Row::new(&mut desk.sheets, body, &columns, passages, First::Cell);
        row.put(&mut desk.sheets, &columns, Some(&head))?;
    }
    desk.sheets.gap(AROUND);
    Ok(())
}

/// Sets names and values: a table without header, its first column as wide as the names ask for.
pub(crate) fn facts(desk: &mut Desk<'_, '_>, facts: &Facts) -> Result<(), MalformedDocument> {
    let rows: Vec<Vec<Passage>> = facts
        .items
        .iter()
        .map(|fact| {
            let value = if fact.monospaced { CELL_MONO } else { CELL };
            vec![
                desk.typesetter.passage(CELL, &fact.name),
                desk.typesetter.passage(value, &fact.value),
            ]
        })
        .collect();
    let names = rows
        .iter()
        .filter_map(|row| row.first())
        .map(Passage::width)
        .fold(NAMES_MIN, f32::max);
    let names = names.min(BODY_WIDTH * NAMES_PART);
    let columns = [
        Track {
            x: MARGIN,
            width: names,
            side: Side::Left,
        },
        Track {
            x: MARGIN + names + GUTTER,
            width: BODY_WIDTH - names - GUTTER,
            side: Side::Left,
        },
    ];
    desk.sheets.gap(AROUND / 2.0);
    let parent = desk.sheets.structure.add(None, Nature::Table);
    let body = desk.sheets.structure.add(Some(parent), Nature::TableBody);
    for passages in rows {
        let row = Row::new(&mut desk.sheets, body, &columns, passages, First::Name);
        row.put(&mut desk.sheets, &columns, None)?;
    }
    desk.sheets.gap(AROUND);
    Ok(())
}

fn caption(desk: &mut Desk<'_, '_>, table: &Table, parent: Element, below: f32) -> Result<(), MalformedDocument> {
    let Some(caption) = &table.caption else {
        return Ok(());
    };
    let passage = desk.typesetter.passage(CAPTION, caption);
    let lines = passage.lines(BODY_WIDTH, 0.0).len();
    desk.sheets.need(CAPTION.leading * points(lines) + below)?;
    let element = desk.sheets.structure.add(Some(parent), Nature::Caption);
    desk.sheets.flow(&passage, Place::FULL, element)?;
    desk.sheets.y += 2.0;
    Ok(())
}

/// The header row, set again on every page.
struct Head {
    cells: Vec<(Passage, Vec<Line>)>,
    height: f32,
}

impl Head {
    fn new(columns: &[Track], header: Vec<Passage>) -> Self {
        let cells: Vec<_> = header
            .into_iter()
            .zip(columns)
            .map(|(passage, column)| {
                let lines = passage.lines(column.width, 0.0);
                (passage, lines)
            })
            .collect();
        let lines = cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
        Self {
            cells,
            height: HEADER.leading * points(lines) + 2.0 * PADDING,
        }
    }

    /// Puts the header; without a row in the structure it repeats what was read already.
    fn put(&self, sheets: &mut Sheets, columns: &[Track], row: Option<Element>) {
        let lines = (self.height - 2.0 * PADDING) / HEADER.leading;
        for ((passage, cell), column) in self.cells.iter().zip(columns) {
            let element = row.map(|row| sheets.structure.add(Some(row), Nature::ColumnHeader));
            let mut y = sheets.y + PADDING + (lines - points(cell.len())) * HEADER.leading;
            for line in cell {
                sheets.put_line(line.clone(), passage, y, column.place(INK_SOFT), element);
                y += HEADER.leading;
            }
        }
        sheets.y += self.height;
        sheets.rule(sheets.y - 1.0, 1.0, INK);
    }
}

impl Track {
    fn place(self, colour: Colour) -> Place {
        Place {
            x: self.x,
            width: self.width,
            indent: 0.0,
            side: self.side,
            colour,
        }
    }
}

impl Row {
    fn new(sheets: &mut Sheets, body: Element, columns: &[Track], passages: Vec<Passage>, first: First) -> Self {
        let row = sheets.structure.add(Some(body), Nature::Row);
        let cells = passages
            .into_iter()
            .zip(columns)
            .enumerate()
            .map(|(index, (passage, column))| {
                let name = index == 0 && first == First::Name;
                let (nature, colour) = if name {
                    (Nature::RowHeader, INK_SOFT)
                } else {
                    (Nature::Cell, INK)
                };
                let lines = passage.lines(column.width, 0.0);
                Cell {
                    passage,
                    lines,
                    element: sheets.structure.add(Some(row), nature),
                    colour,
                }
            });
        Self { cells: cells.collect() }
    }

    /// Puts the row: whole on this page or the next; divided between lines only where it is longer than a page.
    fn put(self, sheets: &mut Sheets, columns: &[Track], head: Option<&Head>) -> Result<(), MalformedDocument> {
        let count = self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1);
        let height = |lines: usize| CELL.leading * points(lines) + 2.0 * PADDING;
        let head_height = head.map_or(0.0, |head| head.height);
        let fits_a_page = height(count) <= BODY_HEIGHT - head_height;
        let mut from = 0;
        while from < count {
            let wanted = if fits_a_page { count } else { 1 };
            if sheets.room() < height(wanted) && !sheets.at_top() {
                sheets.turn()?;
                if let Some(head) = head {
                    head.put(sheets, columns, None);
                }
            }
            let mut here = 1;
            while from + here < count && height(here + 1) <= sheets.room() {
                here += 1;
            }
            self.put_lines(sheets, columns, from..from + here);
            sheets.y += height(here);
            from += here;
            sheets.rule(sheets.y - HAIRLINE, HAIRLINE, RULE);
        }
        Ok(())
    }

    fn put_lines(&self, sheets: &mut Sheets, columns: &[Track], range: std::ops::Range<usize>) {
        for (cell, column) in self.cells.iter().zip(columns) {
            let mut y = sheets.y + PADDING;
            for line in cell
                .lines
                .get(range.start..range.end.min(cell.lines.len()))
                .unwrap_or_default()
            {
                sheets.put_line(
                    line.clone(),
                    &cell.passage,
                    y,
                    column.place(cell.colour),
                    Some(cell.element),
                );
                y += CELL.leading;
            }
        }
    }
}

fn height(columns: &[Track], row: &[Passage]) -> f32 {
    let lines = row
        .iter()
        .zip(columns)
        .map(|(passage, column)| passage.lines(column.width, 0.0).len())
        .max();
    CELL.leading * points(lines.unwrap_or(1)) + 2.0 * PADDING
}

/// Column widths as in HTML's automatic layout: what the contents want if there is room, else at least their longest words,
/// and what is left in proportion to what is wanted beyond.
fn columns(table: &Table, header: &[Passage], rows: &[Vec<Passage>]) -> Vec<Track> {
    let count = table.columns.len();
    let room = BODY_WIDTH - GUTTER * points(count.saturating_sub(1));
    let mut least = Vec::with_capacity(count);
    let mut wanted = Vec::with_capacity(count);
    for (index, title) in header.iter().enumerate() {
        let cells = || std::iter::once(title).chain(rows.iter().filter_map(|row| row.get(index)));
        let word = cells().map(unbroken).fold(COLUMN_MIN, f32::max).min(room * WORD_PART);
        least.push(word);
        wanted.push(cells().map(Passage::width).fold(word, f32::max));
    }
    let mut x = MARGIN;
    let widths = share(room, &least, &wanted);
    let placed = widths.into_iter().zip(&table.columns).map(|(width, column)| {
        let side = if column.align == Align::End {
            Side::Right
        } else {
            Side::Left
        };
        let place = Track { x, width, side };
        x += width + GUTTER;
        place
    });
    placed.collect()
}

/// The width below which a cell would be broken where it should not.
fn unbroken(passage: &Passage) -> f32 {
    let width = passage.width();
    if width <= WHOLE { width } else { passage.word_width() }
}

/// Shares `room` among columns.
fn share(room: f32, least: &[f32], wanted: &[f32]) -> Vec<f32> {
    let sum_least: f32 = least.iter().sum();
    let sum_wanted: f32 = wanted.iter().sum();
    if sum_least >= room {
        return least.iter().map(|least| least * room / sum_least).collect();
    }
    if sum_wanted <= room {
        return wanted.iter().map(|wanted| wanted * room / sum_wanted).collect();
    }
    let part = (room - sum_least) / (sum_wanted - sum_least);
    least
        .iter()
        .zip(wanted)
        .map(|(least, wanted)| least + (wanted - least) * part)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn columns_share_the_measure_by_what_they_want() {
        for (room, least, wanted, expected) in [
            (100.0, [10.0, 10.0], [20.0, 30.0], [40.0, 60.0]),
            (100.0, [10.0, 30.0], [10.0, 300.0], [10.0, 90.0]),
            (100.0, [10.0, 10.0], [110.0, 310.0], [30.0, 70.0]),
            (100.0, [150.0, 50.0], [150.0, 50.0], [75.0, 25.0]),
        ] {
            assert_eq!(share(room, &least, &wanted), expected);
        }
    }
}

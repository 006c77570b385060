//! From blocks to pages: how each kind of block is set. Measures in points, chosen on printed pages.

use hefu_rulebook::Language;

use crate::document::{
    Article, Block, Code, Document, Fingerprint, Heading, List, Marker, Note, Paragraph, Party, Signatures,
};
use crate::font::Role;
use crate::limit::MalformedDocument;
use crate::page::{
    BODY_WIDTH, INK, INK_SOFT, MARGIN, Mark, PAPER, Place, SEAL, Sheets, Side, points, together_at_start,
};
use crate::structure::{Element, Nature};
use crate::table;
use crate::text::{Passage, Style, Typesetter};
use crate::words;

const TITLE: Style = Style {
    role: Role::SerifBold,
    size: 20.0,
    leading: 30.0,
};
const SUBTITLE: Style = Style {
    role: Role::Serif,
    size: 12.0,
    leading: 20.0,
};
const SMALL: Style = Style {
    role: Role::Sans,
    size: 8.5,
    leading: 13.5,
};
const BODY: Style = Style {
    role: Role::Serif,
    size: 10.5,
    leading: 18.5,
};
const NAME: Style = Style {
    role: Role::SerifBold,
    size: 10.5,
    leading: 18.5,
};
const CHAPTER: Style = Style {
    role: Role::SerifBold,
    size: 14.0,
    leading: 22.0,
};
const SECTION: Style = Style {
    role: Role::SerifBold,
    size: 12.0,
    leading: 20.0,
};
/// The dot of lists: the serif's is too small to be seen.
const BULLET: Style = Style {
    role: Role::Sans,
    ..BODY
};
const MONO: Style = Style {
    role: Role::Mono,
    size: 9.5,
    leading: 16.0,
};

/// Space before headings of level 1, 2, 3.
const BEFORE_HEADING: [f32; 3] = [18.0, 14.0, 10.0];
const AFTER_HEADING: f32 = 3.0;
/// What must fit below a heading for it to stay on the page: two lines of the body.
const BELOW_HEADING: f32 = 2.0 * BODY.leading;
/// Between paragraphs: Chinese ones are told apart by their indent, English ones by the gap.
const BETWEEN_CHINESE: f32 = 2.0;
const BETWEEN_ENGLISH: f32 = 6.0;
const AROUND: f32 = 9.0;
/// Side of a QR code with its quiet zone: 28 mm, read by telephones from a hand's breadth.
const CODE_SIDE: f32 = 79.4;
/// White squares around a QR code (ISO/IEC 18004: four).
const QUIET: u16 = 4;
const FILL_LINE: f32 = 27.0;

/// Sets a document that was checked: its blocks on pages, in order.
///
/// # Errors
/// Only that it has too many pages.
pub(crate) fn set(document: &Document, typesetter: &mut Typesetter<'_>) -> Result<Sheets, MalformedDocument> {
    let mut desk = Desk {
        sheets: Sheets::new(),
        typesetter,
        language: document.language,
        articles: 0,
    };
    desk.opening(document)?;
    for block in &document.blocks {
        desk.block(block)?;
    }
    Ok(desk.sheets)
}

/// Where blocks are set one after the other.
pub(crate) struct Desk<'a, 'f> {
    pub(crate) sheets: Sheets,
    pub(crate) typesetter: &'a mut Typesetter<'f>,
    pub(crate) language: Language,
    articles: usize,
}

impl Desk<'_, '_> {
    fn opening(&mut self, document: &Document) -> Result<(), MalformedDocument> {
        let shown = self.typesetter.shown(&document.title);
        self.sheets.y += 14.0;
        self.sheets.bookmark(0, &shown);
        let middle = Place {
            side: Side::Middle,
            ..Place::FULL
        };
        let element = self.sheets.structure.add_heading(0, &shown);
        let title = self.typesetter.passage(TITLE, &document.title);
        self.sheets.flow(&title, middle, element)?;
        let soft = Place {
            colour: INK_SOFT,
            ..middle
        };
        if let Some(subtitle) = &document.subtitle {
            self.sheets.y += 2.0;
            self.paragraph_at(SUBTITLE, subtitle, soft)?;
        }
        if let Some(number) = &document.number {
            self.sheets.y += 4.0;
            self.paragraph_at(SMALL, &words::number(self.language, number), soft)?;
        }
        self.sheets.y += 14.0;
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), MalformedDocument> {
        match block {
            Block::Heading(heading) => self.heading(heading),
            Block::Paragraph(Paragraph { text }) => self.running(text),
            Block::Article(article) => self.article(article),
            Block::List(list) => self.list(list),
            Block::Facts(facts) => table::facts(self, facts),
            Block::Table(table) => table::table(self, table),
            Block::Fingerprint(fingerprint) => self.fingerprint(fingerprint),
            Block::Note(Note { text }) => {
                self.sheets.gap(AROUND / 2.0);
                self.paragraph_at(
                    SMALL,
                    text,
                    Place {
                        colour: INK_SOFT,
                        ..Place::FULL
                    },
                )
            }
            Block::Signatures(signatures) => self.signatures(signatures),
            Block::Code(code) => self.code(code),
            Block::PageBreak => self.sheets.turn_bare(),
        }
    }

    fn heading(&mut self, heading: &Heading) -> Result<(), MalformedDocument> {
        let style = match heading.level {
            1 => CHAPTER,
            2 => SECTION,
            _ => NAME,
        };
        let before = BEFORE_HEADING
            .get(usize::from(heading.level.saturating_sub(1)))
            .copied()
            .unwrap_or_default();
        self.head(&heading.text, style, before, heading.level)
    }

    /// A heading that keeps two lines of what follows with it.
    fn head(&mut self, text: &str, style: Style, before: f32, level: u8) -> Result<(), MalformedDocument> {
        let passage = self.typesetter.passage(style, text);
        let lines = passage.lines(BODY_WIDTH, 0.0).len();
        self.sheets.gap(before);
        self.sheets
            .need(style.leading * points(lines) + AFTER_HEADING + BELOW_HEADING)?;
        let spot = self.sheets.heading_spot();
        let shown = self.typesetter.shown(text);
        self.sheets.bookmark(level, &shown);
        let element = self.sheets.structure.add_heading(level, &shown);
        self.sheets.flow(&passage, Place::FULL, element)?;
        self.sheets.y += AFTER_HEADING;
        self.sheets.keep_since(spot);
        Ok(())
    }

    fn article(&mut self, article: &Article) -> Result<(), MalformedDocument> {
        self.articles += 1;
        let counted = || words::article(self.language, self.articles);
        let label = article.label.clone().unwrap_or_else(counted);
        let head = format!("{label}{}{}", words::after_article(self.language), article.title);
        self.head(&head, NAME, BEFORE_HEADING[2], 2)?;
        article.paragraphs.iter().try_for_each(|text| self.running(text))
    }

    /// A paragraph of the body; its own paragraphs at line feeds keep the indent of the first line only.
    fn running(&mut self, text: &str) -> Result<(), MalformedDocument> {
        let (between, indent) = match self.language {
            Language::Chinese => (BETWEEN_CHINESE, 2.0 * BODY.size),
            Language::English => (BETWEEN_ENGLISH, 0.0),
        };
        self.paragraph_at(BODY, text, Place { indent, ..Place::FULL })?;
        self.sheets.gap(between);
        Ok(())
    }

    fn paragraph_at(&mut self, style: Style, text: &str, place: Place) -> Result<(), MalformedDocument> {
        let passage = self.typesetter.passage(style, text);
        let element = self.sheets.structure.add(None, Nature::Paragraph);
        self.sheets.flow(&passage, place, element)
    }

    fn list(&mut self, list: &List) -> Result<(), MalformedDocument> {
        let parent = self.sheets.structure.add(None, Nature::List(list.marker));
        let labels: Vec<Passage> = (1..=list.items.len())
            .map(|number| match list.marker {
                Marker::Bullet => self.typesetter.passage(BULLET, "•"),
                Marker::Number => {
                    let label = words::item(self.language, number);
                    self.typesetter.passage(BODY, &label)
                }
            })
            .collect();
        let widest = labels.iter().map(Passage::width).fold(0.0, f32::max);
        let (indent, gap) = match (self.language, list.marker) {
            (Language::Chinese, Marker::Number) => (2.0 * BODY.size, 0.0),
            (Language::Chinese, Marker::Bullet) => (2.0 * BODY.size, 7.0),
            (Language::English, _) => (8.0, 7.0),
        };
        for (text, label) in list.items.iter().zip(labels) {
            self.item(text, &label, parent, (indent, widest + gap))?;
        }
        self.sheets.gap(BETWEEN_ENGLISH / 2.0);
        Ok(())
    }

    fn item(
        &mut self,
        text: &str,
        label: &Passage,
        list: Element,
        (indent, hanging): (f32, f32),
    ) -> Result<(), MalformedDocument> {
        let passage = self.typesetter.passage(BODY, text);
        let x = MARGIN + indent + hanging;
        let place = Place {
            x,
            width: MARGIN + BODY_WIDTH - x,
            ..Place::FULL
        };
        let together = together_at_start(passage.lines(place.width, 0.0).len());
        self.sheets.need(BODY.leading * points(together))?;
        let item = self.sheets.structure.add(Some(list), Nature::Item);
        let marked = self.sheets.structure.add(Some(item), Nature::Label);
        let body = self.sheets.structure.add(Some(item), Nature::ItemBody);
        let at = Place {
            x: MARGIN + indent,
            width: hanging,
            ..Place::FULL
        };
        for line in label.lines(f32::INFINITY, 0.0) {
            self.sheets.put_line(line, label, self.sheets.y, at, Some(marked));
        }
        self.sheets.flow(&passage, place, body)?;
        self.sheets.gap(1.5);
        Ok(())
    }

    fn fingerprint(&mut self, fingerprint: &Fingerprint) -> Result<(), MalformedDocument> {
        const INSET: f32 = 12.0;
        self.sheets.gap(AROUND / 2.0);
        if let Some(label) = &fingerprint.label {
            self.sheets.need(SMALL.leading + 2.0 * MONO.leading)?;
            self.paragraph_at(
                SMALL,
                label,
                Place {
                    colour: INK_SOFT,
                    ..Place::FULL
                },
            )?;
            self.sheets.y += 2.0;
        }
        let passage = self.typesetter.passage(MONO, &fingerprint.text);
        let paragraph = self.sheets.structure.add(None, Nature::Paragraph);
        let element = self.sheets.structure.add(Some(paragraph), Nature::Code);
        let place = Place {
            x: MARGIN + INSET,
            width: BODY_WIDTH - 2.0 * INSET,
            ..Place::FULL
        };
        let lines = passage.lines(place.width, 0.0);
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.into_iter().enumerate() {
            let above = if index == 0 { 4.0 } else { 0.0 };
            let below = if index == last { 4.0 } else { 0.0 };
            let height = above + MONO.leading + below;
            self.sheets.need(height)?;
            let y = self.sheets.y;
            self.sheets.rule(y, height, PAPER);
            self.sheets.put(Mark::Bar {
                x: MARGIN,
                y,
                width: 2.0,
                height,
                colour: SEAL,
            });
            self.sheets.put_line(line, &passage, y + above, place, Some(element));
            self.sheets.y += height;
        }
        self.sheets.gap(AROUND);
        Ok(())
    }

    fn signatures(&mut self, signatures: &Signatures) -> Result<(), MalformedDocument> {
        const GUTTER: f32 = 36.0;
        let width = (BODY_WIDTH - GUTTER) / 2.0;
        let mut rows = Vec::new();
        for pair in signatures.parties.chunks(2) {
            let grids: Vec<PartyLines> = pair.iter().map(|party| self.party(party, width)).collect();
            let head = grids.iter().map(PartyLines::head_height).fold(0.0, f32::max);
            let lines = grids.iter().map(|party| party.lines.len()).max().unwrap_or_default();
            rows.push((grids, head, head + FILL_LINE * points(lines)));
        }
        self.sheets.gap(2.0 * AROUND);
        let all: f32 = rows.iter().map(|(_, _, height)| height + 2.0 * AROUND).sum();
        self.sheets.need(all)?;
        for (grids, head, height) in rows {
            self.sheets.need(height)?;
            let top = self.sheets.y;
            for (index, party) in grids.into_iter().enumerate() {
                self.put_party(
                    &party,
                    (top, top + head),
                    MARGIN + points(index) * (width + GUTTER),
                    width,
                );
            }
            self.sheets.y = top + height;
            self.sheets.gap(2.0 * AROUND);
        }
        Ok(())
    }

    fn party(&mut self, party: &Party, width: f32) -> PartyLines {
        let role = self.typesetter.passage(SMALL, &words::role(self.language, &party.role));
        let name = self.typesetter.passage(NAME, &party.name);
        let lines = party.lines.iter().map(|line| {
            let label = words::role(self.language, line);
            self.typesetter.passage(SMALL, &label)
        });
        let lines = lines.collect();
        PartyLines {
            lines,
            head: [role, name].map(|passage| (passage.lines(width, 0.0).len(), passage)),
        }
    }

    /// Puts one who signs: role and name from `top`, the lines to fill in from `below`, level with those beside them.
    fn put_party(&mut self, party: &PartyLines, (top, below): (f32, f32), x: f32, width: f32) {
        let parent = self.sheets.structure.add(None, Nature::Division);
        let place = Place {
            x,
            width,
            ..Place::FULL
        };
        let soft = Place {
            colour: INK_SOFT,
            ..place
        };
        self.sheets.put(Mark::Bar {
            x,
            y: top,
            width,
            height: 1.0,
            colour: INK,
        });
        let mut y = top + 6.0;
        for ((_, passage), place) in party.head.iter().zip([soft, place]) {
            let element = self.sheets.structure.add(Some(parent), Nature::Paragraph);
            for line in passage.lines(width, 0.0) {
                self.sheets.put_line(line, passage, y, place, Some(element));
                y += passage.style.leading;
            }
        }
        let mut y = below;
        for passage in &party.lines {
            let element = self.sheets.structure.add(Some(parent), Nature::Paragraph);
            let from = x + (passage.width() + 6.0).min(width * 0.6);
            let line = passage.lines(f32::INFINITY, 0.0).into_iter().next().unwrap_or_default();
            self.sheets
                .put_line(line, passage, y + FILL_LINE - SMALL.leading, soft, Some(element));
            y += FILL_LINE;
            self.sheets.put(Mark::Bar {
                x: from,
                y,
                width: x + width - from,
                height: 0.6,
                colour: INK_SOFT,
            });
        }
    }

    fn code(&mut self, code: &Code) -> Result<(), MalformedDocument> {
        let place = "code.content".to_owned();
        let too_long = |_| MalformedDocument::TooLong {
            place,
            characters: code.content.len(),
            max: crate::limit::CODE_BYTES_MAX,
        };
        let matrix = qrcode::QrCode::new(code.content.as_bytes()).map_err(too_long)?;
        let side = u16::try_from(matrix.width()).unwrap_or(u16::MAX);
        let places = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
        let dots = places
            .zip(matrix.to_colors())
            .filter(|(_, colour)| *colour == qrcode::Color::Dark);
        let dots = dots.map(|((column, row), _)| (column + QUIET, row + QUIET)).collect();
        self.sheets.gap(AROUND);
        self.sheets.need(CODE_SIDE)?;
        let top = self.sheets.y;
        let shown = self.typesetter.shown(&code.caption);
        let element = self.sheets.structure.add(None, Nature::Figure(shown));
        let module = CODE_SIDE / f32::from(side + 2 * QUIET);
        let x = MARGIN - module * f32::from(QUIET);
        self.sheets.put(Mark::Dots {
            dots,
            x,
            y: top,
            module,
            element,
        });
        let caption = self.typesetter.passage(SMALL, &code.caption);
        let element = self.sheets.structure.add(None, Nature::Paragraph);
        let beside = MARGIN + CODE_SIDE + 6.0;
        let place = Place {
            x: beside,
            width: MARGIN + BODY_WIDTH - beside,
            colour: INK_SOFT,
            ..Place::FULL
        };
        let lines = caption.lines(place.width, 0.0);
        let free = (CODE_SIDE - SMALL.leading * points(lines.len())).max(0.0);
        self.sheets.y = top + free / 2.0;
        for line in lines {
            self.sheets
                .put_line(line, &caption, self.sheets.y, place, Some(element));
            self.sheets.y += SMALL.leading;
        }
        self.sheets.y = self.sheets.y.max(top + CODE_SIDE);
        self.sheets.gap(AROUND);
        Ok(())
    }
}

/// The lines of one who signs, before it is known where they stand.
struct PartyLines {
    /// Role and name, each with the number of its lines.
    head: [(usize, Passage); 2],
    /// Names of the lines to fill in.
    lines: Vec<Passage>,
}

impl PartyLines {
    /// The height of role and name, in points.
    fn head_height(&self) -> f32 {
        let lines = self.head.iter();
        6.0 + lines
            .map(|(lines, passage)| passage.style.leading * points(*lines))
            .sum::<f32>()
    }
}

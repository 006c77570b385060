//! From pages to a PDF: archival (PDF/A-2a, ISO 19005-2) and accessible (PDF/UA-1, ISO 14289-1), checked while it is written.
//!
//! The bytes depend on the pages, the description and the fonts alone: the identifiers of the file are digests, the times
//! are those of the description.

use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::{SerializeSettings, color::rgb};

use crate::RenderError;
use crate::document::Document;
use crate::font::{Fonts, Role};
use crate::page::{
    BODY_WIDTH, Bookmark, Colour, INK, INK_SOFT, MARGIN, Mark, PAGE_HEIGHT, PAGE_WIDTH, RULE, SEAL, Sheets,
};
use crate::structure::Structure;
use crate::text::{Line, Style, Typesetter};
use crate::words;

/// What heads and feet are set in.
const FURNITURE: Style = Style {
    role: Role::Sans,
    size: 8.0,
    leading: 12.0,
};
const ISSUER: Style = Style {
    role: Role::SerifBold,
    size: 9.5,
    leading: 14.0,
};
const SEAL_LINE: f32 = 3.0;
const HEAD_TOP: f32 = 42.0;
const HEAD_BASELINE: f32 = 62.0;
const HEAD_RULE: f32 = 70.0;
const FOOT_RULE: f32 = PAGE_HEIGHT - 58.0;
const FOOT_BASELINE: f32 = PAGE_HEIGHT - 44.0;

/// Paints the pages.
///
/// # Errors
/// What the writer of the PDF refuses; the check before should leave nothing to refuse.
pub(crate) fn paint(
    document: &Document,
    sheets: Sheets,
    fonts: &Fonts,
    typesetter: &mut Typesetter<'_>,
) -> Result<Vec<u8>, RenderError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| RenderError::Writer(format!("{error:?}")))?;
    let settings = SerializeSettings {
        configuration,
        enable_tagging: true,
        ..SerializeSettings::default()
    };
    let mut pdf = krilla::Document::new_with(settings);
    let furniture = Furniture::new(document, typesetter);
    let Sheets {
        pages,
        bookmarks,
        mut structure,
        ..
    } = sheets;
    let count = pages.len();
    for (index, marks) in pages.into_iter().enumerate() {
        let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT);
        let size = size.ok_or_else(|| RenderError::Writer("page size".to_owned()))?;
        let mut page = pdf.start_page_with(size);
        {
            // Dropping the surface finishes it.
            let mut brush = Brush {
                surface: page.surface(),
                fonts,
                structure: &mut structure,
            };
            furniture.put(&mut brush, typesetter, index + 1, count);
            for mark in marks {
                brush.put(mark);
            }
        }
        page.finish();
    }
    pdf.set_outline(outline(&bookmarks));
    pdf.set_tag_tree(structure.into_tree(document.language.tag()));
    pdf.set_metadata(metadata(document, typesetter));
    pdf.finish().map_err(|error| RenderError::Writer(format!("{error:?}")))
}

fn metadata(document: &Document, typesetter: &Typesetter<'_>) -> Metadata {
    let program = concat!("Hefu ", env!("CARGO_PKG_VERSION"));
    let mut metadata = Metadata::new()
        .title(typesetter.shown(&document.title).replace('\n', " "))
        .authors(vec![typesetter.shown(&document.issuer).replace('\n', " ")])
        .language(document.language.tag().to_owned())
        .creator(program.to_owned())
        .producer(program.to_owned())
        .creation_date(document.generated_at.to_pdf());
    if let Some(number) = &document.number {
        let number = typesetter.shown(number);
        metadata = metadata
            .description(words::number(document.language, &number))
            .document_id(number);
    }
    metadata
}

/// Bookmarks nested by level: each below the nearest one before it with a lower level.
fn outline(bookmarks: &[Bookmark]) -> Outline {
    let mut outline = Outline::new();
    let mut rest = bookmarks;
    while let Some((first, after)) = rest.split_first() {
        let (node, left) = outline_node(first, after);
        outline.push_child(node);
        rest = left;
    }
    outline
}

/// A bookmark with those below it, and those after. At most five levels deep, so the recursion is too.
fn outline_node<'a>(bookmark: &Bookmark, mut rest: &'a [Bookmark]) -> (OutlineNode, &'a [Bookmark]) {
    let to = XyzDestination::new(bookmark.page, Point::from_xy(MARGIN, (bookmark.y - 8.0).max(0.0)));
    let mut node = OutlineNode::new(bookmark.words.clone(), to).with_open(bookmark.level == 0);
    while let Some((first, after)) = rest.split_first().filter(|(first, _)| first.level > bookmark.level) {
        let (child, left) = outline_node(first, after);
        node.push_child(child);
        rest = left;
    }
    (node, rest)
}

/// Head and foot of every page.
struct Furniture {
    issuer: Line,
    number: Line,
    generated: Line,
    language: hefu_rulebook::Language,
}

impl Furniture {
    fn new(document: &Document, typesetter: &mut Typesetter<'_>) -> Self {
        let half = BODY_WIDTH * 0.6;
        let rest = BODY_WIDTH - half - 12.0;
        let mut first = |style: Style, text: &str, width: f32| one_line(typesetter, style, text, width);
        let moment = document.generated_at.words(document.language);
        Self {
            issuer: first(ISSUER, &document.issuer, half),
            number: first(FURNITURE, document.number.as_deref().unwrap_or_default(), rest),
            generated: first(FURNITURE, &words::generated(document.language, &moment), half),
            language: document.language,
        }
    }

    fn put(&self, brush: &mut Brush<'_, '_>, typesetter: &mut Typesetter<'_>, page: usize, pages: usize) {
        let right = MARGIN + BODY_WIDTH;
        brush.open(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Header)));
        brush.bar(MARGIN, HEAD_TOP, BODY_WIDTH, SEAL_LINE, SEAL);
        brush.line(&self.issuer, MARGIN, HEAD_BASELINE, ISSUER.size, INK);
        brush.line(
            &self.number,
            right - self.number.width,
            HEAD_BASELINE,
            FURNITURE.size,
            INK_SOFT,
        );
        brush.bar(MARGIN, HEAD_RULE, BODY_WIDTH, 0.5, RULE);
        brush.close();
        let words = words::page_of(self.language, page, pages);
        let lines = typesetter.passage(FURNITURE, &words).lines(BODY_WIDTH, 0.0);
        brush.open(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        brush.bar(MARGIN, FOOT_RULE, BODY_WIDTH, 0.5, RULE);
        brush.line(&self.generated, MARGIN, FOOT_BASELINE, FURNITURE.size, INK_SOFT);
        for line in lines {
            brush.line(&line, right - line.width, FOOT_BASELINE, FURNITURE.size, INK_SOFT);
        }
        brush.close();
    }
}

/// A text on one line; what does not fit is left out, and dots say so. The metadata has it whole.
fn one_line(typesetter: &mut Typesetter<'_>, style: Style, text: &str, width: f32) -> Line {
    let text = text.replace('\n', " ");
    let mut lines = typesetter
        .passage(style, &text)
        .lines(width - style.size, 0.0)
        .into_iter();
    let line = lines.next().unwrap_or_default();
    if lines.next().is_none() {
        return line;
    }
    let mut cut: String = line.runs.iter().map(|run| run.text.as_str()).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    let mut lines = typesetter.passage(style, &cut).lines(f32::INFINITY, 0.0).into_iter();
    lines.next().unwrap_or_default()
}

/// A page under the brush.
struct Brush<'p, 's> {
    surface: Surface<'p>,
    fonts: &'s Fonts,
    structure: &'s mut Structure,
}

impl Brush<'_, '_> {
    fn put(&mut self, mark: Mark) {
        match mark {
            Mark::Text {
                line,
                x,
                baseline,
                size,
                colour,
                element,
            } => {
                if line.runs.is_empty() {
                    return;
                }
                let Some(element) = element else {
                    self.open(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)));
                    self.line(&line, x, baseline, size, colour);
                    return self.close();
                };
                let identifier = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.line(&line, x, baseline, size, colour);
                self.surface.end_tagged();
                self.structure.mark(element, identifier);
            }
            Mark::Bar {
                x,
                y,
                width,
                height,
                colour,
            } => {
                self.open(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                self.bar(x, y, width, height, colour);
                self.close();
            }
            Mark::Dots {
                dots,
                x,
                y,
                module,
                element,
            } => {
                let identifier = self.surface.start_tagged(ContentTag::Other);
                self.dots(&dots, x, y, module);
                self.surface.end_tagged();
                self.structure.mark(element, identifier);
            }
        }
    }

    fn open(&mut self, artifact: ContentTag<'_>) {
        self.surface.start_tagged(artifact);
    }

    fn close(&mut self) {
        self.surface.end_tagged();
    }

    fn colour(&mut self, Colour(red, green, blue): Colour) {
        let fill = Fill {
            paint: rgb::Color::new(red, green, blue).into(),
            ..Fill::default()
        };
        self.surface.set_fill(Some(fill));
    }

    fn line(&mut self, line: &Line, mut x: f32, baseline: f32, size: f32, colour: Colour) {
        self.colour(colour);
        for run in &line.runs {
            if let Some(font) = self.fonts.painter(run.face) {
                self.surface
                    .draw_glyphs(Point::from_xy(x, baseline), &run.glyphs, font, &run.text, size, false);
            }
            x += run.width;
        }
    }

    fn bar(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rect);
        }
        self.fill(path, colour);
    }

    fn dots(&mut self, dots: &[(u16, u16)], x: f32, y: f32, module: f32) {
        let mut path = PathBuilder::new();
        for (column, row) in dots {
            let (left, top) = (x + f32::from(*column) * module, y + f32::from(*row) * module);
            if let Some(rect) = Rect::from_xywh(left, top, module, module) {
                path.push_rect(rect);
            }
        }
        self.fill(path, INK);
    }

    fn fill(&mut self, path: PathBuilder, colour: Colour) {
        if let Some(path) = path.finish() {
            self.colour(colour);
            self.surface.draw_path(&path);
        }
    }
}

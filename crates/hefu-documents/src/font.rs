//! The fonts: read when a document is set, never part of the program. Debian's `fonts-noto-cjk` unless told otherwise.
//!
//! A collection (`.ttc`) holds a face for each region; Chinese law is printed with the forms of the mainland, so the face is
//! picked by its family name ("… SC"). Only the glyphs used go into a PDF.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use hefu_rulebook::{Blame, Citation, Explain, Kind, Language};
use rustybuzz::ttf_parser;

/// The Debian package that has the fonts of [`FontFiles::debian`].
pub const PACKAGE: &str = "fonts-noto-cjk";

/// Bytes of a font file: the largest of Noto CJK has 27 million.
const FONT_BYTES_MAX: u64 = 128 << 20;
/// Faces looked at in a collection: Noto CJK has at most ten.
const FACES_MAX: u32 = 64;
/// Fonts for rare characters beside the four.
pub const FALLBACKS_MAX: usize = 16;
/// The name table's entries for a family (OpenType `name`: 1 family, 16 typographic family).
const FAMILY_NAMES: [u16; 2] = [1, 16];

/// A face in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FontFile {
    /// Where the file is.
    pub path: PathBuf,
    /// The family name of the face, for a collection; the first face where absent.
    pub family: Option<String>,
}

/// Which files to take the faces from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FontFiles {
    /// Running text.
    pub serif: FontFile,
    /// Titles and headings.
    pub serif_bold: FontFile,
    /// Tables, facts, heads and feet of pages.
    pub sans: FontFile,
    /// Fingerprints.
    pub mono: FontFile,
    /// Fonts for characters that the others lack, in the order in which they are asked; at most [`FALLBACKS_MAX`].
    pub fallbacks: Vec<FontFile>,
}

/// For what a face is used; also its place in [`Fonts`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Role {
    Serif = 0,
    SerifBold = 1,
    Sans = 2,
    Mono = 3,
}

/// A font that cannot be used: ours to put right.
#[derive(Debug, thiserror::Error)]
pub enum FontFault {
    /// There is no such file.
    #[error("the font file {} is missing; install the Debian package {PACKAGE} or name other fonts", path.display())]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("the font file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than any font.
    #[error("the font file {} has more than {FONT_BYTES_MAX} bytes", path.display())]
    TooLarge {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file is not a font.
    #[error("the file {} is not an OpenType font", path.display())]
    NotAFont {
        /// The file asked for.
        path: PathBuf,
    },
    /// The collection has no such face.
    #[error("the font file {} has no face of the family {family}", path.display())]
    NoFace {
        /// The file asked for.
        path: PathBuf,
        /// The family asked for.
        family: String,
    },
    /// More fallbacks than [`FALLBACKS_MAX`].
    #[error("{given} fallback fonts were given, more than {FALLBACKS_MAX}")]
    TooManyFallbacks {
        /// How many.
        given: usize,
    },
}

impl Explain for FontFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "font-missing",
            Self::Unreadable { .. } => "font-unreadable",
            Self::TooLarge { .. } => "font-too-large",
            Self::NotAFont { .. } => "font-not-a-font",
            Self::NoFace { .. } => "font-no-face",
            Self::TooManyFallbacks { .. } => "font-too-many-fallbacks",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Fault
    }

    fn blame(&self) -> Blame {
        Blame::Operator
    }

    fn citation(&self) -> Option<Citation> {
        None
    }

    fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::Missing { path } => {
                format!(
                    "缺少字体文件{}；请安装Debian软件包{PACKAGE}，或另行指定字体",
                    path.display()
                )
            }
            Self::Unreadable { path, source } => format!("字体文件{}无法读取：{source}", path.display()),
            Self::TooLarge { path } => format!("字体文件{}超过{FONT_BYTES_MAX}字节", path.display()),
            Self::NotAFont { path } => format!("文件{}不是OpenType字体", path.display()),
            Self::NoFace { path, family } => format!("字体文件{}中没有名为{family}的字体", path.display()),
            Self::TooManyFallbacks { given } => format!("指定了{given}个后备字体，超过上限{FALLBACKS_MAX}个"),
        }
    }
}

impl FontFile {
    /// A face by its file and, for a collection, its family name.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, family: Option<&str>) -> Self {
        Self {
            path: path.into(),
            family: family.map(str::to_owned),
        }
    }
}

impl FontFiles {
    /// The files of Debian's package [`PACKAGE`], with the simplified Chinese faces.
    #[must_use]
    pub fn debian() -> Self {
        Self::noto(Path::new("/usr/share/fonts/opentype/noto"))
    }

    /// The same files in another folder.
    #[must_use]
    pub fn noto(folder: &Path) -> Self {
        let face = |file: &str, family: &str| FontFile::new(folder.join(file), Some(family));
        Self {
            serif: face("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
            serif_bold: face("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
            sans: face("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
            mono: face("NotoSansCJK-Regular.ttc", "Noto Sans Mono CJK SC"),
            fallbacks: Vec::new(),
        }
    }
}

/// The faces, loaded. Load once and set many documents with them.
pub struct Fonts {
    faces: Vec<Loaded>,
}

struct Loaded {
    data: Arc<Vec<u8>>,
    index: u32,
    font: krilla::text::Font,
}

impl Fonts {
    /// Reads the files; one named twice is read once.
    ///
    /// # Errors
    /// A file is missing (the message names the package to install), unreadable, too large or not a font, or lacks the face.
    pub fn load(files: &FontFiles) -> Result<Self, FontFault> {
        if files.fallbacks.len() > FALLBACKS_MAX {
            return Err(FontFault::TooManyFallbacks {
                given: files.fallbacks.len(),
            });
        }
        let wanted = [&files.serif, &files.serif_bold, &files.sans, &files.mono];
        let mut read: Vec<(&Path, Arc<Vec<u8>>)> = Vec::new();
        let mut faces = Vec::new();
        for file in wanted.into_iter().chain(&files.fallbacks) {
            let known = read
                .iter()
                .find(|(path, _)| *path == file.path)
                .map(|(_, data)| Arc::clone(data));
            let data = match known {
                Some(data) => data,
                None => Arc::new(read_file(&file.path)?),
            };
            read.push((&file.path, Arc::clone(&data)));
            faces.push(Loaded::new(file, data)?);
        }
        Ok(Self { faces })
    }

    /// The faces for shaping, in the order of [`Role`], then the fallbacks.
    pub(crate) fn shapers(&self) -> Vec<rustybuzz::Face<'_>> {
        self.faces
            .iter()
            .filter_map(|face| rustybuzz::Face::from_slice(&face.data, face.index))
            .collect()
    }

    /// The face at `index`, for painting.
    pub(crate) fn painter(&self, index: usize) -> Option<krilla::text::Font> {
        self.faces.get(index).map(|face| face.font.clone())
    }
}

impl Loaded {
    fn new(file: &FontFile, data: Arc<Vec<u8>>) -> Result<Self, FontFault> {
        let not_a_font = || FontFault::NotAFont {
            path: file.path.clone(),
        };
        let index = match &file.family {
            None => 0,
            Some(family) => face_of(&data, family).ok_or_else(|| {
                if ttf_parser::Face::parse(&data, 0).is_err() {
                    return not_a_font();
                }
                FontFault::NoFace {
                    path: file.path.clone(),
                    family: family.clone(),
                }
            })?,
        };
        rustybuzz::Face::from_slice(&data, index).ok_or_else(not_a_font)?;
        let font = krilla::text::Font::new(Arc::clone(&data).into(), index).ok_or_else(not_a_font)?;
        Ok(Self { data, index, font })
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, FontFault> {
    let fault = |source: io::Error| {
        if source.kind() == io::ErrorKind::NotFound {
            return FontFault::Missing { path: path.to_owned() };
        }
        FontFault::Unreadable {
            path: path.to_owned(),
            source,
        }
    };
    if fs::metadata(path).map_err(fault)?.len() > FONT_BYTES_MAX {
        return Err(FontFault::TooLarge { path: path.to_owned() });
    }
    fs::read(path).map_err(fault)
}

/// The index of the face whose family is `family`.
fn face_of(data: &[u8], family: &str) -> Option<u32> {
    let faces = ttf_parser::fonts_in_collection(data).unwrap_or(1).min(FACES_MAX);
    (0..faces).find(|index| {
        ttf_parser::Face::parse(data, *index).is_ok_and(|face| {
            face.names()
                .into_iter()
                .any(|name| FAMILY_NAMES.contains(&name.name_id) && name.to_string().as_deref() == Some(family))
        })
    })
}

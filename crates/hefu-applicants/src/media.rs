//! What evidence is made of: the type told by the content, never by what somebody says it is.
//!
//! A file is looked at as far as its frame goes (chunks, segments, boxes, tags), so that a torn file, a file with another
//! one behind it and a file under a false name are found. Pictures are not decoded and documents are not rendered: that
//! a picture shows something is for the officer to see.

use hefu_rulebook::{Blame, Told, explain_by_telling, named};

mod frames;
mod xml;

/// Octets in a mebibyte.
const MIB: usize = 1024 * 1024;
/// The most octets of any piece of evidence; a piece is held in memory whole, twice while it is sealed.
pub const EVIDENCE_OCTETS_MAX: usize = 64 * MIB;

named! {
    /// The types that evidence may have.
    pub enum Media {
        /// A PNG picture.
        Png = "image/png",
        /// A JPEG picture.
        Jpeg = "image/jpeg",
        /// A PDF document.
        Pdf = "application/pdf",
        /// An MP4 film.
        Mp4 = "video/mp4",
        /// JSON.
        Json = "application/json",
        /// XML.
        Xml = "application/xml",
    }
}

impl Media {
    /// The most octets of this type: a scan at 600 dpi, a file of a company's papers, two minutes of a telephone's film, a
    /// service's answer.
    #[must_use]
    pub const fn octets_max(self) -> usize {
        match self {
            Self::Png | Self::Jpeg => 16 * MIB,
            Self::Pdf => 32 * MIB,
            Self::Mp4 => EVIDENCE_OCTETS_MAX,
            Self::Json | Self::Xml => MIB,
        }
    }

    /// The type that the first octets tell; `None` when it is none of ours.
    #[must_use]
    pub fn told_by(content: &[u8]) -> Option<Self> {
        let text = content
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(content)
            .trim_ascii_start();
        match content {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Self::Mp4),
            _ => match text {
                [b'{' | b'[', ..] => Some(Self::Json),
                [b'<', ..] => Some(Self::Xml),
                _ => None,
            },
        }
    }

    /// Checks that `content` is what it is claimed to be, whole, and not too large.
    ///
    /// # Errors
    /// [`MediaError`].
    pub fn check(self, content: &[u8]) -> Result<(), MediaError> {
        if content.is_empty() {
            return Err(MediaError::Empty);
        }
        if content.len() > self.octets_max() {
            return Err(MediaError::TooLarge {
                octets: content.len(),
                claimed: self,
            });
        }
        let told = Self::told_by(content);
        if told != Some(self) {
            return Err(MediaError::Other { claimed: self, told });
        }
        let frame = match self {
            Self::Png => frames::png(content),
            Self::Jpeg => frames::jpeg(content),
            Self::Pdf => frames::pdf(content),
            Self::Mp4 => frames::mp4(content),
            Self::Json => frames::json(content),
            Self::Xml => xml::well_formed(content),
        };
        frame.map_err(|why| MediaError::Torn { claimed: self, why })
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MediaError {
    /// Nothing.
    #[error("the file is empty")]
    Empty,
    /// More than the type may have.
    #[error("the file has {octets} octets, more than the {} that {} may have", claimed.octets_max(), claimed.as_str())]
    TooLarge {
        /// How many.
        octets: usize,
        /// As what it was handed in.
        claimed: Media,
    },
    /// It is something else.
    #[error("the file was handed in as {}, but its content is {}", claimed.as_str(), told.map_or("none of the types taken", Media::as_str))]
    Other {
        /// As what it was handed in.
        claimed: Media,
        /// What it is.
        told: Option<Media>,
    },
    /// It begins right, but its frame does not hold.
    #[error("the {} file is torn or malformed: {why}", claimed.as_str())]
    Torn {
        /// As what it was handed in.
        claimed: Media,
        /// What does not hold.
        why: &'static str,
    },
}

impl MediaError {
    pub(crate) fn tell(&self) -> Told {
        let malformed = |code, zh: String| Told::malformed(code, Blame::Applicant, zh);
        match self {
            Self::Empty => malformed("evidence-empty", "文件为空".to_owned()),
            Self::TooLarge { octets, claimed } => malformed(
                "evidence-too-large",
                format!(
                    "文件有{octets}字节，超过{}类型的上限{}字节",
                    claimed.as_str(),
                    claimed.octets_max()
                ),
            ),
            Self::Other { claimed, told } => malformed(
                "evidence-of-another-type",
                format!(
                    "文件声明为{}，内容却是{}",
                    claimed.as_str(),
                    told.map_or("不受理的类型", Media::as_str)
                ),
            ),
            Self::Torn { claimed, why } => malformed(
                "evidence-torn",
                format!("{}文件不完整或结构有误（{why}）", claimed.as_str()),
            ),
        }
    }
}

explain_by_telling!(MediaError);

#[cfg(test)]
pub(crate) mod tests;

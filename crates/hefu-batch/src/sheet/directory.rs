//! What a workbook's zip directory says, and whether its parts are what it says, before anything parses them.
//!
//! A part is unpacked here once only to be counted, because a directory can lie. XML is walked for its depth: its readers
//! do not recurse, but nothing that a spreadsheet writes is nested deeply, so what is was not written by one.

use std::io::{self, Cursor, Read};

use quick_xml::events::Event;
use zip::{CompressionMethod, ZipArchive};

use super::{Danger, SheetError, WORKBOOK_OCTETS_MAX};

/// Parts of a workbook: sheets, styles, pictures; ordinary ones have about fifteen.
const PARTS_MAX: usize = 512;
/// Levels of XML: a worksheet's cells lie five deep, drawings about fifteen.
const XML_DEPTH_MAX: usize = 64;

pub(super) fn check(octets: &[u8]) -> Result<(), SheetError> {
    let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|error| SheetError::Workbook(error.to_string()))?;
    if archive.len() > PARTS_MAX {
        return Err(SheetError::Unsafe(Danger::Parts));
    }
    let mut total = 0_u64;
    for place in 0..archive.len() {
        let part = archive
            .by_index_raw(place)
            .map_err(|error| SheetError::Workbook(error.to_string()))?;
        let unusual = !matches!(
            part.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        );
        if unusual || part.encrypted() {
            return Err(SheetError::Unsafe(Danger::Packing));
        }
        total = total.saturating_add(part.size());
    }
    if total > WORKBOOK_OCTETS_MAX {
        return Err(SheetError::Unsafe(Danger::Bomb));
    }
    for place in 0..archive.len() {
        check_part(&mut archive, place)?;
    }
    Ok(())
}

fn check_part(archive: &mut ZipArchive<Cursor<&[u8]>>, place: usize) -> Result<(), SheetError> {
    let part = archive
        .by_index(place)
        .map_err(|error| SheetError::Workbook(error.to_string()))?;
    let name = part.name().map_err(|error| SheetError::Workbook(error.to_string()))?;
    let (said, name) = (part.size(), name.to_ascii_lowercase());
    let mut counted = Counted {
        part: part.take(said.saturating_add(1)),
        octets: 0,
    };
    let is_xml = [".xml", ".rels", ".vml"].iter().any(|ending| name.ends_with(ending));
    if is_xml {
        check_depth(&mut counted)?;
    }
    // The rest, or all of what is no XML.
    io::copy(&mut counted, &mut io::sink()).map_err(|error| SheetError::Workbook(error.to_string()))?;
    if counted.octets > said {
        return Err(SheetError::Unsafe(Danger::Bomb));
    }
    Ok(())
}

/// Counts what comes out of a part.
struct Counted<R> {
    part: R,
    octets: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.part.read(buffer)?;
        self.octets = self.octets.saturating_add(count as u64);
        Ok(count)
    }
}

fn check_depth(part: &mut impl Read) -> Result<(), SheetError> {
    let mut reader = quick_xml::Reader::from_reader(io::BufReader::new(part));
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        match event.map_err(|error| SheetError::Workbook(error.to_string()))? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => return Err(SheetError::Unsafe(Danger::Xml)),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if depth > XML_DEPTH_MAX {
            return Err(SheetError::Unsafe(Danger::Xml));
        }
    }
}

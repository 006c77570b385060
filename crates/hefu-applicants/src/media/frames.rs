//! The frames of the binary types and of JSON: enough to know that a file is whole and is one file.

/// Pixels on one side: a scan of A3 at 1200 dpi stays below 20 000.
const SIDE_PIXELS_MAX: u32 = 20_000;
/// Boxes on the top level of a film; fragmented ones have two for each second or so.
const BOXES_MAX: usize = 4096;
/// How far from its end a PDF may have its last marks (ISO 32000 readers look at the last 1024 octets).
const PDF_TAIL: usize = 1024;

type Frame = Result<(), &'static str>;

/// PNG: signature, chunks with their CRC from IHDR to IEND, nothing behind (ISO/IEC 15948).
pub(super) fn png(content: &[u8]) -> Frame {
    let mut rest = content.get(8..).ok_or("it ends in its signature")?;
    let (mut first, mut data) = (true, false);
    loop {
        let (head, after) = rest.split_first_chunk::<8>().ok_or("it ends before IEND")?;
        let [l0, l1, l2, l3, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).map_err(|_| "a chunk is too long")?;
        let (body, after) = after.split_at_checked(length).ok_or("it ends inside a chunk")?;
        let (check, after) = after.split_first_chunk::<4>().ok_or("it ends inside a chunk")?;
        if crc32(&[&kind, body]) != u32::from_be_bytes(*check) {
            return Err("the check sum of a chunk does not fit");
        }
        if first != (&kind == b"IHDR") {
            return Err("IHDR is not its first chunk and only there");
        }
        match &kind {
            b"IHDR" => {
                let [w0, w1, w2, w3, h0, h1, h2, h3, ..] = *body else {
                    return Err("IHDR is too short");
                };
                sides(
                    u32::from_be_bytes([w0, w1, w2, w3]),
                    u32::from_be_bytes([h0, h1, h2, h3]),
                )?;
            }
            b"IDAT" => data = true,
            b"IEND" if !data => return Err("it has no picture data"),
            b"IEND" if !after.is_empty() => return Err("something follows its end"),
            b"IEND" => return Ok(()),
            _ => {}
        }
        first = false;
        rest = after;
    }
}

/// JPEG: segments with their lengths, a frame header with both sides, a scan, EOI at the end (ITU-T T.81).
pub(super) fn jpeg(content: &[u8]) -> Frame {
    let mut rest = content.get(2..).ok_or("it ends after its first marker")?;
    let mut framed = false;
    loop {
        let [0xff, marker, after @ ..] = rest else {
            return Err("a marker is missing");
        };
        match marker {
            0xff => {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            0x00 | 0x01 | 0xd0..=0xd9 => return Err("a marker stands where none may"),
            _ => {}
        }
        let [l0, l1, ..] = *after else {
            return Err("it ends inside a segment");
        };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        if length < 2 {
            return Err("a segment is shorter than its length");
        }
        let (segment, after) = after.split_at_checked(length).ok_or("it ends inside a segment")?;
        let frame_header = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if frame_header {
            let [_, _, _, h0, h1, w0, w1, ..] = *segment else {
                return Err("the frame header is too short");
            };
            sides(u16::from_be_bytes([w0, w1]).into(), u16::from_be_bytes([h0, h1]).into())?;
            framed = true;
        }
        if *marker == 0xda {
            return match after {
                _ if !framed => Err("it has no frame header"),
                [_, .., 0xff, 0xd9] => Ok(()),
                _ => Err("it does not end with its end marker"),
            };
        }
        rest = after;
    }
}

fn sides(width: u32, height: u32) -> Frame {
    let fits = |side| (1..=SIDE_PIXELS_MAX).contains(&side);
    if fits(width) && fits(height) {
        Ok(())
    } else {
        Err("its width or height is none that a scan has")
    }
}

/// PDF: a version in its head, a cross reference and an end mark in its tail (ISO 32000-1 §7.5); no passwords, no programs.
pub(super) fn pdf(content: &[u8]) -> Frame {
    let [_, _, _, _, _, b'1' | b'2', b'.', b'0'..=b'9', ..] = content else {
        return Err("its head names no version");
    };
    let tail = content.get(content.len().saturating_sub(PDF_TAIL)..).unwrap_or(content);
    let mark = last(tail, b"%%EOF").ok_or("it has no end mark")?;
    let behind = tail.get(mark + 5..).unwrap_or_default();
    if !behind.iter().all(u8::is_ascii_whitespace) {
        return Err("something follows its end mark");
    }
    let start = last(tail.get(..mark).unwrap_or_default(), b"startxref").ok_or("it names no cross reference")?;
    let number = tail.get(start + 9..mark).unwrap_or_default().trim_ascii();
    let place = std::str::from_utf8(number)
        .ok()
        .and_then(|number| number.parse::<usize>().ok());
    if place.is_none_or(|place| place >= content.len()) {
        return Err("its cross reference points outside of it");
    }
    for (name, why) in [
        (&b"/Encrypt"[..], "it is encrypted"),
        (b"/JavaScript", "it holds a program"),
        (b"/Launch", "it starts other programs"),
    ] {
        if last(content, name).is_some() {
            return Err(why);
        }
    }
    Ok(())
}

fn last(content: &[u8], what: &[u8]) -> Option<usize> {
    content.windows(what.len()).rposition(|window| window == what)
}

/// MP4: boxes whose sizes end exactly at the end, `ftyp` first, `moov` and `mdat` among them (ISO/IEC 14496-12 §4.2).
pub(super) fn mp4(content: &[u8]) -> Frame {
    let (mut rest, mut count) = (content, 0);
    let (mut index, mut data) = (false, false);
    while !rest.is_empty() {
        count += 1;
        if count > BOXES_MAX {
            return Err("it has too many boxes");
        }
        let (head, after) = rest.split_first_chunk::<8>().ok_or("it ends inside a box")?;
        let [s0, s1, s2, s3, kind @ ..] = *head;
        let size = match u32::from_be_bytes([s0, s1, s2, s3]) {
            0 => rest.len(),
            1 => {
                let large = after.first_chunk::<8>().ok_or("it ends inside a box")?;
                usize::try_from(u64::from_be_bytes(*large)).map_err(|_| "a box is too large")?
            }
            size => usize::try_from(size).map_err(|_| "a box is too large")?,
        };
        if size < 8 {
            return Err("a box is smaller than its head");
        }
        if (count == 1) != (&kind == b"ftyp") {
            return Err("ftyp is not its first box and only there");
        }
        index |= &kind == b"moov";
        data |= &kind == b"mdat";
        rest = rest.get(size..).ok_or("it ends inside a box")?;
    }
    if index && data {
        Ok(())
    } else {
        Err("it has no index or no data")
    }
}

/// JSON in UTF-8, as deep as the reader goes (128).
pub(super) fn json(content: &[u8]) -> Frame {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    serde_json::from_slice::<serde::de::IgnoredAny>(content)
        .map(drop)
        .map_err(|_| "it cannot be read")
}

/// The check sum of PNG (ISO/IEC 15948, annex D; the polynomial of ISO 3309).
fn crc32(parts: &[&[u8]]) -> u32 {
    #[expect(clippy::indexing_slicing, reason = "at compile time, where a panic is an error")]
    const fn table() -> [u32; 256] {
        let mut table = [0; 256];
        let mut octet = 0_u32;
        while octet < 256 {
            let (mut value, mut bit) = (octet, 0);
            while bit < 8 {
                value = if value & 1 == 1 {
                    0xedb8_8320 ^ (value >> 1)
                } else {
                    value >> 1
                };
                bit += 1;
            }
            table[octet as usize] = value;
            octet += 1;
        }
        table
    }
    const TABLE: [u32; 256] = table();
    let octets = parts.iter().flat_map(|part| part.iter());
    !octets.fold(u32::MAX, |sum, octet| {
        let place = (sum ^ u32::from(*octet)) & 0xff;
        TABLE.get(place as usize).copied().unwrap_or_default() ^ (sum >> 8)
    })
}

#[cfg(test)]
pub(super) mod tests {
    pub(crate) fn crc(parts: &[&[u8]]) -> u32 {
        super::crc32(parts)
    }

    #[test]
    fn the_check_sum_is_the_well_known_one() {
        assert_eq!(crc(&[b"1234", b"56789"]), 0xcbf4_3926);
        assert_eq!(crc(&[b"IEND"]), 0xae42_6082);
    }
}

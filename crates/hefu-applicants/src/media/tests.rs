#![expect(clippy::unwrap_used, reason = "tests")]

use hefu_rulebook::Explain as _;
use proptest::prelude::*;

use super::*;

/// A white picture of one pixel.
pub(crate) fn png() -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let data = [0x78, 0x01, 0x63, 0xf8, 0xff, 0xff, 0x3f, 0x00, 0x05, 0xfe, 0x02, 0xfe];
    for (kind, body) in [
        (b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0][..]),
        (b"IDAT", &data[..]),
        (b"IEND", &[]),
    ] {
        file.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        file.extend(kind);
        file.extend(body);
        file.extend(frames::tests::crc(&[kind, body]).to_be_bytes());
    }
    file
}

pub(crate) fn jpeg() -> Vec<u8> {
    let mut file = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, b'J', b'F'];
    file.extend([0xff, 0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0]);
    file.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x2a, 0xff, 0x00, 0x2a, 0xff, 0xd9]);
    file
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer <<>>\nstartxref\n9\n%%EOF\n".to_vec()
}

pub(crate) fn mp4() -> Vec<u8> {
    let mut file = Vec::new();
    for (kind, body) in [
        (b"ftyp", &b"isom\0\0\0\0isom"[..]),
        (b"moov", &[0; 8]),
        (b"mdat", &[1; 20]),
    ] {
        file.extend(u32::try_from(body.len() + 8).unwrap().to_be_bytes());
        file.extend(kind);
        file.extend(body);
    }
    file
}

fn whole() -> [(Media, Vec<u8>); 6] {
    [
        (Media::Png, png()),
        (Media::Jpeg, jpeg()),
        (Media::Pdf, pdf()),
        (Media::Mp4, mp4()),
        (Media::Json, br#"{"verdict":"match"}"#.to_vec()),
        (
            Media::Xml,
            "<?xml version=\"1.0\"?><!-- c --><a b=\"<1>\"><c/><d>文</d><![CDATA[<]]></a>\n"
                .as_bytes()
                .to_vec(),
        ),
    ]
}

fn check(claimed: Media, content: &[u8]) -> &'static str {
    claimed.check(content).err().map_or("taken", |error| error.code())
}

#[test]
fn a_whole_file_is_taken_as_what_it_is_and_as_nothing_else() {
    for (media, content) in whole() {
        for claimed in Media::ALL {
            let expected = if *claimed == media {
                "taken"
            } else {
                "evidence-of-another-type"
            };
            assert_eq!(check(*claimed, &content), expected, "{media:?} as {claimed:?}");
        }
        assert_eq!(Media::named(media.as_str()), Some(media));
    }
    assert_eq!(check(Media::Png, b""), "evidence-empty");
    assert_eq!(check(Media::Pdf, b"MZ\x90\0"), "evidence-of-another-type");
}

#[test]
fn a_torn_file_is_named_wherever_it_was_torn() {
    for (media, content) in whole() {
        for length in 1..content.trim_ascii_end().len() {
            // Behind its last segment a JPEG is entropy-coded data, which any octets may be; the end marker must follow.
            let torn = check(media, content.get(..length).unwrap());
            assert!(torn.starts_with("evidence-"), "{media:?} cut at {length} is {torn}");
        }
    }
}

#[test]
fn a_file_with_another_behind_it_is_not_taken() {
    for (media, mut content) in whole() {
        content.extend(b"PK\x03\x04 and a program");
        assert_eq!(check(media, &content), "evidence-torn", "{media:?}");
    }
}

#[test]
fn a_changed_picture_a_program_and_a_bomb_are_named() {
    let mut changed = png();
    *changed.get_mut(41).unwrap() ^= 1;
    assert_eq!(
        Media::Png.check(&changed).unwrap_err().to_string(),
        "the image/png file is torn or malformed: the check sum of a chunk does not fit"
    );
    let program = String::from_utf8(pdf())
        .unwrap()
        .replace("<<>>\nendobj", "<</S/JavaScript>>\nendobj");
    assert_eq!(check(Media::Pdf, program.as_bytes()), "evidence-torn");
    let bomb = b"<!DOCTYPE a [<!ENTITY b \"b\">]><a>&b;</a>";
    assert_eq!(check(Media::Xml, bomb), "evidence-torn");
    let deep = "<a>".repeat(200) + &"</a>".repeat(200);
    assert_eq!(check(Media::Xml, deep.as_bytes()), "evidence-torn");
    assert_eq!(check(Media::Json, &[b'['; 500]), "evidence-torn");
    for wrong in ["<a></b>", "<a/><b/>", "<a>", "x<a/>", "<a/>x", "< a/>", "<a b='>"] {
        assert_ne!(check(Media::Xml, wrong.as_bytes()), "taken", "{wrong}");
    }
}

#[test]
fn more_than_a_type_may_have_is_refused_before_it_is_read() {
    let large = vec![b'['; Media::Json.octets_max() + 1];
    assert_eq!(check(Media::Json, &large), "evidence-too-large");
}

proptest! {
    #[test]
    fn no_octets_make_a_check_panic(media in 0_usize..6, cut in 0_usize..200, noise in prop::collection::vec(any::<u8>(), 0..200)) {
        for (own, content) in whole() {
            let mut mixed: Vec<u8> = content.get(..cut.min(content.len())).unwrap().to_vec();
            mixed.extend(&noise);
            let _ = own.check(&mixed);
            let _ = Media::ALL.get(media).unwrap().check(&noise);
        }
    }
}

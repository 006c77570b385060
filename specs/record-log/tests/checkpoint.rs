//! Checkpoints as text: known notes, round trips, and every way in which one must not be believed.
#![expect(clippy::unwrap_used, reason = "tests")]

use gm_suite::{KeyAlgorithm, PrivateKey, PublicKey};
use proptest::prelude::*;
use record_log::{Checkpoint, CheckpointError, Hash, SignedCheckpoint, leaf_hash};

const ORIGIN: &str = "ca.example.org/records";

fn checkpoint() -> Checkpoint {
    Checkpoint::new(ORIGIN, 20_852_163, leaf_hash(b"root")).unwrap()
}

fn key(octet: u8) -> PrivateKey {
    PrivateKey::from_sm2_scalar(&[octet; 32]).unwrap()
}

fn signed() -> SignedCheckpoint {
    SignedCheckpoint::sign(checkpoint(), &key(7)).unwrap()
}

#[test]
fn a_checkpoint_signed_with_any_algorithm_is_read_back_and_believed() {
    for algorithm in [
        KeyAlgorithm::Sm2,
        KeyAlgorithm::P256,
        KeyAlgorithm::P384,
        KeyAlgorithm::Ed25519,
        KeyAlgorithm::MlDsa44,
    ] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let text = SignedCheckpoint::sign(checkpoint(), &key).unwrap().to_string();
        let read = SignedCheckpoint::parse(&text).unwrap();
        assert_eq!(read.to_string(), text);
        assert_eq!(read.verify(ORIGIN, key.public_key()), Ok(&checkpoint()), "{algorithm}");
    }
}

#[test]
fn the_text_is_three_lines_an_empty_one_and_the_signature() {
    let text = signed().to_string();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(ORIGIN));
    assert_eq!(lines.next(), Some("20852163"));
    assert_eq!(lines.next(), Some(leaf_hash(b"root").to_base64().as_str()));
    assert_eq!(lines.next(), Some(""));
    assert!(lines.next().unwrap().starts_with("— ca.example.org/records "));
    assert_eq!(lines.next(), None);
}

#[test]
fn the_key_id_of_an_sm2_key_never_changes() {
    // A change here would make every stored checkpoint unreadable. Recomputed in the shell:
    // (printf 'ca.example.org/records\n\377hefu/note/sm2-sm3\n'; cat spki.der) | openssl dgst -sha256
    let text = signed().to_string();
    let line = text.lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert_eq!(line.get(..5), Some("79Yx5"));
}

#[test]
fn the_example_of_the_checkpoint_specification_is_read() {
    // c2sp.org/tlog-checkpoint
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let read = SignedCheckpoint::parse(text).unwrap();
    assert_eq!(read.unverified().size(), 20_852_163);
    assert_eq!(read.to_string(), text);
}

#[test]
fn the_key_id_of_the_go_checksum_database_is_computed_as_others_do() {
    // sum.golang.org, key sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8: the key of the log that
    // every Go tool carries; its ID 033de0ae is checked by the name and key alone.
    let mut spki = hex::decode("302a300506032b6570032100").unwrap();
    spki.extend(hex::decode("ce3372d75ad1ee5ecdaf8727293d4b111d87eb37531d7c86d4d3003f0eb809fc").unwrap());
    let key = PublicKey::from_spki(&spki).unwrap();
    // The same ID, another text: found by its ID, refused by its signature.
    let text = "sum.golang.org\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let read = SignedCheckpoint::parse(text).unwrap();
    assert_eq!(read.verify("sum.golang.org", &key), Err(CheckpointError::BadSignature));
}

#[test]
fn a_foreign_key_a_foreign_log_and_a_changed_text_are_told_apart() {
    let signed = signed();
    let refused = |text: &str| {
        SignedCheckpoint::parse(text)
            .unwrap()
            .verify(ORIGIN, key(7).public_key())
            .unwrap_err()
    };
    assert_eq!(
        signed.verify(ORIGIN, key(8).public_key()),
        Err(CheckpointError::NotSigned)
    );
    assert_eq!(
        signed.verify("other", key(7).public_key()),
        Err(CheckpointError::ForeignOrigin {
            expected: "other".to_owned(),
            found: ORIGIN.to_owned()
        })
    );
    let text = signed.to_string();
    assert_eq!(
        refused(&text.replace("20852163", "20852164")),
        CheckpointError::BadSignature
    );
    let (body, line) = text.split_once("\n\n").unwrap();
    assert_eq!(
        refused(&format!("{body}\nan extension\n\n{line}")),
        CheckpointError::BadSignature
    );
    assert_eq!(refused(&text.replace("— ca.", "— cb.")), CheckpointError::NotSigned);
}

#[test]
fn signatures_by_others_are_ignored() {
    let text = signed().to_string();
    let (body, line) = text.split_once("\n\n").unwrap();
    let more = format!("{body}\n\n— witness.example AAAAAAAA\n{line}— {ORIGIN} AAAAAAAA\n");
    let read = SignedCheckpoint::parse(&more).unwrap();
    assert_eq!(read.verify(ORIGIN, key(7).public_key()), Ok(&checkpoint()));
    assert_eq!(read.to_string(), more);
}

#[test]
fn texts_that_are_not_checkpoints_are_refused_with_the_line() {
    let good = signed().to_string();
    for (line, bad) in [
        (0, String::new()),
        (0, "x".repeat(200_000)),
        (0, good.replace("\n\n", "\n")),
        (2, good.replace("20852163", "020852163")),
        (2, good.replace("20852163", "+20852163")),
        (2, good.replace("20852163", "99999999999999999999")),
        (2, good.replace("20852163", "9223372036854775807")),
        (3, good.replace(&leaf_hash(b"root").to_base64(), "AAAA")),
        (2, good.replace("20852163\n", "20852163\r\n")),
        (5, good.replace("— ", "- ")),
        (5, good.trim_end().to_owned()),
        (5, format!("{good}\n— a AAAAAAAA").replace("\n\n— a", "\n— a")),
    ] {
        let error = SignedCheckpoint::parse(&bad).unwrap_err();
        assert!(
            matches!(error, CheckpointError::Malformed { line: at, .. } if at == line),
            "{error}: {bad:.80}"
        );
    }
    assert!(matches!(
        Checkpoint::new("two words", 0, leaf_hash(b"")),
        Err(CheckpointError::Origin(_))
    ));
    assert!(matches!(
        Checkpoint::new("a+b", 0, leaf_hash(b"")),
        Err(CheckpointError::Origin(_))
    ));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC*(\n\\PC*){0,6}") {
        let _ = SignedCheckpoint::parse(&text);
    }

    #[test]
    fn a_damaged_checkpoint_never_panics_and_is_never_believed(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let text = SIGNED.with(Clone::clone);
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        prop_assume!(chars.get(at) != Some(&with));
        if let Some(slot) = chars.get_mut(at) {
            *slot = with;
        }
        let damaged: String = chars.into_iter().collect();
        if let Ok(read) = SignedCheckpoint::parse(&damaged) {
            prop_assert!(read.verify(ORIGIN, key(7).public_key()).is_err());
        }
    }

    #[test]
    fn any_checkpoint_is_read_back(size in 0_u64..record_log::SIZE_MAX, root in any::<[u8; 32]>(), origin in "[a-z0-9./-]{1,40}") {
        let checkpoint = Checkpoint::new(&origin, size, Hash::from_bytes(root)).unwrap();
        let text = format!("{}\n— {origin} AAAAAAAA\n", checkpoint.text());
        let read = SignedCheckpoint::parse(&text).unwrap();
        prop_assert_eq!(read.unverified(), &checkpoint);
        prop_assert_eq!(read.to_string(), text);
    }
}

thread_local! {
    static SIGNED: String = signed().to_string();
}

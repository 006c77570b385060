//! The software device against what happens to folders: wrong passphrases, damaged, missing and swapped files.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use gm_suite::{KeyAlgorithm, PrivateKey};
use key_device::{DeviceError, KeyDevice, SoftwareDevice};
use proptest::prelude::*;

const PASSPHRASE: &[u8] = b"correct horse";

fn device(folder: &Path) -> SoftwareDevice {
    SoftwareDevice::create(folder, PASSPHRASE).unwrap()
}

#[test]
fn a_key_signs_the_same_after_the_device_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    for algorithm in [
        KeyAlgorithm::Sm2,
        KeyAlgorithm::P256,
        KeyAlgorithm::Rsa2048,
        KeyAlgorithm::Ed25519,
        KeyAlgorithm::MlDsa44,
    ] {
        let place = folder.path().join(algorithm.to_string());
        let public = device(&place).generate("ca", algorithm).unwrap();
        let again = SoftwareDevice::unlock(&place, PASSPHRASE).unwrap();
        let signer = again.signer("ca").unwrap();
        let signature = signer.sign(b"message").unwrap();
        public
            .verify(signer.signature_algorithm(), b"message", &signature)
            .unwrap();
        assert_eq!(again.labels().unwrap(), ["ca"]);
    }
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    device(folder.path());
    assert!(matches!(
        SoftwareDevice::unlock(folder.path(), b"wrong horse"),
        Err(DeviceError::WrongPassphrase)
    ));
}

#[test]
fn an_empty_passphrase_makes_no_device() {
    let folder = tempfile::tempdir().unwrap();
    let refused = SoftwareDevice::create(folder.path(), b"");
    assert!(matches!(refused, Err(DeviceError::EmptyPassphrase)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_interrupted_write_leaves_no_key_and_is_swept_at_unlock() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    let draft = folder.path().join("ca.draft-0123456789abcdef");
    fs::write(&draft, b"half a key").unwrap();
    assert!(device.labels().unwrap().is_empty());
    assert!(matches!(device.signer("ca").err(), Some(DeviceError::NoSuchKey(_))));
    SoftwareDevice::unlock(folder.path(), PASSPHRASE).unwrap();
    assert!(!draft.exists());
}

#[test]
fn of_many_writers_of_one_label_exactly_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    let made: Vec<_> = std::thread::scope(|scope| {
        let writer = || scope.spawn(|| device.generate("ca", KeyAlgorithm::Sm2));
        let writers: Vec<_> = std::iter::repeat_with(writer).take(8).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
    assert!(lost.iter().all(|lost| matches!(lost, Err(DeviceError::LabelTaken(_)))));
    assert_eq!(won.len(), 1);
    assert_eq!(device.signer("ca").unwrap().public_key(), won[0].as_ref().unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_folder_that_went_away_is_a_fault_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("keys");
    let device = device(&place);
    fs::remove_dir_all(&place).unwrap();
    let error = device.generate("ca", KeyAlgorithm::Sm2).unwrap_err();
    assert!(matches!(&error, DeviceError::File { .. }), "{error}");
    assert!(error.to_string().contains("ca.key"), "{error}");
}

#[test]
fn what_a_caller_seals_never_passes_for_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    let pkcs8 = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap().to_pkcs8().unwrap();
    fs::write(folder.path().join("ca.key"), device.seal(b"ca", &pkcs8).unwrap()).unwrap();
    assert!(matches!(device.signer("ca").err(), Some(DeviceError::Damaged { .. })));
    let long = vec![0; key_device::SEAL_OCTETS_MAX + 1];
    assert!(matches!(device.seal(b"", &long), Err(DeviceError::TooLong(_))));
    assert!(device.seal(b"", &long[1..]).is_ok());
}

#[test]
fn unlocking_takes_one_derivation_and_a_tolerable_time() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    for label in ["a", "b", "c", "d"] {
        device.generate(label, KeyAlgorithm::Sm2).unwrap();
    }
    let time = || {
        let start = Instant::now();
        let device = SoftwareDevice::unlock(folder.path(), PASSPHRASE).unwrap();
        let unlocked = start.elapsed();
        let start = Instant::now();
        device
            .labels()
            .unwrap()
            .iter()
            .for_each(|label| drop(device.signer(label).unwrap()));
        (unlocked, start.elapsed())
    };
    let (unlocked, loaded) = (0..5).map(|_| time()).min().unwrap();
    assert!(unlocked.as_millis() < 500, "{unlocked:?}");
    assert!(loaded < unlocked, "{loaded:?}");
}

#[test]
fn a_second_device_in_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    device(folder.path());
    assert!(matches!(
        SoftwareDevice::create(folder.path(), b"other"),
        Err(DeviceError::Exists(_))
    ));
    assert!(SoftwareDevice::unlock(folder.path(), PASSPHRASE).is_ok());
}

#[test]
fn a_label_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    let first = device.generate("ca", KeyAlgorithm::Sm2).unwrap();
    assert!(matches!(
        device.generate("ca", KeyAlgorithm::Sm2),
        Err(DeviceError::LabelTaken(_))
    ));
    assert_eq!(device.signer("ca").unwrap().public_key(), &first);
}

#[test]
fn a_label_cannot_leave_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    for label in ["", "../ca", "CA", "a b", "a.key", &"a".repeat(65)] {
        assert!(
            matches!(device.generate(label, KeyAlgorithm::P256), Err(DeviceError::Label(_))),
            "{label}"
        );
        assert!(matches!(device.signer(label), Err(DeviceError::Label(_))), "{label}");
    }
}

#[test]
fn every_changed_octet_of_a_key_file_is_noticed_and_the_file_named() {
    let folder = tempfile::tempdir().unwrap();
    device(folder.path()).generate("ca", KeyAlgorithm::Sm2).unwrap();
    let path = folder.path().join("ca.key");
    let good = fs::read(&path).unwrap();
    let device = SoftwareDevice::unlock(folder.path(), PASSPHRASE).unwrap();
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fs::write(&path, bad).unwrap();
        let error = device.signer("ca").err().unwrap();
        assert!(error.to_string().contains("ca.key"), "{error}");
    }
    fs::write(&path, &good[..good.len() - 1]).unwrap();
    assert!(matches!(device.signer("ca").err(), Some(DeviceError::Damaged { .. })));
}

#[test]
fn a_key_file_under_another_label_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    device.generate("ca", KeyAlgorithm::Sm2).unwrap();
    fs::copy(folder.path().join("ca.key"), folder.path().join("ra.key")).unwrap();
    assert!(matches!(device.signer("ra").err(), Some(DeviceError::Damaged { .. })));
}

#[test]
fn a_damaged_device_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    device(folder.path());
    let path = folder.path().join("device.toml");
    let good = fs::read_to_string(&path).unwrap();
    for place in (0..good.len()).filter(|place| !good[*place..].starts_with('\n')) {
        let mut bad = good.clone().into_bytes();
        bad[place] ^= 1;
        fs::write(&path, bad).unwrap();
        let error = SoftwareDevice::unlock(folder.path(), PASSPHRASE).err().unwrap();
        assert!(
            error.to_string().contains("device.toml is damaged"),
            "octet {place}: {error}"
        );
    }
    for (why, bad) in [
        ("cut", good[..good.len() / 2].to_owned()),
        (
            "too much effort",
            good.replace("memory_kib = 19456", "memory_kib = 4294967295"),
        ),
        ("another format", good.replace("format = 1", "format = 2")),
        ("an unknown field", format!("{good}\nhint = \"horse\"\n")),
    ] {
        fs::write(&path, bad).unwrap();
        let error = SoftwareDevice::unlock(folder.path(), PASSPHRASE).err().unwrap();
        assert!(error.to_string().contains("device.toml is damaged"), "{why}: {error}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(
        SoftwareDevice::unlock(empty.path(), PASSPHRASE),
        Err(DeviceError::File { .. })
    ));
}

#[test]
fn files_are_for_their_owner_only_and_no_draft_stays() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("keys");
    device(&place).generate("ca", KeyAlgorithm::Sm2).unwrap();
    assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names: Vec<_> = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap()).collect();
    names.sort_by_key(fs::DirEntry::file_name);
    let names: Vec<_> = names
        .iter()
        .map(|entry| {
            (
                entry.file_name(),
                entry.metadata().unwrap().permissions().mode() & 0o777,
            )
        })
        .collect();
    assert_eq!(names, [("ca.key".into(), 0o600), ("device.toml".into(), 0o600)]);
}

#[test]
fn a_seal_opens_only_here_in_its_context_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let here = device(&folder.path().join("a"));
    let elsewhere = device(&folder.path().join("b"));
    let sealed = here.seal(b"serial 1", b"secret").unwrap();
    assert_eq!(here.open(b"serial 1", &sealed).unwrap().as_slice(), b"secret");
    assert_ne!(sealed, here.seal(b"serial 1", b"secret").unwrap());
    assert!(matches!(
        here.open(b"serial 2", &sealed),
        Err(DeviceError::NotSealedHere)
    ));
    assert!(matches!(
        elsewhere.open(b"serial 1", &sealed),
        Err(DeviceError::NotSealedHere)
    ));
    for place in 0..sealed.len() {
        let mut bad = sealed.clone();
        bad[place] ^= 1;
        assert!(here.open(b"serial 1", &bad).is_err(), "octet {place}");
    }
    for length in 0..sealed.len() {
        assert!(here.open(b"serial 1", &sealed[..length]).is_err(), "length {length}");
    }
}

#[test]
fn only_an_sm2_key_decrypts() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    let sm2 = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let cipher = gm_suite::sm2::encrypt(sm2.public_key(), b"secret").unwrap();
    device.import("kmc", sm2).unwrap();
    device.generate("tls", KeyAlgorithm::P256).unwrap();
    assert_eq!(
        device.decryptor("kmc").unwrap().decrypt(&cipher).unwrap().as_slice(),
        b"secret"
    );
    assert!(matches!(
        device.decryptor("tls").err(),
        Some(DeviceError::CannotDecrypt(_))
    ));
    assert!(matches!(
        device.decryptor("none").err(),
        Some(DeviceError::NoSuchKey(_))
    ));
}

#[test]
fn nothing_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let device = device(folder.path());
    device.generate("ca", KeyAlgorithm::Sm2).unwrap();
    let shown = format!("{device:?}");
    assert!(
        shown.starts_with("SoftwareDevice { folder:") && shown.ends_with(".. }"),
        "{shown}"
    );
    let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
    let scalar = key.sm2_scalar().unwrap();
    device.import("kmc", key).unwrap();
    let file = fs::read(folder.path().join("kmc.key")).unwrap();
    assert!(!file.windows(8).any(|window| window == &scalar[..8]));
}

proptest! {
    #[test]
    fn no_bytes_open_or_panic(context in any::<Vec<u8>>(), bytes in any::<Vec<u8>>()) {
        static DEVICE: OnceLock<(tempfile::TempDir, SoftwareDevice)> = OnceLock::new();
        let (_, device) = DEVICE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let device = device(folder.path());
            (folder, device)
        });
        prop_assert!(device.open(&context, &bytes).is_err());
        let sealed = device.seal(&context, &bytes).unwrap();
        prop_assert_eq!(&*device.open(&context, &sealed).unwrap(), &bytes);
    }
}

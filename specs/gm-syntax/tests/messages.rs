//! Signed messages, and signed and encrypted ones.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod openssl;

use std::{fs, str::FromStr, sync::LazyLock};

use der::{Decode, Encode};
use gm_suite::{KeyAlgorithm, PrivateKey};
use gm_syntax::{
    ContentKey, IssuerAndSerial, MessageForm, OpenError, Placement, SealError, SignedAndEnvelopedData, SignedBy,
    SignedData, Sm2EnvelopedKey, der_writer, pem_text, pkcs8_text,
};
use openssl::openssl;
use proptest::prelude::*;
use x509_cert::{Certificate, name::Name};

const GMCERT: &str = include_str!("../../../vectors/syntax/gmcert-signed-and-enveloped.pem");
const GMCERT_RECIPIENT: &str = include_str!("../../../vectors/syntax/gmcert-recipient.key.pem");
const GMCERT_INSIDE: &str = include_str!("../../../vectors/syntax/gmcert-enveloped.key.pem");

static SIGNER: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
static RECIPIENT: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());
static INSIDE: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate(KeyAlgorithm::Sm2).unwrap());

fn name(serial: u8) -> IssuerAndSerial {
    IssuerAndSerial::new(Name::from_str("CN=某机构,C=CN").unwrap(), &[0, serial])
}

fn signed(form: MessageForm, placement: Placement) -> Vec<u8> {
    let by = SignedBy {
        signer: &*SIGNER,
        name: &name(7),
    };
    SignedData::sign(form, b"content", placement, by, &[]).unwrap()
}

#[test]
fn a_signed_message_is_verified_in_both_forms() {
    for form in [MessageForm::Gbt35275, MessageForm::Rfc5652] {
        let message = SignedData::from_der(&signed(form, Placement::Attached)).unwrap();
        assert_eq!(message.form(), form);
        assert_eq!(message.verify(SIGNER.public_key(), None).unwrap(), b"content");
        assert_eq!(message.signers().collect::<Vec<_>>(), [&name(7)]);
        let other = message.verify(RECIPIENT.public_key(), None);
        assert_eq!(other, Err(OpenError::Signature));
        let both = message.verify(SIGNER.public_key(), Some(b"content"));
        assert_eq!(both, Err(OpenError::WhichContent));
    }
}

#[test]
fn a_detached_signature_covers_its_content_only() {
    for form in [MessageForm::Gbt35275, MessageForm::Rfc5652] {
        let message = SignedData::from_der(&signed(form, Placement::Detached)).unwrap();
        assert_eq!(message.content(), None);
        message.verify(SIGNER.public_key(), Some(b"content")).unwrap();
        let other = message.verify(SIGNER.public_key(), Some(b"Content"));
        assert_eq!(other, Err(OpenError::Signature));
        assert_eq!(message.verify(SIGNER.public_key(), None), Err(OpenError::WhichContent));
    }
}

#[test]
fn the_two_forms_differ_in_their_names() {
    let has = |der: &[u8], oid: &str| {
        let oid: der::asn1::ObjectIdentifier = oid.parse().unwrap();
        let pattern = oid.to_der().unwrap();
        der.windows(pattern.len()).any(|window| window == pattern)
    };
    let gm = signed(MessageForm::Gbt35275, Placement::Attached);
    let rfc = signed(MessageForm::Rfc5652, Placement::Attached);
    for (oid, in_gm) in [
        ("1.2.156.10197.6.1.4.2.1", true),
        ("1.2.156.10197.6.1.4.2.2", true),
        ("1.2.156.10197.1.301.1", true),
        ("1.2.156.10197.1.501", false),
        ("1.2.840.113549.1.7.1", false),
        ("1.2.840.113549.1.7.2", false),
    ] {
        assert_eq!((has(&gm, oid), has(&rfc, oid)), (in_gm, !in_gm), "{oid}");
    }
}

#[test]
fn no_bit_of_a_signed_message_can_be_changed_unnoticed() {
    let der = signed(MessageForm::Gbt35275, Placement::Attached);
    for place in 0..der.len() {
        let mut altered = der.clone();
        altered[place] ^= 1;
        let Ok(read) = SignedData::from_der(&altered) else {
            continue;
        };
        let Ok(content) = read.verify(SIGNER.public_key(), None) else {
            continue;
        };
        // Neither the list of digests nor the signer's name is under the signature (RFC 5652 5.4).
        assert_eq!(content, b"content", "byte {place}");
        let names_only = read.signers().next() != Some(&name(7));
        let digest_list = place < 60;
        assert!(names_only || digest_list, "byte {place} can be changed");
    }
}

/// A self-signed certificate and its key, made by `openssl`, and signed content.
fn check_with_openssl(new_key: &str) {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &str| openssl(folder.path(), arguments).unwrap();
    run(&format!("genpkey -out key.pem {new_key}"));
    run("req -new -x509 -key key.pem -subj /CN=signer -days 10 -out cert.pem -addext keyUsage=digitalSignature");
    fs::write(folder.path().join("content"), "一些内容").unwrap();
    let content = "一些内容".as_bytes();

    // Theirs, read by us, with and without attributes.
    let certificate = run("x509 -in cert.pem -outform DER");
    let certificate = Certificate::from_der(&certificate).unwrap();
    let key = pkcs8_text::read_plain(&fs::read(folder.path().join("key.pem")).unwrap()).unwrap();
    for option in ["", " -noattr"] {
        let theirs = run(&format!(
            "cms -sign -binary -nodetach -in content -signer cert.pem -inkey key.pem -outform DER{option}"
        ));
        let read = SignedData::from_der(&theirs).unwrap();
        assert_eq!(read.verify(key.public_key(), None).unwrap(), content);
        assert_eq!(read.certificates(), std::slice::from_ref(&certificate));
        assert_eq!(read.signers().next(), Some(&IssuerAndSerial::of(&certificate)));
    }

    // Ours, read by them.
    let name = IssuerAndSerial::of(&certificate);
    let by = SignedBy {
        signer: &key,
        name: &name,
    };
    let form = MessageForm::Rfc5652;
    let ours = SignedData::sign(
        form,
        content,
        Placement::Detached,
        by,
        std::slice::from_ref(&certificate),
    )
    .unwrap();
    fs::write(folder.path().join("ours.der"), ours).unwrap();
    run("cms -verify -binary -inform DER -in ours.der -content content -CAfile cert.pem -purpose any -out verified");
    assert_eq!(fs::read(folder.path().join("verified")).unwrap(), content);
}

#[test]
fn openssl_and_we_verify_each_others_messages() {
    check_with_openssl("-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    check_with_openssl("-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
}

fn seal() -> SignedAndEnvelopedData {
    let content_key = ContentKey::wrap(RECIPIENT.public_key()).unwrap();
    let by = SignedBy {
        signer: &*SIGNER,
        name: &name(7),
    };
    SignedAndEnvelopedData::seal_key_under(&content_key, &INSIDE, &name(8), by).unwrap()
}

#[test]
fn a_private_key_arrives_under_signature_and_envelope() {
    let message = SignedAndEnvelopedData::from_der(seal().to_der()).unwrap();
    let key = message.open_key(&*RECIPIENT, SIGNER.public_key()).unwrap();
    assert_eq!(key.sm2_scalar(), INSIDE.sm2_scalar());
    assert_eq!(message.recipients().collect::<Vec<_>>(), [&name(8)]);
    assert_eq!(message.signers().collect::<Vec<_>>(), [&name(7)]);
    let other = message.open_key(&*INSIDE, SIGNER.public_key());
    assert!(matches!(other, Err(OpenError::ContentKey(_))));
    let other = message.open_key(&*RECIPIENT, INSIDE.public_key());
    assert!(matches!(other, Err(OpenError::Signature)));
}

#[test]
fn both_envelopes_share_one_content_key() {
    let content_key = ContentKey::wrap(RECIPIENT.public_key()).unwrap();
    let by = SignedBy {
        signer: &*SIGNER,
        name: &name(7),
    };
    let message = SignedAndEnvelopedData::seal_key_under(&content_key, &INSIDE, &name(8), by).unwrap();
    let envelope = Sm2EnvelopedKey::seal_under(&content_key, &INSIDE).unwrap();
    let one = message.open_key(&*RECIPIENT, SIGNER.public_key()).unwrap();
    let two = envelope.open(&*RECIPIENT).unwrap();
    assert_eq!(one.sm2_scalar(), two.sm2_scalar());
}

#[test]
fn any_content_arrives() {
    let by = SignedBy {
        signer: &*SIGNER,
        name: &name(7),
    };
    for length in [0, 1, 15, 16, 17, 5000] {
        let content = vec![7; length];
        let made = SignedAndEnvelopedData::seal(&content, RECIPIENT.public_key(), &name(8), by).unwrap();
        let read = SignedAndEnvelopedData::from_content_info(&made.to_content_info().unwrap()).unwrap();
        assert_eq!(*read.open(&*RECIPIENT, SIGNER.public_key()).unwrap(), content);
        let key = read.open_key(&*RECIPIENT, SIGNER.public_key());
        assert!(matches!(key, Err(OpenError::NoPrivateKey)));
    }
}

#[test]
fn only_sm2_keys_are_enveloped() {
    let p256 = PrivateKey::generate(KeyAlgorithm::P256).unwrap();
    let content_key = ContentKey::wrap(RECIPIENT.public_key()).unwrap();
    let by = SignedBy {
        signer: &*SIGNER,
        name: &name(7),
    };
    let made = SignedAndEnvelopedData::seal_key_under(&content_key, &p256, &name(8), by);
    assert!(matches!(made, Err(SealError::NotSm2)));
}

/// The message of gmcert.org, but for the name of the recipient's issuer: it wrote `00 00` there,
/// which is no ASN.1 and is refused; an empty name takes its place. It is under no signature.
fn gmcert() -> Vec<u8> {
    let mut der = pem_text::decode(GMCERT.as_bytes(), "PKCS7").unwrap();
    assert_eq!(
        SignedAndEnvelopedData::from_content_info(&der).unwrap_err().field(),
        "contentInfo.content.recipientInfos[0].issuerAndSerialNumber.issuer"
    );
    let at = der
        .windows(6)
        .position(|window| window == [0x30, 12, 0, 0, 2, 8])
        .unwrap();
    der[at + 2] = 0x30;
    der
}

#[test]
fn what_a_running_ca_wrote_is_opened() {
    let recipient = pkcs8_text::read_plain(GMCERT_RECIPIENT.as_bytes()).unwrap();
    let inside = pkcs8_text::read_plain(GMCERT_INSIDE.as_bytes()).unwrap();
    let der = gmcert();
    let message = SignedAndEnvelopedData::from_content_info(&der).unwrap();
    let issuer = &message.certificates()[0];
    let spki = issuer.tbs_certificate().subject_public_key_info().to_der().unwrap();
    let ca = gm_suite::PublicKey::from_spki(&spki).unwrap();
    let key = message.open_key(&recipient, &ca).unwrap();
    assert_eq!(key.sm2_scalar(), inside.sm2_scalar());
    assert_eq!(message.signers().next(), Some(&IssuerAndSerial::of(issuer)));
    let wrapped = message.to_content_info().unwrap();
    assert_eq!(wrapped, der, "passed on unchanged");
}

#[test]
fn the_encrypted_content_may_have_an_explicit_tag() {
    let der = seal().to_der().to_vec();
    let at = der.windows(2).rposition(|window| window == [0x80, 48]).unwrap();
    let octets = &der[at + 2..at + 50];
    let explicit = der_writer::write(|w| w.context(0, |w| w.octets(octets))).unwrap();
    let message = splice(&der, at..at + 50, &explicit);
    let read = SignedAndEnvelopedData::from_der(&message).unwrap();
    let key = read.open_key(&*RECIPIENT, SIGNER.public_key()).unwrap();
    assert_eq!(key.sm2_scalar(), INSIDE.sm2_scalar());
}

/// Replaces a range and corrects the lengths of the outer `SEQUENCE` and of the short one before it.
fn splice(der: &[u8], range: std::ops::Range<usize>, with: &[u8]) -> Vec<u8> {
    let more = with.len() - range.len();
    let inner = (0..range.start)
        .rev()
        .find(|at| der[*at] == 0x30 && at + 2 + usize::from(der[at + 1]) == range.end)
        .unwrap();
    let body = [&der[4..range.start], with, &der[range.end..]].concat();
    let mut message = der_writer::write(|w| w.sequence(|w| w.raw(&body))).unwrap();
    let length = &mut message[inner + 1];
    *length += u8::try_from(more).unwrap();
    message
}

#[test]
fn a_changed_envelope_does_not_open() {
    let made = seal();
    let der = made.to_der();
    for place in 0..der.len() {
        let mut altered = der.to_vec();
        altered[place] ^= 1;
        let Ok(read) = SignedAndEnvelopedData::from_der(&altered) else {
            continue;
        };
        if let Ok(key) = read.open_key(&*RECIPIENT, SIGNER.public_key()) {
            assert_eq!(key.sm2_scalar(), INSIDE.sm2_scalar(), "byte {place}");
            let names = read.signers().next() != Some(&name(7)) || read.recipients().next() != Some(&name(8));
            let algorithm_list = read.signers().count() == 1 && place < 250;
            assert!(names || algorithm_list, "byte {place} can be changed");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        gm_syntax::fuzzing::signed_data(&bytes);
        gm_syntax::fuzzing::signed_and_enveloped(&bytes);
    }

    #[test]
    fn mutated_bytes_never_panic(
        place in any::<prop::sample::Index>(),
        octets in prop::collection::vec(any::<u8>(), 1..5),
    ) {
        let mutate = |mut der: Vec<u8>| {
            let start = place.index(der.len());
            for (old, new) in der.iter_mut().skip(start).zip(&octets) {
                *old = *new;
            }
            der
        };
        gm_syntax::fuzzing::signed_and_enveloped(&mutate(gmcert()));
        gm_syntax::fuzzing::signed_data(&mutate(signed(MessageForm::Gbt35275, Placement::Attached)));
    }
}

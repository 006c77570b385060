//! CRLs that we write are read and verified by OpenSSL; CRLs that OpenSSL writes, by us.

use crate::authority::{Authority, LEAF_SERIAL};
use jiff::{SignedDuration, Timestamp};
use pkix_status::{CrlError, CrlHead, CrlReader, CrlWriter, RevocationReason};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A CRL of three entries, made now, as the root.
fn written(authority: &Authority, number: u64) -> Vec<u8> {
    let (issuer, key) = authority.issuer();
    let signer = authority.signer("ca");
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let mut crl = CrlWriter::new(&CrlHead {
        issuer: &issuer,
        algorithm: signer.signature_algorithm(),
        this_update: now,
        next_update: now + SignedDuration::from_hours(24),
        number,
        authority_key_identifier: &key.key_identifier(),
    })
    .unwrap();
    let early = at("2026-01-02T03:04:05Z");
    crl.push(
        LEAF_SERIAL,
        early,
        RevocationReason::KeyCompromise,
        Some(at("2025-12-31T00:00:00Z")),
    )
    .unwrap();
    crl.push(
        &[0, 0, 5],
        at("2050-06-07T08:09:10Z"),
        RevocationReason::Unspecified,
        None,
    )
    .unwrap();
    crl.push(&[6], early, RevocationReason::CertificateHold, None).unwrap();
    crl.finish(signer.as_ref()).unwrap()
}

#[test]
fn openssl_verifies_our_crl_and_reads_every_entry() {
    let authority = Authority::p256();
    authority.write("our.crl", &written(&authority, 258));
    let verified = authority.openssl(["crl", "-inform", "DER", "-in", "our.crl", "-CAfile", "ca.crt", "-noout"]);
    assert!(verified.contains("verify OK"), "{verified}");
    let text = authority.openssl(["crl", "-inform", "DER", "-in", "our.crl", "-noout", "-text"]);
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "Version 2 (0x1)",
        "X509v3 CRL Number: 258",
        "X509v3 Authority Key Identifier:",
        "Serial Number: 8A010203 Revocation Date: Jan 2 03:04:05 2026 GMT CRL entry extensions: X509v3 CRL Reason Code: Key Compromise Invalidity Date: Dec 31 00:00:00 2025 GMT",
        "Serial Number: 05 Revocation Date: Jun 7 08:09:10 2050 GMT Serial Number: 06",
        "X509v3 CRL Reason Code: Certificate Hold",
    ] {
        assert!(flat.contains(words), "{words}\n{text}");
    }
}

#[test]
fn openssl_refuses_the_leaf_because_our_crl_says_so() {
    let authority = Authority::p256();
    authority.write("our.crl", &written(&authority, 1));
    authority.openssl(["crl", "-inform", "DER", "-in", "our.crl", "-out", "our.pem"]);
    let words = [
        "verify",
        "-CAfile",
        "ca.crt",
        "-CRLfile",
        "our.pem",
        "-crl_check",
        "leaf.crt",
    ];
    let refused = authority.try_openssl(words);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("certificate revoked"));
    let words = [
        "verify",
        "-CAfile",
        "ca.crt",
        "-CRLfile",
        "our.pem",
        "-crl_check",
        "signer.crt",
    ];
    assert!(authority.try_openssl(words).status.success());
}

#[test]
fn a_changed_octet_is_refused_by_openssl_and_by_us() {
    let authority = Authority::p256();
    let mut crl = written(&authority, 1);
    let (_, key) = authority.issuer();
    let place = crl.windows(4).position(|octets| octets == LEAF_SERIAL).unwrap();
    crl[place + 3] ^= 1;
    authority.write("our.crl", &crl);
    let words = ["crl", "-inform", "DER", "-in", "our.crl", "-CAfile", "ca.crt", "-noout"];
    assert!(String::from_utf8_lossy(&authority.try_openssl(words).stderr).contains("verify failure"));
    assert!(matches!(
        CrlReader::from_der(&crl).unwrap().verify(&key),
        Err(CrlError::Signature(_))
    ));
}

fn openssl_crl(authority: &Authority, index: &str, extra: &[&str]) -> Vec<u8> {
    authority.write("index.txt", index.as_bytes());
    authority.write("crlnumber", b"2A\n");
    let mut words = vec!["ca", "-config", "ca.cnf", "-gencrl", "-out", "their.pem"];
    words.extend(extra);
    authority.openssl(words);
    authority.openssl(["crl", "-in", "their.pem", "-outform", "DER", "-out", "their.crl"]);
    authority.read("their.crl")
}

const INDEX: &str = "R\t301231000000Z\t260102030405Z,keyTime,20251231000000Z\t8A010203\tunknown\t/CN=leaf\n\
                     R\t301231000000Z\t260203040506Z,superseded\t77\tunknown\t/CN=other\n\
                     R\t301231000000Z\t260203040506Z\t78\tunknown\t/CN=third\n\
                     V\t301231000000Z\t\t79\tunknown\t/CN=good\n";

#[test]
fn we_verify_and_read_the_crl_of_openssl() {
    for authority in [Authority::p256(), Authority::sm2()] {
        let extra: &[&str] = if authority.is_sm2() {
            &["-md", "sm3", "-sigopt", "distid:1234567812345678"]
        } else {
            &[]
        };
        let der = openssl_crl(&authority, INDEX, extra);
        let (name, key) = authority.issuer();
        let crl = CrlReader::from_der(&der).unwrap();
        assert_eq!(crl.issuer(), name);
        assert_eq!(crl.number(), Some(&[0x2a][..]));
        assert_eq!(crl.authority_key_identifier(), Some(&key.key_identifier()[..]));
        assert!(crl.is_current(crl.this_update()));
        assert!(!crl.is_current(crl.next_update().unwrap()));
        let crl = crl.verify(&key).unwrap();
        assert_eq!(crl.entries().count(), 3);
        let leaf = crl.lookup(LEAF_SERIAL).unwrap();
        assert_eq!(leaf.revoked_at, at("2026-01-02T03:04:05Z"));
        assert_eq!(leaf.reason, Some(RevocationReason::KeyCompromise));
        assert_eq!(leaf.invalidity, Some(at("2025-12-31T00:00:00Z")));
        assert_eq!(crl.lookup(&[0x77]).unwrap().reason, Some(RevocationReason::Superseded));
        assert_eq!(crl.lookup(&[0, 0x78]).unwrap().reason, None);
        assert_eq!(crl.lookup(&[0x79]), None);
    }
}

#[test]
fn an_empty_list_has_no_list_and_both_sides_agree() {
    let authority = Authority::p256();
    let der = openssl_crl(&authority, "", &[]);
    let (issuer, key) = authority.issuer();
    assert_eq!(
        CrlReader::from_der(&der)
            .unwrap()
            .verify(&key)
            .unwrap()
            .entries()
            .count(),
        0
    );

    let signer = authority.signer("ca");
    let head = CrlHead {
        issuer: &issuer,
        algorithm: signer.signature_algorithm(),
        this_update: at("2026-01-01T00:00:00Z"),
        next_update: at("2026-01-02T00:00:00Z"),
        number: 0,
        authority_key_identifier: &key.key_identifier(),
    };
    let mut file = Vec::new();
    let summary = CrlWriter::new(&head)
        .unwrap()
        .finish_into(signer.as_ref(), &mut file)
        .unwrap();
    assert_eq!((summary.entries, summary.octets), (0, file.len() as u64));
    authority.write("our.crl", &file);
    let text = authority.openssl([
        "crl", "-inform", "DER", "-in", "our.crl", "-CAfile", "ca.crt", "-noout", "-text",
    ]);
    assert!(
        text.contains("No Revoked Certificates") && text.contains("verify OK"),
        "{text}"
    );
}

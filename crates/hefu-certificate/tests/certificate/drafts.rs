//! From order to signature: what is refused, what survives a restart.

use gm_suite::{KeyAlgorithm, PublicKey};
use hefu_certificate::{
    Draft, DraftError, IssuedCertificate, Issuer, IssuerError, Order, Profile, Profiles, Publication, SigningError,
    Subject, Usage, Validity, ValidityError,
};
use hefu_rulebook::{Explain, Kind, Language};
use insta::assert_snapshot;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::samples::{Hierarchy, fields, hierarchy, issue, key, now, profile, publication, serial, tbs};

fn draft<'a>(profile: &'a Profile, issuer: &'a Issuer, key: &PublicKey, usage: Usage) -> Result<Draft<'a>, DraftError> {
    let subject = Subject::new(profile, &fields(profile)).unwrap();
    let validity = Validity::days(now(), 30).unwrap();
    profile.draft(
        issuer,
        &Order {
            subject: &subject,
            public_key: key,
            usage,
            serial: serial(9),
            validity,
        },
    )
}

fn sm2() -> (Hierarchy, PublicKey) {
    (
        hierarchy(KeyAlgorithm::Sm2),
        key(KeyAlgorithm::Sm2, 2).public_key().clone(),
    )
}

#[test]
fn a_pair_names_the_same_subject_and_dates_under_two_serials() {
    let (authority, owner) = sm2();
    let person = profile("person-sm2");
    let signs = issue(
        person,
        &authority.issuer,
        authority.key.as_ref(),
        &owner,
        3,
        Usage::Sign,
    );
    let encrypts = issue(
        person,
        &authority.issuer,
        authority.key.as_ref(),
        &owner,
        4,
        Usage::Encrypt,
    );
    let (one, two) = (signs.facts().unwrap(), encrypts.facts().unwrap());
    assert_eq!(
        (one.subject_der, one.not_before, one.not_after),
        (two.subject_der, two.not_before, two.not_after)
    );
    assert_ne!(signs.serial(), encrypts.serial());
    assert_eq!(one.subject, "C=CN, ST=北京市, CN=张三, serialNumber=H-0001");
    assert_eq!(one.alternatives, ["email:zhangsan@example.cn"]);
    assert_eq!(one.key_usage.unwrap().to_string(), "digital-signature, non-repudiation");
    assert_eq!(
        two.key_usage.unwrap().to_string(),
        "key-encipherment, data-encipherment, key-agreement"
    );
}

#[test]
fn what_was_signed_verifies_with_the_issuers_key_only_and_reads_back() {
    let (authority, owner) = sm2();
    let made = issue(
        profile("person-sm2"),
        &authority.issuer,
        authority.key.as_ref(),
        &owner,
        3,
        Usage::Sign,
    );
    assert!(made.verify(authority.key.public_key()).is_ok());
    assert!(made.verify(&owner).is_err());
    let read = IssuedCertificate::parse(made.der()).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.public_key().unwrap(), owner);
    let mut changed = made.der().to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert!(
        IssuedCertificate::parse(&changed).is_err_and(|_| true)
            || IssuedCertificate::parse(&changed)
                .unwrap()
                .verify(authority.key.public_key())
                .is_err()
    );
}

#[test]
fn stored_octets_pass_the_lints_again_and_make_the_same_certificate() {
    let (authority, owner) = sm2();
    let person = profile("person-sm2");
    let linted = draft(person, &authority.issuer, &owner, Usage::Sign)
        .unwrap()
        .pass()
        .unwrap();
    let stored = linted.tbs().to_vec();
    let again = Draft::restore(stored.clone(), person, &authority.issuer, Usage::Sign)
        .pass()
        .unwrap();
    assert_eq!(
        (again.serial(), again.tbs(), again.usage()),
        (serial(9), stored.as_slice(), Usage::Sign)
    );
    let signed = again.sign(authority.key.as_ref()).unwrap();
    assert_eq!(signed.tbs().unwrap(), stored);
}

#[test]
fn stored_octets_of_the_other_half_do_not_pass() {
    let (authority, owner) = sm2();
    let person = profile("person-sm2");
    let stored = draft(person, &authority.issuer, &owner, Usage::Encrypt)
        .unwrap()
        .tbs()
        .to_vec();
    let refusal = Draft::restore(stored, person, &authority.issuer, Usage::Sign)
        .pass()
        .unwrap_err();
    assert_eq!(refusal.kind(), Kind::Refusal);
    assert_snapshot!(refusal, @"the lints before signing refuse: law-signing-key-signs: the key of a signature certificate must be one that signs; key-usage-of-profile: key usage must be what the profile says: key-encipherment, data-encipherment, key-agreement; purposes-of-profile: purposes must be those the profile says; gm-sign-usage: a signature certificate has digital signature and non-repudiation, and nothing that encrypts");
    assert_snapshot!(refusal.message_with_rule(Language::Chinese), @"签发前检查不通过：law-signing-key-signs: 电子签名认证证书的密钥应可用于签名；key-usage-of-profile: 密钥用法应与证书模板一致：key-encipherment, data-encipherment, key-agreement；purposes-of-profile: 扩展密钥用法应与证书模板一致；gm-sign-usage: 签名证书的密钥用法应为数字签名和抗抵赖，不得含加密用途（电子签名法 34(3)）");
}

#[test]
fn another_key_does_not_sign() {
    let (authority, owner) = sm2();
    let linted = draft(profile("person-sm2"), &authority.issuer, &owner, Usage::Sign)
        .unwrap()
        .pass()
        .unwrap();
    let error = linted.sign(&key(KeyAlgorithm::Sm2, 2)).unwrap_err();
    assert!(matches!(error, SigningError::WrongSigner { .. }));
    assert_eq!(error.kind(), Kind::Fault);
}

#[test]
fn orders_that_do_not_fit_the_profile_are_refused() {
    let (authority, owner) = sm2();
    let other = key(KeyAlgorithm::P256, 2).public_key().clone();
    let check = |profile: &Profile, issuer: &Issuer, key: &PublicKey, usage: Usage| {
        let error = draft(profile, issuer, key, usage).unwrap_err();
        format!(
            "{} {:?}\n{error}\n{}",
            error.code(),
            error.kind(),
            error.message_with_rule(Language::Chinese)
        )
    };
    assert_snapshot!(check(profile("person-sm2"), &authority.issuer, &other, Usage::Sign), @r"
    draft-key Refusal
    profile person-sm2 takes no p256 keys, only sm2
    证书模板 person-sm2 不接受 p256 密钥，只接受 sm2（电子认证服务管理办法 16（未核对原文））
    ");
    assert_snapshot!(check(profile("person-sm2"), &authority.issuer, &owner, Usage::Single), @r"
    draft-usage Refusal
    profile person-sm2 makes no certificate with usage single
    证书模板 person-sm2 不签发用途为 single 的证书（电子认证服务管理办法 16（未核对原文））
    ");
    assert_snapshot!(check(profile("root"), &authority.issuer, &owner, Usage::Single), @r"
    draft-self-signed Refusal
    profile root and this issuer do not go together: a root signs itself, nothing else does
    证书模板 root 与该签发机构不匹配：只有根证书自签名（RFC 5280 4.2.1.1）
    ");
}

#[test]
fn a_validity_never_leaves_the_issuers() {
    let (authority, _) = sm2();
    let last: Timestamp = authority.issuer.validity().unwrap().not_after();
    let late = last - jiff::SignedDuration::from_hours(24 * 10);
    let refused = profile("person-sm2")
        .validity(late, Some(30), &authority.issuer)
        .unwrap_err();
    assert_snapshot!(refused, @"the certificate would be valid until 2036-12-11T07:59:58Z, its issuer's only until 2036-11-21T07:59:59Z");
    assert_snapshot!(refused.message_with_rule(Language::Chinese), @"证书将于 2036-12-11T07:59:58Z 到期，晚于签发机构证书的到期时间 2036-11-21T07:59:59Z（电子签名法 22）");
    let clipped = profile("ocsp-signer")
        .validity(late, Some(30), &authority.issuer)
        .unwrap();
    assert_eq!(clipped.not_after(), last);
    let after = last + jiff::SignedDuration::from_secs(1);
    let outside = profile("ocsp-signer")
        .validity(after, Some(30), &authority.issuer)
        .unwrap_err();
    assert!(matches!(outside, ValidityError::OutsideIssuer { .. }));
}

#[test]
fn more_days_than_the_profile_has_are_refused_and_none_too() {
    let (authority, _) = sm2();
    let person = profile("person-sm2");
    assert_snapshot!(person.validity(now(), Some(2000), &authority.issuer).unwrap_err(), @"2000 days were asked for, profile person-sm2 allows 1 to 1826");
    assert!(person.validity(now(), Some(0), &authority.issuer).is_err());
    let usual = person.validity(now(), None, &authority.issuer).unwrap();
    assert_eq!(usual.not_after().to_string(), "2027-11-22T07:59:59Z");
}

#[test]
fn only_authorities_issue() {
    let (authority, owner) = sm2();
    let signs = issue(
        profile("person-sm2"),
        &authority.issuer,
        authority.key.as_ref(),
        &owner,
        3,
        Usage::Sign,
    );
    let error = Issuer::from_certificate(signs.der(), Publication::nowhere()).unwrap_err();
    assert_eq!(error, IssuerError::NotAnAuthority);
    assert!(matches!(
        Issuer::from_certificate(b"junk", Publication::nowhere()),
        Err(IssuerError::Malformed(_))
    ));
    assert_eq!(authority.issuer.serial(), Some(serial(2)));
    assert_eq!(authority.issuer.path_length(), Some(0));
}

#[test]
fn an_rsa_authority_may_sign_with_a_longer_digest_and_an_sm2_one_may_not() {
    use gm_suite::SignatureAlgorithm::{EcdsaP256Sha256, RsaPkcs1Sha384};
    let rsa = key(KeyAlgorithm::Rsa2048, 0);
    let subject = Subject::new(profile("root"), &fields(profile("root"))).unwrap();
    let issuer = Issuer::self_signed(&subject, rsa.public_key(), Publication::nowhere()).unwrap();
    assert_eq!(
        issuer.signing_with(RsaPkcs1Sha384).unwrap().signature_algorithm(),
        RsaPkcs1Sha384
    );
    let (authority, _) = sm2();
    assert!(matches!(
        authority.issuer.signing_with(EcdsaP256Sha256),
        Err(IssuerError::Algorithm { .. })
    ));
}

#[test]
fn without_an_arc_the_policy_is_left_out_and_a_lint_warns() {
    let (authority, owner) = sm2();
    let issuer = Issuer::from_certificate(authority.issuing.der(), Publication::nowhere()).unwrap();
    let findings = draft(profile("person-sm2"), &issuer, &owner, Usage::Sign)
        .unwrap()
        .lint();
    let names: Vec<_> = findings.iter().map(hefu_certificate::Finding::name).collect();
    assert_eq!(names, ["law-policy-identifier", "status-can-be-asked"]);
}

#[test]
fn arcs_of_the_standards_and_odd_addresses_are_refused() {
    let check = |error: hefu_certificate::PublicationError| error.to_string();
    let arc = |arc: &str| Publication::nowhere().with_policy_arc(arc).map_err(check);
    assert_snapshot!(arc("1.2.156.10260.4").unwrap_err(), @r#"policy arc "1.2.156.10260.4" is not an object identifier of the operator's own"#);
    assert!(arc("1.2.156.10197").is_err() && arc("x").is_err());
    assert!(arc("1.2.156.101970.1").is_ok());
    let crl = |address: &str| Publication::nowhere().with_crl(address).map_err(check);
    assert_snapshot!(crl("ftp://ca.example.cn/crl").unwrap_err(), @r#"crl address "ftp://ca.example.cn/crl" is not an absolute http, https or ldap address"#);
    assert!(crl("http://ca.example.cn/签发.crl").is_err());
}

#[test]
fn policies_may_be_absolute() {
    let text = "like = 'tls-server'\nname = 'tls-server-dv'\npolicies = ['oid:2.23.140.1.2.1', '9']";
    let profiles = Profiles::from_toml(text).unwrap();
    let authority = hierarchy(KeyAlgorithm::P256);
    let server = key(KeyAlgorithm::P256, 2);
    let profile = profiles.get("tls-server-dv").unwrap();
    let draft = draft(profile, &authority.issuer, server.public_key(), Usage::Single).unwrap();
    let policies = [
        const_oid::ObjectIdentifier::new_unwrap("2.23.140.1.2.1"),
        const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1.9"),
    ];
    for policy in policies {
        assert!(
            draft
                .tbs()
                .windows(policy.as_bytes().len())
                .any(|window| window == policy.as_bytes())
        );
    }
    assert!(draft.pass().is_ok());
}

#[test]
fn the_older_extension_set_is_one_line_of_a_profile() {
    let text = "like = 'staff-sm2'\nname = 'staff-sm2-2018'\nextension_set = 'gbt20518-2018'";
    let profiles = Profiles::from_toml(text).unwrap();
    let (authority, owner) = sm2();
    let profile = profiles.get("staff-sm2-2018").unwrap();
    let linted = draft(profile, &authority.issuer, &owner, Usage::Sign)
        .unwrap()
        .pass()
        .unwrap();
    assert!(linted.findings().is_empty(), "{:?}", linted.findings());
    // IdentifyCode with the passport, explicitly tagged [2], and the credit code as organisation code.
    let passport = const_oid::ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.1");
    let organisation = const_oid::ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.4");
    for oid in [passport, organisation] {
        assert!(
            linted
                .tbs()
                .windows(oid.as_bytes().len())
                .any(|window| window == oid.as_bytes())
        );
    }
    assert!(
        linted
            .tbs()
            .windows(13)
            .any(|window| window == [b"\xa2\x0b\x13\x09".as_slice(), b"E12345678"].concat())
    );
}

#[test]
fn dates_from_2050_are_generalized_times() {
    let root = profile("root");
    let owner = key(KeyAlgorithm::Sm2, 0);
    let subject = Subject::new(root, &fields(root)).unwrap();
    let issuer = Issuer::self_signed(&subject, owner.public_key(), Publication::nowhere()).unwrap();
    let validity = root.validity(now(), Some(10957), &issuer).unwrap();
    assert_eq!(validity.not_after().to_string(), "2056-11-21T07:59:59Z");
    let order = Order {
        subject: &subject,
        public_key: owner.public_key(),
        usage: Usage::Single,
        serial: serial(1),
        validity,
    };
    let draft = root.draft(&issuer, &order).unwrap();
    assert!(
        draft
            .tbs()
            .windows(17)
            .any(|window| window == b"\x18\x0f20561121075959Z")
    );
    assert!(draft.pass().is_ok());
}

#[test]
fn a_pair_under_an_issuer_elsewhere_names_that_issuers_addresses() {
    let (authority, owner) = sm2();
    let elsewhere = Issuer::from_certificate(authority.issuing.der(), publication("elsewhere")).unwrap();
    let draft = draft(profile("person-sm2"), &elsewhere, &owner, Usage::Sign).unwrap();
    let address = b"http://ca.example.cn/crl/elsewhere.crl";
    assert!(draft.tbs().windows(address.len()).any(|window| window == address));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever happens to stored octets, restoring them refuses or gives a certificate with exactly these octets.
    #[test]
    fn damaged_octets_never_panic(at in 0_usize..900, octet: u8, cut in 0_usize..900) {
        let (authority, _) = sm2();
        let person = profile("person-sm2");
        let mut stored = tbs(person, &authority, Usage::Sign);
        let length = stored.len();
        stored[at % length] = octet;
        stored.truncate(length.min(cut + length / 2));
        let _ = Draft::restore(stored.clone(), person, &authority.issuer, Usage::Sign).pass().map(|linted| assert_eq!(linted.tbs(), stored));
        let _ = IssuedCertificate::parse(&stored);
        let _ = hefu_certificate::certificate_facts(&stored);
    }
}

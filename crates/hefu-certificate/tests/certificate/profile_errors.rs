//! Profiles that operators get wrong, and the exact words they read.

use hefu_certificate::{ProfileError, Profiles};
use hefu_rulebook::{Explain, Language};
use insta::assert_snapshot;

/// The error of a profile like person-sm2 with these lines in place of its own.
fn check(lines: &str) -> String {
    let text = format!("like = 'person-sm2'\nname = 'mine'\n{lines}");
    match Profiles::from_toml(&text) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn unknown_words_are_named() {
    assert_snapshot!(check("colour = 'red'"), @"profile: unknown field `colour`, expected one of `name`, `zh`, `en`, `kind`, `law_scope`, `keys`, `extension_set`, `policies`, `publish`, `path_length`, `prescribed_extensions`, `validity`, `certificate`, `field`");
    assert_snapshot!(check("keys = ['sm9']"), @r#"profile mine: keys: "sm9" is no key algorithm"#);
    assert_snapshot!(check("extension_set = '2099'"), @"profile mine: extension_set: gbt20518-2018 or gmt0015-2023 is known");
    assert_snapshot!(check("publish = ['ldap']"), @r#"profile mine: publish: "ldap" is not one of crl, ocsp, ca-issuers, cps"#);
    assert_snapshot!(check("law_scope = 'maybe'"), @r"
    profile: unknown variant `maybe`, expected one of `signature`, `government`, `outside`
    in `law_scope`
    ");
    assert_snapshot!(check("policies = ['1.02']"), @r#"profile mine: policies: "1.02" is neither "any", "oid:…" nor numbers below the operator's arc, such as "1.2""#);
    assert_snapshot!(check("policies = ['oid:1.2.156.10197.1']"), @r#"profile mine: policies: "1.2.156.10197.1" is no policy of an operator"#);
    assert_snapshot!(check("prescribed_extensions = ['x']"), @r#"profile mine: prescribed_extensions: "x" is no object identifier"#);
}

#[test]
fn what_does_not_go_together_is_refused() {
    assert_snapshot!(check("keys = ['sm2', 'p256']"), @"profile mine: keys: a pair takes SM2 keys only: the encryption key comes from the KMC");
    assert_snapshot!(check("keys = []"), @"profile mine: keys: at least one key algorithm is needed");
    assert_snapshot!(check("kind = 'issuing'"), @"profile mine: certificate: only subscribers have a pair");
    assert_snapshot!(check("path_length = 0"), @"profile mine: path_length: only a root or issuing profile has one");
    assert_snapshot!(check("[validity]\ndefault_days = 30\nmax_days = 20"), @"profile mine: validity: 1 ≤ default_days ≤ max_days ≤ 14610 does not hold");
    assert_snapshot!(check("[[certificate]]\nusage = 'encrypt'\nkey_usage = ['key-agreement']"), @"profile mine: certificate: either one with usage single, or sign and then encrypt");
    assert_snapshot!(check("[[certificate]]\nusage = 'single'\nkey_usage = []"), @"profile mine: certificate.single.key_usage: at least one bit is needed");
    assert_snapshot!(check("[[certificate]]\nusage = 'single'\nkey_usage = ['sign']"), @r#"profile mine: certificate.single.key_usage: "sign" is not one of digital-signature, non-repudiation, key-encipherment, data-encipherment, key-agreement, key-cert-sign, crl-sign, encipher-only, decipher-only"#);
    assert_snapshot!(check("[[certificate]]\nusage = 'single'\nkey_usage = ['key-cert-sign']"), @"profile mine: certificate: key-cert-sign and kind root or issuing go together");
}

#[test]
fn fields_are_checked() {
    let field = |lines: &str| check(&format!("[[field]]\nname = 'f'\nzh = '字段'\nen = 'Field'\n{lines}"));
    assert_snapshot!(field("targets = []"), @"profile mine: field.f.targets: at least one target is needed");
    assert_snapshot!(field("targets = ['dn:XX']"), @r#"profile mine: field.f.targets: "dn:XX" is no target such as dn:CN, san:dns or gm:credit-code"#);
    assert_snapshot!(field("targets = ['gm:tax-number']"), @"profile mine: field.f.targets: gm:tax-number has no place in the gmt0015-2023 set");
    assert_snapshot!(field("targets = ['dn:CN']\nmax_length = 65"), @"profile mine: field.f.max_length: CN has at most 64 characters (RFC 5280 A.1)");
    assert_snapshot!(field("targets = ['dn:CN']\nmax_count = 0"), @"profile mine: field.f.max_count: 1 to 100 is allowed");
    assert_snapshot!(field("targets = ['dn:CN']\ncheck = 'luck'"), @r#"profile mine: field.f.check: "luck" is not one of country, resident-identity, credit-code, passport, dns, dns-wildcard, email, ip, uri, printable"#);
    assert_snapshot!(field("targets = ['dn:CN']\npattern = '('"), @"profile mine: field.f.pattern: found open group without closing ')'");
    assert_snapshot!(field("targets = ['dn:C']\nfixed = 'China'\nmax_length = 2"), @"profile mine: field.f.fixed: Field (f) has 5 characters, at most 2 are allowed");
    assert_snapshot!(field("targets = ['dn:CN']\nfixed = 'a'\ndefault = 'b'"), @"profile mine: field.f.default: a fixed field has no default");
    assert_snapshot!(field("targets = ['dn:CN']\nhint_zh = '提示'"), @"profile mine: field.f.hint_zh: hint_zh and hint_en go together");
    assert_snapshot!(field("targets = ['dn:CN']\n[[field]]\nname = 'f'\nzh = 'x'\nen = 'x'\ntargets = ['dn:O']"), @"profile mine: field.f: appears twice");
}

#[test]
fn broken_files_are_named_with_their_place() {
    let error = |text: &str| Profiles::from_toml(text).unwrap_err();
    assert_snapshot!(error("name = 'x'\nlike = 'nobody'"), @r#"profile x: like = "nobody" is not a profile that was read before"#);
    assert_snapshot!(error("name = "), @r"
    profile: TOML parse error at line 1, column 8
      |
    1 | name = 
      |        ^
    string values must be quoted, expected literal string
    ");
    assert_snapshot!(error("name = 'x'"), @r"
    profile: TOML parse error at line 1, column 1
      |
    1 | name = 'x'
      | ^
    missing field `zh`
    ");
    let long = error(&" ".repeat(70_000));
    assert_snapshot!(long, @"profile: 70000 bytes, at most 65536 are allowed");
    assert_snapshot!(error("name = 'x'\nlike = 'nobody'").message(Language::Chinese), @r#"证书模板 x：like = "nobody" 不是已读入的证书模板"#);
    assert!(matches!(long, ProfileError::Syntax(_)));
}

#[test]
fn an_operators_profile_may_replace_one_compiled_in() {
    let profiles = Profiles::from_toml("like = 'person-sm2'\nname = 'person-sm2'\nzh = '个人'").unwrap();
    assert_eq!(profiles.get("person-sm2").unwrap().label().zh, "个人");
    assert!(Profiles::builtin_text("person-sm2").unwrap().contains("自然人"));
    assert!(Profiles::builtin().iter().count() >= 23);
}

//! Field values: what is taken, what is refused, in which words.

use std::collections::BTreeMap;

use hefu_certificate::{Profiles, Subject, SubjectError};
use hefu_rulebook::{Explain, Language};
use insta::assert_snapshot;
use proptest::prelude::*;

use crate::samples::{fields, profile, profiles, values};

fn check(name: &str, pairs: &[(&str, &str)]) -> String {
    match Subject::new(profile(name), &values(pairs)) {
        Ok(subject) => {
            let alternatives: Vec<_> = subject.alternatives().iter().map(|one| format!("{one:?}")).collect();
            format!("{} {}", subject.display(), alternatives.join(" "))
                .trim_end()
                .to_owned()
        }
        Err(error) => explained(&error),
    }
}

fn explained(error: &SubjectError) -> String {
    let kind = error.kind();
    format!(
        "{} {kind:?}\n{error}\n{}",
        error.code(),
        error.message_with_rule(Language::Chinese)
    )
}

#[test]
fn values_go_where_the_profile_says() {
    assert_snapshot!(check("person-sm2", &[("common_name", "张三"), ("province", "北京市")]), @"C=CN, ST=北京市, CN=张三");
    assert_snapshot!(check("device-sm2", &[
        ("organisation", "示例"), ("common_name", "网关"), ("dns", "a.example.cn, b.example.cn\na.example.cn"), ("ip", "::1"),
    ]), @r#"C=CN, O=示例, CN=网关 Dns("a.example.cn") Dns("b.example.cn") Ip(::1)"#);
    assert_snapshot!(check("tls-server", &[("dns", "www.example.cn")]), @r#"C=CN Dns("www.example.cn")"#);
}

#[test]
fn an_empty_value_counts_as_none() {
    assert_snapshot!(check("person-sm2", &[("common_name", "张三"), ("email", ""), ("country", "")]), @"C=CN, CN=张三");
}

#[test]
fn what_the_profile_does_not_have_is_refused() {
    assert_snapshot!(check("person-sm2", &[("common_name", "张三"), ("shoe_size", "42")]), @r#"
    subject-field-unknown Malformed
    profile person-sm2 has no field "shoe_size"
    证书模板 person-sm2 没有字段 "shoe_size"
    "#);
}

#[test]
fn a_required_field_must_be_there() {
    assert_snapshot!(check("organisation-sm2", &[("organisation", "示例"), ("common_name", "示例")]), @r"
    subject-field-missing Malformed
    Unified social credit code (unified_social_credit_code) is missing
    缺少统一社会信用代码（unified_social_credit_code）（电子签名法 20）
    ");
}

#[test]
fn values_are_checked() {
    let person = |name: &str, value: &str| check("person-sm2", &[("common_name", "张三"), (name, value)]);
    assert_snapshot!(person("identity_number", "110105194912310021"), @r"
    subject-field-value Malformed
    Resident identity number (identity_number) is not an 18-character citizen identification number with a right check character
    居民身份证号码（identity_number）应为18位公民身份号码，且校验码正确（电子签名法 20）
    ");
    assert_snapshot!(person("email", "zhangsan"), @r"
    subject-field-value Malformed
    E-mail (email) is not a mail address, such as li@example.cn
    电子邮件（email）应为电子邮件地址，如 li@example.cn（电子签名法 20）
    ");
    assert_snapshot!(person("country", "中国"), @r"
    subject-field-value Malformed
    Country (country) is not two capital letters of a country code, such as CN
    国家（country）应为两个大写字母的国家代码，如 CN（电子签名法 20）
    ");
    assert_snapshot!(person("holder_number", "编号"), @r"
    subject-field-value Malformed
    Holder number (holder_number) is not letters, digits, spaces and ' ( ) + , - . / : = ? only
    持有人编号（holder_number）只能使用字母、数字、空格和 ' ( ) + , - . / : = ?（电子签名法 20）
    ");
    assert_snapshot!(person("city", " 北京"), @r"
    subject-field-characters Malformed
    City (city) has control characters, or spaces at its start or end
    城市（city）含有控制字符，或首尾有空格（电子签名法 20）
    ");
    assert_snapshot!(person("city", "北\u{7}京"), @r"
    subject-field-characters Malformed
    City (city) has control characters, or spaces at its start or end
    城市（city）含有控制字符，或首尾有空格（电子签名法 20）
    ");
    assert_snapshot!(check("person-sm2", &[("common_name", &"张".repeat(65))]), @r"
    subject-field-long Malformed
    Name (common_name) has 65 characters, at most 64 are allowed
    姓名（common_name）有65个字符，最多64个（电子签名法 20）
    ");
    let many = vec!["a.example.cn"; 101].join(",");
    assert_snapshot!(check("tls-server", &[("dns", &many)]), @r"
    subject-field-many Malformed
    DNS names (dns) has 101 values, at most 100 are allowed
    域名（dns）有101项，最多100项（电子签名法 20）
    ");
}

#[test]
fn fixed_fields_patterns_and_shared_extensions_are_kept() {
    let text = "
        like = 'person-sm2'
        name = 'clerk'
        extension_set = 'gbt20518-2018'
        [[field]]
        name = 'country'
        zh = '国家'
        en = 'Country'
        targets = ['dn:C']
        fixed = 'CN'
        max_length = 2
        [[field]]
        name = 'number'
        zh = '编号'
        en = 'Number'
        targets = ['dn:serialNumber', 'dn:CN']
        pattern = '[A-Z]{2}[0-9]{3}'
        [[field]]
        name = 'identity_number'
        zh = '身份证号码'
        en = 'Identity number'
        targets = ['gm:resident-identity']
        [[field]]
        name = 'passport_number'
        zh = '护照号码'
        en = 'Passport number'
        targets = ['gm:passport']
    ";
    let profiles = Profiles::from_toml(text).unwrap();
    let clerk = profiles.get("clerk").unwrap();
    let check = |pairs: &[(&str, &str)]| match Subject::new(clerk, &values(pairs)) {
        Ok(subject) => subject.display(),
        Err(error) => explained(&error),
    };
    assert_snapshot!(check(&[("number", "AB123")]), @"C=CN, serialNumber=AB123, CN=AB123");
    assert_snapshot!(check(&[("number", "xAB123")]), @r"
    subject-field-value Malformed
    Number (number) is not of the form [A-Z]{2}[0-9]{3}
    编号（number）应符合 [A-Z]{2}[0-9]{3}（电子签名法 20）
    ");
    assert_snapshot!(check(&[("country", "US")]), @r#"
    subject-field-fixed Refusal
    Country (country) is always "CN"
    国家（country）固定为 CN（电子签名法 20）
    "#);
    assert_snapshot!(check(&[("identity_number", "1"), ("passport_number", "2")]), @r"
    subject-field-same-extension Refusal
    Passport number (passport_number) and another field would use extension 1.2.156.10260.4.1.1 twice
    护照号码（passport_number）与另一字段使用同一证书扩展 1.2.156.10260.4.1.1，只能填写一项（RFC 5280 4.2）
    ");
}

#[test]
fn sample_values_fit_every_profile() {
    for profile in profiles().iter() {
        Subject::new(profile, &fields(profile)).unwrap();
    }
}

#[test]
fn a_profile_is_described_for_programs() {
    let json = serde_json::to_value(profile("person-sm2").summary()).unwrap();
    assert_eq!(json["dual"], true);
    assert_eq!(json["law_scope"], "signature");
    assert_eq!(json["keys"], serde_json::json!(["sm2"]));
    assert_eq!(json["fields"][3]["name"], "common_name");
    assert_eq!(json["fields"][3]["label"]["zh"], "姓名");
    assert_eq!(json["fields"][5]["check"], "resident-identity");
    assert_eq!(
        json["fields"][5]["targets"],
        serde_json::json!(["gm:resident-identity"])
    );
}

proptest! {
    /// Any values give a subject or a refusal, and what is accepted can be shown again.
    #[test]
    fn any_values_are_taken_or_refused(values in prop::collection::btree_map("[a-z_]{1,12}|common_name|email|country|identity_number", ".{0,80}", 0..6)) {
        let values: BTreeMap<String, String> = values;
        if let Ok(subject) = Subject::new(profile("person-sm2"), &values) {
            prop_assert!(!subject.display().is_empty());
        }
    }
}

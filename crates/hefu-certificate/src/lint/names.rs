//! Names: the subject's distinguished name and its alternatives (RFC 5280 §4.1.2.4, §4.1.2.6, §4.2.1.6, A.1).

use der::Tag;
use hefu_rulebook::Citation;

use crate::lint::examined::Examined;
use crate::lint::{Lint, Verdict, error, fires, names, notice, rfc5280, warning};
use crate::name::{Attribute, NameAttribute, StringForm, is_printable};
use crate::oid;
use crate::value_check::{is_absolute_uri, is_dns_name, is_mailbox};
use crate::view::GeneralName;

pub(super) const LINTS: &[Lint] = &[
    error(
        "subject-empty-needs-critical-alternative",
        rfc5280("4.1.2.6"),
        "主体名称为空时，应有标为关键的主体别名",
        "a subject without a name must have a critical subject alternative name",
        |it| fires(it.subject.is_empty() && !it.is_critical(oid::CE_SUBJECT_ALT_NAME)),
    ),
    error(
        "name-value-not-empty",
        rfc5280("A.1"),
        "名称属性不得为空",
        "a naming attribute must not be empty",
        |it| labels(it, |attribute| attribute.value.is_empty()),
    ),
    error(
        "name-string-type",
        rfc5280("4.1.2.6"),
        "名称属性应使用UTF8String或PrintableString",
        "naming attributes must be UTF8String or PrintableString",
        |it| labels(it, wrong_string_type),
    ),
    error(
        "name-printable-type",
        rfc5280("A.1"),
        "国家、序列号和限定符应使用PrintableString",
        "country, serial number and qualifier must be PrintableString",
        |it| {
            labels(it, |one| {
                let printable = one.known().is_some_and(|known| known.form() == StringForm::Printable);
                printable && one.tag != Tag::PrintableString
            })
        },
    ),
    error(
        "name-printable-characters",
        rfc5280("A.1"),
        "PrintableString含有不允许的字符",
        "a PrintableString has characters that it may not have",
        |it| {
            labels(it, |one| {
                one.tag == Tag::PrintableString && !one.text().is_some_and(is_printable)
            })
        },
    ),
    error(
        "name-country-form",
        rfc5280("A.1"),
        "国家应为两个大写字母",
        "a country must be two capital letters",
        |it| {
            labels(it, |one| {
                let form = one.value.len() == 2 && one.value.iter().all(u8::is_ascii_uppercase);
                one.is(Attribute::Country) && !form
            })
        },
    ),
    error(
        "name-length",
        rfc5280("A.1"),
        "名称属性超过长度上限",
        "a naming attribute is longer than its upper bound",
        |it| labels(it, too_long),
    ),
    error(
        "name-characters",
        Citation::new("ESL", "21"),
        "名称属性不得含有控制字符，应为可读文字",
        "a naming attribute must be readable text without control characters",
        |it| {
            labels(it, |one| {
                one.known().is_some() && one.text().is_none_or(|text| text.chars().any(char::is_control))
            })
        },
    ),
    warning(
        "name-spaces",
        rfc5280("7.1"),
        "名称属性首尾不宜有空格",
        "a naming attribute should not start or end with a space",
        |it| labels(it, |one| one.text().is_some_and(|text| text.trim() != text)),
    ),
    warning(
        "name-single-valued",
        Citation::new("GB/T 20518", ""),
        "每个相对可辨别名宜只含一个属性",
        "a relative distinguished name should have one attribute",
        |it| labels(it, |one| one.siblings > 1),
    ),
    warning(
        "name-repeated",
        Citation::new("GB/T 20518", ""),
        "国家、通用名和序列号属性宜只出现一次",
        "country, common name and serial number should appear once",
        repeated,
    ),
    notice(
        "name-may-not-be-unique",
        rfc5280("4.1.2.6"),
        "主体名称和扩展中没有可区分同名持有人的号码",
        "nothing in the certificate tells holders of the same name apart",
        may_not_be_unique,
    ),
    error(
        "alternative-not-empty",
        rfc5280("4.2.1.6"),
        "主体别名扩展及其各项不得为空",
        "the subject alternative name and each of its entries must not be empty",
        |it| {
            let empty = |all: &Vec<GeneralName<'_>>| all.is_empty() || all.iter().any(|name| name.content.is_empty());
            fires(it.alternatives.as_ref().is_some_and(empty))
        },
    ),
    warning(
        "alternative-not-critical",
        rfc5280("4.2.1.6"),
        "主体名称不为空时，主体别名不宜标为关键",
        "the subject alternative name should not be critical beside a subject name",
        |it| fires(!it.subject.is_empty() && it.is_critical(oid::CE_SUBJECT_ALT_NAME)),
    ),
    error(
        "alternative-dns-form",
        rfc5280("4.2.1.6"),
        "别名中的域名应为规范的完整域名",
        "a DNS name must be full and in preferred syntax",
        |it| {
            wrong(it, GeneralName::DNS, |text| {
                is_dns_name(text.strip_prefix("*.").unwrap_or(text))
            })
        },
    ),
    error(
        "alternative-email-form",
        rfc5280("4.2.1.6"),
        "别名中的电子邮件地址应为规范格式",
        "a mail address must be a mailbox",
        |it| wrong(it, GeneralName::EMAIL, is_mailbox),
    ),
    error(
        "alternative-uri-form",
        rfc5280("4.2.1.6"),
        "别名中的URI应为绝对地址",
        "a URI must be absolute",
        |it| wrong(it, GeneralName::URI, is_absolute_uri),
    ),
    error(
        "alternative-ip-form",
        rfc5280("4.2.1.6"),
        "别名中的IP地址应为4或16字节",
        "an IP address must have 4 or 16 octets",
        |it| {
            let lengths = it.alternatives_of(GeneralName::IP).map(|name| name.content.len());
            names(
                lengths
                    .filter(|length| !matches!(length, 4 | 16))
                    .map(|length| length.to_string()),
            )
        },
    ),
];

/// The subject's attributes for which `bad` holds, by label: values may be personal and are not repeated.
fn labels(it: &Examined<'_>, bad: impl Fn(&NameAttribute<'_>) -> bool) -> Verdict {
    names(
        it.subject
            .iter()
            .filter(|attribute| bad(attribute))
            .map(NameAttribute::label),
    )
}

fn wrong_string_type(one: &NameAttribute<'_>) -> bool {
    one.known().is_some() && !matches!(one.tag, Tag::Utf8String | Tag::PrintableString)
}

fn too_long(one: &NameAttribute<'_>) -> bool {
    let bound = one.known().and_then(Attribute::upper_bound);
    let length = one.text().map_or(one.value.len(), |text| text.chars().count());
    bound.is_some_and(|bound| length > bound)
}

fn repeated(it: &Examined<'_>) -> Verdict {
    let once = [Attribute::Country, Attribute::CommonName, Attribute::SerialNumber];
    let count = |attribute: Attribute| it.subject.iter().filter(|one| one.is(attribute)).count();
    names(
        once.into_iter()
            .filter(|attribute| count(*attribute) > 1)
            .map(|attribute| attribute.short().to_owned()),
    )
}

fn may_not_be_unique(it: &Examined<'_>) -> Verdict {
    let telling = [
        Attribute::SerialNumber,
        Attribute::UserId,
        Attribute::DnQualifier,
        Attribute::OrganizationIdentifier,
    ];
    let told = it
        .subject
        .iter()
        .any(|one| telling.iter().any(|attribute| one.is(*attribute)));
    let arc = oid::GM_IDENTITY_ARC;
    let identity = it
        .tbs
        .extensions
        .iter()
        .any(|extension| extension.oid.starts_with(arc.as_bytes()));
    fires(it.profile.law_scope().is_inside() && !told && !identity)
}

fn wrong(it: &Examined<'_>, number: u32, good: impl Fn(&str) -> bool) -> Verdict {
    let bad = it
        .alternatives_of(number)
        .filter(|name| !name.ascii().is_some_and(&good));
    names(bad.map(|name| name.ascii().map_or_else(|| hex::encode(name.content), str::to_owned)))
}

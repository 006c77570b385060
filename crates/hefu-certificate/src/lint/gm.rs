//! Chinese certificate format: SM2 keys and signatures, usages of a pair, identity extensions.
//!
//! The texts of GB/T 20518 and GM/T 0015 could not be had; these rules are recalled and cross-checked between
//! implementations, and show as unverified.

use der::Tag;
use gm_suite::KeyAlgorithm;
use gm_syntax::der_fields::{Element, Fields};
use hefu_rulebook::Citation;

use crate::identity_extension::{Form, IdentityNumber};
use crate::key_usage::KeyUsage;
use crate::lint::examined::{Examined, dotted};
use crate::lint::{Lint, Verdict, error, fires, names, warning};
use crate::name::is_printable;
use crate::oid;
use crate::profile::Usage;
use crate::value_check::ValueCheck;
use crate::view::Extension;

/// The whole clause numbers are not known: the instrument is cited.
const GB20518: Citation = Citation::new("GB/T 20518", "");

const SIGNS: KeyUsage = KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION);
const ENCRYPTS: KeyUsage = KeyUsage::KEY_ENCIPHERMENT
    .with(KeyUsage::DATA_ENCIPHERMENT)
    .with(KeyUsage::KEY_AGREEMENT);

pub(super) const LINTS: &[Lint] = &[
    error(
        "gm-sign-usage",
        GB20518,
        "签名证书的密钥用法应为数字签名和抗抵赖，不得含加密用途",
        "a signature certificate has digital signature and non-repudiation, and nothing that encrypts",
        |it| {
            let right = it.key_usage.is_some_and(|usage| usage.within(SIGNS)) && it.may(KeyUsage::DIGITAL_SIGNATURE);
            fires(it.usage == Usage::Sign && !right)
        },
    ),
    error(
        "gm-encrypt-usage",
        GB20518,
        "加密证书的密钥用法应为密钥加密、数据加密或密钥协商，不得含签名用途",
        "an encryption certificate has key or data encipherment or key agreement, and nothing that signs",
        |it| {
            let right = it
                .key_usage
                .is_some_and(|usage| usage.within(ENCRYPTS) && !usage.is_empty());
            fires(it.usage == Usage::Encrypt && !right)
        },
    ),
    error(
        "gm-sm2-key-identifier",
        GB20518,
        "SM2公钥应标识为id-ecPublicKey，曲线为1.2.156.10197.1.301",
        "an SM2 key must be id-ecPublicKey on the named curve 1.2.156.10197.1.301",
        |it| fires(it.key_algorithm() == Some(KeyAlgorithm::Sm2) && !is_named_sm2(it).unwrap_or(false)),
    ),
    error(
        "gm-sm2-signature-identifier",
        GB20518,
        "SM2机构的签名算法应为1.2.156.10197.1.501，不带参数",
        "an SM2 authority signs with 1.2.156.10197.1.501 without parameters",
        |it| {
            let authority = it.issuer.public_key().algorithm() == KeyAlgorithm::Sm2;
            fires(authority && !is_sm2_with_sm3(it).unwrap_or(false))
        },
    ),
    warning(
        "gm-sm2-under-sm2",
        GB20518,
        "SM2证书宜由SM2机构签发",
        "an SM2 certificate should be issued by an SM2 authority",
        |it| {
            let authority = it.issuer.public_key().algorithm();
            (it.key_algorithm() == Some(KeyAlgorithm::Sm2) && authority != KeyAlgorithm::Sm2)
                .then(|| authority.to_string())
        },
    ),
    error(
        "gm-identity-set",
        Citation::new("GM/T 0015", ""),
        "个人和单位标识扩展应属于证书模板所选的版本",
        "identity extensions must belong to the edition that the profile chose",
        |it| {
            names(
                identities(it)
                    .filter(|one| forms(it, one).is_empty())
                    .map(|one| dotted(one.oid)),
            )
        },
    ),
    error(
        "gm-identity-form",
        Citation::new("GM/T 0015", ""),
        "个人和单位标识扩展的字符串类型或字符不正确",
        "an identity extension has the wrong string type or characters",
        |it| {
            let wrong = identities(it).filter(|one| !forms(it, one).is_empty() && text(it, one).is_none());
            names(wrong.map(|one| dotted(one.oid)))
        },
    ),
    warning(
        "gm-identity-not-critical",
        GB20518,
        "个人和单位标识扩展不宜标为关键",
        "identity extensions should not be critical",
        |it| {
            names(
                identities(it)
                    .filter(|one| one.is_critical())
                    .map(|one| dotted(one.oid)),
            )
        },
    ),
    warning(
        "gm-resident-identity-check",
        Citation::new("GB 11643", ""),
        "公民身份号码的校验码不正确",
        "the check character of the resident identity number is wrong",
        |it| failing(it, IdentityNumber::ResidentIdentity, ValueCheck::ResidentIdentity),
    ),
    warning(
        "gm-credit-code-check",
        Citation::new("GB 32100", ""),
        "统一社会信用代码的校验码不正确",
        "the check character of the unified social credit code is wrong",
        |it| failing(it, IdentityNumber::CreditCode, ValueCheck::CreditCode),
    ),
];

/// Whether the key says id-ecPublicKey with the SM2 curve; some software writes the curve as the key type.
fn is_named_sm2(it: &Examined<'_>) -> Option<bool> {
    let mut fields = Fields::over(it.tbs.spki.content);
    let identifier = fields.tagged("algorithm", Tag::Sequence).ok()?;
    let mut inner = Fields::over(identifier.content);
    let algorithm = inner.oid("algorithm").ok()?;
    let curve = inner.oid("parameters").ok()?;
    Some(algorithm == gm_suite::oid::EC_PUBLIC_KEY && curve == gm_suite::oid::SM2 && inner.is_empty())
}

fn is_sm2_with_sm3(it: &Examined<'_>) -> Option<bool> {
    let mut fields = Fields::over(it.tbs.algorithm.content);
    let algorithm = fields.oid("algorithm").ok()?;
    Some(algorithm == gm_suite::oid::SM2_WITH_SM3 && fields.is_empty())
}

fn identities<'e, 'a>(it: &'e Examined<'a>) -> impl Iterator<Item = &'e Extension<'a>> {
    it.tbs
        .extensions
        .iter()
        .filter(|extension| extension.oid.starts_with(oid::GM_IDENTITY_ARC.as_bytes()))
}

/// The numbers that the profile's set writes into this extension, and how.
fn forms(it: &Examined<'_>, extension: &Extension<'_>) -> Vec<(IdentityNumber, Form)> {
    let set = it.profile.extension_set();
    let known = IdentityNumber::ALL
        .into_iter()
        .filter_map(|number| Some((number, number.form(set)?)));
    known.filter(|(_, form)| form.oid.as_bytes() == extension.oid).collect()
}

/// The number and its text; `None` when type or characters are wrong. Reads implicit and explicit alternatives.
fn text<'a>(it: &Examined<'a>, extension: &Extension<'a>) -> Option<(Vec<IdentityNumber>, &'a str)> {
    let mut fields = Fields::over(extension.value);
    let outer = fields.element("identity").ok()?;
    fields.finish().ok()?;
    let mut numbers = Vec::new();
    let mut found = None;
    for (number, form) in forms(it, extension) {
        if let Some(content) = content(&outer, form) {
            numbers.push(number);
            found = Some((content, form.tag));
        }
    }
    let (content, tag) = found?;
    let text = std::str::from_utf8(content).ok()?;
    let allowed = !text.is_empty() && (tag != Tag::PrintableString || is_printable(text));
    allowed.then_some((numbers, text))
}

fn content<'a>(outer: &Element<'a>, form: Form) -> Option<&'a [u8]> {
    let Some(alternative) = form.alternative else {
        return (outer.tag == form.tag).then_some(outer.content);
    };
    if !outer.is_context(u32::from(alternative)) {
        return None;
    }
    if !outer.tag.is_constructed() {
        return Some(outer.content);
    }
    let mut fields = Fields::over(outer.content);
    let string = fields.tagged("identity", form.tag).ok()?;
    fields.finish().ok()?;
    Some(string.content)
}

/// A number whose check character is wrong. Organisation codes share an extension with credit codes in the 2018 set
/// and are shorter, so only values of full length count. The value itself is not repeated.
fn failing(it: &Examined<'_>, number: IdentityNumber, check: ValueCheck) -> Verdict {
    /// Characters of both numbers.
    const LENGTH: usize = 18;
    let wrong = identities(it).filter(|extension| {
        let Some((numbers, text)) = text(it, extension) else {
            return false;
        };
        numbers.contains(&number) && text.len() == LENGTH && !check.passes(text)
    });
    names(wrong.map(|extension| dotted(extension.oid)))
}

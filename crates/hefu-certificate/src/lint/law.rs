//! What the law wants in an electronic signature certificate: 电子签名法 21 (the same seven items stand in
//! 电子认证服务管理办法 28) and, for government affairs, the policy identifier of 电子政务电子认证服务管理办法 19(5).
//!
//! They bind certificates of profiles inside the law's scope; TLS, device and authority certificates are outside.
//! Item 7, "other contents prescribed", is an operator's list of extensions: no such prescription is known here.

use der::Decode;
use gm_suite::SignatureAlgorithm;
use hefu_rulebook::Citation;
use spki::AlgorithmIdentifierOwned;

use crate::key_usage::KeyUsage;
use crate::lint::examined::Examined;
use crate::lint::{Lint, error, fires, names, warning};
use crate::name::{Attribute, NameAttribute};
use crate::oid;
use crate::profile::{LawScope, Usage};

const fn esl(article: &'static str) -> Citation {
    Citation::new("ESL", article)
}

pub(super) const LINTS: &[Lint] = &[
    error(
        "law-provider-name",
        esl("21(1)"),
        "证书应载明电子认证服务提供者名称",
        "the certificate must state the name of the certification service provider",
        |it| fires(inside(it) && !has_name(&it.issuer_name)),
    ),
    error(
        "law-holder-name",
        esl("21(2)"),
        "证书应载明证书持有人名称",
        "the certificate must state the holder's name",
        |it| fires(inside(it) && !has_name(&it.subject)),
    ),
    error(
        "law-serial-number",
        esl("21(3)"),
        "证书应载明证书序列号",
        "the certificate must state its serial number",
        |it| fires(inside(it) && it.tbs.serial.content.iter().all(|octet| *octet == 0)),
    ),
    error(
        "law-validity",
        esl("21(4)"),
        "证书应载明有效期",
        "the certificate must state its validity",
        |it| fires(inside(it) && (it.not_before.is_none() || it.not_after.is_none())),
    ),
    error(
        "law-verification-data",
        esl("21(5)"),
        "证书应载明持有人的电子签名验证数据",
        "the certificate must state the holder's signature verification data",
        |it| fires(inside(it) && it.key.is_none()),
    ),
    error(
        "law-provider-signature",
        esl("21(6)"),
        "证书应有电子认证服务提供者的电子签名：所载算法须为其密钥可用的算法",
        "the provider must be able to sign: the algorithm stated must be one its key can use",
        |it| fires(inside(it) && !provider_can_sign(it)),
    ),
    error(
        "law-prescribed-contents",
        esl("21(7)"),
        "证书应载明主管部门规定的其他内容",
        "the certificate must state what else the competent department prescribes",
        |it| {
            let missing = it
                .profile
                .prescribed_extensions()
                .iter()
                .filter(|oid| it.extension(**oid).is_none());
            names(missing.map(ToString::to_string))
        },
    ),
    error(
        "law-government-policy",
        Citation::new("EG24", "19(5)"),
        "电子政务证书应载明证书策略对象标识符",
        "a certificate for government affairs must state its policy identifier",
        |it| fires(it.profile.law_scope() == LawScope::Government && it.policies.is_none()),
    ),
    warning(
        "law-policy-identifier",
        Citation::new("M15", "15"),
        "证书宜载明其所依据的证书策略；运营者尚未设置策略对象标识符",
        "the certificate should name the policy it was issued under; the operator has set no policy arc",
        |it| fires(it.profile.law_scope() == LawScope::Signature && it.policies.is_none()),
    ),
    error(
        "law-signing-key-signs",
        esl("34(3)"),
        "电子签名认证证书的密钥应可用于签名",
        "the key of a signature certificate must be one that signs",
        |it| {
            let signs = KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION);
            fires(inside(it) && it.usage != Usage::Encrypt && !it.may(signs))
        },
    ),
    warning(
        "law-signer-cannot-deny",
        esl("34(3)"),
        "签署文件用的证书宜有抗抵赖用途",
        "a certificate for signing documents should have non-repudiation",
        |it| fires(inside(it) && it.usage != Usage::Encrypt && !it.may(KeyUsage::NON_REPUDIATION)),
    ),
    error(
        "law-encryption-key-does-not-sign",
        esl("13(2)"),
        "由密钥管理中心保管的加密密钥不得用于签名",
        "an encryption key that the key centre keeps must not sign",
        |it| {
            let signs = KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION);
            fires(it.usage == Usage::Encrypt && (it.may(signs) || has_document_purpose(it)))
        },
    ),
];

fn inside(it: &Examined<'_>) -> bool {
    it.profile.law_scope().is_inside()
}

fn has_name(attributes: &[NameAttribute<'_>]) -> bool {
    let named = |one: &NameAttribute<'_>| one.is(Attribute::CommonName) || one.is(Attribute::Organization);
    attributes
        .iter()
        .any(|one| named(one) && one.text().is_some_and(|text| !text.trim().is_empty()))
}

fn provider_can_sign(it: &Examined<'_>) -> bool {
    let identifier = AlgorithmIdentifierOwned::from_der(it.tbs.algorithm.whole).ok();
    let algorithm = identifier.and_then(|identifier| SignatureAlgorithm::from_identifier(&identifier).ok());
    algorithm.is_some_and(|algorithm| it.issuer.public_key().algorithm().serves(algorithm))
}

fn has_document_purpose(it: &Examined<'_>) -> bool {
    let signing = [
        oid::KP_DOCUMENT_SIGNING,
        oid::KP_CODE_SIGNING,
        oid::KP_TIME_STAMPING,
        oid::KP_OCSP_SIGNING,
    ];
    signing.into_iter().any(|purpose| it.has_purpose(purpose))
}

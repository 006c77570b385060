//! Authorities and their helpers: roots, issuing authorities, OCSP signers, time stamp signers.

use hefu_rulebook::Citation;

use crate::key_usage::KeyUsage;
use crate::lint::examined::Examined;
use crate::lint::{Lint, Verdict, error, fires, rfc5280, warning};
use crate::oid;
use crate::profile::ProfileKind;

pub(super) const LINTS: &[Lint] = &[
    error(
        "authority-basic-constraints",
        rfc5280("4.2.1.9"),
        "认证机构证书应有标为关键的基本约束且为cA",
        "an authority's certificate must have critical basic constraints with cA",
        |it| {
            let right = it.is_authority() && it.is_critical(oid::CE_BASIC_CONSTRAINTS);
            fires(it.kind().is_authority() && !right)
        },
    ),
    error(
        "not-an-authority",
        rfc5280("4.2.1.9"),
        "非认证机构的证书不得为cA",
        "only an authority's certificate may have cA",
        |it| fires(!it.kind().is_authority() && it.is_authority()),
    ),
    error(
        "authority-key-cert-sign",
        rfc5280("4.2.1.3"),
        "认证机构证书应有keyCertSign位",
        "an authority's certificate must have keyCertSign",
        |it| fires(it.kind().is_authority() && !it.may(KeyUsage::KEY_CERT_SIGN)),
    ),
    warning(
        "authority-crl-sign",
        rfc5280("4.2.1.3"),
        "签发CRL的认证机构证书应有cRLSign位",
        "an authority that signs CRLs needs cRLSign",
        |it| fires(it.kind().is_authority() && !it.may(KeyUsage::CRL_SIGN)),
    ),
    error(
        "path-length-of-issuer",
        rfc5280("4.2.1.9"),
        "签发机构的路径长度不允许其下再有认证机构",
        "the issuer's path length allows no authority below it",
        |it| fires(it.kind().is_authority() && it.issuer.path_length() == Some(0)),
    ),
    error(
        "root-signs-itself",
        rfc5280("4.2.1.1"),
        "根证书的主体、颁发者和密钥应为同一机构",
        "a root's subject, issuer and key must be one authority's",
        |it| {
            let same = it.tbs.subject.whole == it.tbs.issuer.whole && it.key.as_ref() == Some(it.issuer.public_key());
            fires(it.kind() == ProfileKind::Root && !same)
        },
    ),
    error(
        "only-a-root-signs-itself",
        rfc5280("4.1.2.4"),
        "非根证书的主体不得与颁发者同名",
        "only a root may have the issuer's name",
        |it| fires(it.kind() != ProfileKind::Root && it.tbs.subject.whole == it.tbs.issuer.whole),
    ),
    error(
        "ocsp-signer-purpose",
        Citation::new("RFC 6960", "4.2.2.2"),
        "OCSP签名证书应有OCSPSigning用途，其他证书不得有",
        "an OCSP signer must have the OCSPSigning purpose, and nobody else may",
        |it| fires(it.has_purpose(oid::KP_OCSP_SIGNING) != (it.kind() == ProfileKind::OcspSigner)),
    ),
    error(
        "ocsp-no-check-place",
        Citation::new("RFC 6960", "4.2.2.2.1"),
        "只有OCSP签名证书可有nocheck扩展，其值为NULL",
        "only an OCSP signer may have the nocheck extension, with value NULL",
        ocsp_no_check_place,
    ),
    warning(
        "ocsp-signer-status",
        Citation::new("RFC 6960", "4.2.2.2.1"),
        "OCSP签名证书宜有nocheck扩展或状态查询地址",
        "an OCSP signer should have the nocheck extension or say where its status can be asked",
        |it| {
            let told = it.extension(oid::OCSP_NO_CHECK).is_some() || it.points.is_some() || it.access.is_some();
            fires(it.kind() == ProfileKind::OcspSigner && !told)
        },
    ),
    error(
        "timestamp-signer-purpose",
        Citation::new("RFC 3161", "2.3"),
        "时间戳签名证书应仅有标为关键的timeStamping用途，其他证书不得有",
        "a time stamp signer must have timeStamping alone and critical, and nobody else may have it",
        timestamp_purpose,
    ),
];

fn ocsp_no_check_place(it: &Examined<'_>) -> Verdict {
    /// DER of NULL.
    const NULL: [u8; 2] = [5, 0];
    let found = it.extension(oid::OCSP_NO_CHECK)?;
    fires(it.kind() != ProfileKind::OcspSigner || found.value != NULL)
}

fn timestamp_purpose(it: &Examined<'_>) -> Verdict {
    let has = it.has_purpose(oid::KP_TIME_STAMPING);
    if it.kind() != ProfileKind::TimestampSigner {
        return fires(has);
    }
    let alone = it.purposes.as_ref().is_some_and(|all| all.len() == 1);
    fires(!(has && alone && it.is_critical(oid::CE_EXTENDED_KEY_USAGE)))
}

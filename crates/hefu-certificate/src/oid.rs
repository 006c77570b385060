//! Object identifiers of certificates, each once. Algorithms are in `gm_suite::oid`.

use const_oid::ObjectIdentifier;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

/// Whether a dotted identifier lies under an arc of the Chinese standards, which no operator may use for policies.
pub(crate) fn is_of_the_standards(dotted: &str) -> bool {
    let under = |root: &str| dotted == root || dotted.strip_prefix(root).is_some_and(|rest| rest.starts_with('.'));
    under("1.2.156.10197") || under("1.2.156.10260")
}

// Naming attributes (RFC 5280 A.1; RFC 4519; ITU-T X.520).
pub(crate) const AT_COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
pub(crate) const AT_SURNAME: ObjectIdentifier = oid("2.5.4.4");
pub(crate) const AT_SERIAL_NUMBER: ObjectIdentifier = oid("2.5.4.5");
pub(crate) const AT_COUNTRY: ObjectIdentifier = oid("2.5.4.6");
pub(crate) const AT_LOCALITY: ObjectIdentifier = oid("2.5.4.7");
pub(crate) const AT_PROVINCE: ObjectIdentifier = oid("2.5.4.8");
pub(crate) const AT_ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
pub(crate) const AT_ORGANIZATIONAL_UNIT: ObjectIdentifier = oid("2.5.4.11");
pub(crate) const AT_TITLE: ObjectIdentifier = oid("2.5.4.12");
pub(crate) const AT_GIVEN_NAME: ObjectIdentifier = oid("2.5.4.42");
pub(crate) const AT_DN_QUALIFIER: ObjectIdentifier = oid("2.5.4.46");
pub(crate) const AT_ORGANIZATION_IDENTIFIER: ObjectIdentifier = oid("2.5.4.97");
pub(crate) const AT_USER_ID: ObjectIdentifier = oid("0.9.2342.19200300.100.1.1");
pub(crate) const AT_DOMAIN_COMPONENT: ObjectIdentifier = oid("0.9.2342.19200300.100.1.25");
pub(crate) const AT_EMAIL_ADDRESS: ObjectIdentifier = oid("1.2.840.113549.1.9.1");

// Extensions (RFC 5280 §4.2).
pub(crate) const CE_SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
pub(crate) const CE_KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
pub(crate) const CE_SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
pub(crate) const CE_BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
pub(crate) const CE_NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
pub(crate) const CE_CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
pub(crate) const CE_CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
pub(crate) const CE_POLICY_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.36");
pub(crate) const CE_AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
pub(crate) const CE_EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
pub(crate) const CE_INHIBIT_ANY_POLICY: ObjectIdentifier = oid("2.5.29.54");
pub(crate) const PE_AUTHORITY_INFO_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
/// `id-pkix-ocsp-nocheck` (RFC 6960 §4.2.2.2.1).
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");

// What access descriptions, policies and purposes name.
pub(crate) const AD_OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
pub(crate) const AD_CA_ISSUERS: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");
pub(crate) const QT_CPS: ObjectIdentifier = oid("1.3.6.1.5.5.7.2.1");
pub(crate) const QT_USER_NOTICE: ObjectIdentifier = oid("1.3.6.1.5.5.7.2.2");
pub(crate) const ANY_POLICY: ObjectIdentifier = oid("2.5.29.32.0");
pub(crate) const KP_ANY: ObjectIdentifier = oid("2.5.29.37.0");
pub(crate) const KP_SERVER_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.1");
pub(crate) const KP_CLIENT_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.2");
pub(crate) const KP_CODE_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.3");
pub(crate) const KP_EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
pub(crate) const KP_TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
pub(crate) const KP_OCSP_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.9");
/// `id-kp-documentSigning` (RFC 9336).
pub(crate) const KP_DOCUMENT_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.36");

// Identity extensions of GB/T 20518 and GM/T 0015, all below 1.2.156.10260.4.
pub(crate) const GM_IDENTITY_ARC: ObjectIdentifier = oid("1.2.156.10260.4");
pub(crate) const GM_IDENTIFY_CODE: ObjectIdentifier = oid("1.2.156.10260.4.1.1");
pub(crate) const GM_SOCIAL_INSURANCE: ObjectIdentifier = oid("1.2.156.10260.4.1.2");
pub(crate) const GM_BUSINESS_REGISTRATION: ObjectIdentifier = oid("1.2.156.10260.4.1.3");
pub(crate) const GM_ORGANISATION_CODE: ObjectIdentifier = oid("1.2.156.10260.4.1.4");
pub(crate) const GM_TAX_NUMBER: ObjectIdentifier = oid("1.2.156.10260.4.1.5");
pub(crate) const GM_RESIDENT_IDENTITY: ObjectIdentifier = oid("1.2.156.10260.4.1.1.1");
pub(crate) const GM_PASSPORT: ObjectIdentifier = oid("1.2.156.10260.4.1.1.2");
pub(crate) const GM_CREDIT_CODE: ObjectIdentifier = oid("1.2.156.10260.4.4");

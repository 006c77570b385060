//! Object identifiers of RFC 5280 and RFC 6960, as the content octets that stand in DER.
//!
//! Those of the hot paths are kept encoded: they are compared and copied, and nobody needs their dotted form.

use const_oid::ObjectIdentifier;

/// id-ce-cRLNumber, 2.5.29.20.
pub(crate) const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 0x14];
/// id-ce-cRLReasons, 2.5.29.21.
pub(crate) const CRL_REASON: &[u8] = &[0x55, 0x1d, 0x15];
/// id-ce-invalidityDate, 2.5.29.24.
pub(crate) const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 0x18];
/// id-ce-authorityKeyIdentifier, 2.5.29.35.
pub(crate) const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];
/// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1.
pub(crate) const OCSP_BASIC: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01];
/// id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2.
pub(crate) const OCSP_NONCE: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
/// id-pkix-ocsp-nocheck.
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
/// id-kp-OCSPSigning.
pub(crate) const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
/// Critical extensions of a delegate's certificate that are looked at, or do not bear on a signer: key usage,
/// extended key usage, basic constraints, certificate policies.
pub(crate) const DELEGATE_MAY_HAVE: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("2.5.29.15"),
    ObjectIdentifier::new_unwrap("2.5.29.37"),
    ObjectIdentifier::new_unwrap("2.5.29.19"),
    ObjectIdentifier::new_unwrap("2.5.29.32"),
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use const_oid::ObjectIdentifier;

    #[test]
    fn the_octets_are_the_numbers_that_the_comments_say() {
        for (octets, dotted) in [
            (super::CRL_NUMBER, "2.5.29.20"),
            (super::CRL_REASON, "2.5.29.21"),
            (super::INVALIDITY_DATE, "2.5.29.24"),
            (super::AUTHORITY_KEY_IDENTIFIER, "2.5.29.35"),
            (super::OCSP_BASIC, "1.3.6.1.5.5.7.48.1.1"),
            (super::OCSP_NONCE, "1.3.6.1.5.5.7.48.1.2"),
        ] {
            assert_eq!(ObjectIdentifier::from_bytes(octets).unwrap().to_string(), dotted);
        }
    }
}

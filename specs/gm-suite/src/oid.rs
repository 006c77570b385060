//! Object identifiers of the suite, each once.
//!
//! Chinese ones are from GM/T 0006 as `gm.md` of the project's standards notes cross-checked them; international
//! ones are from the registry that the `const-oid` crate carries.

use const_oid::db::{fips204, rfc5912, rfc8410};
pub use der::asn1::ObjectIdentifier;

/// `id-ecPublicKey`: a key on a named curve (RFC 5480).
pub const EC_PUBLIC_KEY: ObjectIdentifier = rfc5912::ID_EC_PUBLIC_KEY;
/// SM2 as a curve, the parameter of `id-ecPublicKey`; some write it as a key type of its own.
pub const SM2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
/// SM2 signature as GB/T 35275 names it in messages.
pub const SM2_SIGN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.1");
/// SM2 key exchange; one library writes it where encryption is meant.
pub const SM2_KEY_EXCHANGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.2");
/// SM2 public-key encryption.
pub const SM2_ENCRYPT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.3");
/// SM3.
pub const SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401");
/// HMAC-SM3.
pub const HMAC_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401.2");
/// HMAC-SM3 as GM/T 0091 writes it.
pub const HMAC_SM3_PBE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.401.3.1");
/// SM2 with SM3: the signature algorithm of certificates, requests, CRLs and OCSP answers.
pub const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
/// SM4 without a mode (some write it where ECB is meant).
pub const SM4: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104");
/// SM4 in ECB mode.
pub const SM4_ECB: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104.1");
/// SM4 in CBC mode.
pub const SM4_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104.2");
/// SM4 in GCM mode.
pub const SM4_GCM: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.104.8");

/// Content type `data` of GB/T 35275.
pub const GM_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.1");
/// Content type `signedData` of GB/T 35275.
pub const GM_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.2");
/// Content type `envelopedData` of GB/T 35275.
pub const GM_ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.3");
/// Content type `signedAndEnvelopedData` of GB/T 35275.
pub const GM_SIGNED_AND_ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.4");
/// Content type `encryptedData` of GB/T 35275.
pub const GM_ENCRYPTED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.5");
/// Content type `keyAgreementInfo` of GB/T 35275.
pub const GM_KEY_AGREEMENT_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.6.1.4.2.6");

/// PKCS#9 `challengePassword`, first attribute of a double-key request in CFCA's manner.
pub const CHALLENGE_PASSWORD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.7");
/// Temporary encryption public key, second attribute of a double-key request in CFCA's manner.
pub const TEMPORARY_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.63");

/// Curve P-256.
pub const P256: ObjectIdentifier = rfc5912::SECP_256_R_1;
/// Curve P-384.
pub const P384: ObjectIdentifier = rfc5912::SECP_384_R_1;
/// RSA key.
pub const RSA_ENCRYPTION: ObjectIdentifier = rfc5912::RSA_ENCRYPTION;
/// Ed25519 key and signature.
pub const ED25519: ObjectIdentifier = rfc8410::ID_ED_25519;
/// ML-DSA-44 key and signature.
pub const ML_DSA_44: ObjectIdentifier = fips204::ID_ML_DSA_44;
/// ML-DSA-65 key and signature.
pub const ML_DSA_65: ObjectIdentifier = fips204::ID_ML_DSA_65;
/// ML-DSA-87 key and signature.
pub const ML_DSA_87: ObjectIdentifier = fips204::ID_ML_DSA_87;
/// ECDSA with SHA-256.
pub const ECDSA_WITH_SHA256: ObjectIdentifier = rfc5912::ECDSA_WITH_SHA_256;
/// ECDSA with SHA-384.
pub const ECDSA_WITH_SHA384: ObjectIdentifier = rfc5912::ECDSA_WITH_SHA_384;
/// RSA PKCS#1 v1.5 with SHA-256.
pub const SHA256_WITH_RSA: ObjectIdentifier = rfc5912::SHA_256_WITH_RSA_ENCRYPTION;
/// RSA PKCS#1 v1.5 with SHA-384.
pub const SHA384_WITH_RSA: ObjectIdentifier = rfc5912::SHA_384_WITH_RSA_ENCRYPTION;
/// RSA PKCS#1 v1.5 with SHA-512.
pub const SHA512_WITH_RSA: ObjectIdentifier = rfc5912::SHA_512_WITH_RSA_ENCRYPTION;
/// SHA-1, for names of keys only.
pub const SHA1: ObjectIdentifier = rfc5912::ID_SHA_1;
/// SHA-256.
pub const SHA256: ObjectIdentifier = rfc5912::ID_SHA_256;
/// SHA-384.
pub const SHA384: ObjectIdentifier = rfc5912::ID_SHA_384;
/// SHA-512.
pub const SHA512: ObjectIdentifier = rfc5912::ID_SHA_512;

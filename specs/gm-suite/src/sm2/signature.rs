//! SM2 signatures (GB/T 32918.2): DER `SEQUENCE { r INTEGER, s INTEGER }`.

#![expect(
    clippy::many_single_char_names,
    reason = "the formulas keep the letters of their sources"
)]

use der::asn1::UintRef;
use der::{Decode as _, Encode as _, Sequence};
use sm3::{Digest as _, Sm3};
use zeroize::Zeroizing;

use super::curve::{self, Scalar};
use super::{DRAWS_MAX, SigningKey, VerifyingKey, public, random_scalar, secret};
use crate::{BadSignature, PrivateKey, RandomFailure, SignError};

/// a || b || xG || yG of GB/T 32918.5, as they enter ZA.
const CURVE: [u8; 128] = *b"\
\xFF\xFF\xFF\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFC\
\x28\xE9\xFA\x9E\x9D\x9F\x5E\x34\x4D\x5A\x9E\x4B\xCF\x65\x09\xA7\xF3\x97\x89\xF5\x15\xAB\x8F\x92\xDD\xBC\xBD\x41\x4D\x94\x0E\x93\
\x32\xC4\xAE\x2C\x1F\x19\x81\x19\x5F\x99\x04\x46\x6A\x39\xC9\x94\x8F\xE3\x0B\xBF\xF2\x66\x0B\xE1\x71\x5A\x45\x89\x33\x4C\x74\xC7\
\xBC\x37\x36\xA2\xF4\xF6\x77\x9C\x59\xBD\xCE\xE3\x6B\x69\x21\x53\xD0\xA9\x87\x7C\xC6\x2A\x47\x40\x02\xDF\x32\xE5\x21\x39\xF0\xA0";

/// Octets of ID that ENTL, a count of bits in sixteen bits, can tell.
const ID_LEN_MAX: usize = 8191;

/// ZA for the coordinates X || Y.
pub(super) fn za(coordinates: &[u8], id: &[u8]) -> Option<[u8; 32]> {
    if id.len() > ID_LEN_MAX {
        return None;
    }
    let bits = u16::try_from(id.len() * 8).ok()?;
    let mut hasher = Sm3::new_with_prefix(bits.to_be_bytes());
    hasher.update(id);
    hasher.update(CURVE);
    hasher.update(coordinates);
    Some(hasher.finalize().into())
}

/// e = SM3(ZA || M).
pub(super) fn message_hash(za: &[u8; 32], message: &[u8]) -> [u8; 32] {
    Sm3::new_with_prefix(za).chain_update(message).finalize().into()
}

/// `SM2Signature` of GB/T 35276.
#[derive(Sequence)]
struct Sm2Signature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

impl SigningKey {
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let e = message_hash(&self.public.za, message);
        for _ in 0..DRAWS_MAX {
            if let Some((r, s)) = self.sign_hash(&e, &*random_scalar()?) {
                return to_der(&r, &s).map_err(|_| SignError::Key("the signature was not written".to_owned()));
            }
        }
        Err(SignError::Random(RandomFailure))
    }

    /// Steps A3 to A6 with a given k; nothing when the standard asks for another k.
    fn sign_hash(&self, e: &[u8; 32], k: &Scalar) -> Option<(Scalar, Scalar)> {
        let x = secret::mul_generator(k)?.to_uncompressed();
        let x = x.get(1..33)?.try_into().ok()?;
        let r = curve::scalar_reduced(e) + curve::scalar_reduced(x);
        // (1 + d)^-1 (k - r d) = (1 + d)^-1 (k + r) - r
        let sum = Zeroizing::new(*k + r);
        // 1 + d is not zero: the range of d sees to it
        let inverse = self
            .inverse
            .get_or_init(|| (self.d + Scalar::ONE).invert().unwrap_or(Scalar::ZERO));
        let s = *inverse * *sum - r;
        let again = r == Scalar::ZERO || *sum == Scalar::ZERO || s == Scalar::ZERO;
        if again { None } else { Some((r, s)) }
    }
}

fn to_der(r: &Scalar, s: &Scalar) -> der::Result<Vec<u8>> {
    let (r, s) = (r.to_bytes(), s.to_bytes());
    Sm2Signature {
        r: UintRef::new(&r)?,
        s: UintRef::new(&s)?,
    }
    .to_der()
}

/// Signs with a given k: for known answers only. Whoever knows k, the message and the signature knows the key.
#[doc(hidden)]
#[must_use]
pub fn sign_with_nonce(key: &PrivateKey, message: &[u8], k: &[u8; 32]) -> Option<Vec<u8>> {
    let key = key.sm2()?;
    let e = message_hash(&key.public.za, message);
    let (r, s) = key.sign_hash(&e, &curve::scalar_in_range(k)?)?;
    to_der(&r, &s).ok()
}

impl VerifyingKey {
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let parsed = Sm2Signature::from_der(signature).map_err(|_| BadSignature)?;
        let r = in_range(&parsed.r).ok_or(BadSignature)?;
        let s = in_range(&parsed.s).ok_or(BadSignature)?;
        let e = message_hash(&self.za, message);
        if self.verify_hash(&e, &r, &s) {
            Ok(())
        } else {
            Err(BadSignature)
        }
    }

    /// Steps B4 to B7.
    fn verify_hash(&self, e: &[u8; 32], r: &Scalar, s: &Scalar) -> bool {
        let t = *r + *s;
        if t == Scalar::ZERO {
            return false;
        }
        public::combination_has_x(s, &t, &self.point, &(*r - curve::scalar_reduced(e)))
    }
}

fn in_range(number: &UintRef<'_>) -> Option<Scalar> {
    let octets = number.as_bytes();
    let mut padded = [0; 32];
    let offset = padded.len().checked_sub(octets.len())?;
    padded.get_mut(offset..)?.copy_from_slice(octets);
    curve::scalar_in_range(&padded)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use sm2::elliptic_curve::bigint::U256;

    use super::*;
    use crate::KeyAlgorithm;

    const N: U256 = U256::from_be_hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");

    /// A signature with t = 0 whose equation holds all the same: only the check of step B5 refuses it.
    #[test]
    fn t_of_zero_is_refused_even_where_the_equation_holds() {
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let (s, r) = (Scalar::from(7u64), -Scalar::from(7u64));
        let x = secret::mul_generator(&s).unwrap().x.to_bytes();
        let e: [u8; 32] = (r - curve::scalar_reduced(&x)).to_bytes().into();
        let public = key.public_key().sm2().unwrap();
        assert!(public::combination_has_x(
            &s,
            &Scalar::ZERO,
            &public.point,
            &(r - curve::scalar_reduced(&e))
        ));
        assert!(!public.verify_hash(&e, &r, &s));
    }

    /// r + n and s + n solve the same equation as r and s: only the range keeps a signature from having two forms.
    #[test]
    fn numbers_outside_1_to_n_less_1_are_refused() {
        let in_range = |number: U256| super::in_range(&UintRef::new(&number.to_be_bytes()).unwrap()).is_some();
        assert!(in_range(U256::ONE));
        assert!(in_range(N.wrapping_sub(&U256::ONE)));
        for bad in [
            U256::ZERO,
            N,
            N.wrapping_add(&U256::ONE),
            N.wrapping_add(&U256::from(7u64)),
            U256::MAX,
        ] {
            assert!(!in_range(bad), "{bad}");
        }
        let longer = [1; 33];
        assert!(super::in_range(&UintRef::new(&longer).unwrap()).is_none());
    }

    /// The signer's own retries: k for which r = 0, r + k = n or s = 0 gives no signature.
    #[test]
    fn a_nonce_that_gives_zero_is_not_used() {
        let key = PrivateKey::generate(KeyAlgorithm::Sm2).unwrap();
        let key = key.sm2().unwrap();
        let k = Scalar::from(5u64);
        let x = curve::scalar_reduced(&secret::mul_generator(&k).unwrap().x.to_bytes());
        let sign = |r: Scalar| key.sign_hash(&(r - x).to_bytes().into(), &k);
        assert!(sign(Scalar::ZERO).is_none());
        assert!(sign(-k).is_none());
        // s = (1 + d)^-1 (k - r d) is zero for r = k / d
        assert!(sign(k * key.d.invert().unwrap()).is_none());
        assert!(sign(k).is_some());
    }
}

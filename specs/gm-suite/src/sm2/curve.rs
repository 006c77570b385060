//! The SM2 curve y^2 = x^3 - 3x + b (GB/T 32918.5): its points as they are read and written, and its numbers modulo n.
//!
//! Sums and multiples are made next door: in [`super::secret`] when a factor is secret, in [`super::public`] when all is
//! public. Numbers modulo n are the `sm2` crate's.

use sm2::FieldBytes;
pub(super) use sm2::Scalar;
use sm2::elliptic_curve::PrimeField as _;
use sm2::elliptic_curve::ops::Reduce as _;
use zeroize::Zeroize;

use super::field::{FieldElement, limbs_of};

/// The factor b of the curve's equation, in Montgomery form.
pub(super) const B: FieldElement = FieldElement::from_montgomery([
    0x90D2_3063_2BC0_DD42,
    0x71CF_379A_E9B5_37AB,
    0x5279_8150_5EA5_1C3C,
    0x240F_E188_BA20_E2C8,
]);

/// The generator G, in Montgomery form.
pub(super) const G: Point = Point {
    x: FieldElement::from_montgomery([
        0x6132_8990_F418_029E,
        0x3E79_81ED_DCA6_C050,
        0xD6A1_ED99_AC24_C3C3,
        0x9116_7A5E_E1C1_3B05,
    ]),
    y: FieldElement::from_montgomery([
        0xC135_4E59_3C2D_0DDD,
        0xC1F5_E578_8D32_95FA,
        0x8D4C_FB06_6E2A_48F8,
        0x63CD_65D4_81D7_35BD,
    ]),
};

/// Octets of a point as `04 || X || Y`.
pub(super) const POINT_LEN: usize = 65;

/// A point of the curve, never infinity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Point {
    pub(super) x: FieldElement,
    pub(super) y: FieldElement,
}

impl Point {
    /// Reads `04 || X || Y`; nothing if it is anything else or not on the curve.
    ///
    /// The order of the curve is prime, so every point of it is of order n: no further check is needed.
    pub(super) fn from_uncompressed(octets: &[u8]) -> Option<Self> {
        let (form, coordinates) = octets.split_first()?;
        let (x, y) = coordinates.split_at_checked(32)?;
        if *form != 4 {
            return None;
        }
        let x = FieldElement::from_bytes(x.try_into().ok()?)?;
        let y = FieldElement::from_bytes(y.try_into().ok()?)?;
        let right = x.square().mul(x).sub(x.triple()).add(B);
        if y.square() == right { Some(Self { x, y }) } else { None }
    }

    /// `04 || X || Y`.
    pub(super) fn to_uncompressed(self) -> [u8; POINT_LEN] {
        let mut out = [4; POINT_LEN];
        let (_, coordinates) = out.split_at_mut(1);
        let (x, y) = coordinates.split_at_mut(32);
        x.copy_from_slice(&self.x.to_bytes());
        y.copy_from_slice(&self.y.to_bytes());
        out
    }

    pub(super) fn neg(self) -> Self {
        Self {
            x: self.x,
            y: self.y.neg(),
        }
    }
}

impl Zeroize for Point {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
    }
}

/// A number from 1 to n - 1, from 32 octets, big-endian.
pub(super) fn scalar_in_range(octets: &[u8; 32]) -> Option<Scalar> {
    let scalar: Scalar = Option::from(Scalar::from_repr(FieldBytes::from(*octets)))?;
    if bool::from(scalar.is_zero()) {
        None
    } else {
        Some(scalar)
    }
}

/// A number modulo n, from 32 octets, big-endian.
pub(super) fn scalar_reduced(octets: &[u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*octets))
}

/// The limbs of a number modulo n, least significant first.
pub(super) fn scalar_limbs(scalar: &Scalar) -> [u64; 4] {
    limbs_of(&scalar.to_bytes().into())
}

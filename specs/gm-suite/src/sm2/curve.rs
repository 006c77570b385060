//! Arithmetic on the SM2 curve.

pub(super) use sm2::Scalar;
use sm2::elliptic_curve::ops::LinearCombination as _;
use sm2::elliptic_curve::ops::Reduce as _;
use sm2::elliptic_curve::point::AffineCoordinates as _;
use sm2::elliptic_curve::sec1::{FromSec1Point as _, ToSec1Point as _};
use sm2::elliptic_curve::{Group as _, PrimeField as _};
use sm2::{AffinePoint, FieldBytes, ProjectivePoint, Sec1Point};

/// A point of the curve, never infinity.
#[derive(Clone)]
pub(super) struct Point(AffinePoint);

impl Point {
    pub(super) fn from_uncompressed(octets: &[u8]) -> Option<Self> {
        if octets.len() != 65 || octets.first() != Some(&4) {
            return None;
        }
        let encoded = Sec1Point::from_bytes(octets).ok()?;
        Option::from(AffinePoint::from_sec1_point(&encoded)).map(Self)
    }

    pub(super) fn to_uncompressed(&self) -> [u8; 65] {
        let mut out = [0; 65];
        let encoded = self.0.to_sec1_point(false);
        for (to, from) in out.iter_mut().zip(encoded.as_bytes()) {
            *to = *from;
        }
        out
    }

    fn of(point: ProjectivePoint) -> Option<Self> {
        if point.is_identity().into() {
            None
        } else {
            Some(Self(point.to_affine()))
        }
    }
}

/// A number from 1 to n - 1, big-endian.
pub(super) fn scalar_in_range(octets: &[u8; 32]) -> Option<Scalar> {
    let scalar: Scalar = Option::from(Scalar::from_repr(FieldBytes::from(*octets)))?;
    if bool::from(sm2::elliptic_curve::Field::is_zero(&scalar)) {
        None
    } else {
        Some(scalar)
    }
}

/// A number reduced modulo n, big-endian.
pub(super) fn scalar_reduced(octets: &[u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*octets))
}

/// kG, in constant time; nothing for infinity.
pub(super) fn mul_generator(k: &Scalar) -> Option<Point> {
    Point::of(ProjectivePoint::mul_by_generator(k))
}

/// kP, in constant time; nothing for infinity.
pub(super) fn mul(point: &Point, k: &Scalar) -> Option<Point> {
    Point::of(ProjectivePoint::from(point.0) * k)
}

/// The x coordinate of sG + tP modulo n; nothing for infinity. For public data only.
pub(super) fn combine_x(s: &Scalar, t: &Scalar, point: &Point) -> Option<Scalar> {
    let sum = ProjectivePoint::lincomb_vartime(&[(ProjectivePoint::generator(), *s), (point.0.into(), *t)]);
    if sum.is_identity().into() {
        return None;
    }
    Some(Scalar::reduce(&sum.to_affine().x()))
}

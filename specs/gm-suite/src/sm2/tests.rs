//! This module's arithmetic against the `sm2` crate and its big numbers, by cases drawn at random and by the
//! cases that random drawing never meets.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use sm2::elliptic_curve::bigint::{NonZero, U256};
use sm2::elliptic_curve::ops::{LinearCombination as _, Reduce as _};
use sm2::elliptic_curve::point::AffineCoordinates as _;
use sm2::elliptic_curve::sec1::{FromSec1Point as _, ToSec1Point as _};
use sm2::elliptic_curve::{Group as _, group::GroupEncoding as _};
use sm2::{AffinePoint, FieldBytes, ProjectivePoint, Sec1Point};

use super::curve::{G, Point, Scalar, scalar_in_range, scalar_reduced};
use super::field::FieldElement;
use super::{public, secret};

const P_HEX: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF";
const N_HEX: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";

fn p() -> NonZero<U256> {
    NonZero::new(U256::from_be_hex(P_HEX)).unwrap()
}

fn octets(number: U256) -> [u8; 32] {
    number.to_be_bytes().into()
}

fn field(number: U256) -> FieldElement {
    FieldElement::from_bytes(&octets(number)).unwrap()
}

/// Numbers below p: random ones, and ones near 0, p, and the borders of limbs, where carries are lost if anywhere.
fn below_p() -> impl Strategy<Value = U256> {
    let random = any::<[u8; 32]>().prop_map(|octets| U256::from_be_slice(&octets));
    let limb = prop_oneof![
        Just(0),
        Just(1),
        Just(u64::MAX),
        Just(u64::MAX - 1),
        Just(0xFFFF_FFFF),
        Just(1 << 32),
        any::<u64>()
    ];
    let rough = proptest::array::uniform4(limb).prop_map(U256::from_words);
    let near = (0u64..8).prop_map(|less| p().get().wrapping_sub(&U256::from(less + 1)));
    prop_oneof![random, rough, near].prop_map(|number| number.rem_vartime(&p()))
}

/// Numbers modulo n: random ones, small ones, ones near n and near powers of two, and all of the last window's.
fn scalars() -> impl Strategy<Value = Scalar> {
    let random = any::<[u8; 32]>().prop_map(|octets| scalar_reduced(&octets));
    let small = (0u64..100).prop_map(Scalar::from);
    let power = (0usize..256, 0u64..3).prop_map(|(bit, less)| {
        let mut octets = [0; 32];
        if let Some(octet) = octets.get_mut(31 - bit / 8) {
            *octet = 1 << (bit % 8);
        }
        scalar_reduced(&octets) - Scalar::from(less)
    });
    prop_oneof![random, small.clone(), small.prop_map(|scalar| -scalar), power]
}

fn theirs(point: &Point) -> ProjectivePoint {
    let encoded = Sec1Point::from_bytes(point.to_uncompressed()).unwrap();
    ProjectivePoint::from(AffinePoint::from_sec1_point(&encoded).unwrap())
}

fn ours(point: &ProjectivePoint) -> Option<Point> {
    Point::from_uncompressed(point.to_affine().to_sec1_point(false).as_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_field_agrees_with_plain_arithmetic(a in below_p(), b in below_p()) {
        let (x, y) = (field(a), field(b));
        prop_assert_eq!(x.to_bytes(), octets(a));
        prop_assert_eq!(x.add(y).to_bytes(), octets(a.add_mod(&b, &p())));
        prop_assert_eq!(x.sub(y).to_bytes(), octets(a.sub_mod(&b, &p())));
        prop_assert_eq!(x.mul(y).to_bytes(), octets(a.mul_mod_vartime(&b, &p())));
        prop_assert_eq!(x.square().to_bytes(), octets(a.mul_mod_vartime(&a, &p())));
        prop_assert_eq!(x.neg().to_bytes(), octets(U256::ZERO.sub_mod(&a, &p())));
        prop_assert_eq!(x.double(), x.add(x));
        prop_assert_eq!(x.triple(), x.add(x).add(x));
        prop_assert_eq!(x.is_zero(), a == U256::ZERO);
    }

    #[test]
    fn octets_are_a_number_only_below_p(octets in any::<[u8; 32]>(), more in 0u64..1000) {
        let number = U256::from_be_slice(&octets);
        prop_assert_eq!(FieldElement::from_bytes(&octets).is_some(), number < p().get());
        let above = p().get().wrapping_add(&U256::from(more));
        prop_assert!(FieldElement::from_bytes(&above.to_be_bytes().into()).is_none());
    }

    #[test]
    fn a_point_is_read_exactly_when_the_sm2_crate_reads_it(x in any::<[u8; 32]>(), y in any::<[u8; 32]>(), odd in any::<bool>()) {
        let wild = [&[4][..], &x, &y].concat();
        let reads = |octets: &[u8]| Sec1Point::from_bytes(octets).ok().and_then(|point| {
            Option::<AffinePoint>::from(AffinePoint::from_sec1_point(&point))
        }).is_some();
        prop_assert_eq!(Point::from_uncompressed(&wild).is_some(), reads(&wild));
        let compressed = [&[2 + u8::from(odd)][..], &x].concat();
        let found = Option::<AffinePoint>::from(AffinePoint::from_bytes(&compressed.as_slice().try_into().unwrap()));
        if let Some(point) = found {
            let point = ProjectivePoint::from(point);
            prop_assert_eq!(theirs(&ours(&point).unwrap()), point);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn secret_multiples_agree_with_the_sm2_crate(k in scalars(), m in scalars()) {
        let product = ProjectivePoint::mul_by_generator(&k);
        prop_assert_eq!(secret::mul_generator(&k), ours(&product));
        if let Some(point) = ours(&product) {
            prop_assert_eq!(secret::mul(&point, &m), ours(&(product * m)));
        }
    }

    #[test]
    fn the_public_sum_agrees_with_the_sm2_crate(s in scalars(), t in scalars(), k in scalars(), wrong in scalars()) {
        let base = ProjectivePoint::mul_by_generator(&k);
        let Some(point) = ours(&base) else { return Ok(()) };
        let sum = ProjectivePoint::lincomb(&[(ProjectivePoint::generator(), s), (base, t)]);
        if bool::from(sum.is_identity()) {
            prop_assert!(!public::combination_has_x(&s, &t, &point, &wrong));
        } else {
            let x = Scalar::reduce(&sum.to_affine().x());
            prop_assert!(public::combination_has_x(&s, &t, &point, &x));
            prop_assert_eq!(public::combination_has_x(&s, &t, &point, &wrong), x == wrong);
        }
    }
}

#[test]
fn inverses_agree_with_multiplication() {
    for number in 1u64..300 {
        let x = field(U256::from(number));
        assert_eq!(x.invert().mul(x), FieldElement::ONE);
        assert_eq!(x.neg().invert().mul(x), FieldElement::ONE.neg());
    }
    assert!(FieldElement::ZERO.invert().is_zero());
}

#[test]
fn generator_and_constants_are_those_of_the_standard() {
    assert_eq!(theirs(&G), ProjectivePoint::generator());
    assert_eq!(FieldElement::ONE.to_bytes(), octets(U256::ONE));
    let off = G.to_uncompressed().map(|octet| octet ^ 1);
    assert!(Point::from_uncompressed(&off).is_none());
}

/// Multiples of G by every pair of small and large numbers, so that sums meet equal, opposite and infinite points at
/// every place where the tables can.
#[test]
fn the_public_sum_is_right_where_points_coincide() {
    let numbers: Vec<Scalar> = (0u64..36)
        .flat_map(|number| [Scalar::from(number), -Scalar::from(number)])
        .collect();
    for k in [
        Scalar::ONE,
        -Scalar::ONE,
        Scalar::from(2u64),
        -Scalar::from(3u64),
        Scalar::from(17u64),
    ] {
        let base = ProjectivePoint::mul_by_generator(&k);
        let point = ours(&base).unwrap();
        for s in &numbers {
            for t in &numbers {
                let sum = ProjectivePoint::mul_by_generator(&(*s + *t * k));
                let x = Scalar::reduce(&sum.to_affine().x());
                let infinite = bool::from(sum.is_identity());
                assert_eq!(
                    public::combination_has_x(s, t, &point, &x),
                    !infinite,
                    "{s:?} {t:?} {k:?}"
                );
            }
        }
    }
}

/// A point whose x is between n and p: one signature in 2^32 of them has one, so no random test meets it.
#[test]
fn an_x_above_the_order_is_compared_modulo_the_order() {
    let n = U256::from_be_hex(N_HEX);
    let (more, point) = (0u64..1000)
        .find_map(|more| {
            let compressed = [&[2][..], &octets(n.wrapping_add(&U256::from(more)))].concat();
            let point: Option<AffinePoint> = AffinePoint::from_bytes(&compressed.as_slice().try_into().unwrap()).into();
            Some((more, ours(&ProjectivePoint::from(point?)).unwrap()))
        })
        .unwrap();
    let (zero, one, v) = (Scalar::ZERO, Scalar::ONE, Scalar::from(more));
    assert!(public::combination_has_x(&zero, &one, &point, &v));
    assert!(!public::combination_has_x(&zero, &one, &point, &(v + one)));
    // and 4 P - 3 P, whose Z is not one
    let rest = secret::mul(&point, &-Scalar::from(3u64)).unwrap();
    let quarter = secret::mul(&point, &Scalar::from(4u64).invert().unwrap()).unwrap();
    assert!(public::combination_has_x(&zero, &Scalar::from(4u64), &quarter, &v));
    assert_eq!(theirs(&rest) + theirs(&point) * Scalar::from(4u64), theirs(&point));
}

#[test]
fn numbers_out_of_range_are_no_scalars() {
    let n = U256::from_be_hex(N_HEX);
    assert!(scalar_in_range(&[0; 32]).is_none());
    assert!(scalar_in_range(&octets(n)).is_none());
    assert!(scalar_in_range(&[0xFF; 32]).is_none());
    assert!(scalar_in_range(&octets(n.wrapping_sub(&U256::ONE))).is_some());
    assert_eq!(scalar_reduced(&FieldBytes::from(octets(n)).into()), Scalar::ZERO);
}

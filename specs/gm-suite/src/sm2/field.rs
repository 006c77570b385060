//! Numbers modulo p = 2^256 - 2^224 - 2^96 + 2^64 - 1, the field of the SM2 curve (GB/T 32918.5), in Montgomery form.
//!
//! Every function here takes the same steps whatever the numbers, so it serves secrets; none allocates or can fail.
//!
//! Why an own field: p ends in 64 ones, so the Montgomery factor is 1 and reducing by a limb takes shifts, four
//! subtractions and four additions instead of multiplications. That, and points that choose their formulas by whether
//! the data is secret, is where the speed of this crate's SM2 comes from; `tests` below and `tests/second_opinions.rs`
//! hold it against two other implementations.

use std::hint::black_box;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq as _};
use zeroize::DefaultIsZeroes;

type Limbs = [u64; 4];

/// p, least significant limb first.
const P: Limbs = [
    0xFFFF_FFFF_FFFF_FFFF,
    0xFFFF_FFFF_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF,
    0xFFFF_FFFE_FFFF_FFFF,
];
/// 2^512 mod p, which takes numbers into Montgomery form.
const R_SQUARED: Limbs = [
    0x0000_0002_0000_0003,
    0x0000_0002_FFFF_FFFF,
    0x0000_0001_0000_0001,
    0x0000_0004_0000_0002,
];

/// A number modulo p, always reduced.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct FieldElement(Limbs);

impl DefaultIsZeroes for FieldElement {}

impl FieldElement {
    pub(super) const ZERO: Self = Self([0; 4]);
    pub(super) const ONE: Self = Self([1, 0xFFFF_FFFF, 0, 0x0000_0001_0000_0000]);

    /// The number whose Montgomery form has these limbs, least significant first; they must be below p.
    pub(super) const fn from_montgomery(limbs: Limbs) -> Self {
        Self(limbs)
    }

    /// The number with these limbs, least significant first; they must be below p.
    fn from_limbs(limbs: Limbs) -> Self {
        Self(limbs).mul(Self(R_SQUARED))
    }

    /// The number of 32 octets, big-endian; nothing if it is p or more.
    pub(super) fn from_bytes(octets: &[u8; 32]) -> Option<Self> {
        let limbs = limbs_of(octets);
        let (_, borrow) = sub_limbs(limbs, P);
        if borrow { Some(Self::from_limbs(limbs)) } else { None }
    }

    /// 32 octets, big-endian.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let [a, b, c, d] = reduce(self.0, [0; 4]);
        let mut out = [0; 32];
        for (to, limb) in out.chunks_exact_mut(8).zip([d, c, b, a]) {
            to.copy_from_slice(&limb.to_be_bytes());
        }
        out
    }

    pub(super) fn is_zero(self) -> bool {
        self.is_zero_in_constant_time().into()
    }

    pub(super) fn is_zero_in_constant_time(self) -> Choice {
        let [a, b, c, d] = self.0;
        (a | b | c | d).ct_eq(&0)
    }

    #[inline]
    pub(super) fn add(self, other: Self) -> Self {
        let (sum, carry) = add_limbs(self.0, other.0);
        Self(subtract_p(sum, carry))
    }

    #[inline]
    pub(super) fn sub(self, other: Self) -> Self {
        let (difference, borrow) = sub_limbs(self.0, other.0);
        let mask = u64::from(borrow).wrapping_neg();
        let (sum, _) = add_limbs(difference, [P[0] & mask, P[1] & mask, P[2] & mask, P[3] & mask]);
        Self(sum)
    }

    #[inline]
    pub(super) fn neg(self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline]
    pub(super) fn double(self) -> Self {
        self.add(self)
    }

    #[inline]
    pub(super) fn triple(self) -> Self {
        self.add(self).add(self)
    }

    #[inline]
    pub(super) fn mul(self, other: Self) -> Self {
        let [a0, a1, a2, a3] = self.0;
        let (t0, row) = mul_add_row([0; 4], a0, other.0);
        let (t1, row) = mul_add_row(row, a1, other.0);
        let (t2, row) = mul_add_row(row, a2, other.0);
        let (t3, row) = mul_add_row(row, a3, other.0);
        Self(reduce([t0, t1, t2, t3], row))
    }

    #[inline]
    pub(super) fn square(self) -> Self {
        let [a0, a1, a2, a3] = self.0;
        // products of different limbs
        let (t1, c) = a0.carrying_mul(a1, 0);
        let (t2, c) = a0.carrying_mul(a2, c);
        let (t3, t4) = a0.carrying_mul(a3, c);
        let (t3, c) = a1.carrying_mul_add(a2, t3, 0);
        let (t4, t5) = a1.carrying_mul_add(a3, t4, c);
        let (t5, t6) = a2.carrying_mul_add(a3, t5, 0);
        // twice
        let t7 = t6 >> 63;
        let t6 = t6 << 1 | t5 >> 63;
        let t5 = t5 << 1 | t4 >> 63;
        let t4 = t4 << 1 | t3 >> 63;
        let t3 = t3 << 1 | t2 >> 63;
        let t2 = t2 << 1 | t1 >> 63;
        let t1 = t1 << 1;
        // and the squares of the limbs
        let (t0, h0) = a0.carrying_mul(a0, 0);
        let (l1, h1) = a1.carrying_mul(a1, 0);
        let (l2, h2) = a2.carrying_mul(a2, 0);
        let (l3, h3) = a3.carrying_mul(a3, 0);
        let (t1, c) = t1.carrying_add(h0, false);
        let (t2, c) = t2.carrying_add(l1, c);
        let (t3, c) = t3.carrying_add(h1, c);
        let (t4, c) = t4.carrying_add(l2, c);
        let (t5, c) = t5.carrying_add(h2, c);
        let (t6, c) = t6.carrying_add(l3, c);
        let (t7, _) = t7.carrying_add(h3, c);
        Self(reduce([t0, t1, t2, t3], [t4, t5, t6, t7]))
    }

    fn square_times(self, times: u32) -> Self {
        (0..times).fold(self, |number, _| number.square())
    }

    /// 1/x as x^(p-2); zero for zero.
    pub(super) fn invert(self) -> Self {
        // ones(n) = x^(2^n - 1)
        let x = self;
        let ones3 = x.square_times(2).mul(x.square()).mul(x);
        let ones6 = ones3.square_times(3).mul(ones3);
        let ones12 = ones6.square_times(6).mul(ones6);
        let ones15 = ones12.square_times(3).mul(ones3);
        let ones30 = ones15.square_times(15).mul(ones15);
        let ones31 = ones30.square().mul(x);
        let ones32 = ones31.square().mul(x);
        // p - 2 in binary: 31 ones, a zero, 128 ones, 32 zeros, 62 ones, a zero, a one
        let mut power = ones31.square();
        for _ in 0..4 {
            power = power.square_times(32).mul(ones32);
        }
        power = power.square_times(64).mul(ones32);
        power = power.square_times(30).mul(ones30);
        power.square_times(2).mul(x)
    }
}

impl ConditionallySelectable for FieldElement {
    #[inline]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (a.0, b.0);
        let select = |a, b| u64::conditional_select(&a, &b, choice);
        Self([select(a0, b0), select(a1, b1), select(a2, b2), select(a3, b3)])
    }
}

/// Replaces each number by its inverse with one inversion for all; none may be zero.
pub(super) fn invert_all(numbers: &mut [FieldElement]) {
    let mut product = FieldElement::ONE;
    let mut before = Vec::with_capacity(numbers.len());
    for number in numbers.iter() {
        before.push(product);
        product = product.mul(*number);
    }
    let mut inverse = product.invert();
    for (number, before) in numbers.iter_mut().zip(before).rev() {
        let next = inverse.mul(*number);
        *number = inverse.mul(before);
        inverse = next;
    }
}

/// 32 octets, big-endian, as limbs, least significant first.
pub(super) fn limbs_of(octets: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (limb, octets) in limbs.iter_mut().rev().zip(octets.chunks_exact(8)) {
        *limb = octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet));
    }
    limbs
}

/// The sum of two numbers, if it is below p.
pub(super) fn sum_below_p(a: Limbs, b: Limbs) -> Option<FieldElement> {
    let (sum, carry) = add_limbs(a, b);
    let (_, borrow) = sub_limbs(sum, P);
    if borrow && !carry {
        Some(FieldElement::from_limbs(sum))
    } else {
        None
    }
}

#[inline]
fn add_limbs(a: Limbs, b: Limbs) -> (Limbs, bool) {
    let (s0, c) = a[0].carrying_add(b[0], false);
    let (s1, c) = a[1].carrying_add(b[1], c);
    let (s2, c) = a[2].carrying_add(b[2], c);
    let (s3, c) = a[3].carrying_add(b[3], c);
    ([s0, s1, s2, s3], c)
}

#[inline]
fn sub_limbs(a: Limbs, b: Limbs) -> (Limbs, bool) {
    let (d0, c) = a[0].borrowing_sub(b[0], false);
    let (d1, c) = a[1].borrowing_sub(b[1], c);
    let (d2, c) = a[2].borrowing_sub(b[2], c);
    let (d3, c) = a[3].borrowing_sub(b[3], c);
    ([d0, d1, d2, d3], c)
}

/// `row` + a b: its lowest limb, and the other four.
#[inline]
fn mul_add_row(row: Limbs, a: u64, b: Limbs) -> (u64, Limbs) {
    let (t0, c) = a.carrying_mul_add(b[0], row[0], 0);
    let (t1, c) = a.carrying_mul_add(b[1], row[1], c);
    let (t2, c) = a.carrying_mul_add(b[2], row[2], c);
    let (t3, t4) = a.carrying_mul_add(b[3], row[3], c);
    (t0, [t1, t2, t3, t4])
}

/// Takes p off a number below 2p, whose 257th bit is `carry`, if it is p or more.
///
/// Taking off p is adding 2^256 - p = 2^224 + 2^96 - 2^64 + 1; a carry says that the number was p or more. The one is
/// hidden from the optimiser, which would otherwise turn the constants into a longer chain of comparisons.
#[inline]
fn subtract_p(number: Limbs, carry: bool) -> Limbs {
    let one = black_box(1u64);
    let (d0, c) = number[0].carrying_add(one, false);
    let (d1, c) = number[1].carrying_add(one.wrapping_neg() >> 32, c);
    let (d2, c) = number[2].carrying_add(0, c);
    let (d3, c) = number[3].carrying_add(one << 32, c);
    let mask = u64::from(carry | c).wrapping_neg();
    [
        number[0] ^ (mask & (d0 ^ number[0])),
        number[1] ^ (mask & (d1 ^ number[1])),
        number[2] ^ (mask & (d2 ^ number[2])),
        number[3] ^ (mask & (d3 ^ number[3])),
    ]
}

/// (`low` + 2^256 `high`) / 2^256 modulo p, for a product of two reduced numbers.
#[inline]
fn reduce(low: Limbs, high: Limbs) -> Limbs {
    let low = reduce_limb(reduce_limb(reduce_limb(reduce_limb(low))));
    let (sum, carry) = add_limbs(low, high);
    subtract_p(sum, carry)
}

/// (`number` + m p) / 2^64 where m is the lowest limb, so that nothing is lost.
///
/// m p = m (2^256 - 2^224 - 2^96 + 2^64) - m, and the last term cancels the lowest limb. What is left, divided by
/// 2^64, is the number's other limbs plus m (2^192 - 2^160 - 2^32 + 1). The first call of `reduce` leaves less than
/// p + 2^192, the others less than p + 2^129: no carry leaves the four limbs.
#[inline]
fn reduce_limb(number: Limbs) -> Limbs {
    let [m, r0, r1, r2] = number;
    let (low, high) = (m << 32, m >> 32);
    let (r0, c) = r0.carrying_add(m, false);
    let (r1, c) = r1.carrying_add(0, c);
    let (r2, c) = r2.carrying_add(0, c);
    let (r3, _) = m.carrying_add(0, c);
    let (r0, c) = r0.borrowing_sub(low, false);
    let (r1, c) = r1.borrowing_sub(high, c);
    let (r2, c) = r2.borrowing_sub(low, c);
    let (r3, _) = r3.borrowing_sub(high, c);
    [r0, r1, r2, r3]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sm2::elliptic_curve::bigint::{NonZero, U256};

    use super::*;

    /// Limbs at the borders where carries come from, mostly.
    fn rough() -> impl Strategy<Value = Limbs> {
        let limb = prop_oneof![
            4 => Just(u64::MAX),
            2 => Just(0),
            1 => Just(1),
            1 => Just(u64::MAX - 1),
            1 => Just(0xFFFF_FFFF_0000_0000),
            1 => Just(0x0000_0000_FFFF_FFFF),
            2 => any::<u64>(),
        ];
        proptest::array::uniform4(limb)
    }

    fn modulus() -> NonZero<U256> {
        NonZero::new(U256::from_words(P)).unwrap()
    }

    fn reduced(limbs: Limbs) -> U256 {
        U256::from_words(limbs).rem_vartime(&modulus())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// low / 2^256 + high: every carry and borrow of the reduction, which products of random numbers never meet.
        #[test]
        fn reduction_is_division_by_two_to_the_256(low in rough(), high in rough()) {
            let high = reduced(high);
            let expected = U256::from_words(reduce(low, high.to_words()));
            // low + 2^256 high = 2^256 expected (mod p), where 2^256 = ONE in Montgomery form
            let radix = U256::from_words(FieldElement::ONE.0);
            let times = |number: &U256| number.mul_mod_vartime(&radix, &modulus());
            prop_assert!(expected < modulus().get());
            prop_assert_eq!(reduced(low).add_mod(&times(&high), &modulus()), times(&expected));
        }

        #[test]
        fn sums_and_products_of_rough_numbers_are_right(a in rough(), b in rough()) {
            let (a, b) = (reduced(a), reduced(b));
            let (x, y) = (FieldElement(a.to_words()), FieldElement(b.to_words()));
            prop_assert_eq!(U256::from_words(x.add(y).0), a.add_mod(&b, &modulus()));
            prop_assert_eq!(U256::from_words(x.sub(y).0), a.sub_mod(&b, &modulus()));
            let radix = U256::from_words(FieldElement::ONE.0);
            let product = |a: &U256, b: &U256| a.mul_mod_vartime(b, &modulus());
            // (a / R) (b / R) R = product in Montgomery form, so product R = a b
            prop_assert_eq!(product(&U256::from_words(x.mul(y).0), &radix), product(&a, &b));
            prop_assert_eq!(x.square(), x.mul(x));
        }
    }
}

//! Sums of multiples of points where everything is public: the equation of verification.
//!
//! Quick, and its time depends on the numbers: nothing secret may come here. Both numbers are written with few non-zero
//! digits (wNAF) and share their doublings (Straus); G has a table of 64 odd multiples, made once.

#![expect(
    clippy::many_single_char_names,
    reason = "the formulas keep the letters of their sources"
)]

use std::sync::OnceLock;

use super::curve::{G, Point, Scalar, scalar_limbs};
use super::field::{FieldElement, invert_all};

/// Width of digits for G: odd, below 128; every ninth digit or so is not zero.
const WIDTH_G: u32 = 8;
const MULTIPLES_G: usize = 1 << (WIDTH_G - 2);
/// Width of digits for the other point: odd, below 16; every sixth digit or so is not zero.
const WIDTH_P: u32 = 5;
const MULTIPLES_P: usize = 1 << (WIDTH_P - 2);
/// Digits of a number of 256 bits; one more for the last carry.
const DIGITS: usize = 257;

/// A point as (X/Z^2, Y/Z^3); infinity has Z = 0.
#[derive(Clone, Copy, Debug)]
struct Jacobian {
    x: FieldElement,
    y: FieldElement,
    z: FieldElement,
}

impl Jacobian {
    const INFINITY: Self = Self {
        x: FieldElement::ONE,
        y: FieldElement::ONE,
        z: FieldElement::ZERO,
    };

    const fn of(point: Point) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: FieldElement::ONE,
        }
    }

    fn neg(self) -> Self {
        Self {
            y: self.y.neg(),
            ..self
        }
    }

    /// Right for infinity too; no point of the curve has y = 0, as its order is odd.
    fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta4 = self.x.mul(gamma).double().double();
        let alpha = self.x.sub(delta).mul(self.x.add(delta)).triple();
        let x = alpha.square().sub(beta4.double());
        let z = self.y.add(self.z).square().sub(gamma).sub(delta);
        let y = alpha.mul(beta4.sub(x)).sub(gamma.double().square().double());
        Self { x, y, z }
    }

    fn add(&self, other: &Self) -> Self {
        if self.z.is_zero() {
            return *other;
        }
        if other.z.is_zero() {
            return *self;
        }
        let (zz1, zz2) = (self.z.square(), other.z.square());
        let u1 = self.x.mul(zz2);
        let s1 = self.y.mul(zz2).mul(other.z);
        let h = other.x.mul(zz1).sub(u1);
        let r = other.y.mul(zz1).mul(self.z).sub(s1);
        self.finish(u1, s1, (h, r), self.z.mul(other.z))
    }

    fn add_affine(&self, other: &Point) -> Self {
        if self.z.is_zero() {
            return Self::of(*other);
        }
        let zz = self.z.square();
        let h = other.x.mul(zz).sub(self.x);
        let r = other.y.mul(zz).mul(self.z).sub(self.y);
        self.finish(self.x, self.y, (h, r), self.z)
    }

    /// The sum of (u, s) and (u + h, s + r), both over the same denominators, the first being `self`.
    fn finish(&self, u: FieldElement, s: FieldElement, (h, r): (FieldElement, FieldElement), z: FieldElement) -> Self {
        if h.is_zero() {
            return if r.is_zero() { self.double() } else { Self::INFINITY };
        }
        let hh = h.square();
        let hhh = hh.mul(h);
        let v = u.mul(hh);
        let x = r.square().sub(hhh).sub(v.double());
        Self {
            x,
            y: r.mul(v.sub(x)).sub(s.mul(hhh)),
            z: z.mul(h),
        }
    }
}

/// Odd multiples P, 3P, 5P … of a point.
fn odd_multiples<const N: usize>(point: Point) -> [Jacobian; N] {
    let mut next = Jacobian::of(point);
    let twice = next.double();
    [(); N].map(|()| {
        let this = next;
        next = next.add(&twice);
        this
    })
}

fn generator_table() -> &'static [Point; MULTIPLES_G] {
    static TABLE: OnceLock<[Point; MULTIPLES_G]> = OnceLock::new();
    TABLE.get_or_init(|| {
        let points = odd_multiples::<MULTIPLES_G>(G);
        let mut inverses = points.map(|point| point.z);
        invert_all(&mut inverses);
        let mut inverses = inverses.into_iter();
        points.map(|point| {
            let inverse = inverses.next().unwrap_or_default(); // one for each
            let square = inverse.square();
            Point {
                x: point.x.mul(square),
                y: point.y.mul(square).mul(inverse),
            }
        })
    })
}

/// The digits of a number, least significant first: each zero or odd and smaller than 2^(width - 1) either way, and no
/// two of `width` neighbours other than zero.
fn wnaf(number: &Scalar, width: u32) -> [i8; DIGITS] {
    let [a, b, c, d] = scalar_limbs(number);
    let limbs = [a, b, c, d, 0];
    let bits = |at: usize, count: u32| {
        let low = limbs.get(at / 64).copied().unwrap_or(0) >> (at % 64);
        let high = limbs.get(at / 64 + 1).copied().unwrap_or(0) << 1 << (63 - at % 64);
        (low | high) & ((1 << count) - 1)
    };
    let mut digits = [0; DIGITS];
    let (mut at, mut carry) = (0, 0);
    while let Some(digit) = digits.get_mut(at) {
        if bits(at, 1) == carry {
            at += 1;
            continue;
        }
        let word = bits(at, width) + carry;
        carry = word >> (width - 1);
        // below 2^7 either way, since width is at most 8
        *digit = i8::try_from(word.cast_signed() - (carry << width).cast_signed()).unwrap_or_default();
        at += width as usize;
    }
    digits
}

/// The table's entry for an odd digit's size.
fn entry<T: Copy>(table: &[T], digit: i8) -> Option<T> {
    table.get(usize::from(digit.unsigned_abs() / 2)).copied()
}

fn sum(s: &Scalar, t: &Scalar, point: &Point) -> Jacobian {
    let (s, t) = (wnaf(s, WIDTH_G), wnaf(t, WIDTH_P));
    let table_g = generator_table();
    let table_p = odd_multiples::<MULTIPLES_P>(*point);
    let mut sum = Jacobian::INFINITY;
    for (s, t) in s.into_iter().zip(t).rev() {
        if !sum.z.is_zero() {
            sum = sum.double();
        }
        if let Some(multiple) = entry(table_p.as_slice(), t).filter(|_| t != 0) {
            sum = sum.add(&if t < 0 { multiple.neg() } else { multiple });
        }
        if let Some(multiple) = entry(table_g.as_slice(), s).filter(|_| s != 0) {
            sum = sum.add_affine(&if s < 0 { multiple.neg() } else { multiple });
        }
    }
    sum
}

/// Whether the x coordinate of sG + tP is `v` modulo n; false for infinity.
///
/// x = X/Z^2 is below p, and p is a little more than n: x is v, or v + n if that is below p. So no inversion is needed.
pub(super) fn combination_has_x(s: &Scalar, t: &Scalar, point: &Point, v: &Scalar) -> bool {
    let sum = sum(s, t, point);
    if sum.z.is_zero() {
        return false;
    }
    let zz = sum.z.square();
    let is = |x: FieldElement| x.mul(zz) == sum.x;
    let octets: [u8; 32] = v.to_bytes().into();
    FieldElement::from_bytes(&octets).is_some_and(is) || plus_order(&octets).is_some_and(is)
}

/// v + n as a number modulo p, if it is below p.
fn plus_order(v: &[u8; 32]) -> Option<FieldElement> {
    /// n, least significant limb first.
    const N: [u64; 4] = [
        0x53BB_F409_39D5_4123,
        0x7203_DF6B_21C6_052B,
        0xFFFF_FFFF_FFFF_FFFF,
        0xFFFF_FFFE_FFFF_FFFF,
    ];
    super::field::sum_below_p(super::field::limbs_of(v), N)
}

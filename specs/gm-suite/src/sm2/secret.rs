//! Multiples of points by secret numbers.
//!
//! Complete formulas (Renes, Costello, Batina 2015, algorithms 4 and 5 for a = -3): no sum is special, infinity included,
//! so there is nothing to branch on. Numbers are cut into signed digits of five bits; the multiple that a digit asks for
//! is picked by reading all of them. So neither steps nor addresses depend on the number.

#![expect(
    clippy::many_single_char_names,
    clippy::similar_names,
    reason = "formulas keep their sources' letters"
)]

use std::sync::OnceLock;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq as _};
use zeroize::{Zeroize, Zeroizing};

use super::curve::{B, G, Point, Scalar, scalar_limbs};
use super::field::{FieldElement, invert_all};

/// Bits of a digit: sixteen multiples per position are a good balance of additions against reading.
const DIGIT_BITS: usize = 5;
/// Multiples kept per position: digits go from -16 to 16.
const MULTIPLES: usize = 1 << (DIGIT_BITS - 1);
/// Digits of a number of 256 bits; one bit more for the last sign.
const DIGITS: usize = 257usize.div_ceil(DIGIT_BITS);

/// A point as (X/Z, Y/Z); infinity is (0, 1, 0).
#[derive(Clone, Copy, Debug)]
struct Projective {
    x: FieldElement,
    y: FieldElement,
    z: FieldElement,
}

impl Projective {
    const INFINITY: Self = Self {
        x: FieldElement::ZERO,
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

    /// Algorithm 4.
    fn add(&self, other: &Self) -> Self {
        let xx = self.x.mul(other.x);
        let yy = self.y.mul(other.y);
        let zz = self.z.mul(other.z);
        let xy = self.x.add(self.y).mul(other.x.add(other.y)).sub(xx.add(yy));
        let yz = self.y.add(self.z).mul(other.y.add(other.z)).sub(yy.add(zz));
        let xz = self.x.add(self.z).mul(other.x.add(other.z)).sub(xx.add(zz));
        let zz3 = zz.triple();
        let bzz3 = xz.sub(B.mul(zz)).triple();
        let bxz3 = B.mul(xz).sub(zz3.add(xx)).triple();
        Self::finish(yy, bzz3, bxz3, xx.triple().sub(zz3), (xy, yz))
    }

    /// Algorithm 5: the other point is not infinity.
    fn add_affine(&self, other: &Point) -> Self {
        let xx = self.x.mul(other.x);
        let yy = self.y.mul(other.y);
        let xy = self.x.add(self.y).mul(other.x.add(other.y)).sub(xx.add(yy));
        let yz = other.y.mul(self.z).add(self.y);
        let xz = other.x.mul(self.z).add(self.x);
        let zz3 = self.z.triple();
        let bzz3 = xz.sub(B.mul(self.z)).triple();
        let bxz3 = B.mul(xz).sub(zz3.add(xx)).triple();
        Self::finish(yy, bzz3, bxz3, xx.triple().sub(zz3), (xy, yz))
    }

    /// The steps that algorithms 4 and 5 share.
    fn finish(
        yy: FieldElement,
        bzz3: FieldElement,
        bxz3: FieldElement,
        xx3_less_zz3: FieldElement,
        (xy, yz): (FieldElement, FieldElement),
    ) -> Self {
        let less = yy.sub(bzz3);
        let more = yy.add(bzz3);
        Self {
            x: more.mul(xy).sub(yz.mul(bxz3)),
            y: more.mul(less).add(xx3_less_zz3.mul(bxz3)),
            z: less.mul(yz).add(xy.mul(xx3_less_zz3)),
        }
    }

    /// Twice a point that is not infinity ("dbl-2007-bl-2" of the Explicit-Formulas Database, for a = -3), which is
    /// quicker than algorithm 6. No point of the curve has y = 0, as its order is odd, so nothing else is special.
    /// Infinity gives (0, 0, 0): [`restore_infinity`](Self::restore_infinity) has to follow.
    fn double(&self) -> Self {
        let w = self.x.sub(self.z).mul(self.x.add(self.z)).triple();
        let s = self.y.mul(self.z).double();
        let ss = s.square();
        let r = self.y.mul(s);
        let b = self.x.mul(r).double();
        let h = w.square().sub(b.double());
        Self {
            x: h.mul(s),
            y: w.mul(b.sub(h)).sub(r.square().double()),
            z: s.mul(ss),
        }
    }

    /// Makes (0, 1, 0) of (0, 0, 0).
    fn restore_infinity(&mut self) {
        self.y
            .conditional_assign(&FieldElement::ONE, self.z.is_zero_in_constant_time());
    }

    fn negate_if(&mut self, choice: Choice) {
        self.y.conditional_assign(&self.y.neg(), choice);
    }

    /// Nothing for infinity, which no caller's number can give.
    fn to_point(self) -> Option<Point> {
        if self.z.is_zero() {
            return None;
        }
        let inverse = self.z.invert();
        Some(Point {
            x: self.x.mul(inverse),
            y: self.y.mul(inverse),
        })
    }
}

impl ConditionallySelectable for Projective {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self {
            x: FieldElement::conditional_select(&a.x, &b.x, choice),
            y: FieldElement::conditional_select(&a.y, &b.y, choice),
            z: FieldElement::conditional_select(&a.z, &b.z, choice),
        }
    }
}

impl Zeroize for Projective {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
    }
}

/// A signed digit: its size, 0 to 16, and its sign.
#[derive(Clone, Copy)]
struct Digit {
    size: u8,
    negative: Choice,
}

/// Booth's signed digits of a number, the least significant first: number = sum of digit 2^(5 position).
fn digits(number: &Scalar) -> impl DoubleEndedIterator<Item = Digit> + use<> {
    let [a, b, c, d] = *Zeroizing::new(scalar_limbs(number));
    // the number times two, so that each window begins with the bit below it
    let doubled = Zeroizing::new([a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63, d >> 63, 0]);
    (0..DIGITS).map(move |position| {
        let (limb, shift) = (position * DIGIT_BITS / 64, position * DIGIT_BITS % 64);
        let low = doubled.get(limb).copied().unwrap_or(0);
        let high = doubled.get(limb + 1).copied().unwrap_or(0);
        let window = (low >> shift | (high << 1) << (63 - shift)) & 0x3F;
        recode(window)
    })
}

/// Six bits, the lowest belonging to the digit before, as a digit.
fn recode(window: u64) -> Digit {
    let sign = window >> 5;
    let mask = sign.wrapping_neg();
    let magnitude = ((63 - window) & mask) | (window & !mask);
    let size = (magnitude >> 1) + (magnitude & 1);
    Digit {
        size: size.to_le_bytes()[0],
        negative: Choice::from(sign.to_le_bytes()[0]),
    }
}

/// Multiples 1 to 16 of 2^(5 position) G, for each position.
type GeneratorTable = Vec<[Point; MULTIPLES]>;

fn generator_table() -> &'static GeneratorTable {
    static TABLE: OnceLock<GeneratorTable> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut rows = Vec::with_capacity(DIGITS);
        let mut unit = Projective::of(G);
        for _ in 0..DIGITS {
            rows.push(multiples(&unit));
            unit = (0..DIGIT_BITS).fold(unit, |point, _| point.double());
        }
        let mut inverses: Vec<FieldElement> = rows.iter().flatten().map(|point| point.z).collect();
        invert_all(&mut inverses);
        let mut inverses = inverses.into_iter();
        let to_affine = |point: Projective| {
            let inverse = inverses.next().unwrap_or_default(); // one for each
            Point {
                x: point.x.mul(inverse),
                y: point.y.mul(inverse),
            }
        };
        let mut to_affine = to_affine;
        rows.into_iter().map(|row| row.map(&mut to_affine)).collect()
    })
}

/// P, 2P … 16P.
fn multiples(point: &Projective) -> [Projective; MULTIPLES] {
    let mut next = Projective::INFINITY;
    [(); MULTIPLES].map(|()| {
        next = next.add(point);
        next
    })
}

/// kG; nothing for k = 0. Takes the same steps for every other k.
pub(super) fn mul_generator(k: &Scalar) -> Option<Point> {
    let mut sum = Zeroizing::new(Projective::INFINITY);
    for (row, digit) in generator_table().iter().zip(digits(k)) {
        let mut chosen = G;
        for (size, multiple) in (1u8..).zip(row) {
            let this = digit.size.ct_eq(&size);
            chosen.x.conditional_assign(&multiple.x, this);
            chosen.y.conditional_assign(&multiple.y, this);
        }
        chosen.y.conditional_assign(&chosen.y.neg(), digit.negative);
        let added = sum.add_affine(&chosen);
        sum.conditional_assign(&added, !digit.size.ct_eq(&0));
    }
    sum.to_point()
}

/// kP; nothing for k = 0. Takes the same steps for every other k.
pub(super) fn mul(point: &Point, k: &Scalar) -> Option<Point> {
    let table = Zeroizing::new(multiples(&Projective::of(*point)));
    let mut sum = Zeroizing::new(Projective::INFINITY);
    for digit in digits(k).rev() {
        for _ in 0..DIGIT_BITS {
            *sum = sum.double();
        }
        sum.restore_infinity();
        let mut chosen = Projective::INFINITY;
        for (size, multiple) in (1u8..).zip(table.iter()) {
            chosen.conditional_assign(multiple, digit.size.ct_eq(&size));
        }
        chosen.negate_if(digit.negative);
        *sum = sum.add(&chosen);
    }
    sum.to_point()
}

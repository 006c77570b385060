//! A short run of every target on stable Rust: its seeds and some thousand mutations of them, the same ones each time.
//! Not a substitute for coverage-guided fuzzing (`fuzz/run.sh`), but it runs with every change.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use fuzz::TARGETS;

/// Enough for the shallow mistakes; all targets together stay under half a minute.
const EACH: Duration = Duration::from_millis(1_500);
const INPUT_MAX: usize = 64 * 1024;

/// A small generator with a fixed seed (`xorshift64*`): the run repeats exactly until the time is over.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() >> 33).unwrap_or(0) % limit.max(1)
    }
}

/// Inputs to start from: the target's seeds, and DER's own favourite ways to be wrong.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = vec![
        Vec::new(),
        vec![0x30, 0x80, 0, 0],
        vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        [0x30, 0x82, 0x01, 0x00].iter().copied().chain([0x30; 256]).collect(),
        b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n".to_vec(),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        seeds.extend(fs::read(entry.path()));
    }
    seeds
}

fn mutate(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds.get(dice.below(seeds.len())).cloned().unwrap_or_default();
    for _ in 0..=dice.below(4) {
        let place = dice.below(input.len());
        match dice.below(5) {
            0 => input.truncate(place),
            1 => input.insert(place.min(input.len()), u8::try_from(dice.below(256)).unwrap_or(0)),
            2 => {
                let other = seeds.get(dice.below(seeds.len())).cloned().unwrap_or_default();
                let from = dice.below(other.len());
                input.truncate(place);
                input.extend_from_slice(other.get(from..).unwrap_or_default());
            }
            _ => {
                let flip = 1 << dice.below(8);
                if let Some(octet) = input.get_mut(place) {
                    *octet ^= flip;
                }
            }
        }
    }
    input.truncate(INPUT_MAX);
    input
}

#[test]
fn no_parser_falls_over_mutated_bytes() {
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        for seed in &seeds {
            target(seed);
        }
        let mut dice = Dice(0x1234_5678_1234_5678);
        let start = Instant::now();
        let mut runs = 0_u32;
        while start.elapsed() < EACH {
            target(&mutate(&mut dice, &seeds));
            runs += 1;
        }
        assert!(runs > 100, "{name} ran only {runs} times");
    }
}

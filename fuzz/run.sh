#!/bin/sh
# Coverage-guided fuzzing of every target, or of those named. usage: [SECONDS_EACH=60] fuzz/run.sh [TARGET...]
# Needs cargo-fuzz (crates.io) and a C++ compiler. The stable compiler is told to accept the sanitizer's flags.
set -eu
cd "$(dirname "$0")"
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
[ $# -gt 0 ] || set -- $(sed -n 's/^    ("\([a-z0-9_]*\)", .*/\1/p' src/lib.rs)
for target in "$@"; do
  echo "== $target"
  mkdir -p "corpus/$target" "seeds/$target"
  TARGET=$target RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir libfuzzer any "corpus/$target" "seeds/$target" -- -max_total_time="${SECONDS_EACH:-60}" -max_len=65536
done

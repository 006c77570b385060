//! One binary for all targets: `TARGET` in the environment says which. `fuzz/run.sh` calls it.
#![no_main]

use std::sync::LazyLock;

static CHOSEN: LazyLock<fuzz::Target> = LazyLock::new(|| {
    let name = std::env::var("TARGET").unwrap_or_default();
    fuzz::target(&name).unwrap_or_else(|| panic!("TARGET={name:?} is not in fuzz::TARGETS"))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| CHOSEN(data));

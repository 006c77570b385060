//! The copies of contracts that registration describes are read and set by the binary that the daemon runs.
//!
//! The descriptions are files of `hefu-applicants`, whose own tests hold that it writes exactly these; so neither crate
//! imports the other.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use hefu_documents::Document;

#[test]
fn both_copies_in_both_languages_are_read_and_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../hefu-applicants/tests/copies");
    for name in ["provider-zh", "provider-en", "subscriber-zh", "subscriber-en"] {
        let path = folder.join(format!("{name}.json"));
        let document = Document::read(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(document.blocks.len(), 12, "{name}");
        let done = Command::new(env!("CARGO_BIN_EXE_hefu-documents"))
            .arg(&path)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert!(done.stdout.starts_with(b"%PDF-"), "{name}");
    }
}

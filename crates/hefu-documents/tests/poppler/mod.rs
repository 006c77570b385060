//! Judges: poppler's tools read back what was written. Debian package `poppler-utils`.

use std::path::Path;
use std::process::Command;

use hefu_documents::Pdf;

/// What a tool says about a PDF.
pub(crate) fn ask(tool: &str, arguments: &[&str], pdf: &Pdf) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    run(tool, arguments, &file)
}

fn run(tool: &str, arguments: &[&str], file: &Path) -> String {
    let mut command = Command::new(tool);
    command.args(arguments).arg(file);
    if tool == "pdftotext" {
        command.arg("-");
    }
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{tool} cannot be run ({error}): install the Debian package poppler-utils"));
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    // pdfinfo writes titles of the structure as they stand in the file, in UTF-16.
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text between head and foot, in the order in which it was written; pages follow one another.
pub(crate) fn body(pdf: &Pdf) -> String {
    let area = [
        "-raw", "-nopgbrk", "-r", "72", "-x", "0", "-y", "80", "-W", "596", "-H", "700",
    ];
    ask("pdftotext", &area, pdf)
}

/// The whole text of one page, counted from 1.
pub(crate) fn page(pdf: &Pdf, number: usize) -> String {
    let number = number.to_string();
    ask("pdftotext", &["-raw", "-f", &number, "-l", &number], pdf)
}

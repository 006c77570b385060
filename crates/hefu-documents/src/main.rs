//! `hefu-documents`: reads a description as JSON, writes a PDF. Run by the daemon as a process of its own, without keys,
//! network or database; it opens the description, the fonts and the file it writes, and nothing else.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use hefu_documents::{Document, FontFault, FontFile, FontFiles, Fonts, MalformedDocument, RenderError, limit};
use hefu_rulebook::{Explain, Kind, Language};

/// Sets a JSON description as PDF (PDF/A-2a, PDF/UA-1).
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  hefu-documents receipt.json -o receipt.pdf\n  hefu-documents < report.json > report.pdf\n  \
                  hefu-documents --font 'fallback=/usr/share/fonts/x/rare.otf' contract.json -o contract.pdf\n\n\
                  Exit codes: 0 written; 2 the description or the command line is wrong; 3 fonts, disk or defect."
)]
struct Arguments {
    /// The description; standard input where absent or "-"
    description: Option<PathBuf>,
    /// Where to write the PDF; standard output where absent
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// A font for a role: serif, serif-bold, sans, mono or fallback, as ROLE=FILE or ROLE=FILE#FAMILY; may be repeated
    #[arg(long = "font", value_name = "ROLE=FILE[#FAMILY]", value_parser = font)]
    fonts: Vec<(Role, FontFile)>,
    /// The language of error messages: zh or en
    #[arg(long, env = "HEFU_LANGUAGE", default_value = "zh")]
    language: Language,
}

#[derive(Clone, Copy, Debug)]
enum Role {
    Serif,
    SerifBold,
    Sans,
    Mono,
    Fallback,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Malformed(#[from] MalformedDocument),
    #[error(transparent)]
    Font(#[from] FontFault),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, io::Error),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let (kind, words) = failure.explain(arguments.language);
            // Nothing is left to do when standard error is gone too.
            let _ = writeln!(io::stderr(), "hefu-documents: {words}");
            ExitCode::from(if kind == Kind::Malformed { 2 } else { 3 })
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let json = read(arguments.description.as_deref())?;
    let document = Document::read(&json)?;
    let fonts = Fonts::load(&files(&arguments.fonts))?;
    let pdf = hefu_documents::render(&document, &fonts)?;
    write(arguments.output.as_deref(), &pdf.bytes)
}

fn read(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut json = Vec::new();
    // One byte more than may be, so that the reader of the description can say that it is too large.
    let max = u64::try_from(limit::INPUT_BYTES_MAX).unwrap_or(u64::MAX) + 1;
    let path = path.filter(|path| *path != Path::new("-"));
    let named = path.map_or_else(|| PathBuf::from("stdin"), Path::to_owned);
    let read = match path {
        Some(path) => File::open(path).and_then(|file| file.take(max).read_to_end(&mut json)),
        None => io::stdin().lock().take(max).read_to_end(&mut json),
    };
    read.map_err(|error| Failure::File(named, error))?;
    Ok(json)
}

fn write(path: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(path) = path {
        return std::fs::write(path, bytes).map_err(|error| Failure::File(path.to_owned(), error));
    }
    let mut out = io::stdout().lock();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|error| Failure::File(PathBuf::from("stdout"), error))
}

fn files(given: &[(Role, FontFile)]) -> FontFiles {
    let mut files = FontFiles::debian();
    for (role, file) in given {
        let file = file.clone();
        match role {
            Role::Serif => files.serif = file,
            Role::SerifBold => files.serif_bold = file,
            Role::Sans => files.sans = file,
            Role::Mono => files.mono = file,
            Role::Fallback => files.fallbacks.push(file),
        }
    }
    files
}

fn font(text: &str) -> Result<(Role, FontFile), String> {
    let (role, file) = text.split_once('=').ok_or("ROLE=FILE is asked for")?;
    let role = match role {
        "serif" => Role::Serif,
        "serif-bold" => Role::SerifBold,
        "sans" => Role::Sans,
        "mono" => Role::Mono,
        "fallback" => Role::Fallback,
        _ => {
            return Err(format!(
                "{role:?} is not one of serif, serif-bold, sans, mono, fallback"
            ));
        }
    };
    let (path, family) = match file.split_once('#') {
        Some((path, family)) => (path, Some(family)),
        None => (file, None),
    };
    Ok((role, FontFile::new(path, family)))
}

impl Failure {
    fn explain(&self, language: Language) -> (Kind, String) {
        let explained: &dyn Explain = match self {
            Self::Malformed(malformed) => malformed,
            Self::Font(fault) => fault,
            Self::Render(error) => error,
            Self::File(..) => return (Kind::Fault, self.to_string()),
        };
        let words = match language {
            Language::Chinese => format!(
                "{}\n  责任方：{}\n  代码：{}",
                explained.message(language),
                explained.blame().name(language),
                explained.code()
            ),
            Language::English => format!(
                "{}\n  who must act: {}\n  code: {}",
                explained.message(language),
                explained.blame().name(language),
                explained.code()
            ),
        };
        (explained.kind(), words)
    }
}

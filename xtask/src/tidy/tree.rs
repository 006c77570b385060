//! The tree as the rules see it: crates with their dependencies, Rust files with their functions.

use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::Visit;

/// A crate of the workspace.
pub(crate) struct Crate {
    /// Package name, which is also its folder's name.
    pub(crate) name: String,
    /// Folder, relative to the workspace.
    pub(crate) folder: PathBuf,
    /// Names of all dependencies, for building and for tests.
    pub(crate) dependencies: Vec<String>,
}

/// A function with its length.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// First line.
    pub(crate) line: usize,
    /// Lines from signature to closing brace.
    pub(crate) lines: usize,
    /// Parameters, the receiver not counted.
    pub(crate) parameters: usize,
}

/// One Rust source file.
pub(crate) struct File {
    /// Path relative to the workspace.
    pub(crate) path: PathBuf,
    /// The whole text.
    pub(crate) text: String,
    /// Lines outside `#[cfg(test)]` modules.
    pub(crate) lines: usize,
    /// Lines inside `#[cfg(test)]` modules, or all of them in a file for tests.
    pub(crate) test_lines: usize,
    /// Functions outside tests.
    pub(crate) functions: Vec<Function>,
    /// Lies under `src/` (and is not a file of tests).
    pub(crate) production: bool,
}

/// Crates and files of the workspace.
pub(crate) struct Tree {
    /// All members.
    pub(crate) crates: Vec<Crate>,
    /// All Rust files.
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// Reads the workspace in the current folder.
    pub(crate) fn read() -> Result<Self, String> {
        let mut crates = Vec::new();
        let mut files = Vec::new();
        for room in ["specs", "crates"] {
            for folder in entries(Path::new(room))? {
                if folder.join("Cargo.toml").is_file() {
                    crates.push(read_crate(&folder)?);
                }
            }
        }
        for folder in ["fuzz", "trials", "measure", "xtask"] {
            crates.push(read_crate(Path::new(folder))?);
        }
        for member in &crates {
            collect(&member.folder, &mut files)?;
        }
        Ok(Self { crates, files })
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listing = fs::read_dir(folder).map_err(|why| format!("cannot list {}: {why}", folder.display()))?;
    let mut paths: Vec<PathBuf> = listing
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    Ok(paths)
}

fn read_crate(folder: &Path) -> Result<Crate, String> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
    let manifest: toml::Table = text.parse().map_err(|why| format!("{}: {why}", path.display()))?;
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str)
        .ok_or_else(|| format!("{} has no package name", path.display()))?;
    let dependencies = ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section).and_then(toml::Value::as_table))
        .flat_map(|table| table.keys().cloned())
        .collect();
    Ok(Crate {
        name: name.to_owned(),
        folder: folder.to_owned(),
        dependencies,
    })
}

fn collect(folder: &Path, files: &mut Vec<File>) -> Result<(), String> {
    for path in entries(folder)? {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(read_file(&path)?);
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<File, String> {
    let text = fs::read_to_string(path).map_err(|why| format!("cannot read {}: {why}", path.display()))?;
    let syntax = syn::parse_file(&text).map_err(|why| format!("{}: {why}", path.display()))?;
    let mut walk = Walk::default();
    walk.visit_file(&syntax);
    let all = text.lines().count();
    let production = path.components().any(|part| part.as_os_str() == "src")
        && !path
            .components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
    let test_lines = if production { walk.test_lines } else { all };
    Ok(File {
        path: path.to_owned(),
        lines: all - test_lines,
        test_lines,
        functions: walk.functions,
        production,
        text,
    })
}

/// Whether a module stands under `#[cfg(test)]`.
pub(crate) fn is_for_tests(module: &syn::ItemMod) -> bool {
    module.attrs.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// Walks a file: measures functions and leaves `#[cfg(test)]` modules out.
#[derive(Default)]
struct Walk {
    functions: Vec<Function>,
    test_lines: usize,
}

impl Walk {
    fn measure(&mut self, signature: &syn::Signature, whole: proc_macro2::Span) {
        let line = signature.span().start().line;
        let parameters = signature
            .inputs
            .iter()
            .filter(|input| matches!(input, syn::FnArg::Typed(_)))
            .count();
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: whole.end().line + 1 - line,
            parameters,
        });
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_for_tests(module) {
            let span = module.span();
            self.test_lines += span.end().line + 1 - span.start().line;
        } else {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, function.span());
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, function.span());
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.measure(&function.sig, function.span());
    }
}

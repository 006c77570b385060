//! `hefu completions` and `hefu manual`: generated from the same surface as the help, in the language of the run.

use std::{io, path::Path};

use clap::Command;
use clap_complete::Shell;
use rust_i18n::t;

use crate::{failure::Failure, files, screen::Screen, surface};

/// The completion script of a shell.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut surface::command(), "hefu", &mut script);
    Screen::raw(&script)
}

/// The manual: one page on standard output, or a page for each command in a folder.
pub(crate) fn manual(folder: Option<&Path>, screen: Screen) -> Result<(), Failure> {
    let mut command = surface::command();
    command.build();
    let Some(folder) = folder else {
        return Screen::raw(&page(command)?);
    };
    files::make_folder(folder)?;
    let mut names = Vec::new();
    write_pages(&command, folder, &mut names)?;
    screen.show(&names, |page| {
        page.line(&t!("manual.written", count = names.len(), folder = folder.display()))
    })
}

fn write_pages(command: &Command, folder: &Path, names: &mut Vec<String>) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or("hefu").to_owned();
    let file = format!("{name}.1");
    files::replace(&folder.join(&file), &page(command.clone())?)?;
    names.push(file);
    command
        .get_subcommands()
        .try_for_each(|below| write_pages(below, folder, names))
}

fn page(command: Command) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let rendered: io::Result<()> = clap_mangen::Man::new(command).render(&mut bytes);
    rendered.map_err(|why| Failure::fault(t!("fail.output").into_owned(), &why))?;
    Ok(bytes)
}

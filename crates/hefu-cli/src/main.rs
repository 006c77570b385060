//! The `hefu` command: for operators, officers and relying parties, in Chinese and English.
//!
//! ```text
//! offline: init · ceremony · verify · envelope · show FILE · crl FILE · records verify · records check · conformance · profile · completions · manual
//! over HTTP (hefu-client): login · logout · officer · applicant · text · agreement · apply · … · approve · issue · batch ·
//!     renew · revoke · search · crl · ocsp · records show
//! ```
//!
//! It knows no rule of its own: offline it asks the same crates as the daemon, online the daemon. Every command has
//! `--json`; failures come in three parts and set the exit status (`failure`); words are in one catalogue (`words`).
//! This is the only place of the command that reads the clock.

mod applicants;
mod applications;
mod arguments;
mod batch;
#[cfg(test)]
mod catalogue;
mod ceremonies;
mod ceremony;
mod certificates;
mod configuration;
mod conformance;
mod describe;
mod door;
mod envelope;
mod failure;
mod files;
mod init;
mod layout;
mod letter_arguments;
mod letters;
mod login;
mod manual;
mod officer_arguments;
mod officers;
mod policies;
mod policy_arguments;
mod profiles;
mod proof;
mod records;
mod roster;
mod screen;
mod session;
mod start;
mod status;
mod subscribers;
mod surface;
mod transcript;
mod verify;
mod words;

use std::process::ExitCode;

use clap::{FromArgMatches, error::ErrorKind};
use jiff::Timestamp;

use crate::{
    arguments::{Act, Cli, Envelope, Profile, Records},
    failure::{Exit, Failure},
    letter_arguments::Letters,
    policy_arguments::{Licence, Policy},
    screen::Screen,
};

rust_i18n::i18n!("locales", fallback = "zh");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .map(|it| it.to_string_lossy().into_owned())
        .collect();
    words::speak(words::wanted(&arguments, |name| std::env::var(name).ok()));
    let parsed = surface::command()
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let exit = match parsed {
        Ok(cli) => {
            let screen = Screen::new(cli.json);
            run(&cli.command, screen, Timestamp::now()).unwrap_or_else(|failure| {
                screen.fail(&failure);
                failure.exit
            })
        }
        Err(error) => not_parsed(&error, arguments.iter().any(|it| it == "--json")),
    };
    ExitCode::from(exit.code())
}

/// Help and version are answers; anything else is a complaint about what was typed.
fn not_parsed(error: &clap::Error, json: bool) -> Exit {
    let help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if help {
        // A reader that went away has read enough.
        drop(error.print());
        return if error.use_stderr() { Exit::Usage } else { Exit::Done };
    }
    let failure = surface::complaint(error);
    Screen::new(json).fail(&failure);
    failure.exit
}

fn run(command: &Act, screen: Screen, now: Timestamp) -> Result<Exit, Failure> {
    let done = |()| Exit::Done;
    match command {
        Act::Init(asked) => start::run(asked, screen, now).map(done),
        Act::Ceremony(asked) => ceremonies::run(asked, screen, now).map(done),
        Act::Apply(asked) => applications::apply(asked, screen).map(done),
        Act::Acknowledge(asked) => applications::acknowledge(asked, screen).map(done),
        Act::Contract(asked) => applications::contract(asked, screen).map(done),
        Act::Identify(asked) => applications::identify(asked, screen).map(done),
        Act::Approve(asked) => applications::approve(asked, screen).map(done),
        Act::Reject(asked) => applications::reject(asked, screen).map(done),
        Act::Issue(asked) => applications::issue(asked, screen).map(done),
        Act::Renew(asked) => certificates::renew(asked, screen).map(done),
        Act::Revoke(asked) => certificates::revoke(asked, screen).map(done),
        Act::Suspend(asked) => certificates::suspend(asked, screen).map(done),
        Act::Resume(asked) => certificates::resume(asked, screen).map(done),
        Act::Show(asked) => certificates::show(asked, screen).map(done),
        Act::Search(asked) => certificates::search(asked, screen).map(done),
        Act::Crl(asked) => status::crl(asked, screen, now),
        Act::Ocsp(asked) => status::ocsp(asked, screen, now),
        Act::Verify(asked) => verify::run(asked, screen, now),
        Act::Envelope(Envelope::Open(asked)) => envelope::open(asked, screen).map(done),
        Act::Records(Records::Verify(asked)) => proof::run(asked, screen),
        Act::Records(Records::Show(asked)) => records::show(asked, screen).map(done),
        Act::Records(Records::Check(asked)) => proof::check(asked, screen),
        Act::Records(Records::Checkpoint(asked)) => records::checkpoint(asked, screen),
        Act::Conformance(asked) => conformance::run(asked, screen, now),
        Act::Profile(Profile::List(_)) => profiles::list(screen).map(done),
        Act::Profile(Profile::Show(asked)) => profiles::show(&asked.name, screen).map(done),
        Act::Login(asked) => login::log_in(asked, screen).map(done),
        Act::Logout(asked) => login::log_out(asked, screen).map(done),
        Act::Officer(asked) => roster::run(asked, screen).map(done),
        Act::Batch(asked) => batch::run(asked, screen),
        Act::Policy(asked) => policy(asked, screen),
        Act::Licence(Licence::Record(asked)) => policies::record(asked, screen).map(done),
        Act::Licence(Licence::Show(asked)) => policies::licence(asked, screen).map(done),
        Act::Disclosure(asked) => policies::disclosure(asked, screen).map(done),
        Act::Completions(asked) => manual::completions(asked.shell).map(done),
        Act::Applicant(asked) => applicants::applicant(asked, screen).map(done),
        Act::Text(asked) => applicants::text(asked, screen).map(done),
        Act::Agreement(asked) => applicants::agreement(asked, screen).map(done),
        Act::Letters(Letters::List(asked)) => letters::list(asked, screen).map(done),
        Act::Letters(Letters::Retry(asked)) => letters::retry(asked, screen).map(done),
        Act::Announcements(asked) => letters::announcements(asked, screen).map(done),
        Act::AccessCode(asked) => subscribers::access_code(asked, screen).map(done),
        Act::Subscriber(asked) => subscribers::subscriber(asked, screen).map(done),
        Act::Manual(asked) => manual::manual(asked.out.as_deref(), screen).map(done),
    }
}

fn policy(command: &Policy, screen: Screen) -> Result<Exit, Failure> {
    let done = |()| Exit::Done;
    match command {
        Policy::Check(asked) => policies::check(asked, screen),
        Policy::Publish(asked) => policies::publish(asked, screen).map(done),
        Policy::File(asked) => policies::file(asked, screen).map(done),
        Policy::Proposals(asked) => policies::proposals(asked, screen).map(done),
        Policy::Decide(asked) => policies::decide(asked, screen).map(done),
        Policy::List(asked) => policies::list(asked, screen).map(done),
        Policy::Show(asked) => policies::show(asked, screen).map(done),
    }
}

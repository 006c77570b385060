//! The command as people see it: help, usage and complaints about what was typed, in the language of the run.
//!
//! `arguments` says what can be typed; the words come from the catalogue. Every command has `help.PATH.about` and
//! `help.PATH.examples`, every argument `help.PATH.NAME` or, when several commands have it, `help.any.NAME`.

use clap::{
    Arg, ArgAction, Command, CommandFactory,
    builder::styling::{AnsiColor, Style, Styles},
    error::{ContextKind, ContextValue, ErrorKind},
};
use rust_i18n::t;

use crate::{
    arguments::Cli,
    failure::{Exit, Failure},
    words::word,
};

/// Place in the help of what every command takes: after its own.
const GLOBAL_ORDER: usize = 900;

/// The whole command with its words.
pub(crate) fn command() -> Command {
    let styles = Styles::plain()
        .usage(Style::new().bold())
        .header(Style::new().bold())
        .literal(AnsiColor::Cyan.on_default());
    dress(Cli::command().styles(styles), &mut vec!["help".to_owned()])
        .after_help(word("help.after").unwrap_or_default())
}

/// Puts the words into a command and everything below it; `path` is the key so far.
fn dress(command: Command, path: &mut Vec<String>) -> Command {
    let key = path.join(".");
    let about = word(&format!("{key}.about")).unwrap_or_default();
    let mut dressed = command
        .about(about)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .help_template(t!("help.template").into_owned())
        .subcommand_help_heading(t!("help.commands").into_owned())
        .mut_args(|argument| describe(argument, &key))
        .arg(action("help", 'h', ArgAction::Help));
    if path.len() == 1 {
        dressed = dressed.arg(action("version", 'V', ArgAction::Version));
    }
    if let Some(examples) = word(&format!("{key}.examples")) {
        dressed = dressed.after_help(format!("{}\n{}", t!("help.examples"), indent(&examples)));
    }
    dressed.mut_subcommands(|below| {
        path.push(below.get_name().to_owned());
        let below = dress(below, path);
        path.pop();
        below
    })
}

fn action(name: &'static str, short: char, action: ArgAction) -> Arg {
    let help = word(&format!("help.any.{name}")).unwrap_or_default();
    let argument = Arg::new(name)
        .short(short)
        .long(name)
        .action(action)
        .help(help)
        .display_order(GLOBAL_ORDER + 1);
    argument.help_heading(t!("help.options").into_owned())
}

/// The argument's words, with its default and its choices in the language of the run.
fn describe(argument: Arg, key: &str) -> Arg {
    let name = argument.get_id().as_str().to_owned();
    let own = word(&format!("{key}.{name}"));
    let mut help = own.or_else(|| word(&format!("help.any.{name}"))).unwrap_or_default();
    let takes_value = argument.get_action().takes_values();
    let choices: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .filter(|_| takes_value)
        .collect();
    if !choices.is_empty() {
        help.push_str(&t!("help.choices", choices = choices.join(", ")));
    }
    let default = argument
        .get_default_values()
        .first()
        .and_then(|it| it.to_str().map(str::to_owned));
    if let Some(default) = default.filter(|_| takes_value) {
        help.push_str(&t!("help.default", value = default));
    }
    let environment = argument.get_env().and_then(|it| it.to_str().map(str::to_owned));
    if let Some(name) = environment {
        help.push_str(&t!("help.environment", name = name));
    }
    let heading = if argument.is_positional() {
        t!("help.arguments")
    } else {
        t!("help.options")
    };
    let argument = if argument.is_global_set() {
        argument.display_order(GLOBAL_ORDER)
    } else {
        argument
    };
    argument
        .help(help)
        .help_heading(heading.into_owned())
        .hide_possible_values(takes_value)
        .hide_default_value(takes_value)
        .hide_env(takes_value)
}

fn indent(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| format!("  {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Complaints of the parser in our three parts.
pub(crate) fn complaint(error: &clap::Error) -> Failure {
    let context = |kind| error.get(kind).map(shown).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => t!("usage.unknown-argument", argument = argument),
        ErrorKind::InvalidSubcommand => {
            t!(
                "usage.unknown-command",
                command = context(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            t!("usage.no-value", argument = argument)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            t!("usage.bad-value", argument = argument, value = value)
        }
        ErrorKind::MissingRequiredArgument => t!("usage.missing-argument", argument = argument),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            t!("usage.missing-command")
        }
        ErrorKind::ArgumentConflict => t!("usage.conflict", argument = argument),
        _ => t!("usage.other", text = error.kind().to_string()),
    };
    let why = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(context)
    .find(|suggestion| !suggestion.is_empty())
    .map_or_else(
        || t!("usage.why"),
        |suggestion| t!("usage.meant", suggestion = suggestion),
    );
    let why = match context(ContextKind::ValidValue) {
        valid if valid.is_empty() => why.into_owned(),
        valid => t!("usage.choices", choices = valid).into_owned(),
    };
    Failure::new(Exit::Usage, "usage", what.into_owned())
        .why(why)
        .now(t!("usage.now").into_owned())
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

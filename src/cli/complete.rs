//! `gitsm complete`: what may stand where the cursor is. The scripts of `completions` ask this.
//!
//! It runs no rule and prints no error: what cannot be found out is not offered. Values are offered
//! by the name of a value in the grammar ([`VALUES`]), so a new command is completed by itself.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::Environment;
use super::args::{Cli, Complete};
use super::error::{Failure, print};
use crate::catalog::short;
use crate::flow::ask::Asked;
use crate::flow::{Place, explain};
use crate::model::{KINDS, Kind, families_named};
use crate::output::visible;

/// A word, and what it is.
type Word = (String, String);

/// What is known of the line when a value is completed.
struct Line {
    current: PathBuf,
    at: Option<String>,
    /// The values before this one that stand by themselves.
    before: Vec<String>,
    /// What is typed of it.
    typed: String,
}

/// Gives the values that may stand somewhere.
type Values = fn(&Line) -> Vec<Word>;

/// The values that can be completed, by their names in the grammar.
const VALUES: &[(&str, Values)] = &[
    ("KIND|NAME", kinds_and_names),
    ("REF", references),
    ("CODE", |_| codes()),
    ("KIND", |_| kinds("")),
];

pub(super) fn run(arguments: &Complete, environment: &Environment) -> Result<u8, Failure> {
    let words: Vec<String> =
        arguments.words.iter().map(|word: &OsString| word.to_string_lossy().into_owned()).collect();
    let mut found = candidates(&words, environment);
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    let lines = found.iter().map(|(word, about)| match arguments.describe && !about.is_empty() {
        true => format!("{}\t{}\n", visible(word), visible(about)),
        false => format!("{}\n", visible(word)),
    });
    print(&lines.collect::<String>())?;
    Ok(0)
}

fn word(text: impl Into<String>, about: impl Into<String>) -> Word {
    (text.into(), about.into())
}

/// What may stand in the place of the last word.
fn candidates(words: &[String], environment: &Environment) -> Vec<Word> {
    let Some((typed, before)) = words.split_last().filter(|(_, before)| !before.is_empty()) else {
        return Vec::new();
    };
    let mut root = Cli::command();
    root.build();
    let mut state =
        State { command: &root, line: line(environment), option: None, only_values: false };
    before.iter().skip(1).for_each(|word| state.take(word));
    state.line.typed.clone_from(typed);
    let found = state.offers(typed);
    found.into_iter().filter(|(word, _)| begins(word, typed)).collect()
}

fn begins(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(typed))
}

fn line(environment: &Environment) -> Line {
    let current = environment.current.clone();
    Line { current, at: None, before: Vec::new(), typed: String::new() }
}

/// Where in the grammar the line is.
struct State<'g> {
    command: &'g Command,
    line: Line,
    /// The option whose value comes next.
    option: Option<&'g Arg>,
    /// Whether `--` has been seen.
    only_values: bool,
}

impl<'g> State<'g> {
    /// Goes past a word.
    fn take(&mut self, word: &str) {
        if let Some(option) = self.option.take() {
            self.note(option, word);
        } else if word == "--" {
            self.only_values = true;
        } else if word.starts_with('-') && word.len() > 1 && !self.only_values {
            let (name, value) = word.split_once('=').map_or((word, None), |(n, v)| (n, Some(v)));
            let Some(option) = self.named(name) else { return };
            match value {
                Some(value) => self.note(option, value),
                None if takes_value(option) => self.option = Some(option),
                None => {}
            }
        } else if let Some(inner) = self.command.find_subcommand(word).filter(|_| !self.only_values)
        {
            self.command = inner;
            self.line.before.clear();
        } else {
            self.line.before.push(word.to_owned());
        }
    }

    /// Remembers what tells where the catalog is.
    fn note(&mut self, option: &Arg, value: &str) {
        match option.get_long() {
            Some("directory") => self.line.current = self.line.current.join(value),
            Some("at") => self.line.at = Some(value.to_owned()),
            _ => {}
        }
    }

    fn named(&self, name: &str) -> Option<&'g Arg> {
        self.command.get_arguments().find(|option| {
            let short = option.get_short().map(|short| format!("-{short}"));
            let long = option.get_long().map(|long| format!("--{long}"));
            short.as_deref() == Some(name) || long.as_deref() == Some(name)
        })
    }

    fn offers(&mut self, typed: &str) -> Vec<Word> {
        if let Some(option) = self.option {
            return values(option, &self.line);
        }
        if let Some((name, value)) = typed.split_once('=')
            && typed.starts_with("--")
            && let Some(option) = self.named(name)
        {
            self.line.typed = value.to_owned();
            let all = values(option, &self.line).into_iter();
            return all.map(|(word, about)| (format!("{name}={word}"), about)).collect();
        }
        if typed.starts_with('-') && !self.only_values {
            return self.options();
        }
        if self.command.get_name() == "help" {
            return subcommands(&Cli::command());
        }
        let inner = subcommands(self.command);
        if !inner.is_empty() {
            // After a word that is no command nothing is known.
            return if self.line.before.is_empty() { inner } else { Vec::new() };
        }
        let positionals: Vec<&Arg> = self.command.get_positionals().collect();
        let last = positionals.last().filter(|last| is_list(last));
        let own = positionals.get(self.line.before.len()).or(last);
        own.map(|own| values(own, &self.line)).unwrap_or_default()
    }

    fn options(&self) -> Vec<Word> {
        let shown = self.command.get_arguments().filter(|option| !option.is_hide_set());
        let long = |option: &Arg| {
            let about = option.get_help().map(ToString::to_string).unwrap_or_default();
            Some((format!("--{}", option.get_long()?), about))
        };
        shown.filter_map(long).collect()
    }
}

fn takes_value(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append)
}

fn is_list(argument: &Arg) -> bool {
    argument.get_num_args().is_some_and(|number| number.max_values() > 1)
}

fn subcommands(command: &Command) -> Vec<Word> {
    let shown = command.get_subcommands().filter(|inner| !inner.is_hide_set());
    let about = |inner: &Command| inner.get_about().map(ToString::to_string).unwrap_or_default();
    shown.map(|inner| word(inner.get_name(), about(inner))).collect()
}

fn values(argument: &Arg, line: &Line) -> Vec<Word> {
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        let about = |one: &clap::builder::PossibleValue| {
            word(one.get_name(), one.get_help().map(ToString::to_string).unwrap_or_default())
        };
        return possible.iter().map(about).collect();
    }
    let names = argument.get_value_names().unwrap_or_default();
    let known = names.first().and_then(|name| VALUES.iter().find(|(known, _)| known == name));
    known.map_or_else(|| in_help(argument), |(_, values)| values(line))
}

/// The values that a help text lists, one a line: `- json: for programs`.
fn in_help(argument: &Arg) -> Vec<Word> {
    let help = argument.get_long_help().map(ToString::to_string).unwrap_or_default();
    let items = help.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(": "));
    items.map(|(name, about)| word(name.trim_end_matches("TEMPLATE"), about)).collect()
}

fn codes() -> Vec<Word> {
    let codes = explain::list().iter().map(|code| word(code.name, code.summary));
    codes.chain(KINDS.iter().map(|kind| word(kind.name, kind.summary))).collect()
}

/// The words for kinds, after what stands before the last comma.
fn kinds(before: &str) -> Vec<Word> {
    let words = |kind: &&'static Kind| {
        let words = std::iter::once(kind.plural).chain(kind.practice.short.iter().copied());
        words.map(|text| word(format!("{before}{text}"), kind.summary)).collect::<Vec<_>>()
    };
    KINDS.iter().flat_map(words).collect()
}

/// The catalog of the line. A folder that is in no repository and has no `gitsm.yaml` may hold very
/// much: nobody waits for that while typing.
fn asked(line: &Line) -> Option<Asked> {
    let is_catalog = line.current.join(crate::config::FILE_NAME).is_file()
        || crate::git::Repository::discover(&line.current).is_ok();
    if !line.current.is_dir() || !is_catalog {
        return None;
    }
    let place = Place {
        current: line.current.clone(),
        paths: Vec::new(),
        at: line.at.clone(),
        ..Place::default()
    };
    Asked::open(&place).ok()
}

/// The entities of families (all if none is given), each with its canonical reference without the
/// default namespace.
fn entities(line: &Line, families: &[&str]) -> Vec<(String, String)> {
    let Some(asked) = asked(line) else { return Vec::new() };
    let catalog = &asked.catalog;
    let all = catalog.distinct().map(|id| catalog.entity(id));
    let wanted = all.filter(|one| families.is_empty() || families.contains(&one.kind.family));
    wanted.map(|one| (short(catalog.canonical(one)), one.kind.name.to_owned())).collect()
}

fn families(words: &str) -> Vec<&'static str> {
    let of = words.split(',').flat_map(families_named).flatten();
    let mut families: Vec<&str> = of.map(|kind| kind.family).collect();
    families.dedup();
    families
}

fn after_colon(reference: &str) -> &str {
    reference.split_once(':').map_or(reference, |(_, name)| name)
}

/// What `get` takes: kinds, names after a kind, `kind/name`.
fn kinds_and_names(line: &Line) -> Vec<Word> {
    let typed = line.typed.as_str();
    if typed.contains(':') {
        return references(line);
    }
    let first = line.before.first().filter(|first| !first.contains(['/', ':']));
    if let Some(kinds) = first {
        let names = entities(line, &families(kinds)).into_iter();
        let names = names.map(|(reference, kind)| (after_colon(&reference).to_owned(), kind));
        return names.filter(|(name, _)| !line.before.contains(name)).collect();
    }
    if let Some((kind, _)) = typed.split_once('/') {
        let names = entities(line, &families(kind)).into_iter();
        return names
            .map(|(reference, about)| (format!("{kind}/{}", after_colon(&reference)), about))
            .collect();
    }
    let before = typed.rfind(',').map_or("", |comma| &typed[..=comma]);
    let mut words = kinds(before);
    if before.is_empty() {
        words.push(word("all", "Every kind"));
    }
    // A name by itself is offered once something of it is typed.
    if !typed.is_empty() && before.is_empty() {
        let names = entities(line, &[]).into_iter();
        words.extend(names.map(|(reference, kind)| (after_colon(&reference).to_owned(), kind)));
    }
    words
}

/// References, `kind:name`; before the colon kinds, as they are written in documents.
fn references(line: &Line) -> Vec<Word> {
    match line.typed.split_once(':') {
        Some((kind, _)) => entities(line, &families(kind))
            .into_iter()
            .map(|(reference, about)| (format!("{kind}:{}", after_colon(&reference)), about))
            .collect(),
        None => entities(line, &[]),
    }
}

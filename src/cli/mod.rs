//! The command line: one file a command, which parses, calls and prints.
//!
//! Floor 9. [`run`] is the whole program but for the process around it.

mod apply;
mod args;
mod backtest;
mod change;
mod codeowners;
mod complete;
mod completions;
mod demo;
mod diff;
mod doctor;
mod drift;
mod editor;
mod error;
mod explain;
mod fmt;
mod gate;
mod get;
mod graph;
mod hook;
mod impact;
mod init;
mod ledger;
mod life;
mod man;
mod pager;
mod plan;
mod policy;
mod query;
mod refs;
mod rename;
mod render;
mod revert;
mod schema;
mod target;
mod validate;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches};

use crate::flow::{Notices, Place};
use crate::git::hear;
use crate::output::visible;
pub use args::Cli;
use error::Failure;
pub use pager::Pager;

/// What the process around a run provides.
pub struct Environment {
    /// Where the user stands.
    pub current: PathBuf,
    /// Whether standard output is a terminal that shows colours.
    pub color: bool,
    /// The width of that terminal in columns, if it is one.
    pub width: Option<usize>,
    /// What to show long output with, on that terminal.
    pub pager: Option<Pager>,
    /// Looks a variable of the environment up: a forge's pipelines say there what they run for.
    pub variable: fn(&str) -> Option<String>,
    /// What is to be told beside an answer.
    pub notices: Notices,
}

impl Environment {
    /// Where the user stands, with the paths and the revision that they name.
    fn place(&self, paths: &[PathBuf], at: Option<String>) -> Place {
        let (current, notices) = (self.current.clone(), self.notices.clone());
        Place { current, paths: paths.to_vec(), at, notices }
    }
}

/// Runs a command line and returns the exit code: 0 fine, 1 findings, 2 usage, 3 could not.
pub fn run(arguments: impl IntoIterator<Item = OsString>, environment: &Environment) -> u8 {
    let matches = match Cli::command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // `--help` and `--version` come this way, too, and are no mistake.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let result = match Cli::from_arg_matches(&matches) {
        Ok(cli) => dispatch(&cli, environment),
        Err(error) => Err(Failure::usage(error.to_string(), None)),
    };
    result.unwrap_or_else(|failure| failure.report(environment))
}

fn dispatch(cli: &Cli, environment: &Environment) -> Result<u8, Failure> {
    let color = cli.color.decide(environment.color);
    hear(environment.variable);
    let current = match &cli.directory {
        Some(folder) => environment.current.join(folder),
        None => environment.current.clone(),
    };
    if !current.is_dir() && cli.directory.is_some() {
        let message = format!("there is no folder {}", current.display());
        return Err(Failure::usage(message, None));
    }
    let pager = environment.pager.clone().filter(|_| !cli.no_pager);
    let notices = environment.notices.clone();
    let (width, variable) = (environment.width, environment.variable);
    let environment = &Environment { current, width, color, pager, variable, notices };
    let result = perform(&cli.command, environment);
    for notice in environment.notices.take() {
        error::tell(&format!("{}\n", visible(&notice)));
    }
    result
}

fn perform(command: &args::Command, environment: &Environment) -> Result<u8, Failure> {
    match command {
        args::Command::Demo(arguments) => demo::run(arguments, environment),
        args::Command::Init(arguments) => init::run(arguments, environment),
        args::Command::Validate(arguments) => validate::run(arguments, environment),
        args::Command::Query(arguments) => query::run(arguments, environment),
        args::Command::Apply(arguments) => apply::run(arguments, environment),
        args::Command::Drift(arguments) => drift::run(arguments, environment),
        args::Command::Target(arguments) => target::run(arguments, environment),
        args::Command::Plan(arguments) => plan::run(arguments, environment),
        args::Command::Policy(arguments) => policy::run(arguments, environment),
        args::Command::Get(arguments) => get::run(arguments, environment),
        args::Command::Refs(arguments) => refs::run(arguments, environment),
        args::Command::Rename(arguments) => rename::run(arguments, environment),
        args::Command::Render(arguments) => render::run(arguments, environment),
        args::Command::Revert(arguments) => revert::run(arguments, environment),
        args::Command::Codeowners(arguments) => codeowners::run(arguments, environment),
        args::Command::Fmt(arguments) => fmt::run(arguments, environment),
        args::Command::Explain(arguments) => explain::run(arguments, environment),
        args::Command::Impact(arguments) => impact::run(arguments, environment),
        args::Command::Diff(arguments) => diff::run(arguments, environment),
        args::Command::Doctor(arguments) => doctor::run(arguments, environment),
        args::Command::Gate(arguments) => gate::run(arguments, environment),
        args::Command::Hook(arguments) => hook::run(arguments, environment),
        args::Command::Graph(arguments) => graph::run(arguments, environment),
        args::Command::Change(arguments) => change::run(arguments, environment),
        args::Command::Ledger(arguments) => ledger::run(arguments, environment),
        args::Command::Schema(arguments) => schema::run(arguments),
        args::Command::Completions(arguments) => completions::run(arguments, environment),
        args::Command::Complete(arguments) => complete::run(arguments, environment),
        args::Command::Man(arguments) => man::run(arguments),
    }
}

//! The `gitsm` program: what is around a run, and nothing else.

#![allow(
    clippy::disallowed_methods,
    reason = "the process reads its own surroundings here, and hands them down as values"
)]

use std::io::IsTerminal;
use std::process::ExitCode;

use gitsm::cli::{Environment, run};

fn main() -> ExitCode {
    let Ok(current) = std::env::current_dir() else {
        return ExitCode::from(3);
    };
    let terminal = std::io::stdout().is_terminal();
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    let environment = Environment {
        current,
        color: choice != anstream::ColorChoice::Never,
        width: terminal
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| usize::from(width.0)),
    };
    ExitCode::from(run(std::env::args_os(), &environment))
}

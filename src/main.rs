//! The `gitsm` program: what is around a run, and nothing else.

#![allow(
    clippy::disallowed_methods,
    reason = "the process reads its own surroundings here, and hands them down as values"
)]

use std::io::IsTerminal;
use std::process::ExitCode;

use gitsm::cli::{Environment, Pager, run};

/// A catalog is many small texts, made on all cores at once; the allocators of the C libraries
/// (musl's, in the static builds, above all) spend more time on that than parsing does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A folder that was deleted under the user's feet is found missing where it is needed.
    let current = std::env::current_dir().unwrap_or_else(|_| ".".into());
    let terminal = std::io::stdout().is_terminal();
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    let environment = Environment {
        current,
        color: choice != anstream::ColorChoice::Never,
        width: terminal
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| usize::from(width.0)),
        pager: terminal.then(|| Pager {
            command: ["GITSM_PAGER", "PAGER"].iter().find_map(|name| std::env::var(name).ok()),
            path: std::env::var_os("PATH"),
            less: std::env::var_os("LESS").is_some(),
        }),
        variable: |name| std::env::var(name).ok(),
        notices: gitsm::flow::Notices::default(),
    };
    ExitCode::from(run(std::env::args_os(), &environment))
}

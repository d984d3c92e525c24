//! `gitsm completions`.

use clap::CommandFactory;

use super::args::{Cli, Completions};
use super::error::{Failure, print};

pub(super) fn run(arguments: &Completions) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "gitsm", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

//! `gitsm completions`: scripts that ask `gitsm complete` what may come next.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Environment;
use super::args::{Cli, Completions};
use super::error::{Failure, print};

pub(super) fn run(arguments: &Completions, _: &Environment) -> Result<u8, Failure> {
    let known = match arguments.shell {
        Shell::Bash => Some(include_str!("shells/gitsm.bash")),
        Shell::Zsh => Some(include_str!("shells/gitsm.zsh")),
        Shell::Fish => Some(include_str!("shells/gitsm.fish")),
        _ => None,
    };
    if let Some(script) = known {
        print(script)?;
        return Ok(0);
    }
    // Other shells get commands and options, and no names.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "gitsm", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

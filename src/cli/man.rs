//! `gitsm man`.

use clap::CommandFactory;

use super::args::{Cli, Man};
use super::error::Failure;
use crate::output::replace;

pub(super) fn run(arguments: &Man) -> Result<u8, Failure> {
    let mut root = Cli::command();
    root.build();
    let pages = std::iter::once((String::from("gitsm"), root.clone())).chain(
        root.get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(|command| (format!("gitsm-{}", command.get_name()), command.clone())),
    );
    for (name, command) in pages {
        let title: &'static str = Box::leak(name.clone().into_boxed_str());
        let mut page = Vec::new();
        let failed = |error| Failure::could_not(format!("cannot write a man page: {error}"), None);
        clap_mangen::Man::new(command.name(title)).render(&mut page).map_err(failed)?;
        replace(&arguments.out.join(format!("{name}.1")), &page)?;
    }
    Ok(0)
}

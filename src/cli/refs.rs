//! `gitsm refs`.

use super::Environment;
use super::args::{Refs, RefsFormat};
use super::error::{Failure, print, tell};
use crate::catalog::short;
use crate::flow::refs::refs;
use crate::output::{refs as output, visible};

pub(super) fn run(arguments: &Refs, environment: &Environment) -> Result<u8, Failure> {
    let place = environment.place(&[], arguments.at.clone());
    let found = refs(&place, &arguments.entity)?;
    if let Some(old) = found.formerly.as_ref().filter(|_| arguments.output != RefsFormat::Json) {
        tell(&(visible(&format!("{} is now {}", short(old), short(&found.entity))) + "\n"));
    }
    match arguments.output {
        RefsFormat::Json => print(&output::json(&found))?,
        RefsFormat::Name => print(&output::names(&found))?,
        RefsFormat::Human if environment.width.is_some() => {
            print(&(output::screen(&found, environment.color) + &output::counts(&found)))?;
        }
        RefsFormat::Human => {
            print(&output::plain(&found))?;
            // Whoever reads the lines reads nothing else.
            tell(&output::counts(&found));
        }
    }
    Ok(0)
}

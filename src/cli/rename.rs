//! `gitsm rename`.

use super::Environment;
use super::args::Rename;
use super::error::{Failure, print, tell};
use crate::flow::rename::rename;
use crate::output::renamed;

pub(super) fn run(arguments: &Rename, environment: &Environment) -> Result<u8, Failure> {
    let place = environment.place(&[], None);
    let done = rename(&place, &arguments.old, &arguments.new, !arguments.dry_run)?;
    if let Some((written, failure)) = &done.failed {
        let hint = match written.as_slice() {
            [] => "no file was written".to_owned(),
            some => format!(
                "written before that: {}; run the command again, or `git restore` them",
                some.join(", ")
            ),
        };
        return Err(Failure::could_not(failure.clone(), Some(hint)));
    }
    let told = renamed(&done.renamed, !arguments.dry_run);
    match arguments.dry_run {
        // The diff alone goes to standard output, so that `git apply` can read it.
        true => {
            print(&done.diff(environment.width.is_some()))?;
            tell(&told);
        }
        false => print(&told)?,
    }
    Ok(0)
}

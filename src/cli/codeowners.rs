//! `gitsm codeowners`.

use super::Environment;
use super::args::Codeowners;
use super::error::{Failure, print, tell};
use crate::flow::codeowners::{OwnersError, codeowners, put};
use crate::output::{unified, visible};

pub(super) fn run(arguments: &Codeowners, environment: &Environment) -> Result<u8, Failure> {
    let place = environment.place(&[], None);
    let out = arguments.out.as_ref().map(|path| path.to_string_lossy().replace('\\', "/"));
    let owners = codeowners(&place, out.as_deref())?;
    if !owners.undecided.is_empty() {
        tell("left to decide:\n");
        for line in &owners.undecided {
            tell(&format!("  {}\n", visible(line)));
        }
    }
    let before = owners.before.as_deref().unwrap_or_default();
    if arguments.check {
        let for_screen = environment.width.is_some();
        print(&unified(&owners.path, before, &owners.after, for_screen))?;
        let is_same = before == owners.after;
        if !is_same {
            tell(&format!(
                "{} is not up to date: gitsm codeowners --write\n",
                visible(&owners.path)
            ));
        }
        return Ok(u8::from(!is_same));
    }
    if arguments.write || out.is_some() {
        let said = match put(&owners)? {
            true => format!("wrote {}\n", visible(&owners.path)),
            false => format!("{} is up to date\n", visible(&owners.path)),
        };
        print(&said)?;
        return Ok(0);
    }
    print(&owners.after)?;
    Ok(0)
}

impl From<OwnersError> for Failure {
    fn from(error: OwnersError) -> Self {
        match error {
            OwnersError::Ask(inner) => inner.into(),
            OwnersError::Marks { .. } => {
                let hint = "leave one pair of them, or none: a new block is added at the end";
                Self::usage(error.to_string(), Some(hint.to_owned()))
            }
            OwnersError::Outside { .. } => Self::usage(error.to_string(), None),
            _ => Self::could_not(error.to_string(), None),
        }
    }
}

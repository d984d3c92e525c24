//! `gitsm target`.

use super::Environment;
use super::apply::adopt;
use super::args::{Aim, Target, TargetCommand, TargetUnlock};
use super::error::{Failure, print};
use super::ledger::around;
use super::life::who;
use super::plan::request;
use crate::catalog::short;
use crate::flow::apply::{Request, unlock};
use crate::flow::target::{check, list, named};
use crate::output::target::{checked, listed};
use crate::output::visible;

pub(super) fn run(arguments: &Target, environment: &Environment) -> Result<u8, Failure> {
    match &arguments.command {
        TargetCommand::List(arguments) => {
            let all = list(&request(&arguments.aim, None, environment), &around(environment))?;
            print(&listed(&all, environment.color, environment.width))?;
            Ok(0)
        }
        TargetCommand::Check(arguments) => {
            let all = check(&request(&arguments.aim, None, environment))?;
            print(&checked(&all))?;
            Ok(all.iter().map(|one| one.code).max().unwrap_or(0))
        }
        TargetCommand::Adopt(arguments) => adopt(arguments, environment),
        TargetCommand::Unlock(arguments) => let_go(arguments, environment),
    }
}

fn let_go(arguments: &TargetUnlock, environment: &Environment) -> Result<u8, Failure> {
    let targets = vec![arguments.target.clone()];
    let plan = request(&Aim { targets, operator: None, set: Vec::new() }, None, environment);
    let all = named(&plan)?;
    let Some(target) = all.first() else { return Ok(2) };
    let around = around(environment);
    let request = Request { plan, file: None, who: who(&arguments.signing), around };
    let lock = unlock(&request, target, &arguments.holder)?;
    let line = format!("{} is free; {} held it", short(target), short(&lock.by));
    print(&format!("{}\n", visible(&line)))?;
    Ok(0)
}

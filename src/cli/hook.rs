//! `gitsm hook`.

use std::io::Read;

use super::Environment;
use super::args::{Hook, HookCommand};
use super::error::{Failure, print, tell};
use super::gate::code;
use super::ledger::around;
use crate::catalog::short;
use crate::change::verdict::{Outcome, Verdict};
use crate::flow::diff::hidden;
use crate::flow::hook::{
    HookError, Landed, OPTIONS, Told, Update, post_receive, pre_commit, pre_receive,
};
use crate::output::gate::{human, only_told};
use crate::output::{finding_lines, visible};

/// The most that Git says of a push, in bytes.
const MOST: u64 = 64 << 20;

pub(super) fn run(arguments: &Hook, environment: &Environment) -> Result<u8, Failure> {
    match arguments.command {
        HookCommand::PreReceive => receive(environment),
        HookCommand::PostReceive => landed(environment),
        HookCommand::PreCommit => staged(environment),
    }
}

fn told(environment: &Environment) -> Result<Told, Failure> {
    let mut input = String::new();
    let read = std::io::stdin().lock().take(MOST).read_to_string(&mut input);
    read.map_err(|error| HookError::Input(format!("what Git says cannot be read: {error}")))?;
    let told = Told::read(&input, &environment.variable).map_err(HookError::Input)?;
    Ok(told)
}

/// What does not fit on a line of a pusher's terminal is not told twice: the name of the branch is.
fn receive(environment: &Environment) -> Result<u8, Failure> {
    let told = told(environment)?;
    for one in told.unknown() {
        let known: Vec<&str> = OPTIONS.iter().map(|(option, _)| *option).collect();
        tell(&format!(
            "gitsm: there is no push option `{}`; there is: {}\n",
            visible(one),
            known.join(", ")
        ));
    }
    let place = environment.place(&[], None);
    let received = pre_receive(&place, &told, &around(environment), &environment.variable)?;
    let mut worst = 0;
    for update in &received.updates {
        worst = worst.max(said(update, told.verbose())?);
    }
    if !received.is_fine() && told.updates.len() > 1 {
        print("\ngitsm: nothing of this push was taken\n")?;
    }
    Ok(worst)
}

/// Says what became of a reference; gives what that means for Git.
fn said(update: &Update, verbose: bool) -> Result<u8, Failure> {
    match update {
        Update::Judged(_, verdict) => {
            print(&hidden(&shown(verdict, verbose)))?;
            Ok(code(verdict))
        }
        Update::Fine(reference, why) => {
            let branch = reference.trim_start_matches("refs/heads/");
            print(&format!("gitsm: {}: {}\n", visible(branch), visible(why)))?;
            Ok(0)
        }
        Update::Refused(reference, why, next) => {
            let branch = reference.trim_start_matches("refs/heads/");
            print(&format!("gitsm: {} is refused: {}\n", visible(branch), visible(why)))?;
            if let Some(next) = next {
                print(&format!("  next: {}\n", visible(next)))?;
            }
            Ok(1)
        }
    }
}

fn shown(verdict: &Verdict, verbose: bool) -> String {
    if verdict.outcome != Outcome::Pass || verbose {
        return format!("\n{}\n", human(verdict, false));
    }
    let change = verdict.change.as_ref().and_then(|change| change.name.as_deref());
    let told = only_told(verdict);
    let told = if told.is_empty() { told } else { format!(" (only told: {told})") };
    let change = change.map_or("it".to_owned(), short);
    format!("gitsm: {} may be merged{}\n", visible(&change), visible(&told))
}

fn landed(environment: &Environment) -> Result<u8, Failure> {
    let told = told(environment)?;
    let place = environment.place(&[], None);
    let Landed::Recorded(recorded) =
        post_receive(&place, &told, &around(environment), &environment.variable)?
    else {
        return Ok(0);
    };
    for done in &recorded.done {
        for (id, _) in &done.entries {
            print(&format!(
                "gitsm: {} landed, recorded as {id}\n",
                visible(&short(&done.subject))
            ))?;
        }
    }
    for (commit, subject) in &recorded.unnamed {
        let commit = commit.get(..9).unwrap_or(commit);
        print(&format!("gitsm: {commit} landed without a name: {}\n", visible(subject)))?;
    }
    Ok(u8::from(!recorded.unnamed.is_empty()))
}

fn staged(environment: &Environment) -> Result<u8, Failure> {
    let place = environment.place(&[], None);
    let staged = pre_commit(&place, &environment.variable)?;
    tell(&hidden(&finding_lines(&staged.findings)));
    if staged.first {
        tell("gitsm: this is the first commit; `gitsm validate` says what is wrong with it\n");
    }
    if !staged.is_fine() {
        tell("gitsm: not committed; `git commit --no-verify` commits it all the same\n");
    }
    Ok(u8::from(!staged.is_fine()))
}

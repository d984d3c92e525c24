//! `gitsm apply`.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Environment;
use super::args::{Aim, Apply, ApplyFormat, Signing, TargetAdopt};
use super::error::{Failure, print, tell};
use super::impact::put;
use super::ledger::around;
use super::life::who;
use super::plan::{allowed, request};
use crate::flow::apply::{Applied, Hooks, Progress, Report, Request, Went, apply, step as shown};
use crate::flow::diff::hidden;
use crate::flow::plan::Planned;
use crate::output::apply::{human, json, progress, step_line};
use crate::output::plan::human as plan_human;
use crate::output::visible;
use crate::plan::ObjectId;
use crate::plan::document::Plan;

pub(super) fn run(arguments: &Apply, environment: &Environment) -> Result<u8, Failure> {
    let mut aim = arguments.aim.clone();
    let file = match aim.targets.as_slice() {
        [only] if is_file(only) => Some(read(Path::new(only), environment)?),
        _ => None,
    };
    if file.is_some() {
        if arguments.at.is_some() || !arguments.allow.is_empty() {
            let message = "a plan says itself of which commit it is, and what it may".to_owned();
            return Err(Failure::usage(message, Some("leave out --at and --allow".to_owned())));
        }
        aim.targets.clear();
    }
    let mut plan = request(&aim, arguments.at.clone(), environment);
    plan.allowed = allowed(&arguments.allow);
    let request = Request { plan, file, who: who(&arguments.signing), around: around(environment) };
    let report = carry_out(&request, arguments.auto_approve, environment)?;
    show(&report, arguments, environment)?;
    Ok(code(&report))
}

/// `gitsm target adopt`.
pub(super) fn adopt(arguments: &TargetAdopt, environment: &Environment) -> Result<u8, Failure> {
    let read = |text: &String| {
        let hint = || Some("a plan names them so, as in `host/web-01`".to_owned());
        ObjectId::read(text)
            .ok_or_else(|| Failure::usage(format!("`{text}` is not KIND/NAME"), hint()))
    };
    let objects: BTreeSet<ObjectId> =
        arguments.objects.iter().map(read).collect::<Result<_, _>>()?;
    let aim = Aim {
        targets: vec![arguments.target.clone()],
        operator: arguments.operator.clone(),
        set: arguments.set.clone(),
    };
    let mut plan = request(&aim, None, environment);
    plan.adopt = objects;
    let signing: &Signing = &arguments.signing;
    let request = Request { plan, file: None, who: who(signing), around: around(environment) };
    let report = carry_out(&request, arguments.auto_approve, environment)?;
    print(&hidden(&human(&report.shown(), environment.color)))?;
    Ok(code(&report))
}

fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

fn carry_out(request: &Request, auto: bool, environment: &Environment) -> Result<Report, Failure> {
    let stop = stopper();
    let bar = std::io::stderr().is_terminal();
    let mut told = |what: Progress<'_>| match what {
        // Whoever was asked has seen it.
        Progress::Planned(plan) if auto => {
            let line = format!("{}\n", visible(&crate::output::plan::heading(plan)));
            tell(&line);
        }
        Progress::Planned(_) => {}
        Progress::Failed(fault) => {
            let _ = Failure::from(fault).report(environment);
        }
        Progress::Note(text) => tell(&format!("note: {}\n", visible(&text))),
        Progress::Step { over, of, step, result, .. } => {
            let went_wrong = result.went != Went::Done;
            if bar {
                let end = if over == of { "\n" } else { "" };
                tell(&format!("\r\x1b[K{}{end}", progress(over, of)));
            }
            if !bar || went_wrong {
                let start = if bar && over < of { "\r\x1b[K" } else { "" };
                tell(&format!(
                    "{start}{}\n",
                    hidden(&step_line(
                        over,
                        of,
                        &shown(step.action, &step.id, &step.entity, result)
                    ))
                ));
            }
        }
    };
    let confirm = |planned: &Planned| ask(planned, environment);
    let confirm: Option<&dyn Fn(&Planned) -> bool> = if auto { None } else { Some(&confirm) };
    let mut hooks = Hooks { confirm, told: &mut told, stop: &stop };
    Ok(apply(request, &mut hooks)?)
}

/// Is set by Ctrl-C, and by whoever ends a pipeline.
fn stopper() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told_to = Arc::clone(&stop);
    // Where signals cannot be caught, the next run takes up what this one leaves.
    let _ = ctrlc::set_handler(move || {
        if !told_to.swap(true, Ordering::Relaxed) {
            let _ = std::io::stderr().write_all(b"\nending after the steps under way\n");
        }
    });
    stop
}

/// Shows a plan, and asks whether it is to be carried out. Without a terminal nobody can answer.
fn ask(planned: &Planned, environment: &Environment) -> bool {
    let _ = print(&hidden(&plan_human(&planned.plan, environment.color)));
    if !std::io::stdin().is_terminal() {
        tell("nobody is here to be asked; --auto-approve carries it out without asking\n");
        return false;
    }
    tell("\nCarry this out? Only `yes` does: ");
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && answer.trim() == "yes"
}

fn show(report: &Report, arguments: &Apply, environment: &Environment) -> Result<(), Failure> {
    let default = [(ApplyFormat::Human, None)];
    let outputs = match arguments.outputs.is_empty() {
        true => &default[..],
        false => &arguments.outputs[..],
    };
    for (format, file) in outputs {
        let text = match format {
            ApplyFormat::Human => human(&report.shown(), environment.color && file.is_none()),
            ApplyFormat::Json => json(&report.shown()),
        };
        put(&hidden(&text), file.as_deref(), environment)?;
    }
    Ok(())
}

fn code(report: &Report) -> u8 {
    let not = |one: &Applied| !(one.refused.is_empty() && one.left.is_empty());
    let refused = report.declined || report.targets.iter().any(not);
    let mut faults = report.targets.iter().map(|one| one.plan.fault.as_ref());
    match report.targets.iter().all(|one| one.is_as_planned() || !one.refused.is_empty()) {
        true => u8::from(refused),
        // Nothing was tried anywhere.
        false if faults.all(|fault| fault.is_some_and(|fault| fault.is_setup)) => 2,
        false => 3,
    }
}

fn read(file: &Path, environment: &Environment) -> Result<Plan, Failure> {
    let path = environment.current.join(file);
    let wrong = |why: String| Failure::usage(format!("{}: {why}", file.display()), None);
    let text = super::gate::text(&path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(format!("it is no plan: {error}")))
}

//! A plan at a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::lines::{Line, drifted, lines};
use super::{because, summary};
use crate::catalog::short;
use crate::output::drift::TargetDrift;
use crate::output::{count, visible};
use crate::plan::document::{ActionPlan, DriftPlan, FaultPlan, Plan, TargetPlan};
use crate::plan::{Action, Copied};

/// Writes it.
pub fn human(plan: &Plan, color: bool) -> String {
    let mut out = String::new();
    for (number, target) in plan.targets.iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        Writer { out: &mut out, color }.target(target);
    }
    out
}

/// Writes only how a target is otherwise than it was left: what somebody else changed, and what does not
/// count yet.
pub fn drift_human(target: &TargetDrift, color: bool) -> String {
    let mut out = String::new();
    let mut writer = Writer { out: &mut out, color };
    writer.heading(&target.target, &target.driver);
    if target.drift.is_empty() && target.fault.is_none() {
        let _ = writeln!(writer.out, "  nothing was changed there by anybody else");
    }
    target.drift.iter().for_each(|drift| writer.drift(drift));
    if let Some(why) = &target.unsettled {
        writer.unsettled(why);
    }
    if let Some(fault) = &target.fault {
        writer.fault(fault);
    }
    out
}

pub(super) struct Writer<'o> {
    pub(super) out: &'o mut String,
    pub(super) color: bool,
}

impl Writer<'_> {
    fn styled(&self, style: Style, text: &str) -> String {
        match self.color {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }

    fn heading(&mut self, target: &str, driver: &str) {
        let name = self.styled(Style::new().bold(), &visible(&short(target)));
        let driver = match driver {
            "" => String::new(),
            driver => format!(" ({})", visible(driver)),
        };
        let _ = writeln!(self.out, "{name}{driver}");
    }

    fn target(&mut self, target: &TargetPlan) {
        self.heading(&target.target, &target.driver);
        if let Some(fault) = &target.fault {
            return self.fault(fault);
        }
        for action in &target.actions {
            self.action(action);
        }
        if !target.drift.is_empty() {
            let _ = writeln!(self.out, "\n  Changed there by somebody else, and left as it is:");
            if target.allowed.iter().any(|one| one == "drift") {
                let _ = writeln!(self.out, "  (what no Exception accepts is put right above)");
            }
            target.drift.iter().for_each(|drift| self.drift(drift));
        }
        for copy in &target.copies {
            let _ = writeln!(self.out, "\n  {}", visible(&copied(copy)));
        }
        if let Some(why) = &target.unsettled {
            self.unsettled(why);
        }
        for refusal in &target.refusals {
            let word = self.styled(AnsiColor::Red.on_default().bold(), "refused");
            let _ = writeln!(self.out, "\n  {word}: {}", visible(&refusal.words()));
            let help = refusal.help(&short_name(&target.target));
            let _ = writeln!(self.out, "    help: {}", visible(&help));
        }
        let summary = self.styled(Style::new().bold(), &summary(target));
        let _ = writeln!(self.out, "\n  {summary}");
    }

    fn fault(&mut self, fault: &FaultPlan) {
        let word = self.styled(AnsiColor::Red.on_default().bold(), "failed");
        let _ = writeln!(self.out, "\n  {word}: {}", visible(&fault.message));
        if let Some(help) = &fault.help {
            let _ = writeln!(self.out, "    help: {}", visible(help));
        }
    }

    fn unsettled(&mut self, why: &str) {
        let sign = self.styled(AnsiColor::Yellow.on_default(), "!");
        let _ = writeln!(self.out, "\n  {sign} written, and does not count yet: {}", visible(why));
    }

    fn action(&mut self, action: &ActionPlan) {
        let style = style(action.action);
        let sign = self.styled(style, action.action.sign());
        let id = self.styled(style, &visible(&action.id.to_string()));
        let from = action.from.as_ref().map(|from| format!(" (was {from})")).unwrap_or_default();
        let reason = because(action);
        let entity = visible(&short(&action.entity));
        let _ = writeln!(self.out, "\n  {sign} {id}{}  {entity}", visible(&from));
        let _ = writeln!(self.out, "      {}", visible(&reason));
        for field in &action.fields {
            let all =
                lines(&field.name, field.before.first(), field.after.first(), field.is_sensitive);
            all.iter().for_each(|line| self.line(line));
        }
    }

    fn drift(&mut self, drift: &DriftPlan) {
        let sign = self.styled(AnsiColor::Yellow.on_default(), "!");
        let id = visible(&drift.id.to_string());
        let commit: String = drift.commit.chars().take(12).collect();
        let _ = writeln!(
            self.out,
            "\n  {sign} {id}  {}, applied last of {}",
            visible(&short(&drift.entity)),
            visible(&commit)
        );
        if drift.is_missing {
            let _ = writeln!(self.out, "      it is gone");
        }
        for field in &drift.fields {
            drifted(field).iter().for_each(|line| self.line(line));
        }
        if !drift.accepted_by.is_empty() {
            let names: Vec<String> = drift.accepted_by.iter().map(|one| short(one)).collect();
            let _ = writeln!(self.out, "      accepted by {}", visible(&names.join(", ")));
        }
    }

    fn line(&mut self, line: &Line) {
        let style = match line.sign {
            '+' => AnsiColor::Green.on_default(),
            '-' => AnsiColor::Red.on_default(),
            '~' => AnsiColor::Yellow.on_default(),
            _ => Style::new(),
        };
        let text = format!("{} {}", line.sign, line.text);
        let text = if line.sign == ' ' { text } else { self.styled(style, &text) };
        let _ = writeln!(self.out, "      {}", text.trim_end());
    }
}

fn style(action: Action) -> Style {
    match action {
        Action::Create => AnsiColor::Green.on_default(),
        Action::Update | Action::Adopt => AnsiColor::Yellow.on_default(),
        Action::Delete => AnsiColor::Red.on_default(),
    }
}

/// The name of a target as commands take it.
pub fn short_name(canonical: &str) -> String {
    let short = short(canonical);
    short.strip_prefix("target:").map_or(short.clone(), str::to_owned)
}

/// What carries the mark of another object, in words.
pub(super) fn copied(copy: &Copied) -> String {
    let Copied { id, handle, of } = copy;
    let handle = if *handle == id.name { String::new() } else { format!(" ({handle})") };
    format!("{id}{handle} carries the mark of {of} and is not it: left alone")
}

/// How many of each there are, in words.
pub(super) fn numbers(target: &TargetPlan) -> Vec<String> {
    let each = [
        (Action::Create, "to create"),
        (Action::Update, "to change"),
        (Action::Adopt, "to take over"),
        (Action::Delete, "to delete"),
    ];
    let counts = each.iter().map(|(action, words)| (target.count(*action), words));
    counts
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{number} {words}"))
        .collect()
}

/// What is as it should be, in words.
pub(super) fn unchanged(target: &TargetPlan) -> String {
    format!("{} as the catalog wants it", count(target.unchanged, "object"))
}

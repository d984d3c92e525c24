//! Arguments of `apply`, `drift` and `target`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::format_and_file;
use super::life::Signing;
use super::plan::{Aim, Allow};

pub(super) const APPLY_EXAMPLES: &str = "\
Examples:
  gitsm apply                          every target, after showing the plan and asking
  gitsm apply inventory                one target
  gitsm apply plan.json                a plan that `gitsm plan --at REV --out plan.json` made
  gitsm apply --auto-approve --as pipeline:ci --key ci.key
                                       in a pipeline on the protected branch
  gitsm apply inventory --allow deletes
                                       beyond the limits of the target, this once

Only what landed on the protected branch is applied. Where it pins a ledger, each landing since the last
apply that touches the target must be recorded and authorised and may happen now, and the run is recorded:
what is intended, signs of life, how it went. A target is held while it is changed; a run that was cut
off is taken up by the next, which looks at the target again. What is written and not loaded is made to count
also if there is nothing else to do. A target that does not answer keeps nothing from the others. Ctrl-C
ends after the steps under way.

Exit codes: 0 everything is as the catalog wants it, 1 refused, or declined, 2 wrong usage or settings,
3 not everything could be done, or somebody else holds the target.";

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// Which targets, or the file of a plan (its name ends with .json)
    #[command(flatten)]
    pub aim: Aim,
    /// The commit of the protected branch that is applied (default: its newest one)
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// What may be done beyond the limits of a target
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub allow: Vec<Allow>,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Who records it
    #[command(flatten)]
    pub signing: Signing,
    /// A format, and the file to write it to: human, json; may be repeated
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", value_parser = format_and_file::<ApplyFormat>)]
    pub outputs: Vec<(ApplyFormat, Option<PathBuf>)>,
}

/// The formats of `apply` and `drift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ApplyFormat {
    /// For people
    Human,
    /// apply/1 or drift/1, for programs
    Json,
}

pub(super) const DRIFT_EXAMPLES: &str = "\
Examples:
  gitsm drift                  what somebody else changed, at every target
  gitsm drift inventory        at one target
  gitsm drift -o json          drift/1, for programs
  gitsm drift --record --as pipeline:ci --key ci.key
                               and open an unauthorised change for it, to be looked back at

Looks at each target and names what does not hold what gitsm left there, field by field, with the commit
of which it was applied last and by whom. It changes nothing. What the catalog changed since then is no
drift; `gitsm plan` shows it. A difference that is to stay is an Exception of drift; to put the others
right: gitsm apply --allow drift.

Exit codes: 0 no drift, 1 drift that no Exception accepts, or something that is written there and does not
count (rules that are not loaded), 2 wrong usage or settings, 3 could not look everywhere.";

pub(super) const TARGET_EXAMPLES: &str = "\
Examples:
  gitsm target list                               what was applied last, by whom, who holds it
  gitsm target check                              whether all can be reached
  gitsm target adopt monitoring host/web-01       takes over what was there before gitsm
  gitsm target unlock inventory HOLDER            lets go of one whose holder is dead";

/// Arguments of `drift`.
#[derive(Debug, Args)]
pub struct Drift {
    /// Which targets
    #[command(flatten)]
    pub aim: Aim,
    /// The revision whose catalog counts (default: the newest commit of the protected branch)
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Open an unauthorised change for what no Exception accepts
    #[arg(long, conflicts_with = "at")]
    pub record: bool,
    /// Who records it
    #[command(flatten)]
    pub signing: Signing,
    /// A format, and the file to write it to: human, json; may be repeated
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", value_parser = format_and_file::<ApplyFormat>)]
    pub outputs: Vec<(ApplyFormat, Option<PathBuf>)>,
}

/// Arguments of `target`.
#[derive(Debug, Args)]
pub struct Target {
    /// What to do
    #[command(subcommand)]
    pub command: TargetCommand,
}

/// What can be done about targets.
#[derive(Debug, Subcommand)]
pub enum TargetCommand {
    /// List them: how each is spoken to, where it is, what was applied last, who holds it
    #[command(after_help = "Example:\n  gitsm target list")]
    List(TargetList),
    /// Look whether they can be reached, and what is there
    #[command(
        after_help = "Examples:\n  gitsm target check\n  gitsm target check inventory\n\nExit \
                            codes: 0 all answer, 2 wrong settings, 3 one does not answer."
    )]
    Check(TargetCheck),
    /// Take over objects that are there and that gitsm did not make
    #[command(
        after_help = "Example:\n  gitsm target adopt monitoring host/web-01 host/web-02\n\nThey \
                            stay as they are: what the catalog wants otherwise is shown by the next \
                            `gitsm plan`."
    )]
    Adopt(TargetAdopt),
    /// Let go of a target whose holder is dead
    #[command(
        after_help = "Example:\n  gitsm target unlock inventory 01JCZ8Q4M7Z5V0T3N2R1K9W8XY\n\nThe \
                            refused run names the holder. After some time a dead holder is over by \
                            itself."
    )]
    Unlock(TargetUnlock),
}

/// Arguments of `target list`.
#[derive(Debug, Args)]
pub struct TargetList {
    /// Which targets
    #[command(flatten)]
    pub aim: Aim,
}

/// Arguments of `target check`.
#[derive(Debug, Args)]
pub struct TargetCheck {
    /// Which targets
    #[command(flatten)]
    pub aim: Aim,
}

/// Arguments of `target adopt`.
#[derive(Debug, Args)]
pub struct TargetAdopt {
    /// The target
    #[arg(value_name = "TARGET")]
    pub target: String,
    /// The objects, as a plan names them
    #[arg(value_name = "KIND/NAME", required = true)]
    pub objects: Vec<String>,
    /// What you say of targets, in a file (default: the file that GITSM_OPERATOR names)
    #[arg(long, value_name = "FILE")]
    pub operator: Option<PathBuf>,
    /// A setting of a target; may be repeated
    #[arg(long, value_name = "TARGET.SETTING=VALUE", value_parser = crate::flow::plan::Set::read)]
    pub set: Vec<crate::flow::plan::Set>,
    /// Do not ask
    #[arg(long)]
    pub auto_approve: bool,
    /// Who records it
    #[command(flatten)]
    pub signing: Signing,
}

/// Arguments of `target unlock`.
#[derive(Debug, Args)]
pub struct TargetUnlock {
    /// The target
    #[arg(value_name = "TARGET")]
    pub target: String,
    /// The holder, as the refused run named it
    #[arg(value_name = "HOLDER")]
    pub holder: String,
    /// Who records it
    #[command(flatten)]
    pub signing: Signing,
}

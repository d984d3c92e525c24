//! The grammar of the command line, one file a command. Help texts are here, and nowhere else.

mod apply;
mod backtest;
mod change;
mod codeowners;
mod demo;
mod diff;
mod doctor;
mod fmt;
mod gate;
mod get;
mod graph;
mod hook;
mod impact;
mod init;
mod ledger;
mod life;
mod plain;
mod plan;
mod policy;
mod query;
mod refs;
mod rename;
mod render;
mod revert;
mod validate;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(super) use apply::{
    Apply, ApplyFormat, Drift, Target, TargetAdopt, TargetCommand, TargetUnlock,
};
pub(super) use backtest::{BacktestFormat, ChangeBacktest};
pub(super) use change::{CalendarFormat, Change, ChangeCalendar, ChangeCommand};
pub(super) use codeowners::Codeowners;
pub(super) use demo::Demo;
pub(super) use diff::{Diff, DiffFormat};
pub(super) use doctor::{Doctor, DoctorFormat};
pub(super) use fmt::Fmt;
pub(super) use gate::{Gate, GateFormat};
pub(super) use get::{Get, GetOutput};
pub(super) use graph::{Graph, GraphFormat, GroupBy, Towards};
pub(super) use hook::{Hook, HookCommand};
pub(super) use impact::{Impact, ImpactFormat};
pub(super) use init::{FromCatalog, Init};
pub(super) use ledger::{
    Ledger, LedgerCommand, LedgerFormat, LedgerInit, LedgerLog, LedgerShow, LedgerVerify,
    LedgerWitness, LogFormat,
};
pub(super) use life::{
    ChangeArchive, ChangeComplete, ChangeDelegate, ChangeGlass, ChangeListing, ChangeMerged,
    ChangeNew, ChangeReviews, ChangeRevoke, ChangeSay, ChangeShow, ListFormat, RecordFormat,
    ReviewForge, Signing, Went,
};
pub(super) use plain::{Complete, Completions, Explain, Man, Schema};
pub(super) use plan::{Aim, Allow, Plan, PlanFormat};
pub(super) use policy::{Policy, PolicyCommand, PolicyTest};
pub(super) use query::Query;
pub(super) use refs::{Refs, RefsFormat};
pub(super) use rename::Rename;
pub(super) use render::{Render, RenderFormat};
pub(super) use revert::{Revert, RevertFormat};
pub(super) use validate::{Output, Validate};

/// IT service management in Git.
///
/// Reads catalogs of Backstage entities, OpenSLO objects and gitsm's own documents, says what is
/// wrong with them at the line where it is wrong, and answers questions about them.
#[derive(Debug, Parser)]
#[command(name = "gitsm", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    /// When to colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Go to this folder first, as if the command were typed there
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Print long output as it is, and not through a pager
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  findings, or a difference that was asked for
  2  wrong usage
  3  could not do it (files, Git, network)";

/// When to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal that can.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl When {
    pub(super) fn decide(self, auto: bool) -> bool {
        match self {
            Self::Auto => auto,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Reads `FORMAT` or `FORMAT=FILE`.
fn format_and_file<F: ValueEnum>(text: &str) -> Result<(F, Option<PathBuf>), String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file after `=` is missing".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let word = |format: &F| format.to_possible_value().map(|value| value.get_name().to_owned());
    let known = F::value_variants().iter().find(|format| word(format).as_deref() == Some(name));
    let names = || F::value_variants().iter().filter_map(word).collect::<Vec<_>>().join(", ");
    let format = known.cloned().ok_or_else(|| format!("the formats are {}", names()));
    Ok((format?, file))
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what gitsm is for: a company in a real repository, and one change through the gate
    #[command(after_help = demo::EXAMPLES)]
    Demo(Demo),
    /// Begin a catalog, or add to one of Backstage's what gitsm needs
    #[command(after_help = init::EXAMPLES)]
    Init(Init),
    /// Say what is wrong with a catalog
    #[command(after_help = validate::EXAMPLES)]
    Validate(Validate),
    /// Write a catalog's documents as they should look
    #[command(after_help = fmt::EXAMPLES)]
    Fmt(Fmt),
    /// Show entities: a list, or all that is worth knowing of one
    #[command(after_help = get::EXAMPLES)]
    Get(Get),
    /// Show the entities for which an expression is true
    #[command(after_help = query::EXAMPLES)]
    Query(Query),
    /// Say what a change really changes, what it can break, and who must agree
    #[command(after_help = diff::EXAMPLES)]
    Diff(Diff),
    /// Say whether a change may be merged, what is missing, and who can do what next
    #[command(after_help = gate::EXAMPLES)]
    Gate(Gate),
    /// Say what is to be done so that targets hold what the catalog says
    #[command(after_help = plan::EXAMPLES)]
    Plan(Plan),
    /// Carry out at targets what a plan says, and record it
    #[command(after_help = apply::APPLY_EXAMPLES)]
    Apply(Apply),
    /// Say what somebody else changed at targets, field by field
    #[command(after_help = apply::DRIFT_EXAMPLES)]
    Drift(Drift),
    /// List, check, take over and let go of targets
    #[command(after_help = apply::TARGET_EXAMPLES)]
    Target(Target),
    /// Run as a hook of Git's
    #[command(hide = true, after_help = hook::EXAMPLES)]
    Hook(Hook),
    /// Draw the relations around an entity, or of the whole catalog
    #[command(after_help = graph::EXAMPLES)]
    Graph(Graph),
    /// Say what is affected if something is down: services, owners, agreements, runbooks
    #[command(after_help = impact::EXAMPLES)]
    Impact(Impact),
    /// List every place that names an entity
    #[command(after_help = refs::EXAMPLES)]
    Refs(Refs),
    /// Give an entity another name, in every place that names it
    #[command(after_help = rename::EXAMPLES)]
    Rename(Rename),
    /// Make a site of a catalog: a page for each entity, with pictures and search
    #[command(after_help = render::EXAMPLES)]
    Render(Render),
    /// Follow a change from its request to its review: agree, record, look up, plan
    Change(Change),
    /// Read and keep the ledger: what was recorded, by whom, and whether it is as it was written
    Ledger(Ledger),
    /// Say what would let somebody around the gate, or makes it useless, and what to do about it
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(Doctor),
    /// Take a change back: edit the files so that its values are as before
    #[command(after_help = revert::EXAMPLES)]
    Revert(Revert),
    /// Try the examples of policies
    Policy(Policy),
    /// Write CODEOWNERS from who owns what
    #[command(after_help = codeowners::EXAMPLES)]
    Codeowners(Codeowners),
    /// Say what a code means and what to write, or what a kind is and which fields it has
    #[command(
        after_help = "Examples:\n  gitsm explain reference-unknown\n  gitsm explain service\n  gitsm explain --list"
    )]
    Explain(Explain),
    /// Print a JSON Schema
    #[command(after_help = plain::SCHEMA_EXAMPLES)]
    Schema(Schema),
    /// Print a script that completes commands, kinds and names in a shell
    #[command(after_help = plain::COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// What may stand where the cursor is: the scripts of `completions` ask
    #[command(hide = true, after_help = "Example:\n  gitsm complete -- gitsm get ser")]
    Complete(Complete),
    /// Write the man pages
    #[command(hide = true, after_help = "Example:\n  gitsm man --out man")]
    Man(Man),
}

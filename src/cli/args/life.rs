//! Arguments of the commands about a change's life: from its request to its review.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::change::{parse_day, parse_instant};
use super::format_and_file;

/// Who writes, and by which key.
#[derive(Debug, Clone, Default, Args)]
pub struct Signing {
    /// Who writes: a person of the base, or a pipeline in `ledger.writers` (default: whom your
    /// commits' address belongs to)
    #[arg(long = "as", value_name = "WHO")]
    pub who: Option<String>,
    /// Sign with this key: a file, or a public key whose private half your agent holds (default:
    /// Git's `user.signingKey`)
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Do not sign: what you say is then only claimed
    #[arg(long, conflicts_with = "key")]
    pub unsigned: bool,
}

pub(super) const NEW_EXAMPLES: &str = "\
Examples:
  gitsm change new                              named after your branch; opens your editor
  gitsm change new enlarge-db --reason 'It is full on Fridays.' --no-edit
  gitsm change new --title 'A larger database' --base origin/release

What is known stands in it already: the title, the reason from your commits, owner, model. What the
policy wants from a person for a change of this risk stands in it as a question.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change new`.
#[derive(Debug, Args)]
pub struct ChangeNew {
    /// What it is called (default: the name of your branch)
    pub name: Option<String>,
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Compare with this revision (default: what your forge says, or the default branch)
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Write it as it is, without opening an editor
    #[arg(long)]
    pub no_edit: bool,
}

pub(super) const PROPOSE_EXAMPLES: &str = "\
Examples:
  gitsm change propose                          what is checked out, as it is committed
  gitsm change propose enlarge-db --as pipeline:ci --key \"$CI_KEY_FILE\"

Says in the ledger what is to be agreed to: what changes, its risk, and who is asked. After an edit,
propose it again. A pipeline on the default branch does this without anybody typing it.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

pub(super) const APPROVE_EXAMPLES: &str = "\
Examples:
  gitsm change show enlarge-db                  look first
  gitsm change approve enlarge-db
  gitsm change approve enlarge-db --reason 'Tried on staging with me.' --key ~/.ssh/id_ed25519

You agree to what changes and to what is said of it, as they are now. Any edit of a value ends that, a
rebase or a reformat does not. Nobody agrees to their own change.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

pub(super) const REJECT_EXAMPLES: &str = "\
Examples:
  gitsm change reject enlarge-db --reason 'Not in the week before the sale.'

Nothing goes ahead while somebody who is asked does not agree. Take it back with `change revoke`, or
agree after all; an edit of the change ends it, too.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

pub(super) const REVOKE_EXAMPLES: &str = "\
Examples:
  gitsm change revoke enlarge-db                your newest decision about it
  gitsm change revoke 01KBA3T5ZX8Q2M4N6P8R0S2T4V an entry of yours, by its id

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of commands that say something of one change.
#[derive(Debug, Args)]
pub struct ChangeSay {
    /// Which change (default: the one that is checked out)
    pub name: Option<String>,
    /// What you want to say; it is kept where it can be erased
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Compare with this revision (default: what your forge says, or the default branch)
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

/// Arguments of `change revoke`.
#[derive(Debug, Args)]
pub struct ChangeRevoke {
    /// The change, or the id of an entry
    #[arg(value_name = "NAME|ENTRY")]
    pub what: String,
    /// What you want to say; it is kept where it can be erased
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

pub(super) const DELEGATE_EXAMPLES: &str = "\
Examples:
  gitsm change delegate person:kofi --until 2026-12-31
  gitsm change delegate kofi --from 2026-12-20 --until 2027-01-05 --team payments

Somebody else agrees in your place for a while. They may not lend it on, and what they contributed to
they still may not agree to. Take it back with `change revoke ENTRY`.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change delegate`.
#[derive(Debug, Args)]
pub struct ChangeDelegate {
    /// Who speaks for you
    pub person: String,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub until: chrono::NaiveDate,
    /// The first day (default: today)
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub from: Option<chrono::NaiveDate>,
    /// For this team only; may be given several times
    #[arg(long = "team", value_name = "TEAM")]
    pub teams: Vec<String>,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

pub(super) const GLASS_EXAMPLES: &str = "\
Examples:
  gitsm change break-glass restart-db --incident INC-2026-0042 --reason 'Orders stand still.'

For those whom the base lists in `breakGlass.people` of a ChangePolicy. It goes ahead now, it must be
looked back at in time, and until then it holds up other changes of the same owners.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change break-glass`.
#[derive(Debug, Args)]
pub struct ChangeGlass {
    /// Which change (default: the one that is checked out)
    pub name: Option<String>,
    /// Why it cannot wait; it is kept where it can be erased
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// The incident that makes it necessary
    #[arg(long, value_name = "ID")]
    pub incident: Option<String>,
    /// Compare with this revision (default: what your forge says, or the default branch)
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

pub(super) const CANCEL_EXAMPLES: &str = "\
Examples:
  gitsm change cancel enlarge-db --reason 'The campaign is off.'

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

pub(super) const COMPLETE_EXAMPLES: &str = "\
Examples:
  gitsm change complete enlarge-db                                  it went well
  gitsm change complete enlarge-db --result unsuccessful --reason 'Failed over, taken back.'
  gitsm change complete enlarge-db --review --result successful_issues

An operator, or a pipeline, says how it went. With --review somebody who did not contribute looks
back: for emergencies, broken glass, high risk and failures.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change complete`.
#[derive(Debug, Args)]
pub struct ChangeComplete {
    /// Which change (default: the one that is checked out)
    pub name: Option<String>,
    /// How it went
    #[arg(long, value_name = "RESULT", default_value = "successful")]
    pub result: Went,
    /// Look back at it, as somebody who did not contribute
    #[arg(long)]
    pub review: bool,
    /// When it began (default: not said)
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    pub started: Option<DateTime<Utc>>,
    /// What you want to say; it is kept where it can be erased
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

/// How a change went: ServiceNow's close codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Went {
    /// As planned
    Successful,
    /// It was done, and something went wrong on the way
    SuccessfulIssues,
    /// It was not done, or taken back
    Unsuccessful,
}

pub(super) const REVIEWS_EXAMPLES: &str = "\
Examples:
  gh api --paginate repos/acme/shop/pulls/7/reviews |
    gitsm change reviews pr-7 --from github --as pipeline:ci --key \"$CI_KEY_FILE\"
  gitsm change reviews pr-7 --from forgejo --file reviews.json --as pipeline:ci --key \"$CI_KEY_FILE\"

What people said of a pull request on their forge counts as theirs (grade forge), where a policy is
content with that. It counts for the commit that they looked at, as it was put forward; so let the
same pipeline run `change propose` first. Whose account it is says `accounts` of a Person: its name,
or better its number, which never changes hands (`github-id`). GitLab does not say which commit was
approved, so its approvals cannot be copied.

Never run this where a pull request decides what runs: it holds the pipeline's key.

Exit codes: 0 fine, 1 a review is of nobody whom the base knows, 2 wrong usage, 3 could not do it.";

/// Arguments of `change reviews`.
#[derive(Debug, Args)]
pub struct ChangeReviews {
    /// Which change
    pub name: String,
    /// Whose answer it is
    #[arg(long, value_name = "FORGE")]
    pub from: ReviewForge,
    /// The forge's answer, as JSON; `-` is what comes in
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

/// The forges whose reviews can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewForge {
    /// GitHub
    Github,
    /// Gitea
    Gitea,
    /// Forgejo, such as Codeberg
    Forgejo,
}

pub(super) const MERGED_EXAMPLES: &str = "\
Examples:
  gitsm change merged --as pipeline:ci --key \"$CI_KEY_FILE\"   in the pipeline of the default branch
  gitsm change merged --since v1.4                            behind this commit

Records each landing on the default branch that no entry names yet. It may run as often as it likes.

Exit codes: 0 fine, 1 something landed without a name, 2 wrong usage, 3 could not do it.";

/// Arguments of `change merged`.
#[derive(Debug, Args)]
pub struct ChangeMerged {
    /// Begin behind this commit (default: where the ledger begins)
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Who writes.
    #[command(flatten)]
    pub signing: Signing,
}

pub(super) const SHOW_EXAMPLES: &str = "\
Examples:
  gitsm change show                       the change that is checked out
  gitsm change show enlarge-db
  gitsm change show enlarge-db -o json    change/1: what was said, is computed, and happened
  gitsm change show enlarge-db -o markdown

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change show`.
#[derive(Debug, Args)]
pub struct ChangeShow {
    /// Which change (default: the one that is checked out)
    pub name: Option<String>,
    /// Compare with this revision (default: what your forge says, or the default branch)
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// A format, and the file to write it to: human, json, yaml, markdown
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<RecordFormat>)]
    pub output: (RecordFormat, Option<PathBuf>),
}

/// The formats of `change show`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordFormat {
    /// For people
    Human,
    /// change/1, for programs
    Json,
    /// The same, as YAML
    Yaml,
    /// For a pull request or a wiki
    Markdown,
}

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  gitsm change list
  gitsm change list --state authorize --state scheduled
  gitsm change list -o json | jq -r '.changes[].change'

The changes that the ledger knows, and the one that is checked out.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change list`.
#[derive(Debug, Args)]
pub struct ChangeListing {
    /// Only those in this state; may be given several times
    #[arg(long = "state", value_name = "STATE", value_parser = ["new", "assess", "authorize", "scheduled", "implement", "review", "closed", "canceled"])]
    pub states: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value = "30")]
    pub limit: usize,
    /// A format, and the file to write it to: human, json, markdown
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "human", value_parser = format_and_file::<ListFormat>)]
    pub output: (ListFormat, Option<PathBuf>),
}

/// The formats of `change list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Human,
    /// changes/1, for programs
    Json,
    /// For a wiki
    Markdown,
}

pub(super) const ARCHIVE_EXAMPLES: &str = "\
Examples:
  gitsm change archive --dry-run
  gitsm change archive --older-than 180

Requests of changes that are closed or canceled leave the files on disk, and the records store keeps
them. Commit what is gone like any other edit.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `change archive`.
#[derive(Debug, Args)]
pub struct ChangeArchive {
    /// Only those that have been over for so many days
    #[arg(long, value_name = "DAYS", default_value = "90", value_parser = clap::value_parser!(u32).range(0..=36500))]
    pub older_than: u32,
    /// Only say which
    #[arg(long)]
    pub dry_run: bool,
}

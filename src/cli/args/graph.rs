//! Arguments of `graph`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format_and_file;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm graph service:checkout                    what it has to do with, as a tree
  gitsm graph service:checkout --depth 2 -o svg=checkout.svg
                                                  two steps far, as a picture
  gitsm graph ci:db --direction up --depth 4      what needs it
  gitsm graph team:payments                       what it owns, and who belongs to it
  gitsm graph --kind service -o mermaid           how services hang together
  gitsm graph --kind ci --by environment -o svg   configuration items by where they run
  gitsm graph --relation ownedBy -o dot | dot -Tpdf > owners.pdf

Without --relation, relations between what works and can fail are drawn (services, configuration
items, Components, Systems …), and all others of what you begin with, but not who owns it.";

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub struct Graph {
    /// The entity to begin with: `service:checkout`, `ci/db`, or a name alone; the whole catalog
    /// without it
    #[arg(value_name = "REF")]
    pub root: Option<String>,
    /// How many steps to go from it
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..))]
    pub depth: u32,
    /// Where to go from it
    #[arg(long, value_name = "DIRECTION", default_value = "both")]
    pub direction: Towards,
    /// Only these relations, by their name in either direction (repeat, or separate by commas)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub relation: Vec<String>,
    /// Only these kinds (repeat, or separate by commas)
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub kind: Vec<String>,
    /// What to group by
    #[arg(long, value_name = "WHAT", default_value = "none")]
    pub by: GroupBy,
    /// Read a revision instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// A format, and the file to write it to: tree, mermaid, dot, json, svg
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "tree", value_parser = format_and_file::<GraphFormat>)]
    pub output: (GraphFormat, Option<PathBuf>),
}

/// Where to go from an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Towards {
    /// To what needs it
    Up,
    /// To what it needs
    Down,
    /// Both
    Both,
}

/// What to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    /// The System of Backstage
    System,
    /// The environment of configuration items
    Environment,
    /// The owner
    Owner,
    /// Nothing
    None,
}

/// The formats of `graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For people, as text
    Tree,
    /// A flowchart for Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// graph/1, for programs
    Json,
    /// A picture
    Svg,
}

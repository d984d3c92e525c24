//! Arguments of `demo`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm demo                  in a new folder `gitsm-demo`
  gitsm demo --dir /tmp/acme  in another one
  gitsm demo --pause          wait for Enter after each part

Makes a company of 300 entities as a real Git repository with a year of history, and goes with you
through one change: refused, agreed to, merged, taken back. Each command is a real one, typed as you
would, and everything stays there to explore. Needs Git and OpenSSH, and no network.

Exit codes: 0 fine, 2 the folder holds something, 3 could not do it.";

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder to make it in; it is not there, or empty [default: gitsm-demo]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Wait for Enter after each part
    #[arg(long)]
    pub pause: bool,
}

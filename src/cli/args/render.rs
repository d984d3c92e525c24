//! Arguments of `render`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm render                           into the folder `site`; open site/index.html
  gitsm render examples/acme --out acme  the catalog of another folder
  gitsm render --at v2026.3              as it was at a tag

Pages need no server and no network: they can be opened from a disk, and copied to any web server.
Only files that changed are written, so a second run is quick.

Exit codes: 0 fine, 2 wrong usage, 3 could not do it.";

/// Arguments of `render`.
#[derive(Debug, Args)]
pub struct Render {
    /// The folder of the catalog [default: the one you are in]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// The folder of the site: new, empty, or one that this command made
    #[arg(long, value_name = "DIR", default_value = "site")]
    pub out: PathBuf,
    /// Render a commit, branch or tag instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// The day that is today, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub today: Option<String>,
}

//! Arguments of `render`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  gitsm render                           into the folder `site`; open site/index.html
  gitsm render examples/acme --out acme  the catalog of another folder
  gitsm render --at v2026.3              as it was at a tag
  gitsm render --watch                   again whenever a file changes, until Ctrl+C
  gitsm render --changed main            only what a change makes different, for its review
  gitsm render -o markdown --out wiki    Markdown for MkDocs and TechDocs
  gitsm render --base-url https://docs.example/it/

Pages need no server and no network: they can be opened from a disk, and copied to any web server.
Beside each page stands the same as Markdown (.md), beside those of entities also as JSON (.json);
catalog.json lists all, feed.atom tells what changed lately. Only files that changed are written, so a
second run is quick.

A repository may have pages of its own (.gitsm/site/pages/**.md), and templates in the place of ours
(.gitsm/site/templates: base.html, page.html, runbook.html, search.html). `site` in gitsm.yaml names
the site, and where its files can be read.

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
    /// What to make
    #[arg(short, long, value_name = "FORMAT", default_value = "html")]
    pub output: RenderFormat,
    /// Render a commit, branch or tag instead of the files on disk
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Render only what differs from a branch, tag or commit, what stands beside it, and a page that
    /// says what changes
    #[arg(long, value_name = "BASE", conflicts_with = "path")]
    pub changed: Option<String>,
    /// Where the site will be: for the feed, the map of the site, and search engines
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub base_url: Option<String>,
    /// Render again when files change, until Ctrl+C
    #[arg(long, conflicts_with = "at")]
    pub watch: bool,
    /// The day that is today, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub today: Option<String>,
}

/// What `render` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RenderFormat {
    /// Pages for browsers
    Html,
    /// mkdocs.yml and pages of Markdown below docs
    Markdown,
}

/// The address of a site, with a slash at its end.
fn base_url(text: &str) -> Result<String, String> {
    let wrong = || "write the address of a folder on the web: https://docs.example/it/".to_owned();
    let url = url::Url::parse(text).map_err(|_why| wrong())?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !is_web || !is_plain || url.password().is_some() {
        return Err(wrong());
    }
    let text = String::from(url);
    Ok(if text.ends_with('/') { text } else { text + "/" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_folder_on_the_web() {
        assert_eq!(base_url("https://docs.example/it").unwrap(), "https://docs.example/it/");
        assert_eq!(base_url("http://localhost:8000").unwrap(), "http://localhost:8000/");
        for text in ["docs.example", "ftp://x/", "javascript:x", "https://x/?a", "https://u:p@x/"] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }
}

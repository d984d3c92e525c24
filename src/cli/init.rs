//! `gitsm init`.

use std::path::Path;

use super::Environment;
use super::args::{FromCatalog, Init};
use super::error::{Failure, print};
use crate::flow::init::{Became, Initialised, Request, init, is_plain};
use crate::output::{line_start, visible};

/// How many of what is left to decide are shown.
const SHOWN: usize = 12;

pub(super) fn run(arguments: &Init, environment: &Environment) -> Result<u8, Failure> {
    let done = init(&Request {
        current: environment.current.clone(),
        path: arguments.path.clone(),
        adopt: arguments.from == Some(FromCatalog::Backstage),
        packs: arguments.with.clone(),
        owner: arguments.owner.clone(),
        dry_run: arguments.dry_run,
    })?;
    let mut text = files(&done, arguments);
    text.push_str(&undecided(&done));
    text.push_str(&next(&done, arguments));
    print(&text)?;
    Ok(0)
}

/// A line for each file.
fn files(done: &Initialised, arguments: &Init) -> String {
    let mut text = String::new();
    let folder = arguments.path.as_deref().unwrap_or(Path::new(""));
    for file in &done.files {
        let path =
            folder.join(&file.path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let path = path.strip_prefix("./").unwrap_or(&path);
        let line = match &file.became {
            Became::Written(what) if arguments.dry_run => format!("would write {path}: {what}"),
            Became::Written(what) => format!("wrote {path}: {what}"),
            Became::Kept(why) => format!("kept {path}: {why}"),
            Became::LeftOut(why) => format!("left out {path}: {why}"),
        };
        text.push_str(&format!("{}\n", visible(&line)));
        if !file.by_hand.is_empty() {
            text.push_str("  by hand:\n");
        }
        for line in &file.by_hand {
            text.push_str(&format!("    {}\n", visible(line)));
        }
    }
    if let Some(count) = done.examples_left_out {
        let documents = if count == 1 { "document" } else { "documents" };
        text.push_str(&format!("no examples: the catalog has {count} {documents} already\n"));
    }
    text
}

/// What only people can know.
fn undecided(done: &Initialised) -> String {
    let mut text = String::new();
    if !done.undecided.is_empty() {
        text.push_str("\nleft to decide:\n");
    }
    for group in &done.undecided {
        text.push_str(&format!("  {}\n", group.what));
        for item in group.items.iter().take(SHOWN) {
            text.push_str(&format!("    {}\n", visible(&line_start(item))));
        }
        if group.items.len() > SHOWN {
            text.push_str(&format!("    and {} more\n", group.items.len() - SHOWN));
        }
    }
    text
}

/// What to do now.
fn next(done: &Initialised, arguments: &Init) -> String {
    let path = arguments.path.as_deref();
    // What a shell would read otherwise is not offered for typing.
    let (place, there) = match path {
        Some(path) if is_plain(path) => (format!(" {}", path.display()), ""),
        Some(_) => (String::new(), ", in that folder"),
        None => (String::new(), ""),
    };
    let mut lines = Vec::new();
    if let Some(count) = done.backstage {
        lines.push(format!(
            "gitsm init --from backstage{place}{there}: adds to the {count} Backstage entities here"
        ));
    }
    if done.needs_owner {
        lines.push("say who owns what packs add: --owner group:NAME".to_owned());
    }
    if done.hooks_unread {
        lines.push(
            "move .pre-commit-config.yaml to the top of the repository: it counts only there"
                .to_owned(),
        );
    }
    lines.push(match arguments.dry_run {
        true => "nothing was written; without --dry-run it is".to_owned(),
        false => format!("gitsm validate{place}{there}: says what is wrong, if anything is"),
    });
    let mut text = "\nnext:\n".to_owned();
    for line in lines {
        text.push_str(&format!("  {}\n", visible(&line)));
    }
    text
}

//! What a rename did, in words.

use super::text::{count, line_start, visible};
use crate::catalog::{Says, Spot, short};
use crate::source::Place;

/// What a rename did, or would do.
#[derive(Debug)]
pub struct Renamed {
    /// The canonical reference before.
    pub from: String,
    /// The canonical reference now.
    pub to: String,
    /// The files that were changed, each with how many places.
    pub files: Vec<(String, usize)>,
    /// Whether the old name is kept as a former one; not so when the last rename is taken back.
    pub kept: bool,
    /// References that still use a name from before.
    pub old: Vec<Spot>,
    /// Texts that speak of it, where they stand now.
    pub mentions: Vec<Spot>,
    /// Files that are called as it was, and as they could be called now.
    pub moves: Vec<(String, String)>,
    /// What the checks say of it that they did not say before.
    pub warnings: Vec<(Place, String)>,
}

/// The most texts that are listed.
const MOST: usize = 50;

/// What was done, and what is left to people.
pub fn renamed(done: &Renamed, written: bool) -> String {
    let (from, to) = (short(&done.from), short(&done.to));
    let places: usize = done.files.iter().map(|(_, places)| places).sum();
    let (places, files) = (count(places, "place"), count(done.files.len(), "file"));
    let mut text = match written {
        true => format!("renamed {from} to {to}: {places} in {files}\n"),
        false => format!("would rename {from} to {to}: {places} in {files}\n"),
    };
    for (path, places) in &done.files {
        text.push_str(&format!("  {}: {}\n", line_start(path), count(*places, "place")));
    }
    if !done.kept && done.from != done.to {
        text.push_str(&format!(
            "this takes the last rename back, so {from} is not kept as a former name\n"
        ));
    }
    let lines = |spots: &[Spot], text: &mut String| {
        for spot in spots.iter().take(MOST) {
            text.push_str(&format!("  {}\n", told(spot)));
        }
        if spots.len() > MOST {
            text.push_str(&format!("  and {} more: gitsm refs {to}\n", spots.len() - MOST));
        }
    };
    if !done.old.is_empty() {
        let number = count(done.old.len(), "reference");
        text.push_str(&format!(
            "{number} by an older name still lead there; `gitsm validate --fix` mends them\n"
        ));
        lines(&done.old, &mut text);
    }
    if !done.mentions.is_empty() {
        text.push_str("not touched, because only people can tell what these texts mean:\n");
        lines(&done.mentions, &mut text);
    }
    for (place, headline) in &done.warnings {
        text.push_str(&format!("new: {}: {headline}\n", line_start(&place.to_string())));
    }
    for (old, new) in &done.moves {
        text.push_str(&format!("the file still has the old name: git mv {old} {new}\n"));
    }
    text.lines().map(|line| visible(line) + "\n").collect()
}

fn told(spot: &Spot) -> String {
    let (path, line) = (line_start(&spot.place.file.to_string()), spot.place.start.line);
    match &spot.says {
        Says::Mention { field: Some(field), of: Some(of) } => {
            format!("{path}:{line}: `{}` in {field} of {}", spot.written, short(of))
        }
        Says::Reference { field, of, .. } => {
            format!("{path}:{line}: `{}` in {field} of {}", spot.written, short(of))
        }
        _ => format!("{path}:{line}: {}", spot.line.trim()),
    }
}

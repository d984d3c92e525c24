//! What fixes did: a list for people, and a unified diff.

use similar::{ChangeTag, TextDiff};

use super::text::{count, line_start, visible};
use crate::finding::Repair;

/// How many fixes are listed unless all are asked for.
const MOST: usize = 50;

/// The fixes that were made (or would be, if nothing was written), a line each, and those that were
/// left alone with the reason.
pub fn repairs(repairs: &[Repair], written: bool, all: bool) -> String {
    let (left, made): (Vec<&Repair>, Vec<&Repair>) =
        repairs.iter().partition(|one| one.left.is_some());
    let mut text = match (made.is_empty(), written) {
        (true, true) => "fixed nothing\n".to_owned(),
        (true, false) => "would fix nothing\n".to_owned(),
        (false, _) => {
            let verb = if written { "fixed" } else { "would fix" };
            format!("{verb} {} in {}\n", count(made.len(), "finding"), files(&made))
        }
    };
    text.push_str(&lines(&made, all));
    if !left.is_empty() {
        text.push_str(&format!("left {} alone\n", count(left.len(), "finding")));
        text.push_str(&lines(&left, all));
    }
    text
}

fn lines(repairs: &[&Repair], all: bool) -> String {
    let shown = if all { repairs.len() } else { repairs.len().min(MOST) };
    let mut text: String = repairs[..shown].iter().map(|one| line(one)).collect();
    if shown < repairs.len() {
        text.push_str(&format!("  and {} more\n", repairs.len() - shown));
    }
    text
}

fn files(repairs: &[&Repair]) -> String {
    let mut paths: Vec<&str> = repairs.iter().map(|one| one.place.file.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    count(paths.len(), "file")
}

fn line(repair: &Repair) -> String {
    let path = line_start(&repair.place.file.to_string());
    let mut line =
        format!("{path}:{} {}: {}", repair.place.start.line, repair.code.name, repair.title);
    if let Some(reason) = &repair.left {
        line.push_str(&format!(" — {reason}"));
    }
    format!("  {}\n", visible(&line))
}

/// The difference between what a file holds and what it is to hold, as `git apply` and `patch` read
/// it. For a screen nothing is left in it that a terminal would obey; then it is for eyes alone.
pub fn unified(path: &str, before: &str, after: &str, for_screen: bool) -> String {
    // Only `\n` ends a line: to Git a lone `\r` is a character like any other.
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&old, &new);
    let path = visible(path);
    let mut text = String::new();
    for hunk in diff.unified_diff().iter_hunks() {
        if text.is_empty() {
            text.push_str(&format!("--- a/{path}\n+++ b/{path}\n"));
        }
        text.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let signs: &[char] = match change.tag() {
                ChangeTag::Delete => &['-'],
                ChangeTag::Insert => &['+'],
                // A pipeline obeys `::error` behind blanks, so this line is not left as it is but
                // replaced by itself.
                ChangeTag::Equal if is_command(change.value()) => &['-', '+'],
                ChangeTag::Equal => &[' '],
            };
            for sign in signs {
                text.push(*sign);
                push_line(&mut text, change.value(), for_screen);
            }
        }
    }
    text
}

fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("::") || line.trim_start().starts_with("##[")
}

fn push_line(text: &mut String, line: &str, for_screen: bool) {
    let kept = line.strip_suffix('\n');
    let shown = kept.unwrap_or(line);
    match for_screen {
        true => text.push_str(&visible(shown.strip_suffix('\r').unwrap_or(shown))),
        false => text.push_str(shown),
    }
    text.push('\n');
    if kept.is_none() {
        text.push_str("\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{File, Place};

    #[test]
    fn long_lists_are_cut_unless_all_is_asked_for() {
        let code = crate::rules::code_named("field-type").unwrap();
        let repair = |number: u32, left: Option<&str>| {
            let mut place = Place::of_file(File::local("::a.yaml"));
            place.start.line = number;
            Repair { code, place, title: "quote\nit".to_owned(), left: left.map(str::to_owned) }
        };
        let many: Vec<Repair> = (1..=60).map(|number| repair(number, None)).collect();
        let text = repairs(&many, true, false);
        assert!(text.starts_with("fixed 60 findings in 1 file\n  ./::a.yaml:1 field-type: quote"));
        assert!(text.ends_with("\n  and 10 more\n"), "{text}");
        assert_eq!(text.lines().count(), 52);
        assert_eq!(repairs(&many, true, true).lines().count(), 61);
        let text = repairs(&[repair(1, Some("why"))], false, false);
        let line = "  ./::a.yaml:1 field-type: quote\u{fffd}it — why\n";
        assert_eq!(text, format!("would fix nothing\nleft 1 finding alone\n{line}"));
    }

    #[test]
    fn a_diff_keeps_what_ends_its_lines() {
        let diff = unified("a b.yaml", "\u{feff}a: 1\r\nb: 2", "\u{feff}a: 1\r\nb: \"2\"", false);
        let expected = "--- a/a b.yaml\n+++ b/a b.yaml\n@@ -1,2 +1,2 @@\n \u{feff}a: 1\r\n-b: 2\n\
                        \\ No newline at end of file\n+b: \"2\"\n\\ No newline at end of file\n";
        assert_eq!(diff, expected);
        assert_eq!(unified("a", "x\n", "x\n", false), "");
    }

    #[test]
    fn nobody_obeys_what_stands_beside_a_change() {
        let diff =
            unified("a", "  ::error::x\nb\u{202e}: 1\r\n", "  ::error::x\nb\u{202e}: 2\r\n", true);
        assert!(!diff.lines().any(|line| line.trim_start().starts_with("::")), "{diff}");
        assert!(diff.contains("-  ::error::x\n+  ::error::x\n-b\u{fffd}: 1\n"), "{diff}");
    }
}

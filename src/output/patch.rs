//! A file that becomes another one as a patch in Git's own form, with modes: what `git apply` reads.

use super::fixes::unified;
use super::text::visible;

/// What a file holds, and its mode by Git's numbers. Nothing in place of bytes that are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchSide {
    /// The mode: `0o100644`.
    pub bits: u32,
    /// The text.
    pub text: Option<String>,
}

/// The patch from one side to the other; one that is not there is no file. It is empty if both are
/// the same. For a screen nothing is left in it that a terminal would obey.
pub fn patch(
    path: &str,
    before: Option<&PatchSide>,
    after: Option<&PatchSide>,
    for_screen: bool,
) -> String {
    let is_text = |side: &PatchSide| side.text.is_some();
    if before == after && before.is_none_or(is_text) {
        return String::new();
    }
    let (old, new) = (quoted("a", path), quoted("b", path));
    let mut text = format!("diff --git {old} {new}\n");
    match (before, after) {
        (None, Some(after)) => text.push_str(&format!("new file mode {:o}\n", after.bits)),
        (Some(before), None) => text.push_str(&format!("deleted file mode {:o}\n", before.bits)),
        (Some(before), Some(after)) if before.bits != after.bits => {
            text.push_str(&format!("old mode {:o}\nnew mode {:o}\n", before.bits, after.bits));
        }
        _ => {}
    }
    let old = before.map_or("/dev/null".to_owned(), |_| old);
    let new = after.map_or("/dev/null".to_owned(), |_| new);
    let of = |side: Option<&PatchSide>| match side {
        Some(side) => side.text.clone(),
        None => Some(String::new()),
    };
    let (Some(before), Some(after)) = (of(before), of(after)) else {
        // Git refuses this by name, which is better than a part that is left out without a word.
        text.push_str(&format!("Binary files {old} and {new} differ\n"));
        return text;
    };
    let hunks = unified(path, &before, &after, for_screen);
    // The names are said in Git's way, and not in the way of the lines.
    let hunks = hunks.splitn(3, '\n').nth(2).unwrap_or_default();
    if !hunks.is_empty() {
        text.push_str(&format!("--- {old}\n+++ {new}\n{hunks}"));
    }
    text
}

/// A path with its prefix as Git writes it: in quotes if it holds what would be read as something
/// else, bytes in octal then.
fn quoted(side: &str, path: &str) -> String {
    let is_odd = |c: char| {
        c.is_control() || matches!(c, '"' | '\\') || visible(&c.to_string()) != c.to_string()
    };
    if !path.contains(is_odd) {
        return format!("{side}/{path}");
    }
    let mut text = format!("\"{side}/");
    for c in path.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if is_odd(c) => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    text.push_str(&format!("\\{byte:03o}"));
                }
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(bits: u32, text: &str) -> PatchSide {
        PatchSide { bits, text: Some(text.to_owned()) }
    }

    #[test]
    fn files_that_come_and_go_and_modes_are_said_as_git_says_them() {
        let (plain, run) = (side(0o100_644, "a\n"), side(0o100_755, "a\n"));
        assert_eq!(
            patch("x y", Some(&plain), Some(&run), false),
            "diff --git a/x y b/x y\nold mode 100644\nnew mode 100755\n"
        );
        assert_eq!(
            patch("x", None, Some(&run), false),
            "diff --git a/x b/x\nnew file mode 100755\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
        );
        assert_eq!(
            patch("x", Some(&plain), None, false),
            "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        );
        let empty = side(0o100_644, "");
        assert_eq!(
            patch("x", None, Some(&empty), false),
            "diff --git a/x b/x\nnew file mode 100644\n"
        );
        assert_eq!(patch("x", Some(&plain), Some(&plain), false), "");
    }

    #[test]
    fn what_is_no_text_is_named_and_odd_names_are_quoted() {
        let bytes = PatchSide { bits: 0o100_644, text: None };
        let text = patch("a\nb\"é", Some(&bytes), Some(&side(0o100_644, "x")), false);
        assert_eq!(
            text,
            "diff --git \"a/a\\012b\\\"é\" \"b/a\\012b\\\"é\"\n\
             Binary files \"a/a\\012b\\\"é\" and \"b/a\\012b\\\"é\" differ\n"
        );
    }
}

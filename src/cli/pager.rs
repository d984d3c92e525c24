//! Long output on a terminal goes through a pager, as Git's does; nothing depends on one.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Environment;
use super::error::{Failure, print};
use crate::signature::find_program;

/// What the environment says about pagers.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// `GITSM_PAGER`, or else `PAGER`; `less` if neither is set.
    pub command: Option<String>,
    /// `PATH`.
    pub path: Option<OsString>,
    /// Whether `LESS` is set.
    pub less: bool,
}

/// Shows a text: through the pager if standard output is a terminal, else as it is. A pager that is
/// not there, or that somebody leaves early, is no failure.
pub(super) fn show(text: &str, environment: &Environment) -> Result<(), Failure> {
    let pager = environment.pager.as_ref().filter(|_| environment.width.is_some());
    let shown = pager.is_some_and(|pager| through(pager, text, &environment.current).is_some());
    if shown { Ok(()) } else { print(text) }
}

/// Shows a text through a pager; nothing if it cannot be started.
fn through(pager: &Pager, text: &str, current: &Path) -> Option<()> {
    let words = words(pager.command.as_deref().unwrap_or("less"));
    let (name, arguments) = words.split_first()?;
    // Git's word for no pager.
    if name == "cat" || text.is_empty() {
        return None;
    }
    let program = find_program(name, pager.path.as_ref()?)?;
    let mut child = start(&program, arguments, pager.less, current)?;
    if let Some(mut input) = child.stdin.take() {
        // Whoever has read enough closes the pager: the rest is not wanted.
        let _ = input.write_all(text.as_bytes());
    }
    let _ = child.wait();
    Some(())
}

#[allow(clippy::disallowed_methods, reason = "the user's own pager, found in their PATH")]
fn start(
    program: &Path,
    arguments: &[String],
    less: bool,
    current: &Path,
) -> Option<std::process::Child> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(current).stdin(Stdio::piped());
    if !less {
        // Quit if it fits one screen, pass colours on, leave the text on the screen (as Git does).
        command.env("LESS", "FRX");
    }
    command.spawn().ok()
}

/// The words of a command: quotes hold words together, and nothing else is special.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_split_at_spaces_that_no_quote_holds() {
        assert_eq!(words("less -R"), ["less", "-R"]);
        assert_eq!(words("  '/opt/my pager/p' \"-x y\" '' "), ["/opt/my pager/p", "-x y", ""]);
        assert_eq!(words(""), [""; 0]);
    }
}

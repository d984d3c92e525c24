//! The user's editor, as Git finds it.

use std::path::Path;
use std::process::Command;

use super::Environment;
use super::error::Failure;
use crate::signature::find_program as program;

/// Shows a text in the user's editor, and gives what they make of it.
#[allow(
    clippy::disallowed_methods,
    reason = "the editor is the user's own, and reads and writes a file of its own"
)]
pub(super) fn edited(text: &str, environment: &Environment) -> Result<String, Failure> {
    let failed = |what: String| Failure::could_not(what, Some("use --no-edit".to_owned()));
    let folder =
        tempfile::tempdir().map_err(|error| failed(format!("no temporary folder: {error}")))?;
    let file = folder.path().join("change-request.yaml");
    std::fs::write(&file, text).map_err(|error| failed(format!("no temporary file: {error}")))?;
    let command = command(environment);
    let words: Vec<&str> = command.split_whitespace().collect();
    let (name, arguments) = words.split_first().unwrap_or((&"vi", &[]));
    let path = (environment.variable)("PATH").unwrap_or_default();
    let absolute = Path::new(name).is_absolute().then(|| Path::new(name).to_owned());
    let found = absolute.or_else(|| program(name, std::ffi::OsStr::new(&path)));
    let found = found.ok_or_else(|| failed(format!("there is no editor {name}")))?;
    let status = Command::new(found).args(arguments).arg(&file).status();
    let status = status.map_err(|error| failed(format!("the editor {name} fails: {error}")))?;
    if !status.success() {
        return Err(failed(format!("the editor {name} ended with {status}")));
    }
    let text = std::fs::read_to_string(&file);
    text.map_err(|error| failed(format!("what you wrote cannot be read: {error}")))
}

/// `GIT_EDITOR`, `VISUAL`, `EDITOR`, or `vi`: as Git has it, but for settings of the repository.
fn command(environment: &Environment) -> String {
    let variables = ["GIT_EDITOR", "VISUAL", "EDITOR"].iter();
    let set = variables.filter_map(|name| (environment.variable)(name));
    set.into_iter().find(|value| !value.trim().is_empty()).unwrap_or_else(|| "vi".to_owned())
}

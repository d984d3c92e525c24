//! `gitsm explain`.

use super::Environment;
use super::args::Explain;
use super::error::Failure;
use super::pager;
use crate::finding::Code;
use crate::flow::explain;
use crate::model::KINDS;

pub(super) fn run(arguments: &Explain, environment: &Environment) -> Result<u8, Failure> {
    let Some(name) = arguments.code.as_deref().filter(|_| !arguments.list) else {
        pager::show(&list(explain::list()), environment)?;
        return Ok(0);
    };
    match explain::explain(name) {
        Ok(text) => {
            pager::show(&page(&text, environment.color), environment)?;
            Ok(0)
        }
        Err(near) => {
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`gitsm explain --list` lists codes and kinds".to_owned(),
            };
            Err(Failure::usage(format!("there is no code or kind `{name}`"), Some(hint)))
        }
    }
}

fn list(codes: &[&Code]) -> String {
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or_default();
    let line = |code: &&Code| {
        // Where others make the rules, some codes only warn.
        let severity = match code.severity == code.foreign {
            true => code.severity.as_str().to_owned(),
            false => format!("{}/{}", code.severity.as_str(), code.foreign.as_str()),
        };
        format!("{:width$}  {severity:13}  {}\n", code.name, code.summary)
    };
    let list: String = codes.iter().map(line).collect();
    let kinds: String =
        KINDS.iter().map(|kind| format!("{:width$}  {}\n", kind.name, kind.summary)).collect();
    format!(
        "{list}\nerror/warning: an error in gitsm's own documents, a warning in others'\n\n\
         Kinds:\n\n{kinds}"
    )
}

/// The page; on a terminal its headings stand out.
fn page(text: &str, color: bool) -> String {
    if !color {
        return text.to_owned();
    }
    let style = anstyle::Style::new().bold();
    let line = |line: &str| match line.starts_with('#') {
        true => format!("{style}{}{style:#}\n", line.trim_start_matches(['#', ' '])),
        false => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

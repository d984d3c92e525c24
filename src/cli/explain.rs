//! `gitsm explain`.

use super::Environment;
use super::args::Explain;
use super::error::{Failure, print};
use crate::finding::Code;
use crate::flow::explain;

pub(super) fn run(arguments: &Explain, environment: &Environment) -> Result<u8, Failure> {
    let Some(name) = arguments.code.as_deref().filter(|_| !arguments.list) else {
        print(&list(explain::list()))?;
        return Ok(0);
    };
    match explain::explain(name) {
        Ok(code) => {
            print(&page(code, environment.color))?;
            Ok(0)
        }
        Err(near) => {
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`gitsm explain --list` lists the codes".to_owned(),
            };
            Err(Failure::usage(format!("there is no code `{name}`"), Some(hint)))
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
    format!("{list}\nerror/warning: an error in gitsm's own documents, a warning in others'\n")
}

/// The page; on a terminal its headings stand out.
fn page(code: &Code, color: bool) -> String {
    if !color {
        return code.page.to_owned();
    }
    let style = anstyle::Style::new().bold();
    let line = |line: &str| match line.starts_with('#') {
        true => format!("{style}{}{style:#}\n", line.trim_start_matches(['#', ' '])),
        false => format!("{line}\n"),
    };
    code.page.lines().map(line).collect()
}

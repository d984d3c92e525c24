//! CODEOWNERS as text: the block that is gitsm's, among lines that people wrote.

use super::text::visible;

/// The lines around what gitsm writes.
pub const BEGIN: &str = "# gitsm:begin";
/// The line behind what gitsm writes.
pub const END: &str = "# gitsm:end";

/// Who owns the files of a pattern, and because of what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The pattern, from the top of the repository on, as `.gitignore` writes one.
    pub pattern: String,
    /// Accounts, teams and addresses.
    pub owners: Vec<String>,
}

/// The block, with its marks.
pub fn block(lines: &[Line]) -> String {
    let mut text = format!(
        "{BEGIN}\n# From the catalog, by `gitsm codeowners --write`: edits here are lost. The last \
         line that matches counts.\n"
    );
    let width = lines.iter().map(|line| line.pattern.chars().count()).max().unwrap_or_default();
    for line in lines {
        let owners = line.owners.join(" ");
        text.push_str(&format!("{:<width$} {owners}\n", line.pattern, width = width.min(60)));
    }
    text.push_str(END);
    text.push('\n');
    text
}

/// A pattern as CODEOWNERS writes it: from the top on, and with what would end it or begin a
/// comment behind a backslash. Nothing if it cannot be written in one line.
pub fn pattern(glob: &str) -> Option<String> {
    let glob = glob.trim_start_matches("./").trim_start_matches('/');
    if glob.is_empty() || visible(glob) != glob || glob.contains('\t') {
        return None;
    }
    let mut text = String::from("/");
    for c in glob.chars() {
        if matches!(c, ' ' | '#' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    Some(text)
}

/// Why the marks of a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarksError {
    /// One is missing, or they are in the wrong order.
    #[error("one of the lines `{BEGIN}` and `{END}` is missing, or they are in the wrong order")]
    Unpaired,
    /// There are several blocks.
    #[error("the lines `{BEGIN}` and `{END}` stand there more than once")]
    Several,
}

/// A file with the block in place of the one that it has, or else at its end; all else stays byte
/// for byte.
///
/// # Errors
///
/// The marks are no pair.
pub fn inserted(file: &str, block: &str) -> Result<String, MarksError> {
    let mut at = 0;
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    for line in file.split_inclusive('\n') {
        match line.trim_end() {
            BEGIN => begins.push(at),
            END => ends.push(at + line.len()),
            _ => {}
        }
        at += line.len();
    }
    let block = if file.contains("\r\n") { block.replace('\n', "\r\n") } else { block.to_owned() };
    match (begins.as_slice(), ends.as_slice()) {
        ([], []) => {
            let gap = match file {
                "" => "",
                file if file.ends_with('\n') => "\n",
                _ => "\n\n",
            };
            let gap =
                if file.contains("\r\n") { gap.replace('\n', "\r\n") } else { gap.to_owned() };
            Ok(format!("{file}{gap}{block}"))
        }
        ([begin], [end]) if begin < end => {
            let before = file.get(..*begin).unwrap_or_default();
            let after = file.get(*end..).unwrap_or_default();
            Ok(format!("{before}{block}{after}"))
        }
        ([_], [_]) | ([], [_]) | ([_], []) => Err(MarksError::Unpaired),
        _ => Err(MarksError::Several),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_byte_for_byte() {
        let block = "# gitsm:begin\nx\n# gitsm:end\n";
        assert_eq!(inserted("", block).as_deref(), Ok(block));
        let first = inserted("* @a", block).unwrap();
        assert_eq!(first, format!("* @a\n\n{block}"));
        let other = block.replace('x', "y");
        let more = format!("{first}/z @b\n");
        assert_eq!(inserted(&more, &other).as_deref(), Ok(&*format!("* @a\n\n{other}/z @b\n")));
        assert_eq!(inserted("* @a\r\n", block).unwrap().matches("\r\n").count(), 5);
        assert_eq!(inserted("# gitsm:begin\n", block), Err(MarksError::Unpaired));
        assert_eq!(inserted("# gitsm:end\n# gitsm:begin\n", block), Err(MarksError::Unpaired));
        assert_eq!(inserted(&block.repeat(2), block), Err(MarksError::Several));
    }

    #[test]
    fn patterns_begin_at_the_top_and_are_escaped() {
        assert_eq!(pattern("./a b/#c/**").as_deref(), Some("/a\\ b/\\#c/**"));
        assert_eq!(pattern(""), None);
        assert_eq!(pattern("a\nb"), None);
    }
}

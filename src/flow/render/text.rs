//! Texts of ours that are written in Markdown, as parts of pages: each of their headings becomes one
//! of the page.

use crate::render::page::{Block, Part};

/// A text below its own title, which the page has already.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<(Option<String>, String)> = vec![(None, String::new())];
    let mut in_code = false;
    for line in markdown.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let heading = line.strip_prefix("## ").filter(|_| !in_code);
        let is_title = blocks.len() == 1 && line.starts_with("# ") && !in_code;
        match (heading, blocks.last_mut()) {
            _ if is_title => {}
            (Some(heading), _) => blocks.push((Some(heading.to_owned()), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    let block = |(title, text): (Option<String>, String)| {
        let text = text.trim();
        let parts = vec![Part::Prose(text.to_owned())];
        (!text.is_empty()).then_some(Block { title, parts })
    };
    blocks.into_iter().filter_map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_a_text_are_those_of_the_page_and_lines_of_code_are_none() {
        let text =
            "# code-name\n\nWhat it is.\n\n## Bad\n\n```yaml\n## no heading\n# nor this\n```\n";
        let blocks = blocks(text);
        let titles: Vec<Option<&str>> = blocks.iter().map(|one| one.title.as_deref()).collect();
        assert_eq!(titles, [None, Some("Bad")]);
        let Part::Prose(code) = &blocks[1].parts[0] else { panic!() };
        assert_eq!(code, "```yaml\n## no heading\n# nor this\n```");
    }
}

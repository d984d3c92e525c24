//! How wide the columns of a table in a page are.
//!
//! A browser shows a table before it has read its last row. Unless its columns have their widths by
//! then, they move while they are read (layout shift, <https://web.dev/articles/cls>). A page has no
//! style of its own, so widths are classes of its stylesheet.

/// Longer words are broken into lines.
const LONGEST_WORD: usize = 22;

/// A column has at least the width of so many characters.
const SHORTEST: usize = 4;

/// Texts up to so many characters stand in one line if there is room.
const EASY: usize = 12;

/// A column's share of the width is so many parts of the whole.
const PARTS: usize = 50;

/// Steps of a table's least width, and its largest, in `rem`.
const STEP: usize = 8;
const WIDEST: usize = 128;

/// What the cells of a table's columns need.
#[derive(Debug, Clone)]
pub struct Columns(Vec<Need>);

/// What a column needs, in characters.
#[derive(Debug, Clone, Copy)]
struct Need {
    word: usize,
    text: usize,
}

impl Columns {
    /// So many columns, with nothing in them yet.
    pub fn new(count: usize) -> Self {
        Self(vec![Need { word: SHORTEST, text: SHORTEST }; count])
    }

    /// Takes a text that stands in a column into account.
    pub fn hold(&mut self, column: usize, text: &str) {
        let Some(need) = self.0.get_mut(column) else { return };
        let (mut word, mut all) = (0, 0);
        for c in text.chars().take(LONGEST_WORD * 4) {
            word = if c.is_whitespace() { 0 } else { word + 1 };
            all += 1;
            need.word = need.word.max(word.min(LONGEST_WORD));
        }
        need.text = need.text.max(all);
    }

    /// What stands before a table's first row: where it scrolls, its beginning and its columns.
    /// `label` names it, `attributes` are those of its element; both are already escaped.
    pub fn opening(&self, label: &str, attributes: &str) -> String {
        let (shares, least) = self.shares();
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\">\
             <table class=\"w{least}\"{attributes}>"
        );
        if !shares.is_empty() {
            html.push_str("<colgroup>");
            for share in shares {
                html.push_str(&format!("<col class=\"c{share}\" />"));
            }
            html.push_str("</colgroup>");
        }
        html.push('\n');
        html
    }

    /// Each column's parts of the width, and the width in `rem` in which all words have their place.
    fn shares(&self) -> (Vec<usize>, usize) {
        if self.0.is_empty() || self.0.len() > PARTS {
            return (Vec::new(), WIDEST);
        }
        // A long text is broken into lines: four more characters in it want one more of width. But
        // a column that gets much more than its words need makes all of the table wide.
        let wish = |text: usize| text.min(EASY + text.saturating_sub(EASY) / 4);
        let weights: Vec<_> = self
            .0
            .iter()
            .map(|need| need.word.max(wish(need.text).min(need.word * 3 / 2)))
            .collect();
        let all: usize = weights.iter().sum();
        let mut shares: Vec<_> =
            weights.iter().map(|weight| (weight * PARTS / all).max(1)).collect();
        while shares.iter().sum::<usize>() != PARTS {
            let is_short = shares.iter().sum::<usize>() < PARTS;
            // The column that is furthest from what it should have; the first of equals.
            let gap = |at: &usize| {
                let (have, want) = (shares[*at] * all, weights[*at] * PARTS);
                if is_short { want as i64 - have as i64 } else { have as i64 - want as i64 }
            };
            let Some(at) = (0..shares.len())
                .filter(|at| is_short || shares[*at] > 1)
                .max_by_key(|at| (gap(at), std::cmp::Reverse(*at)))
            else {
                break;
            };
            if is_short { shares[at] += 1 } else { shares[at] -= 1 }
        }
        // Of 16 px, a character of a table takes at most eleven and the space between columns 13.
        let least = self
            .0
            .iter()
            .zip(&shares)
            .map(|(need, share)| (need.word * 11 + 13) * PARTS / (share * 16))
            .max()
            .unwrap_or_default();
        (shares, least.div_ceil(STEP).saturating_mul(STEP).min(WIDEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(texts: &[&str]) -> Columns {
        let mut columns = Columns::new(texts.len());
        texts.iter().enumerate().for_each(|(at, text)| columns.hold(at, text));
        columns
    }

    #[test]
    fn shares_are_the_whole_width() {
        let words = ["", "a", "word", "two words", "a rather long sentence of many words"];
        for first in words {
            for second in words {
                for third in words {
                    let (shares, least) = columns(&[first, second, third, "x"]).shares();
                    assert_eq!(shares.iter().sum::<usize>(), PARTS);
                    assert!(shares.iter().all(|share| *share > 0));
                    assert_eq!(least % STEP, 0);
                }
            }
        }
    }

    #[test]
    fn a_long_text_has_more_room_than_a_number() {
        let (shares, _) = columns(&["7", "a rather long sentence of many words"]).shares();
        assert!(shares[1] > shares[0] * 2, "{shares:?}");
    }

    #[test]
    fn a_hostile_word_makes_no_hostile_table() {
        let (_, least) = columns(&["x".repeat(1 << 20).as_str(), "y"]).shares();
        assert!(least <= WIDEST);
    }

    #[test]
    fn very_many_columns_share_as_the_browser_likes() {
        let opening = Columns::new(500).opening("Table", "");
        assert!(!opening.contains("<col"), "{opening}");
    }
}

//! A list as a table that fits the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::listing::{Heading, Listing, Shown};
use super::visible;

/// How a table is shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether to show the columns of a wide list.
    pub wide: bool,
    /// Whether to style the headings.
    pub color: bool,
    /// The columns of the terminal; in a pipe no text is shortened.
    pub width: Option<usize>,
}

/// What stands between two columns.
const GAP: &str = "   ";

/// A column is not made narrower than this before all are that narrow.
const NARROW: usize = 8;

/// The whole table; nothing if the list is empty.
pub fn table(listing: &Listing, look: Look) -> String {
    if listing.rows.is_empty() {
        return String::new();
    }
    let most = if look.wide { Shown::Wide } else { Shown::Always };
    let shown: Vec<usize> = (0..listing.columns.len())
        .filter(|at| listing.columns.get(*at).is_some_and(|column| column.shown <= most))
        .collect();
    let head = |at: &usize| listing.columns.get(*at).map(title).unwrap_or_default();
    let mut lines: Vec<Vec<String>> = vec![shown.iter().map(head).collect()];
    for row in &listing.rows {
        let cell =
            |at: &usize| row.cells.get(*at).map_or_else(|| "-".to_owned(), |text| cell(text));
        lines.push(shown.iter().map(cell).collect());
    }
    let widths = fitted(&natural(&lines, shown.len()), look.width);
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let line = row(line, &widths);
        match number == 0 && look.color {
            true => {
                let style = anstyle::Style::new().bold();
                text.push_str(&format!("{style}{line}{style:#}\n"));
            }
            false => text.push_str(&format!("{line}\n")),
        }
    }
    text
}

fn title(column: &Heading) -> String {
    column.title.clone()
}

/// A cell on one line, safe to print; `-` where there is nothing.
fn cell(text: &str) -> String {
    match text.trim() {
        "" => "-".to_owned(),
        text => visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

fn natural(lines: &[Vec<String>], columns: usize) -> Vec<usize> {
    let mut widths = vec![0; columns];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.width());
        }
    }
    widths
}

/// The widths of columns that together fit a terminal: the widest become narrower first.
fn fitted(natural: &[usize], terminal: Option<usize>) -> Vec<usize> {
    let Some(terminal) = terminal else { return natural.to_vec() };
    let room = terminal.saturating_sub(GAP.len() * natural.len().saturating_sub(1));
    let capped = |cap: usize| natural.iter().map(|width| (*width).min(cap)).sum::<usize>();
    let widest = natural.iter().copied().max().unwrap_or_default();
    // The largest cap that fits, between the narrowest that can be read and the widest there is.
    let (mut low, mut high) = (NARROW.min(widest), widest);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if capped(middle) <= room {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    let mut widths: Vec<usize> = natural.iter().map(|width| (*width).min(low)).collect();
    // What rounding leaves goes to the columns that were cut, from the left.
    let mut spare = room.saturating_sub(widths.iter().sum());
    for (width, natural) in widths.iter_mut().zip(natural) {
        let more = (natural - *width).min(spare.min(1));
        *width += more;
        spare -= more;
    }
    widths
}

fn row(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (number, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if number > 0 {
            line.push_str(GAP);
        }
        let cell = shortened(cell, *width);
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
    }
    line.trim_end().to_owned()
}

/// A text in so many columns of a terminal; what does not fit becomes `…`.
pub fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 1);
    for c in text.chars() {
        used += c.width().unwrap_or_default();
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::super::listing::Row;
    use super::*;

    fn listing(rows: &[[&str; 3]]) -> Listing {
        let heading = |(title, shown): (&str, Shown)| Heading { title: title.to_owned(), shown };
        let titles = [("NAME", Shown::Always), ("OWNER", Shown::Always), ("TITLE", Shown::Wide)];
        let row = |cells: &[&str; 3]| Row {
            name: format!("service/{}", cells[0]),
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        Listing {
            columns: titles.into_iter().map(heading).collect(),
            rows: rows.iter().map(row).collect(),
        }
    }

    const PIPE: Look = Look { wide: false, color: false, width: None };

    #[test]
    fn columns_line_up_by_what_is_seen_of_a_text() {
        let listing = listing(&[["日本", "team:a", "x"], ["a", "", "y"]]);
        assert_eq!(table(&listing, PIPE), "NAME   OWNER\n日本   team:a\na      -\n");
        let wide = table(&listing, Look { wide: true, ..PIPE });
        assert!(wide.starts_with("NAME   OWNER    TITLE\n"), "{wide}");
    }

    #[test]
    fn a_table_never_runs_over_the_edge_of_a_terminal() {
        let long = "a-very-long-name-that-goes-on-and-on-日本日本日本日本";
        let listing = listing(&[[long, "team:payments", "A title that is long as well"]]);
        for width in [40, 41, 52, 60, 79, 120] {
            let text = table(&listing, Look { wide: true, color: false, width: Some(width) });
            let widest = text.lines().map(UnicodeWidthStr::width).max().unwrap_or_default();
            assert!(widest <= width, "{widest} in {width}\n{text}");
        }
        assert!(table(&listing, PIPE).contains(long), "a pipe gets the whole text");
    }

    #[test]
    fn nothing_makes_no_table() {
        assert_eq!(table(&listing(&[]), PIPE), "");
    }
}

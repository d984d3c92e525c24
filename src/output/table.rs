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

/// What stands after the headings where columns are left out.
const MORE: &str = "   …";

/// No column is made narrower than this.
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
    let name = shown.iter().position(|at| head(at) == "NAME");
    let widths = fitted(&natural(&lines, shown.len()), name, look.width);
    // Some columns have no room: the heading says that there are more.
    let more = if widths.len() < shown.len() { MORE } else { "" };
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let line = row(line, &widths);
        let head = anstyle::Style::new().bold();
        match number {
            0 if look.color => text.push_str(&format!("{head}{line}{more}{head:#}\n")),
            0 => text.push_str(&format!("{line}{more}\n")),
            _ => text.push_str(&format!("{line}\n")),
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

/// The widths of columns that together fit a terminal: the widest become narrower first, the names
/// last, and those at the right are left out where there is no room for all.
fn fitted(natural: &[usize], name: Option<usize>, terminal: Option<usize>) -> Vec<usize> {
    let Some(terminal) = terminal else { return natural.to_vec() };
    // No column is narrower than this; half of the terminal is for names, if they need it.
    let least = |(at, width): (usize, &usize)| {
        let least = if Some(at) == name { NARROW.max(terminal / 2) } else { NARROW };
        (*width).min(least)
    };
    let floors: Vec<usize> = natural.iter().enumerate().map(least).collect();
    let gaps = |columns: usize| GAP.len() * columns.saturating_sub(1);
    let fits = |columns: usize| {
        let more = if columns < natural.len() { MORE.width() } else { 0 };
        floors.iter().take(columns).sum::<usize>() + gaps(columns) + more <= terminal
    };
    let keep = name.map_or(1, |at| at + 1);
    let columns = (keep..=natural.len()).rev().find(|columns| fits(*columns)).unwrap_or(keep);
    let more = if columns < natural.len() { MORE.width() } else { 0 };
    let room = terminal.saturating_sub(gaps(columns) + more);
    let at = |cap: usize| -> Vec<usize> {
        let kept = natural.iter().zip(&floors).take(columns);
        kept.map(|(width, floor)| (*width).min(cap.max(*floor))).collect()
    };
    // The largest cap that fits.
    let (mut low, mut high) = (0, natural.iter().copied().max().unwrap_or_default());
    while low < high {
        let middle = (low + high).div_ceil(2);
        if at(middle).iter().sum::<usize>() <= room {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    let mut widths = at(low);
    // What rounding leaves goes to the columns that were cut, from the left.
    let mut spare = room.saturating_sub(widths.iter().sum());
    for (width, natural) in widths.iter_mut().zip(natural) {
        let more = natural.saturating_sub(*width).min(spare.min(1));
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
        let narrow = table(&listing, Look { wide: true, color: false, width: Some(30) });
        assert!(narrow.starts_with("NAME              OWNER   …\n"), "{narrow}");
    }

    #[test]
    fn nothing_makes_no_table() {
        assert_eq!(table(&listing(&[]), PIPE), "");
    }
}

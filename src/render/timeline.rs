//! A picture of days: a line for each thing, from today to the day that matters, on months.

use chrono::{Datelike, Months, NaiveDate};

use super::html::escaped;
use super::page::{Picture, Tone};
use crate::output::graph::shortened;

/// A thing and its day.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What people call it.
    pub name: String,
    /// Where it leads, relative to the page.
    pub href: Option<String>,
    /// The day.
    pub day: NaiveDate,
    /// What happens on it, in a few words.
    pub words: String,
    /// How near it is.
    pub tone: Tone,
}

/// Things and their days.
#[derive(Debug)]
pub struct Timeline<'a> {
    /// What it shows, for people who cannot see it.
    pub title: &'a str,
    /// The day that is today.
    pub today: NaiveDate,
    /// How many months before today are drawn, and how many after.
    pub months: (u32, u32),
    /// The things, in the order in which they are drawn.
    pub bars: &'a [Bar],
}

/// The height of a line.
const ROW: f64 = 24.0;
/// How far a month is wide.
const MONTH: f64 = 44.0;
/// Room for names.
const NAMES: f64 = 240.0;
/// Room for what is beyond the last month.
const BEYOND: f64 = 96.0;
/// Room for the names of months.
const TOP: f64 = 40.0;

impl Timeline<'_> {
    /// Draws it; nothing if there is nothing to draw.
    pub fn picture(&self, caption: impl Into<String>) -> Option<Picture> {
        let first = self.today.with_day(1)?.checked_sub_months(Months::new(self.months.0))?;
        let months = self.months.0 + self.months.1;
        let last = first.checked_add_months(Months::new(months))?;
        if self.bars.is_empty() || months == 0 {
            return None;
        }
        let scale = Scale { first, last, width: f64::from(months) * MONTH };
        let width = NAMES + scale.width + BEYOND;
        let height = TOP + self.bars.len() as f64 * ROW + 8.0;
        let mut svg = format!(
            "<svg role=\"group\" aria-label=\"{}\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\">\n",
            escaped(self.title)
        );
        axis(&mut svg, &scale, months, height);
        let now = scale.at(self.today);
        for (number, bar) in self.bars.iter().enumerate() {
            push(&mut svg, bar, TOP + number as f64 * ROW, now, &scale);
        }
        svg.push_str(&format!(
            "<line class=\"today\" x1=\"{now:.1}\" y1=\"20\" x2=\"{now:.1}\" y2=\"{height:.0}\"/>\
             <text class=\"axis middle\" x=\"{now:.1}\" y=\"12\">today</text>\n</svg>"
        ));
        Some(Picture { svg, caption: caption.into(), mermaid: None })
    }
}

struct Scale {
    first: NaiveDate,
    last: NaiveDate,
    width: f64,
}

impl Scale {
    /// Where a day stands; what is beyond the ends stands at the end.
    fn at(&self, day: NaiveDate) -> f64 {
        let day = day.clamp(self.first, self.last);
        let all = (self.last - self.first).num_days().max(1) as f64;
        NAMES + (day - self.first).num_days() as f64 / all * self.width
    }
}

fn axis(svg: &mut String, scale: &Scale, months: u32, height: f64) {
    for number in 0..=months {
        let Some(month) = scale.first.checked_add_months(Months::new(number)) else { return };
        let x = scale.at(month);
        svg.push_str(&format!(
            "<line class=\"rule\" x1=\"{x:.1}\" y1=\"{:.0}\" x2=\"{x:.1}\" y2=\"{height:.0}\"/>",
            TOP - 6.0
        ));
        if number < months {
            let name = month.format(if month.month() == 1 || number == 0 { "%b %y" } else { "%b" });
            svg.push_str(&format!(
                "<text class=\"axis\" x=\"{:.1}\" y=\"{:.0}\">{name}</text>\n",
                x + 3.0,
                TOP - 10.0
            ));
        }
    }
}

fn push(svg: &mut String, bar: &Bar, y: f64, now: f64, scale: &Scale) {
    let at = scale.at(bar.day);
    let (start, end) = if at < now { (at, now) } else { (now, at) };
    let class = match bar.tone {
        Tone::Plain => "bar",
        Tone::Good => "bar-good",
        Tone::Fair => "bar-fair",
        Tone::Bad => "bar-bad",
    };
    let (open, close) = match &bar.href {
        Some(href) => (format!("<a href=\"{}\">", escaped(href)), "</a>"),
        None => ("<g>".to_owned(), "</g>"),
    };
    // What is drawn at an end is earlier or later than that.
    let beyond = match bar.day {
        day if day > scale.last => format!("→ {}", day.format("%b %Y")),
        day if day < scale.first => format!("← {}", day.format("%b %Y")),
        day => day.format("%-d %b").to_string(),
    };
    svg.push_str(&format!(
        "{open}<title>{}</title><text class=\"name\" x=\"4\" y=\"{:.1}\">{}</text><rect \
         class=\"{class}\" x=\"{start:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"10\" rx=\"3\"/>\
         <text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\">{}</text>{close}\n",
        escaped(&format!("{}: {}, {}", bar.name, bar.words, bar.day.format("%-d %B %Y"))),
        y + 14.0,
        escaped(&shortened(&bar.name, NAMES - 24.0)),
        y + 5.0,
        (end - start).max(3.0),
        end + 6.0,
        y + 14.0,
        escaped(&beyond),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(days: &[&str]) -> String {
        let bar = |day: &&str| Bar {
            name: format!("<{day}>"),
            href: Some("ci/x.html".to_owned()),
            day: day.parse().unwrap(),
            words: "it ends".to_owned(),
            tone: Tone::Bad,
        };
        let bars: Vec<Bar> = days.iter().map(bar).collect();
        let today = "2026-11-22".parse().unwrap();
        let timeline = Timeline { title: "Ends", today, months: (3, 12), bars: &bars };
        timeline.picture("").map(|picture| picture.svg).unwrap_or_default()
    }

    #[test]
    fn what_is_beyond_the_months_stands_at_their_end_with_its_date() {
        let svg = drawn(&["1999-01-01", "2026-12-01", "2999-12-31"]);
        assert!(svg.contains("← Jan 1999") && svg.contains("1 Dec") && svg.contains("→ Dec 2999"));
        assert!(svg.contains("&lt;1999-01-01&gt;"), "names obey nothing");
        assert!(!svg.contains("NaN") && !svg.contains("width=\"-"));
    }

    #[test]
    fn days_at_the_end_of_time_are_no_trouble() {
        assert!(drawn(&["+262142-12-31", "-262143-01-01"]).contains("</svg>"));
        assert_eq!(drawn(&[]), "");
    }
}

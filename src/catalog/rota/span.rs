//! Spans of time: joined, cut out of each other, and what they have in common. All lists are in
//! order, and in those that come out no span touches the next.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// From an instant until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

/// Written by hand: the time library does not know schemas.
impl JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "From an instant until before another, in UTC.",
            "type": "object",
            "properties": {
                "start": {"type": "string", "format": "date-time"},
                "end": {"type": "string", "format": "date-time"},
            },
            "required": ["start", "end"],
        })
    }
}

impl Span {
    /// Whether an instant is in it.
    pub fn holds(&self, instant: DateTime<Utc>) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether all of another is in it.
    pub fn covers(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether they have an instant in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Spans in order, each joined with those that overlap or touch it.
pub fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    spans.sort_unstable();
    let mut all: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match all.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => all.push(span),
        }
    }
    all
}

/// What two lists of joined spans have in common.
pub fn common(one: &[Span], other: &[Span]) -> Vec<Span> {
    let (mut a, mut b, mut all) = (one.iter().peekable(), other.iter().peekable(), Vec::new());
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        let both = Span { start: left.start.max(right.start), end: left.end.min(right.end) };
        if both.start < both.end {
            all.push(both);
        }
        let _ = if left.end <= right.end { a.next() } else { b.next() };
    }
    all
}

/// Joined spans, without what other joined spans cover.
pub fn without(spans: &[Span], except: &[Span]) -> Vec<Span> {
    let mut all = Vec::new();
    let mut first = 0;
    for span in spans {
        while except.get(first).is_some_and(|hole| hole.end <= span.start) {
            first += 1;
        }
        let mut start = span.start;
        for hole in except.iter().skip(first).take_while(|hole| hole.start < span.end) {
            if start < hole.start {
                all.push(Span { start, end: hole.start });
            }
            start = start.max(hole.end);
        }
        if start < span.end {
            all.push(Span { start, end: span.end });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(pairs: &[(i64, i64)]) -> Vec<Span> {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        pairs.iter().map(|(start, end)| Span { start: at(*start), end: at(*end) }).collect()
    }

    #[test]
    fn spans_are_joined_cut_and_compared() {
        let all = joined(spans(&[(8, 9), (1, 3), (3, 5), (2, 4), (6, 6)]));
        assert_eq!(all, spans(&[(1, 5), (8, 9)]));
        assert_eq!(without(&all, &spans(&[(0, 2), (3, 4), (8, 10)])), spans(&[(2, 3), (4, 5)]));
        assert_eq!(common(&all, &spans(&[(0, 2), (4, 9)])), spans(&[(1, 2), (4, 5), (8, 9)]));
    }
}

//! Where an entity is named: a line a place, a list by files for a screen, and JSON.

use serde_json::{Value, json};

use super::text::{count, line_start, visible};
use crate::catalog::{Refs, Says, Spot, short};

/// The places, a line each, as editors and `grep` read them: `path:line:column: what`.
pub fn plain(refs: &Refs) -> String {
    let line = |spot: &Spot| {
        let start = spot.place.start;
        let path = line_start(&spot.place.file.to_string());
        let line = format!("{path}:{}:{}: {}", start.line, start.column, told(spot, &refs.entity));
        visible(&line) + "\n"
    };
    refs.spots.iter().map(line).collect()
}

/// The places by file, with their lines: what counts first, and then what only texts say.
pub fn screen(refs: &Refs, color: bool) -> String {
    let mut text = listed(refs, false, color);
    let mentions = listed(refs, true, color);
    if !mentions.is_empty() {
        text.push_str("Mentions in texts, which nothing checks:\n\n");
        text.push_str(&mentions);
    }
    text
}

fn listed(refs: &Refs, mentions: bool, color: bool) -> String {
    let (bold, dim) = match color {
        true => (anstyle::Style::new().bold(), anstyle::Style::new().dimmed()),
        false => (anstyle::Style::new(), anstyle::Style::new()),
    };
    let spots: Vec<&Spot> = refs.those(|says| says.is_mention() == mentions).collect();
    let mut text = String::new();
    for file in spots.chunk_by(|a, b| a.place.file.path == b.place.file.path) {
        let path = file.first().map(|spot| spot.place.file.to_string()).unwrap_or_default();
        text.push_str(&format!("{bold}{}{bold:#}\n", visible(&line_start(&path))));
        for spot in file {
            let start = spot.place.start;
            let at = format!("{}:{}", start.line, start.column);
            let told = visible(&told(spot, &refs.entity));
            let line = visible(spot.line.trim());
            text.push_str(&format!("  {at:<8} {told}\n           {dim}{line}{dim:#}\n"));
        }
        text.push('\n');
    }
    text
}

/// How often it is named, in one line.
pub fn counts(refs: &Refs) -> String {
    let number = |says: &dyn Fn(&Says) -> bool| refs.those(says).count();
    let is_reference = |says: &Says| matches!(says, Says::Reference { .. });
    let mut files: Vec<&str> =
        refs.those(is_reference).map(|spot| spot.place.file.path.as_str()).collect();
    files.dedup();
    let references = count(number(&is_reference), "reference");
    let mut parts = vec![match files.len() {
        0 => references,
        number => format!("{references} in {}", count(number, "file")),
    }];
    let old = number(&|says| matches!(says, Says::Reference { old: true, .. }));
    let definitions = number(&|says| *says == Says::Definition);
    let rest = [
        (old, "of them by an old name".to_owned()),
        (definitions, count(definitions, "definition")),
        (number(&|says| *says == Says::Extension) / 2, "documents that add to it".to_owned()),
        (number(&|says| *says == Says::Former), "former name".to_owned()),
        (number(&Says::is_mention), "mention".to_owned()),
    ];
    for (number, words) in rest {
        match (number, words.as_str()) {
            (0, _) => {}
            (_, "former name" | "mention") => parts.push(count(number, &words)),
            (_, "of them by an old name" | "documents that add to it") => {
                parts.push(format!("{number} {words}"));
            }
            _ => parts.push(words),
        }
    }
    format!("{}: {}\n", visible(short(&refs.entity).as_str()), parts.join(", "))
}

/// How a place is told in one line.
fn told(spot: &Spot, entity: &str) -> String {
    match &spot.says {
        Says::Definition => format!("definition of {}", short(entity)),
        Says::Extension => format!("extension of {}", short(entity)),
        Says::Former => format!("former name `{}` of {}", spot.written, short(entity)),
        Says::Reference { field, relation, of, old } => {
            let old = if *old { format!(", as `{}`", spot.written) } else { String::new() };
            format!("{field} ({relation}) of {}{old}", short(of))
        }
        Says::Mention { field: Some(field), of: Some(of) } => {
            format!("mention `{}` in {field} of {}", spot.written, short(of))
        }
        Says::Mention { .. } => format!("mention `{}`", spot.written),
    }
}

/// The places as `refs/1`, for programs.
pub fn json(refs: &Refs) -> String {
    let spots: Vec<Value> = refs.spots.iter().map(spot).collect();
    let value = json!({
        "format": "refs/1",
        "entity": refs.entity,
        "kind": refs.kind,
        "askedAs": refs.formerly,
        "formerly": refs.former(),
        "places": spots,
    });
    format!("{value:#}\n")
}

fn spot(spot: &Spot) -> Value {
    let Spot { place, written, .. } = spot;
    let (start, end) = (place.start, place.end);
    let mut value = json!({
        "says": match &spot.says {
            Says::Definition => "definition",
            Says::Extension => "extension",
            Says::Former => "former",
            Says::Reference { .. } => "reference",
            Says::Mention { .. } => "mention",
        },
        "file": place.file.to_string(),
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "written": written,
    });
    let more = match &spot.says {
        Says::Reference { field, relation, of, old } => {
            json!({ "field": field, "relation": relation, "of": of, "oldName": old })
        }
        Says::Mention { field, of } => json!({ "field": field, "of": of }),
        _ => json!({}),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

/// The entities that refer to it, a line each.
pub fn names(refs: &Refs) -> String {
    refs.users().iter().map(|user| visible(&short(user)) + "\n").collect()
}

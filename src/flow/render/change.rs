//! A change: what people say of it, what was computed, who agreed, what happened.

use serde_json::Value;

use super::changes::Known;
use super::stage::Stage;
use super::{reached, verdict};
use crate::catalog::{EntityId, short};
use crate::change::agreement::Standing;
use crate::change::impact::Reached;
use crate::output::{Line, Piece, Said};
use crate::render::Address;
use crate::render::page::{Badge, Block, Moment, Page, Part, Table, Tone};

/// What people write of a change, and what it is called here.
const TEXTS: &[(&[&str], &str)] = &[
    (&["reason"], "Why"),
    (&["plan", "implementation"], "What is done"),
    (&["plan", "test"], "How it was tried"),
    (&["plan", "backout"], "The way back"),
];

/// How many entities a page tells.
const MOST: usize = 40;

/// Adds what is said of a change, and what is known of it.
pub(super) fn add(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let mut blocks = Vec::new();
    if let Some(value) = stage.pages.value(id) {
        blocks.extend(said(stage, &value["spec"]));
    }
    if let Some(known) = stage.changes.get(stage.canonical(id)) {
        page.badges.extend(badges(known));
        blocks.extend(computed(stage, known, &page.address));
    }
    page.body.splice(0..0, blocks);
    // What has a block of its own is not told twice.
    for block in &mut page.first {
        for part in &mut block.parts {
            if let Part::Lines(lines) = part {
                lines.retain(|line| !matches!(line.label.text().as_str(), "reason" | "start"));
            }
        }
    }
}

/// What people say of a change, by the `spec` of its request.
pub(super) fn said(stage: &Stage<'_>, spec: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (path, title) in TEXTS {
        let found = path.iter().try_fold(spec, |value, step| value.get(step));
        if let Some(text) = found.and_then(Value::as_str) {
            blocks.push(Block::new(*title, Part::Prose(text.to_owned())));
        }
    }
    blocks.extend(when(spec));
    blocks.extend(told(stage, spec));
    blocks
}

/// An instant with its offset, as people read it.
pub(super) fn instant(text: &str) -> String {
    match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.format("%a %-d %b %Y, %H:%M (UTC%:z)").to_string(),
        Err(_) => text.to_owned(),
    }
}

fn when(spec: &Value) -> Option<Block> {
    let text = |value: &Value| value.as_str().map(instant);
    let schedule = &spec["schedule"];
    let mut lines = Vec::new();
    lines.extend(text(&schedule["start"]).map(|text| Line::new("begins", text)));
    lines.extend(text(&schedule["end"]).map(|text| Line::new("ends", text)));
    let downtime = spec["downtime"].as_str().map(crate::flow::get::in_words);
    lines.extend(downtime.map(|text| Line::new("downtime", text)));
    (!lines.is_empty()).then(|| Block::new("When", Part::Lines(lines)))
}

/// Whom it is told, when and how.
fn told(stage: &Stage<'_>, spec: &Value) -> Option<Block> {
    let row = |one: &Value| -> Vec<Said> {
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        vec![stage.mentioned(&text("to")), instant(&text("at")).into(), text("text").into()]
    };
    let rows: Vec<Vec<Said>> =
        spec["communications"].as_array().into_iter().flatten().map(row).collect();
    let table = Table {
        caption: "Who is told".to_owned(),
        head: ["Who", "When", "What"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    };
    (!table.rows.is_empty()).then(|| Block::new("Who is told", Part::Table(table)))
}

/// Where a change stands, in a word or two.
pub(super) fn badges(known: &Known) -> Vec<Badge> {
    let told = &known.record.told;
    let state = told.state.name().replace('_', " ");
    let tone = match (told.unauthorized, told.state.is_over()) {
        (true, _) => Tone::Bad,
        (false, true) => Tone::Good,
        (false, false) => Tone::Fair,
    };
    let state = match told.unauthorized {
        true => format!("{state}, unauthorized"),
        false => state,
    };
    let band = known.risk.band.name().replace('_', " ");
    vec![Badge { text: state, tone }, Badge { text: format!("{band} risk"), tone: Tone::Plain }]
}

/// What was computed of a change, and what happened.
pub(super) fn computed(stage: &Stage<'_>, known: &Known, here: &Address) -> Vec<Block> {
    let mut blocks = vec![stands(known)];
    blocks.extend(known.verdict.as_ref().map(|verdict| verdict::block(stage, verdict)));
    blocks.push(risk(known));
    let list = |all: Vec<Said>| Part::Lines(vec![Line::new("entities", Said::list(all))]);
    let touches: Vec<Said> =
        known.touches.iter().take(MOST).map(|one| stage.mentioned(one)).collect();
    if !touches.is_empty() {
        blocks.push(Block::new("What it changes", list(touches)));
    }
    if !known.reaches.is_empty() {
        let row = |one: &Reached| -> Vec<Said> {
            let by = one.path.last().map(|step| stage.mentioned(&step.from)).unwrap_or_default();
            let how = one.state.name();
            vec![stage.mentioned(&one.entity), how.into(), by, one.distance.to_string().into()]
        };
        let table = Table {
            caption: "What it can break, the nearest first".to_owned(),
            head: ["What", "How", "Because of", "Steps away"].map(str::to_owned).to_vec(),
            rows: known.reaches.iter().take(MOST).map(row).collect(),
            numbers: vec![3],
            ..Table::default()
        };
        let title = "What it can break";
        blocks.push(match reached::picture(stage, &known.reaches, here) {
            Some(picture) => Block::new(title, Part::Picture(picture)).and(Part::Table(table)),
            None => Block::new(title, Part::Table(table)),
        });
    }
    blocks.extend(agreed(stage, known));
    blocks.extend(happened(stage, known));
    blocks
}

fn stands(known: &Known) -> Block {
    let told = &known.record.told;
    let mut lines = vec![Line::new("state", told.state.name().replace('_', " "))];
    lines.extend(told.why.iter().map(|why| Line::new("because", why.clone())));
    for next in &told.next {
        let who: Vec<String> = next.who.iter().map(|one| short(one)).collect();
        let by = if who.is_empty() { String::new() } else { format!(", by {}", who.join(", ")) };
        lines.push(Line::new("next", format!("{}{by}", next.words)));
    }
    lines.push(Line::new("found", known.record.found.clone()));
    let commit = Piece::Commit { id: known.record.computed.head.clone() };
    lines.push(Line::new("commit", Said::from(commit)));
    Block::new("Where it stands", Part::Lines(lines))
}

/// The sum of the risk, with every addend.
fn risk(known: &Known) -> Block {
    let risk = &known.risk;
    let row = |one: &crate::change::risk::Addend| -> Vec<Said> {
        let counted = if one.counts { one.points.to_string() } else { format!("({})", one.points) };
        vec![one.name.words().into(), one.reason.clone().into(), counted.into()]
    };
    let mut rows: Vec<Vec<Said>> = risk.addends.iter().map(row).collect();
    let band = risk.band.name().replace('_', " ");
    rows.push(vec!["Sum".into(), format!("{band} risk").into(), risk.score.to_string().into()]);
    let table = Table {
        caption: "What the risk is made of".to_owned(),
        head: ["What counts", "Why", "Points"].map(str::to_owned).to_vec(),
        rows,
        numbers: vec![2],
        sum: true,
        ..Table::default()
    };
    Block::new("How risky it is", Part::Table(table))
}

fn agreed(stage: &Stage<'_>, known: &Known) -> Option<Block> {
    let row = |one: &crate::change::agreement::Fulfilled| -> Vec<Said> {
        let standing = match one.standing {
            Standing::Met => "yes",
            Standing::Lapsed => "yes, by silence",
            Standing::Unmet => "not yet",
        };
        let people = one.by.iter().map(|voice| stage.mentioned(&voice.person));
        vec![short(&one.id).into(), standing.into(), Said::list(people)]
    };
    let rows: Vec<Vec<Said>> = known.record.told.agreement.requirements.iter().map(row).collect();
    let table = Table {
        caption: "Who must agree, and who did".to_owned(),
        head: ["Who must agree", "Agreed", "By"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    };
    (!table.rows.is_empty()).then(|| Block::new("Who must agree", Part::Table(table)))
}

fn happened(stage: &Stage<'_>, known: &Known) -> Option<Block> {
    let moment = |one: &crate::output::change::Happened| {
        let by = stage.mentioned(one.person.as_deref().unwrap_or(&one.by));
        let counts = if one.counts { "" } else { " (does not count)" };
        Moment {
            at: one.at.clone(),
            when: one.at.replace('T', " ").replace('Z', " UTC"),
            what: Said::from(format!("{}{counts}, by ", one.event)).and(by),
            more: one.text.clone().unwrap_or_default().into(),
        }
    };
    let moments: Vec<Moment> = known.record.happened.iter().rev().map(moment).collect();
    (!moments.is_empty()).then(|| Block::new("What happened", Part::Timeline(moments)))
}

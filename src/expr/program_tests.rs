//! What expressions say of themselves.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::expr::value_of;

fn vocabulary(entity: &Shape) -> Vocabulary {
    let variables = [("entity".to_owned(), entity.clone()), ("today".to_owned(), Shape::Any)];
    Vocabulary {
        variables: BTreeMap::from(variables),
        methods: &[],
        entity: entity.clone(),
        spelling: |_| None,
    }
}

fn shape() -> Shape {
    Shape::of_schema(&json!({
        "type": "object",
        "properties": {
            "tier": { "enum": ["tier1", "tier2"] },
            "cost": { "type": "number" },
            "tested": { "type": "string" },
            "needs": { "type": "array", "items": { "type": "string" } },
            "labels": { "type": "object", "additionalProperties": { "type": "string" } },
            "plan": { "type": "object", "properties": { "rto": { "type": "string" } } },
        },
    }))
}

fn ask(source: &str) -> String {
    let (shape, value) =
        (shape(), json!({"tier": "tier1", "needs": ["a", "é"], "tested": "2026-09-01"}));
    let vocabulary = vocabulary(&shape);
    let told = |error: &ExprError| {
        let help = error.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}: {}{help}", &source[error.span.clone()], error.message)
    };
    let program = match Program::compile(source, &vocabulary) {
        Ok(program) => program,
        Err(errors) => return errors.iter().map(told).collect::<Vec<_>>().join(" | "),
    };
    let mut variables = Variables::new().unwrap();
    variables.set("entity", value_of(Some(&value), &shape));
    variables.set_day("today", "2026-11-21");
    match program.json(&variables) {
        Ok(value) => value.to_string(),
        Err(error) => told(&error),
    }
}

#[test]
fn what_is_absent_needs_no_guard() {
    assert_eq!(ask("entity.tier == 'tier1'"), "true");
    assert_eq!(ask("entity.plan.rto == null && null == entity.plan"), "true");
    assert_eq!(ask("has(entity.plan) || has(entity.plan.rto) || has(entity.cost)"), "false");
    assert_eq!(ask("has(entity.tier)"), "true");
    assert_eq!(ask("entity.labels.team == 'x' || 'team' in entity.labels"), "false");
    assert_eq!(ask("entity.cost < 5.0 || entity.cost >= 5.0"), "false", "neither");
    assert_eq!(ask("entity.cost + 1.0"), "null");
    assert_eq!(ask("entity.needs.exists(n, n == 'é')"), "true");
    assert_eq!(ask("entity.needs.filter(n, n != 'a').map(n, n + '!')"), "[\"é!\"]");
}

#[test]
fn what_cannot_be_is_said_at_its_place() {
    assert_eq!(ask("entity.teir == 'x'"), "teir: there is no field `teir` (did you mean `tier`?)");
    assert_eq!(
        ask("entity.tier == 'tier-1'"),
        "'tier-1': this is never 'tier-1' (did you mean 'tier1'?)"
    );
    assert_eq!(
        ask("'é' == entity.needs[0] && entity.tire == 'x'"),
        "tire: there is no field `tire` (did you mean `tier`?)"
    );
    assert_eq!(
        ask("entity.needs.name == 'x'"),
        "name: a list has no field `name` (ask its items: `.exists(x, x.name == …)`)"
    );
    assert_eq!(
        ask("entiy.tier == 'tier1'"),
        "entiy: there is nothing called `entiy` (did you mean `entity`?)"
    );
    assert_eq!(
        ask("siez(entity.needs)"),
        "siez: there is no function `siez` (did you mean `size`?)"
    );
    assert!(
        ask("entity.tier = 'tier1'").contains("`==` compares"),
        "{}",
        ask("entity.tier = 'tier1'")
    );
    assert!(ask("entity.tier ==").contains("too early"), "{}", ask("entity.tier =="));
    assert_eq!(ask("date('soon')"), "'soon': `date` wants a day such as '2026-12-31'");
}

#[test]
fn what_is_absent_contains_nothing_and_is_no_day() {
    assert_eq!(ask("entity.plan.rto.startsWith('P') || entity.cost < 1.0"), "false");
    assert_eq!(ask("entity.plan.rto.lowerAscii().contains('p')"), "false");
    assert_eq!(ask("date(entity.tier) < today"), "false", "it holds no day");
}

#[test]
fn days_are_calculated_with() {
    assert_eq!(ask("date(entity.tested) + period('P60D') < today"), "true");
    assert_eq!(ask("today - date(entity.tested)"), "\"P81D\"");
    assert_eq!(ask("date(entity.plan.rto) < today"), "false");
}

#[test]
fn costs_are_bounded() {
    let doubled = format!("[1]{}", ".map(x, [x, x])".repeat(40));
    assert!(ask(&doubled).contains("costs too much"), "{}", ask(&doubled));
    let text = format!("['aaaaaaaaaaaaaaaaaaaaaaaa']{}", ".map(x, x + x)".repeat(60));
    assert!(ask(&text).contains("costs too much"), "{}", ask(&text));
    let digits = "[0,1,2,3,4,5,6,7,8,9]";
    let loops = format!("{digits}{}x{}", ".all(x, [0,1,2,3,4,5,6,7,8,9]".repeat(8), ")".repeat(8));
    let loops = loops.replace("]x", "].all(x, x >= 0)");
    assert!(ask(&loops).contains("costs too much"), "{}", ask(&loops));
    let long = format!("1{}", "+1".repeat(2000));
    assert!(ask(&long).contains("too deeply"), "{}", ask(&long));
    for nested in [
        format!("{}1{}", "(".repeat(2000), ")".repeat(2000)),
        "!".repeat(4000),
        format!("{}1", "-".repeat(4000)),
        format!("{}1{}", "[".repeat(2000), "]".repeat(2000)),
    ] {
        let told = ask(&nested);
        assert!(told.contains("too deeply") || told.len() < 400, "{told}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_an_expression_or_says_why_not(text in "\\PC{0,80}") {
        answered(&text);
    }

    #[test]
    fn any_words_of_the_language_are_an_expression_or_say_why_not(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..24)
    ) {
        answered(&words.concat());
        answered(&words.join(" "));
    }
}

const WORDS: &[&str] = &[
    "entity",
    ".tier",
    ".needs",
    ".plan",
    ".rto",
    ".labels",
    "today",
    "x",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "?",
    ":",
    "==",
    "!=",
    "<",
    ">=",
    "&&",
    "||",
    "!",
    "-",
    "+",
    " in ",
    "'a'",
    "\"é",
    "1",
    "2.5",
    "null",
    "true",
    ".exists(x, ",
    ".map(x, ",
    ".filter(x, ",
    "has(",
    "size(",
    "date(",
    ".split(', ')",
    ".matches('",
    "period('P1D')",
    "\\",
    "r'",
    "//",
    "entity.needs",
    "b'\u{1}'",
];

/// Compiles and evaluates; what is wrong stands within the text.
fn answered(text: &str) {
    let (shape, value) = (shape(), json!({"tier": "tier1", "needs": ["a", "é"]}));
    let told = match Program::compile(text, &vocabulary(&shape)) {
        Err(errors) => errors,
        Ok(program) => {
            let mut variables = Variables::new().unwrap();
            variables.set("entity", value_of(Some(&value), &shape));
            variables.set_day("today", "2026-11-21");
            program.json(&variables).err().into_iter().collect()
        }
    };
    for error in told {
        assert!(text.get(error.span.clone()).is_some(), "{text:?} {error:?}");
        assert!(!error.message.is_empty(), "{text:?}");
    }
}

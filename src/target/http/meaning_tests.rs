//! Tests of what answers mean.

use serde_json::json;

use super::meaning::{Rules, by_status};
use crate::model::gitsm::target::http::{Meaning, Rule};
use crate::target::web::Answer;

fn answer(status: u16, body: &str) -> Answer {
    Answer::new(status, &[], body.as_bytes().to_vec())
}

fn rules(rules: serde_json::Value) -> Rules {
    let rules: Vec<Rule> = serde_json::from_value(rules).unwrap();
    Rules::new(&rules).unwrap()
}

#[test]
fn the_first_rule_that_fits_says_what_an_answer_means() {
    let rules = rules(json!([
        {"status": [500, 502], "at": "/errors/0", "matches": "already .*exists", "is": "exists"},
        {"status": [500], "at": "/errors/0", "is": "refused", "says": "/errors/0"},
        {"at": "/code", "matches": "^[45]", "is": "refused", "says": "/why"},
        {"status": [500], "matches": "^<html", "is": "busy"},
        {"status": [500], "is": "unknown"},
        {"status": [418], "is": "gone"},
    ]));
    for (status, body, meaning, said) in [
        (
            500,
            "{\"errors\": [\"x already\\nexists\"]}",
            Some(Meaning::Refused),
            Some("x already\nexists"),
        ),
        (500, "{\"errors\": [\"x already exists\"]}", Some(Meaning::Exists), None),
        (502, "{\"errors\": [\"x already exists\"]}", Some(Meaning::Exists), None),
        (502, "{\"errors\": [\"other\"]}", None, None),
        (500, "{\"errors\": [\"other\"]}", Some(Meaning::Refused), Some("other")),
        (500, "{\"errors\": [null]}", Some(Meaning::Unknown), None),
        (500, "{\"errors\": [{\"a\": 1}]}", Some(Meaning::Refused), Some("{\"a\":1}")),
        (200, "{\"code\": 500, \"why\": \"bad\"}", Some(Meaning::Refused), Some("bad")),
        (200, "{\"code\": 500}", Some(Meaning::Refused), None),
        (200, "{\"code\": 200}", None, None),
        (500, "<html>", Some(Meaning::Busy), None),
        (500, "", Some(Meaning::Unknown), None),
        (418, "no JSON", Some(Meaning::Gone), None),
        (404, "{}", None, None),
    ] {
        let found = rules.of(&answer(status, body));
        let found = (found.as_ref().map(|one| one.0), found.and_then(|one| one.1));
        assert_eq!(found, (meaning, said.map(str::to_owned)), "{status} {body}");
    }
}

#[test]
fn a_status_says_what_no_rule_does() {
    for (status, ok, meaning) in [
        (200, &[] as &[u16], Some(Meaning::Done)),
        (204, &[], Some(Meaning::Done)),
        (202, &[200], Some(Meaning::Unknown)),
        (303, &[303], Some(Meaning::Done)),
        (404, &[], Some(Meaning::Gone)),
        (410, &[], Some(Meaning::Gone)),
        (404, &[404], Some(Meaning::Done)),
        (409, &[], None),
        (500, &[], None),
    ] {
        assert_eq!(by_status(&answer(status, ""), ok), meaning, "{status} {ok:?}");
    }
}

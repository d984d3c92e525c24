//! `gitsm change calendar`, the recurrence of events, and when a change may happen.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use gitsm::catalog::rota::{Span, coming, occurring, within};
use gitsm::catalog::{Catalog, EntityId, Graph, Inspection, Subject, load};
use gitsm::change::schedule::{
    Calendars, ConflictReason, OpenChange, OpenChanges, When, WindowState, conflicts, judge,
    stricter,
};
use gitsm::config::Config;
use gitsm::model::EntityRef;
use gitsm::model::gitsm::calendar::CalendarSpec;
use gitsm::tree::Memory;
use gitsm::yaml::Limits;
use serde_json::{Value, json};

use crate::support::{Folder, Run, gitsm, project};

const NOW: &str = "2026-11-21T13:00:00Z";

fn acme(arguments: &[&str]) -> Run {
    let all = ["change", "calendar", "--now", NOW].into_iter().chain(arguments.iter().copied());
    gitsm(&project().join("examples/acme"), &all.collect::<Vec<_>>())
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span { start: at(start), end: at(end) }
}

#[test]
fn rules_recur_as_dateutil_says() {
    let path = project().join("tests/fixtures/rrule/expected.json");
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(cases.len() >= 200);
    let (mut wrong, mut slowest) = (Vec::new(), Duration::ZERO);
    for case in &cases {
        let mut event = json!({"start": case["start"], "duration": "PT1H"});
        for field in ["rrule", "exdate", "rdate"] {
            if !case[field].is_null() {
                event[field] = case[field].clone();
            }
        }
        let spec = json!({"type": "freeze", "timezone": case["zone"], "events": [event]});
        let spec: CalendarSpec = serde_json::from_value(spec).unwrap();
        let from = at(case["from"].as_str().unwrap()) - TimeDelta::seconds(1);
        let begun = Instant::now();
        let found = coming(&spec, from, 12);
        slowest = slowest.max(begun.elapsed());
        let found: Vec<String> = found
            .iter()
            .map(|one| one.start.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string())
            .collect();
        let last = from + TimeDelta::days(43 * 365);
        let found: Vec<String> = found.into_iter().filter(|one| at(one) < last).collect();
        if json!(found) != case["expected"] {
            wrong.push(format!("{case}\n  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
}

#[test]
fn a_local_time_that_is_skipped_or_shown_twice_is_as_rfc_5545_says() {
    let spec = json!({"type": "freeze", "timezone": "Europe/Berlin", "events":
        [{"start": "2026-01-01T02:30", "duration": "PT1H", "rrule": "FREQ=DAILY"}]});
    let spec: CalendarSpec = serde_json::from_value(spec).unwrap();
    let starts = |day: &str| {
        let day = span(&format!("{day}T00:00:00Z"), &format!("{day}T12:00:00Z"));
        let found = within(&spec, day, 10).occurrences;
        found.iter().map(|one| one.start.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(starts("2026-03-29"), ["2026-03-29 03:30:00 CEST"]);
    assert_eq!(starts("2026-10-25"), ["2026-10-25 02:30:00 CEST"]);
    assert_eq!(occurring(&spec, at("2026-10-25T01:45:00Z")), [], "the second 02:30 begins nothing");
}

#[test]
fn a_hostile_calendar_ends_soon_and_says_that_it_was_cut() {
    let folder = Folder::git();
    let mut text = "apiVersion: gitsm/v1alpha1\nkind: Calendar\nmetadata: {name: bomb}\nspec:\n  \
                    type: freeze\n  timezone: Europe/Berlin\n  events:\n"
        .to_owned();
    let rules = [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;COUNT=4294967295",
        "FREQ=YEARLY;BYWEEKNO=53;BYYEARDAY=1;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,1,2,3,4,5",
        "FREQ=HOURLY",
    ];
    for number in 0..10_000 {
        let rule = rules[number % rules.len()];
        text.push_str(&format!(
            "    - {{start: \"0001-01-01T00:00:00\", duration: P9999Y, rrule: \"{rule}\"}}\n"
        ));
    }
    folder.write("bomb.yaml", text);
    let begun = Instant::now();
    let run = folder.gitsm(&["change", "calendar", "--now", NOW]);
    assert_eq!(run.code, 0, "{run:?}");
    // Unoptimised, and beside other tests; a release build takes a tenth of it.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(run.stdout.contains("nothing is sure"), "{}", run.stdout);
}

const SHOP: &str = "\
{apiVersion: gitsm/v1alpha1, kind: Service, metadata: {name: shop}, spec: {owner: a, supportedBy: [ci:db]}}
---
{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {name: db}, spec: {class: database, owner: a, environment: production, lifecycle: {stage: operational}, maintenance: calendar:nights, relations: {contains: [ci:schema]}}}
---
{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {name: schema}, spec: {class: database, owner: a, environment: production, lifecycle: {stage: operational}}}
---
{apiVersion: gitsm/v1alpha1, kind: ConfigurationItem, metadata: {name: lab}, spec: {class: database, owner: a, environment: test, lifecycle: {stage: operational}}}
---
{apiVersion: gitsm/v1alpha1, kind: Calendar, metadata: {name: nights}, spec: {type: maintenance-window, timezone: UTC, events: [{start: '2026-01-01T22:00', duration: PT4H, rrule: FREQ=DAILY}]}}
---
{apiVersion: gitsm/v1alpha1, kind: Calendar, metadata: {name: sundays}, spec: {type: maintenance-window, timezone: UTC, priority: 5, environments: [production], events: [{start: '2026-01-04T06:00', duration: PT4H, rrule: FREQ=WEEKLY}]}}
---
{apiVersion: gitsm/v1alpha1, kind: Calendar, metadata: {name: sale}, spec: {type: freeze, timezone: UTC, appliesTo: [service:shop], events: [{start: '2026-06-10T00:00', duration: P3D}]}}
";

const LIFTED: &str = "\
---
{apiVersion: gitsm/v1alpha1, kind: Team, metadata: {name: board}, spec: {title: b}}
---
{apiVersion: gitsm/v1alpha1, kind: Exception, metadata: {name: e}, spec: {of: freeze, name: sale, subject: ci:db, reason: because it has to be, requestedBy: person:x, approver: team:board, expires: 2026-06-11}}
---
{apiVersion: gitsm/v1alpha1, kind: Person, metadata: {name: x}, spec: {title: x}}
";

struct Known {
    catalog: Catalog,
    graph: Graph,
}

impl Known {
    fn of(text: &str) -> Self {
        let tree = Memory::new([("a.yaml", text)]);
        let inspect = |_: &Subject<'_>| Inspection::default();
        let catalog = load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0;
        let graph = Graph::of(&catalog);
        Self { catalog, graph }
    }

    fn id(&self, name: &str) -> EntityId {
        self.catalog.find(&EntityRef::from_canonical(name)).unwrap()
    }

    fn calendars(&self) -> Calendars<'_> {
        let year = span("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        Calendars::of(&self.catalog, &self.graph, year)
    }
}

#[test]
fn windows_and_freezes_hold_for_what_belongs_to_what_they_name() {
    let known = Known::of(SHOP);
    let calendars = known.calendars();
    let of = |name: &str| calendars.hold(known.id(name));
    let names = |all: &[gitsm::change::schedule::Timed]| {
        all.iter().map(|one| one.calendar.clone()).collect::<Vec<_>>()
    };
    let db = of("ci:default/db");
    assert_eq!(names(&db.windows), ["calendar:default/nights"], "its own beats any priority");
    assert_eq!(db.freezes[0].through.as_deref(), Some("service:default/shop"));
    let schema = of("ci:default/schema");
    assert_eq!(names(&schema.windows), ["calendar:default/sundays"], "the greater priority");
    assert_eq!(names(&schema.freezes), ["calendar:default/sale"], "through the database");
    let lab = of("ci:default/lab");
    assert_eq!(names(&lab.windows), ["calendar:default/nights"], "of another environment");
    assert_eq!(names(&lab.freezes), [""; 0]);
}

#[test]
fn a_freeze_beats_a_window_and_the_answer_says_when_it_flips() {
    let known = Known::of(SHOP);
    let hold = known.calendars().hold(known.id("ci:default/db"));
    let ask = |now: &str| judge(std::slice::from_ref(&hold), When::At(at(now)), at(now));
    let open = ask("2026-06-08T23:00:00Z");
    assert!(open.allowed);
    assert_eq!(open.valid_until, Some(at("2026-06-09T02:00:00Z")));
    let closed = ask("2026-06-09T12:00:00Z");
    assert!(!closed.allowed);
    assert_eq!(closed.next, Some(span("2026-06-09T22:00:00Z", "2026-06-10T00:00:00Z")));
    let frozen = ask("2026-06-10T23:00:00Z");
    assert_eq!(frozen.subjects[0].window.state, WindowState::Inside);
    assert!(!frozen.allowed);
    assert_eq!(frozen.valid_until, Some(at("2026-06-13T00:00:00Z")));
    // Four hours do not fit into the evening before the freeze.
    let long = span("2026-06-09T12:00:00Z", "2026-06-09T15:00:00Z");
    let planned =
        judge(std::slice::from_ref(&hold), When::During(long), at("2026-06-01T00:00:00Z"));
    assert_eq!(planned.next, Some(span("2026-06-13T22:00:00Z", "2026-06-14T02:00:00Z")));
}

#[test]
fn an_exception_lifts_a_freeze_on_its_days_and_the_stricter_side_counts() {
    let (base, merged) = (Known::of(SHOP), Known::of(&format!("{SHOP}{LIFTED}")));
    let hold = |known: &Known| known.calendars().hold(known.id("ci:default/db"));
    let (before, after) = (hold(&base), hold(&merged));
    let may = |hold, now: &str| judge(&[hold], When::At(at(now)), at(now)).allowed;
    assert!(may(after.clone(), "2026-06-11T23:00:00Z"));
    assert!(!may(after.clone(), "2026-06-12T23:00:00Z"), "after its last day");
    // A change that brings its own exception does not profit from it.
    assert!(!may(stricter(&before, &after), "2026-06-11T23:00:00Z"));
    assert!(may(stricter(&after, &after), "2026-06-11T23:00:00Z"));
    let wider = Known::of(&SHOP.replace("PT4H, rrule: FREQ=DAILY", "PT8H, rrule: FREQ=DAILY"));
    let both = stricter(&before, &hold(&wider));
    assert!(!may(both, "2026-06-09T05:00:00Z"), "windows of both sides");
}

#[test]
fn the_seven_reasons_are_told() {
    let known = Known::of(SHOP);
    let calendars = known.calendars();
    let open = |name: &str, touches: &str, start: &str, end: &str| OpenChange {
        commit: None,
        name: name.to_owned(),
        branch: None,
        touches: BTreeSet::from([touches.to_owned()]),
        schedule: Some(span(start, end)),
        assignees: vec!["person:default/x".to_owned()],
    };
    let (start, end) = ("2026-06-10T12:00:00Z", "2026-06-10T13:00:00Z");
    let others = [
        open("one", "ci:default/db", start, end),
        open("two", "ci:default/schema", start, end),
        OpenChange { schedule: None, ..open("three", "ci:default/db", start, end) },
        open("four", "ci:default/db", "2026-06-10T13:00:00Z", "2026-06-10T14:00:00Z"),
    ];
    let open = OpenChanges::of(&others);
    let ask = |subject: &str| {
        let ids = [known.id(subject)];
        let who = ["person:default/x".to_owned()];
        let catalog = (&known.catalog, &known.graph);
        conflicts(&calendars, catalog, &ids, Some(span(start, end)), &who, (&open, None))
    };
    let told = ask("ci:default/db");
    let reasons: BTreeSet<ConflictReason> = told.conflicts.iter().map(|one| one.reason).collect();
    use ConflictReason::*;
    let expected = [
        CiScheduled,
        RelativeScheduled,
        CiNotInWindow,
        RelativeNotInWindow,
        RelativeInBlackout,
        AssigneeScheduled,
    ];
    assert_eq!(reasons, BTreeSet::from(expected), "{told:#?}");
    assert_eq!(told.also_changed_by, [("ci:default/db".to_owned(), "three".to_owned())]);
    let service = ask("service:default/shop").conflicts;
    assert!(service.iter().any(|one| one.reason == CiInBlackout), "{service:#?}");
    assert_eq!(ConflictReason::ALL.len(), 7);
}

#[test]
fn people_see_the_next_window_and_whether_a_freeze_hits_it() {
    insta::assert_snapshot!("calendar-all", acme(&[]).stdout);
    insta::assert_snapshot!("calendar-entity", acme(&["ci:checkout-db", "--days", "60"]).stdout);
    insta::assert_snapshot!(
        "calendar-markdown",
        acme(&["ci:checkout-db", "-o", "markdown", "--days", "14"]).stdout
    );
    assert_eq!(acme(&["--from", "2026-12-01", "--to", "2026-11-01"]).code, 2);
    assert_eq!(acme(&["ci:nobody"]).code, 2);
}

#[test]
fn programs_get_what_the_schema_says() {
    let path = project().join("schemas/change-calendar-1.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for arguments in [&["-o", "json"][..], &["ci:cert-shop", "-o", "json", "--days", "90"]] {
        let value: Value = serde_json::from_str(&acme(arguments).stdout).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert!(value["entries"].as_array().is_some_and(|all| !all.is_empty()));
    }
}

#[test]
fn calendar_programs_can_read_it() {
    let text = String::from_utf8(crate::support::gitsm_bytes(
        &project().join("examples/acme"),
        &["change", "calendar", "--now", NOW, "-o", "ics"],
    ))
    .unwrap();
    let (mut open, mut ids, mut events) = (Vec::new(), BTreeSet::new(), 0);
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    for line in text.replace("\r\n ", "").split_terminator("\r\n") {
        let (name, value) = line.split_once(':').unwrap();
        match name {
            "BEGIN" => open.push(value.to_owned()),
            "END" => assert_eq!(open.pop().as_deref(), Some(value)),
            "UID" => assert!(ids.insert(value.to_owned()), "twice: {value}"),
            "DTSTART" | "DTEND" | "DTSTAMP" => {
                chrono::NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%SZ").unwrap();
            }
            _ => {}
        }
        events += usize::from(line == "BEGIN:VEVENT");
    }
    assert!(open.is_empty() && events > 5 && ids.len() == events);
}

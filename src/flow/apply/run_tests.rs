//! Tests of what is tried again, with a target that says little.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde_json::{Map, Value};

use super::run::{Pace, Reins, Went, run};
use crate::plan::{Action, FieldChange, Mark, Object, ObjectId, Observed, Reason, Step};
use crate::target::{Act, Driver, Fault, Traits};

/// A target without names that makes what it is told, says it in its own way, and never answers.
#[derive(Default)]
struct Mute {
    made: Mutex<Vec<Observed>>,
}

impl Driver for Mute {
    fn traits(&self) -> Traits {
        Traits { has_names: false, can_rename: false, sees_all: true, settles: false, at_once: 1 }
    }

    fn observe(&self) -> Result<Vec<Observed>, Fault> {
        Ok(self.made.lock().unwrap().clone())
    }

    fn look(&self, id: &ObjectId, _: Option<&str>) -> Result<Option<Observed>, Fault> {
        Ok(self.observe()?.into_iter().find(|one| one.id == *id))
    }

    fn carry_out(&self, act: &Act<'_>) -> Result<(), Fault> {
        if let Act::Create { object, mark } = act {
            let mut made = self.made.lock().unwrap();
            let fields = object.fields.iter().map(|(name, value)| {
                (name.clone(), Value::from(value.as_str().unwrap().to_lowercase()))
            });
            let handle = made.len().to_string();
            let (fields, mark) = (Some(fields.collect()), Some((*mark).clone()));
            made.push(Observed { id: object.id.clone(), handle, fields, mark });
        }
        Err(Fault::unknown("no answer"))
    }

    fn settle(&self) -> Result<(), Fault> {
        Ok(())
    }
}

fn create() -> Step {
    let id = ObjectId::new("note", "a");
    let fields = Map::from_iter([("title".to_owned(), Value::from("A Machine"))]);
    let mark = Mark::of("acme/default/x", &id, "ci:default/a", "c0ffee", &fields);
    let change = FieldChange {
        name: "title".into(),
        before: None,
        after: fields.get("title").cloned(),
        is_sensitive: false,
        hidden: Vec::new(),
    };
    let object = Object {
        id: id.clone(),
        entity: "ci:default/a".into(),
        formerly: Vec::new(),
        fields,
        sensitive: Vec::new(),
        after: Vec::new(),
    };
    Step {
        action: Action::Create,
        id,
        from: None,
        entity: "ci:default/a".into(),
        reason: Reason::New,
        last: None,
        wave: 0,
        changes: vec![change],
        object: Some(object),
        mark: Some(mark),
        observed: None,
    }
}

#[test]
fn nothing_is_begun_once_the_window_is_over() {
    let stop = AtomicBool::new(false);
    let spec = serde_json::json!({"owner": "team:ops", "driver": "http"});
    let spec = serde_json::from_value(spec).unwrap();
    let now = std::time::Instant::now();
    for (until, made) in [(now, 0), (now + Duration::from_secs(600), 1)] {
        let target = Mute::default();
        let (lease, lost) = (Mutex::new(None), AtomicBool::new(false));
        let reins = Reins { stop: &stop, lease, lost, until: Some(until) };
        let pace = Pace::of(&spec, target.traits());
        let results = run(&target, &[create()], pace, &reins, &mut |_| ());
        assert_eq!(results[0].went == Went::NotBegun, made == 0);
        assert_eq!(target.made.lock().unwrap().len(), made);
    }
}

#[test]
fn what_is_there_with_the_mark_of_the_step_is_made_whatever_the_target_made_of_its_fields() {
    let target = Mute::default();
    let stop = AtomicBool::new(false);
    let (lease, lost) = (Mutex::new(None), AtomicBool::new(false));
    let reins = Reins { stop: &stop, lease, lost, until: None };
    let spec = serde_json::from_value(serde_json::json!({
        "owner": "team:ops", "driver": "http", "limits": {"attempts": 3},
    }));
    let pace = Pace::of(&spec.unwrap(), target.traits());
    let results = run(&target, &[create()], pace, &reins, &mut |_| ());
    assert_eq!(results[0].went, Went::Done);
    assert_eq!(target.made.lock().unwrap().len(), 1, "it was made again");
    assert!(pace.timeout <= Duration::from_secs(45));
}

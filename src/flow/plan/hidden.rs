//! Taking a target's secrets out of what it says of itself, before anybody sees a plan.

use serde_json::Value;

use crate::plan::document::{ActionPlan, DriftPlan, TargetPlan};
use crate::plan::{Copied, ObjectId, Refusal};
use crate::target::web::Hider;

/// A plan without secrets: a target may repeat what it was sent in names, marks and fields.
pub(super) fn hidden(mut plan: TargetPlan, hider: &Hider) -> TargetPlan {
    for ActionPlan { id, from, entity, last, fields, .. } in &mut plan.actions {
        of_id(id, hider);
        from.iter_mut().for_each(|id| of_id(id, hider));
        text(entity, hider);
        last.iter_mut().for_each(|last| text(last, hider));
        for field in fields {
            text(&mut field.name, hider);
            field.before.iter_mut().for_each(|value| of_value(value, hider));
        }
    }
    for DriftPlan { id, entity, commit, fields, .. } in &mut plan.drift {
        of_id(id, hider);
        text(entity, hider);
        text(commit, hider);
        for field in fields {
            text(&mut field.name, hider);
            field.found.iter_mut().for_each(|value| of_value(value, hider));
        }
    }
    for Copied { id, handle, of } in &mut plan.copies {
        of_id(id, hider);
        text(handle, hider);
        of_id(of, hider);
    }
    for refusal in &mut plan.refusals {
        match refusal {
            Refusal::Foreign { owner, .. } => owner.iter_mut().for_each(|one| text(one, hider)),
            Refusal::Alike { id, handles } => {
                of_id(id, hider);
                handles.iter_mut().for_each(|handle| text(handle, hider));
            }
            _ => {}
        }
    }
    plan
}

fn text(text: &mut String, hider: &Hider) {
    *text = hider.hide(text);
}

fn of_id(id: &mut ObjectId, hider: &Hider) {
    text(&mut id.name, hider);
}

fn of_value(value: &mut Value, hider: &Hider) {
    match value {
        Value::String(one) => text(one, hider),
        Value::Array(items) => items.iter_mut().for_each(|item| of_value(item, hider)),
        Value::Object(fields) => {
            let all = std::mem::take(fields).into_iter();
            *fields = all
                .map(|(name, mut value)| {
                    of_value(&mut value, hider);
                    (hider.hide(&name), value)
                })
                .collect();
        }
        _ => {}
    }
}

//! The differences at targets that Exceptions accept.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::exemptions::exemptions;
use crate::flow::ask::Asked;
use crate::model::gitsm::exception::ExceptionOf;
use crate::plan::MISSING;
use crate::plan::document::DriftPlan;

/// What Exceptions accept on a day.
pub(super) struct Accepted {
    /// The Exceptions, by the entity and the name of the field.
    by: BTreeMap<(String, String), Vec<String>>,
    /// The entities, each with the name of a field.
    pub(super) fields: BTreeSet<(String, String)>,
}

impl Accepted {
    /// Of several for one field of one entity all must hold.
    pub(super) fn on(asked: &Asked, day: &str) -> Self {
        let all = exemptions(&asked.catalog, asked.graph(), ExceptionOf::Drift);
        let mut by: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        let mut over = BTreeSet::new();
        for one in all {
            let key = (one.subject.clone(), one.rule.clone());
            if !one.holds_on(day) {
                over.insert(key.clone());
            }
            by.entry(key).or_default().push(one.exception);
        }
        by.retain(|key, _| !over.contains(key));
        let fields = by.keys().cloned().collect();
        Self { by, fields }
    }

    /// The Exceptions that accept all of a drift; none if a part of it is not accepted.
    pub(super) fn all_of(&self, drift: &DriftPlan) -> Vec<String> {
        let fields: Vec<&str> = match drift.is_missing {
            true => vec![MISSING],
            false => drift.fields.iter().map(|field| field.name.as_str()).collect(),
        };
        let mut names = BTreeSet::new();
        for field in fields {
            match self.by.get(&(drift.entity.clone(), field.to_ascii_lowercase())) {
                Some(known) => names.extend(known.iter().cloned()),
                None => return Vec::new(),
            }
        }
        names.into_iter().collect()
    }
}

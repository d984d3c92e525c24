//! The settings of a target, read once.

use serde_json::Value;

use super::classes;
use crate::model::gitsm::target::prometheus::secret_of;
pub(super) use crate::model::gitsm::target::prometheus::{ClassRule, Port, Scrape, Settings};
use crate::plan::Fields;
use crate::target::Fault;

/// Reads the settings of a target.
pub(super) fn read(settings: &Fields) -> Result<Settings, Fault> {
    let value = Value::Object(settings.clone());
    let mut read: Settings = serde_json::from_value(value).map_err(|error| {
        Fault::settings(format!("the settings of the driver `prometheus`: {error}"))
    })?;
    if read.scrape.is_some() && read.class_rules.is_empty() {
        read.class_rules = classes::built_in()?;
    }
    let secret = read.all_receivers().find_map(|(at, receiver)| secret_of(receiver, &at));
    match secret {
        Some((_, why)) => Err(Fault::settings(why)),
        None => Ok(read),
    }
}

//! What whoever runs it says of a target: where it is, and where its secrets come from.
//!
//! A catalog from a pull request is hostile: what it says of addresses and secrets does not count
//! before it is merged. So a target's settings are those of its document on the protected branch; what
//! `gitsm.yaml` of that branch says comes before them, then a file that the operator names, then what
//! they type.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::PlanError;
use crate::config::{Config, Credential, TargetSettings};
use crate::model::gitsm::target::{TargetSpec, names_target};
use crate::plan::Fields;
use crate::source::{File, Source};
use crate::yaml::{Limits, de, parse};

/// A setting that is typed: of which target, which, and what.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// The name of the target.
    pub target: String,
    /// The name of the setting.
    pub name: String,
    /// Its value, as YAML reads it.
    pub value: Value,
}

impl Set {
    /// Reads `TARGET.SETTING=VALUE`.
    ///
    /// # Errors
    ///
    /// It is not of that form.
    pub fn read(text: &str) -> Result<Self, String> {
        let form =
            || format!("`{text}` is not TARGET.SETTING=VALUE, such as inventory.folder=/tmp/x");
        let (name, value) = text.split_once('=').ok_or_else(form)?;
        let (target, name) = name.rsplit_once('.').ok_or_else(form)?;
        if target.is_empty() || name.is_empty() {
            return Err(form());
        }
        let stream =
            parse(&Source::new(File::local("--set"), value.to_owned()), &Limits::default());
        let document = stream.documents.first().filter(|_| stream.problems.is_empty());
        let value = match document {
            Some(id) => de::from_node(stream.arena.node(*id)).map_err(|error| error.to_string())?,
            None => Value::String(value.to_owned()),
        };
        Ok(Self { target: target.to_owned(), name: name.to_owned(), value })
    }
}

/// What the operator says.
#[derive(Debug, Clone, Default)]
pub(super) struct Operator {
    /// The lowest first.
    layers: Vec<BTreeMap<String, TargetSettings>>,
}

/// The file of an operator.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFile {
    #[serde(default)]
    targets: BTreeMap<String, TargetSettings>,
}

impl Operator {
    /// Gathers it: what the protected branch says, the file with its text, what is typed.
    ///
    /// # Errors
    ///
    /// The file is not of its form.
    pub(super) fn of(
        protected: &Config,
        file: Option<(&Path, String)>,
        set: &[Set],
    ) -> Result<Self, PlanError> {
        let mut layers = vec![protected.settings.targets.clone().unwrap_or_default()];
        if let Some((path, text)) = file {
            layers.push(read(path, text)?.targets);
        }
        let mut typed: BTreeMap<String, TargetSettings> = BTreeMap::new();
        for one in set {
            let settings = typed.entry(one.target.clone()).or_default();
            let settings = settings.settings.get_or_insert_default();
            settings.insert(one.name.clone(), one.value.clone());
        }
        layers.push(typed);
        Ok(Self { layers })
    }

    /// The settings of a target, and where its secrets come from. `name` is its canonical reference,
    /// and `protected` its document on the protected branch.
    pub(super) fn settings(
        &self,
        name: &str,
        protected: Option<&TargetSpec>,
    ) -> (Fields, BTreeMap<String, Credential>) {
        let own = protected.and_then(|spec| spec.settings.clone()).unwrap_or_default();
        let mut settings: Fields = own.into_iter().collect();
        let own = protected.and_then(|spec| spec.credentials.clone()).unwrap_or_default();
        let own = own.into_iter().map(|(name, variable)| (name, Credential::env(&variable)));
        let mut credentials: BTreeMap<String, Credential> = own.collect();
        for (_, more) in self.layers.iter().flatten().filter(|(key, _)| names_target(key, name)) {
            settings.extend(more.settings.clone().into_iter().flatten());
            credentials.extend(more.credentials.clone().into_iter().flatten());
        }
        (settings, credentials)
    }

    /// The names of targets of which the file or what is typed says something.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().skip(1).flat_map(|layer| layer.keys()).map(String::as_str)
    }
}

fn read(path: &Path, text: String) -> Result<OwnFile, PlanError> {
    let wrong = |why: String| PlanError::OperatorFile { path: path.to_owned(), why };
    let source = Source::new(File::local(path.display().to_string()), text);
    let stream = parse(&source, &Limits::default());
    if let Some(problem) = stream.problems.first() {
        return Err(wrong(format!("it is not YAML: {}", problem.kind)));
    }
    let Some(id) = stream.documents.first() else { return Ok(OwnFile::default()) };
    de::from_node(stream.arena.node(*id)).map_err(|error| wrong(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_comes_before_the_file_and_that_before_the_branch() {
        let mut config = Config::default();
        let of = |folder: &str, mode: &str| TargetSettings {
            settings: Some(BTreeMap::from([
                ("folder".to_owned(), folder.into()),
                ("mode".to_owned(), mode.into()),
            ])),
            credentials: None,
        };
        config.settings.targets = Some(BTreeMap::from([("a".to_owned(), of("/main", "main"))]));
        let file = "targets: {a: {settings: {folder: /file, more: 1}, credentials: {t: {env: T}}}}";
        let set = [Set::read("a.folder=/typed").unwrap(), Set::read("target:b.port=5665").unwrap()];
        let operator =
            Operator::of(&config, Some((Path::new("op.yaml"), file.to_owned())), &set).unwrap();
        let (settings, credentials) = operator.settings("target:default/a", None);
        let expected = serde_json::json!({"folder": "/typed", "mode": "main", "more": 1});
        assert_eq!(Value::Object(settings), expected);
        assert_eq!(credentials["t"], Credential::env("T"));
        assert_eq!(operator.settings("target:default/b", None).0["port"], 5665);
    }

    #[test]
    fn a_file_with_a_field_that_means_nothing_is_refused() {
        for text in ["targets: {a: {setings: {}}}", "target: {}", "targets: ["] {
            let file = Some((Path::new("op.yaml"), text.to_owned()));
            let error = Operator::of(&Config::default(), file, &[]).unwrap_err();
            assert!(error.to_string().contains("op.yaml"), "{error}");
        }
        for text in ["x", "x=1", ".a=1", "a.=1"] {
            assert!(Set::read(text).is_err(), "{text}");
        }
    }
}

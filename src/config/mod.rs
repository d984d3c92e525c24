//! `gitsm.yaml`: what a repository says about how it wants to be read. Optional.

mod settings;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde_json::Value;

use crate::model::parse_reference;
use crate::source::{Source, Span};
use crate::tree::is_record;
use crate::yaml::schema::{Schema, Violation, ViolationKind, words};
use crate::yaml::{Limits, Node, Pointer, parse};

pub use settings::{
    Credential, Gate, Governance, Hold, LedgerSettings, LedgerWriter, Level, Settings,
    SiteSettings, Store, TargetSettings,
};

/// Where it is, relative to the catalog's root.
pub const FILE_NAME: &str = "gitsm.yaml";

/// The edition that this version of gitsm was written for.
pub const EDITION: u16 = 2026;

/// Settings that hold.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The settings.
    pub settings: Settings,
    /// Whether there is a `gitsm.yaml`.
    pub exists: bool,
    /// The folder that `gitsm.yaml` is in; `""` for the top.
    pub folder: String,
    exclude: GlobSet,
    governance: GlobSet,
    /// What covers other files as well.
    also: Option<Box<Self>>,
}

/// A mistake in `gitsm.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where.
    pub span: Span,
    /// The pointer of the setting.
    pub pointer: Pointer,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Config {
    /// Reads the settings from `gitsm.yaml`; what is wrong is left out and reported.
    pub fn read(source: &Source, folder: &str) -> (Self, Vec<ConfigFault>) {
        let mut config = Self { exists: true, folder: folder.to_owned(), ..Self::default() };
        let stream = parse(source, &Limits::default());
        let mut faults: Vec<ConfigFault> = stream
            .problems
            .iter()
            .map(|problem| ConfigFault {
                span: problem.span,
                pointer: Pointer::root(),
                message: format!("this is not YAML: {}", problem.kind),
                help: None,
            })
            .collect();
        let Some(root) = stream.documents.first().map(|id| stream.arena.node(*id)) else {
            return (config, faults);
        };
        let violations = compiled().violations(root);
        config.settings = match violations.is_empty() {
            true => crate::yaml::de::from_node(root).unwrap_or_default(),
            false => without(root, &violations),
        };
        faults.extend(violations.iter().map(|violation| fault(root, violation)));
        config.compile_globs(root, &mut faults);
        (config, faults)
    }

    fn compile_globs(&mut self, root: Node<'_>, faults: &mut Vec<ConfigFault>) {
        let exclude = self.settings.exclude.as_deref().unwrap_or_default();
        self.exclude = globs(root, exclude, &Pointer::root().join("exclude"), faults);
        let governance = self.settings.governance.as_ref();
        let paths = governance.and_then(|one| one.paths.as_deref()).unwrap_or_default();
        let pointer = Pointer::root().join("governance").join("paths");
        self.governance = globs(root, paths, &pointer, faults);
        self.check_owners(root, faults);
    }

    fn check_owners(&self, root: Node<'_>, faults: &mut Vec<ConfigFault>) {
        for (at, text) in self.governance_owners().iter().enumerate() {
            let meant = parse_reference(text, Some("team"), "default");
            if meant.is_ok_and(|one| matches!(one.prefix(), "team" | "person")) {
                continue;
            }
            let pointer = Pointer::root().join("governance").join("owners").join(at);
            let span = root.at(&pointer).map_or(root.span(), |(_, node)| node.span());
            let message = format!("`{text}` names no team and no person");
            let help = Some("write `team:NAME` or `person:NAME`".to_owned());
            faults.push(ConfigFault { span, pointer, message, help });
        }
    }

    /// Of whom one must agree to a change of the rules, as it is written.
    pub fn governance_owners(&self) -> &[String] {
        let governance = self.settings.governance.as_ref();
        governance.and_then(|one| one.owners.as_deref()).unwrap_or_default()
    }

    /// Whether the settings say of a path, relative to the tree's top, that it steers controls.
    pub fn governs(&self, path: &str) -> bool {
        self.inside(path).is_some_and(|inside| self.governance.is_match(inside))
    }

    /// A path, relative to the folder of `gitsm.yaml`.
    fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        match self.folder.as_str() {
            "" => Some(path),
            folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        }
    }

    /// Whether a path, relative to the tree's top, is part of the catalog. Records are, wherever its
    /// files are.
    pub fn covers(&self, path: &str) -> bool {
        if !self.exists || is_record(path) {
            return true;
        }
        if self.also.as_ref().is_some_and(|also| also.covers(path)) {
            return true;
        }
        let Some(inside) = self.inside(path) else { return false };
        let under = |root: &String| {
            let root = root.trim_start_matches("./").trim_end_matches('/');
            root.is_empty()
                || root == "."
                || inside.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
        };
        let in_roots = self.settings.roots.as_ref().is_none_or(|roots| roots.iter().any(under));
        (in_roots || inside == FILE_NAME) && !self.exclude.is_match(inside)
    }

    /// The same settings, for what another one covers, too.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.also = Some(Box::new(other));
        self
    }

    /// Whether another one covers the same paths, whatever they are.
    pub fn covers_as(&self, other: &Self) -> bool {
        let said = |config: &Self| {
            let Settings { roots, exclude, .. } = &config.settings;
            (config.exists, config.folder.clone(), roots.clone(), exclude.clone())
        };
        said(self) == said(other)
    }

    /// Where its file is, relative to the tree's top, if there is one.
    pub fn path(&self) -> Option<String> {
        self.exists.then(|| match self.folder.as_str() {
            "" => FILE_NAME.to_owned(),
            folder => format!("{folder}/{FILE_NAME}"),
        })
    }

    /// The edition that holds.
    pub fn edition(&self) -> u16 {
        self.settings.edition.unwrap_or(EDITION)
    }
}

/// A set of globs; one that is wrong is left out and reported.
fn globs(
    root: Node<'_>,
    texts: &[String],
    pointer: &Pointer,
    faults: &mut Vec<ConfigFault>,
) -> GlobSet {
    let mut told = |pointer: Pointer, message: String| {
        let span = root.at(&pointer).map_or(root.span(), |(_, node)| node.span());
        faults.push(ConfigFault { span, pointer, message, help: None });
    };
    let mut set = GlobSetBuilder::new();
    for (at, text) in texts.iter().enumerate() {
        match Glob::new(text) {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => {
                told(pointer.join(at), format!("`{text}` is not a glob: {}", error.kind()));
            }
        }
    }
    set.build().unwrap_or_else(|error| {
        let name = pointer.tokens().collect::<Vec<_>>().join(".");
        told(pointer.clone(), format!("`{name}` cannot be used: {error}"));
        GlobSet::empty()
    })
}

/// The JSON Schema of `gitsm.yaml`.
pub fn settings_schema() -> Value {
    let generator = schemars::generate::SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator();
    let mut schema = crate::model::strict_schema(generator.into_root_schema_for::<Settings>());
    if let Some(object) = schema.as_object_mut() {
        let id = "https://gitsm.dev/schemas/config.schema.json";
        object.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
        object.insert("$id".to_owned(), id.into());
        object.insert("title".to_owned(), "gitsm.yaml".into());
    }
    schema
}

/// The settings that are right: a mistake in one does not take the others away.
fn without(root: Node<'_>, violations: &[Violation]) -> Settings {
    let mut value = crate::yaml::schema::value(root);
    for violation in violations {
        let tokens: Vec<String> = violation.pointer.tokens().collect();
        let (Some(object), Some(first)) = (value.as_object_mut(), tokens.first()) else { continue };
        match (object.get_mut(first).and_then(Value::as_object_mut), tokens.get(1)) {
            (Some(inner), Some(second)) => {
                inner.shift_remove(second);
            }
            _ => {
                object.shift_remove(first);
            }
        }
    }
    serde_json::from_value(value).unwrap_or_default()
}

fn compiled() -> Schema {
    // The schema is generated from a type of ours, and a test compiles it.
    Schema::compile(&settings_schema()).unwrap_or_else(|_| Schema::anything())
}

fn fault(root: Node<'_>, violation: &Violation) -> ConfigFault {
    let pointer = violation.pointer.clone();
    let found = root.at(&pointer);
    let span = match (&violation.kind, found) {
        (ViolationKind::Unknown, Some((Some(key), _))) => key.span(),
        (_, Some((_, value))) => value.span(),
        _ => root.span(),
    };
    let name = pointer.tokens().last().unwrap_or_default();
    let (message, help) = match &violation.kind {
        ViolationKind::Missing => (format!("`{name}` is missing"), None),
        ViolationKind::Unknown => {
            let known = settings::beside(&pointer);
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let help = format!("the settings are: {}", known.join(", "));
            (format!("there is no setting `{name}`"), Some(help))
        }
        ViolationKind::Type(types) => {
            (format!("`{name}` has the wrong type"), Some(format!("write {}", words(types))))
        }
        ViolationKind::Choice(choices) => (
            format!("`{name}` has a value that does not exist"),
            Some(format!("write one of: {}", choices.join(", "))),
        ),
        ViolationKind::Other(wanted) => {
            (format!("`{name}` has a value that it cannot have"), Some(format!("it must {wanted}")))
        }
        ViolationKind::Pattern(pattern) => (
            format!("`{name}` has a value that it cannot have"),
            Some(format!("it must have the form `{pattern}`")),
        ),
    };
    ConfigFault { span, pointer, message, help }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;

    fn read(text: &str) -> (Config, Vec<ConfigFault>) {
        Config::read(&Source::new(File::local(FILE_NAME), text.to_owned()), "")
    }

    #[test]
    fn roots_and_excludes_say_what_belongs_to_the_catalog() {
        let (config, faults) = read("roots: [catalog, ./more/]\nexclude: ['**/fixtures/**']\n");
        assert_eq!(faults, []);
        assert!(config.covers("catalog/a.yaml") && config.covers("more/b.yaml"));
        assert!(!config.covers("catalogue/a.yaml") && !config.covers("x.yaml"));
        assert!(!config.covers("catalog/fixtures/a.yaml"));
        assert!(Config::default().covers("x.yaml"));
    }

    #[test]
    fn governance_names_teams_and_people_and_further_files() {
        let text = "governance: {owners: [team:platform, ci:x], paths: ['ci/**', 'a{']}\n";
        let source = Source::new(File::local(FILE_NAME), text.to_owned());
        let (config, faults) = Config::read(&source, "catalog");
        let told: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(told, ["/governance/paths/1", "/governance/owners/1"]);
        assert!(config.governs("catalog/ci/build.sh"));
        assert!(!config.governs("ci/build.sh"), "globs are relative to the file");
        let (_, faults) = read("governance: {owner: team:a}\n");
        assert_eq!(faults[0].help.as_deref(), Some("the settings are: `owners`, `paths`"));
    }

    #[test]
    fn mistakes_are_located_and_explained() {
        let (_, faults) = read("rots: [a]\nlevels: {yaml-syntax: eror}\nedition: '2026'\n");
        let texts: Vec<_> =
            faults.iter().map(|fault| (fault.pointer.as_str(), fault.span.start)).collect();
        assert!(texts.contains(&("/rots", 0)), "{texts:?}");
        assert!(texts.contains(&("/levels/yaml-syntax", 32)), "{texts:?}");
        assert!(texts.contains(&("/edition", 47)), "{texts:?}");
    }
}

//! `gitsm.yaml`: its mistakes, and the levels that it gives to codes.

use super::at::nearest;
use super::codes::{self, CODES, code_named};
use crate::catalog::Catalog;
use crate::config::{Config, ConfigFault, Level};
use crate::finding::{Code, Finding, Fingerprint, Occurrence, Severity};
use crate::model::gitsm::target::names_target;
use crate::source::{Source, Span};
use crate::yaml::{Limits, Node, Pointer, parse};

/// Findings about `gitsm.yaml`: what cannot be read, and levels that cannot be given.
pub fn check_settings(
    source: &Source,
    config: &Config,
    faults: &[ConfigFault],
    catalog: &Catalog,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = faults
        .iter()
        .map(|fault| {
            let finding = tell(source, fault.span, &fault.pointer, fault.message.clone());
            match &fault.help {
                Some(help) => finding.help(help.clone()),
                None => finding,
            }
        })
        .collect();
    let stream = parse(source, &Limits::default());
    let root = stream.documents.first().map(|id| stream.arena.node(*id));
    for (name, level) in config.settings.levels.iter().flatten() {
        let Some((message, help)) = refused(name, *level) else { continue };
        let pointer = Pointer::root().join("levels").join(name);
        findings.push(tell(source, key_at(root, &pointer), &pointer, message).help(help));
    }
    let targets = config.settings.targets.iter().flatten().map(|(name, _)| name);
    for (name, help) in strangers(targets, catalog) {
        let pointer = Pointer::root().join("targets").join(name);
        let message = format!("there is no Target called `{name}`");
        findings.push(tell(source, key_at(root, &pointer), &pointer, message).help(help));
    }
    findings
}

/// Where the key of a setting stands.
fn key_at(root: Option<Node<'_>>, pointer: &Pointer) -> Span {
    let found = root.and_then(|root| root.at(pointer));
    found.and_then(|(key, _)| key).map(|key| key.span()).unwrap_or_default()
}

/// The names that no Target of a catalog has, and what could be meant.
fn strangers<'n>(
    names: impl Iterator<Item = &'n String>,
    catalog: &Catalog,
) -> Vec<(&'n String, String)> {
    let mut names = names.peekable();
    if names.peek().is_none() {
        return Vec::new();
    }
    let of_target = catalog.entities().filter(|(_, one)| one.kind.name == "Target");
    let known: Vec<&str> = of_target.map(|(_, one)| catalog.canonical(one)).collect();
    let strangers = names.filter(|name| !known.iter().any(|one| names_target(name, one)));
    let told = |name: &'n String| {
        let short = known.iter().map(|one| one.rsplit(['/', ':']).next().unwrap_or(one));
        let help = match nearest(name, short) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a Target of this catalog, or remove what is said of it".to_owned(),
        };
        (name, help)
    };
    strangers.map(told).collect()
}

fn refused(name: &str, level: Level) -> Option<(String, String)> {
    let Some(code) = code_named(name) else {
        let help = match nearest(name, CODES.iter().map(|code| code.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "the codes are listed by `gitsm explain --list`".to_owned(),
        };
        return Some((format!("there is no code `{name}`"), help));
    };
    let lowers = severity(level).is_none_or(|severity| severity > code.severity);
    (!code.suppressible && lowers).then(|| {
        let message = format!("`{name}` cannot be lowered");
        (message, "remove the line: this code protects others".to_owned())
    })
}

fn tell(source: &Source, span: Span, pointer: &Pointer, headline: String) -> Finding {
    let code = &codes::CONFIG_INVALID;
    let occurrence = Occurrence {
        place: source.place(span),
        entity: None,
        pointer: pointer.as_str().to_owned(),
        fingerprint: Fingerprint::of(
            code.name,
            &source.file().path,
            pointer.as_str(),
            source.slice(span),
        ),
    };
    Finding::new(code, code.severity, occurrence, headline)
}

fn severity(level: Level) -> Option<Severity> {
    match level {
        Level::Error => Some(Severity::Error),
        Level::Warning => Some(Severity::Warning),
        Level::Note => Some(Severity::Note),
        Level::Off => None,
    }
}

/// How bad a finding is under these settings; `None` if it is not reported.
pub fn level(code: &Code, found: Severity, config: &Config) -> Option<Severity> {
    let set = config.settings.levels.as_ref().and_then(|levels| levels.get(code.name));
    match set {
        Some(level) if refused(code.name, *level).is_none() => severity(*level),
        _ if code.edition > config.edition() => Some(Severity::Note),
        _ => Some(found),
    }
}

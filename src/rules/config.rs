//! `gitsm.yaml`: its mistakes, and the levels that it gives to codes.

use super::at::nearest;
use super::codes::{self, CODES, code_named};
use crate::config::{Config, ConfigFault, Level};
use crate::finding::{Code, Finding, Fingerprint, Occurrence, Severity};
use crate::source::Source;
use crate::yaml::{Limits, Pointer, parse};

/// Findings about `gitsm.yaml`: what cannot be read, and levels that cannot be given.
pub fn check_settings(source: &Source, config: &Config, faults: &[ConfigFault]) -> Vec<Finding> {
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
        let found = root.and_then(|root| root.at(&pointer));
        let span = found.and_then(|(key, _)| key).map(|key| key.span()).unwrap_or_default();
        findings.push(tell(source, span, &pointer, message).help(help));
    }
    findings
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

fn tell(
    source: &Source,
    span: crate::source::Span,
    pointer: &Pointer,
    headline: String,
) -> Finding {
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

//! Prometheus and Alertmanager as they run: reloading them, and seeing what they really loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::config::{Config, List};
use crate::plan::{Fields, Observed};
use crate::target::web::{Client, Method, Options};
use crate::target::{Connection, Fault, FaultKind};

/// How long to wait between two looks at the targets: Prometheus takes some seconds to see them.
const BETWEEN: Duration = Duration::from_millis(250);

/// The faults that are told of one look.
const SHOWN: usize = 5;

/// A server that can be reloaded.
pub(super) struct Live {
    client: Client,
    name: &'static str,
    patience: Duration,
    /// Whether it did not answer what it was asked about rules.
    is_silent: AtomicBool,
}

impl Live {
    /// A server at a URL; `token` is what the target calls the secret that is sent to it.
    pub(super) fn open(
        connection: &Connection,
        name: &'static str,
        url: &str,
        (token, ca): (&str, Option<&str>),
    ) -> Result<Self, Fault> {
        let ca = ca.map(|path| connection.folder.join(path));
        let client = Client::new(&Options {
            url,
            ca: ca.as_deref(),
            bearer: connection.secrets.get(token),
            timeout: connection.timeout,
            at_once: 1,
            ..Options::default()
        })?;
        Ok(Self { client, name, patience: connection.timeout, is_silent: AtomicBool::new(false) })
    }

    fn get(&self, path: &str) -> Result<Value, Fault> {
        let url = self.client.url(path)?;
        let answer = self.client.send(Method::Get, &url, &[], None)?;
        match answer.is_success() {
            true => self.client.json(Method::Get, &url, &answer),
            false => Err(self.client.fault(Method::Get, &url, &answer)),
        }
    }

    /// How long it may take to see what was written.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether it answers.
    pub(super) fn reach(&self) -> Result<(), Fault> {
        self.get("/api/v2/status").map(drop)
    }

    /// Makes it read its files. What it refuses it goes on without.
    pub(super) fn reload(&self) -> Result<(), Fault> {
        let url = self.client.url("/-/reload")?;
        let answer = self.client.send(Method::Post, &url, &[], None)?;
        if answer.is_success() {
            return Ok(());
        }
        let fault = self.client.fault(Method::Post, &url, &answer);
        let said = &fault.message;
        if matches!(fault.kind, FaultKind::NotDone { .. }) {
            let message = format!("{} was not reloaded: {said}", self.name);
            return Err(Fault { message, ..fault });
        }
        let hint = match answer.status {
            403 | 405 => "start it with --web.enable-lifecycle, or reload it yourself",
            _ => "it goes on with what it had before",
        };
        Err(Fault::refused(format!("{} was not reloaded: {said}; {hint}", self.name)))
    }

    /// A query as Prometheus writes it; nothing if it cannot say (before version 2.39).
    fn formatted(&self, query: &str) -> Result<Result<String, String>, Fault> {
        let text: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let url = self.client.url(&format!("/api/v1/format_query?query={text}"))?;
        let answer = self.client.send(Method::Get, &url, &[], None)?;
        match answer.status {
            404 | 405 => Ok(Ok(squeezed(query))),
            200 | 400 => {
                let said = self.client.json(Method::Get, &url, &answer)?;
                let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
                match answer.status {
                    200 => Ok(Ok(squeezed(text("data")))),
                    _ => Ok(Err(self.client.said(text("error")))),
                }
            }
            _ => Err(self.client.fault(Method::Get, &url, &answer)),
        }
    }

    /// What Prometheus says against the rules of a file, before they are written. Nothing if it cannot
    /// be asked, after which it is asked no more: what it refuses is told when it is reloaded.
    pub(super) fn objection(&self, fields: &Fields) -> Option<String> {
        let mut seen = BTreeSet::new();
        for rule in rules(fields) {
            let expr = rule.get("expr").and_then(Value::as_str).unwrap_or_default();
            if self.is_silent.load(Ordering::Relaxed) || !seen.insert(expr) {
                continue;
            }
            match self.formatted(expr) {
                Ok(Ok(_)) => {}
                Ok(Err(why)) => {
                    return Some(format!("{}: {why}", name_of(rule).unwrap_or_default()));
                }
                Err(_) => self.is_silent.store(true, Ordering::Relaxed),
            }
        }
        None
    }

    /// Whether all rules of some files are loaded as they are written, and none of files of the folder
    /// that are gone. `place` is the folder, as a Prometheus on this machine names it.
    pub(super) fn has_rules(
        &self,
        files: &[Observed],
        place: &Option<String>,
    ) -> Result<(), Fault> {
        let answer = self.get("/api/v1/rules")?;
        let groups = answer.pointer("/data/groups").and_then(Value::as_array);
        // By the end of the file's path and by the group: other files may have groups of that name.
        let mut loaded: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for group in groups.into_iter().flatten() {
            let name = group.get("name").and_then(Value::as_str).unwrap_or_default();
            loaded.entry(name).or_default().push(group);
        }
        let mut missing = gone(groups, place.as_deref());
        for file in files {
            let own = file.fields.as_ref().and_then(|fields| fields.get("groups")?.as_array());
            for group in own.into_iter().flatten() {
                let name = group.get("name").and_then(Value::as_str).unwrap_or_default();
                let why = self.unlike(group, file, loaded.get(name).map_or(&[], Vec::as_slice))?;
                let told = |why| format!("the group {name} of {} {why}", file.handle);
                missing.extend(why.map(told));
            }
        }
        told(
            "Prometheus does not have the rules as they are written",
            &missing,
            "does `rule_files` name rules/*.yml of the folder?",
        )
    }

    /// How a group of a file is loaded, if that is not as it is written.
    fn unlike(
        &self,
        group: &Value,
        file: &Observed,
        loaded: &[&Value],
    ) -> Result<Option<String>, Fault> {
        let is_here = |group: &&&Value| {
            is_at(group.get("file").and_then(Value::as_str).unwrap_or_default(), file)
        };
        match loaded.iter().find(is_here) {
            None => Ok(Some("is not loaded".into())),
            Some(loaded) => {
                Ok(self.differs(group, loaded)?.map(|why| format!("is loaded, but {why}")))
            }
        }
    }

    /// What a loaded group does not have as it is written.
    fn differs(&self, written: &Value, loaded: &Value) -> Result<Option<String>, Fault> {
        let list = |group: &Value| {
            group.get("rules").and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let (written, loaded) = (list(written), list(loaded));
        if written.len() != loaded.len() {
            let why = format!("{} rules are loaded of {}", loaded.len(), written.len());
            return Ok(Some(why));
        }
        for (written, loaded) in written.iter().zip(&loaded) {
            let name = name_of(written).unwrap_or_default();
            if loaded.get("name").and_then(Value::as_str) != Some(name) {
                return Ok(Some(format!("the rule {name} is not loaded")));
            }
            let text = |rule: &Value, key: &str| {
                rule.get(key).and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
            };
            let (expr, query) = (text(written, "expr"), text(loaded, "query"));
            if squeezed(&expr) != squeezed(&query)
                && self.formatted(&expr)? != self.formatted(&query)?
            {
                return Ok(Some(format!(
                    "the rule {name} is loaded with the old expression {query}"
                )));
            }
            let none = Value::Object(Fields::new());
            let labels = |rule: &Value| rule.get("labels").unwrap_or(&none).clone();
            if labels(written) != labels(loaded) {
                return Ok(Some(format!("the rule {name} is loaded with other labels")));
            }
        }
        Ok(None)
    }

    /// Whether all targets are known. Prometheus sees the files by itself, some seconds later.
    /// It is looked for so long.
    pub(super) fn has_targets(&self, files: &[Observed], patience: Duration) -> Result<(), Fault> {
        let begun = Instant::now();
        loop {
            let answer = self.get("/api/v1/targets?state=active")?;
            let active = answer.pointer("/data/activeTargets").and_then(Value::as_array);
            let known: Vec<(&str, Option<&Value>)> = active
                .into_iter()
                .flatten()
                .filter_map(|target| {
                    let labels = target.get("discoveredLabels")?;
                    Some((labels.get("__meta_filepath")?.as_str()?, Some(labels)))
                })
                .collect();
            let missing: Vec<String> = files
                .iter()
                .filter(|file| !is_known(file, &known))
                .map(|file| file.handle.clone())
                .collect();
            if missing.is_empty() || begun.elapsed() >= patience {
                let hint = "does a `file_sd_configs` name targets/*.json of the folder?";
                return told("Prometheus does not know all targets", &missing, hint);
            }
            std::thread::sleep(BETWEEN);
        }
    }

    /// Whether Alertmanager has all receivers and routes of gitsm.
    pub(super) fn has_routes(&self, written: &Config) -> Result<(), Fault> {
        let answer = self.get("/api/v2/status")?;
        let original =
            answer.pointer("/config/original").and_then(Value::as_str).unwrap_or_default();
        let loaded = Config::read(original).map_err(|why| {
            Fault::unknown(format!("Alertmanager says what it loaded, and {why}"))
        })?;
        let receivers = loaded.items(List::Receivers);
        let mut missing = Vec::new();
        for (name, _) in written.items(List::Receivers) {
            // What a receiver holds is hidden in the answer.
            if !receivers.iter().any(|(one, _)| *one == name) {
                missing.push(format!("the receiver {name}"));
            }
        }
        let routes = loaded.items(List::Routes);
        for (name, fields) in written.items(List::Routes) {
            let matchers = fields.get("matchers");
            if !routes
                .iter()
                .any(|(one, fields)| *one == name && fields.get("matchers") == matchers)
            {
                missing.push(format!("the route to {name}"));
            }
        }
        told(
            "Alertmanager does not have all receivers and routes",
            &missing,
            "is it the one with this file?",
        )
    }
}

/// The rules that are loaded of files of the folder that are not there any more.
fn gone(groups: Option<&Vec<Value>>, place: Option<&str>) -> Vec<String> {
    let Some(place) = place else { return Vec::new() };
    let files = groups.into_iter().flatten().filter_map(|group| group.get("file")?.as_str());
    let files: BTreeSet<String> = files.map(|file| file.replace('\\', "/")).collect();
    let of_folder = |file: &&String| file.starts_with(&format!("{place}/rules/"));
    let is_gone = |file: &&String| {
        std::path::Path::new(file.as_str()).try_exists().is_ok_and(|is_there| !is_there)
    };
    let gone = files.iter().filter(of_folder).filter(is_gone);
    gone.map(|file| format!("{file} is gone, and its rules are loaded")).collect()
}

/// Whether a path of Prometheus is that of a file of the folder, which it may see at another place.
fn is_at(path: &str, file: &Observed) -> bool {
    path.replace('\\', "/").ends_with(&format!("/{}", file.handle))
}

fn is_known(file: &Observed, known: &[(&str, Option<&Value>)]) -> bool {
    let Some(fields) = &file.fields else { return true };
    let addresses = fields.get("targets").and_then(Value::as_array);
    let labels = fields.get("labels").and_then(Value::as_object);
    addresses.into_iter().flatten().all(|address| {
        known.iter().any(|(path, discovered)| {
            let Some(discovered) = discovered else { return false };
            is_at(path, file)
                && discovered.get("__address__") == Some(address)
                && labels
                    .into_iter()
                    .flatten()
                    .all(|(name, value)| discovered.get(name) == Some(value))
        })
    })
}

fn told(what: &str, missing: &[String], hint: &str) -> Result<(), Fault> {
    if missing.is_empty() {
        return Ok(());
    }
    let shown: Vec<&str> = missing.iter().take(SHOWN).map(String::as_str).collect();
    let more = match missing.len() - shown.len() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Err(Fault::refused(format!("{what}: {}{more}; {hint}", shown.join("; "))))
}

/// All rules of a file.
fn rules(fields: &Fields) -> Vec<&Value> {
    let groups = fields.get("groups").and_then(Value::as_array).into_iter().flatten();
    groups.filter_map(|group| group.get("rules")?.as_array()).flatten().collect()
}

fn name_of(rule: &Value) -> Option<&str> {
    rule.get("record").or_else(|| rule.get("alert"))?.as_str()
}

/// Without blanks, which Prometheus sets in its own way. Blanks within texts go, too: this is only to
/// see that two are the same.
fn squeezed(query: &str) -> String {
    query.split_whitespace().collect()
}

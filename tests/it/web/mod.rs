//! A REST store in memory for tests, on a free port of this machine, which answers as badly as asked.
//!
//! Objects live below `/host` and go by their names there; those below `/note` get numbers from the
//! store. It counts everything that it does, so that a test can say that nothing was done twice.

mod answer;
mod server;
mod store;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use server::Server;

/// What a store does instead of answering as it should.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// Answers with a status, headers and a body, and does nothing.
    Answer(u16, &'static [(&'static str, &'static str)], String),
    /// Does what was asked and answers so.
    Done(u16, String),
    /// Cuts the connection and does nothing.
    CutBefore,
    /// Does what was asked, and cuts the connection.
    CutAfter,
    /// Does what was asked, and cuts the connection in the middle of the answer.
    CutWithin,
    /// Does nothing, and says nothing until the client hangs up.
    SilentBefore,
    /// Does what was asked, and says nothing until the client hangs up.
    SilentAfter,
    /// Answers what is no HTTP, and does nothing.
    Garbage,
    /// Does what was asked, and answers with more bytes than anybody should read.
    Endless,
}

impl Trouble {
    /// Too many requests; come again in so many seconds.
    pub(crate) fn busy(seconds: &'static str) -> Self {
        let header: &'static [_] = match seconds {
            "0" => &[("Retry-After", "0")],
            "1" => &[("Retry-After", "1")],
            _ => &[("Retry-After", "7")],
        };
        Self::Answer(429, header, "{\"error\": \"slow down\"}".to_owned())
    }
}

/// What was done, by method and path, such as `PUT /host/a`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// What was asked, also what was not done.
    pub(crate) asked: BTreeMap<String, usize>,
    /// What changed something.
    pub(crate) done: BTreeMap<String, usize>,
    /// The most requests that there were at the same time.
    pub(crate) at_once: usize,
    /// How often a client connected.
    pub(crate) connections: usize,
}

impl Counts {
    /// The most that any one thing was done.
    pub(crate) fn most_done(&self) -> usize {
        self.done.values().copied().max().unwrap_or(0)
    }

    /// How often something was done whose name begins so.
    pub(crate) fn done(&self, prefix: &str) -> usize {
        self.done.iter().filter(|(what, _)| what.starts_with(prefix)).map(|(_, n)| n).sum()
    }

    /// How often something was asked whose name begins so.
    pub(crate) fn asked(&self, prefix: &str) -> usize {
        self.asked.iter().filter(|(what, _)| what.starts_with(prefix)).map(|(_, n)| n).sum()
    }
}

/// The settings with which the driver `http` uses a store: the kinds `host` and `note`.
pub(crate) fn settings(url: &str) -> Value {
    let list = |kind: &str| {
        json!({
            "path": format!("/{kind}"),
            "items": "/items",
            "page": {"offset": {"parameter": "offset", "size": {"parameter": "limit", "of": 3}}},
            "total": {"at": "/total"},
        })
    };
    json!({
        "url": url,
        "auth": {"basic": {"user": "gitsm", "password": "password"}},
        "concurrency": 8,
        "kinds": {
            "host": {
                "list": list("host"),
                "id": "/name",
                "fields": "/fields",
                "mark": "/mark",
                "get": {"path": "/host/{{ handle }}"},
                "create": {
                    "method": "PUT",
                    "path": "/host/{{ object.name }}",
                    "body": {"fields": "{{ fields }}", "mark": "{{ mark }}"},
                },
                "update": {
                    "method": "PATCH",
                    "path": "/host/{{ handle }}",
                    "body": {"fields": "{{ changed }}", "mark": "{{ mark }}"},
                },
                "delete": {"method": "DELETE", "path": "/host/{{ handle }}"},
                "answers": [{"status": [409], "is": "exists"}],
            },
            "note": {
                "list": list("note"),
                "id": "/id",
                "named": false,
                "fields": "/fields",
                "mark": "/mark",
                "get": {"path": "/note/{{ handle }}"},
                "create": {
                    "method": "POST",
                    "path": "/note",
                    "body": {"fields": "{{ fields }}", "mark": "{{ mark }}"},
                },
                "update": {
                    "method": "PATCH",
                    "path": "/note/{{ handle }}",
                    "body": {"fields": "{{ changed }}", "mark": "{{ mark }}"},
                },
                "delete": {"method": "DELETE", "path": "/note/{{ handle }}"},
            },
        },
    })
}

/// The password that a store asks for, from the user `gitsm`.
pub(crate) const PASSWORD: &str = "pl4nted/s3cret+\"x\"";

/// How long a driver waits for a store that answers: long enough on any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How long a driver waits for a store that is silent.
pub(crate) const IMPATIENCE: Duration = Duration::from_secs(1);

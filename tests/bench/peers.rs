//! Other validators over the same documents. None of them checks references: they hold each
//! Component against a JSON Schema (yamllint against its relaxed rules only).
//!
//! A peer that is not installed is a row that says so. `tests/bench/peers` installs them.
//! Begin at [`compare`].

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::measure::{Job, list, measure};
use crate::table::Table;

/// Bytes of a command line that every system takes; Windows takes 32 KiB, others 1 MiB and more.
const COMMAND_LINE: usize = if cfg!(windows) { 30_000 } else { 600_000 };

struct Peer {
    name: &'static str,
    /// The program below the folder of peers.
    program: &'static str,
    /// The arguments before the documents; `SCHEMA` stands for the path of the schema.
    arguments: &'static [&'static str],
    /// What stands before each document.
    prefix: Option<&'static str>,
    /// How many documents it gets at most, for the slowest.
    limit: usize,
    note: &'static str,
}

const PEERS: [Peer; 5] = [
    Peer {
        name: "boon-cli",
        program: "bin/boon",
        arguments: &["SCHEMA"],
        prefix: None,
        limit: usize::MAX,
        note: "",
    },
    Peer {
        name: "sourcemeta jsonschema",
        program: "node_modules/.bin/jsonschema",
        arguments: &["validate", "SCHEMA"],
        prefix: None,
        limit: usize::MAX,
        note: "",
    },
    Peer {
        name: "ajv-cli",
        program: "node_modules/.bin/ajv",
        arguments: &[
            "validate",
            "--spec=draft7",
            "--strict=false",
            "--validate-formats=false",
            "-s",
            "SCHEMA",
        ],
        prefix: Some("-d"),
        limit: usize::MAX,
        note: "formats off",
    },
    Peer {
        name: "check-jsonschema",
        program: "py/bin/check-jsonschema",
        arguments: &["--schemafile", "SCHEMA"],
        prefix: None,
        limit: usize::MAX,
        note: "",
    },
    Peer {
        name: "yamllint",
        program: "py/bin/yamllint",
        arguments: &["-d", "relaxed"],
        prefix: None,
        limit: 1000,
        note: "no schema",
    },
];

/// What the peers are given.
pub(crate) struct Setting<'a> {
    /// A generated catalog.
    pub(crate) catalog: &'a Path,
    pub(crate) peers: &'a Path,
    pub(crate) schema: &'a Path,
    pub(crate) runs: usize,
}

/// One row a peer, each with its ratio to what gitsm took on the same folder.
pub(crate) fn compare(setting: &Setting, table: &mut Table) -> Outcome<()> {
    let documents = components(setting.catalog)?;
    for peer in &PEERS {
        let Some(program) = find(setting.peers, peer.program) else {
            let reason =
                format!("not installed: no {}", setting.peers.join(peer.program).display());
            table.absent(peer.name, &reason);
            continue;
        };
        let schema = setting.schema.canonicalize();
        let wants_schema = peer.arguments.contains(&"SCHEMA");
        let schema = match schema {
            Ok(path) => path,
            Err(_) if !wants_schema => PathBuf::new(),
            Err(error) => {
                let path = setting.schema.display();
                table.absent(peer.name, &format!("no schema {path}: {error}"));
                continue;
            }
        };
        let given = &documents[..documents.len().min(peer.limit)];
        let job = Job {
            program,
            folder: setting.catalog.to_owned(),
            batches: batches(peer, &schema.to_string_lossy(), given),
            forget: None,
            before: None,
        };
        let sample = measure(&job, setting.runs)?;
        table.row(peer.name, given.len(), &sample, &remark(peer, job.batches.len()));
    }
    Ok(())
}

fn remark(peer: &Peer, processes: usize) -> String {
    match processes {
        0 | 1 => peer.note.to_owned(),
        _ => format!("{processes} processes {}", peer.note),
    }
}

/// The paths of all Components, relative to the catalog.
fn components(catalog: &Path) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for path in list(catalog)? {
        let path = path.strip_prefix(catalog).unwrap_or(&path).to_owned();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("component-")) {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(found)
}

fn find(folder: &Path, program: &str) -> Option<PathBuf> {
    let plain = folder.join(program);
    let names = [plain.clone(), plain.with_extension("exe"), plain.with_extension("cmd")];
    // Not canonical: a Python environment is recognised by the path of its program.
    names.into_iter().find(|path| path.is_file()).and_then(|path| std::path::absolute(path).ok())
}

/// The documents on as few command lines as possible.
fn batches(peer: &Peer, schema: &str, documents: &[String]) -> Vec<Vec<String>> {
    let own = peer.arguments.iter().map(|&part| if part == "SCHEMA" { schema } else { part });
    let own: Vec<String> = own.map(str::to_owned).collect();
    let mut batches = vec![own.clone()];
    let mut length = 0;
    for document in documents {
        length += document.len() + 1 + peer.prefix.map_or(0, |prefix| prefix.len() + 1);
        if length > COMMAND_LINE {
            batches.push(own.clone());
            length = document.len();
        }
        if let Some(batch) = batches.last_mut() {
            batch.extend(peer.prefix.map(str::to_owned));
            batch.push(document.clone());
        }
    }
    batches
}

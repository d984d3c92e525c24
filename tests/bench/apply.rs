//! `gitsm apply` of many objects to a REST API that takes its time, against what waiting alone costs;
//! and beside it Ansible, which does some of them.
//!
//! The server is one of this process: a thread a connection, an answer after so many milliseconds.
//! Begin at [`compare`].

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::Outcome;
use crate::generate::{at, hermetic};
use crate::measure::{Job, Sample, measure};
use crate::table::Table;

/// How long each answer takes.
const LATENCY: Duration = Duration::from_millis(20);

/// How many requests gitsm has under way at a time.
const AT_ONCE: usize = 8;

/// How many objects Ansible does: its rows are for each object.
const FEW: usize = 200;

/// What is compared, and where.
pub(crate) struct Setting<'a> {
    pub(crate) gitsm: &'a Path,
    pub(crate) place: &'a Path,
    pub(crate) entities: usize,
    pub(crate) runs: usize,
}

/// What a server holds: the bodies of objects, by name.
type Objects = Arc<Mutex<BTreeMap<String, String>>>;

/// Measures all rows.
pub(crate) fn compare(setting: &Setting<'_>, table: &mut Table) -> Outcome<()> {
    let objects = Objects::default();
    let port = serve(&objects)?;
    fs::create_dir_all(setting.place).map_err(|error| at("make", setting.place, &error))?;
    let place = setting.place.canonicalize().map_err(|error| at("find", setting.place, &error))?;
    let folder = place.join(format!("catalog-{}", setting.entities));
    catalog(&folder, port, setting.entities)?;
    let floor = LATENCY * u32::try_from(setting.entities / AT_ONCE).unwrap_or(u32::MAX);
    let waiting = Sample { best: floor, median: floor, peak_kib: None, failure: None };
    table.compare_with("waiting", setting.entities, &waiting);
    table.row("waiting", setting.entities, &waiting, "objects x latency / 8 at a time");
    let forget = || -> Outcome<()> {
        objects.lock().map_err(|error| error.to_string())?.clear();
        Ok(())
    };
    let mut job = Job::new(setting.gitsm, &folder, &["apply", "--auto-approve"]);
    job.before = Some(&forget);
    let sample = measure(&job, setting.runs)?;
    table.row(
        "gitsm apply, all new",
        setting.entities,
        &sample,
        "read, planned, done, looked at again",
    );
    let made = objects.lock().map_err(|error| error.to_string())?.len();
    if made != setting.entities {
        return Err(format!("{made} objects were made, and not {}", setting.entities));
    }
    let job = Job::new(setting.gitsm, &folder, &["apply", "--auto-approve"]);
    let sample = measure(&job, setting.runs)?;
    table.row("gitsm apply, nothing to do", setting.entities, &sample, "");
    ansible(&place, port, setting.runs, table)
}

/// Ansible does some of the same, as a playbook is written: one task, a loop.
fn ansible(place: &Path, port: u16, runs: usize, table: &mut Table) -> Outcome<()> {
    let found = Command::new("ansible-playbook").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        table.absent("ansible, uri in a loop", "not installed (`pip install ansible-core`)");
        return Ok(());
    }
    let playbook = format!(
        "- hosts: localhost\n  connection: local\n  gather_facts: false\n  vars: \
         {{ansible_python_interpreter: \"{{{{ ansible_playbook_python }}}}\"}}\n  tasks:\n    - uri:\n        \
         url: http://127.0.0.1:{port}/ci/vm-{{{{ item }}}}\n        method: PUT\n        body_format: \
         json\n        body: {{fields: {{size: 4}}}}\n        status_code: [200, 201]\n      loop: \
         \"{{{{ range(0, {FEW}) | list }}}}\"\n"
    );
    let file = place.join("playbook.yaml");
    fs::write(&file, playbook).map_err(|error| at("write", &file, &error))?;
    let path = file.display().to_string();
    let job = Job::new(Path::new("ansible-playbook"), place, &["-i", "localhost,", &path]);
    let sample = measure(&job, runs)?;
    table.row("ansible, uri in a loop", FEW, &sample, "one module call an object");
    Ok(())
}

/// A catalog of items, and a target that takes them all.
fn catalog(folder: &Path, port: u16, items: usize) -> Outcome<()> {
    let cis = folder.join("cis");
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(&cis).map_err(|error| at("make", &cis, &error))?;
    let write =
        |path: &Path, text: &str| fs::write(path, text).map_err(|error| at("write", path, &error));
    write(&folder.join("gitsm.yaml"), "id: bench/apply\n")?;
    write(
        &folder.join("team.yaml"),
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    )?;
    let target = format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: api}}\nspec:\n  owner: team:ops\n  \
         driver: http\n  settings:\n    url: http://127.0.0.1:{port}\n    concurrency: {AT_ONCE}\n    \
         kinds:\n      ci:\n        list: {{path: /ci, items: /items}}\n        id: /name\n        \
         fields: /fields\n        mark: /mark\n        get: {{path: '/ci/{{{{ handle }}}}'}}\n        \
         create: {{method: PUT, path: '/ci/{{{{ object.name }}}}', body: {{fields: '{{{{ fields }}}}', \
         mark: '{{{{ mark }}}}'}}}}\n        delete: {{method: DELETE, path: '/ci/{{{{ handle }}}}'}}\n  \
         mapping:\n    ci:\n      name: '{{{{ entity.metadata.name }}}}'\n      fields: {{size: 4, owner: \
         '{{{{ entity.spec.owner }}}}'}}\n  selector: {{kinds: [ConfigurationItem]}}\n  limits: {{atOnce: \
         {AT_ONCE}}}\n"
    );
    write(&folder.join("target.yaml"), &target)?;
    for number in 0..items {
        let text = format!(
            "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: vm-{number:06}}}\nspec: \
             {{class: compute.vm, owner: team:ops, environment: test, lifecycle: {{stage: \
             operational}}}}\n"
        );
        write(&cis.join(format!("vm-{number:06}.yaml")), &text)?;
    }
    for arguments in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "the catalog"],
    ] {
        let status = hermetic(Path::new("git"), folder).args(arguments).status();
        if !status.is_ok_and(|status| status.success()) {
            return Err(format!("git {} failed in {}", arguments.join(" "), folder.display()));
        }
    }
    Ok(())
}

/// Serves for as long as the process lives; gives the port.
fn serve(objects: &Objects) -> Outcome<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let objects = Arc::clone(objects);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let objects = Arc::clone(&objects);
            thread::spawn(move || answer_all(stream, &objects));
        }
    });
    Ok(port)
}

fn answer_all(stream: TcpStream, objects: &Objects) {
    let _ = stream.set_nodelay(true);
    let Ok(mut out) = stream.try_clone() else { return };
    let mut from = BufReader::new(stream);
    while let Some((method, path, body)) = request(&mut from) {
        thread::sleep(LATENCY);
        let Ok(mut all) = objects.lock() else { return };
        let name = path.trim_start_matches("/ci").trim_start_matches('/').to_owned();
        let (status, body) = match (method.as_str(), name.as_str()) {
            ("GET", "") => (200, listed(&all)),
            ("PUT", _) => {
                all.insert(name, body);
                (201, "{}".to_owned())
            }
            ("GET", name) => match all.get(name) {
                Some(body) => (200, item(name, body)),
                None => (404, "{}".to_owned()),
            },
            _ => (405, "{}".to_owned()),
        };
        drop(all);
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let sent = out.write_all(head.as_bytes()).and_then(|()| out.write_all(body.as_bytes()));
        if sent.is_err() {
            return;
        }
    }
}

fn listed(all: &BTreeMap<String, String>) -> String {
    let items: Vec<String> = all.iter().map(|(name, body)| item(name, body)).collect();
    format!("{{\"items\":[{}]}}", items.join(","))
}

/// An object with its name in it: what was sent is a mapping.
fn item(name: &str, body: &str) -> String {
    format!("{{\"name\":\"{name}\",{}", body.trim_start().trim_start_matches('{'))
}

fn request(from: &mut impl BufRead) -> Option<(String, String, String)> {
    let mut line = String::new();
    from.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let path = path.split('?').next()?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        from.read_line(&mut header).ok().filter(|count| *count > 0)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some((method, path, String::from_utf8(body).ok()?))
}

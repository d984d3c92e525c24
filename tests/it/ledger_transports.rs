//! The ledger over the ways that Git has to a remote: files, `git daemon`, smart HTTP with a
//! password, SSH.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::ledger::{catalog, clone, json, ledger, record, remote, subjects};
use crate::support::Folder;

/// Begins a ledger in a clone of an address, records, and reads it in another clone.
fn round_trip(address: &str) {
    let here = clone(address);
    let run = ledger(here.path(), &["init", "--as", "person:ada"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("here and on origin"), "{run:?}");
    let other = clone(address);
    record(here.path(), "person:default/ada", 1);
    record(other.path(), "person:default/ben", 2);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(subjects(here.path()), subjects(other.path()));
    assert_eq!(json(here.path(), &["log"])["pending"], 0);
}

fn served() -> Folder {
    let there = remote();
    there.run_git(&["config", "http.receivepack", "true"]);
    catalog("").run_git(&["push", "--quiet", there.path().to_str().unwrap(), "main"]);
    there
}

#[test]
fn a_ledger_goes_through_files() {
    let there = served();
    round_trip(&format!("file://{}", there.path().display()));
    let there = served();
    round_trip(there.path().to_str().unwrap());
}

/// A process that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn until_up(port: u16) {
    for _ in 0..500 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing listens on {port}");
}

fn core(name: &str) -> PathBuf {
    let output = Command::new("git").arg("--exec-path").output().unwrap();
    Path::new(String::from_utf8_lossy(&output.stdout).trim()).join(name)
}

#[test]
fn a_ledger_goes_through_the_git_daemon() {
    let there = served();
    let port = free_port();
    // Started by its own file: `git daemon` would leave it behind when it is ended.
    let base = format!("--base-path={}", there.path().parent().unwrap().display());
    let program = core("git-daemon");
    if !program.exists() {
        println!("SKIPPED: this Git has no daemon");
        return;
    }
    let mut command = Command::new(program);
    command
        .args(["--listen=127.0.0.1", "--export-all", "--enable=receive-pack", "--reuseaddr"])
        .arg(format!("--port={port}"))
        .arg(base)
        .arg(there.path())
        .stderr(Stdio::null());
    let _server = Server(command.spawn().unwrap());
    until_up(port);
    let name = there.path().file_name().unwrap().to_str().unwrap();
    round_trip(&format!("git://127.0.0.1:{port}/{name}"));
}

/// What a CGI program answers to one request, as HTTP.
fn answer(stream: &TcpStream, root: &Path, program: &Path) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |wanted: &str| {
        headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
    };
    let mut out = stream.try_clone().ok()?;
    // ada:s3cret
    if header("authorization").as_deref() != Some("Basic YWRhOnMzY3JldA==") {
        let refused = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return out.write_all(refused.as_bytes()).ok();
    }
    if header("expect").is_some() {
        out.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let mut body = Vec::new();
    match header("content-length") {
        Some(length) => {
            body.resize(length.parse().ok()?, 0);
            reader.read_exact(&mut body).ok()?;
        }
        None if header("transfer-encoding").is_some() => loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).ok()?;
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                break;
            }
        },
        None => {}
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut command = Command::new(program);
    command
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("REMOTE_USER", "ada")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_LENGTH", body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    for (name, variable) in [
        ("content-type", "CONTENT_TYPE"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "HTTP_GIT_PROTOCOL"),
    ] {
        if let Some(value) = header(name) {
            command.env(variable, value);
        }
    }
    let mut child = command.spawn().ok()?;
    let mut input = child.stdin.take()?;
    let writer = thread::spawn(move || input.write_all(&body));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    let text = output.stdout;
    let end = text.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let kept: Vec<&str> = head.lines().filter(|line| !line.starts_with("Status:")).collect();
    let content = &text[end + 4..];
    let head = format!(
        "HTTP/1.1 {status}\r\n{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        kept.join("\r\n"),
        content.len()
    );
    out.write_all(head.as_bytes()).ok()?;
    out.write_all(content).ok()
}

#[test]
fn a_ledger_goes_through_smart_http_and_the_password_is_never_printed() {
    let program = core("git-http-backend");
    if !program.exists() || !core("git-remote-http").exists() {
        println!("SKIPPED: this Git has no smart HTTP");
        return;
    }
    let there = served();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let root = there.path().to_owned();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (root, program) = (root.clone(), program.clone());
            thread::spawn(move || answer(&stream, &root, &program));
        }
    });
    round_trip(&format!("http://ada:s3cret@127.0.0.1:{port}/"));
    // A wrong password is told without it.
    let here = clone(&format!("http://ada:s3cret@127.0.0.1:{port}/"));
    here.run_git(&["remote", "set-url", "origin", &format!("http://ada:wr0ng@127.0.0.1:{port}/")]);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(!format!("{run:?}").contains("wr0ng"), "{run:?}");
    assert!(run.stderr.contains("cannot reach origin"), "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_ledger_goes_through_ssh() {
    let Some(sshd) =
        ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].iter().find(|path| Path::new(path).exists())
    else {
        println!("SKIPPED: there is no sshd");
        return;
    };
    let there = served();
    let keys = Folder::new();
    let (port, dir) = (free_port(), keys.path().to_str().unwrap().to_owned());
    for name in ["host", "user"] {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f", &format!("{dir}/{name}")])
            .status()
            .unwrap();
        assert!(made.success());
    }
    std::fs::copy(keys.path().join("user.pub"), keys.path().join("authorized")).unwrap();
    keys.write(
        "conf",
        format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {dir}/host\nAuthorizedKeysFile \
             {dir}/authorized\nStrictModes no\nUsePAM no\nPidFile none\n"
        ),
    );
    let _ = std::fs::create_dir_all("/run/sshd");
    let conf = format!("{dir}/conf");
    let server = Command::new(sshd).args(["-D", "-e", "-f", &conf]).stderr(Stdio::null()).spawn();
    let _server = Server(server.unwrap());
    until_up(port);
    let command = format!(
        "ssh -F none -i {dir}/user -o StrictHostKeyChecking=no -o UserKnownHostsFile={dir}/known \
         -o BatchMode=yes"
    );
    let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
    let address = format!("ssh://{user}@127.0.0.1:{port}{}", there.path().display());
    let here = Folder::git();
    here.run_git(&["config", "core.sshCommand", &command]);
    here.run_git(&["remote", "add", "origin", &address]);
    here.run_git(&["fetch", "--quiet", "origin"]);
    here.run_git(&["checkout", "--quiet", "-b", "main", "origin/main"]);
    let run = ledger(here.path(), &["init", "--as", "person:ada"]);
    assert_eq!(run.code, 0, "{run:?}");
    record(here.path(), "person:default/ada", 1);
    assert_eq!(there.run_git(&["rev-list", "--count", "gitsm/ledger"]).trim(), "2");
}

//! The comfort of a shell: completion, pager, colours.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Folder, component, group};

fn catalog() -> Folder {
    let folder = Folder::git();
    folder.write("a.yaml", format!("{}---\n{}", component("shop"), component("shipping")));
    folder.write("b.yaml", group("payments")).commit("begin");
    folder
}

fn completed(folder: &Folder, words: &[&str]) -> Vec<String> {
    let mut all = vec!["complete", "--", "gitsm"];
    all.extend(words);
    let run = folder.gitsm(&all);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{words:?}");
    run.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn kinds_and_names_are_completed() {
    let folder = catalog();
    let completed = |words: &[&str]| completed(&folder, words);
    assert_eq!(completed(&["val"]), ["validate"]);
    assert_eq!(completed(&["get", "comp"]), ["components"]);
    assert_eq!(completed(&["get", "component", "sh"]), ["shipping", "shop"]);
    assert_eq!(completed(&["get", "component", "shop", ""]), ["shipping"], "what is not there yet");
    assert_eq!(completed(&["get", "component/sho"]), ["component/shop"]);
    assert_eq!(completed(&["get", "component:sho"]), ["component:shop"]);
    assert_eq!(completed(&["get", "svc,comp"]), ["svc,components"]);
    assert_eq!(completed(&["get", "shi"]), ["shipping"]);
    assert_eq!(completed(&["get", "--owner", "team:"]), ["team:payments"]);
    assert_eq!(completed(&["get", "--owner=group:pa"]), ["--owner=group:payments"]);
    assert_eq!(completed(&["get", "-o", "j"]), ["json", "jsonpath="]);
    assert_eq!(completed(&["--color", "al"]), ["always"]);
    assert_eq!(completed(&["get", "--na"]), ["--namespace"]);
    assert_eq!(completed(&["explain", "file-enc"]), ["file-encoding"]);
    assert_eq!(completed(&["help", "exp"]), ["explain"]);
}

#[test]
fn completion_goes_where_the_line_goes_and_never_complains() {
    let folder = catalog();
    let above = Folder::new();
    let there = folder.path().to_str().unwrap();
    assert_eq!(completed(&above, &["-C", there, "get", "component", "shi"]), ["shipping"]);
    folder.remove("a.yaml").commit("gone");
    let before = ["get", "--at", "HEAD~1", "component", "shi"];
    assert_eq!(completed(&folder, &before), ["shipping"], "at a revision");
    for words in [
        &["-C", "/nonexistent", "get", "service", "x"][..],
        &["get", "--at", "nonsense", "service", ""],
        &["nonsense", ""],
        &["get", "--nonsense", "x"],
        &[],
    ] {
        assert_eq!(completed(&folder, words), [""; 0], "{words:?}");
    }
    folder.write("broken.yaml", "apiVersion: gitsm/v1alpha1\nkind: [\n");
    assert_eq!(completed(&folder, &["get", "team", ""]), ["payments"]);
}

/// What bash offers for a line, its words split as bash splits them.
fn in_bash(folder: &Path, line: &str, words: &[&str]) -> Option<Vec<String>> {
    let program = Path::new(env!("CARGO_BIN_EXE_gitsm"));
    let script = "\
        source <(gitsm completions bash)\n\
        COMP_LINE=$1; COMP_POINT=${#COMP_LINE}; shift\n\
        COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))\n\
        COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'\n\
        _gitsm; printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let path = format!("{}:/usr/bin:/bin", program.parent()?.display());
    let output = Command::new("bash")
        .args(["--norc", "-c", script, "bash", line])
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .output()
        .ok()?;
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

#[test]
#[cfg(unix)]
fn bash_completes_names_though_it_splits_at_colons() {
    let folder = catalog();
    let offered = |line: &str, words: &[&str]| in_bash(folder.path(), line, words);
    // Where there is no bash there is nothing to test.
    if offered("gitsm va", &["gitsm", "va"]).is_none() {
        return;
    }
    for (line, words, expected) in [
        ("gitsm va", &["gitsm", "va"][..], &["validate"][..]),
        ("gitsm get component sh", &["gitsm", "get", "component", "sh"], &["shipping", "shop"]),
        ("gitsm get component ", &["gitsm", "get", "component", ""], &["shipping", "shop"]),
        ("gitsm get component/sho", &["gitsm", "get", "component/sho"], &["component/shop"]),
        ("gitsm get component:sho", &["gitsm", "get", "component", ":", "sho"], &["shop"]),
        ("gitsm get component:", &["gitsm", "get", "component", ":"], &["shipping", "shop"]),
        (
            "gitsm get --owner=team:p",
            &["gitsm", "get", "--owner", "=", "team", ":", "p"],
            &["payments"],
        ),
        ("gitsm get --color=al", &["gitsm", "get", "--color", "=", "al"], &["always"]),
    ] {
        assert_eq!(offered(line, words).unwrap(), expected, "{line}");
    }
}

#[test]
fn every_shell_has_a_script() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.gitsm(&["completions", shell]);
        assert_eq!(run.code, 0, "{shell}: {}", run.stderr);
        assert!(run.stdout.contains("gitsm"), "{shell}");
    }
}

/// Runs gitsm on a terminal, by `script` of util-linux; nothing where there is none.
fn on_terminal(folder: &Path, line: &str, environment: &[(&str, &str)]) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_gitsm");
    let mut command = Command::new("script");
    command
        .args(["-q", "-e", "-c", &format!("stty cols 60 rows 10; {program} {line}"), "/dev/null"])
        .current_dir(folder)
        .env_clear()
        .env("TERM", "xterm")
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null());
    for (name, value) in environment {
        command.env(name, value);
    }
    let output = command.output().ok()?;
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stdout));
    Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

#[test]
#[cfg(target_os = "linux")]
fn long_output_goes_through_the_pager_of_the_user() {
    let folder = catalog();
    let shown =
        |line: &str, environment: &[(&str, &str)]| on_terminal(folder.path(), line, environment);
    let Some(first) = shown("get components", &[("PAGER", "sed s/^/paged:/")]) else { return };
    // `script` is there, and may still be another system's.
    if !first.contains("NAME") {
        return;
    }
    assert!(first.contains("paged:"), "{first}");
    let own =
        shown("get components", &[("PAGER", "cat"), ("GITSM_PAGER", "sed s/^/own:/")]).unwrap();
    assert!(own.contains("own:"), "{own}");
    for (line, environment) in [
        ("--no-pager get components", &[("PAGER", "sed s/^/paged:/")][..]),
        ("get components", &[("PAGER", "no-such-pager")]),
        ("get components", &[("PAGER", "./pager")]),
        ("get components", &[("PAGER", "")]),
    ] {
        let text = shown(line, environment).unwrap();
        assert!(text.contains("shipping") && !text.contains("paged:"), "{environment:?}: {text}");
    }
    // A pager that reads nothing and goes: no failure.
    assert!(shown("explain --list", &[("PAGER", "true")]).is_some());
}

#[test]
#[cfg(target_os = "linux")]
fn colours_are_for_terminals_that_want_them() {
    let folder = catalog();
    let colored = |line: &str, environment: &[(&str, &str)]| {
        let mut all = vec![("PAGER", "cat")];
        all.extend(environment);
        Some(on_terminal(folder.path(), line, &all)?.contains("\u{1b}[1m"))
    };
    let Some(plain) = colored("get components", &[]) else { return };
    if !plain {
        return;
    }
    assert_eq!(colored("get components", &[("NO_COLOR", "1")]), Some(false));
    assert_eq!(colored("get components", &[("CLICOLOR", "0")]), Some(false));
    assert_eq!(colored("--color never get components", &[]), Some(false));
    assert_eq!(colored("--color always get components", &[("NO_COLOR", "1")]), Some(true));
    let pipe = folder.gitsm(&["get", "components"]).stdout;
    assert!(!pipe.contains('\u{1b}'), "{pipe}");
    let forced = folder.gitsm(&["--color", "always", "get", "components"]).stdout;
    assert!(forced.starts_with("\u{1b}[1mNAME"), "{forced}");
}

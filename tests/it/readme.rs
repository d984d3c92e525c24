//! The README's examples, run as they stand there.

use std::fs;
use std::process::Command;

use crate::support::project;

/// The commands of a text's `console` blocks, with what they print; `…` on a line of its own stands
/// for lines that are left out.
fn examples(text: &str) -> Vec<(String, Vec<String>)> {
    let blocks = text.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("\n```").next().unwrap());
    blocks
        .map(|block| {
            let (command, printed) = block.split_once('\n').unwrap_or((block, ""));
            let command = command.strip_prefix("$ ").unwrap().to_owned();
            (command, printed.lines().map(str::to_owned).collect())
        })
        .collect()
}

/// Whether lines are those that are wanted, where `…` stands for any number of them.
pub(crate) fn fits(wanted: &[String], lines: &[&str]) -> bool {
    match wanted.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..]))
        }
        Some((first, rest)) => {
            lines.first().is_some_and(|line| line == first) && fits(rest, &lines[1..])
        }
    }
}

#[cfg(unix)]
#[test]
fn the_readme_shows_what_its_commands_print() {
    let text = fs::read_to_string(project().join("README.md")).unwrap();
    let examples = examples(&text);
    let asked = examples.iter().filter(|(command, _)| command.contains("-C examples/acme"));
    assert!(asked.count() >= 10, "ten questions to acme");
    for (command, wanted) in &examples {
        assert!(command.contains("-C examples/acme"), "{command}: only questions to acme");
        let folder = tempfile::tempdir().unwrap();
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_gitsm")).parent().unwrap();
        let output = Command::new("/bin/sh")
            .args(["-c", command])
            .current_dir(project())
            .env_clear()
            .env("HOME", folder.path())
            .env("PATH", format!("{}:/usr/bin:/bin", binary.display()))
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = printed.trim_end().lines().collect();
        assert!(
            fits(wanted, &lines),
            "{command}\n{printed}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

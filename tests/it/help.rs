//! What `--help` says.

use clap::CommandFactory;

use crate::support::Folder;

#[test]
fn the_first_help_lists_the_commands() {
    insta::assert_snapshot!("gitsm", Folder::new().gitsm(&["--help"]).stdout);
}

#[test]
fn every_command_has_a_help_with_an_example() {
    let folder = Folder::new();
    let grammar = gitsm::cli::Cli::command();
    let mut paths: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(path) = paths.pop() {
        let command = path.iter().try_fold(&grammar, |at, name| at.find_subcommand(name)).unwrap();
        for inner in command.get_subcommands() {
            paths.push(path.iter().cloned().chain([inner.get_name().to_owned()]).collect());
        }
        if command.get_subcommands().next().is_some() {
            continue;
        }
        let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = folder.gitsm(&words).stdout;
        let name = path.join(" ");
        assert!(help.contains("Example"), "{name}: {help}");
        assert!(help.contains(&format!("gitsm {name}")), "{name}");
        insta::assert_snapshot!(format!("gitsm {name}").replace(' ', "-"), help);
    }
}

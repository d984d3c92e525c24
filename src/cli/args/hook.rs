//! Arguments of `hook`.

use clap::{Args, Subcommand};

pub(super) const EXAMPLES: &str = "\
Examples:
  hooks/pre-receive on the server:   #!/bin/sh
                                     exec gitsm hook pre-receive
  hooks/post-receive on the server:  #!/bin/sh
                                     exec gitsm hook post-receive
  .git/hooks/pre-commit:             #!/bin/sh
                                     exec gitsm hook pre-commit

On the server, once:
  git config receive.advertisePushOptions true
  git config receive.denyDeletes true
  git config receive.certNonceSeed \"$(openssl rand -hex 20)\"   for `git push --signed`
  git config gitsm.as pipeline:NAME                             who records what landed
  git config gitsm.key /etc/gitsm/key                           and with which key

Push options: `-o change=NAME` names a change that neither a request nor a trailer names; `-o verbose`
shows the whole verdict.

Exit codes: 0 it may come in, 1 it may not, 3 it cannot be judged, so it may not.";

/// Arguments of `hook`.
#[derive(Debug, Args)]
pub struct Hook {
    /// Which hook.
    #[command(subcommand)]
    pub command: HookCommand,
}

/// The hooks.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum HookCommand {
    /// On a server: let in what the gate lets through
    #[command(after_help = EXAMPLES)]
    PreReceive,
    /// On a server: record what landed
    #[command(after_help = EXAMPLES)]
    PostReceive,
    /// In a clone: say what is wrong with what is staged
    #[command(after_help = EXAMPLES)]
    PreCommit,
}

//! The walk: what the reader is told, what is typed, and how it must end. Data; `cli` shows it.

/// A part of the walk.
#[derive(Debug)]
pub struct Step {
    /// Its headline.
    pub title: &'static str,
    /// What the reader should know before.
    pub told: &'static str,
    /// What happens.
    pub acts: &'static [Act],
}

/// What somebody does.
#[derive(Debug)]
pub enum Act {
    /// They run a command.
    Run {
        /// Who; their clone is where it runs.
        who: &'static str,
        /// What they type.
        line: &'static str,
        /// The exit code that it must have.
        exit: i32,
        /// What is shown of what it prints.
        show: Show,
    },
    /// They edit a file.
    Edit {
        /// Who.
        who: &'static str,
        /// The file in their clone.
        file: &'static str,
        /// What stood there.
        from: &'static str,
        /// What stands there now.
        to: &'static str,
    },
    /// They write a file.
    Write {
        /// Who.
        who: &'static str,
        /// The file in their clone.
        file: &'static str,
        /// What is in it.
        text: &'static str,
    },
}

/// What is shown of what a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Everything.
    All,
    /// Its first lines.
    First(usize),
    /// Nothing.
    Nothing,
}

const DB: &str = "terraform/prod/db/main.tf";

/// The walk, from a change that nobody saw to one that was taken back.
pub static STEPS: &[Step] = &[
    Step {
        title: "A small edit",
        told: "Jonas of payments wants more disk under the checkout. He edits one line of Terraform \
               and nothing else.",
        acts: &[
            Act::Run {
                who: "jonas",
                line: "git switch --create bigger-db",
                exit: 0,
                show: Show::All,
            },
            Act::Edit {
                who: "jonas",
                file: DB,
                from: "allocated_storage           = 800",
                to: "allocated_storage           = 1200",
            },
            Act::Run {
                who: "jonas",
                line: "git commit --all --message 'More disk under the checkout'",
                exit: 0,
                show: Show::All,
            },
        ],
    },
    Step {
        title: "What it really changes",
        told: "No catalog file was touched. The catalog says whose that Terraform is, so gitsm knows \
               what hangs on it, how risky that is and who must agree.",
        acts: &[Act::Run { who: "jonas", line: "gitsm diff", exit: 0, show: Show::All }],
    },
];

/// What to try when the walk is over.
pub static TRY_NEXT: &[(&str, &str)] = &[
    ("gitsm get service/checkout", "all that is worth knowing about a service"),
    ("gitsm impact ci:checkout-db", "what fails with it, and whom to call"),
    ("gitsm change backtest", "the year behind you, judged by acme's policy"),
    ("gitsm ledger log", "what was recorded, by whom"),
];

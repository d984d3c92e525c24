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
    /// They write a file; `../` leads to the folder of the demo.
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
    /// Of its parts, between empty lines, those that begin like this; of each so many lines.
    Parts(&'static [&'static str], usize),
    /// Nothing.
    Nothing,
}

const DB: &str = "terraform/prod/db/main.tf";

/// Somebody runs a command that must end well, and all of what it prints is shown.
const fn runs(who: &'static str, line: &'static str) -> Act {
    Act::Run { who, line, exit: 0, show: Show::All }
}

/// Somebody runs a command that must end well; what it prints is of no interest.
const fn quietly(who: &'static str, line: &'static str) -> Act {
    Act::Run { who, line, exit: 0, show: Show::Nothing }
}

/// Somebody pushes, and is refused.
const fn refused(who: &'static str, line: &'static str) -> Act {
    Act::Run { who, line, exit: 1, show: Show::All }
}

const fn resized(from: &'static str, to: &'static str) -> Act {
    Act::Edit { who: "jonas", file: DB, from, to }
}

const SMALL: &str = "db.r8g.2xlarge";
const LARGER: &str = "db.r8g.4xlarge";
const HUGE: &str = "db.r8g.24xlarge";

const REQUEST: &str = "\
apiVersion: gitsm/v1alpha1
kind: ChangeRequest
metadata: {name: bigger-db, title: A larger machine for the database}
spec:
  reason: Orders wait for it on Fridays.
  owner: team:payments
  plan:
    implementation: Terraform resizes the standby, fails over to it, then resizes the other.
    test: Done on staging on Monday, under load.
";

const STRICTER: &str = "\
apiVersion: gitsm/v1alpha1
kind: ChangePolicy
metadata: {name: stricter}
spec:
  owner: team:change-board
  bands: {moderate: 4, high: 8, veryHigh: 12}
  approvals:
    high: {peers: 1, owners: true, teams: [team:platform], grade: signed}
    very_high: {peers: 2, owners: true, teams: [team:change-board], grade: signed}
";

/// The walk, from an edit that looks harmless to one that was taken back.
pub static STEPS: &[Step] = &[
    Step {
        title: "A small edit",
        told: "Jonas of payments wants a larger machine under the checkout's database. He edits one \
               line of Terraform, and nothing else.",
        acts: &[
            quietly("jonas", "git switch --create bigger-db"),
            resized(SMALL, LARGER),
            runs("jonas", "git commit --all --message 'A larger machine for the database'"),
        ],
    },
    Step {
        title: "What it really changes",
        told: "No file of the catalog was touched. But the database's entry in it says which files \
               implement the database, so gitsm knows what hangs on them, how risky that is, and who \
               must agree.",
        acts: &[
            runs("jonas", "gitsm get ci:checkout-db -o jsonpath={.spec.sources}"),
            Act::Run {
                who: "jonas",
                line: "gitsm diff",
                exit: 0,
                show: Show::Parts(&["~ ", "What it can", "Risk", "Who must"], 7),
            },
        ],
    },
    Step {
        title: "The gate",
        told: "acme has no forge such as GitHub or GitLab, where this would be a check of the pull \
               request; it has a bare repository with gitsm as its pre-receive hook, two lines of \
               shell. Jonas pushes to main. The answer says what is missing, and who can do what \
               about it. What stands in brackets is only told: acme does not hold merges up for it.",
        acts: &[refused("jonas", "git push origin bigger-db:main")],
    },
    Step {
        title: "Saying why, and being agreed to",
        told: "He says why and how, in a file beside the change (`gitsm change new` would begin it for \
               him), and puts it forward: `change propose`. Ada, who owns \
               the database, agrees, and so does Ines of platform. Each signs with the key that the \
               main branch lists for them. It is written to a branch of its own, the ledger; nothing \
               is added to theirs.",
        acts: &[
            Act::Write { who: "jonas", file: "changes/bigger-db.yaml", text: REQUEST },
            quietly("jonas", "git add changes/bigger-db.yaml"),
            quietly("jonas", "git commit --message 'Say why, and how'"),
            quietly("jonas", "git push --set-upstream origin bigger-db"),
            Act::Run { who: "jonas", line: "gitsm change propose", exit: 0, show: Show::First(5) },
            quietly("ada", "git fetch"),
            runs("ada", "gitsm change approve bigger-db"),
            quietly("ines", "git fetch"),
            runs("ines", "gitsm change approve bigger-db"),
        ],
    },
    Step {
        title: "An edit after the approval",
        told: "All have agreed. Now Jonas makes it a little more, and pushes to main before anybody \
               looks again.",
        acts: &[
            resized(LARGER, HUGE),
            quietly("jonas", "git commit --all --message 'Rather more'"),
            Act::Run {
                who: "jonas",
                line: "git push origin bigger-db:main",
                exit: 1,
                show: Show::First(7),
            },
        ],
    },
    Step {
        title: "Agreed to again",
        told: "An approval is for exactly what was shown: any edit of a value ends it, and so does \
               another reason. Indentation, comments or a rebase would have changed nothing. So they \
               look again.",
        acts: &[
            quietly("jonas", "git push"),
            quietly("jonas", "gitsm change propose"),
            quietly("ada", "git fetch"),
            Act::Run {
                who: "ada",
                line: "gitsm change approve bigger-db",
                exit: 0,
                show: Show::First(2),
            },
            quietly("ines", "git fetch"),
            runs("ines", "gitsm change approve bigger-db"),
        ],
    },
    Step {
        title: "What needs nobody",
        told: "Meanwhile Ines deploys a new version of the shop's pages. acme agreed beforehand to \
               changes that are nothing else (the ChangeModel deploy-application), so the gate lets \
               it through at once: whoever follows the rule waits for nobody.",
        acts: &[
            Act::Edit {
                who: "ines",
                file: "cis/shop/workloads.yaml",
                from: "version: 2026.46.2",
                to: "version: 2026.47.0",
            },
            quietly(
                "ines",
                "git commit --all --message 'Shop pages 2026.47.0' --trailer 'Gitsm-Change: \
                 shop-2026-47'",
            ),
            runs("ines", "git push origin main"),
        ],
    },
    Step {
        title: "The merge",
        told: "main has moved, so Jonas merges. What the gate looks at is what merging changes, and \
               that is still what Ada and Ines saw: their approvals count, and the push is accepted.",
        acts: &[
            quietly("jonas", "git switch main"),
            quietly("jonas", "git pull"),
            quietly("jonas", "git merge --no-ff --no-edit bigger-db"),
            runs("jonas", "git push origin main"),
        ],
    },
    Step {
        title: "What is known afterwards",
        told: "The hook has recorded what landed. Who agreed to what, by which key and when, can be \
               proved by anybody who has the repository. Nothing is ever taken out: the approvals \
               that an edit voided are here as well, genuine, and of what was there then.",
        acts: &[
            quietly("ada", "git fetch"),
            runs("ada", "gitsm ledger log"),
            runs("ada", "gitsm ledger verify"),
        ],
    },
    Step {
        title: "Trying a stricter policy",
        told: "What would more control have cost? Ada writes a stricter policy down and holds it \
               against the year that is behind them, before it binds anybody.",
        acts: &[
            Act::Write { who: "ada", file: "../stricter.yaml", text: STRICTER },
            Act::Run {
                who: "ada",
                line: "gitsm change backtest --at origin/main --policy ../stricter.yaml",
                exit: 0,
                show: Show::Parts(&["Backtest", "LANDINGS", "WOULD BE ASKED"], 12),
            },
        ],
    },
    Step {
        title: "Taking it back",
        told: "It was too much after all. gitsm computes what undoes the change, and proves it: the \
               files are exactly as before, and nothing else is touched. (Applying the Terraform is \
               still his to do.) The request goes with it, and the ledger keeps what happened. The \
               way back was part of what was agreed to, so for a day nobody has to agree again.",
        acts: &[
            quietly("jonas", "git fetch"),
            runs("jonas", "gitsm revert change:bigger-db"),
            quietly(
                "jonas",
                "git commit --all --message 'Take bigger-db back' --trailer 'Gitsm-Change: \
                 bigger-db-back' --trailer 'Gitsm-Reverts: change:bigger-db'",
            ),
            runs("jonas", "git push origin main"),
        ],
    },
    Step {
        title: "Applied to what runs",
        told: "The catalog is not only read: targets follow it. Here it is Ansible's inventory of the \
               machines in Berlin, a folder; it could be Prometheus, or any REST API. Ines applies \
               what landed, somebody edits a file by hand, and gitsm tells it from what the catalog \
               wants: a plan leaves it alone, until somebody says that it is to be put right.",
        acts: &[
            quietly("ines", "git switch main"),
            quietly("ines", "git pull"),
            Act::Run {
                who: "ines",
                line: "gitsm plan ansible-inventory --set ansible-inventory.folder=../inventory",
                exit: 0,
                show: Show::First(9),
            },
            Act::Run {
                who: "ines",
                line: "gitsm apply ansible-inventory --auto-approve --set \
                       ansible-inventory.folder=../inventory",
                exit: 0,
                show: Show::First(4),
            },
            Act::Edit {
                who: "ines",
                file: "../inventory/vm-mail1.yaml",
                from: "owner: team:workplace",
                to: "owner: team:hr",
            },
            Act::Run {
                who: "ines",
                line: "gitsm drift ansible-inventory --set ansible-inventory.folder=../inventory",
                exit: 1,
                show: Show::All,
            },
            runs(
                "ines",
                "gitsm apply ansible-inventory --auto-approve --allow drift --set \
                 ansible-inventory.folder=../inventory",
            ),
            quietly(
                "ines",
                "gitsm drift ansible-inventory --set ansible-inventory.folder=../inventory",
            ),
        ],
    },
    Step {
        title: "For everybody who never opens a terminal",
        told: "The same files are a site: who is on call, what a service needs, what is planned, runbooks \
               to tick off on a phone. It needs no server, so you can open it right now.",
        acts: &[
            quietly("ada", "git switch main"),
            quietly("ada", "git pull"),
            runs("ada", "gitsm render --out ../site"),
        ],
    },
];

/// What all of it comes to.
pub const SUMMARY: &str = "Two pushes were stopped that nobody had agreed to, a routine change went \
                           through without waiting, and two people were asked once for what they \
                           saw. All of it is on record, and nobody filled in a form twice.";

/// What to try when the walk is over.
pub static TRY_NEXT: &[(&str, &str)] = &[
    ("open ../site/index.html", "in a browser: the page of each service, team and runbook"),
    ("gitsm get service/checkout", "all that is worth knowing about a service"),
    ("gitsm impact ci:checkout-db", "what fails with it, and whom to call"),
    ("gitsm change show bigger-db", "what was said, computed and recorded of the change"),
    ("gitsm change backtest", "the year behind you, judged by acme's policy"),
    ("gitsm target list", "what follows the catalog, and what was applied last"),
    ("gitsm -C ../acme.git doctor", "what on the server would let somebody around the gate"),
];

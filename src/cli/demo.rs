//! `gitsm demo`: shows the walk, part by part.

use std::io::IsTerminal as _;

use super::Environment;
use super::args::Demo;
use super::error::{Failure, print};
use crate::flow::demo::{Act, FOLDER, Performed, Request, STEPS, SUMMARY, Show, Step, TRY_NEXT};
use crate::output::{visible, wrapped};

/// How wide texts are.
const WIDTH: usize = 88;

pub(super) fn run(arguments: &Demo, environment: &Environment) -> Result<u8, Failure> {
    let folder = arguments.dir.clone().unwrap_or_else(|| FOLDER.into());
    let gitsm = std::env::current_exe();
    let gitsm = gitsm.map_err(|why| Failure::could_not(format!("where is gitsm? {why}"), None))?;
    let demo = crate::flow::demo::Demo::make(&Request {
        folder: environment.current.join(&folder),
        gitsm,
        variable: &environment.variable,
        now: chrono::Utc::now(),
    })?;
    let shown = visible(&folder.display().to_string());
    let look = Look { color: environment.color, pause: arguments.pause };
    print(&look.beginning(&shown, demo.landings))?;
    for (number, step) in STEPS.iter().enumerate() {
        look.wait()?;
        print(&look.title(number + 1, step))?;
        for act in step.acts {
            print(&look.announced(act))?;
            let performed = demo.perform(act)?;
            print(&look.performed(act, &performed))?;
            expected(act, &performed)?;
        }
    }
    look.wait()?;
    let path = (environment.variable)("PATH").unwrap_or_default();
    let unreachable = demo.unreachable(&path).map(|folder| visible(&folder.display().to_string()));
    print(&look.end(&shown, unreachable.as_deref()))?;
    Ok(0)
}

/// Holds a command to the exit code that the walk tells of.
fn expected(act: &Act, performed: &Performed) -> Result<(), Failure> {
    match act {
        Act::Run { line, exit, show, .. } if *exit != performed.code => {
            let mut message =
                format!("`{line}` ended with exit code {}, and not with {exit}", performed.code);
            if *show == Show::Nothing {
                message.push_str(&format!(": {}", performed.text.trim()));
            }
            let hint = "everything is as it was left: look, or run the demo in another folder";
            Err(Failure::could_not(message, Some(hint.to_owned())))
        }
        _ => Ok(()),
    }
}

/// How it is shown.
struct Look {
    color: bool,
    pause: bool,
}

impl Look {
    fn styled(&self, text: &str, style: anstyle::Style) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn strong(&self, text: &str) -> String {
        self.styled(text, anstyle::Style::new().bold())
    }

    /// Waits for Enter, if that was asked for and somebody is there.
    fn wait(&self) -> Result<(), Failure> {
        if !self.pause || !std::io::stdin().is_terminal() {
            return Ok(());
        }
        print(&self.styled("\n[Enter] ", anstyle::AnsiColor::BrightBlack.on_default()))?;
        let _ = std::io::stdin().read_line(&mut String::new());
        Ok(())
    }

    fn beginning(&self, folder: &str, landings: usize) -> String {
        let what = "gitsm keeps what a company runs, who answers for it and how it may change as \
                    files in Git, and keeps out changes that these rules do not allow. This is one \
                    change on its way, with real commands.";
        let told = format!(
            "acme is a web shop: 300 services, machines, teams, agreements and rules, written down as \
             YAML. In {folder} it is a Git repository now, with a year of history ({landings} \
             changes), and three of its people have a clone and a key: jonas and ada of payments, \
             and ines of platform."
        );
        format!("{}\n\n{}\n", wrapped(what, "", WIDTH), wrapped(&told, "", WIDTH))
    }

    fn title(&self, number: usize, step: &Step) -> String {
        let title = self.strong(&format!("{number}. {}", step.title));
        format!("\n{title}\n{}\n", wrapped(step.told, "", WIDTH))
    }

    /// What somebody is about to do.
    fn announced(&self, act: &Act) -> String {
        match act {
            Act::Run { who, line, .. } => {
                format!("\n{} {}\n", self.who(&format!("{who} $")), self.strong(line))
            }
            Act::Edit { who, file, from, to } => {
                let red = anstyle::AnsiColor::Red.on_default();
                let green = anstyle::AnsiColor::Green.on_default();
                let lines = |text: &str, mark: char, style| {
                    let line = |line: &str| {
                        format!(
                            "  {}\n",
                            self.styled(&format!("{mark} {}", line.trim_end()), style)
                        )
                    };
                    text.lines().map(line).collect::<String>()
                };
                format!(
                    "\n{} edits {file}\n{}{}",
                    self.who(who),
                    lines(from, '-', red),
                    lines(to, '+', green)
                )
            }
            Act::Write { who, file, text } => {
                format!("\n{} writes {file}\n{}", self.who(who), indented(text))
            }
        }
    }

    fn who(&self, who: &str) -> String {
        self.styled(who, anstyle::AnsiColor::Cyan.on_default())
    }

    fn performed(&self, act: &Act, performed: &Performed) -> String {
        let Act::Run { show, .. } = act else { return String::new() };
        let text = performed.text.trim_end();
        let mut out = match show {
            Show::All => indented(text),
            Show::Nothing => String::new(),
            Show::First(lines) => indented(&first(text, *lines)),
            Show::Parts(begin, lines) => {
                let begins = |part: &&str| begin.iter().any(|one| part.trim().starts_with(one));
                let parts = text.split("\n\n").filter(begins);
                let parts: Vec<String> = parts.map(|part| first(part, *lines)).collect();
                indented(&parts.join("\n\n"))
            }
        };
        if performed.code != 0 {
            let code = format!("exit code {}", performed.code);
            out.push_str(&format!(
                "  [{}]\n",
                self.styled(&code, anstyle::AnsiColor::Red.on_default())
            ));
        }
        out
    }

    fn end(&self, folder: &str, unreachable: Option<&str>) -> String {
        let mut text = format!("\n{}\n", wrapped(SUMMARY, "", WIDTH));
        text.push_str(&format!("\n{}\n", self.strong("What to try next")));
        if let Some(program) = unreachable {
            text.push_str(&format!("  export PATH=\"{program}:$PATH\"\n"));
        }
        text.push_str(&format!("  cd {folder}/jonas\n"));
        let width = TRY_NEXT.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
        for (line, what) in TRY_NEXT {
            text.push_str(&format!("  {line:width$}  {what}\n"));
        }
        text.push_str(&format!(
            "\nEverything is in {folder}: jonas, ada and ines are clones of acme.git, keys holds \
             their keys.\nNothing else was touched; to remove it: rm -rf {folder}\n"
        ));
        text
    }
}

/// The first lines of a text, and whether there were more.
fn first(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    match lines.get(..most) {
        Some(first) if lines.len() > most => format!("{}\n…", first.join("\n")),
        _ => lines.join("\n"),
    }
}

/// What a program printed, a little to the right.
fn indented(text: &str) -> String {
    let line = |line: &str| match line.is_empty() {
        true => "\n".to_owned(),
        // Git fills what a remote says with spaces.
        false => format!("  {}\n", visible(line.trim_end())),
    };
    text.lines().map(line).collect()
}

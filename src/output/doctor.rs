//! What `doctor` found, as text, as JSON (`doctor/1`) and in Markdown.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::impact::markdown::escaped;
use super::text::{count, visible, wrapped};

/// How wide texts are.
const WIDTH: usize = 100;

/// `doctor/1`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoctorReport {
    /// `doctor/1`.
    pub format: &'static str,
    /// The protected branch that was looked at, by its full name.
    pub branch: String,
    /// Its commit.
    pub commit: String,
    /// Whether the repository has no files of its own: a server's.
    pub bare: bool,
    /// Whether the remote was asked.
    pub remote: bool,
    /// The ids of everything that was looked for.
    pub checked: Vec<&'static str>,
    /// What was found: the worst first.
    pub findings: Vec<Ailment>,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Danger {
    /// Somebody gets around the gate by it, or the gate is of no use.
    Danger,
    /// It makes that easier, or holds up honest work.
    Warning,
    /// Worth knowing.
    Note,
}

impl Danger {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    fn style(self) -> anstyle::Style {
        let color = match self {
            Self::Danger => anstyle::AnsiColor::Red,
            Self::Warning => anstyle::AnsiColor::Yellow,
            Self::Note => anstyle::AnsiColor::Cyan,
        };
        color.on_default().bold()
    }
}

/// Something that lets somebody around the gate, or makes it useless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ailment {
    /// What it is; this never changes.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Danger,
    /// What was seen.
    pub seen: String,
    /// Where: a file with its line, a setting, a branch.
    pub place: Option<String>,
    /// Why it matters.
    pub why: &'static str,
    /// What to do: a command or a setting.
    pub remedy: String,
    /// Whether nothing was seen, since only the forge knows: somebody has to look.
    pub by_hand: bool,
}

impl DoctorReport {
    /// Whether anything is dangerous.
    pub fn is_dangerous(&self) -> bool {
        self.findings.iter().any(|one| one.severity == Danger::Danger)
    }

    fn counted(&self) -> String {
        let of = |danger: Danger| {
            let found = |one: &&Ailment| one.severity == danger && !one.by_hand;
            self.findings.iter().filter(found).count()
        };
        let by_hand = self.findings.iter().filter(|one| one.by_hand).count();
        let kinds = [
            (of(Danger::Danger), "danger"),
            (of(Danger::Warning), "warning"),
            (of(Danger::Note), "note"),
        ];
        let parts = kinds.iter().filter(|(number, _)| *number > 0);
        let mut parts: Vec<String> = parts.map(|(number, word)| count(*number, word)).collect();
        if by_hand > 0 {
            parts.push(format!("{by_hand} to check by hand"));
        }
        match parts.is_empty() {
            true => "nothing to report".to_owned(),
            false => parts.join(", "),
        }
    }

    fn place(&self) -> String {
        let branch = self.branch.strip_prefix("refs/heads/").unwrap_or(&self.branch);
        let branch = branch.strip_prefix("refs/remotes/").unwrap_or(branch);
        let commit: String = self.commit.chars().take(8).collect();
        format!("{branch} {commit}")
    }
}

/// For people.
pub fn human(report: &DoctorReport, color: bool) -> String {
    let mut text = String::new();
    let (by_hand, found): (Vec<_>, Vec<_>) =
        report.findings.iter().partition(|finding| finding.by_hand);
    for one in found {
        let word = format!("{}[{}]", one.severity.name(), one.id);
        let style = one.severity.style();
        let word = if color { format!("{style}{word}{style:#}") } else { word };
        let _ = writeln!(text, "{word}: {}", visible(&one.seen));
        if let Some(place) = &one.place {
            let _ = writeln!(text, "  --> {}", visible(place));
        }
        text.push_str(&advice(one, "  "));
        text.push('\n');
    }
    if !by_hand.is_empty() {
        text.push_str("To check by hand: only the forge knows, and nothing here can see it\n");
    }
    for one in &by_hand {
        let _ = writeln!(text, "  {}: {}", one.id, visible(&one.seen));
        text.push_str(&advice(one, "    "));
    }
    if !by_hand.is_empty() {
        text.push('\n');
    }
    let looked = count(report.checked.len(), "check");
    let _ = writeln!(text, "{looked} of {}: {}", visible(&report.place()), report.counted());
    if !report.remote {
        text.push_str("the remote was not asked; --remote does that\n");
    }
    text
}

/// Why it matters, and what to do.
fn advice(one: &Ailment, indent: &str) -> String {
    let below = format!("{indent}     ");
    let line = |word: &str, told: &str| {
        let told = wrapped(told, &below, WIDTH - below.len());
        format!("{indent}{word:<4} {told}\n")
    };
    line("why:", one.why) + &line("do:", &visible(&one.remedy))
}

/// `doctor/1`.
pub fn json(report: &DoctorReport) -> String {
    // Values of strings and booleans always serialise.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// For an issue or a wiki: a list to tick off.
pub fn markdown(report: &DoctorReport) -> String {
    let mut text = format!("## gitsm doctor: {}\n\n", escaped(&report.place()));
    let _ = writeln!(text, "{}\n", report.counted());
    for one in &report.findings {
        let word = if one.by_hand { "to check by hand" } else { one.severity.name() };
        let _ = write!(text, "- [ ] **{word}** `{}`: {}", one.id, escaped(&one.seen));
        if let Some(place) = &one.place {
            let _ = write!(text, " ({})", escaped(place));
        }
        let _ = writeln!(text, "  \n  {}  \n  *Do:* {}", escaped(one.why), escaped(&one.remedy));
    }
    text
}

/// The schema of `doctor/1`.
pub fn schema() -> Value {
    super::json::schema_of::<DoctorReport>("doctor/1", "doctor-1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> DoctorReport {
        let one = |id, severity, by_hand| Ailment {
            id,
            severity,
            seen: "a | \u{1b}[31m".to_owned(),
            place: Some("gitsm.yaml:3".to_owned()),
            why: "Anybody could.",
            remedy: "do `this`".to_owned(),
            by_hand,
        };
        DoctorReport {
            format: "doctor/1",
            branch: "refs/remotes/origin/main".to_owned(),
            commit: "0123456789".to_owned(),
            bare: false,
            remote: false,
            checked: vec!["a", "b", "c"],
            findings: vec![one("a", Danger::Danger, false), one("b", Danger::Note, true)],
        }
    }

    #[test]
    fn what_only_the_forge_knows_is_never_told_as_found() {
        let text = human(&report(), false);
        assert!(text.starts_with("danger[a]: a | \u{fffd}[31m\n  --> gitsm.yaml:3\n"), "{text}");
        assert!(text.contains("To check by hand"), "{text}");
        assert!(text.contains("3 checks of origin/main 01234567: 1 danger, 1 to check by hand\n"));
    }

    #[test]
    fn markdown_is_a_list_that_obeys_nothing() {
        let text = markdown(&report());
        assert!(text.contains("- [ ] **danger** `a`: a &#124; \u{fffd}"), "{text}");
        assert!(text.contains("**to check by hand** `b`"), "{text}");
    }
}

//! Pipelines of forges, as far as they are about the gate: which job runs it, on what, and how much
//! history it has. Read leniently: what is not understood is no finding.

use crate::source::{File, Source};
use crate::yaml::{Limits, Node, NodeKind, parse};

/// Whose pipelines they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Forge {
    /// GitHub, and Forgejo and Gitea, whose workflows are the same.
    GitHub,
    Forgejo,
    GitLab,
}

/// Where a forge looks for pipelines.
pub(super) fn forge_of(path: &str) -> Option<Forge> {
    let is_yaml = crate::tree::is_yaml(path);
    let below = |folder: &str| is_yaml && path.starts_with(folder);
    if below(".github/workflows/") {
        return Some(Forge::GitHub);
    }
    if below(".forgejo/workflows/") || below(".gitea/workflows/") {
        return Some(Forge::Forgejo);
    }
    let is_gitlab = path == ".gitlab-ci.yml" || below(".gitlab/ci/");
    is_gitlab.then_some(Forge::GitLab)
}

/// What a job does that runs the gate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GateJob {
    /// Where it is run.
    pub(super) line: u32,
    /// Whether what it says is ignored.
    pub(super) is_tolerant: bool,
    /// Whether it lacks the history that the gate needs.
    pub(super) is_shallow: bool,
}

/// What a pipeline says that matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pipeline {
    /// The jobs that run the gate.
    pub(super) gates: Vec<GateJob>,
    /// Where a pipeline that has secrets checks out what somebody else wrote.
    pub(super) privileged: Option<u32>,
}

/// Reads a pipeline.
pub(super) fn pipeline(path: &str, text: &str, forge: Forge) -> Pipeline {
    let source = Source::new(File::local(path), text.to_owned());
    let stream = parse(&source, &Limits::default());
    let mut pipeline = Pipeline::default();
    for id in &stream.documents {
        let root = stream.arena.node(*id);
        match forge {
            Forge::GitLab => gitlab(root, &source, &mut pipeline),
            Forge::GitHub | Forge::Forgejo => github(root, &source, &mut pipeline),
        }
    }
    pipeline
}

/// Whether a script runs the gate. What a comment says is not run.
fn runs_gate(script: &str) -> bool {
    let lines = script.lines().map(|line| line.split(" #").next().unwrap_or(line).trim());
    let mut commands = lines.filter(|line| !line.starts_with('#'));
    commands.any(|line| {
        line.split("gitsm").skip(1).any(|rest| rest.split_whitespace().any(|word| word == "gate"))
    })
}

/// Whether a script goes on when the gate says no.
fn forgives(script: &str) -> bool {
    let gate = script.lines().filter(|line| runs_gate(line));
    gate.clone()
        .any(|line| line.contains("|| true") || line.contains("|| :") || line.contains("|| exit 0"))
        || script.lines().any(|line| line.trim() == "set +e")
}

fn line(node: Node<'_>, source: &Source) -> u32 {
    source.line_column(node.span().start).line
}

fn is_true(node: Option<Node<'_>>) -> bool {
    node.and_then(Node::text) == Some("true")
}

fn github(root: Node<'_>, source: &Source, pipeline: &mut Pipeline) {
    let is_privileged = triggers(root).iter().any(|one| one == "pull_request_target");
    for (_, job) in root.get("jobs").into_iter().flat_map(Node::entries) {
        let steps: Vec<Node<'_>> = job.get("steps").into_iter().flat_map(Node::items).collect();
        let checkouts: Vec<Node<'_>> = steps
            .iter()
            .copied()
            .filter(|step| step.str("uses").is_some_and(|uses| uses.contains("actions/checkout")))
            .collect();
        if is_privileged {
            let of_head = checkouts.iter().find(|step| checks_out_head(**step));
            pipeline.privileged = pipeline.privileged.or(of_head.map(|step| line(*step, source)));
        }
        let is_whole = |step: &Node<'_>| {
            let depth = step.get("with").and_then(|with| with.get("fetch-depth"));
            depth.and_then(Node::text) == Some("0")
        };
        let fetches = steps.iter().filter_map(|step| step.str("run"));
        let fetches = fetches.into_iter().any(|run| run.contains("--unshallow"));
        let is_shallow = !checkouts.is_empty() && !checkouts.iter().any(is_whole) && !fetches;
        for step in steps {
            let run = step.str("run").unwrap_or_default();
            if runs_gate(run) {
                let is_tolerant = forgives(run)
                    || is_true(step.get("continue-on-error"))
                    || is_true(job.get("continue-on-error"));
                pipeline.gates.push(GateJob { line: line(step, source), is_tolerant, is_shallow });
            }
        }
    }
}

/// The events that start a workflow.
fn triggers(root: Node<'_>) -> Vec<String> {
    // YAML 1.1 took `on` for a boolean; here it is a text.
    let Some(on) = root.get("on") else { return Vec::new() };
    let text = |node: Node<'_>| node.text().unwrap_or_default().to_owned();
    match on.kind() {
        NodeKind::Mapping => on.entries().map(|(key, _)| text(key)).collect(),
        NodeKind::Sequence => on.items().map(text).collect(),
        NodeKind::Scalar(_) => vec![text(on)],
    }
}

/// Whether a checkout takes what a pull request brings.
fn checks_out_head(step: Node<'_>) -> bool {
    let with = step.get("with");
    let of = |key: &str| with.and_then(|with| with.str(key)).unwrap_or_default();
    let (reference, repository) = (of("ref"), of("repository"));
    reference.contains("pull_request.head")
        || reference.contains("github.head_ref")
        || reference.contains("refs/pull/")
        || repository.contains("pull_request.head")
}

fn gitlab(root: Node<'_>, source: &Source, pipeline: &mut Pipeline) {
    let depth = |node: Node<'_>| {
        let variables = node.get("variables")?;
        let depth = variables.get("GIT_DEPTH")?;
        let value = depth.get("value").unwrap_or(depth);
        Some(value.text()?.to_owned())
    };
    let default = depth(root);
    for (_, job) in root.entries().filter(|(_, job)| job.is_mapping()) {
        for section in ["before_script", "script"] {
            let Some(script) = job.get(section) else { continue };
            let mut lines = Vec::new();
            script.walk(&mut |node| lines.extend(node.as_str().map(str::to_owned)));
            let text = lines.join("\n");
            if runs_gate(&text) {
                let depth = depth(job).or_else(|| default.clone());
                pipeline.gates.push(GateJob {
                    line: line(script, source),
                    is_tolerant: forgives(&text) || job.get("allow_failure").is_some_and(allowed),
                    is_shallow: depth.as_deref() != Some("0") && !text.contains("--unshallow"),
                });
            }
        }
    }
}

/// Whether a job of GitLab may fail: `true`, or for some exit codes.
fn allowed(node: Node<'_>) -> bool {
    node.text() != Some("false")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "on: pull_request\njobs:\n  gate:\n    steps:\n      - uses: actions/checkout@v5\n        with: {fetch-depth: 0}\n      - run: gitsm gate\n";

    fn of(text: &str) -> Pipeline {
        pipeline(".github/workflows/a.yml", text, Forge::GitHub)
    }

    #[test]
    fn a_good_workflow_has_a_gate_and_its_history() {
        let one = GateJob { line: 7, is_tolerant: false, is_shallow: false };
        assert_eq!(of(GOOD), Pipeline { gates: vec![one], privileged: None });
        let quiet = of(&GOOD.replace("gitsm gate", "echo hi # gitsm gate"));
        assert!(quiet.gates.is_empty(), "a comment runs nothing: {quiet:?}");
    }

    #[test]
    fn a_gate_without_history_or_without_consequence_is_seen() {
        let gate = |text: &str| of(text).gates.first().cloned().unwrap();
        assert!(gate(&GOOD.replace("fetch-depth: 0", "fetch-depth: 2")).is_shallow);
        assert!(gate(&GOOD.replace("\n        with: {fetch-depth: 0}", "")).is_shallow);
        assert!(gate(&GOOD.replace("gitsm gate", "gitsm gate || true")).is_tolerant);
        assert!(gate(&(GOOD.to_owned() + "        continue-on-error: true\n")).is_tolerant);
        assert!(gate(&GOOD.replace("gitsm gate", "gitsm -C catalog gate -o github")).line == 7);
    }

    #[test]
    fn what_somebody_wrote_is_not_checked_out_beside_secrets() {
        let head = "with: {fetch-depth: 0, ref: '${{ github.event.pull_request.head.sha }}'}";
        let text = GOOD.replace("with: {fetch-depth: 0}", head);
        assert_eq!(of(&text).privileged, None);
        assert_eq!(
            of(&text.replace("pull_request\n", "pull_request_target\n")).privileged,
            Some(5)
        );
    }

    #[test]
    fn gitlab_fetches_twenty_commits_unless_told() {
        let text = "variables: {GIT_DEPTH: 0}\ngate:\n  script:\n    - gitsm gate\n";
        let of = |text: &str| pipeline(".gitlab-ci.yml", text, Forge::GitLab).gates;
        assert_eq!(of(text), [GateJob { line: 4, ..GateJob::default() }]);
        assert!(of(&text.replace("variables: {GIT_DEPTH: 0}\n", ""))[0].is_shallow);
        assert!(of(&(text.to_owned() + "  allow_failure: true\n"))[0].is_tolerant);
    }
}

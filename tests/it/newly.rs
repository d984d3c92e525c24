//! What is wrong with a change's result that was not wrong before: of all of it, of a slice, and as
//! `validate --since` tells it, one and the same.

use std::collections::BTreeMap;

use gitsm::catalog::query::METHODS;
use gitsm::finding::{Finding, Severity};
use gitsm::flow::newly::{Newly, newly};
use gitsm::flow::sides::{Asked, Sides, Wanted};
use gitsm::flow::validate::{Request, validate};
use gitsm::flow::workspace::Place;

use crate::slices::{Edits, acme, by_hand, commit, mechanical, now, place};
use crate::support::Folder;

const TODAY: &str = "2026-12-01";

fn asked() -> Asked {
    Asked { base: Some("main".to_owned()), head: Some("change".to_owned()), staged: false }
}

fn opened(folder: &Folder, wanted: Wanted) -> Sides {
    let now = Some(now().timestamp());
    let wanted = Wanted { now, validated: true, ..wanted };
    Sides::open(&place(folder), &asked(), &wanted, &|_| None).unwrap()
}

fn of_all(folder: &Folder) -> Newly {
    let sides = opened(folder, Wanted { whole: true, ..Wanted::default() });
    newly(&sides, "", TODAY).unwrap()
}

/// What `validate --since` tells.
fn since(folder: &Folder) -> Vec<Finding> {
    let request = Request {
        place: Place { at: Some("change".to_owned()), ..place(folder) },
        since: Some("main".to_owned()),
        today: Some(TODAY.to_owned()),
        ..Request::default()
    };
    validate(&request).unwrap().report.findings
}

fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{finding:#?}")).collect()
}

/// The codes, and where they stand.
fn short(findings: &[Finding]) -> Vec<String> {
    let each = findings.iter().map(|one| {
        let place = &one.at.place;
        format!("{} {} {}", one.severity.as_str(), one.code.name, place.file.path)
    });
    each.collect()
}

/// Edits one file of acme.
fn edit(folder: &Folder, files: &BTreeMap<String, String>, all: &[(&str, &str, &str)]) {
    let edits = all.iter().map(|(path, from, to)| {
        let text = files.get(*path).cloned().unwrap_or_default();
        assert!(text.contains(from), "{path} lacks {from}");
        let text = if from.is_empty() { text + to } else { text.replacen(from, to, 1) };
        ((*path).to_owned(), Some(text))
    });
    commit(folder, "change", &edits.collect::<Edits>());
}

fn of_part(folder: &Folder) -> Newly {
    let sides = opened(folder, Wanted { sliced: true, ..Wanted::default() });
    newly(&sides, "", TODAY).unwrap()
}

/// Compares all ways to judge a change; how many findings it has, and why it took everything.
fn compare(name: &str, folder: &Folder) -> (usize, Option<String>) {
    let (all, part) = (of_all(folder), of_part(folder));
    assert_eq!(told(&part.findings), told(&all.findings), "{name}: {:?}", part.because);
    assert_eq!(part.silenced, all.silenced, "{name}");
    assert_eq!(part.whole, part.before.is_some());
    if !name.starts_with("settings") {
        assert_eq!(told(&all.findings), told(&since(folder)), "{name}");
    }
    (all.findings.len(), part.because)
}

/// Compares them for many changes: in how many something was wrong, in how many a part was enough.
fn compare_all(folder: &Folder, all: Vec<(String, Edits)>) -> (usize, usize) {
    let (mut found, mut parts, mut wrong) = (0, 0, Vec::new());
    for (name, edits) in all {
        commit(folder, "change", &edits);
        match std::panic::catch_unwind(|| compare(&name, folder)) {
            Ok((count, because)) => {
                found += usize::from(count > 0);
                parts += usize::from(because.is_none());
            }
            Err(_) => wrong.push(name),
        }
    }
    assert_eq!(wrong, [""; 0]);
    (found, parts)
}

/// Acme without the policies that look from one entity to others: they need all of it.
fn plain_acme() -> (Folder, BTreeMap<String, String>) {
    let (folder, mut files) = acme();
    let walks =
        |text: &String| METHODS.iter().any(|one| one.gives_entities && text.contains(one.name));
    let walking = files.iter().filter(|(path, text)| path.starts_with("policies/") && walks(text));
    let walking: Vec<String> = walking.map(|(path, _)| path.clone()).collect();
    for path in &walking {
        files.remove(path);
        folder.remove(path);
    }
    folder.commit("less");
    (folder, files)
}

#[test]
fn whatever_changes_in_acme_it_is_what_validate_tells_since_the_base() {
    let (folder, files) = plain_acme();
    let edits = mechanical(&files).into_iter().step_by(2).chain(by_hand(&files)).collect();
    let (found, parts) = compare_all(&folder, edits);
    assert!(found > 10 && parts > 20, "{found} with findings, {parts} by a part are no test");
}

#[test]
fn a_change_of_the_settings_hides_nothing_of_itself() {
    let (folder, files) = acme();
    let broken = ("services/checkout.yaml", "spec:\n", "spec: [\n");
    let levels = ("gitsm.yaml", "entity-case: error", "entity-case: error\n  yaml-syntax: off");
    let wanted = ["error yaml-syntax services/checkout.yaml"];
    let yaml = |newly: &Newly| -> Vec<String> {
        short(&newly.findings).into_iter().filter(|one| one.contains("yaml-")).collect()
    };
    edit(&folder, &files, &[broken, levels]);
    assert_eq!(yaml(&of_all(&folder)), wanted);
    let exclude = ("gitsm.yaml", "exclude:\n", "exclude:\n  - services/checkout.yaml\n");
    edit(&folder, &files, &[broken, exclude]);
    let newly = of_all(&folder);
    assert_eq!(yaml(&newly), wanted);
    assert!(
        short(&newly.findings).iter().any(|one| one.contains("reference-unknown")),
        "what refers to a file that is left out leads nowhere"
    );
    // Leaving out what was fine, and is needed by nobody, is no mistake.
    let exclude = ("gitsm.yaml", "exclude:\n", "exclude:\n  - .github/**\n");
    edit(&folder, &files, &[exclude]);
    assert_eq!(told(&of_all(&folder).findings), [""; 0]);
}

#[test]
fn the_stricter_level_of_both_settings_counts() {
    let (folder, files) = acme();
    let lost = ("services/hr-portal.yaml", "owner: team:", "owner: team:nobody-");
    for (level, expected) in [("error", Severity::Error), ("note", Severity::Error)] {
        let to = format!("entity-case: error\n  reference-unknown: {level}");
        edit(&folder, &files, &[lost, ("gitsm.yaml", "entity-case: error", &to)]);
        let newly = of_all(&folder);
        let one = newly.findings.iter().find(|one| one.code.name == "reference-unknown");
        assert_eq!(one.map(|one| one.severity), Some(expected), "{level}");
    }
}

#[test]
fn what_a_new_comment_hides_is_told_as_hidden() {
    let (folder, files) = acme();
    let path = "services/hr-portal.yaml";
    let owner = files[path].lines().find(|line| line.trim_start().starts_with("owner: ")).unwrap();
    let hidden = "  owner: team:nobody # gitsm: ignore[reference-unknown] they come in May";
    edit(&folder, &files, &[(path, owner, hidden)]);
    let newly = of_all(&folder);
    assert_eq!(short(&newly.findings), [""; 0]);
    let [one] = newly.silenced.as_slice() else { panic!("{:?}", newly.silenced) };
    assert_eq!((one.code.name, one.reason.as_str()), ("reference-unknown", "they come in May"));
    assert_eq!(one.severity, Severity::Error);
    let line = newly.text(path).unwrap().line_span(one.comment.start.line);
    assert!(newly.text(path).unwrap().slice(line).contains("nobody"));
}

/// A small catalog in which every rule for catalogs has something to look at.
fn small() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut own = |path: &str, kind: &str, name: &str, spec: &str| {
        let text = format!(
            "apiVersion: gitsm/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}"
        );
        files.insert(path.to_owned(), text);
    };
    for n in 0..6 {
        own(&format!("people/p{n}.yaml"), "Person", &format!("p{n}"), "  accounts: {github: x}\n");
    }
    for (n, members) in ["person:p0, person:p1", "person:p2", "person:p3", ""].iter().enumerate() {
        let spec = format!("  lifecycle: active\n  members: [{members}]\n");
        own(&format!("teams/t{n}.yaml"), "Team", &format!("t{n}"), &spec);
    }
    for (n, kind) in ["service-hours", "maintenance-window"].iter().enumerate() {
        let spec = format!(
            "  type: {kind}\n  timezone: Europe/Berlin\n  owner: team:t0\n  events:\n    - start: \
             \"2026-01-01T00:00:00\"\n      duration: P1D\n      rrule: FREQ=DAILY\n"
        );
        own(&format!("calendars/k{n}.yaml"), "Calendar", &format!("k{n}"), &spec);
    }
    for n in 0..3 {
        let rests = if n == 0 { "[sla:a1]" } else { "[]" };
        let spec = format!(
            "  type: sla\n  lifecycle: active\n  parties: {{provider: team:t{n}, customer: team:t0}}\n  \
             calendar: calendar:k0\n  targets:\n    - {{id: a, metric: response, within: PT{}H, goal: \
             0.9}}\n  restsOn: {rests}\n  validFrom: 2026-07-01\n",
            4 - n
        );
        own(&format!("sla/a{n}.yaml"), "ServiceLevelAgreement", &format!("a{n}"), &spec);
    }
    for n in 0..5 {
        let spec = format!(
            "  owner: team:t{}\n  lifecycle: live\n  criticality: tier1\n  sla: sla:a{}\n  supportHours: \
             calendar:k0\n  dependsOn: [service:s{}, ci:c{n}]\n  sources:\n    - {{path: \"src/s{n}/**\"}}\n",
            n % 4,
            n % 3,
            (n + 1) % 5
        );
        own(&format!("services/s{n}.yaml"), "Service", &format!("s{n}"), &spec);
    }
    let stage = "lifecycle: {stage: operational}";
    for n in 0..5 {
        let spec = format!(
            "  class: compute.vm\n  owner: team:t{}\n  environment: production\n  {stage}\n  maintenance: \
             calendar:k1\n  relations:\n    memberOf: [ci:q0]\n",
            n % 2
        );
        own(&format!("cis/c{n}.yaml"), "ConfigurationItem", &format!("c{n}"), &spec);
    }
    let spec = format!(
        "  class: compute.cluster\n  owner: team:t1\n  environment: production\n  {stage}\n  quorum: 5\n"
    );
    own("cis/q0.yaml", "ConfigurationItem", "q0", &spec);
    for n in 0..2 {
        let spec = format!(
            "  class: compute.server\n  owner: team:t1\n  serial: S{n}\n  environment: production\n  {stage}\n"
        );
        own(&format!("cis/h{n}.yaml"), "ConfigurationItem", &format!("h{n}"), &spec);
    }
    let spec = "  of: code\n  name: service-incomplete\n  subject: service:s1\n  reason: it is new\n  \
                requestedBy: team:t1\n  approver: person:p0\n  granted: 2026-10-12\n  expires: 2027-12-31\n";
    own("exceptions/e.yaml", "Exception", "e", spec);
    let mut foreign = |path: &str, kind: &str, name: &str, spec: &str| {
        let text = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}"
        );
        files.insert(path.to_owned(), text);
    };
    foreign("b/d.yaml", "Domain", "d0", "  owner: group:t0\n");
    foreign("b/d1.yaml", "Domain", "d1", "  owner: group:t1\n  subdomainOf: domain:d0\n");
    foreign("b/y.yaml", "System", "y0", "  owner: group:t0\n  domain: domain:d0\n");
    foreign("b/u.yaml", "User", "u0", "  memberOf: [group:t3]\n");
    for n in 0..4 {
        let spec = format!(
            "  type: service\n  lifecycle: production\n  owner: group:t{n}\n  system: system:y0\n  \
             dependsOn: [component:m{}, resource:elsewhere{n}]\n  subcomponentOf: component:m{}\n",
            (n + 1) % 4,
            n + 1
        );
        foreign(&format!("b/m{n}.yaml"), "Component", &format!("m{n}"), &spec);
    }
    foreign(
        "b/m4.yaml",
        "Component",
        "m4",
        "  type: service\n  lifecycle: production\n  owner: group:t0\n",
    );
    let api = "  type: openapi\n  lifecycle: production\n  owner: group:t0\n  definition: {$text: ./api.txt}\n";
    foreign("b/api.yaml", "API", "x", api);
    files.insert("b/api.txt".to_owned(), "x".to_owned());
    for n in 0..5 {
        files.insert(format!("src/s{n}/main.rs"), "x".to_owned());
    }
    files
}

/// Numbers that look like chance and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn one<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// What is written, and what instead of its first occurrence.
const REPLACED: &[(&str, &str)] = &[
    ("lifecycle: live", "lifecycle: retired"),
    ("lifecycle: live", "lifecycle: build"),
    ("stage: operational", "stage: retired"),
    ("lifecycle: active", "lifecycle: disbanded"),
    ("lifecycle: active", "lifecycle: terminated"),
    ("lifecycle: active", "lifecycle: expired"),
    ("accounts: {github: x}", "lifecycle: left"),
    ("members: [person:p0, ", "members: ["),
    ("members: [person:p2]", "members: []"),
    ("memberOf: [ci:q0]", "memberOf: []"),
    ("memberOf: [group:t3]", "memberOf: []"),
    ("quorum: 5", "quorum: 6"),
    ("serial: S1", "serial: S0"),
    ("type: service-hours", "type: freeze"),
    ("FREQ=DAILY", "FREQ=WEEKLY"),
    ("within: PT3H", "within: PT9H"),
    ("domain: domain:d0", "domain: domain:d1"),
    ("subcomponentOf: component:m", "subcomponentOf: component:m0 #"),
    ("  owner: group:t0\n", "  owner: group:t0\n  subdomainOf: domain:d1\n"),
    ("criticality: tier1", "criticality: tier2"),
    ("  criticality: tier1\n", ""),
    ("supportHours: calendar:k0", "supportHours: calendar:k1"),
    ("path: \"src/s0/**", "path: \"src/**"),
    ("class: compute.vm", "class: compute"),
    ("metadata:\n", "metadata:\n  formerly: [service:s2]\n"),
    ("spec:\n", "spec: [\n"),
    ("owner: team:t1", "owner: team:t1 # gitsm: ignore[owner-inactive] it will be one"),
    ("owner: team:t", "owner: team:none # gitsm: ignore[reference-unknown] soon\n  #"),
    ("x", "y"),
];

/// One step of a random change.
fn step(dice: &mut Dice, files: &BTreeMap<String, String>, edits: &mut Edits) {
    let paths: Vec<&String> = files.keys().collect();
    let path = (*dice.one(&paths)).clone();
    let text = edits.get(&path).cloned().flatten().unwrap_or_else(|| files[&path].clone());
    let name = text.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap_or("x");
    let kind = text.lines().find_map(|line| line.strip_prefix("kind: ")).unwrap_or("x");
    let mut put = |path: &str, text: Option<String>| edits.insert(path.to_owned(), text);
    match dice.below(8) {
        0 => drop(put(&path, None)),
        1 => drop(put(&path, Some(text.replacen(&format!("name: {name}"), "name: fresh", 1)))),
        2 => {
            let to = format!("name: fresh\n  formerly: ['{kind}:{name}']");
            put(&path, Some(text.replacen(&format!("name: {name}"), &to, 1)));
        }
        3 => {
            put(&path, None);
            put(&format!("moved/{path}"), Some(text));
        }
        4 => drop(put(&format!("a/{path}"), Some(text))),
        5 => {
            let digit = dice.below(6).to_string();
            let at = text
                .match_indices(':')
                .filter(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_lowercase()));
            let all: Vec<usize> = at.map(|(at, _)| at + 2).filter(|at| *at < text.len()).collect();
            let mut text = text.clone();
            if !all.is_empty() {
                let at = *dice.one(&all);
                text.replace_range(at..=at, &digit);
            }
            put(&path, Some(text));
        }
        _ => {
            let fitting: Vec<_> = REPLACED.iter().filter(|(from, _)| text.contains(from)).collect();
            let text = match fitting.is_empty() {
                true => text + "# y\n",
                false => {
                    let (from, to) = **dice.one(&fitting);
                    text.replacen(from, to, 1)
                }
            };
            put(&path, Some(text));
        }
    }
}

#[test]
fn whatever_changes_a_part_tells_the_same_as_all_of_it() {
    let files = small();
    let folder = Folder::git();
    for (path, text) in &files {
        folder.write(path, text);
    }
    folder.commit("base");
    let mut dice = Dice(7);
    let each = (0..250).map(|number| {
        let mut edits = Edits::new();
        for _ in 0..1 + number % 3 {
            step(&mut dice, &files, &mut edits);
        }
        (format!("{number} {edits:?}"), edits)
    });
    let (found, parts) = compare_all(&folder, each.collect());
    assert!(found > 50 && parts > 30, "{found} with findings, {parts} by a part are no test");
}

/// Changes that break one thing somewhere else, and nothing where they are: path, text, what stands
/// there then (nothing deletes the file), and the code.
const ELSEWHERE: &[(&str, &str, &str, &str)] = &[
    ("cis/c0.yaml", "memberOf: [ci:q0]", "memberOf: []", "quorum-impossible"),
    ("b/m4.yaml", "group:t0\n", "group:t0\n  subcomponentOf: component:m0\n", "entity-cycle"),
    ("b/d.yaml", "group:t0\n", "group:t0\n  subdomainOf: domain:d1\n", "entity-cycle"),
    ("people/p2.yaml", "accounts: {github: x}", "lifecycle: left", "owner-inactive"),
    ("b/u.yaml", "memberOf: [group:t3]", "memberOf: []", "owner-inactive"),
    ("teams/t0.yaml", "lifecycle: active", "lifecycle: disbanded", "owner-inactive"),
    ("services/s2.yaml", "lifecycle: live", "lifecycle: retired", "reference-retired"),
    ("services/s1.yaml", "lifecycle: live", "lifecycle: build", "lifecycle-contradiction"),
    ("sla/a1.yaml", "lifecycle: active", "lifecycle: expired", "service-incomplete"),
    ("sla/a1.yaml", "within: PT3H", "within: PT9H", "sla-unsupported"),
    ("calendars/k0.yaml", "type: service-hours", "type: freeze", "calendar-type"),
    ("calendars/k2.yaml", "FREQ=DAILY", "FREQ=WEEKLY", "sla-unsupported"),
    ("teams/t1.yaml", "person:p2", "person:p2, person:p0", "exception-self-approved"),
    ("cis/h1.yaml", "serial: S1", "serial: S0", "ci-duplicate"),
    ("services/s0.yaml", "  name: s0", "  name: s0\n  formerly: [service:s2]", "formerly-living"),
    ("services/s2.yaml", "name: s2", "name: new\n  formerly: [service:s2]", "reference-renamed"),
    ("services/s2.yaml", "name: s2", "name: s1", "entity-duplicate"),
    ("services/s2.yaml", "", "", "reference-unknown"),
    ("b/api.txt", "", "", "placeholder-missing"),
    ("src/s0/main.rs", "", "", "source-unmatched"),
    ("services/s3.yaml", "src/s3/**", "src/s2/**", "source-shared"),
    ("policies/plain.yaml", "tier9", "tier1", "policy-violated"),
    (
        "people/p5.yaml",
        "kind: Person",
        "kind: Person # gitsm: ignore[owner-inactive] x",
        "ignore-unused",
    ),
];

#[test]
fn what_a_change_breaks_elsewhere_is_found_by_a_part() {
    let mut files = small();
    let sla = files["sla/a2.yaml"].replace("PT2H", "PT9H").replace("calendar:k0", "calendar:k2");
    let above = sla.replace("name: a2", "name: a9").replace("restsOn: []", "restsOn: [sla:a2]");
    files.insert("sla/a9.yaml".to_owned(), above.replace("calendar:k2", "calendar:k3"));
    files.insert("sla/a2.yaml".to_owned(), sla);
    for k in ["k2", "k3"] {
        let calendar = files["calendars/k0.yaml"].replace("name: k0", &format!("name: {k}"));
        files.insert(format!("calendars/{k}.yaml"), calendar);
    }
    let policy = "apiVersion: gitsm/v1alpha1\nkind: Policy\nmetadata:\n  name: plain\n  description: x\nspec:\n  \
                  owner: team:t0\n  over: entity\n  lifecycle: active\n  match: {kinds: [Service]}\n  \
                  validations:\n    - expression: entity.spec.criticality != 'tier9'\n      message: no\n";
    files.insert("policies/plain.yaml".to_owned(), policy.to_owned());
    let folder = Folder::git();
    for (path, text) in &files {
        folder.write(path, text);
    }
    folder.commit("base");
    let mut wrong = Vec::new();
    for (path, from, to, code) in ELSEWHERE {
        let text = &files[*path];
        assert!(text.contains(from), "{path} lacks {from}");
        let text = (!from.is_empty()).then(|| text.replacen(from, to, 1));
        commit(&folder, "change", &Edits::from([((*path).to_owned(), text)]));
        let (all, part) = (of_all(&folder), of_part(&folder));
        let found = all.findings.iter().any(|one| one.code.name == *code);
        if !found || told(&all.findings) != told(&part.findings) {
            wrong.push(format!(
                "{path} {code}: {:?} {:?}",
                short(&all.findings),
                short(&part.findings)
            ));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

//! The parts of a generated document that need no other document: words, labels, annotations,
//! tags, links and an inline OpenAPI definition, in the styles that people write (plain, quoted
//! and folded scalars, comments), and the random numbers behind them.
//!
//! Begin at [`details`]. Nothing here may hold a colon followed by a space, a `#` or a date
//! outside quotes, which YAML would read as something else.

use std::fmt::Write;

const AREAS: [&str; 16] = [
    "checkout",
    "billing",
    "catalog",
    "shipping",
    "identity",
    "search",
    "pricing",
    "inventory",
    "payments",
    "reporting",
    "messaging",
    "onboarding",
    "fraud",
    "loyalty",
    "returns",
    "media",
];
const THINGS: [&str; 12] = [
    "orders",
    "invoices",
    "customers",
    "shipments",
    "sessions",
    "prices",
    "stock levels",
    "refunds",
    "notifications",
    "contracts",
    "images",
    "events",
];
const TAGS: [&str; 16] = [
    "java",
    "go",
    "rust",
    "python",
    "typescript",
    "kafka",
    "postgres",
    "grpc",
    "rest",
    "pci",
    "gdpr",
    "tier-1",
    "tier-2",
    "batch",
    "public",
    "internal",
];
const TIERS: [&str; 4] = ["gold", "silver", "bronze", "none"];
const REGIONS: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "ap-southeast-2"];
const LINKS: [(&str, &str, &str); 8] = [
    ("Runbook", "docs", "https://wiki.example.com/runbooks"),
    ("Dashboard", "dashboard", "https://grafana.example.com/d"),
    ("Logs", "search", "https://logs.example.com/app"),
    ("On-call schedule", "group", "https://oncall.example.com/schedules"),
    ("Pipeline", "build", "https://ci.example.com/job"),
    ("Cost report", "catalog", "https://cost.example.com/reports"),
    ("Alerts", "alert", "https://alerts.example.com/rules"),
    ("Chat", "chat", "https://chat.example.com/channels"),
];

/// Splitmix64: small, and the same on every platform.
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each document.
    pub(crate) fn new(seed: u64, index: usize) -> Self {
        Self(seed ^ (index as u64).wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap_or(0)
    }

    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

/// The lines up to the title.
pub(crate) fn head(kind: &str, name: &str, random: &mut Random) -> String {
    let mut text = String::with_capacity(2048);
    if random.percent(12) {
        let _ = writeln!(text, "# Kept by the {} people, ask them first", random.of(&AREAS));
    }
    if random.percent(25) {
        text.push_str("---\n");
    }
    let _ = writeln!(text, "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:");
    let quote = if random.percent(20) { "\"" } else { "" };
    let _ = writeln!(text, "  name: {name}\n  title: {quote}{}{quote}", title(random));
    text
}

pub(crate) fn title(random: &mut Random) -> String {
    let area = random.of(&AREAS);
    let thing = random.of(&THINGS);
    format!("{}{} of {thing}", area[..1].to_ascii_uppercase(), &area[1..])
}

/// The description as a plain (75 of 100), folded (15) or quoted (10) scalar.
pub(crate) fn describe(text: &mut String, story: &str, random: &mut Random) {
    match random.below(100) {
        0..75 => {
            let _ = writeln!(text, "  description: {story}");
        }
        75..90 => {
            text.push_str("  description: >-");
            let mut column = usize::MAX / 2;
            for word in story.split(' ') {
                let breaks = column + word.len() > 90;
                text.push_str(if breaks { "\n    " } else { " " });
                column = if breaks { 4 } else { column + 1 } + word.len();
                text.push_str(word);
            }
            text.push('\n');
        }
        _ => {
            let _ = writeln!(text, "  description: \"Note: {story}\"");
        }
    }
}

pub(crate) fn sentence(random: &mut Random) -> String {
    let (area, thing) = (random.of(&AREAS), random.of(&THINGS));
    let other = random.of(&AREAS);
    match random.below(6) {
        0 => format!("Keeps the {thing} of {area} and answers questions about them."),
        1 => format!("Moves {thing} from {area} to {other} within a minute."),
        2 => format!("Owned together with {other}, because both write {thing}."),
        3 => format!("Without it no {thing} reach {area}, so it is watched day and night."),
        4 => format!("Reads {thing} only, and never writes to {area}."),
        _ => format!("Replaces the older {area} job for {thing} that {other} still starts."),
    }
}

/// Labels, annotations, tags, and the head of the list of links.
pub(crate) fn details(name: &str, random: &mut Random) -> String {
    let mut text = String::with_capacity(1024);
    let area = random.of(&AREAS);
    let (tier, region) = (random.of(&TIERS), random.of(&REGIONS));
    let cost = random.below(9000) + 1000;
    let _ = writeln!(text, "  labels:\n    tier: {tier}\n    region: {region}");
    let _ = writeln!(text, "    example.com/area: {area}\n    example.com/cost-center: cc-{cost}");
    let _ = writeln!(text, "  annotations:\n    github.com/project-slug: example/{name}");
    let source = format!("url:https://github.com/example/{name}/tree/main/");
    let _ = writeln!(text, "    backstage.io/source-location: {source}");
    let _ = writeln!(text, "    backstage.io/kubernetes-id: {name}");
    let _ = writeln!(text, "    sonarqube.org/project-key: example.{area}.{name}");
    let _ = writeln!(text, "    pagerduty.com/service-id: P{:07X}", random.below(0x0fff_ffff));
    let _ = writeln!(text, "    example.com/reviewed: \"{}\"", random.percent(60));
    text.push_str("  tags:\n");
    let first = random.below(TAGS.len());
    for step in 0..3 {
        let _ = writeln!(text, "    - {}", TAGS[(first + step * 5) % TAGS.len()]);
    }
    text.push_str("  links:\n");
    text
}

/// One more link; `text` must end inside the list of links. Eight turns in a row differ.
pub(crate) fn link(text: &mut String, name: &str, turn: usize) {
    let (title, icon, address) = LINKS[turn % LINKS.len()];
    let _ = writeln!(text, "    - url: {address}/{name}\n      title: {title}\n      icon: {icon}");
}

/// A small but whole OpenAPI document as a literal block.
pub(crate) fn definition(spec: &mut String, name: &str, random: &mut Random) {
    let (area, version) = (random.of(&AREAS), random.below(9) + 1);
    let _ = writeln!(
        spec,
        r#"  definition: |
    openapi: "3.0.3"
    info:
      title: {name}
      version: "{version}.0.0"
    paths:
      /{area}/{{id}}:
        get:
          operationId: get-{area}
          parameters:
            - name: id
              in: path
              required: true
              schema:
                type: string
          responses:
            "200":
              description: Found
            "404":
              description: Unknown"#
    );
}

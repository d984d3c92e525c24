//! The page about expressions, from the tables that they are checked against.

use super::methods::METHODS;
use crate::expr::{FUNCTIONS, LONGEST};

/// Questions, and the expressions that answer them.
pub static EXAMPLES: &[(&str, &str)] = &[
    (
        "Which services stop the business when they stop?",
        "entity.kind == 'Service' && entity.spec.criticality == 'tier1'",
    ),
    (
        "What is live and says nothing about recovery?",
        "entity.kind == 'Service' && entity.spec.lifecycle == 'live' && !has(entity.spec.continuity)",
    ),
    (
        "Which recoveries were not tried for half a year?",
        "entity.kind == 'Service' && date(entity.spec.continuity.lastTested) < today - period('P6M')",
    ),
    (
        "Which services must be back within an hour?",
        "entity.kind == 'Service' && period(entity.spec.continuity.rto) <= duration('1h')",
    ),
    (
        "Which live services have no runbook?",
        "entity.ref.startsWith('service:') && entity.spec.lifecycle == 'live' && size(entity.spec.runbooks) == 0",
    ),
    (
        "What runs in Frankfurt?",
        "entity.spec.region == 'eu-central-1' || entity.spec.location.contains('Frankfurt')",
    ),
    (
        "Which databases are in production?",
        "entity.kind == 'ConfigurationItem' && entity.isA('database') && entity.spec.environment == 'production'",
    ),
    (
        "Which of them can be reached from the internet?",
        "entity.kind == 'ConfigurationItem' && entity.spec.publiclyExposed == true",
    ),
    (
        "What was not verified for sixty days?",
        "entity.kind == 'ConfigurationItem' && date(entity.spec.discovery.lastVerified) < today - period('P60D')",
    ),
    (
        "What belongs to the payments team?",
        "entity.owners().exists(owner, owner.ref == 'team:payments')",
    ),
    (
        "What has no owner at all?",
        "has(entity.spec) && entity.owners().size() == 0 && !(entity.kind in ['Team', 'Person', 'Group', 'User'])",
    ),
    (
        "What needs the container platform, however indirectly?",
        "entity.allDependencies().exists(other, other.ref == 'service:container-platform')",
    ),
    (
        "Which items do more than three things need?",
        "entity.kind == 'ConfigurationItem' && entity.dependents().size() > 3",
    ),
    (
        "Which tier-1 services rest on something of a lower tier?",
        "entity.kind == 'Service' && entity.spec.criticality == 'tier1' && entity.dependencies().exists(other, other.kind == 'Service' && other.spec.criticality != 'tier1')",
    ),
    (
        "Who is on call for more than one team?",
        "entity.kind == 'Person' && entity.related('calledBy').size() > 1",
    ),
    (
        "Which teams have fewer than three members?",
        "entity.kind == 'Team' && entity.related('hasMember').size() < 3",
    ),
    (
        "Which runbooks have a step that runs a command?",
        "entity.kind == 'Runbook' && entity.spec.steps.exists(step, step.type == 'command')",
    ),
    (
        "Which exceptions end within three months?",
        "entity.kind == 'Exception' && date(entity.spec.expires) < today + period('P90D')",
    ),
    ("What is labelled as in scope of PCI DSS?", "entity.metadata.labels['pci'] == 'in-scope'"),
    ("What does a file hold?", "entity.file.endsWith('services/checkout.yaml')"),
];

const BEGIN: &str = "\
# Expressions

Policies, selectors and `gitsm query` ask about entities in CEL, the Common Expression Language
(<https://cel.dev>), which Kubernetes uses for the same. Nothing in an expression runs or fetches
anything.

## What there is

| name | is |
|---|---|
| `entity` | the document: `entity.kind`, `entity.metadata.name`, `entity.spec.owner`, as `gitsm explain KIND` lists them; and `entity.ref` (`service:checkout`) and `entity.file` |
| `today` | the beginning of the day on which it is asked, in UTC |
| `parameters`, `variables` | in a policy: what it says under these names |
| `change`, `plan` | in a policy over changes or plans |

## What is absent

A field that a document leaves out is `null`, an empty list or an empty mapping, and so is what lies
below it. Comparing it (`<`, `>=`) is false, and calculating with it gives `null`: so
`entity.spec.continuity.rto` needs no guard. `has(entity.spec.continuity)` tells whether it is there.
A field that no schema of the kinds in question knows is a mistake, and so is a word that a field can
never be; both are told at their place, before anything is evaluated. Whoever keeps fields that no
schema knows asks for them as `entity.spec[\"ourField\"]`.

An expression that begins with `entity.kind == 'Service' && …` is checked against that kind; in a
policy, `match.kinds` does the same.

## Walks through the graph
";

/// The page, in Markdown.
pub fn page() -> String {
    let mut text = BEGIN.to_owned();
    text.push_str("\n| ask | gives |\n|---|---|\n");
    for method in METHODS {
        let arguments: Vec<String> =
            method.arguments.iter().map(|name| format!("'{}'", name.to_uppercase())).collect();
        let usage = format!("entity.{}({})", method.name, arguments.join(", "));
        text.push_str(&format!("| `{usage}` | {} |\n", method.meaning));
    }
    text.push_str(
        "\nWhat these give are entities again, in lists: `entity.owners().exists(o, o.ref == \
         'team:payments')`.\nRelations have two names, one in each direction (`runsOn`, `runs`); \
         [README.md](README.md) lists them.\n\n## Functions\n\n| write | gives |\n|---|---|\n",
    );
    for function in FUNCTIONS {
        let usage = function.usage.replace('|', "\\|");
        text.push_str(&format!("| `{usage}` | {} |\n", function.meaning));
    }
    text.push_str("\n## Twenty questions\n");
    for (question, expression) in EXAMPLES {
        text.push_str(&format!("\n{question}\n\n```cel\n{expression}\n```\n"));
    }
    text.push_str(&format!(
        "\n## Limits\n\nAn expression has at most {LONGEST} bytes. One evaluation may go through \
         about a million values,\nand a policy, over a whole catalog, through five million and five \
         hundred for each entity.\n"
    ));
    text
}

//! What `init` can write, as tables: the wiring of a repository, the starter catalog, the packs.
//!
//! The starter's files are those of `examples/starter`, and what packs add is below `packs/`.

/// A file that comes with gitsm.
#[derive(Debug)]
pub(super) struct Template {
    /// Where it goes: wiring below the folder, documents below the catalog's.
    pub(super) path: &'static str,
    /// What it is, for the line that says so.
    pub(super) what: &'static str,
    /// Its text.
    pub(super) text: &'static str,
}

/// Documents that are added together.
#[derive(Debug)]
pub struct Pack {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What is in it.
    pub summary: &'static str,
    pub(super) documents: &'static [Template],
}

/// The team that owns whatever the templates add.
pub(super) const OWNER: &str = "team:operations";

macro_rules! starter {
    ($path:literal, $what:literal) => {
        Template {
            path: $path,
            what: $what,
            text: include_str!(concat!("../../../examples/starter/", $path)),
        }
    };
}

macro_rules! documents {
    ($($path:literal: $what:literal,)*) => {
        &[$(Template {
            path: $path,
            what: $what,
            text: include_str!(concat!("../../../examples/starter/catalog/", $path)),
        },)*]
    };
}

macro_rules! pack {
    ($name:literal, $summary:literal, $($path:literal: $what:literal,)*) => {
        Pack {
            name: $name,
            summary: $summary,
            documents: &[$(Template {
                path: concat!($name, "/", $path),
                what: $what,
                text: include_str!(concat!("packs/", $name, "/", $path)),
            },)*],
        }
    };
}

/// Where the schema of all kinds is put, for editors.
pub(super) const SCHEMA: &str = ".gitsm/schema.json";
/// Where the schema of `gitsm.yaml` is put, for editors.
pub(super) const CONFIG_SCHEMA: &str = ".gitsm/config.schema.json";
/// The settings of VS Code for this folder.
pub(super) const EDITOR: &str = ".vscode/settings.json";
/// The hooks of pre-commit.
pub(super) const HOOKS: &str = ".pre-commit-config.yaml";

/// The settings of a catalog that begins here: it is in one folder.
pub(super) static SETTINGS: Template = starter!("gitsm.yaml", "what belongs to the catalog");

/// The settings of a catalog that is there already, wherever it is.
pub(super) static SETTINGS_ADOPTED: Template =
    Template { text: include_str!("adopted/gitsm.yaml"), ..SETTINGS };

/// Which files editors check, of a catalog that begins here.
pub(super) static EDITOR_SETTINGS: Template =
    starter!(".vscode/settings.json", "which files the editor checks by which schema");

/// Which files editors check, among Backstage's.
pub(super) static EDITOR_SETTINGS_ADOPTED: Template =
    Template { text: include_str!("adopted/settings.json"), ..EDITOR_SETTINGS };

/// What is the same for every catalog.
pub(super) static WIRING: &[Template] = &[
    starter!(".editorconfig", "how files are indented"),
    starter!(".pre-commit-config.yaml", "the check before each commit"),
];

/// The documents of a catalog that begins here.
pub(super) static DOCUMENTS: &[Template] = documents! {
    "agreements/webshop.yaml": "a ServiceLevelAgreement",
    "calendars/office-hours.yaml": "a Calendar of service hours",
    "items/webshop-db.yaml": "a ConfigurationItem",
    "people/ada.yaml": "a Person",
    "people/grace.yaml": "another",
    "runbooks/restart-webshop.yaml": "a Runbook",
    "services/webshop.yaml": "a Service: begin here",
    "teams/customers.yaml": "the Team that it is for",
    "teams/operations.yaml": "the Team that owns it",
};

/// Every pack.
pub static PACKS: &[Pack] = &[
    pack!(
        "change",
        "who must agree to a change: a ChangePolicy, a standard ChangeModel, a freeze",
        "freeze.yaml": "a Calendar of type freeze",
        "policy.yaml": "a ChangePolicy",
        "standard.yaml": "a standard ChangeModel",
    ),
    pack!(
        "continuity",
        "what happens after a disaster: a Policy, a Runbook, a Calendar of exercises",
        "exercise.yaml": "a Calendar of exercises",
        "policy.yaml": "a Policy",
        "recover.yaml": "a Runbook",
    ),
    pack!(
        "runbooks",
        "what comes again: restoring a backup, renewing a certificate",
        "renew-certificate.yaml": "a Runbook",
        "restore-backup.yaml": "a Runbook",
    ),
    pack!(
        "slo",
        "how good the starter's service must be: an SLO of OpenSLO",
        "webshop-availability.yaml": "an SLO",
    ),
];

/// The pack of a name.
pub fn pack_named(name: &str) -> Option<&'static Pack> {
    PACKS.iter().find(|pack| pack.name == name)
}

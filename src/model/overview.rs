//! The page above all kinds: kinds, relations, classes, and where a person who knows ServiceNow's
//! Common Service Data Model finds each of its things.

use super::class::standard_classes;
use super::kind::{KINDS, Kind};
use super::relation::RELATIONS;

/// Things of CSDM 5, and where they are here, or why they are not
/// (<https://www.servicenow.com/docs/r/servicenow-platform/common-service-data-model-csdm/c_CSDM.html>).
pub(super) static CSDM: &[(&str, &str)] = &[
    ("Business Service", "`Service` with `serviceType: business`"),
    ("Business Service Offering", "`Service`, `spec.offerings`"),
    ("Technology Management Service", "`Service` with `serviceType: technical`"),
    ("Technology Management Offering", "`Service`, `spec.offerings`, of a technical service"),
    (
        "Service Instance (Application Service, `cmdb_ci_service_auto`)",
        "`ConfigurationItem` of a class below `application`, with its `environment`",
    ),
    (
        "Service Portfolio",
        "not a record: `Service`s by `spec.lifecycle`, from `proposed` to `retired`",
    ),
    ("Service Commitment", "`ServiceLevelAgreement`"),
    ("SLA Definition, OLA, Underpinning Contract", "`ServiceLevelAgreement`, by `spec.type`"),
    ("Request Catalog, Catalog Item", "not yet here: requests come with a later release"),
    (
        "Business Application (`cmdb_ci_business_app`)",
        "no record of its own: what is planned is a `Service` in `design`, what runs a `ConfigurationItem` below `application`",
    ),
    (
        "Business Capability",
        "not here: a model of the enterprise that nothing runs on; use `labels`",
    ),
    ("Business Process", "not here: name it in a Service's `outcome`"),
    ("Information Object", "not a record: `dataClassification` of Services and items"),
    ("SDLC Component", "Backstage's `Component`, read as it stands"),
    ("API", "Backstage's `API`, read as it stands; or a `ConfigurationItem` of class `api`"),
    (
        "Configuration Item and its classes (CMDB)",
        "`ConfigurationItem`, and `CIClass` for its attributes and relations",
    ),
    (
        "CI Relationship",
        "`ConfigurationItem`, `spec.relations`: written on one side, computed on the other",
    ),
    ("Suggested and allowed relationships", "`CIClass`, `spec.relations`"),
    ("Identification rule", "`CIClass`, `spec.identifiedBy`"),
    ("Dynamic CI Group", "not a record: a `selector` with CEL, where something is done for many"),
    (
        "Life Cycle Stage and Status",
        "`ConfigurationItem`, `spec.lifecycle`; `Ideation` is a Service that is `proposed`, `Inventory` belongs to assets",
    ),
    ("Discovery source, last discovered", "`ConfigurationItem`, `spec.discovery`"),
    (
        "Hardware and software model",
        "attributes `model` and `product` of the classes, and `spec.software`",
    ),
    ("Asset", "not yet here: `ConfigurationItem`, `spec.asset` holds the tag that the books use"),
    (
        "Location",
        "`ConfigurationItem`, `spec.location`; classes `facility.datacenter` and `facility.rack`",
    ),
    ("Company, Vendor", "`Team` with `type: supplier` or `customer`"),
    ("Contract", "`Team`, `spec.contract`, and the agreement of type `uc`"),
    (
        "Department, Business Unit, Cost Center",
        "`Team` and `spec.parent`; cost centres as `labels`",
    ),
    ("Group", "`Team`, or Backstage's `Group`"),
    ("User", "`Person`, or Backstage's `User`"),
    ("Schedule, Maintenance and Blackout Schedule, On-call Rota", "`Calendar`, by `spec.type`"),
    (
        "Change Request, Change Task",
        "a pull request, and `ChangeRequest` for what it cannot say; tasks are the steps of a `Runbook`",
    ),
    ("Change Model, Standard Change Template", "`ChangeModel`"),
    ("Risk Calculator, Approval Policy", "`ChangePolicy`"),
    ("Policy, Policy Exception", "`Policy`, `Exception`"),
    (
        "Incident, Problem, Request",
        "not yet here: they come with a later release, on a branch of their own",
    ),
    ("Knowledge article", "not yet here; what is done step by step is a `Runbook`"),
    ("Product Idea, Demand, Planning Item", "not here: an issue tracker does it better"),
];

/// The page: `schemas/README.md`.
pub fn overview() -> String {
    let mut text = "# The kinds that gitsm reads\n\nGenerated from the tables in `src/model` by `cargo schemas`. Each page has the kind's\nfields, relations and life; the file beside it is its JSON Schema, and\n`gitsm.schema.json` holds all of them for an editor. `gitsm explain service` prints a page.\n".to_owned();
    for (title, foreign, folder) in [
        ("gitsm's own", false, "gitsm"),
        ("Backstage's", true, "backstage"),
        ("OpenSLO's", true, "openslo"),
    ] {
        text.push_str(&format!("\n## {title}\n\n| Kind | What it is |\n|---|---|\n"));
        let of_group = |kind: &&&'static Kind| {
            kind.group.foreign == foreign && super::schema::folder(kind) == folder
        };
        for kind in KINDS.iter().filter(of_group) {
            let file = format!("{folder}/{}.md", kind.name.to_lowercase());
            text.push_str(&format!("| [{}]({file}) | {} |\n", kind.name, kind.summary));
        }
    }
    text.push_str("\n## Relations\n\nWritten in one direction; the other is computed. *Trouble travels* says how the failure of\none end concerns the other.\n\n| Relation | Inverse | What it says | Trouble travels | Circles |\n|---|---|---|---|---|\n");
    for relation in RELATIONS {
        text.push_str(&format!(
            "| `{}` | `{}` | {} | {} | {} |\n",
            relation.name,
            relation.inverse,
            relation.meaning,
            relation.impact.meaning(),
            if relation.acyclic { "are an error" } else { "" },
        ));
    }
    text.push_str("\n## Classes of configuration items\n\nA class has the attributes and relations of the classes above it. A `CIClass` in the catalog\nadds another, or stands in for a standard one of its name. `gitsm explain compute.vm` prints\nall attributes and relations of a class.\n\n| Class | Below | What is of it | Own attributes | ServiceNow |\n|---|---|---|---|---|\n");
    for class in standard_classes() {
        let attributes = class.spec.attributes.as_ref().and_then(|all| all.get("properties"));
        let names = attributes.and_then(|fields| fields.as_object());
        let names: Vec<String> =
            names.into_iter().flatten().map(|(name, _)| format!("`{name}`")).collect();
        let parent = class.spec.parent.as_ref().map_or(String::new(), |one| format!("`{}`", one.0));
        text.push_str(&format!(
            "| `{}`{} | {parent} | {} | {} | {} |\n",
            class.name,
            if class.spec.r#abstract == Some(true) { " (abstract)" } else { "" },
            class.description,
            names.join(", "),
            class.spec.servicenow.as_ref().map_or(String::new(), |table| format!("`{table}`")),
        ));
    }
    text.push_str("\n## For those who know ServiceNow\n\n| In CSDM 5 | Here |\n|---|---|\n");
    for (thing, here) in CSDM {
        text.push_str(&format!("| {thing} | {here} |\n"));
    }
    text
}

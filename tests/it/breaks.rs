//! Mistakes that people make in a catalog like acme's: each is one finding, where it was made.

use std::fs;
use std::path::Path;

use crate::support::{Folder, project};

/// A mistake: what somebody did, in which file, the text before and after.
struct Break {
    name: &'static str,
    file: &'static str,
    before: &'static str,
    after: &'static str,
}

const fn case(
    name: &'static str,
    file: &'static str,
    before: &'static str,
    after: &'static str,
) -> Break {
    Break { name, file, before, after }
}

const BREAKS: &[Break] = &[
    case(
        "a team that is misspelt",
        "services/payments.yaml",
        "owner: team:payments",
        "owner: team:paymnets",
    ),
    case(
        "a field that is misspelt",
        "services/checkout.yaml",
        "  criticality: tier1",
        "  critcality: tier1",
    ),
    case(
        "a tier that does not exist",
        "services/checkout.yaml",
        "criticality: tier1",
        "criticality: tier0",
    ),
    case(
        "a database without its engine",
        "cis/aws/databases.yaml",
        "attributes: {engine: postgresql, port: 5432, sizeGiB: 40}",
        "attributes: {port: 5432, sizeGiB: 40}",
    ),
    case(
        "a port in words",
        "cis/aws/databases.yaml",
        "attributes: {engine: postgresql, port: 5432, sizeGiB: 40}",
        "attributes: {engine: postgresql, port: default, sizeGiB: 40}",
    ),
    case(
        "an attribute that is misspelt",
        "cis/aws/databases.yaml",
        "port: 5432, highAvailability: true, sizeGiB: 800}",
        "port: 5432, highAvailibility: true, sizeGiB: 800}",
    ),
    case(
        "a class that is misspelt",
        "cis/aws/databases.yaml",
        "  class: database.instance\n  owner: team:payments\n  environment: staging",
        "  class: database.instanse\n  owner: team:payments\n  environment: staging",
    ),
    case(
        "a class that only groups others",
        "cis/aws/databases.yaml",
        "  class: database.instance\n  owner: team:payments\n  environment: staging",
        "  class: compute\n  owner: team:payments\n  environment: staging",
    ),
    case(
        "a relation that databases do not have",
        "cis/aws/databases.yaml",
        "    uses: [ci:checkout-db]",
        "    manages: [ci:checkout-db]",
    ),
    case(
        "a relation to the wrong class",
        "cis/aws/databases.yaml",
        "    hostedOn: [ci:aws-staging]",
        "    hostedOn: [ci:net-aws-staging]",
    ),
    case(
        "a status of what is switched off",
        "cis/aws/databases.yaml",
        "lifecycle: {stage: end_of_life}",
        "lifecycle: {stage: end_of_life, status: in_use}",
    ),
    case(
        "a dependency on what is gone",
        "cis/aws/databases.yaml",
        "    uses: [ci:checkout-db]",
        "    uses: [ci:orders-db-13]",
    ),
    case(
        "an owner who was disbanded",
        "teams/operations.yaml",
        "  type: team\n  lifecycle: active\n  members: [person:tariq, person:uma, person:viktor, person:wanda]",
        "  type: team\n  lifecycle: disbanded\n  members: [person:tariq, person:uma, person:viktor, person:wanda]",
    ),
    case(
        "a team by its old name",
        "services/observability.yaml",
        "owner: team:platform",
        "owner: team:devops",
    ),
    case(
        "an old name that lives",
        "teams/operations.yaml",
        "formerly: [team:devops]",
        "formerly: [team:security]",
    ),
    case(
        "a promise that its supplier does not keep",
        "agreements/checkout-sla.yaml",
        "within: PT4H\n      goal: 0.9\n",
        "within: PT10M\n      goal: 0.9\n",
    ),
    case("working time in days", "agreements/checkout-sla.yaml", "within: PT24H", "within: P3D"),
    case(
        "a live service without an agreement",
        "services/observability.yaml",
        "  sla: sla:platform-ola\n",
        "",
    ),
    case(
        "a zone that does not exist",
        "calendars/hours.yaml",
        "  timezone: Europe/Berlin\n  owner: team:fulfilment",
        "  timezone: Europe/Berln\n  owner: team:fulfilment",
    ),
    case(
        "a rule that cannot be read",
        "calendars/hours.yaml",
        "rrule: FREQ=DAILY",
        "rrule: FREQ=DAYLY",
    ),
    case(
        "a window that never opens",
        "calendars/hours.yaml",
        "rrule: FREQ=DAILY",
        "rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
    ),
    case(
        "a parameter that is misspelt",
        "runbooks/deploy-release.yaml",
        "Staging ran {{ version }}",
        "Staging ran {{ verson }}",
    ),
    case(
        "a parameter that nobody uses",
        "runbooks/deploy-release.yaml",
        "      workload: {type: string, description: The configuration item.}",
        "      workload: {type: string, description: The configuration item.}\n      ticket: {type: string}",
    ),
    case(
        "a step that leads nowhere",
        "runbooks/check-backups.yaml",
        "      expect: a snapshot of each machine from last night\n      onFailure: continue",
        "      expect: a snapshot of each machine from last night\n      onFailure: goto:clowd",
    ),
    case(
        "two steps of one id",
        "runbooks/check-backups.yaml",
        "    - id: cloud\n",
        "    - id: berlin\n",
    ),
    case(
        "a model past its review",
        "changes/models.yaml",
        "reviewBy: 2027-10-06",
        "reviewBy: 2026-10-20",
    ),
    case(
        "an exception that is over",
        "exceptions/exceptions.yaml",
        "granted: 2026-06-02\n  expires: 2027-12-31",
        "granted: 2026-06-02\n  expires: 2026-06-30",
    ),
    case(
        "an exception for oneself",
        "exceptions/exceptions.yaml",
        "  approver: person:farid",
        "  approver: person:greta",
    ),
    case(
        "an exception from a policy that does not exist",
        "exceptions/exceptions.yaml",
        "name: card-data-is-restricted",
        "name: card-data-is-resticted",
    ),
    case(
        "a phone number",
        "people/corporate.yaml",
        "accounts: {github: acme-bianca}",
        "accounts: {github: acme-bianca, signal: \"+49 170 1234567\"}",
    ),
    case(
        "half a key",
        "people/corporate.yaml",
        "AAAAC3NzaC1lZDI1NTE5AAAAIAck0QfDNYsPEGImp8ZYUk5M1tomnVxlfC3sXCd7XDKe",
        "AAAAC3NzaC1lZDI1NTE5AAAAIAck0QfDNYsPEGImp8ZY",
    ),
    case(
        "a glob that matches nothing",
        "services/payments.yaml",
        "helm/payments/**",
        "helm/payment/**",
    ),
    case(
        "files of two services",
        "services/payments.yaml",
        "    - path: helm/payments/**",
        "    - path: helm/payments/**\n    - path: terraform/prod/db/*.tf",
    ),
    case(
        "a team that is its own parent",
        "teams/product.yaml",
        "  manager: person:nadia\n",
        "  manager: person:nadia\n  parent: team:platform\n",
    ),
    case(
        "a class that is its own parent",
        "classes/iot.yaml",
        "parent: endpoint.mobile",
        "parent: iot.scanner",
    ),
    case(
        "a selector of a class that does not exist",
        "changes/models.yaml",
        "classes: [certificate]",
        "classes: [certifcate]",
    ),
    case("a duration that is none", "services/checkout.yaml", "rpo: PT15M", "rpo: 15m"),
    case(
        "nobody on call for tier 1",
        "teams/product.yaml",
        "  onCall: calendar:on-call-payments\n",
        "",
    ),
    case(
        "an objective that measures another service",
        "slos/objectives.yaml",
        "  service: storefront\n",
        "  service: product-search\n",
    ),
    case(
        "a database that nobody looked at since August",
        "cis/aws/databases.yaml",
        "lastVerified: 2026-11-17",
        "lastVerified: 2026-08-17",
    ),
    case(
        "a component that runs nobody knows where",
        "apps/checkout/catalog-info.yaml",
        "  labels: {environment: production}\n  tags",
        "  tags",
    ),
    case(
        "an interface of which security knows nothing",
        "services/partner-feed.yaml",
        "  stakeholders: [team:security]\n",
        "",
    ),
    case(
        "a database guarded less than what is in it",
        "cis/aws/databases.yaml",
        "  version: 8.0.43\n  dataClassification: confidential",
        "  version: 8.0.43\n  dataClassification: internal",
    ),
    case(
        "an image by its tag",
        "cis/shop/workloads.yaml",
        "image: registry.acme.example/checkout-api@sha256:",
        "image: registry.acme.example/checkout-api:5.4.0 # ",
    ),
    case(
        "software that nobody mends any more",
        "cis/datacentre/applications.yaml",
        "endOfSupport: 2028-06-30",
        "endOfSupport: 2026-06-30",
    ),
    case(
        "software that nobody will mend soon",
        "cis/datacentre/applications.yaml",
        "endOfSupport: 2028-06-30",
        "endOfSupport: 2027-03-31",
    ),
    case(
        "a database that nobody can restore",
        "cis/datacentre/applications.yaml",
        "  runbooks: [runbook:restore-postgres]\n",
        "",
    ),
    case(
        "a service that belongs to a person",
        "services/observability.yaml",
        "owner: team:platform",
        "owner: person:ines",
    ),
    case(
        "a service that was to be gone",
        "services/partner-feed.yaml",
        "ends-on: \"2027-12-31\"",
        "ends-on: \"2025-12-31\"",
    ),
];

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// The places of the findings of acme, a line each.
fn findings(folder: &Folder) -> Vec<String> {
    let run = folder.gitsm(&["validate", "--today", "2026-11-21", "-o", "concise"]);
    run.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn each_mistake_is_one_finding_where_it_was_made() {
    let acme = Folder::new();
    copy(&project().join("examples/acme"), acme.path());
    assert_eq!(findings(&acme), [""; 0], "acme is clean");
    let (mut told, mut wrong) = (String::new(), Vec::new());
    for one in BREAKS {
        let text = acme.read(one.file);
        assert_eq!(text.matches(one.before).count().min(1), 1, "{}: not in {}", one.name, one.file);
        acme.write(one.file, text.replacen(one.before, one.after, 1));
        told.push_str(&format!("{}\n", one.name));
        let mut found = findings(&acme);
        // An exception that allows nothing any more brings back what it allowed: a second statement.
        if one.file.starts_with("exceptions/") {
            found.retain(|line| !line.contains("[policy-violated]"));
        }
        assert!(!found.is_empty(), "{}: nothing is found", one.name);
        let messages: std::collections::BTreeSet<&str> =
            found.iter().filter_map(|line| line.split_once(": ")).map(|(_, text)| text).collect();
        if messages.len() != 1 {
            wrong.push(format!("{}: one finding, not {found:#?}", one.name));
        }
        told.push_str(&format!("  {}\n", found[0]));
        if found.len() > 1 {
            told.push_str(&format!("  … at {} places\n", found.len()));
        }
        acme.write(one.file, text);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!(told);
}

#[test]
fn without_its_exception_software_without_support_is_a_finding() {
    let acme = Folder::new();
    copy(&project().join("examples/acme"), acme.path());
    let file = "exceptions/exceptions.yaml";
    let text = acme.read(file);
    let (before, rest) = text.split_once("---\n").unwrap();
    let (one, rest) = rest.split_once("---\n").unwrap();
    assert!(one.contains("accounts-db-on-mysql-8"), "{one}");
    acme.write(file, format!("{before}---\n{rest}"));
    let found = findings(&acme);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].ends_with("error[policy-violated] its maker no longer mends it"), "{found:?}");
}

#[test]
fn renaming_a_team_by_hand_is_one_finding_with_all_its_places() {
    let acme = Folder::new();
    copy(&project().join("examples/acme"), acme.path());
    let file = "teams/operations.yaml";
    let text = acme.read(file).replacen("  name: platform\n", "  name: platform-engineering\n", 1);
    acme.write(file, text);
    let json = acme.findings(&["--today", "2026-11-21"]);
    let all = json["findings"].as_array().unwrap();
    let headlines: Vec<&str> = all.iter().map(|one| one["headline"].as_str().unwrap()).collect();
    assert_eq!(headlines.len(), 1, "{headlines:#?}");
    assert!(headlines[0].starts_with("there is no Team `platform` ("), "{headlines:?}");
    let places = all[0]["occurrences"].as_u64().unwrap();
    assert!(places >= 40, "{places} places");
}

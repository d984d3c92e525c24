//! The catalogs that come with gitsm: clean, and read by the typed specs.

use gitsm::model::backstage::{
    ai_resource::AiResourceSpec, api::ApiSpec, component::ComponentSpec, domain::DomainSpec,
    group::GroupSpec, location::LocationSpec, resource::ResourceSpec, system::SystemSpec,
    template::TemplateSpec, user::UserSpec,
};
use gitsm::model::gitsm::Spec;
use gitsm::model::openslo::{
    alert_condition::AlertConditionSpec, alert_notification_target::AlertNotificationTargetSpec,
    alert_policy::AlertPolicySpec, data_source::DataSourceSpec, service::ServiceSpec, sli::SliSpec,
    slo::SloSpec,
};
use gitsm::model::{KINDS, groups};
use gitsm::yaml::Node;
use gitsm::yaml::de::from_node;

use crate::support::{each_document, gitsm, project};

#[test]
fn our_own_catalogs_are_clean() {
    for folder in ["acme", "backstage", "openslo", "starter"].map(|name| format!("examples/{name}"))
    {
        let arguments = ["validate", &folder, "--all", "--fail-on", "warning"];
        // As of the day on which they were written: they must not fail by themselves one day.
        let run = gitsm(&project(), &[&arguments[..], &["--today", "2026-11-21"]].concat());
        assert_eq!(run.code, 0, "{folder}: {}", run.stdout);
        assert!(run.stdout.contains("nothing to report"), "{folder}: {}", run.stdout);
    }
}

/// Reads a spec as its type; placeholders stand for what their files hold.
fn typed(kind: &str, group: &str, spec: Node<'_>) -> Result<(), String> {
    macro_rules! read {
        ($type:ty) => {
            from_node::<$type>(spec).map(|_| ()).map_err(|error| error.to_string())
        };
    }
    match (group, kind) {
        ("openslo", "Service") => read!(ServiceSpec),
        (_, "Component") => read!(ComponentSpec),
        (_, "API") => match spec.get("definition").is_some_and(|node| node.as_str().is_some()) {
            true => read!(ApiSpec),
            false => Ok(()),
        },
        (_, "Resource") => read!(ResourceSpec),
        (_, "System") => read!(SystemSpec),
        (_, "Domain") => read!(DomainSpec),
        (_, "Group") => read!(GroupSpec),
        (_, "User") => read!(UserSpec),
        (_, "Location") => read!(LocationSpec),
        (_, "AiResource") => read!(AiResourceSpec),
        (_, "Template") => read!(TemplateSpec),
        (_, "SLO") => read!(SloSpec),
        (_, "SLI") => read!(SliSpec),
        (_, "DataSource") => read!(DataSourceSpec),
        (_, "AlertPolicy") => read!(AlertPolicySpec),
        (_, "AlertCondition") => read!(AlertConditionSpec),
        (_, "AlertNotificationTarget") => read!(AlertNotificationTargetSpec),
        other => Err(format!("no type for {other:?}")),
    }
}

#[test]
fn every_example_reads_as_its_type() {
    let mut count = 0;
    each_document("examples", &mut |path, root| {
        let (Some(version), Some(kind)) = (root.str("apiVersion"), root.str("kind")) else {
            return;
        };
        let group = version.split('/').next().unwrap();
        if group == "gitsm" {
            let kind = KINDS.iter().find(|one| one.name == kind && !one.group.foreign).unwrap();
            assert!(Spec::of(kind, root).is_some(), "{} {}", path.display(), kind.name);
        } else if groups().iter().any(|known| known.name == group) {
            if let Err(error) = typed(kind, group, root.get("spec").unwrap()) {
                panic!("{} {kind}: {error}", path.display());
            }
        } else {
            return;
        }
        count += 1;
    });
    assert!(count > 100, "{count}");
}

//! The SLOs of a catalog as files of rules.

use serde_json::{Map, Value, json};

use super::about::About;
use super::burn::{self, Slo};
use super::measure::{Wrong, wrong};
use super::number::Span;
use crate::catalog::EntityId;
use crate::catalog::query::World;
use crate::model::EntityRef;
use crate::model::openslo::sli::{MetricSource, SliSpec};
use crate::model::openslo::slo::SloSpec;
use crate::plan::{Object, ObjectId};
use crate::target::Unmade;
use crate::target::folder::misnamed;

/// The object of an SLO; nothing if its numbers come from elsewhere.
pub(super) fn object(
    world: &World<'_>,
    id: EntityId,
    runbooks: Option<&str>,
) -> Result<Option<Object>, Unmade> {
    let about = About::new(world, id);
    let unmade = |wrong: Wrong| Unmade {
        entity: about.canonical().to_owned(),
        pointer: wrong.pointer,
        message: wrong.message,
    };
    let Some(slo) = read(&about, runbooks).map_err(unmade)? else { return Ok(None) };
    let groups = burn::groups(&slo).map_err(unmade)?;
    let name = format!("slo-{}", slo.name);
    if let Some(why) = misnamed(&name) {
        return Err(unmade(Wrong { pointer: "/metadata/name".into(), message: why.into() }));
    }
    let mut fields = Map::new();
    fields.insert("groups".into(), groups.into());
    Ok(Some(Object {
        id: ObjectId::new("rules", name),
        entity: about.canonical().to_owned(),
        formerly: about.formerly(),
        fields,
        sensitive: Vec::new(),
        after: Vec::new(),
    }))
}

fn read(about: &About<'_>, runbooks: Option<&str>) -> Result<Option<Slo>, Wrong> {
    let spec = about.value(&["spec"]).cloned().unwrap_or_default();
    let spec: SloSpec = match serde_json::from_value(spec) {
        Ok(spec) => spec,
        Err(error) => return wrong("/spec", format!("the SLO does not fit its schema: {error}")),
    };
    let windows = spec.time_window.unwrap_or_default();
    let period = windows.first().and_then(|window| Span::read(&window.duration.0));
    let Some(period) = period else {
        return wrong(
            "/spec/timeWindow",
            "say over which time it is kept, such as 28d, ten years at most",
        );
    };
    let mut objectives = Vec::new();
    for (number, objective) in spec.objectives.into_iter().enumerate() {
        let at = format!("/spec/objectives/{number}");
        let (inline, reference, at) = match (&objective.indicator, &objective.indicator_ref) {
            (None, None) => (&spec.indicator, &spec.indicator_ref, "/spec".to_owned()),
            (inline, reference) => (inline, reference, at),
        };
        let sli = match (inline, reference) {
            (Some(inline), _) => (inline.spec.clone(), format!("{at}/indicator/spec")),
            (None, Some(name)) => (named(about.world, name, &at)?, format!("{at}/indicatorRef")),
            (None, None) => return wrong(at, "it has no indicator: nobody can say how good it is"),
        };
        match source(about.world, &sli.0) {
            Source::Prometheus => {}
            Source::Other => return Ok(None),
            Source::Unknown => {
                let why = "nobody says that its metrics are those of Prometheus: give metricSource a `type`, \
                           or a metricSourceRef to a DataSource of that type";
                return wrong(sli.1, why);
            }
        }
        objectives.push((objective, sli.0, sli.1));
    }
    let name = about.name();
    Ok(Some(Slo {
        title: about.text(&["metadata", "displayName"]).unwrap_or(&name).to_owned(),
        labels: labels(about, &name),
        runbook: service(about).and_then(|service| {
            service.to("operatedBy").find_map(|runbook| runbook.page(runbooks))
        }),
        name,
        period,
        method: spec.budgeting_method,
        objectives,
    }))
}

/// The service whose SLO it is: the one that names it, or that it names.
pub(super) fn service<'a>(about: &About<'a>) -> Option<About<'a>> {
    let named = about.to("measures").find(|one| one.family() == "service");
    about.from("measuredBy").next().or(named)
}

fn labels(about: &About<'_>, name: &str) -> Map<String, Value> {
    let mut labels = Map::new();
    labels.insert("slo".into(), name.into());
    let service = service(about);
    let own = about.text(&["spec", "service"]).map(str::to_owned);
    let called = service.map(|service| service.name()).or(own);
    let owner = service.and_then(|service| service.owner());
    let criticality = service.and_then(|service| service.criticality().map(str::to_owned));
    for (name, value) in [("service", called), ("owner", owner), ("criticality", criticality)] {
        if let Some(value) = value {
            labels.insert(name.into(), value.into());
        }
    }
    labels
}

fn named(world: &World<'_>, name: &str, at: &str) -> Result<SliSpec, Wrong> {
    let at = format!("{at}/indicatorRef");
    let Some(id) = world.catalog.find(&EntityRef::new("sli", "default", name)) else {
        return wrong(at, format!("there is no SLI {name}"));
    };
    let spec = About::new(world, id).value(&["spec"]).cloned().unwrap_or_default();
    serde_json::from_value(spec)
        .or_else(|error| wrong(at, format!("the SLI {name} does not fit its schema: {error}")))
}

/// Where the numbers of an indicator come from.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    Prometheus,
    Other,
    Unknown,
}

fn source(world: &World<'_>, sli: &SliSpec) -> Source {
    let ratio = sli.ratio_metric.as_ref();
    let ratio = ratio.map(|ratio| [&ratio.good, &ratio.bad, &ratio.total, &ratio.raw]);
    let metrics = ratio.into_iter().flatten().chain([&sli.threshold_metric]).flatten();
    let types: Vec<Option<String>> =
        metrics.map(|metric| kind(world, &metric.metric_source)).collect();
    let is_prometheus = |kind: &Option<String>| {
        kind.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("prometheus"))
    };
    if types.iter().any(Option::is_none) || types.is_empty() {
        return Source::Unknown;
    }
    match types.iter().all(is_prometheus) {
        true => Source::Prometheus,
        false => Source::Other,
    }
}

fn kind(world: &World<'_>, source: &MetricSource) -> Option<String> {
    let named = source.metric_source_ref.as_ref().and_then(|name| {
        let id = world.catalog.find(&EntityRef::new("datasource", "default", name))?;
        Some(About::new(world, id).text(&["spec", "type"])?.to_owned())
    });
    named.or_else(|| source.r#type.clone())
}

/// The SLOs among some entities, and those of the services among them, each once.
pub(super) fn of(world: &World<'_>, ids: &[EntityId]) -> Vec<EntityId> {
    let mut slos = std::collections::BTreeSet::new();
    for id in ids {
        let about = About::new(world, *id);
        match about.family() {
            "slo" => _ = slos.insert(*id),
            "service" => {
                slos.extend(about.to("measuredBy").map(|slo| slo.id));
                slos.extend(
                    about.from("measures").filter(|one| one.family() == "slo").map(|slo| slo.id),
                );
            }
            _ => {}
        }
    }
    slos.into_iter().collect()
}

/// A file of one group, as the fields of an object.
pub(super) fn file(groups: &[Value]) -> Map<String, Value> {
    json!({ "groups": groups }).as_object().cloned().unwrap_or_default()
}

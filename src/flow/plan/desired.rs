//! What a target should hold: the entities that its selector takes, put through its mapping.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::place::{Wrong, refusals};
use crate::catalog::query::{Matcher, World, unknown_names};
use crate::catalog::{EntityId, short};
use crate::expr::ExprError;
use crate::model::EntityRef;
use crate::model::gitsm::target::{Mapping, TargetSpec};
use crate::model::gitsm::value::Selector;
use crate::plan::{Fields, Object, ObjectId, Phases, Refusal, Unknown};
use crate::target::Maker;
use crate::template::{SPREAD, Serde, Tree, Value as Shown};

/// The bytes that the objects of a target may have together: each is held several times while it is
/// compared, and templates may come from anybody who proposes something.
const LARGEST: usize = 64 << 20;

const TOO_MUCH: &str = "the objects of this target have more than 64 MiB together: take less of each \
                        entity, or make several targets";

/// What a target should hold.
#[derive(Debug, Default)]
pub(super) struct Desired {
    /// The objects, by name.
    pub(super) objects: Vec<Object>,
    /// Which kinds come before which.
    pub(super) phases: Phases,
    /// What cannot be made, and what was made twice.
    pub(super) refusals: Vec<Refusal>,
    /// What is not known to be wanted or not.
    pub(super) unknown: Unknown,
    /// How many entities were taken.
    pub(super) taken: usize,
}

/// A target, as its document stands in a catalog.
pub(super) struct Meant<'a> {
    /// Its canonical reference.
    pub(super) name: &'a str,
    /// What it says.
    pub(super) spec: &'a TargetSpec,
    /// The settings that count.
    pub(super) settings: &'a Fields,
    /// What its document says on the protected branch.
    pub(super) protected: Option<&'a TargetSpec>,
    /// What makes its objects, if its driver does.
    pub(super) maker: Option<Maker>,
}

/// Makes the objects of a target.
pub(super) fn desired(world: &World<'_>, target: &Meant<'_>) -> Desired {
    let mut desired = Desired::default();
    let mappings = target.spec.mapping.iter().flatten();
    let all = mappings.map(|(kind, mapping)| {
        // Nobody who only proposes something lets others see what the protected branch hides.
        let protected = target.protected.and_then(|spec| spec.mapping.as_ref()?.get(kind));
        let also = protected.and_then(|mapping| mapping.sensitive.as_deref()).unwrap_or_default();
        Ready::of(world, target.name, kind, mapping).map(|ready| ready.hiding(also))
    });
    let (mut ready, mut wrong) = (Vec::new(), Vec::new());
    for one in all {
        match one {
            Ok(one) => ready.push(one),
            Err(one) => {
                let (kind, why) = *one;
                desired.unknown.kinds.insert(kind);
                wrong.push(why);
            }
        }
    }
    for one in &ready {
        let after = one.mapping.after.clone().unwrap_or_default();
        desired.phases.insert(one.kind.to_owned(), after);
    }
    let ids = match taken(world, target.name, target.spec.selector.as_ref(), "/spec/selector") {
        Ok(ids) => ids,
        Err(why) => {
            wrong.push(why);
            desired.unknown.all = true;
            desired.refusals = refusals(world, wrong);
            return desired;
        }
    };
    desired.taken = ids.len();
    let mut made: Vec<Result<Object, Wrong>> = Vec::new();
    let left = AtomicUsize::new(LARGEST);
    for one in &ready {
        made.extend(one.objects(world, target.name, &ids, &left));
    }
    if let Some(maker) = target.maker {
        match maker(world, &ids, target.settings) {
            Ok(objects) => made.extend(objects.into_iter().map(Ok)),
            Err(unmade) => {
                // It gives none at all then, of whichever entity.
                desired.unknown.all = true;
                made.extend(unmade.into_iter().map(|one| Err(Wrong::own(one, target.name))));
            }
        }
    }
    desired.add(world, made, wrong);
    desired
}

impl Desired {
    fn add(&mut self, world: &World<'_>, made: Vec<Result<Object, Wrong>>, mut wrong: Vec<Wrong>) {
        let mut objects: BTreeMap<ObjectId, Object> = BTreeMap::new();
        let mut twice: BTreeMap<ObjectId, BTreeSet<String>> = BTreeMap::new();
        for one in made {
            match one {
                Ok(object) => {
                    if let Some(other) = objects.get(&object.id) {
                        let all = twice.entry(object.id.clone()).or_default();
                        all.extend([other.entity.clone(), object.entity.clone()]);
                    }
                    objects.insert(object.id.clone(), object);
                }
                Err(why) => {
                    self.unknown.entities.extend(names(world, &why.entity));
                    wrong.push(why);
                }
            }
        }
        self.refusals = refusals(world, wrong);
        for (id, entities) in twice {
            self.refusals.push(Refusal::Twice { id, entities: entities.into_iter().collect() });
        }
        follow(world, &mut objects);
        self.objects = objects.into_values().collect();
    }
}

/// What an entity is called, and was called before.
fn names(world: &World<'_>, entity: &str) -> Vec<String> {
    let mut all = vec![entity.to_owned()];
    if let Some(id) = world.catalog.find(&EntityRef::from_canonical(entity)) {
        let formerly = world.catalog.entity(id).formerly().iter();
        all.extend(formerly.map(|name| world.catalog.names.text(*name).to_owned()));
    }
    all
}

/// What an entity needs comes before it, if it is made into objects of the same kind.
fn follow(world: &World<'_>, objects: &mut BTreeMap<ObjectId, Object>) {
    let mut made: BTreeMap<(&str, &str), Vec<&ObjectId>> = BTreeMap::new();
    for object in objects.values() {
        let key = (object.id.kind.as_str(), object.entity.as_str());
        made.entry(key).or_default().push(&object.id);
    }
    let mut after: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
    for object in objects.values() {
        let id = world.catalog.find(&EntityRef::from_canonical(&object.entity));
        let needs =
            id.map(|id| crate::catalog::impact::needs(world.catalog, world.graph, id, true));
        let needs = needs.unwrap_or_default().into_iter().flat_map(|(id, _)| {
            let name = world.catalog.canonical(world.catalog.entity(id));
            made.get(&(object.id.kind.as_str(), name)).into_iter().flatten()
        });
        let needs: Vec<ObjectId> = needs.map(|id| (*id).clone()).collect();
        if !needs.is_empty() {
            after.insert(object.id.clone(), needs);
        }
    }
    for (id, needs) in after {
        if let Some(object) = objects.get_mut(&id) {
            object.after.extend(needs);
        }
    }
}

/// The entities that a selector takes, by name; all without one.
fn taken(
    world: &World<'_>,
    target: &str,
    selector: Option<&Selector>,
    pointer: &str,
) -> Result<Vec<EntityId>, Wrong> {
    let mut all: Vec<EntityId> = world.catalog.distinct().collect();
    let name = |id: &EntityId| world.catalog.canonical(world.catalog.entity(*id));
    if let Some(selector) = selector {
        let matcher = matcher(world, target, selector, pointer)?;
        all.retain(|id| matcher.may_match(world, *id));
        let judged = world.reader.each(world.catalog, &all, |id, _| {
            let value = world.catalog.value(world.reader, id)?;
            Some((id, matcher.matches(world, id, &value).0))
        });
        all = Vec::new();
        for (id, is_taken) in judged {
            match is_taken {
                Ok(true) => all.push(id),
                Ok(false) => {}
                // What is not known to be left out would be deleted by mistake.
                Err(error) => {
                    let one =
                        Wrong { entity: name(&id).to_owned(), ..wrong(target, pointer, &[error]) };
                    return Err(one);
                }
            }
        }
    }
    all.sort_by(|a, b| name(a).cmp(name(b)));
    Ok(all)
}

fn matcher<'s>(
    world: &World<'_>,
    target: &str,
    selector: &'s Selector,
    pointer: &str,
) -> Result<Matcher<'s>, Wrong> {
    let reference = EntityRef::from_canonical(target);
    // What is written wrongly takes nothing, and all that is there would be deleted.
    if let Some(unknown) = unknown_names(selector, world.classes, reference.namespace()).first() {
        let near = unknown.near.as_ref().map(|near| format!("; did you mean `{near}`?"));
        let message = format!(
            "there is no {} `{}`{}",
            unknown.what,
            unknown.written,
            near.unwrap_or_default()
        );
        return Err(Wrong {
            entity: target.to_owned(),
            document: target.to_owned(),
            pointer: format!("{pointer}/{}/{}", unknown.field, unknown.number),
            part: 0..0,
            message,
        });
    }
    let matcher = Matcher::new(selector, world.classes, reference.namespace());
    matcher.map_err(|errors| wrong(target, pointer, &errors))
}

/// What is wrong with the expression of a selector.
fn wrong(target: &str, pointer: &str, errors: &[ExprError]) -> Wrong {
    let all: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    Wrong {
        entity: target.to_owned(),
        document: target.to_owned(),
        pointer: format!("{pointer}/where"),
        part: errors.first().map(|error| error.span.clone()).unwrap_or_default(),
        message: format!("the selector cannot be evaluated: {}", all.join("; ")),
    }
}

/// A mapping whose templates were read.
struct Ready<'a> {
    kind: &'a str,
    mapping: &'a Mapping,
    name: Tree,
    fields: Tree,
    matcher: Option<Matcher<'a>>,
    sensitive: Vec<String>,
}

impl<'a> Ready<'a> {
    fn of(
        world: &World<'_>,
        target: &str,
        kind: &'a str,
        mapping: &'a Mapping,
    ) -> Result<Self, Box<(String, Wrong)>> {
        let at = place_of(kind);
        let of_kind = |wrong: Wrong| Box::new((kind.to_owned(), wrong));
        let tree = |pointer: String, value: &Value| {
            Tree::new(&pointer, value)
                .map_err(|error| of_kind(Wrong::of_template(target, target, &error)))
        };
        let fields: Fields = mapping.fields.clone().into_iter().collect();
        let sensitive = mapping.sensitive.clone().unwrap_or_default();
        let unknown = sensitive.iter().position(|name| !mapping.has(name, SPREAD));
        if let Some(number) = unknown {
            let name = sensitive.get(number).map(String::as_str).unwrap_or_default();
            return Err(of_kind(Wrong {
                entity: target.to_owned(),
                document: target.to_owned(),
                pointer: format!("{at}/sensitive/{number}"),
                part: 0..0,
                message: format!("there is no field `{name}` to hide"),
            }));
        }
        let pointer = format!("{at}/selector");
        let selector = mapping.selector.as_ref();
        Ok(Self {
            kind,
            mapping,
            name: tree(format!("{at}/name"), &Value::String(mapping.name.clone()))?,
            fields: tree(format!("{at}/fields"), &Value::Object(fields))?,
            matcher: selector
                .map(|one| matcher(world, target, one, &pointer).map_err(of_kind))
                .transpose()?,
            sensitive,
        })
    }

    /// The same, where more fields are hidden.
    fn hiding(mut self, more: &[String]) -> Self {
        self.sensitive.extend_from_slice(more);
        self
    }

    fn objects(
        &self,
        world: &World<'_>,
        target: &str,
        ids: &[EntityId],
        left: &AtomicUsize,
    ) -> Vec<Result<Object, Wrong>> {
        world.reader.each(world.catalog, ids, |id, _| {
            let value = world.catalog.value(world.reader, id)?;
            if let Some(matcher) = &self.matcher {
                let name = world.catalog.canonical(world.catalog.entity(id));
                match matcher.matches(world, id, &value).0 {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => {
                        let pointer = format!("{}/selector", place_of(self.kind));
                        let wrong = wrong(target, &pointer, &[error]);
                        return Some(Err(Wrong { entity: name.to_owned(), ..wrong }));
                    }
                }
            }
            Some(self.object(world, target, (id, value), left))
        })
    }

    fn object(
        &self,
        world: &World<'_>,
        target: &str,
        (id, value): (EntityId, Value),
        left: &AtomicUsize,
    ) -> Result<Object, Wrong> {
        let entity = world.catalog.entity(id);
        let canonical = world.catalog.canonical(entity);
        let formerly = entity.formerly().iter();
        let formerly = formerly.map(|name| world.catalog.names.text(*name).to_owned()).collect();
        let values = serde_json::json!({
            "entity": value,
            "ref": short(canonical),
            "today": world.today,
            "relations": relations(world, id),
        });
        let values = Shown::from(Serde(&values));
        let at = place_of(self.kind);
        let unmade = |field: &str, message: &str| Wrong {
            entity: canonical.to_owned(),
            document: target.to_owned(),
            pointer: format!("{at}/{field}"),
            part: 0..0,
            message: message.to_owned(),
        };
        let made = |tree: &Tree| {
            tree.render(&values).map_err(|error| Wrong::of_template(canonical, target, &error))
        };
        let name = match made(&self.name)? {
            Some(Value::String(name)) if !name.trim().is_empty() => name,
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(unmade("name", "its name is empty")),
        };
        if name.chars().any(char::is_control) {
            let message = "its name holds a line end or another control character";
            return Err(unmade("name", message));
        }
        // Once they are too much together, no more is made.
        let fields = match left.load(Ordering::Relaxed) {
            0 => None,
            _ => Some(made(&self.fields)?),
        };
        let fields = match fields {
            Some(Some(Value::Object(fields))) => fields,
            Some(_) => return Err(unmade("fields", "they are no mapping")),
            None => return Err(unmade("fields", TOO_MUCH)),
        };
        let bytes = fields.values().map(bytes).sum();
        let take = |left: usize| left.checked_sub(bytes);
        if left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            left.store(0, Ordering::Relaxed);
            return Err(unmade("fields", TOO_MUCH));
        }
        Ok(Object {
            id: ObjectId::new(self.kind, name),
            entity: canonical.to_owned(),
            formerly,
            fields,
            sensitive: self.sensitive.clone(),
            after: Vec::new(),
        })
    }
}

/// About how much memory a value takes.
fn bytes(value: &Value) -> usize {
    const EACH: usize = 32;
    EACH + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(bytes).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + bytes(value)).sum(),
        _ => 0,
    }
}

/// What an entity is related to, by the names of relations in both directions: a list of what templates
/// say of each.
fn relations(world: &World<'_>, id: EntityId) -> Value {
    let mut all: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    let catalog = world.catalog;
    let forward = world.graph.outgoing(id).iter().map(|edge| (edge.relation.name, edge.to));
    let backward = world.graph.incoming(id).map(|edge| (edge.relation.inverse, edge.from));
    for (relation, other) in forward.chain(backward) {
        let entity = catalog.entity(other);
        let name = catalog.canonical(entity);
        let reference = EntityRef::from_canonical(name);
        let shown = serde_json::json!({
            "ref": short(name),
            "kind": entity.kind.name,
            "name": reference.name(),
            "namespace": reference.namespace(),
        });
        all.entry(relation).or_default().insert(name, shown);
    }
    let lists = all.into_iter().map(|(relation, others)| {
        (relation.to_owned(), Value::Array(others.into_values().collect()))
    });
    Value::Object(lists.collect())
}

/// Where a mapping stands in the document of its target.
fn place_of(kind: &str) -> String {
    format!("/spec/mapping/{}", kind.replace('~', "~0").replace('/', "~1"))
}

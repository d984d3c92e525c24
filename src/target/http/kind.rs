//! One kind of objects, ready to be asked for.

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::item::{Reader, is_pointer};
use super::list::{Budget, List};
use super::meaning::Rules;
use crate::model::gitsm::target::http::{self as settings, Rule};
use crate::plan::{ObjectId, Observed};
use crate::target::Fault;
use crate::target::web::Client;
use crate::template::{self, Serde};

/// One kind of objects.
pub(super) struct Kind {
    pub(super) is_named: bool,
    pub(super) renames: bool,
    pub(super) create: Option<Call>,
    pub(super) update: Option<Call>,
    pub(super) delete: Option<Call>,
    /// What its answers mean.
    pub(super) rules: Rules,
    name: String,
    list: List,
    get: Option<(Call, String)>,
    reader: Reader,
}

impl Kind {
    /// A kind of the settings. `answers` are the rules of all kinds.
    pub(super) fn new(name: &str, kind: &settings::Kind, answers: &[Rule]) -> Result<Self, Fault> {
        let place = format!("/kinds/{}", name.replace('~', "~0").replace('/', "~1"));
        let call = |verb: &str, call: &Option<settings::Call>| {
            call.as_ref().map(|call| Call::new(&format!("{place}/{verb}"), call)).transpose()
        };
        for rule in kind.answers.iter().chain(answers) {
            is_pointer(&place, rule.at.as_deref().unwrap_or_default())?;
            is_pointer(&place, rule.says.as_deref().unwrap_or_default())?;
        }
        let get = kind.get.as_ref().map(|get| {
            is_pointer(&place, &get.item)?;
            let call = settings::Call {
                method: get.method,
                path: get.path.clone(),
                body: get.body.clone(),
                headers: get.headers.clone(),
                ok: vec![200],
                plain: false,
            };
            Ok::<_, Fault>((Call::new(&format!("{place}/get"), &call)?, get.item.clone()))
        });
        Ok(Self {
            is_named: kind.named,
            renames: kind.renames,
            // Without a name there, nothing keeps the target from making it twice.
            create: call("create", &kind.create)?.map(|create| create.once(!kind.named)),
            update: call("update", &kind.update)?,
            delete: call("delete", &kind.delete)?,
            rules: Rules::new(kind.answers.iter().chain(answers))?,
            name: name.to_owned(),
            list: List::new(&format!("{place}/list"), &kind.list)?,
            get: get.transpose()?,
            reader: Reader::new(&place, name, kind)?,
        })
    }

    /// All objects of the kind.
    pub(super) fn all(&self, client: &Client, budget: &mut Budget) -> Result<Vec<Observed>, Fault> {
        let values = json!({"object": {"kind": self.name}});
        let values = template::Value::from(Serde(values));
        self.list.all(client, &self.rules, &self.reader, (&values, budget))
    }

    /// One object of the kind.
    pub(super) fn one(
        &self,
        client: &Client,
        id: &ObjectId,
        handle: Option<&str>,
        budget: &mut Budget,
    ) -> Result<Option<Observed>, Fault> {
        let known = handle.or(self.reader.is_found_by_name().then_some(id.name.as_str()));
        let is_it = |found: &Observed| match handle {
            Some(handle) => found.handle == handle,
            None => found.id == *id,
        };
        match (&self.get, known) {
            (Some((call, item)), Some(known)) => {
                let found = self.got(client, call, item, id, known)?;
                Ok(found.into_iter().find(is_it))
            }
            _ => Ok(self.all(client, budget)?.into_iter().find(is_it)),
        }
    }

    fn got(
        &self,
        client: &Client,
        call: &Call,
        item: &str,
        id: &ObjectId,
        handle: &str,
    ) -> Result<Vec<Observed>, Fault> {
        let values = json!({"object": {"name": id.name, "kind": id.kind}, "handle": handle});
        let values = template::Value::from(Serde(values));
        let url = call.url(client, &values)?;
        let mut json = match call.send(client, &self.rules, &url, &values)? {
            Outcome::Done(answer) => call.json(client, &url, &answer)?,
            Outcome::Gone(_) => return Ok(Vec::new()),
            Outcome::Exists(fault) => return Err(fault),
        };
        let odd = |why: &str| call.odd(client, &url, &client.said(why));
        match json.pointer_mut(item).map(Value::take) {
            None => Err(odd(&format!("the answer has nothing at `{item}`"))),
            Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let read = |item| self.reader.read(item).map_err(|why| odd(&why));
                items.into_iter().map(read).collect()
            }
            Some(item) => {
                let found = self.reader.read(item).map_err(|why| odd(&why))?;
                match found.handle == handle {
                    true => Ok(vec![found]),
                    false => Err(odd(&format!("the answer is another {}", found.id))),
                }
            }
        }
    }
}

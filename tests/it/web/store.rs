//! What a store holds, and what it does when it is asked properly.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value, json};

use super::PASSWORD;
use super::answer::{Answer, Request};

/// The objects, by kind and then by what finds them.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) objects: BTreeMap<String, BTreeMap<String, Value>>,
    pub(super) largest_page: Option<usize>,
    /// A field that it does not take, and says nothing of that.
    pub(super) deaf: Option<String>,
    numbers: u64,
}

impl Store {
    /// Does what a request asks. The second says whether that changed something.
    pub(super) fn answer(&mut self, request: &Request) -> (Answer, bool) {
        let expected = Base64::encode_string(format!("gitsm:{PASSWORD}").as_bytes());
        if request.headers.get("authorization") != Some(&format!("Basic {expected}")) {
            let sent = request.headers.get("authorization").cloned().unwrap_or_default();
            // As bad as any: it says what it was sent.
            let said = format!("wrong user or password: {sent} is not {PASSWORD} ({expected})");
            return (Answer::json(401, &json!({"error": said})), false);
        }
        let mut parts = request.path.trim_start_matches('/').splitn(2, '/');
        let kind = parts.next().unwrap_or_default().to_owned();
        let name = parts.next().map(decoded);
        match (request.method.as_str(), name) {
            ("GET", None) => (self.page(&kind, request), false),
            ("POST", None) => {
                self.numbers += 1;
                let id = self.numbers.to_string();
                self.objects.entry(kind).or_default().insert(id.clone(), request.object());
                (Answer::json(201, &json!({"id": id})), true)
            }
            ("GET", Some(name)) => match self.objects.get(&kind).and_then(|all| all.get(&name)) {
                Some(object) => (Answer::json(200, &shown(&name, object)), false),
                None => (Answer::json(404, &json!({"error": "no such object"})), false),
            },
            ("PUT", Some(name)) => {
                let all = self.objects.entry(kind).or_default();
                if all.contains_key(&name) {
                    let said = format!("the object '{name}' already exists");
                    return (Answer::json(409, &json!({"error": said})), false);
                }
                all.insert(name, request.object());
                (Answer::json(201, &json!({})), true)
            }
            ("PATCH", Some(name)) => self.change(&kind, &name, request),
            ("DELETE", Some(name)) => {
                let all = self.objects.entry(kind).or_default();
                match all.remove(&name) {
                    Some(_) => (Answer { status: 204, ..Answer::default() }, true),
                    None => (Answer::json(404, &json!({"error": "no such object"})), false),
                }
            }
            _ => (Answer::json(405, &json!({"error": "no such method"})), false),
        }
    }

    fn change(&mut self, kind: &str, name: &str, request: &Request) -> (Answer, bool) {
        let found = self.objects.get_mut(kind).and_then(|all| all.get_mut(name));
        let Some(object) = found else {
            return (Answer::json(404, &json!({"error": "no such object"})), false);
        };
        let mut change = request.object();
        if let (Some(deaf), Some(fields)) = (&self.deaf, change["fields"].as_object_mut()) {
            fields.remove(deaf);
        }
        let mut fields = object["fields"].as_object().cloned().unwrap_or_default();
        fields.extend(change["fields"].as_object().cloned().unwrap_or_default());
        fields.retain(|_, value| !value.is_null());
        *object = json!({"fields": fields, "mark": change["mark"]});
        (Answer::json(200, &json!({})), true)
    }

    /// A page of a kind, by any way of paging: `page` and `size`, `offset` and `limit`, or the URLs that
    /// the answer and its `Link` header name.
    fn page(&self, kind: &str, request: &Request) -> Answer {
        let empty = BTreeMap::new();
        let all = self.objects.get(kind).unwrap_or(&empty);
        let number = |name: &str| request.query.get(name).and_then(|text| text.parse().ok());
        let asked = number("limit").or(number("size")).unwrap_or(usize::MAX);
        let size = asked.min(self.largest_page.unwrap_or(usize::MAX));
        let page = number("page").map(|page: usize| page.saturating_sub(1).saturating_mul(size));
        let offset = number("offset").or(page).unwrap_or(0);
        let items: Vec<Value> =
            all.iter().skip(offset).take(size).map(|(name, object)| shown(name, object)).collect();
        let end = offset + items.len();
        let next = (end < all.len()).then(|| format!("/{kind}?offset={end}&limit={asked}"));
        let mut answer =
            Answer::json(200, &json!({"items": items, "total": all.len(), "next": next}));
        answer.headers.push(("X-Total-Count".to_owned(), all.len().to_string()));
        if let Some(next) = next {
            answer.headers.push(("Link".to_owned(), format!("<{next}>; rel=\"next\"")));
        }
        answer
    }
}

fn shown(name: &str, object: &Value) -> Value {
    let mut shown = object.as_object().cloned().unwrap_or_else(Map::new);
    shown.insert("name".to_owned(), json!(name));
    shown.insert("id".to_owned(), name.parse::<u64>().map_or(json!(name), |id| json!(id)));
    Value::Object(shown)
}

/// A part of a path as it was before it was percent-encoded.
pub(super) fn decoded(part: &str) -> String {
    let query = format!("x={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes()).next().unwrap().1.into_owned()
}

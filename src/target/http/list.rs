//! All objects of a kind, page by page: all of them, or a fault.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use super::call::{Call, Outcome};
use super::item::{Reader, is_pointer};
use super::meaning::Rules;
use crate::model::gitsm::target::http::{self as settings, Page, Size, Total};
use crate::plan::Observed;
use crate::target::Fault;
use crate::target::web::{Answer, Client, MOST_NODES, next_link, nodes};
use crate::template;

/// The most pages of a list.
const MOST_PAGES: u64 = 10_000;

/// The most objects of a list.
const MOST_ITEMS: usize = 1_000_000;

/// The bytes that all that is read at a time may have.
const LARGEST: usize = 256 << 20;

/// What is left for reading all that is there, of all kinds together.
pub(super) struct Budget {
    bytes: usize,
    nodes: usize,
    until: Instant,
}

impl Budget {
    /// Enough for all that anybody has, for so long.
    pub(super) fn of(patience: Duration) -> Self {
        Self { bytes: LARGEST, nodes: MOST_NODES, until: Instant::now() + patience }
    }

    /// Whether another page may be asked for.
    fn has_time(&self) -> Result<(), &'static str> {
        match Instant::now() < self.until {
            true => Ok(()),
            false => Err("reading all that is there takes too long: more than 60 times `timeout`"),
        }
    }

    /// Takes an answer off.
    fn pay(&mut self, answer: &Answer) -> Result<(), &'static str> {
        let left = |have: usize, need: usize| have.checked_sub(need);
        self.bytes =
            left(self.bytes, answer.body.len()).ok_or("all that is there has more than 256 MiB")?;
        self.nodes = left(self.nodes, nodes(&answer.body))
            .ok_or("all that is there has more than 5,000,000 values")?;
        Ok(())
    }
}

/// How all objects of a kind are listed.
pub(super) struct List {
    call: Call,
    items: String,
    page: Option<Page>,
    total: Option<Total>,
}

/// What was read so far.
#[derive(Default)]
struct Found {
    objects: Vec<Observed>,
    handles: BTreeSet<String>,
    visited: BTreeSet<String>,
}

impl List {
    /// How a kind is listed. `place` is its JSON Pointer in the settings.
    pub(super) fn new(place: &str, list: &settings::List) -> Result<Self, Fault> {
        is_pointer(place, &list.items)?;
        if let Some(Page::Next(pointer)) = &list.page {
            is_pointer(place, pointer)?;
        }
        if let Some(Total::At(pointer)) = &list.total {
            is_pointer(place, pointer)?;
        }
        let call = settings::Call {
            method: list.method,
            path: list.path.clone(),
            body: list.body.clone(),
            headers: list.headers.clone(),
            ok: vec![200],
            plain: false,
        };
        let call = Call::new(place, &call)?;
        let (items, page, total) = (list.items.clone(), list.page.clone(), list.total.clone());
        Ok(Self { call, items, page, total })
    }

    /// Reads all pages.
    pub(super) fn all(
        &self,
        client: &Client,
        rules: &Rules,
        reader: &Reader,
        (values, budget): (&template::Value, &mut Budget),
    ) -> Result<Vec<Observed>, Fault> {
        let mut found = Found::default();
        let base = self.call.url(client, values)?;
        let mut next = Some(self.numbered(&base, 0, 0));
        let mut pages = 0;
        while let Some(url) = next {
            if !found.visited.insert(url.to_string()) {
                return Err(self.call.odd(client, &url, "a page names itself as the next one"));
            }
            if pages == MOST_PAGES {
                return Err(self.call.odd(client, &url, "there are more than 10,000 pages"));
            }
            budget.has_time().map_err(|why| self.call.odd(client, &url, why))?;
            let outcome = self.call.send(client, rules, &url, values)?;
            pages += 1;
            let answer = match outcome {
                Outcome::Done(answer) => answer,
                // Some targets have no page behind the last one.
                Outcome::Gone(_) if pages > 1 && self.total.is_none() && self.is_counted() => break,
                Outcome::Gone(fault) | Outcome::Exists(fault) => return Err(fault),
            };
            budget.pay(&answer).map_err(|why| self.call.odd(client, &url, why))?;
            let json = self.call.json(client, &url, &answer)?;
            let total = self.total(client, &url, &answer, &json)?;
            let named = match self.is_counted() {
                true => None,
                false => self.named(client, &url, &answer, &json)?,
            };
            drop(answer);
            let count = self.take(client, &url, reader, json, &mut found)?;
            let so_far = found.objects.len();
            next = match self.is_counted() {
                // A page may be shorter than what was asked for, so only an empty one is the last.
                true if count == 0 || total.is_some_and(|total| so_far >= total) => None,
                true => Some(self.numbered(&base, pages, so_far)),
                false => named,
            };
            if next.is_none() {
                self.is_complete(client, &url, so_far, total)?;
            }
        }
        Ok(found.objects)
    }

    /// Reads the objects of a page. Says how many there are.
    fn take(
        &self,
        client: &Client,
        url: &Url,
        reader: &Reader,
        mut json: Value,
        found: &mut Found,
    ) -> Result<usize, Fault> {
        let odd = |why: &str| self.call.odd(client, url, why);
        let Some(Value::Array(items)) = json.pointer_mut(&self.items).map(Value::take) else {
            return Err(odd(&format!("the answer has no list at `{}`", self.items)));
        };
        let count = items.len();
        if found.objects.len() + count > MOST_ITEMS {
            return Err(odd("there are more than 1,000,000 objects"));
        }
        for item in items {
            let object = reader.read(item).map_err(|why| odd(&client.said(&why)))?;
            if !found.handles.insert(object.handle.clone()) {
                let handle = client.said(&object.handle);
                return Err(odd(&format!(
                    "{handle} is listed twice: it changed meanwhile, or `page` is not as the target \
                     has it"
                )));
            }
            found.objects.push(object);
        }
        Ok(count)
    }

    fn total(
        &self,
        client: &Client,
        url: &Url,
        answer: &Answer,
        json: &Value,
    ) -> Result<Option<usize>, Fault> {
        let (total, place) = match &self.total {
            None => return Ok(None),
            Some(Total::Header(name)) => {
                (answer.header(name).and_then(|text| text.trim().parse().ok()), name)
            }
            Some(Total::At(pointer)) => {
                let number = json.pointer(pointer).and_then(|value| match value {
                    Value::String(text) => text.parse().ok(),
                    value => value.as_u64(),
                });
                (number.and_then(|number| usize::try_from(number).ok()), pointer)
            }
        };
        match total {
            Some(total) => Ok(Some(total)),
            None => {
                let why = format!("the answer does not say at `{place}` how many there are");
                Err(self.call.odd(client, url, &why))
            }
        }
    }

    /// Where the page after this one is, if it says so.
    fn named(
        &self,
        client: &Client,
        url: &Url,
        answer: &Answer,
        json: &Value,
    ) -> Result<Option<Url>, Fault> {
        let reference = match &self.page {
            Some(Page::Next(pointer)) => match json.pointer(pointer) {
                Some(Value::String(next)) if !next.is_empty() => Some(next.clone()),
                None | Some(Value::Null | Value::String(_) | Value::Bool(false)) => None,
                Some(_) => {
                    let why = format!("there is no URL at `{pointer}`");
                    return Err(self.call.odd(client, url, &why));
                }
            },
            Some(Page::Link) => next_link(&answer.list("link")),
            None | Some(Page::Number(_) | Page::Offset(_)) => None,
        };
        reference.map(|reference| client.follow(url, &reference)).transpose()
    }

    fn is_complete(
        &self,
        client: &Client,
        url: &Url,
        count: usize,
        total: Option<usize>,
    ) -> Result<(), Fault> {
        match total {
            Some(total) if count != total => {
                let why = format!("{count} objects were listed of {total}");
                Err(self.call.odd(client, url, &why))
            }
            _ => Ok(()),
        }
    }

    /// Whether pages are asked for until there are no more.
    fn is_counted(&self) -> bool {
        matches!(self.page, Some(Page::Number(_) | Page::Offset(_)))
    }

    /// The URL of a page by its number, or by how many come before it.
    fn numbered(&self, base: &Url, pages: u64, before: usize) -> Url {
        let mut url = base.clone();
        let (parameter, number, size) = match &self.page {
            Some(Page::Number(page)) => (&page.parameter, page.first + pages, &page.size),
            Some(Page::Offset(page)) => (&page.parameter, before as u64, &page.size),
            _ => return url,
        };
        let mut query = url.query_pairs_mut();
        query.append_pair(parameter, &number.to_string());
        if let Some(Size { parameter, of }) = size {
            query.append_pair(parameter, &of.to_string());
        }
        drop(query);
        url
    }
}

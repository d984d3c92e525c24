//! Requests that are ready: their templates are compiled, and what they make is sent.

use serde_json::Value;
use url::Url;

use super::meaning::{Rules, by_status};
use super::settings::{self, Meaning};
use crate::target::Fault;
use crate::target::web::{Answer, Client, Method};
use crate::template::{self, Address, TemplateError, Tree};

/// A request of the settings.
pub(super) struct Call {
    /// Where it stands in the settings, for messages.
    place: String,
    pub(super) method: Method,
    address: Address,
    body: Option<Tree>,
    headers: Vec<(String, String)>,
    ok: Vec<u16>,
    is_plain: bool,
}

/// What came of a request.
pub(super) struct Outcome {
    /// What it means, if not that it is done: then the fault says why.
    pub(super) meaning: Meaning,
    /// What is known, unless it is done.
    pub(super) fault: Fault,
    /// The answer.
    pub(super) answer: Answer,
}

impl Call {
    /// A request of the settings. `place` is its JSON Pointer there.
    pub(super) fn new(place: &str, call: &settings::Call) -> Result<Self, Fault> {
        let wrong = |error: TemplateError| Fault::settings(told(&error));
        let body = call.body.as_ref().map(|body| Tree::new(&format!("{place}/body"), body));
        Ok(Self {
            place: place.to_owned(),
            method: call.method,
            address: Address::new(&format!("{place}/path"), &call.path).map_err(wrong)?,
            body: body.transpose().map_err(wrong)?,
            headers: call.headers.clone().into_iter().collect(),
            ok: call.ok.clone(),
            is_plain: call.plain,
        })
    }

    /// The URL for values.
    pub(super) fn url(&self, client: &Client, values: &template::Value) -> Result<Url, Fault> {
        client.url(&self.address.render(values).map_err(|error| self.refused(client, &error))?)
    }

    /// Sends it, once, and says what the answer means.
    pub(super) fn send(
        &self,
        client: &Client,
        rules: &Rules,
        url: &Url,
        values: &template::Value,
    ) -> Result<Outcome, Fault> {
        let body = match &self.body {
            Some(tree) => tree.render(values).map_err(|error| self.refused(client, &error))?,
            None => None,
        };
        let answer = client.send(self.method, url, &self.headers, body.as_ref())?;
        let by_rule = rules.of(&answer);
        let meaning = match &by_rule {
            Some((meaning, _)) => Some(*meaning),
            None => by_status(&answer, &self.ok),
        };
        let by_itself = client.fault(self.method, url, &answer);
        let Some(meaning) = meaning else {
            return Err(by_itself);
        };
        let said = by_rule.map(|(_, said)| client.said(&said)).filter(|said| !said.is_empty());
        let what = client.what(self.method, url);
        let message = match said {
            Some(said) => format!("{what}: {}: {said}", answer.status),
            None => by_itself.message,
        };
        let fault = match meaning {
            Meaning::Busy => client.busy(message, &answer),
            Meaning::Refused | Meaning::Gone => Fault::refused(message),
            Meaning::Done | Meaning::Exists | Meaning::Unknown => Fault::unknown(message),
        };
        Ok(Outcome { meaning, fault, answer })
    }

    /// Sends it for something to be done, which it is, or the object is there already or is not there.
    pub(super) fn act(
        &self,
        client: &Client,
        rules: &Rules,
        values: &template::Value,
    ) -> Result<Outcome, Fault> {
        let url = self.url(client, values)?;
        let outcome = self.send(client, rules, &url, values)?;
        match outcome.meaning {
            Meaning::Done => {
                // What answers in another language is not who was asked.
                if !self.is_plain && !outcome.answer.body.is_empty() {
                    client.json(self.method, &url, &outcome.answer)?;
                }
                Ok(outcome)
            }
            Meaning::Gone | Meaning::Exists => Ok(outcome),
            _ => Err(outcome.fault),
        }
    }

    fn refused(&self, client: &Client, error: &TemplateError) -> Fault {
        Fault::refused(format!("{}: {}", self.place, client.said(&told(error))))
    }

    /// A place of its answer that is not as it should be.
    pub(super) fn odd(&self, client: &Client, url: &Url, why: &str) -> Fault {
        Fault::unknown(format!("{}: {why}", client.what(self.method, url)))
    }

    /// What it answers, as JSON.
    pub(super) fn json(&self, client: &Client, url: &Url, answer: &Answer) -> Result<Value, Fault> {
        client.json(self.method, url, answer)
    }
}

/// What is wrong with a template, with what to write instead.
pub(super) fn told(error: &TemplateError) -> String {
    match &error.help {
        Some(help) => format!("{error}: {help}"),
        None => error.to_string(),
    }
}

//! Requests that are ready: their templates are compiled, and what they make is sent.

use serde_json::Value;
use url::Url;

use super::meaning::{Rules, by_status};
use crate::model::gitsm::target::http::{self as settings, Meaning};
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
    /// Whether what it does would be done twice if it were sent twice.
    is_once: bool,
}

/// What came of a request. All else is a fault.
pub(super) enum Outcome {
    /// It is done.
    Done(Answer),
    /// The object is not there. The fault says so in the words of the target.
    Gone(Fault),
    /// The object is there already. The fault says so in the words of the target.
    Exists(Fault),
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
            is_once: false,
        })
    }

    /// The same request as one that is not sent again unless it is sure that nothing was done. A status of
    /// 503 is not: what stands between answers so as well, when the target did it and hung up.
    pub(super) fn once(self, is_once: bool) -> Self {
        Self { is_once, ..self }
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
            Some((meaning, _)) => *meaning,
            None => match by_status(&answer, &self.ok) {
                Some(meaning) => meaning,
                None => {
                    let fault = client.fault(self.method, url, &answer);
                    return Err(match self.is_once && answer.status == 503 {
                        true => Fault::unknown(fault.message),
                        false => fault,
                    });
                }
            },
        };
        let message = || {
            let said = by_rule.and_then(|(_, said)| said);
            let said = said.unwrap_or_else(|| String::from_utf8_lossy(&answer.body).into_owned());
            let (what, said) = (client.what(self.method, url), client.said(&said));
            format!("{what}: {}: {said}", answer.status)
        };
        match meaning {
            Meaning::Done => Ok(Outcome::Done(answer)),
            Meaning::Gone => Ok(Outcome::Gone(Fault::refused(message()))),
            Meaning::Exists => Ok(Outcome::Exists(Fault::unknown(message()))),
            Meaning::Busy => Err(client.busy(message(), &answer)),
            Meaning::Refused => Err(Fault::refused(message())),
            Meaning::Unknown => Err(Fault::unknown(message())),
        }
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
        if let Outcome::Done(answer) = &outcome
            && !self.is_plain
            && !answer.body.is_empty()
        {
            // What answers in another language is not who was asked.
            client.json(self.method, &url, answer)?;
        }
        Ok(outcome)
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

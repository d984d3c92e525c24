//! The client: sends one request, and gives the answer or what is known without one.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{self, HeaderMap, HeaderValue, header};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, DefaultConnector};
use url::Url;

use super::hide::Hider;
use super::nodes::{MOST_NODES, nodes};
use super::options::{self, Options};
use super::watch::{Watch, watched};
use super::{status, tls};
use crate::model::gitsm::target::http::Method;
use crate::target::Fault;

/// The bytes that an answer may have.
pub const LARGEST: u64 = 32 << 20;

/// The longest that it may take to be connected.
const CONNECT: Duration = Duration::from_secs(10);

/// What a target answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body. Of an answer that is no success it may be cut.
    pub body: Vec<u8>,
    headers: HeaderMap,
}

impl Answer {
    /// An answer of these headers, whose names are in lower case.
    #[cfg(test)]
    pub(crate) fn new(
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: Vec<u8>,
    ) -> Self {
        let headers = headers.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        Self { status, body, headers: headers.collect() }
    }

    /// Whether it says that what was asked is done (RFC 9110 §15.3).
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first value of a header, if it is a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header as one list (RFC 9110 §5.3).
    pub fn list(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.collect::<Vec<_>>().join(", ")
    }
}

/// A client of one server.
pub struct Client {
    agent: ureq::Agent,
    base: Url,
    headers: HeaderMap,
    hider: Hider,
}

impl Client {
    /// A client that is ready. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Settings with which nothing can be sent.
    pub fn new(options: &Options<'_>) -> Result<Self, Fault> {
        let base = options::base(options)?;
        let hider = options::hider(options);
        let headers = options::headers(options)?;
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("gitsm/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT.min(options.timeout)))
            .timeout_global(Some(options.timeout))
            .max_idle_connections(options.at_once.max(1))
            .max_idle_connections_per_host(options.at_once.max(1));
        if base.scheme() == "https" {
            config = config.tls_config(tls::config(options.ca)?);
        }
        let connector = DefaultConnector::new().chain(Watch);
        let agent = ureq::Agent::with_parts(config.build(), connector, DefaultResolver::default());
        Ok(Self { agent, base, headers, hider })
    }

    /// The URL of a path, which begins with `/`.
    ///
    /// # Errors
    ///
    /// It is no path, or leads to another host, or out of the path of `url`.
    pub fn url(&self, path: &str) -> Result<Url, Fault> {
        let prefix = self.base.path().trim_end_matches('/');
        self.inside(self.base.join(&format!("{prefix}{path}")).ok(), path)
    }

    /// The URL that a page names as the next one.
    ///
    /// # Errors
    ///
    /// It leads to another host, or out of the path of `url`.
    pub fn follow(&self, page: &Url, reference: &str) -> Result<Url, Fault> {
        self.inside(page.join(reference).ok(), reference)
    }

    fn inside(&self, url: Option<Url>, said: &str) -> Result<Url, Fault> {
        // Other paths of the same server may be another's.
        let prefix = self.base.path().trim_end_matches('/');
        let is_below = |url: &Url| {
            let rest = url.path().strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_inside = |url: &Url| {
            url.origin() == self.base.origin()
                && is_below(url)
                && url.username() == ""
                && url.password().is_none()
        };
        url.filter(is_inside).ok_or_else(|| {
            let said = self.hider.said(said.as_bytes());
            Fault::refused(format!("this leads away from `url`, and is not followed: {said}"))
        })
    }

    /// Sends one request, once, and gives what was answered.
    ///
    /// # Errors
    ///
    /// Nothing was answered, or not all of a success.
    pub fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<Answer, Fault> {
        let what = self.what(method, url);
        let mut request = http::Request::builder().method(method.name()).uri(url.as_str());
        if let Some(all) = request.headers_mut() {
            all.extend(self.headers.clone());
            for (name, value) in headers {
                let (name, value) = options::header_of(name, value, &self.hider)?;
                all.insert(name, value);
            }
            if body.is_some() && !all.contains_key(header::CONTENT_TYPE) {
                all.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
        }
        let wrong = |error: http::Error| Fault::settings(format!("{what}: {error}"));
        let (answer, sent) = match body {
            Some(body) => {
                let bytes = body.to_string().into_bytes();
                let request = request.body(bytes.as_slice()).map_err(wrong)?;
                watched(|| self.agent.run(request))
            }
            None => {
                let request = request.body(()).map_err(wrong)?;
                watched(|| self.agent.run(request))
            }
        };
        let mut answer = answer.map_err(|error| self.unanswered(&what, &error, sent))?;
        let status = answer.status().as_u16();
        let read = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
        let body = match read {
            Ok(body) => body,
            // What it says is not all there, but the status is.
            Err(_) if !(200..300).contains(&status) => Vec::new(),
            Err(error) => return Err(self.cut(&what, &error)),
        };
        Ok(Answer { status, body, headers: answer.headers().clone() })
    }

    /// What is known after an answer that is no success.
    pub fn fault(&self, method: Method, url: &Url, answer: &Answer) -> Fault {
        let said = self.hider.said(&answer.body);
        status::fault(answer, &self.what(method, url), &said)
    }

    /// That a target is busy, with how long an answer asks to wait.
    pub fn busy(&self, message: impl Into<String>, answer: &Answer) -> Fault {
        Fault::not_done(message, status::wait(answer))
    }

    /// An answer as JSON.
    ///
    /// # Errors
    ///
    /// It is none: whoever answered is not who was asked, or broken; or it has too many values.
    pub fn json(&self, method: Method, url: &Url, answer: &Answer) -> Result<Value, Fault> {
        if nodes(&answer.body) > MOST_NODES {
            let what = self.what(method, url);
            return Err(Fault::unknown(format!("{what}: the answer has too many values")));
        }
        serde_json::from_slice(&answer.body).map_err(|error| {
            let (what, said) = (self.what(method, url), self.hider.said(&answer.body));
            Fault::unknown(format!("{what}: the answer is no JSON ({error}): {said}"))
        })
    }

    /// A request as it is called in messages.
    pub fn what(&self, method: Method, url: &Url) -> String {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let path = self.hider.said(format!("{}{query}", url.path()).as_bytes());
        format!("{} {path}", method.name())
    }

    /// What the target said, in one short line and without secrets.
    pub fn said(&self, text: &str) -> String {
        self.hider.said(text.as_bytes())
    }

    fn unanswered(&self, what: &str, error: &ureq::Error, sent: bool) -> Fault {
        let why = self.hider.said(reason(error).as_bytes());
        let host = self.base.host_str().unwrap_or_default();
        if let Some(rustls::Error::InvalidCertificate(wrong)) = tls_error(error) {
            let why = self.hider.said(wrong.to_string().as_bytes());
            return Fault::settings(format!(
                "the certificate of {host} is not trusted: {why}; name the file of the authority that \
                 issued it as `ca`, and check the host's name in `url`"
            ));
        }
        match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
                Fault::settings(format!("{what}: {why}"))
            }
            _ if !sent => Fault::not_done(format!("{host} cannot be reached: {why}"), None),
            _ => Fault::unknown(format!(
                "{what}: no answer, and nobody knows whether it was done: {why}"
            )),
        }
    }

    fn cut(&self, what: &str, error: &ureq::Error) -> Fault {
        let why = match error {
            ureq::Error::BodyExceedsLimit(_) => {
                format!("the answer is larger than {} MiB", LARGEST >> 20)
            }
            error => {
                let why = self.hider.said(reason(error).as_bytes());
                format!("the answer ends too early: {why}")
            }
        };
        Fault::unknown(format!("{what}: {why}"))
    }
}

/// What an error says, without the words around it.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "it takes too long".to_owned(),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

fn tls_error(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

//! With what a client is made, and what is wrong with that.

use std::path::Path;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, header};
use url::{Host, Url};

use super::hide::Hider;
use crate::target::{Fault, Secret};

/// With what a client is made.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Where all paths begin: `https://host:port/prefix`.
    pub url: &'a str,
    /// A file of certificate authorities in PEM. Then only these are trusted.
    pub ca: Option<&'a Path>,
    /// Headers of every request.
    pub headers: Vec<(&'a str, &'a str)>,
    /// A user and the password (RFC 7617).
    pub basic: Option<(&'a str, &'a Secret)>,
    /// A token (RFC 6750).
    pub bearer: Option<&'a Secret>,
    /// Headers whose values are secrets.
    pub secret_headers: Vec<(&'a str, &'a Secret)>,
    /// More that is not shown, should the target say it.
    pub hidden: Vec<&'a Secret>,
    /// Whether credentials may go over a network without TLS.
    pub is_insecure: bool,
    /// How long one answer may take, from the beginning to its last byte.
    pub timeout: Duration,
    /// How many connections are kept.
    pub at_once: usize,
}

/// Where all paths begin.
pub(super) fn base(options: &Options<'_>) -> Result<Url, Fault> {
    let wrong = |why: &str| Fault::settings(format!("`url` {why}"));
    let base = Url::parse(options.url).map_err(|error| wrong(&format!("is no URL: {error}")))?;
    if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
        return Err(wrong("is not of the form https://HOST"));
    }
    if base.username() != "" || base.password().is_some() {
        return Err(wrong("holds a user or password, which belong into `auth`"));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(wrong("holds `?` or `#`, which belong into paths"));
    }
    let has_secret =
        options.basic.is_some() || options.bearer.is_some() || !options.secret_headers.is_empty();
    if base.scheme() == "http" && has_secret && !options.is_insecure && !is_loopback(&base) {
        return Err(wrong(
            "begins with http: everybody on the way could read the credentials. Write https, or, if \
             that cannot be, `insecure: true`",
        ));
    }
    Ok(base)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What is sent to say who asks.
fn basic(user: &str, password: &Secret) -> String {
    Base64::encode_string(format!("{user}:{}", password.reveal()).as_bytes())
}

/// What hides all secrets.
pub(super) fn hider(options: &Options<'_>) -> Hider {
    let plain = options.secret_headers.iter().map(|(_, secret)| secret.reveal());
    let plain = plain.chain(options.hidden.iter().map(|secret| secret.reveal()));
    let plain = plain.chain(options.bearer.iter().map(|secret| secret.reveal()));
    let plain = plain.chain(options.basic.iter().map(|(_, secret)| secret.reveal()));
    let pair = options.basic.map(|(user, password)| format!("{user}:{}", password.reveal()));
    Hider::new(plain.chain(pair.as_deref()))
}

/// The headers of every request.
pub(super) fn headers(options: &Options<'_>) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    let hider = Hider::default();
    for (name, value) in &options.headers {
        let (name, value) = header_of(name, value, &hider)?;
        headers.insert(name, value);
    }
    let basic = options.basic.map(|(user, password)| {
        if user.contains(':') {
            return Err(Fault::settings("a user of `basic` holds no `:` (RFC 7617)"));
        }
        Ok(("authorization", format!("Basic {}", basic(user, password))))
    });
    let bearer =
        options.bearer.map(|token| ("authorization", format!("Bearer {}", token.reveal())));
    let others = options.secret_headers.iter();
    let others = others.map(|(name, secret)| (*name, secret.reveal().to_owned()));
    for (name, value) in basic.transpose()?.into_iter().chain(bearer).chain(others) {
        let wrong = |what: &str| Fault::settings(format!("{what} cannot be the header `{name}`"));
        let header: HeaderName = name.parse().ok().ok_or_else(|| wrong("a secret"))?;
        let mut value = HeaderValue::from_str(&value)
            .ok()
            .ok_or_else(|| wrong("a secret with line ends or control characters"))?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

/// A header of settings.
pub(super) fn header_of(
    name: &str,
    value: &str,
    hider: &Hider,
) -> Result<(HeaderName, HeaderValue), Fault> {
    let wrong = || Fault::settings(hider.said(format!("this is no header: {name}").as_bytes()));
    let header: HeaderName = name.parse().ok().ok_or_else(wrong)?;
    let is_ours =
        [header::HOST, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];
    if is_ours.contains(&header) {
        return Err(Fault::settings(format!("the header `{name}` cannot be set")));
    }
    Ok((header, HeaderValue::from_str(value).ok().ok_or_else(wrong)?))
}

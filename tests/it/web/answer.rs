//! Requests and answers as they go over a connection (RFC 9112).

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use serde_json::Value;

/// A request.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    /// Reads the next request; nothing if the client hung up.
    pub(super) fn read(from: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        from.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut request = Self { method, path: path.to_owned(), query, ..Self::default() };
        loop {
            let mut line = String::new();
            from.read_line(&mut line).ok().filter(|count| *count > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            request.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = request.headers.get("content-length").map_or("0", String::as_str);
        request.body = vec![0; length.parse().ok()?];
        from.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    /// What it asks, as counts call it.
    pub(super) fn what(&self) -> String {
        format!("{} {}", self.method, super::store::decoded(&self.path))
    }

    pub(super) fn object(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// Writes it, all of it or a part.
    pub(super) fn write(&self, to: &mut impl Write, is_whole: bool) -> std::io::Result<()> {
        let mut bytes = format!("HTTP/1.1 {} Said\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        // 204 has no body (RFC 9110 §15.3.5).
        if self.status != 204 {
            let length = if is_whole { self.body.len() } else { self.body.len() + 10 };
            bytes.extend(format!("Content-Length: {length}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        to.write_all(&bytes)
    }
}

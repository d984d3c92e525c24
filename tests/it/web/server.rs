//! The server of a store: a thread for every connection.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Request};
use super::store::Store;
use super::{Counts, Trouble};

/// A store that answers. It is gone when the test ends.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    store: Store,
    counts: Counts,
    troubles: Vec<Planned>,
    now: usize,
    latency: Duration,
    is_over: bool,
    streams: Vec<TcpStream>,
}

struct Planned {
    what: String,
    skip: usize,
    times: usize,
    trouble: Trouble,
}

impl Server {
    /// An empty store on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let of_all = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let mut all = locked(&of_all);
                if all.is_over {
                    break;
                }
                all.counts.connections += 1;
                all.streams.extend(stream.try_clone());
                drop(all);
                let of_one = Arc::clone(&of_all);
                thread::spawn(move || converse(&stream, &of_one));
            }
        });
        Self { address, shared }
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the next requests get that begin so, such as `PUT /host/a`; `times` of them.
    pub(crate) fn trouble(&self, what: &str, times: usize, trouble: Trouble) {
        self.trouble_after(0, what, times, trouble);
    }

    /// As [`Server::trouble`], but the first requests that begin so are answered as they should be.
    pub(crate) fn trouble_after(&self, skip: usize, what: &str, times: usize, trouble: Trouble) {
        let planned = Planned { what: what.to_owned(), skip, times, trouble };
        locked(&self.shared).troubles.push(planned);
    }

    /// How long it takes for every answer.
    pub(crate) fn set_latency(&self, latency: Duration) {
        locked(&self.shared).latency = latency;
    }

    /// The most objects of a page, whatever is asked for.
    pub(crate) fn set_largest_page(&self, objects: usize) {
        locked(&self.shared).store.largest_page = Some(objects);
    }

    /// The field that it does not take from now on, without a word.
    pub(crate) fn set_deaf(&self, field: &str) {
        locked(&self.shared).store.deaf = Some(field.to_owned());
    }

    /// Puts an object there, as somebody else would: `{"fields": {…}, "mark": "…"}`.
    pub(crate) fn put(&self, kind: &str, name: &str, object: Value) {
        let mut all = locked(&self.shared);
        all.store.objects.entry(kind.to_owned()).or_default().insert(name.to_owned(), object);
    }

    /// Takes an object away, as somebody else would.
    pub(crate) fn take(&self, kind: &str, name: &str) -> Option<Value> {
        locked(&self.shared).store.objects.get_mut(kind)?.remove(name)
    }

    /// All objects of a kind.
    pub(crate) fn objects(&self, kind: &str) -> BTreeMap<String, Value> {
        locked(&self.shared).store.objects.get(kind).cloned().unwrap_or_default()
    }

    /// Waits until so many requests came and all of them are over, also those of which the client does
    /// not wait for the end.
    pub(crate) fn settled(&self, requests: usize) {
        for _ in 0..3_000 {
            let all = locked(&self.shared);
            if all.now == 0 && all.counts.asked("") >= requests {
                return;
            }
            drop(all);
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{requests} requests do not come to an end: {:?}", self.counts());
    }

    /// What was asked and done since the start.
    pub(crate) fn counts(&self) -> Counts {
        locked(&self.shared).counts.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut all = locked(&self.shared);
        all.is_over = true;
        for stream in &all.streams {
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(all);
        let _ = TcpStream::connect(self.address);
    }
}

fn locked(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap()
}

/// Answers the requests of one connection.
fn converse(stream: &TcpStream, shared: &Mutex<Shared>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader) {
        let (trouble, latency) = begin(&request, shared);
        thread::sleep(latency);
        let goes_on = answer(stream, &mut reader, shared, &request, trouble);
        locked(shared).now -= 1;
        if !goes_on {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn begin(request: &Request, shared: &Mutex<Shared>) -> (Option<Trouble>, Duration) {
    let mut all = locked(shared);
    let what = request.what();
    *all.counts.asked.entry(what.clone()).or_default() += 1;
    all.now += 1;
    all.counts.at_once = all.counts.at_once.max(all.now);
    let mut found = None;
    for planned in &mut all.troubles {
        if found.is_some() || planned.times == 0 || !what.starts_with(&planned.what) {
            continue;
        }
        if planned.skip > 0 {
            planned.skip -= 1;
            continue;
        }
        planned.times -= 1;
        found = Some(planned.trouble.clone());
    }
    (found, all.latency)
}

/// Answers one request. Says whether the connection stays.
fn answer(
    mut stream: &TcpStream,
    reader: &mut impl Read,
    shared: &Mutex<Shared>,
    request: &Request,
    trouble: Option<Trouble>,
) -> bool {
    let done = || {
        let mut all = locked(shared);
        let (answer, changes) = all.store.answer(request);
        if changes {
            *all.counts.done.entry(request.what()).or_default() += 1;
        }
        answer
    };
    // Until the client hangs up, or the test is over.
    let mut wait = || while reader.read(&mut [0; 64]).is_ok_and(|count| count > 0) {};
    match trouble {
        None => done().write(&mut stream, true).is_ok(),
        Some(Trouble::Answer(status, headers, body)) => {
            let mut answer = Answer { status, body: body.into_bytes(), ..Answer::default() };
            let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            answer.headers = headers.collect();
            answer.write(&mut stream, true).is_ok()
        }
        Some(Trouble::Done(status, body)) => {
            done();
            let answer = Answer { status, body: body.into_bytes(), ..Answer::default() };
            answer.write(&mut stream, true).is_ok()
        }
        Some(Trouble::CutBefore) => false,
        Some(Trouble::CutAfter) => {
            done();
            false
        }
        Some(Trouble::CutWithin) => {
            let _ = done().write(&mut stream, false);
            false
        }
        Some(Trouble::SilentBefore) => {
            wait();
            false
        }
        Some(Trouble::SilentAfter) => {
            done();
            wait();
            false
        }
        Some(Trouble::Garbage) => {
            let _ = stream.write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n");
            false
        }
        Some(Trouble::Endless) => {
            done();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            while stream.write_all(chunk.as_bytes()).is_ok() {}
            false
        }
    }
}

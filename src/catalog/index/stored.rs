//! An index as one run of bytes, read in place: opening it reads its head, and a question a few
//! pages.
//!
//! Behind the head stand, each of a fixed width: where each record begins, where each bucket of
//! postings begins, when change requests end (the last first), and the postings, which are pairs of
//! the digest of a topic with a key, and the number of a file. Then the records: a path and its
//! summary. Keys are digested with a salt, so nobody can write a catalog whose names all meet in one
//! bucket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use super::code::{decode, encode};
use super::{Damaged, Filed, Index, Summary, Topic};
use crate::cache::Kept;

/// The first bytes; the last of them is the version of the format.
const MAGIC: &[u8; 8] = b"gitsmix\x02";
const HEAD: usize = 8 + 16 + 4 * 4 + 4 * 8;
const POSTING: u64 = 12;
const REQUEST: u64 = 12;

/// How many postings a bucket holds on average, as a power of two.
const PER_BUCKET: u32 = 5;

/// How many postings are read at once.
const AT_ONCE: u64 = 64;

/// Where things are in the bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    salt: [u8; 16],
    files: u32,
    postings: u32,
    requests: u32,
    /// How many bits of a digest choose its bucket.
    bits: u32,
    table: u64,
    buckets: u64,
    ends: u64,
    listed: u64,
    records: u64,
}

/// An index that is kept.
pub struct Stored {
    kept: Kept,
    head: Head,
    /// Files that were asked for: the same ones are asked for again and again.
    known: Mutex<HashMap<u32, Arc<Filed>>>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an index of {} files", self.head.files)
    }
}

/// What a file becomes in an index.
pub(super) struct Part {
    record: Vec<u8>,
    digests: Vec<u64>,
    ends: Option<i64>,
}

/// Makes digests of topics and keys.
pub(super) struct Salted {
    salt: [u8; 16],
    begun: Sha256,
}

impl Salted {
    /// For an index that goes by a name.
    pub(super) fn new(name: &str) -> Self {
        let mut salt = [0; 16];
        salt.iter_mut().zip(Sha256::digest(name.as_bytes())).for_each(|(to, from)| *to = from);
        Self::from_salt(salt)
    }

    fn from_salt(salt: [u8; 16]) -> Self {
        let mut begun = Sha256::new();
        begun.update(salt);
        Self { salt, begun }
    }

    fn digest(&self, topic: Topic, key: &str) -> u64 {
        let mut digest = self.begun.clone();
        digest.update([topic as u8]);
        digest.update(key.as_bytes());
        digest.finalize().iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// What a file becomes.
    pub(super) fn part(&self, path: &str, summary: &Summary) -> Part {
        let mut digests = Vec::new();
        summary.topics(path, &mut |topic, key| digests.push(self.digest(topic, key)));
        digests.sort_unstable();
        digests.dedup();
        Part { record: encode(path, summary), digests, ends: summary.ends() }
    }
}

/// The bytes of an index of files, which are given by path.
pub(super) fn written(salted: &Salted, parts: &[Part]) -> Vec<u8> {
    let numbered = || parts.iter().zip(0_u32..);
    let mut postings: Vec<(u64, u32)> = numbered()
        .flat_map(|(part, number)| part.digests.iter().map(move |digest| (*digest, number)))
        .collect();
    postings.sort_unstable();
    let mut requests: Vec<(i64, u32)> =
        numbered().filter_map(|(part, number)| Some((part.ends?, number))).collect();
    requests.sort_unstable_by(|a, b| b.cmp(a));
    let count = postings.len() as u32;
    let bits = (u32::BITS - (count >> PER_BUCKET).leading_zeros()).min(24);
    let mut out = Vec::with_capacity(HEAD + postings.len() * 13 + parts.len() * 300);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&salted.salt);
    for value in [parts.len() as u32, count, requests.len() as u32, bits] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    let table = HEAD as u64;
    let buckets = table + (parts.len() as u64 + 1) * 8;
    let ends = buckets + ((1_u64 << bits) + 1) * 4;
    let listed = ends + requests.len() as u64 * REQUEST;
    for value in [buckets, ends, listed, listed + u64::from(count) * POSTING] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    let mut end = 0_u64;
    out.extend_from_slice(&end.to_le_bytes());
    for part in parts {
        end += part.record.len() as u64;
        out.extend_from_slice(&end.to_le_bytes());
    }
    let mut first = 0_usize;
    for bucket in 0..=1_u64 << bits {
        let inside = |(digest, _): &(u64, u32)| bucket_of(*digest, bits) < bucket;
        let skipped =
            postings.get(first..).unwrap_or_default().iter().take_while(|one| inside(one));
        first += skipped.count();
        out.extend_from_slice(&(first as u32).to_le_bytes());
    }
    for (end, number) in requests {
        out.extend_from_slice(&end.to_le_bytes());
        out.extend_from_slice(&number.to_le_bytes());
    }
    for (digest, number) in postings {
        out.extend_from_slice(&digest.to_le_bytes());
        out.extend_from_slice(&number.to_le_bytes());
    }
    parts.iter().for_each(|part| out.extend_from_slice(&part.record));
    out
}

fn bucket_of(digest: u64, bits: u32) -> u64 {
    digest.checked_shr(u64::BITS - bits).unwrap_or_default()
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Damaged> {
    let four = bytes.get(at..).and_then(|bytes| bytes.first_chunk()).ok_or(Damaged)?;
    Ok(u32::from_le_bytes(*four))
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, Damaged> {
    let eight = bytes.get(at..).and_then(|bytes| bytes.first_chunk()).ok_or(Damaged)?;
    Ok(u64::from_le_bytes(*eight))
}

impl Stored {
    /// An index that was kept.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn open(kept: Kept) -> Result<Self, Damaged> {
        let bytes = kept.read(0, HEAD)?;
        if !bytes.starts_with(MAGIC) {
            return Err(Damaged);
        }
        let salt = bytes.get(8..24).and_then(|salt| salt.try_into().ok()).ok_or(Damaged)?;
        let head = Head {
            salt,
            files: u32_at(&bytes, 24)?,
            postings: u32_at(&bytes, 28)?,
            requests: u32_at(&bytes, 32)?,
            bits: u32_at(&bytes, 36)?,
            table: HEAD as u64,
            buckets: u64_at(&bytes, 40)?,
            ends: u64_at(&bytes, 48)?,
            listed: u64_at(&bytes, 56)?,
            records: u64_at(&bytes, 64)?,
        };
        let sane = head.bits <= 24 && head.records < 1 << 48;
        sane.then(|| Self { kept, head, known: Mutex::default() }).ok_or(Damaged)
    }

    /// An index of files that are given by path, in memory.
    ///
    /// # Errors
    ///
    /// It cannot be read back.
    pub fn in_memory<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f Summary)>,
    ) -> Result<Self, Damaged> {
        let salted = Salted::new("");
        let parts = files.into_iter().map(|(path, summary)| salted.part(path, summary));
        let parts: Vec<Part> = parts.collect();
        Self::open(Kept::in_memory(written(&salted, &parts)))
    }

    /// How many files it has.
    pub fn len(&self) -> usize {
        self.head.files as usize
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.head.files == 0
    }

    /// A record; one that was asked for before need not be read again.
    fn file(&self, number: u32) -> Result<Arc<Filed>, Damaged> {
        if let Some(known) = self.known.lock().ok().and_then(|known| known.get(&number).cloned()) {
            return Ok(known);
        }
        let filed = Arc::new(self.record(number)?);
        if let Ok(mut known) = self.known.lock() {
            known.insert(number, Arc::clone(&filed));
        }
        Ok(filed)
    }

    fn record(&self, number: u32) -> Result<Filed, Damaged> {
        if number >= self.head.files {
            return Err(Damaged);
        }
        let bounds = self.kept.read(self.head.table + u64::from(number) * 8, 16)?;
        let (start, end) = (u64_at(&bounds, 0)?, u64_at(&bounds, 8)?);
        let length = end.checked_sub(start).and_then(|length| u32::try_from(length).ok());
        let at = self.head.records.checked_add(start).ok_or(Damaged)?;
        decode(&self.kept.read(at, length.ok_or(Damaged)? as usize)?).ok_or(Damaged)
    }

    fn posting(&self, at: u64) -> Result<u64, Damaged> {
        u64_at(&self.kept.read(self.head.listed + at * POSTING, 8)?, 0)
    }

    /// The first posting of a digest or of a later one, and the end of its bucket.
    fn first(&self, digest: u64) -> Result<(u64, u64), Damaged> {
        let bucket = bucket_of(digest, self.head.bits);
        let bounds = self.kept.read(self.head.buckets + bucket * 4, 8)?;
        let (mut low, end) = (u64::from(u32_at(&bounds, 0)?), u64::from(u32_at(&bounds, 4)?));
        if low > end || end > u64::from(self.head.postings) {
            return Err(Damaged);
        }
        let mut high = end;
        while low < high {
            let middle = low.midpoint(high);
            match self.posting(middle)? < digest {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok((low, end))
    }
}

impl Stored {
    /// Shows the files that say something under a key, until one is taken.
    fn walk(
        &self,
        (topic, key): (Topic, &str),
        mut take: impl FnMut(Arc<Filed>) -> bool,
    ) -> Result<(), Damaged> {
        let digest = Salted::from_salt(self.head.salt).digest(topic, key);
        let (mut at, end) = self.first(digest)?;
        while at < end {
            let count = AT_ONCE.min(end - at);
            let start = self.head.listed + at * POSTING;
            let bytes = self.kept.read(start, (count * POSTING) as usize)?;
            for posting in bytes.chunks_exact(POSTING as usize) {
                if u64_at(posting, 0)? != digest || take(self.file(u32_at(posting, 8)?)?) {
                    return Ok(());
                }
            }
            at += count;
        }
        Ok(())
    }
}

impl Index for Stored {
    fn find(&self, topic: Topic, key: &str) -> Result<Vec<Arc<Filed>>, Damaged> {
        let mut found = Vec::new();
        self.walk((topic, key), |filed| {
            found.push(filed);
            false
        })?;
        Ok(found)
    }

    fn any(
        &self,
        topic: Topic,
        key: &str,
        is: &dyn Fn(&Filed) -> bool,
    ) -> Result<Option<Arc<Filed>>, Damaged> {
        let mut found = None;
        self.walk((topic, key), |filed| {
            found = is(&filed).then_some(filed);
            found.is_some()
        })?;
        Ok(found)
    }

    fn requests(&self, from: i64) -> Result<Vec<Arc<Filed>>, Damaged> {
        let mut found = Vec::new();
        for at in 0..u64::from(self.head.requests) {
            let bytes = self.kept.read(self.head.ends + at * REQUEST, REQUEST as usize)?;
            if u64_at(&bytes, 0)?.cast_signed() < from {
                break;
            }
            found.push(self.file(u32_at(&bytes, 8)?)?);
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn each(&self, visit: &mut dyn FnMut(&Filed)) -> Result<(), Damaged> {
        for number in 0..self.head.files {
            visit(&self.record(number)?);
        }
        Ok(())
    }
}

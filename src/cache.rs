//! What may be kept between two runs and thrown away at any time: files by name in one folder.
//!
//! Floor 3, generic over what it keeps, and the only place that writes below `.git`. A file is put
//! there in one step and never changed. It is read page by page, and every page carries a checksum
//! of its bytes, its number and the file's name: what was cut off, altered, or belongs to another
//! name is [`Damaged`] and not an answer. Nothing is trusted to be there, and nothing fails because
//! it cannot be written: without a cache everything only takes longer.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// The bytes of a page that are content; the rest is their checksum.
const CONTENT: usize = 4092;
const PAGE: usize = CONTENT + 4;

/// How unfinished files begin.
const UNFINISHED: &str = ".new-";

/// How much older than the newest file an unfinished one is that nobody writes any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// What was kept is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file of the cache is damaged")]
pub struct Damaged;

/// A folder of files that may vanish.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    most: usize,
}

impl Cache {
    /// A cache in a folder, which need not exist. Of its files the newest are kept, `most` of them.
    pub fn new(folder: impl Into<PathBuf>, most: usize) -> Self {
        Self { folder: folder.into(), most: most.max(1) }
    }

    /// A cache of a repository, below its common folder (`.git`): all its worktrees share it.
    pub fn of_repository(common: &Path, what: &str, most: usize) -> Self {
        Self::new(common.join("gitsm").join("cache").join(what), most)
    }

    /// The file of a name, if there is one. Its content is only looked at when it is read.
    pub fn open(&self, name: &str) -> Option<Kept> {
        if !is_name(name) {
            return None;
        }
        let file = open(&self.folder.join(name))?;
        let meta = file.metadata().ok().filter(fs::Metadata::is_file)?;
        let pages = meta.len() / PAGE as u64;
        let pages = Pages { file, name: name.to_owned(), pages, known: HashMap::new() };
        Some(Kept { source: Source::File(Mutex::new(pages)) })
    }

    /// The names of all files, those that were written last first.
    pub fn names(&self) -> Vec<String> {
        self.list().into_iter().filter(|(_, name)| is_name(name)).map(|(_, name)| name).collect()
    }

    /// Keeps a content under a name, and throws away what is too much. Whether it could.
    pub fn put(&self, name: &str, content: &[u8]) -> bool {
        is_name(name) && self.write(name, content).is_ok() && {
            self.tidy(name);
            true
        }
    }

    fn write(&self, name: &str, content: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut builder = tempfile::Builder::new();
        let file = builder.prefix(UNFINISHED).tempfile_in(&self.folder)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut page = [0_u8; PAGE];
        for (number, bytes) in content.chunks(CONTENT).enumerate() {
            let (body, sum) = page.split_at_mut(CONTENT);
            body.fill(0);
            for (to, from) in body.iter_mut().zip(bytes) {
                *to = *from;
            }
            sum.copy_from_slice(&checksum(name, number as u64, body).to_le_bytes());
            out.write_all(&page)?;
        }
        // Not synchronized: what a crash leaves half written, its checksums tell.
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.persist(self.folder.join(name)).map_err(|error| error.error)?;
        Ok(())
    }

    /// All files with the time of their last change, the newest first.
    fn list(&self) -> Vec<(SystemTime, String)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let dated = entries.filter_map(|entry| {
            let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((meta.modified().ok()?, entry.file_name().into_string().ok()?))
        });
        let mut files: Vec<(SystemTime, String)> = dated.collect();
        files.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        files
    }

    /// Removes old files, and unfinished ones that nobody will finish. Whoever reads one of them
    /// meanwhile keeps it open, or does without.
    fn tidy(&self, own: &str) {
        let files = self.list();
        let Some((newest, _)) = files.first() else { return };
        let mut others = 0;
        for (time, name) in &files {
            let gone = if is_name(name) {
                // The own file counts as the newest, whatever the clock of the disk says.
                others += usize::from(name != own);
                name != own && others >= self.most
            } else {
                let age = newest.duration_since(*time).unwrap_or_default();
                name.starts_with(UNFINISHED) && age > ABANDONED
            };
            if gone {
                let _ = fs::remove_file(self.folder.join(name));
            }
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "what the cache keeps is no file of a tree")]
fn open(path: &Path) -> Option<File> {
    File::open(path).ok()
}

/// Names are made by gitsm: digests and ids, never paths.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !name.is_empty() && name.len() <= 200 && name.chars().all(plain)
}

fn checksum(name: &str, page: u64, content: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(name.as_bytes());
    sum.update(&page.to_le_bytes());
    sum.update(content);
    sum.finalize()
}

/// A content that is kept, to be read piece by piece.
pub struct Kept {
    source: Source,
}

enum Source {
    Memory(Vec<u8>),
    File(Mutex<Pages>),
}

/// A file, and those of its pages that were read.
struct Pages {
    file: File,
    name: String,
    pages: u64,
    known: HashMap<u64, Arc<[u8]>>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a content that is kept")
    }
}

impl Kept {
    /// A content that is only in memory.
    pub fn in_memory(content: Vec<u8>) -> Self {
        Self { source: Source::Memory(content) }
    }

    /// So many bytes from a place on.
    ///
    /// # Errors
    ///
    /// There are none, or they are not those that were written.
    pub fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Damaged> {
        match &self.source {
            Source::Memory(content) => {
                let start = usize::try_from(at).ok();
                let range = start.and_then(|start| Some(start..start.checked_add(length)?));
                range.and_then(|range| content.get(range)).map(<[u8]>::to_vec).ok_or(Damaged)
            }
            Source::File(pages) => pages.lock().ok().ok_or(Damaged)?.read(at, length),
        }
    }
}

impl Pages {
    fn read(&mut self, at: u64, length: usize) -> Result<Vec<u8>, Damaged> {
        let end = at.checked_add(length as u64).ok_or(Damaged)?;
        if end > self.pages * CONTENT as u64 {
            return Err(Damaged);
        }
        let mut bytes = Vec::with_capacity(length);
        let mut at = at;
        while at < end {
            let page = self.page(at / CONTENT as u64)?;
            let from = (at % CONTENT as u64) as usize;
            let taken = (CONTENT - from).min((end - at) as usize);
            bytes.extend_from_slice(page.get(from..from + taken).ok_or(Damaged)?);
            at += taken as u64;
        }
        Ok(bytes)
    }

    fn page(&mut self, number: u64) -> Result<Arc<[u8]>, Damaged> {
        if let Some(known) = self.known.get(&number) {
            return Ok(Arc::clone(known));
        }
        let mut page = vec![0_u8; PAGE];
        let sought = self.file.seek(SeekFrom::Start(number * PAGE as u64));
        // Whatever the system says: it is not what was written.
        sought.and_then(|_| self.file.read_exact(&mut page)).ok().ok_or(Damaged)?;
        let (content, sum) = page.split_at_checked(CONTENT).ok_or(Damaged)?;
        if checksum(&self.name, number, content).to_le_bytes() != *sum {
            return Err(Damaged);
        }
        let content: Arc<[u8]> = content.into();
        self.known.insert(number, Arc::clone(&content));
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(seed: u8) -> Vec<u8> {
        (0..10_000_u32).map(|at| (at % 251) as u8 ^ seed).collect()
    }

    #[test]
    fn what_is_put_can_be_read_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::of_repository(folder.path(), "x-1", 3);
        assert!(cache.open("a").is_none());
        assert!(cache.put("a", &content(1)));
        let kept = cache.open("a").unwrap();
        let all = content(1);
        for (at, length) in [(0, 10), (4090, 4), (0, 10_000), (9999, 1), (8000, 0)] {
            assert_eq!(kept.read(at as u64, length).unwrap(), &all[at..at + length]);
        }
        assert_eq!(kept.read(1 << 40, 1), Err(Damaged));
        assert_eq!(kept.read(u64::MAX, 2), Err(Damaged));
    }

    #[test]
    fn a_flipped_bit_a_cut_and_another_name_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path(), 9);
        cache.put("a", &content(1));
        let path = folder.path().join("a");
        #[allow(clippy::disallowed_methods, reason = "a test damages its own file")]
        let (bytes, write) = (fs::read(&path).unwrap(), |name: &str, bytes: &[u8]| {
            fs::write(folder.path().join(name), bytes).unwrap();
        });
        for at in [0, 4091, 4092, 4096, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 4;
            write("a", &other);
            assert_eq!(cache.open("a").unwrap().read(0, 10_000), Err(Damaged), "{at}");
        }
        write("a", &bytes[..bytes.len() - 1]);
        assert_eq!(cache.open("a").unwrap().read(0, 10_000), Err(Damaged));
        assert!(cache.open("a").unwrap().read(0, 8000).is_ok(), "what is there is there");
        write("b", &bytes);
        assert_eq!(cache.open("b").unwrap().read(0, 1), Err(Damaged), "a file of another name");
        write("c", b"");
        assert_eq!(cache.open("c").unwrap().read(0, 1), Err(Damaged));
    }

    #[test]
    fn only_the_newest_stay() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path(), 2);
        for name in ["c", "b", "a", "d"] {
            assert!(cache.put(name, &content(2)));
            let file = fs::OpenOptions::new().write(true).open(folder.path().join(name)).unwrap();
            let age = Duration::from_secs(match name {
                "c" => 1000,
                "b" => 2000,
                _ => 3000,
            });
            file.set_modified(SystemTime::UNIX_EPOCH + age).unwrap();
        }
        let mut names = cache.names();
        names.sort();
        assert_eq!(names, ["a", "d"]);
    }

    #[test]
    fn where_nothing_can_be_written_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        #[allow(clippy::disallowed_methods, reason = "a test makes its own file")]
        fs::write(folder.path().join("file"), "x").unwrap();
        let cache = Cache::new(folder.path().join("file").join("below"), 2);
        assert!(!cache.put("a", b"x"));
        assert!(cache.open("a").is_none() && cache.names().is_empty());
        assert!(!Cache::new(folder.path(), 1).put("../a", b"x"), "no path");
    }
}

//! A history as `git fast-import` reads it: one text, made of nothing but what is given.

use std::fmt::Write as _;

use chrono::{DateTime, TimeZone};

use super::company::Files;
use super::history::{Author, How, Landing};

/// The stream of a branch, written commit by commit.
pub(super) struct Stream {
    text: String,
    branch: String,
    mark: usize,
    /// The newest commit of the branch.
    tip: Option<usize>,
}

/// Who did something, and when.
type Stamp<'s, Z> = (&'s Author, &'s DateTime<Z>);

impl Stream {
    /// The stream of a branch that is empty so far, such as `refs/heads/main`.
    pub(super) fn new(branch: &str) -> Self {
        Self { text: String::new(), branch: branch.to_owned(), mark: 0, tip: None }
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("done\n");
        self.text
    }

    /// A commit on top, by one person.
    pub(super) fn commit<Z: TimeZone>(
        &mut self,
        by: &Author,
        at: &DateTime<Z>,
        message: &str,
        files: &Files,
    ) where
        Z::Offset: std::fmt::Display,
    {
        let branch = self.branch.clone();
        self.head(&branch, (by, at), (by, at), message);
        self.parents(self.tip, None);
        files.iter().for_each(|(path, text)| self.file(path, Some(text)));
        self.tip = Some(self.mark);
    }

    /// A landing on top.
    pub(super) fn land(&mut self, landing: &Landing) {
        let branch = self.branch.clone();
        let stamp = (&landing.landed, &landing.at);
        let title = landing.message.lines().next().unwrap_or_default();
        match landing.how {
            How::Merge => {
                let written = landing.at - chrono::Duration::minutes(95);
                let (by, first) = ((&landing.by, &written), self.tip);
                self.head("refs/demo/topic", by, by, &landing.message);
                self.parents(first, None);
                self.files(landing);
                let topic = self.mark;
                let merge = format!("Merge branch '{}'\n\n{title}\n", slug(title));
                self.head(&branch, stamp, stamp, &merge);
                self.parents(first, Some(topic));
                self.files(landing);
            }
            How::Squash | How::Push => {
                self.head(&branch, (&landing.by, &landing.at), stamp, &landing.message);
                self.parents(self.tip, None);
                self.files(landing);
            }
        }
        self.tip = Some(self.mark);
    }

    fn head<Z: TimeZone>(
        &mut self,
        branch: &str,
        author: Stamp<'_, Z>,
        committer: Stamp<'_, Z>,
        message: &str,
    ) where
        Z::Offset: std::fmt::Display,
    {
        self.mark += 1;
        let line = |who: Stamp<'_, Z>| {
            format!("{} <{}> {}", who.0.name, who.0.email, who.1.format("%s %z"))
        };
        let (author, committer) = (line(author), line(committer));
        // Writing to a text does not fail.
        let _ = write!(
            self.text,
            "commit {branch}\nmark :{}\nauthor {author}\ncommitter {committer}\ndata {}\n{message}\n",
            self.mark,
            message.len(),
        );
    }

    fn parents(&mut self, first: Option<usize>, second: Option<usize>) {
        let first = first.map(|mark| format!("from :{mark}\n"));
        let second = second.map(|mark| format!("merge :{mark}\n"));
        self.text.extend(first.into_iter().chain(second));
    }

    fn files(&mut self, landing: &Landing) {
        for (path, text) in &landing.files {
            self.file(path, text.as_deref());
        }
    }

    fn file(&mut self, path: &str, text: Option<&str>) {
        let _ = match text {
            Some(text) => {
                write!(self.text, "M 100644 inline {path}\ndata {}\n{text}\n", text.len())
            }
            None => writeln!(self.text, "D {path}"),
        };
    }
}

/// The name of a branch, of the title of what it brought.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.take(5).collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Berlin;

    fn landing(how: How) -> Landing {
        let who = |name: &str| Author { name: name.to_owned(), email: format!("{name}@x") };
        let files = [("a".to_owned(), Some("1\n".to_owned())), ("b".to_owned(), None)];
        Landing {
            at: Berlin.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap(),
            by: who("jonas"),
            landed: who("ada"),
            how,
            message: "A larger database, for now\n".to_owned(),
            files: files.into_iter().collect(),
        }
    }

    #[test]
    fn a_merge_has_two_parents_and_a_squash_two_people() {
        let mut stream = Stream::new("refs/heads/main");
        let merge = landing(How::Merge);
        let start = Files::from([("b".to_owned(), "0\n".to_owned())]);
        stream.commit(&merge.by, &merge.at, "Begin\n", &start);
        stream.land(&merge);
        stream.land(&landing(How::Squash));
        let text = stream.finish();
        assert!(text.contains("mark :3\nauthor ada <ada@x> 1782900000 +0200\n"), "{text}");
        assert!(text.contains("'a-larger-database-for-now'"), "{text}");
        assert!(
            text.contains("from :1\nmerge :2\nM 100644 inline a\ndata 2\n1\n\nD b\n"),
            "{text}"
        );
        assert!(text.contains("author jonas <jonas@x> 1782900000 +0200\ncommitter ada"), "{text}");
        assert!(text.ends_with("D b\ndone\n"), "{text}");
    }
}

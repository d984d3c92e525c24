//! What changed lately, as an Atom feed (RFC 4287).

use sha2::{Digest as _, Sha256};

use super::html::escaped;

/// A feed.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    /// What it is about.
    pub title: String,
    /// Where the site will be, with a slash at its end; without it links are relative.
    pub base: Option<String>,
    /// A name that stays the same wherever the site is.
    pub name: String,
    /// When something changed last, as RFC 3339.
    pub updated: String,
    /// The changes, the newest first.
    pub entries: Vec<Entry>,
}

/// A change.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// The id of its commit.
    pub commit: String,
    /// What it is called.
    pub title: String,
    /// Who made it.
    pub author: String,
    /// When, as RFC 3339.
    pub updated: String,
    /// What it touches: the title, the reference and the page of each.
    pub touched: Vec<[String; 3]>,
    /// How many more there are.
    pub more: usize,
}

impl Feed {
    /// Writes it.
    pub fn atom(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        xml.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
        let id = match &self.base {
            Some(base) => text(&format!("{base}feed.atom")),
            None => urn(&format!("feed {}", self.name)),
        };
        push(&mut xml, "id", &id);
        push(&mut xml, "title", &text(&self.title));
        push(&mut xml, "updated", &text(&self.updated));
        push(&mut xml, "generator", "gitsm");
        for (rel, kind, path) in [
            ("self", "application/atom+xml", "feed.atom"),
            ("alternate", "text/html", "index.html"),
        ] {
            let href = text(&self.href(path));
            xml.push_str(&format!("<link rel=\"{rel}\" type=\"{kind}\" href=\"{href}\"/>\n"));
        }
        for entry in &self.entries {
            self.entry(&mut xml, entry);
        }
        xml.push_str("</feed>\n");
        xml
    }

    fn entry(&self, xml: &mut String, entry: &Entry) {
        xml.push_str("<entry>\n");
        push(xml, "id", &urn(&format!("commit {}", entry.commit)));
        let title = if entry.title.trim().is_empty() { "A change" } else { &entry.title };
        push(xml, "title", &text(title));
        push(xml, "updated", &text(&entry.updated));
        let author = if entry.author.trim().is_empty() { "unknown" } else { &entry.author };
        xml.push_str(&format!("<author><name>{}</name></author>\n", text(author)));
        let page = match entry.touched.as_slice() {
            [[_, _, page]] if entry.more == 0 => page,
            _ => "index.html",
        };
        let href = text(&self.href(page));
        xml.push_str(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{href}\"/>\n"));
        xml.push_str("<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">");
        match entry.touched.is_empty() {
            true => xml.push_str("<p>Something is gone.</p>"),
            false => {
                xml.push_str("<ul>\n");
                for [title, reference, page] in &entry.touched {
                    let (title, reference) = (text(title), text(reference));
                    let href = text(&self.href(page));
                    xml.push_str(&format!(
                        "<li><a href=\"{href}\">{title}</a> <code>{reference}</code></li>\n"
                    ));
                }
                if entry.more > 0 {
                    xml.push_str(&format!("<li>and {} more</li>\n", entry.more));
                }
                xml.push_str("</ul>");
            }
        }
        xml.push_str("</div></content>\n</entry>\n");
    }

    fn href(&self, path: &str) -> String {
        // A tilde is the only character of our paths that is not as plain as can be.
        format!("{}{path}", self.base.as_deref().unwrap_or_default())
    }
}

fn push(xml: &mut String, name: &str, text: &str) {
    xml.push_str(&format!("<{name}>{text}</{name}>\n"));
}

/// A text in XML 1.0, which has no words for some characters.
fn text(text: &str) -> String {
    escaped(&text.replace('\n', " ")).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// A name that is the same wherever the site is: a UUID made of what is named (RFC 9562, version 8).
fn urn(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "urn:uuid:{}-{}-8{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// The longest list of addresses that one file of a site map may have.
const MOST_ADDRESSES: usize = 50_000;

/// A map of a site for search engines (<https://www.sitemaps.org/protocol.html>): one file, or
/// several and one that lists them. `base` is where the site will be, `paths` are its pages.
pub fn sitemap(base: &str, paths: &[String]) -> Vec<super::File> {
    const NAMES: &str = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"";
    let list = |root: &str, item: &str, paths: &[String]| {
        let mut xml = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root} {NAMES}>\n");
        for path in paths {
            let address = text(&format!("{base}{path}"));
            xml.push_str(&format!("<{item}><loc>{address}</loc></{item}>\n"));
        }
        xml + &format!("</{root}>\n")
    };
    if paths.len() <= MOST_ADDRESSES {
        return vec![super::File::new("sitemap.xml", list("urlset", "url", paths))];
    }
    let parts = paths.chunks(MOST_ADDRESSES).enumerate();
    let mut files: Vec<super::File> = parts
        .map(|(number, paths)| {
            let name = format!("sitemap-{}.xml", number + 1);
            super::File::new(name, list("urlset", "url", paths))
        })
        .collect();
    let names: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    files.push(super::File::new("sitemap.xml", list("sitemapindex", "sitemap", &names)));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(base: Option<&str>) -> Feed {
        let touched = ["Pay & <b>", "service:pay", "service/pay.html"].map(str::to_owned);
        let entry = Entry {
            commit: "abc".to_owned(),
            title: "Raise <limits>\u{ffff}".to_owned(),
            author: String::new(),
            updated: "2026-11-16T12:00:00Z".to_owned(),
            touched: vec![touched],
            more: 0,
        };
        Feed {
            title: "acme".to_owned(),
            base: base.map(str::to_owned),
            name: "acme".to_owned(),
            updated: "2026-11-16T12:00:00Z".to_owned(),
            entries: vec![entry],
        }
    }

    #[test]
    fn a_feed_is_well_formed_whatever_commits_say() {
        let atom = example(None).atom();
        let parsed = roxmltree::Document::parse(&atom).unwrap();
        let ids: Vec<_> = parsed.descendants().filter(|node| node.has_tag_name("id")).collect();
        assert_eq!(ids.len(), 2);
        assert!(ids.iter().all(|id| id.text().unwrap().starts_with("urn:uuid:")));
        let title = parsed.descendants().find(|node| node.has_tag_name("entry")).unwrap();
        let title = title.children().find(|node| node.has_tag_name("title")).unwrap();
        assert_eq!(title.text(), Some("Raise <limits>\u{fffd}"));
        assert!(atom.contains("<author><name>unknown</name></author>"), "{atom}");
    }

    #[test]
    fn links_are_absolute_where_the_place_of_the_site_is_known() {
        let atom = example(Some("https://docs.example/it/")).atom();
        assert!(atom.contains("href=\"https://docs.example/it/service/pay.html\""), "{atom}");
    }

    #[test]
    fn a_large_site_has_several_maps() {
        let paths: Vec<String> = (0..50_001).map(|at| format!("{at}.html")).collect();
        let files = sitemap("https://x/", &paths);
        let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(names, ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]);
        assert_eq!(sitemap("https://x/", &paths[..9]).len(), 1);
    }
}

//! What MkDocs, and TechDocs of Backstage, want to know of a folder of Markdown.

use serde_json::{Value, json};

/// An entry of the navigation: pages below a heading, or one page.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// What it is called.
    pub title: String,
    /// Its own page, below the folder of the pages.
    pub path: String,
    /// The pages below it: their titles and paths.
    pub pages: Vec<(String, String)>,
}

/// The `mkdocs.yml` of a site, whose pages are in the folder `docs`. `url` is where it will be.
pub fn mkdocs(name: &str, url: Option<&str>, chapters: &[Chapter]) -> String {
    let entry = |title: &str, value: Value| json!({ shown(title): value });
    let nav = chapters.iter().map(|chapter| {
        if chapter.pages.is_empty() {
            return entry(&chapter.title, chapter.path.as_str().into());
        }
        let below = chapter.pages.iter().map(|(title, path)| entry(title, path.as_str().into()));
        let own = std::iter::once(Value::from(chapter.path.as_str()));
        entry(&chapter.title, own.chain(below).collect())
    });
    let mut all = json!({ "site_name": shown(name) });
    if let Some(fields) = all.as_object_mut() {
        fields.extend(url.map(|url| ("site_url".to_owned(), url.into())));
        fields.insert("plugins".to_owned(), json!(["techdocs-core"]));
        fields.insert("nav".to_owned(), nav.collect());
    }
    // Texts and lists of texts always serialise.
    serde_yaml::to_string(&all).unwrap_or_default()
}

/// A title, which is never empty.
fn shown(title: &str) -> String {
    let title = crate::output::visible(title);
    if title.trim().is_empty() { "?".to_owned() } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_texts_whatever_they_look_like() {
        let chapter = Chapter {
            title: "yes".to_owned(),
            path: "service/index.md".to_owned(),
            pages: vec![("a: b\n- !!python/x".to_owned(), "service/a.md".to_owned())],
        };
        let home = Chapter { title: "Home".into(), path: "index.md".into(), pages: Vec::new() };
        let text = mkdocs("123", Some("https://x.example/"), &[home, chapter]);
        let read: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(read["site_name"], "123");
        assert_eq!(read["nav"][0]["Home"], "index.md");
        assert_eq!(read["nav"][1]["yes"][0], "service/index.md");
        let below = read["nav"][1]["yes"][1].as_object().unwrap();
        assert!(below.keys().all(|title| title.starts_with("a: b")), "{text}");
    }
}

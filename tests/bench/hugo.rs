//! The same site for Hugo: as many pages, and beside them as many files, of about the same sizes as
//! the ones that `gitsm render` wrote, from content files and the small theme in `hugo/`.
//!
//! A page's Markdown grows until its face for programs has the size wanted, its `spec` until its
//! JSON has, and its picture and table until its HTML has; what the theme adds is learnt by letting
//! Hugo make the site and looking at what came out. What are no pages (styles, scripts, the search
//! index) are static files here, which Hugo copies. Begin at [`make`].

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::Outcome;
use crate::generate::{at, hermetic};
use crate::prose::{Random, sentence};

/// The theme: configuration and layouts.
const THEME: [(&str, &str); 12] = [
    ("hugo.toml", include_str!("hugo/hugo.toml")),
    ("layouts/_default/baseof.html", include_str!("hugo/layouts/_default/baseof.html")),
    ("layouts/_default/single.html", include_str!("hugo/layouts/_default/single.html")),
    ("layouts/_default/list.html", include_str!("hugo/layouts/_default/list.html")),
    ("layouts/_default/single.md", include_str!("hugo/layouts/_default/single.md")),
    ("layouts/_default/list.md", include_str!("hugo/layouts/_default/list.md")),
    ("layouts/_default/single.json", include_str!("hugo/layouts/_default/single.json")),
    ("layouts/_default/list.json", include_str!("hugo/layouts/_default/list.json")),
    ("layouts/partials/head.html", include_str!("hugo/layouts/partials/head.html")),
    ("layouts/partials/top.html", include_str!("hugo/layouts/partials/top.html")),
    ("layouts/partials/around.html", include_str!("hugo/layouts/partials/around.html")),
    ("layouts/partials/foot.html", include_str!("hugo/layouts/partials/foot.html")),
];
/// The faces of a page.
const FACES: [&str; 3] = ["html", "md", "json"];
/// How often Hugo is asked what the theme adds; each time the rest is a twentieth of the one before.
const ROUNDS: usize = 3;
/// Bytes that a name in `around` becomes: a box of the picture and a row of the table.
const AROUND: usize = 365;
/// Bytes that an entry of `spec` becomes in JSON.
const ENTRY: usize = 104;

/// Files and bytes of a folder.
#[derive(Default, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// Sizes of files by their paths below a folder.
pub(crate) type Listing = BTreeMap<String, u64>;

/// One page: its path without an end, and the bytes of its faces (0: there is none).
struct Page {
    path: String,
    wanted: [i64; 3],
    /// What is to be filled in, the theme's part taken off.
    fill: [i64; 3],
}

/// Makes a site for Hugo of a site that gitsm made; `made` is where Hugo may put its own.
pub(crate) fn make(hugo: &Path, like: &Path, site: &Path, made: &Path) -> Outcome<usize> {
    let listing = list(like)?;
    let mut pages = pages(&listing);
    remove(site);
    for (path, text) in THEME {
        write(&site.join(path), text)?;
    }
    for path in listing.keys().filter(|path| !is_face(path, &listing)) {
        let target = site.join("static").join(path.trim_start_matches('.'));
        folder_of(&target)?;
        fs::copy(like.join(path), &target).map_err(|error| at("copy", &target, &error))?;
    }
    let names: Vec<String> = pages.iter().map(|page| page.path.clone()).collect();
    for round in 0..=ROUNDS {
        for (number, page) in pages.iter().enumerate() {
            let folder = page.path.strip_suffix("index");
            let file = folder.map_or_else(|| page.path.clone(), |folder| format!("{folder}_index"));
            write(&site.join("content").join(file + ".md"), &content(page, number, &names))?;
        }
        if round < ROUNDS {
            remove(made);
            build(hugo, site, made)?;
            learn(&mut pages, &list(made)?)?;
        }
    }
    remove(made);
    Ok(pages.len())
}

/// Arguments with which Hugo makes the site.
pub(crate) fn arguments(made: &Path) -> Vec<String> {
    let made = made.display().to_string();
    ["--quiet", "--destination", &made].map(str::to_owned).to_vec()
}

fn build(hugo: &Path, site: &Path, made: &Path) -> Outcome<()> {
    let mut command = hermetic(hugo, site);
    command.args(arguments(made)).stdin(Stdio::null());
    let output = command.output().map_err(|error| at("start", hugo, &error))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("hugo: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// The pages of a site.
fn pages(listing: &Listing) -> Vec<Page> {
    let pages = listing.keys().filter_map(|path| path.strip_suffix(".html"));
    let page = |path: &str| {
        let size = |end| listing.get(&format!("{path}.{end}")).copied().unwrap_or(0);
        let wanted = FACES.map(|end| size(end) as i64);
        Page { path: path.to_owned(), wanted, fill: wanted }
    };
    pages.map(page).collect()
}

/// Whether a file is a page, or a page as Markdown or JSON.
fn is_face(path: &str, listing: &Listing) -> bool {
    let Some((stem, end)) = path.rsplit_once('.') else { return false };
    FACES.contains(&end) && listing.contains_key(&format!("{stem}.html"))
}

/// Corrects what is filled in by what Hugo made of it.
fn learn(pages: &mut [Page], made: &Listing) -> Outcome<()> {
    for page in pages {
        // With ugly addresses a section is a file beside its folder.
        let section = page.path.strip_suffix("/index").unwrap_or(&page.path);
        for (number, end) in FACES.iter().enumerate().filter(|(n, _)| page.wanted[*n] > 0) {
            let found = [&page.path, section].map(|path| made.get(&format!("{path}.{end}")));
            let found = found.into_iter().flatten().next();
            let found = found.ok_or_else(|| format!("hugo made no {}.{end}", page.path))?;
            page.fill[number] += page.wanted[number] - *found as i64;
        }
    }
    Ok(())
}

/// A content file.
fn content(page: &Page, number: usize, names: &[String]) -> String {
    let mut random = Random::new(1, number);
    let [html, plain, json] = page.fill.map(|fill| usize::try_from(fill).unwrap_or(0));
    let body = body(plain, names, &mut random);
    // A first guess; what it is wrong by, is learnt.
    let rest = html.saturating_sub(body.len() + body.len() / 3);
    let mut text = format!("---\ntitle: {}\n", page.path.replace('/', " "));
    let outputs = FACES.iter().zip(page.wanted).filter(|(_, size)| *size > 0);
    let outputs: Vec<&str> = outputs.map(|(end, _)| *end).collect();
    let _ = writeln!(text, "description: {}", sentence(&mut random));
    let _ = writeln!(text, "outputs: [{}]", outputs.join(", "));
    text.push_str("entity: Component\nowner: group-000001\nlifecycle: production\n");
    if page.wanted[2] > 0 {
        text.push_str("spec:\n");
        for entry in 0..json / ENTRY {
            let _ = writeln!(text, "  link-{entry:03}:");
            let _ = writeln!(text, "    title: Dashboard");
            let _ = writeln!(text, "    url: https://grafana.example.com/{:012}", number + entry);
        }
        let _ = writeln!(text, "  text: {}", exactly(json % ENTRY, &mut random));
    }
    if rest >= AROUND {
        text.push_str("around:\n");
        for _ in 0..rest / AROUND {
            let _ = writeln!(text, "- {}", names[random.below(names.len())]);
        }
    }
    let _ = writeln!(text, "note: {}", exactly(rest % AROUND, &mut random));
    text + "---\n" + &body
}

/// Markdown of so many bytes: headings, paragraphs with links, lists and tables.
fn body(bytes: usize, names: &[String], random: &mut Random) -> String {
    let mut text = String::with_capacity(bytes + 1);
    loop {
        let mut part = format!("## {}\n\n", random.of(&["Use", "Design", "Operation", "Data"]));
        let to = &names[random.below(names.len())];
        let _ = writeln!(part, "{} See [{to}](/{to}.html) and `{to}`.\n", sentence(random));
        let _ = writeln!(part, "- {}\n- **{}**\n- [{to}](/{to}.html)\n", to, sentence(random));
        let _ =
            writeln!(part, "| What | How |\n|---|---|\n| {to} | down |\n| owner | degraded |\n");
        if text.len() + part.len() > bytes {
            break;
        }
        text.push_str(&part);
    }
    let rest = bytes - text.len();
    text.push_str(&exactly(rest, random));
    text.truncate(bytes);
    text
}

/// Plain words of so many bytes, safe as a YAML value.
fn exactly(bytes: usize, random: &mut Random) -> String {
    let mut text = String::from("Words ");
    while text.len() < bytes {
        text.push_str(&sentence(random));
        text.push(' ');
    }
    text.truncate(bytes);
    text.trim_end().to_owned()
}

/// Sizes of the files below a folder.
pub(crate) fn list(folder: &Path) -> Outcome<Listing> {
    let mut found = Listing::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries = next.read_dir().map_err(|error| at("list", &next, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| at("list", &next, &error))?;
            let known = entry.metadata().map_err(|error| at("list", &next, &error))?;
            let path = entry.path();
            match known.is_dir() {
                true => open.push(path),
                false => {
                    let path = path.strip_prefix(folder).unwrap_or(&path);
                    found.insert(path.display().to_string().replace('\\', "/"), known.len());
                }
            }
        }
    }
    Ok(found)
}

/// Files and bytes of a folder.
pub(crate) fn size(folder: &Path) -> Outcome<Size> {
    let listing = list(folder)?;
    Ok(Size { files: listing.len(), bytes: listing.values().sum() })
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    folder_of(path)?;
    fs::write(path, text).map_err(|error| at("write", path, &error))
}

fn folder_of(path: &Path) -> Outcome<()> {
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    fs::create_dir_all(&folder).map_err(|error| at("make", &folder, &error))
}

fn remove(folder: &Path) {
    // It need not be there.
    let _ = fs::remove_dir_all(folder);
}

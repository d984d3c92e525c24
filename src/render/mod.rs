//! A site as a pure function: pages in, files out.
//!
//! Floor 7. [`page::Page`] is what a page holds; [`Look`] makes HTML of it, by templates that a
//! repository may override. Nothing here knows where pages come from, what day it is, or how files
//! are written: that is `flow::render`.

pub mod address;
pub mod feed;
mod html;
pub mod look;
pub mod mkdocs;
pub mod page;
pub mod picture;
mod plain;
pub mod search;
pub mod timeline;

pub use address::Address;
pub use html::{Context, Links, spoken};
pub use look::{Look, LookError, Site};
pub use page::Page;
pub use plain::markdown;

/// A file of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the top of the site on, with `/`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl File {
    /// A file of a text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), bytes: text.into().into_bytes() }
    }
}

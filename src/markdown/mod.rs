//! Markdown of catalogs, made safe.
//!
//! Floor 1. CommonMark with tables, task lists, strikethrough and bare addresses, read by comrak,
//! which nothing else knows. [`html`] writes it for a page: no HTML of the text gets through, no
//! address but those of the web and of mail, no picture, no style. [`rewritten`] writes it as Markdown
//! in which nothing acts in any dialect, [`written`] puts other texts into such Markdown. [`plain`]
//! leaves the words. [`Columns`] are those of any table in a page.
//! [`mentions`] finds where the text names an entity with its kind; the grammar of such names is
//! [`names`], and what kinds there are is not known here.

mod columns;
mod html;
pub mod names;
mod plain;
mod read;
mod rewrite;
pub mod written;

pub use columns::Columns;
pub use html::{Target, html};
pub use names::candidates;
pub use plain::plain;
pub use read::mentions;
pub use rewrite::rewritten;

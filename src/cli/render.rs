//! `gitsm render`.

use super::Environment;
use super::args::Render;
use super::error::{Failure, print};
use crate::flow::render::{Request, render};
use crate::output::{count, visible};

pub(super) fn run(arguments: &Render, environment: &Environment) -> Result<u8, Failure> {
    let paths: Vec<_> = arguments.path.iter().cloned().collect();
    let request = Request {
        place: environment.place(&paths, arguments.at.clone()),
        today: arguments.today.clone(),
        out: environment.current.join(&arguments.out),
    };
    let rendered = render(&request)?;
    let written = rendered.written;
    let mut text = format!(
        "{}: {} written, {} unchanged",
        count(rendered.pages, "page"),
        count(written.written, "file"),
        written.unchanged
    );
    if written.removed > 0 {
        text.push_str(&format!(", {} removed", written.removed));
    }
    let start = arguments.out.join("index.html");
    text.push_str(&format!("\nopen {}\n", visible(&start.display().to_string())));
    print(&text)?;
    Ok(0)
}

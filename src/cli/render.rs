//! `gitsm render`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Environment;
use super::args::{Render, RenderFormat};
use super::error::{Failure, print, tell};
use crate::flow::render::{Format, Rendered, Request, look, render};
use crate::output::{count, visible};

pub(super) fn run(arguments: &Render, environment: &Environment) -> Result<u8, Failure> {
    let paths: Vec<_> = arguments.path.iter().cloned().collect();
    let request = Request {
        place: environment.place(&paths, arguments.at.clone()),
        today: arguments.today.clone(),
        out: environment.current.join(&arguments.out),
        format: match arguments.output {
            RenderFormat::Html => Format::Html,
            RenderFormat::Markdown => Format::Markdown,
        },
        base_url: arguments.base_url.clone(),
        changed: arguments.changed.clone(),
    };
    if arguments.watch {
        return watch(&request, environment);
    }
    let rendered = render(&request, &environment.variable)?;
    let inside = rendered.start.strip_prefix(&request.out).unwrap_or(&rendered.start);
    let start = arguments.out.join(inside);
    print(&format!("{}\nopen {}\n", told(&rendered), visible(&start.display().to_string())))?;
    Ok(0)
}

/// What was done, in a line.
fn told(rendered: &Rendered) -> String {
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
    text
}

/// How long to wait between two looks at the files, and how often in between for Ctrl+C.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSES: usize = 5;

/// Renders again and again, until the user has enough.
fn watch(request: &Request, environment: &Environment) -> Result<u8, Failure> {
    let enough = Arc::new(AtomicBool::new(false));
    let told_to = Arc::clone(&enough);
    ctrlc::set_handler(move || told_to.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::could_not(format!("cannot wait for Ctrl+C: {error}"), None))?;
    let is_enough = || enough.load(Ordering::Relaxed);
    let mut first = true;
    while !is_enough() {
        // Looked at before it is read: what changes meanwhile is seen the next time.
        let seen = look(&request.place, &request.out).ok();
        match render(request, &environment.variable) {
            Ok(rendered) => print(&format!("{}\n", told(&rendered)))?,
            // What is wrong from the beginning is no mistake in between.
            Err(error) if first => return Err(error.into()),
            Err(error) => {
                Failure::from(error).report(environment);
            }
        }
        first = false;
        for notice in environment.notices.take() {
            tell(&format!("{}\n", visible(&notice)));
        }
        while !is_enough() && look(&request.place, &request.out).ok() == seen {
            for _ in 0..PAUSES {
                if !is_enough() {
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }
    Ok(0)
}

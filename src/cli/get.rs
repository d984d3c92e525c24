//! `gitsm get`.

use super::Environment;
use super::args::{Get, GetOutput};
use super::error::{Failure, print, tell};
use super::pager;
use crate::catalog::LabelSelector;
use crate::flow::get::{Got, Request, get};
use crate::output::{Look, listing, page, table, visible};
use crate::rules;

pub(super) fn run(arguments: &Get, environment: &Environment) -> Result<u8, Failure> {
    let selector = arguments.selectors.iter().cloned();
    let request = Request {
        place: environment.place(&arguments.paths, arguments.at.clone()),
        words: arguments.words.clone(),
        selector: selector.fold(LabelSelector::default(), LabelSelector::and),
        owner: arguments.owner.clone(),
        namespace: arguments.namespace.clone(),
        today: arguments.today.clone(),
        list: matches!(
            arguments.output,
            None | Some(GetOutput::Table | GetOutput::Wide | GetOutput::Csv)
        ),
    };
    let got = get(request)?;
    if got.ids.is_empty() {
        tell(&format!("nothing found{}\n", among(arguments)));
    } else if let Some(former) = got.formerly.as_deref().filter(|_| !shows_page(arguments, &got)) {
        let former = crate::catalog::short(former);
        tell(&visible(&format!("`{former}` is a former name")));
        tell("\n");
    }
    show(&got, arguments, environment)?;
    Ok(0)
}

/// What was searched, for somebody who finds nothing.
fn among(arguments: &Get) -> String {
    let filters = [
        (!arguments.selectors.is_empty()).then_some("--selector"),
        arguments.owner.as_ref().map(|_| "--owner"),
        arguments.namespace.as_ref().map(|_| "--namespace"),
    ];
    let filters: Vec<&str> = filters.into_iter().flatten().collect();
    let words = match arguments.words.is_empty() {
        true => String::new(),
        false => format!(" of {}", visible(&arguments.words.join(" "))),
    };
    match filters.is_empty() {
        true => format!("{words} in this catalog"),
        false => format!("{words} that fits {}", filters.join(" and ")),
    }
}

fn shows_page(arguments: &Get, got: &Got) -> bool {
    match &arguments.output {
        None => got.one && got.ids.len() == 1,
        Some(GetOutput::Page) => true,
        Some(_) => false,
    }
}

fn show(got: &Got, arguments: &Get, environment: &Environment) -> Result<(), Failure> {
    let people = |wide| {
        let look = Look { wide, color: environment.color, width: environment.width };
        pager::show(&safe(table(&got.listing(), look)), environment)
    };
    match &arguments.output {
        None if !shows_page(arguments, got) => people(false),
        None | Some(GetOutput::Page) => show_page(got, environment),
        Some(GetOutput::Table) => people(false),
        Some(GetOutput::Wide) => people(true),
        Some(GetOutput::Name) => print(&safe(listing::names(&got.names()))),
        Some(GetOutput::Csv) => print(&safe(listing::csv(&got.listing()))),
        Some(GetOutput::Json) => print(&safe(listing::json(&got.items(), got.one))),
        Some(GetOutput::Yaml) => print(&safe(listing::yaml(&got.items()))),
        Some(GetOutput::JsonPath(template)) => {
            let text = template.fill(&listing::value(&got.items(), got.one));
            let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
            print(&safe(format!("{text}{end}")))
        }
    }
}

fn show_page(got: &Got, environment: &Environment) -> Result<(), Failure> {
    if got.ids.is_empty() {
        return Ok(());
    }
    let Some(about) = got.page()? else {
        let message = format!("a page is about one entity, and these are {}", got.ids.len());
        return Err(Failure::usage(message, Some("name one, or leave out `-o page`".to_owned())));
    };
    pager::show(&safe(page(&about, environment.color, environment.width)), environment)
}

/// A text without what looks like a secret: that it stands in the catalog is a finding, and no reason
/// to spread it.
pub(super) fn safe(text: String) -> String {
    rules::starred(&text, &[])
}

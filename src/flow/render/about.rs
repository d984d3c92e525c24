//! What this site is, and how somebody who never used a terminal changes what it says.

use super::text;
use crate::render::Address;
use crate::render::page::Page;

/// Makes the page. It names no commit, so that it stays as it is.
pub(super) fn page() -> Page {
    let mut page = Page::new(Address::page("about"), "page.html", "About this site");
    let mut blocks = text::blocks(TEXT).into_iter();
    let first = blocks.next().and_then(|block| block.parts.into_iter().next());
    if let Some(crate::render::page::Part::Prose(lead)) = first {
        page.lead = Some(lead);
    }
    page.body.extend(blocks);
    page
}

const TEXT: &str = "\
# About this site

Everything here is made from files: one short text file for each service, team, runbook and so on. \
The files are the record, and these pages show them.

## How to find something

- Type a few letters of a name into the field at the top of any page. `/` jumps there from wherever \
  you are.
- The arrow keys choose among what was found, Enter opens it, Escape goes back.
- **Map** shows who needs whom, **Calendar** when things may be changed. At the bottom of each page \
  stand the other overviews.
- Words that are new to you are explained in the glossary.

All of it can be used with a keyboard alone: Tab goes on, Shift and Tab go back, Enter follows a \
link. A table or picture that is too wide scrolls with the arrow keys.

## How to change something

1. Open the page of what is wrong. At its end, *Where it comes from* names the file and the line.
2. Edit that file where your organisation keeps its files, for example on GitHub or GitLab: both \
   let you edit a file in the browser and propose the result. That is called a *pull request* or \
   *merge request*.
3. What you propose is checked by itself: whether it can be read, whether what it names exists, \
   whom it concerns and who should agree.
4. Once somebody has agreed and it was taken in, this site is made anew, and the page says so.

Nothing can be broken by proposing a change: until it is taken in, all stays as it is, and each \
earlier state can be brought back.

## How fresh it is

These pages are made anew whenever the files change. The first page says from which state of the \
files, and when. What depends on the hour, such as who is on call now, your browser works out \
itself where it can; without scripts the pages show the plan.

## For programs

- Each page about an entity also stands there as JSON and as Markdown: the links are at its end, or \
  write `.json` or `.md` for `.html` in the address. The overviews stand there as Markdown.
- `catalog.json` lists all that there is, with the state of the files from which it was made.
- `calendar.ics` has windows, freezes and planned changes, for any calendar program.
- `feed.atom` says what changed, for any feed reader.

Nothing on these pages is loaded from elsewhere, and nothing is told to anybody: they are files, and \
work without a network and without a server.
";

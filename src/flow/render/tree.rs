//! A site as a tree of Markdown, for MkDocs, TechDocs of Backstage, and wikis.

use rayon::prelude::*;

use super::stage::{Stage, plural};
use super::{RenderError, Rendered, Whole, entity, faces, write};
use crate::catalog::EntityId;
use crate::render::mkdocs::{Chapter, mkdocs};
use crate::render::{Address, File, Page};

/// Where the pages are.
const FOLDER: &str = "docs/";

/// From so many entities on, the navigation names only the list of a family.
const MOST: usize = 100;

/// Writes `mkdocs.yml`, and the pages below `docs`.
pub(super) fn write(all: &Whole<'_>) -> Result<Rendered, RenderError> {
    let stage = all.stage;
    let sink = write::Sink::open(&all.request.out)?;
    let url = all.request.base_url.as_deref();
    let chapters = chapters(stage, &all.around.pages);
    sink.write(vec![File::new("mkdocs.yml", mkdocs(&stage.name, url, &chapters))])?;
    let beside = all.around.files.iter();
    let below = |file: &File| File { path: format!("{FOLDER}{}", file.path), ..file.clone() };
    sink.write(beside.map(below).collect())?;
    let overviews = all.around.pages.iter().map(|page| faces::plain(stage, page, FOLDER));
    sink.write(overviews.collect())?;
    let each = |id: &EntityId| -> Result<(), RenderError> {
        Ok(sink.write(vec![faces::plain(stage, &entity::page(stage, *id), FOLDER)])?)
    };
    stage.ids.par_iter().try_for_each(each)?;
    Ok(all.rendered(sink.close()?, "docs/index.md"))
}

/// What the navigation shows: the overviews, and below each list what is on it.
fn chapters(stage: &Stage<'_>, overviews: &[Page]) -> Vec<Chapter> {
    let lists: Vec<(Address, &'static str)> =
        stage.families.iter().map(|(family, _)| (Address::list(family), *family)).collect();
    let chapter = |page: &Page| {
        let family = lists.iter().find(|(address, _)| *address == page.address);
        let few = family.filter(|(_, family)| stage.family(family).nth(MOST).is_none());
        let entry = |id: EntityId| (stage.title(id), Address::of(stage.canonical(id)).path("md"));
        Chapter {
            title: family.map_or_else(|| page.title.clone(), |(_, family)| plural(family)),
            path: page.address.path("md"),
            pages: few
                .into_iter()
                .flat_map(|(_, family)| stage.family(family))
                .map(entry)
                .collect(),
        }
    };
    overviews.iter().map(chapter).collect()
}

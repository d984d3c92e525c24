//! Which entities a file implements: by their `sources`, by the folder of a `catalog-info.yaml`, or
//! because a document takes its content from it.

use std::collections::BTreeMap;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::{Catalog, EntityId, is_catalog_info};

/// Kinds whose document may stand for the folder that it is in: something is built from it.
pub(super) const BUILT: &[&str] = &["component", "resource", "airesource", "template"];
/// Those that do so where no document of the others stands beside them.
pub(super) const OTHERWISE: &[&str] = &["api", "system", "domain"];

/// What a placeholder gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// The file's content as it is.
    Text,
    /// What the file says, of whatever type.
    Anything,
}

/// The keys by which Backstage puts a file's content in place of a mapping: as text, parsed, or
/// parsed with its references resolved
/// (<https://backstage.io/docs/features/software-catalog/descriptor-format#substitutions-in-the-descriptor-format>).
const PLACEHOLDERS: &[(&str, Gives)] = &[
    ("$text", Gives::Text),
    ("$openapi", Gives::Text),
    ("$asyncapi", Gives::Text),
    ("$json", Gives::Anything),
    ("$yaml", Gives::Anything),
];

/// What a key gives, if it is a placeholder.
pub fn placeholder(key: &str) -> Option<Gives> {
    PLACEHOLDERS.iter().find(|(name, _)| *name == key).map(|(_, gives)| *gives)
}

/// A glob of `sources` as text, from the top of the tree: the catalog's own paths begin in its
/// folder.
pub fn from_top(folder: &str, written: &str) -> String {
    let written = written.trim_start_matches("./");
    if folder.is_empty() { written.to_owned() } else { format!("{folder}/{written}") }
}

/// The same as a glob.
///
/// # Errors
///
/// It is none.
pub fn source_glob(folder: &str, written: &str) -> Result<Glob, globset::Error> {
    glob_from_top(&from_top(folder, written))
}

/// A glob that is written from the top of the tree.
///
/// # Errors
///
/// It is none.
pub fn glob_from_top(glob: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(glob).literal_separator(true).build()
}

/// Who claims which files.
#[derive(Debug)]
pub struct Claims {
    globs: GlobSet,
    /// Whose each glob is.
    owners: Vec<EntityId>,
    /// The entities that stand for a folder.
    folders: BTreeMap<String, Vec<EntityId>>,
}

impl Claims {
    /// The claims of a catalog whose `gitsm.yaml` is in a folder. Globs that are none are left out:
    /// `validate` tells them.
    pub fn of(catalog: &Catalog, folder: &str) -> Self {
        let (mut globs, mut owners) = (GlobSetBuilder::new(), Vec::new());
        for (id, entity) in catalog.entities() {
            for glob in entity.sources().iter().filter_map(|one| source_glob(folder, one).ok()) {
                globs.add(glob);
                owners.push(id);
            }
        }
        let globs = globs.build().unwrap_or_else(|_| GlobSet::empty());
        let mut folders: BTreeMap<String, Vec<EntityId>> = BTreeMap::new();
        for (id, folder) in
            catalog.entities().filter_map(|(id, _)| Some((id, implied(catalog, id)?)))
        {
            folders.entry(folder).or_default().push(id);
        }
        Self { globs, owners, folders }
    }

    /// The entities that a file implements: those that name it, or else those whose document is the
    /// nearest above it.
    pub fn owners(&self, path: &str) -> Vec<EntityId> {
        let mut found: Vec<EntityId> =
            self.globs.matches(path).into_iter().map(|at| self.owners[at]).collect();
        if found.is_empty() {
            let mut above = folders_above(path);
            found = above.find_map(|folder| self.folders.get(folder)).cloned().unwrap_or_default();
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The folders that a path lies in, the nearest first, `""` last.
pub fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    let parent = |path: &str| path.rfind('/').map_or(0, |at| at);
    let first = (!path.is_empty()).then(|| &path[..parent(path)]);
    std::iter::successors(first, move |folder| {
        (!folder.is_empty()).then(|| &folder[..parent(folder)])
    })
}

/// The folder that an entity stands for because of where its document is: a `catalog-info.yaml`
/// owns its folder, unless the document says what its sources are (annotation `gitsm/sources`).
pub fn implied(catalog: &Catalog, id: EntityId) -> Option<String> {
    let entity = catalog.entity(id);
    let path = &entity.file.path;
    if !entity.kind.group.foreign || !entity.sources().is_empty() || !is_catalog_info(path) {
        return None;
    }
    let family = entity.kind.family;
    let fits = BUILT.contains(&family) || (OTHERWISE.contains(&family) && !has_built(catalog, id));
    fits.then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
}

/// Whether a document beside an entity stands for the folder before it.
fn has_built(catalog: &Catalog, id: EntityId) -> bool {
    // The documents of a file stand side by side in the catalog.
    let file = &catalog.entity(id).file;
    let same = |(_, other): &(EntityId, &super::Entity)| std::sync::Arc::ptr_eq(&other.file, file);
    let start = id.index().saturating_sub(catalog.entity(id).document as usize);
    let beside = catalog.entities().skip(start).skip_while(|one| !same(one)).take_while(same);
    let mut families = beside.map(|(_, other)| other.kind.family);
    families.any(|family| BUILT.contains(&family))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Inspection, Subject, load};
    use crate::config::Config;
    use crate::tree::Memory;
    use crate::yaml::Limits;

    #[test]
    fn folders_are_named_from_the_nearest_up() {
        assert_eq!(folders_above("a/b/c.txt").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders_above("c.txt").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn a_file_belongs_to_who_names_it_or_to_the_nearest_catalog_info_above() {
        let document = |kind: &str, name: &str, more: &str| {
            format!(
                "{{apiVersion: backstage.io/v1alpha1, kind: {kind}, metadata: {{name: {name}{more}}}}}\n---\n"
            )
        };
        let sources = ", annotations: {gitsm/sources: 'deploy/**, ci/*.yml'}";
        let tree = Memory::new([
            ("catalog-info.yaml", document("Component", "top", "") + &document("API", "api", "")),
            ("apps/shop/catalog-info.yaml", document("Component", "shop", "")),
            ("apps/docs/catalog-info.yaml", document("API", "docs", "")),
            ("infra.yaml", document("Resource", "infra", sources)),
        ]);
        let inspect = |_: &Subject<'_>| Inspection::default();
        let catalog = load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0;
        let claims = Claims::of(&catalog, "");
        let owners = |path: &str| -> Vec<String> {
            let name = |id: &EntityId| catalog.canonical(catalog.entity(*id)).to_owned();
            claims.owners(path).iter().map(name).collect()
        };
        assert_eq!(owners("apps/shop/src/main.rs"), ["component:default/shop"]);
        assert_eq!(owners("apps/docs/x"), ["api:default/docs"]);
        assert_eq!(owners("README.md"), ["component:default/top"]);
        assert_eq!(owners("deploy/a/b"), ["resource:default/infra"]);
        assert_eq!(owners("ci/a/b.yml"), ["component:default/top"]);
    }
}

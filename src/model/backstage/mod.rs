//! Backstage's kinds, one file each, as `@backstage/catalog-model` 1.10 defines them.
//!
//! Specs are open: Backstage takes fields that it does not know, and so do we. A file holds the
//! typed spec (the schema comes from it) and the kind's row in the table.

pub mod ai_resource;
pub mod api;
pub mod component;
pub mod domain;
pub mod group;
pub mod location;
pub mod resource;
pub mod system;
pub mod template;
pub mod user;

use super::Group;

/// Documents of Backstage's catalog.
pub static GROUP: Group =
    Group { name: "backstage.io", title: "Backstage", foreign: true, retired: &[] };

/// Documents of Backstage's scaffolder.
pub static SCAFFOLDER: Group = Group {
    name: "scaffolder.backstage.io",
    title: "Backstage scaffolder",
    foreign: true,
    retired: &["v1alpha1", "v1beta1", "v1beta2"],
};

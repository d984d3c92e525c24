//! The compiled program and the library, used as people and pipelines use them.

mod architecture;
mod backstage;
mod catalogs;
mod corpus;
mod formats;
mod git;
mod hostile;
mod pages;
mod properties;
mod schemas;
mod support;
mod validate;

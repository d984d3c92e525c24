//! What a change means, over small catalogs: a builder of change sets from two trees, and what is
//! said of each kind of change. Over the big example: `tests/it/`.

mod acme;
mod approving;
mod builder;
mod judging;
mod properties;

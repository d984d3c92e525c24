//! The compiled program and the library, used as people and pipelines use them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a test that cannot go on has failed"
)]

mod acme_targets;
mod apply;
mod apply_agreed;
mod apply_http;
#[cfg(unix)]
mod apply_ledger;
mod apply_owed;
#[cfg(target_os = "linux")]
mod apply_real;
mod apply_truth;
#[cfg(unix)]
mod approvals;
mod architecture;
mod backstage;
mod backtest;
mod breaks;
mod calendar;
mod catalogs;
mod codeowners;
mod corpus;
mod demo;
mod diff;
mod doctor;
mod entity_pages;
mod faces;
mod fix;
mod fmt;
mod formats;
mod gates;
mod get;
mod git;
mod graph;
mod grounds;
mod help;
mod hooks;
mod hostile;
mod http_driver;
#[cfg(target_os = "linux")]
mod icinga;
mod impact;
mod init;
#[cfg(unix)]
mod insider;
mod keys;
mod ledger;
mod ledger_transports;
#[cfg(unix)]
mod lives;
#[cfg(unix)]
mod lives_records;
#[cfg(unix)]
mod lives_urgent;
#[cfg(unix)]
mod lives_world;
mod merge;
mod newly;
#[cfg(unix)]
mod office;
mod pages;
mod policies;
mod practices;
#[cfg(target_os = "linux")]
mod prometheus;
mod properties;
mod protected;
mod query;
mod readme;
mod records;
mod rename;
mod render;
mod revert;
mod revert_files;
mod revert_property;
mod reviews;
mod schemas;
mod search;
mod shell;
mod signatures;
#[cfg(unix)]
mod signed_commits;
#[cfg(unix)]
mod signing;
mod slices;
mod support;
mod target_rules;
mod validate;
mod web;

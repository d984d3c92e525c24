//! HTTP for drivers: one client, which says of everything that goes wrong what is known of it.
//!
//! It trusts the certificates of the system, or those of one file and no others. It follows no
//! redirect, so that credentials go to one host. It asks no proxy: those of the environment
//! (`HTTPS_PROXY`) are not used. It never sends anything twice.

mod client;
mod decoded;
mod hide;
mod link;
mod nodes;
mod options;
mod status;
mod tls;
mod wait;
mod watch;

pub use client::{Answer, Client, LARGEST};
pub use hide::Hider;
pub use link::next_link;
pub use nodes::{MOST_NODES, nodes};
pub use options::Options;

pub use crate::model::gitsm::target::http::Method;

#[cfg(test)]
mod tests;

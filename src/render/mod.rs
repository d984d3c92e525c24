//! A site as a pure function: values in, paths and bytes out. It reads no file and no clock.
//!
//! [`search`] is the index that lets people search the site in the browser, without a server.

pub mod search;

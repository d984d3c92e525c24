//! `change`: a change request's life, from the first word to the last.

pub mod new;

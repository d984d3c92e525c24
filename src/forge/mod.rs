//! What forges say of pull requests: their answers, read.
//!
//! Floor 6. Nothing here asks a forge: whoever has its answer hands it in.

mod reviews;

pub use reviews::{GivenReview, ReviewError, Reviews, Stance, reviews};

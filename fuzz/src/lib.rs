//! The parsers as the tests have them.
#[path = "../../tests/fuzz/parsers.rs"]
mod parsers;
pub use parsers::*;

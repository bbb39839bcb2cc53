//! A booking's number for people: short enough to say on the phone, no letters that are mistaken for digits.
use crate::error::{Error, Result};

/// Crockford's base 32: without I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new one, `N21-` and six random letters: a thousand million of them, and the table refuses the same one twice.
pub fn new() -> Result<String> {
    let mut bytes = [0_u8; 6];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let letters: String = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)).copied().map(char::from)).collect();
    Ok(format!("N21-{letters}"))
}

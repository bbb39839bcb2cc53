//! How letters leave the house. The one file that knows lettre.
use std::path::PathBuf;

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Files in a folder, one for each letter.
    Folder(PathBuf),
}

/// Is this text an e-mail address that a letter can be sent to?
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

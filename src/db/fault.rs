//! What a database error means to the domain.
use diesel::result::{DatabaseErrorKind as Kind, Error as DbError};

use crate::{error::Error, say};

/// The name of the constraint that makes double-booking impossible, on both engines.
const NO_OVERLAP: &str = "occupancies_no_overlap";

impl From<DbError> for Error {
    /// The overlap constraint becomes [`Error::Taken`], a lost or full database [`Error::Unavailable`]; everything else that a use
    /// case did not foresee is our fault.
    fn from(error: DbError) -> Self {
        if let DbError::DatabaseError(kind, info) = &error {
            let message = info.message();
            match kind {
                Kind::ExclusionViolation if info.constraint_name() == Some(NO_OVERLAP) => return Self::taken(),
                Kind::Unknown if message == NO_OVERLAP => return Self::taken(),
                // A standby, or a primary that has become one.
                Kind::ClosedConnection | Kind::ReadOnlyTransaction => return unavailable(message),
                Kind::Unknown | Kind::UnableToSendCommand if lost(message) => return unavailable(message),
                Kind::Unknown if message.contains("database or disk is full") || message.contains("No space left on device") => {
                    tracing::error!(error = message, "disk full");
                    return Self::Unavailable(say!(
                        "Disken är full, så inget kan sparas. Det som är sparat går att läsa. Säg till den som sköter servern.",
                        "The disk is full, so nothing can be saved. What is saved can be read. Tell whoever runs the server."
                    ));
                }
                Kind::Unknown if DISK.iter().any(|sign| message.contains(sign)) => {
                    tracing::error!(error = message, "the disk does not do what it should");
                    return Self::Unavailable(say!(
                        "Disken svarar inte som den ska, så inget kan sparas. Säg till den som sköter servern.",
                        "The disk does not do what it should, so nothing can be saved. Tell whoever runs the server."
                    ));
                }
                Kind::SerializationFailure => return unavailable(message),
                _ => {}
            }
        }
        if matches!(error, DbError::BrokenTransactionManager) {
            return unavailable("the transaction was lost");
        }
        Self::internal(error)
    }
}

/// SQLite's words for a disk that dies, was mounted anew for reading alone, or is gone. Not that a connection is for reading: that is our
/// own fault.
const DISK: [&str; 2] = ["disk I/O error", "unable to open database file"];

fn unavailable(reason: &str) -> Error {
    tracing::warn!(error = reason, "the database went away");
    Error::Unavailable(say!(
        "Databasen svarar inte just nu. Försök igen om en stund.",
        "The database does not answer right now. Please try again in a moment."
    ))
}

/// libpq gives no code for these, only English words (`lc_messages` is C where we may set it).
fn lost(message: &str) -> bool {
    [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "could not connect",
        "no connection to the server",
        "database is locked",
        "the database system is",
        "deadlock detected",
        "SSL connection has been closed",
        "could not receive data from server",
        "could not send data to server",
        "canceling statement due to",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}

/// Did a unique constraint refuse this? SQLite names the columns (`people.email_key`), PostgreSQL the constraint (`people_email_key_key`).
#[must_use]
pub fn is_duplicate(error: &DbError, table: &str, column: &str) -> bool {
    match error {
        DbError::DatabaseError(Kind::UniqueViolation, info) => {
            info.constraint_name().is_some_and(|name| name == format!("{table}_{column}_key"))
                || info.message().contains(&format!("{table}.{column}"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_dies_is_no_fault_of_ours() {
        for words in ["disk I/O error", "unable to open database file", "database or disk is full"] {
            let error = DbError::DatabaseError(Kind::Unknown, Box::new(words.to_owned()));
            assert!(matches!(Error::from(error), Error::Unavailable(_)), "{words}");
        }
        let ours = DbError::DatabaseError(Kind::Unknown, Box::new("no such table: halls".to_owned()));
        assert!(matches!(Error::from(ours), Error::Internal(_)));
    }
}

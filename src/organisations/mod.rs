//! Organisations: the associations and others that book, and who acts for them.
pub mod org_number;
pub mod organisation;
pub mod phone;
pub mod store;

pub use org_number::OrgNumber;
pub use organisation::{Kind, Member, Organisation, Status};
pub use phone::Phone;
pub use store::{by_id, by_org_number, lock};

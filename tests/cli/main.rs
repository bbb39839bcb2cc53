//! The program as its owner sees it: the real binary, its exit codes, and what it says.
//!
//! `TEST_DATABASE=postgres` runs the tests that any database serves on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)] // shared with the API tests, which use more of it
#[path = "../api/support/cluster.rs"]
mod cluster;
#[allow(dead_code)]
#[path = "../api/support/database.rs"]
mod database;
mod support;

mod backup;
mod demo;
mod disk;
mod doctor;
mod figures;
mod history;
mod import;
mod made_up_years;
mod relocate;
mod serve;
mod user;

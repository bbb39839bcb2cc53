//! Nobel 21: room booking and visit logging for a house full of associations.
//!
//! Each folder is a feature with the same rooms inside: nouns (types and pure rules), `store.rs` (SQL), `mod.rs` (the use
//! cases) and `api.rs` (HTTP). `ARCHITECTURE.md` says who may know whom.

// The kits that every feature stands on.
pub mod config;
pub mod db;
pub mod error;
pub mod handover;
pub mod holidays;
pub mod http;
pub mod ical;
pub mod id;
pub mod nearby;
pub mod personal_number;
pub mod qr;
pub mod text;
pub mod time;

// The features, in the order in which they may know each other.
pub mod attendance;
pub mod audit;
pub mod bookings;
pub mod calendar;
pub mod counters;
pub mod evaluations;
pub mod faults;
pub mod import;
pub mod kiosk;
pub mod mail;
pub mod organisations;
pub mod people;
pub mod privacy;
pub mod rooms;
pub mod settings;
pub mod statistics;
pub mod visits;

// How it all runs.
pub mod app;
pub mod backups;
pub mod housekeeping;
pub mod noticing;
pub mod operations;
pub mod rounds;
pub mod web;
pub mod worker;

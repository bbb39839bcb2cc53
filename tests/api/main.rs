//! The service as its clients see it: every test starts the real server with a database of its own and talks HTTP to it.
//! Every answer is checked against `openapi.yaml` on the way (`support/contract.rs`).
//!
//! `TEST_DATABASE=postgres` runs the same tests on PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

mod access;
mod access_states;
mod api_tokens;
mod approval;
mod arrivals;
mod attendance;
mod audit;
mod backups;
mod bookings;
mod calendar;
mod calendar_files;
mod closed_months;
mod contract;
mod counters;
mod evaluations;
mod feeds;
mod floor_plans;
mod guessing;
mod handover;
mod holidays;
mod ical;
mod idempotency;
mod invitations;
mod key_figures;
mod kiosk;
mod log;
mod mail;
mod memberships;
mod migrations;
mod open_data;
mod openid;
mod organisations;
mod outage;
mod passkeys;
mod passwords;
mod payloads;
mod peers;
mod plans;
mod privacy;
mod processes;
mod property;
mod quotas;
mod races;
mod reception;
mod reminders;
mod reports;
mod roll_calls;
mod rooms;
mod schemas;
mod second_factor;
mod series;
mod sessions;
mod settings;
mod sign_in;
mod sign_in_links;
mod staff;
mod statistics;
mod users;
mod visits;
mod waitlist;
mod watching;

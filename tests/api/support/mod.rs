//! What every test stands on: a running service, people who are signed in, a client that knows the contract.

mod app;
mod authenticator;
mod client;
#[allow(dead_code)] // shared with the benchmark, which asks for a durable one
pub mod cluster;
pub mod contract;
pub mod database;
mod house;
pub mod ical;
mod listener;
mod mail;
mod people;
mod picture;
mod process;
pub mod provider;
pub mod smtp;

pub use app::App;
pub use authenticator::Authenticator;
pub use client::{Answer, Client};
pub use database::Engine;
pub use listener::Listener;
pub use people::PASSWORD;
pub use picture::{painted, picture};
pub use process::Process;
pub use serde_json::{Value, json};

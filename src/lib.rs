//! `clerkform` reconciles the settings of a Clerk instance with a YAML file.
//!
//! A folder is a stage that a document passes, and a stage may use only those above it:
//!
//! | stage | what it is | |
//! | --- | --- | --- |
//! | [`catalog`] | what there is to set: sections, fields, types, meanings | pure |
//! | [`finding`] | a problem at a place in a file | pure |
//! | [`failure`] | why a command fails as a whole: its code, its exit code | pure |
//! | [`text`] | which characters are hidden; lines and columns; how paths are spelled | pure |
//! | [`config`] | text → [`config::Desired`]: places, schema, meaning, overlays | pure |
//! | [`state`] | what was last applied, and the steps by which it moves | pure |
//! | [`plan`] | desired × state → [`plan::Plan`]; checksum; the saved plan | pure |
//! | [`render`] | views of findings, plan and outcome | pure |
//! | [`interrupt`] | the signals that end the process, and what they must not cut in two | effects |
//! | [`network`] | the way out of this machine: clients for HTTP, and why there was no answer | effects |
//! | [`store`] | where a state lives: files, locks, durable writes | effects |
//! | [`api`] | the service over HTTP: requests, retries, what an answer means | effects |
//! | [`sandbox`] | the emulated service, in the process or on a port | effects |
//! | [`live`] | reads an instance: which one it is, and what it is set to | effects |
//! | [`apply`] | runs a plan: check every target, intent, calls, record | effects |
//! | [`commands`] | one file a command | glue |
//!
//! Within a stage, a folder is a room: `config` reads text in `src/config/yaml/` and checks it in
//! `src/config/check/`; `render` has a room for each document (`src/render/findings/`,
//! `src/render/plan/`, `src/render/reference/`, `src/render/written/`) with a file for each format,
//! and their common means in `src/render/text/` and, for HTML, in `src/render/page/`; `commands`
//! has one file a command, beside what they share in `src/commands/args/`, `src/commands/files/`
//! and `src/commands/targets/`.
//!
//! The pure stages know no file system, network, environment, clock or randomness, and no two files
//! use each other, not even by way of others; tests read the sources and say so.

pub mod api;
pub mod apply;
pub mod catalog;
pub mod commands;
pub mod config;
pub mod failure;
pub mod finding;
pub mod interrupt;
pub mod live;
pub mod network;
pub mod plan;
pub mod render;
pub mod sandbox;
pub mod state;
pub mod store;
pub mod text;

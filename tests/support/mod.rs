//! What the black-box tests share: a scripted service on loopback, and runs of the real binary.

#![allow(dead_code, reason = "each of the tests uses a part of it")]

pub mod action;
pub mod claims;
pub mod downloads;
pub mod fake;
pub mod forge;
pub mod git_http;
pub mod google_tls;
pub mod installing;
pub mod language_server;
pub mod lexer;
pub mod object_google;
pub mod object_raw;
pub mod object_servers;
pub mod pages;
pub mod paths;
pub mod place;
pub mod program;
pub mod proxy;
pub mod release;
pub mod served;
pub mod sources;
#[cfg(unix)]
pub mod strace;
pub mod tools;

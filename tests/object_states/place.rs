//! A folder with a configuration, a service, and a state in an object store that is reached by way of a
//! proxy.

use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};

use clerkform::state::State;
use serde_json::{Value, json};

use crate::address;
use crate::support::fake::Script;
use crate::support::object_raw::RawStore;
use crate::support::object_servers::{Kind, Server};
use crate::support::place::{FILE, Place};
use crate::support::program::Ran;
use crate::support::proxy::Proxy;

/// How many places there were, so that each has a prefix of its own.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// One of them.
pub struct Stored {
    /// Folder and service.
    pub place: Place,
    /// Between the program and the server.
    pub proxy: Proxy,
    /// The server's objects.
    pub raw: RawStore,
    /// What `--state` takes.
    pub state: String,
    /// The object that holds the state.
    pub key: String,
}

impl Stored {
    /// A new folder and a new prefix.
    pub fn new(kind: Kind) -> Self {
        Self::answering(kind, Script::new())
    }

    /// The same with a service that answers as the script says.
    pub fn answering(kind: Kind, script: Script) -> Self {
        Self::at(kind, &address(kind), script)
    }

    /// The same with the server at an address.
    pub fn at(kind: Kind, server: &str, script: Script) -> Self {
        let proxy = Server::proxy(kind, server);
        let prefix = format!("team/{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let state = kind.state(&proxy.url, &prefix);
        let key = format!("{prefix}/clerk.state.json");
        let raw = RawStore::of(kind, server);
        Self { place: Place::new(script), proxy, raw, state, key }
    }

    /// The program, with the state in the store.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.place.command(words);
        command.env("CLERKFORM_STATE", &self.state);
        command
    }

    /// Runs it to its end.
    pub fn run(&self, words: &[&str]) -> Ran {
        crate::support::program::run(&mut self.command(words))
    }

    /// What it prints where it succeeds.
    pub fn succeeds(&self, words: &[&str]) -> String {
        let ran = self.run(words);
        assert_eq!(ran.exit, 0, "{words:?} {ran:?}");
        ran.stdout
    }

    /// Starts it; what it prints is lost.
    pub fn start(&self, words: &[&str]) -> Child {
        let mut command = self.command(words);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().expect("the binary starts")
    }

    /// The state as the store holds it.
    pub fn document(&self) -> Option<Value> {
        self.raw.get(&self.key).map(|bytes| serde_json::from_slice(&bytes).expect("it is JSON"))
    }

    /// The same, read.
    pub fn parsed(&self) -> Option<State> {
        self.raw.get(&self.key).map(|bytes| State::parse(&bytes).expect("it is a state"))
    }

    /// The lease of the state is over.
    pub fn expire(&self) {
        let mut over = self.document().expect("there is a state");
        over["in_flight"]["lease_until"] = json!("2026-01-02T03:04:05Z");
        self.raw.put(&self.key, over.to_string().as_bytes());
    }

    /// The configuration.
    pub const fn file() -> &'static str {
        FILE
    }
}

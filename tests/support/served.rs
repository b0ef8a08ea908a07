//! The program's own sandbox, served on a port for as long as a test needs it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use super::program::clerkform;

/// A running `clerkform sandbox`; ended when it is dropped.
pub struct Served {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    child: Child,
}

impl Served {
    /// Starts one with further options, and waits until it listens.
    pub fn start(options: &[&str]) -> Self {
        let mut child = clerkform(std::path::Path::new("."))
            .arg("sandbox")
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url).expect("the first line holds the URL");
        Self { url: url.trim().to_owned(), child }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

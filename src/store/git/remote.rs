//! A ref at a remote, as git reads and moves it, and what keeps it from that.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::command::{Said, run, run_dated, trouble};
use crate::store::{SharedFault, StoreError};

/// A ref at a remote, and what is known of the two.
#[derive(Debug)]
pub(super) struct RemoteRef {
    pub remote: String,
    pub reference: String,
    /// How people call it.
    pub location: String,
    /// The repository in which git runs.
    folder: PathBuf,
    /// Where the last push has gone.
    pub pushed_to: RefCell<String>,
    /// Whether what was pushed has been read back.
    pub is_proven: Cell<bool>,
}

/// What git is about to do at the remote, for the case that it fails.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// Asks it for something.
    Reading,
    /// Moves the ref.
    Writing,
}

impl RemoteRef {
    /// The ref of that name at a remote, as seen from the repository in `folder`.
    pub(super) fn new(remote: &str, reference: String, location: &str, folder: &Path) -> Self {
        Self {
            remote: remote.to_owned(),
            reference,
            location: location.to_owned(),
            folder: folder.to_owned(),
            pushed_to: RefCell::default(),
            is_proven: Cell::default(),
        }
    }

    /// A problem with the place, and what was said about it.
    pub(super) fn failed(&self, fault: SharedFault, told: &str) -> StoreError {
        let told = if told.is_empty() { String::new() } else { format!(": {told}") };
        StoreError::Shared { location: self.location.clone(), fault, told }
    }

    /// How git ends in the repository.
    pub(super) async fn said(&self, words: &[&str], input: Stdio) -> Result<Said, StoreError> {
        run(&self.folder, words, input).await.map_err(|error| self.broken(&error))
    }

    fn broken(&self, error: &std::io::Error) -> StoreError {
        match error.kind() {
            std::io::ErrorKind::NotFound if self.folder.is_dir() => {
                self.failed(SharedFault::NoGit, "")
            }
            std::io::ErrorKind::TimedOut => {
                self.failed(SharedFault::Unreachable, "git did not end within 30 seconds")
            }
            _ => self.failed(SharedFault::Unclear, &error.to_string()),
        }
    }

    /// What git answers, where it succeeds.
    pub(super) async fn answer(&self, words: &[&str], input: Stdio) -> Result<Vec<u8>, StoreError> {
        let said = self.said(words, input).await?;
        if said.is_success { Ok(said.output) } else { Err(self.told(&said, Doing::Reading).await) }
    }

    /// What a run of git that failed has come to.
    pub(super) async fn told(&self, said: &Said, doing: Doing) -> StoreError {
        let (fault, told) = trouble(&said.complaint);
        match (fault, doing) {
            (SharedFault::NoRemote, _) => {
                let problem = self.without_repository().await;
                problem.unwrap_or_else(|| self.failed(fault, &told))
            }
            (SharedFault::Unreadable, Doing::Writing) => {
                self.failed(SharedFault::Unwritable, &told)
            }
            (fault, _) => self.failed(fault, &told),
        }
    }

    /// Why git has no repository to look a remote up in, of whose name it says no more than that it is
    /// none; `None` where it has one.
    async fn without_repository(&self) -> Option<StoreError> {
        let said = self.said(&["rev-parse", "--git-dir"], Stdio::null()).await.ok()?;
        let (fault, told) = trouble(&said.complaint);
        (!said.is_success).then(|| self.failed(fault, &told))
    }

    /// The commit that the ref is at, and what the clock of the remote shows, where it tells that.
    pub(super) async fn tip(&self) -> Result<(Option<String>, Option<u64>), StoreError> {
        let words = ["ls-remote", "--", &self.remote, &self.reference];
        let ended = run_dated(&self.folder, &words).await;
        let (said, date) = ended.map_err(|error| self.broken(&error))?;
        if !said.is_success {
            return Err(self.told(&said, Doing::Reading).await);
        }
        let listed = String::from_utf8_lossy(&said.output);
        // The pattern also fits refs that end like it.
        let mut refs = listed.lines().filter_map(|line| line.split_once('\t'));
        let tip = refs.find(|(_, name)| *name == self.reference);
        Ok((tip.map(|(commit, _)| commit.to_owned()), date))
    }

    /// Has this repository have what the ref is at, and leaves no other trace in it.
    pub(super) async fn fetch(&self) -> Result<(), StoreError> {
        let words = [
            "-c",
            "gc.auto=0",
            "-c",
            "maintenance.auto=false",
            "-c",
            "fetch.writeCommitGraph=false",
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--refmap=",
            "--",
            &self.remote,
            &self.reference,
        ];
        self.answer(&words, Stdio::null()).await.map(drop)
    }

    /// Has the ref be at a commit, or not be there, where it is at the one that is expected.
    pub(super) async fn moved(
        &self,
        commit: &str,
        expected: Option<&str>,
    ) -> Result<Said, StoreError> {
        let words = [
            // People's settings for the pushes of their work: signatures that the remote may not take,
            // options for its pipelines, another connection.
            "-c",
            "push.gpgSign=false",
            "-c",
            "push.pushOption=",
            "-c",
            "push.negotiate=false",
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
            &format!("--force-with-lease={}:{}", self.reference, expected.unwrap_or_default()),
            "--",
            &self.remote,
            &format!("{commit}:{}", self.reference),
        ];
        let said = self.said(&words, Stdio::null()).await?;
        self.pushed(&said);
        Ok(said)
    }

    /// Remembers where a push has gone, as git tells it.
    fn pushed(&self, said: &Said) {
        let output = String::from_utf8_lossy(&said.output);
        let to: Vec<_> = output.lines().filter_map(|line| line.strip_prefix("To ")).collect();
        if !to.is_empty() {
            self.pushed_to.replace(to.join(" and "));
        }
    }
}

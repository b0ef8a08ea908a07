//! States in refs of a git remote, one each, moved by the `git` on the path. A state is a commit on
//! the one before it, so that the ref tells its history; no branch and no working tree changes.

mod command;

use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use command::{Said, refusal, run, run_dated, trouble};

use super::url::git_ref;
use super::{
    KeptBytes, LARGEST_STATE, Register, SharedFault, Snapshot, StoreClock, StoreError, Version,
    Waiting, WriteProblem,
};

/// The one file of a commit.
const FILE: &str = "state.json";

/// What the history of the ref says of each write.
const MESSAGE: &str = "Record what was applied";

/// How often a ref is looked at again that moved while it was fetched.
const MOST_LOOKS: usize = 3;

/// The ref of one state at a remote.
#[derive(Debug)]
pub struct GitRegister {
    remote: String,
    reference: String,
    location: String,
    /// The repository in which git runs.
    folder: PathBuf,
}

/// What git is about to do at the remote, for the case that it fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Reading,
    Writing,
}

impl GitRegister {
    /// The state of that name at a remote, as seen from the repository in `folder`.
    pub fn new(remote: &str, name: &str, location: &str, folder: &Path) -> Self {
        Self {
            remote: remote.to_owned(),
            reference: git_ref(name),
            location: location.to_owned(),
            folder: folder.to_owned(),
        }
    }

    fn failed(&self, fault: SharedFault, told: &str) -> StoreError {
        let told = if told.is_empty() { String::new() } else { format!(": {told}") };
        StoreError::Shared { location: self.location.clone(), fault, told }
    }

    async fn said(&self, words: &[&str], input: Stdio) -> Result<Said, StoreError> {
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
    async fn answer(&self, words: &[&str], input: Stdio) -> Result<Vec<u8>, StoreError> {
        let said = self.said(words, input).await?;
        if said.is_success { Ok(said.output) } else { Err(self.told(&said, Doing::Reading)) }
    }

    fn told(&self, said: &Said, doing: Doing) -> StoreError {
        let (fault, told) = trouble(&said.complaint);
        let fault = match (fault, doing) {
            // Of a remote's name git says the same where there is no repository to look it up in.
            (SharedFault::NoRemote, _) if !self.folder.join(".git").exists() => {
                SharedFault::NoRepository
            }
            (SharedFault::Unreadable, Doing::Writing) => SharedFault::Unwritable,
            (fault, _) => fault,
        };
        self.failed(fault, &told)
    }

    /// The commit that the ref is at, and what the clock of the remote shows, where it tells that.
    async fn tip(&self) -> Result<(Option<String>, Option<u64>), StoreError> {
        let words = ["ls-remote", "--", &self.remote, &self.reference];
        let ended = run_dated(&self.folder, &words).await;
        let (said, date) = ended.map_err(|error| self.broken(&error))?;
        if !said.is_success {
            return Err(self.told(&said, Doing::Reading));
        }
        let listed = String::from_utf8_lossy(&said.output);
        // The pattern also fits refs that end like it.
        let mut refs = listed.lines().filter_map(|line| line.split_once('\t'));
        let tip = refs.find(|(_, name)| *name == self.reference);
        Ok((tip.map(|(commit, _)| commit.to_owned()), date))
    }

    /// The state of a commit; `None` where this repository does not have it.
    async fn state_of(&self, commit: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let object = format!("{commit}:{FILE}");
        let said = self.said(&["cat-file", "-s", &object], Stdio::null()).await?;
        if !said.is_success {
            return Ok(None);
        }
        let size = String::from_utf8_lossy(&said.output).trim().parse::<u64>();
        if size.is_ok_and(|size| size > LARGEST_STATE) {
            return Err(StoreError::TooLarge { location: self.location.clone() });
        }
        self.answer(&["cat-file", "blob", &object], Stdio::null()).await.map(Some)
    }

    /// When a commit was made, in seconds since 1970 by the clock of the machine that made it.
    async fn made(&self, commit: &str) -> Result<Option<u64>, StoreError> {
        let text = self.answer(&["cat-file", "commit", commit], Stdio::null()).await?;
        let text = String::from_utf8_lossy(&text);
        let by = text.lines().find_map(|line| line.strip_prefix("committer "));
        Ok(by.and_then(|by| by.rsplit(' ').nth(1)?.parse().ok()))
    }

    /// Has this repository have what the ref is at, and leaves no other trace in it.
    async fn fetch(&self) -> Result<(), StoreError> {
        let words = [
            "-c",
            "gc.auto=0",
            "-c",
            "maintenance.auto=false",
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

    async fn look(&self) -> Result<Snapshot, StoreError> {
        for _ in 0..MOST_LOOKS {
            let clock = StoreClock::of_this_machine();
            let (tip, date) = self.tip().await?;
            let clock = date.map_or(clock, |date| clock.and_told(date));
            let Some(commit) = tip else { return Ok(Snapshot { kept: None, clock }) };
            let mut state = self.state_of(&commit).await?;
            if state.is_none() {
                self.fetch().await?;
                state = self.state_of(&commit).await?;
            }
            if let Some(bytes) = state {
                let made = self.made(&commit).await?.unwrap_or_default();
                let kept = Some(KeptBytes { bytes, version: Version(commit) });
                return Ok(Snapshot { kept, clock: clock.and_written(made) });
            }
        }
        Err(self.failed(SharedFault::Foreign, ""))
    }

    /// Makes a commit that nothing leads to yet.
    async fn commit(&self, bytes: &[u8], over: Option<&Version>) -> Result<String, StoreError> {
        let input = |bytes: &[u8]| {
            piped(bytes).map_err(|error| self.failed(SharedFault::Unclear, &error.to_string()))
        };
        let blob = self.object(&["hash-object", "-w", "--stdin"], input(bytes)?).await?;
        let entry = format!("100644 blob {blob}\t{FILE}\n");
        let tree = self.object(&["mktree"], input(entry.as_bytes())?).await?;
        let mut words = vec!["commit-tree", &tree, "-m", MESSAGE];
        if let Some(Version(over)) = over {
            words.extend(["-p", over]);
        }
        self.object(&words, Stdio::null()).await
    }

    async fn object(&self, words: &[&str], input: Stdio) -> Result<String, StoreError> {
        let name = self.answer(words, input).await?;
        Ok(String::from_utf8_lossy(&name).trim().to_owned())
    }

    async fn push(&self, bytes: &[u8], over: Option<&Version>) -> Result<Version, WriteProblem> {
        let commit = self.commit(bytes, over).await.map_err(WriteProblem::Refused)?;
        let expected = over.map_or("", |Version(commit)| commit);
        let words = [
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
            &format!("--force-with-lease={}:{expected}", self.reference),
            "--",
            &self.remote,
            &format!("{commit}:{}", self.reference),
        ];
        let said = self.said(&words, Stdio::null()).await.map_err(WriteProblem::Unclear)?;
        if said.is_success {
            return Ok(Version(commit));
        }
        Err(match refusal(&said) {
            Some(told) => WriteProblem::Refused(self.failed(SharedFault::Declined, &told)),
            None => match self.told(&said, Doing::Writing) {
                it @ StoreError::Shared { fault, .. } if is_final(fault) => {
                    WriteProblem::Refused(it)
                }
                it => WriteProblem::Unclear(it),
            },
        })
    }
}

/// Whether another try would end the same way.
const fn is_final(fault: SharedFault) -> bool {
    !matches!(fault, SharedFault::Unreachable | SharedFault::Unclear)
}

impl Register for GitRegister {
    fn read(&self) -> Waiting<'_, Result<Snapshot, StoreError>> {
        Box::pin(self.look())
    }

    fn write<'a>(
        &'a self,
        bytes: &'a [u8],
        over: Option<&'a Version>,
    ) -> Waiting<'a, Result<Version, WriteProblem>> {
        Box::pin(self.push(bytes, over))
    }
}

/// Bytes for a program to read, without anybody who has to write them meanwhile.
fn piped(bytes: &[u8]) -> std::io::Result<Stdio> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(Stdio::from(file))
}

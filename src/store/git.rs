//! States in refs of a git remote, one each, moved by the `git` on the path. A state is a commit on
//! the one before it, so that the ref tells its history; no branch and no working tree changes.

mod command;
mod remote;
mod shown;

use std::io::{Seek, Write};
use std::path::Path;
use std::process::Stdio;

use command::{is_stale, refusal};
use remote::{Doing, RemoteRef};

use super::url::git_ref;
use super::{
    KeptBytes, LARGEST_STATE, Register, SharedFault, Snapshot, StoreClock, StoreError, Version,
    Waiting, WriteProblem, Written,
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
    place: RemoteRef,
}

impl GitRegister {
    /// The state of that name at a remote, as seen from the repository in `folder`.
    pub fn new(remote: &str, name: &str, location: &str, folder: &Path) -> Self {
        Self { place: RemoteRef::new(remote, git_ref(name), location, folder) }
    }

    /// The state of a commit; `None` where this repository does not have it.
    async fn state_of(&self, commit: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let object = format!("{commit}:{FILE}");
        let said = self.place.said(&["cat-file", "-s", &object], Stdio::null()).await?;
        if !said.is_success {
            return Ok(None);
        }
        let size = String::from_utf8_lossy(&said.output).trim().parse::<u64>();
        if size.is_ok_and(|size| size > LARGEST_STATE) {
            return Err(StoreError::TooLarge { location: self.place.location.clone() });
        }
        self.place.answer(&["cat-file", "blob", &object], Stdio::null()).await.map(Some)
    }

    /// When a commit was made, in seconds since 1970 by the clock of the machine that made it.
    async fn made(&self, commit: &str) -> Result<Option<u64>, StoreError> {
        let text = self.place.answer(&["cat-file", "commit", commit], Stdio::null()).await?;
        let text = String::from_utf8_lossy(&text);
        let by = text.lines().find_map(|line| line.strip_prefix("committer "));
        Ok(by.and_then(|by| by.rsplit(' ').nth(1)?.parse().ok()))
    }

    async fn look(&self) -> Result<Snapshot, StoreError> {
        for _ in 0..MOST_LOOKS {
            let clock = StoreClock::of_this_machine();
            let (tip, date) = self.place.tip().await?;
            let clock = date.map_or(clock, |date| clock.and_told(date));
            let Some(commit) = tip else { return Ok(Snapshot { kept: None, clock }) };
            let mut state = self.state_of(&commit).await?;
            if state.is_none() {
                self.place.fetch().await?;
                state = self.state_of(&commit).await?;
            }
            if let Some(bytes) = state {
                let made = self.made(&commit).await?.unwrap_or_default();
                let kept = Some(KeptBytes { bytes, version: Version(commit) });
                return Ok(Snapshot { kept, clock: clock.and_written(made) });
            }
        }
        Err(self.place.failed(SharedFault::Foreign, ""))
    }

    /// Makes a commit that nothing leads to yet.
    async fn commit(&self, bytes: &[u8], over: Option<&Version>) -> Result<String, StoreError> {
        let input = |bytes: &[u8]| {
            piped(bytes)
                .map_err(|error| self.place.failed(SharedFault::Unclear, &error.to_string()))
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
        let name = self.place.answer(words, input).await?;
        Ok(String::from_utf8_lossy(&name).trim().to_owned())
    }

    async fn push(&self, bytes: &[u8], over: Option<&Version>) -> Result<Version, WriteProblem> {
        let commit = self.commit(bytes, over).await.map_err(WriteProblem::Refused)?;
        let expected = over.map(|Version(commit)| commit.as_str());
        let said = self.place.moved(&commit, expected).await.map_err(WriteProblem::Unclear)?;
        if said.is_success {
            return Ok(Version(commit));
        }
        if is_stale(&said) && self.place.is_still_read_as(expected).await {
            return Err(WriteProblem::Refused(self.place.not_shown().await));
        }
        Err(match refusal(&said) {
            Some(told) => WriteProblem::Refused(self.place.failed(SharedFault::Declined, &told)),
            None => match self.place.told(&said, Doing::Writing).await {
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

    fn prove<'a>(&'a self, written: Written<'a>) -> Waiting<'a, Result<(), StoreError>> {
        Box::pin(self.place.prove_shown(written))
    }

    fn take_back<'a>(&'a self, Version(commit): &'a Version) -> Waiting<'a, bool> {
        Box::pin(async {
            self.place.moved("", Some(commit)).await.is_ok_and(|said| said.is_success)
        })
    }
}

/// Bytes for a program to read, without anybody who has to write them meanwhile.
fn piped(bytes: &[u8]) -> std::io::Result<Stdio> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(Stdio::from(file))
}

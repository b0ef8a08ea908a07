//! Why a state cannot be read, held or written, and the way out.

use std::fmt;
use std::io::ErrorKind;

use super::clock::{Apart, ClockOwner};
use super::object::ObjectFault;
use super::object_url::Platform;
use crate::failure::FailureCode;
use crate::state::StateError;

/// Why a state cannot be read, locked or written. Shown to the person who must act, so each names
/// the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the state.
    #[error("{location}: another run holds this state: {holder}")]
    Locked {
        /// Where the state lives.
        location: String,
        /// Process id and host, as its lock tells.
        holder: String,
    },
    /// What stands there is no state, or one of a newer format.
    #[error("{location}: {source}")]
    Unreadable {
        /// Where the state lives.
        location: String,
        /// The problem with it.
        source: StateError,
    },
    /// What is there is no regular file. It is left alone.
    #[error("{location}: {kind}, and a state is a regular file")]
    NotAFile {
        /// The state or its lock.
        location: String,
        /// Its kind.
        kind: FileKind,
    },
    /// The state is, or would become, larger than 16 MiB.
    #[error("{location}: a state larger than 16 MiB is neither read nor written")]
    TooLarge {
        /// Where the state lives.
        location: String,
    },
    /// What stands where the lock goes was not made by this program. It is left alone.
    #[error("{location}: this file is not a clerkform lock, so it is left alone")]
    ForeignLock {
        /// The lock's place.
        location: String,
    },
    /// Somebody replaced the state while this run held it. What is there now is left alone.
    #[error(
        "{location}: the state was replaced during this run: it was {before}, and now it is {now}"
    )]
    Replaced {
        /// Where the state lives.
        location: String,
        /// Which one this run read or wrote last.
        before: String,
        /// What is there now.
        now: String,
    },
    /// The clock by which leases are judged differs from the one that the state was written by, so
    /// that nobody can tell whose lease is over.
    #[error("{location}: {}{}", apart.told(*owner), after_colon(holder.as_deref()))]
    ClocksApart {
        /// Where the state lives.
        location: String,
        /// Whose clock it is.
        owner: ClockOwner,
        /// From which one it differs, and by how much.
        apart: Apart,
        /// Who holds the state, and until when, where an intent is there.
        holder: Option<String>,
    },
    /// Another run wrote the state after this one had read it.
    #[error("{location}: another run took this state after it was read: {by}")]
    Taken {
        /// Where the state lives.
        location: String,
        /// What is there now.
        by: String,
    },
    /// The lease of this run was over, and another run has written the state.
    #[error("{location}: the lease on this state was lost: {by}")]
    LeaseLost {
        /// Where the state lives.
        location: String,
        /// What is there now.
        by: String,
    },
    /// The place that holds the state cannot be used.
    #[error("{location}: {}{told}", fault.as_str())]
    Shared {
        /// Where the state lives, or would.
        location: String,
        /// The kind of problem.
        fault: SharedFault,
        /// What was said about it, after a colon; else empty.
        told: String,
    },
    /// The object store that holds the state cannot be used.
    #[error("{location}: {}{told}", fault.told(*platform))]
    Object {
        /// Where the state lives, or would.
        location: String,
        /// What the store speaks.
        platform: Platform,
        /// The kind of problem.
        fault: ObjectFault,
        /// What was said about it, after a colon; else empty.
        told: String,
    },
    /// The operating system said no.
    #[error("{location}: cannot {action}: {source}")]
    Io {
        /// The file concerned.
        location: String,
        /// The action, such as "write the state".
        action: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

/// A kind of thing that is no regular file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A folder.
    Folder,
    /// A link, where none is followed.
    Link,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device of blocks or of characters.
    Device,
    /// Something that only this system knows.
    Other,
}

/// What keeps a place from being used that several machines reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedFault {
    /// There is no `git` on the path.
    NoGit,
    /// The working directory is in no repository.
    NoRepository,
    /// Git does not use a repository of another user.
    NotOwned,
    /// The remote, as it is named, leads to no repository.
    NoRemote,
    /// It cannot be reached, or did not answer in time.
    Unreachable,
    /// These credentials may not read it.
    Unreadable,
    /// These credentials may not write it.
    Unwritable,
    /// A rule of the remote, such as a hook, refuses the write.
    Declined,
    /// It pushes to another repository than it reads from.
    Elsewhere,
    /// It does not show what it took.
    Hidden,
    /// It said something that is not understood.
    Unclear,
    /// What is there was not put there by this program.
    Foreign,
}

impl SharedFault {
    const fn as_str(self) -> &'static str {
        match self {
            Self::NoGit => "there is no `git` on the path",
            Self::NoRepository => "the working directory is not in a git repository",
            Self::NotOwned => "git does not use a repository that belongs to another user",
            Self::NoRemote => "there is no repository at this remote",
            Self::Unreachable => "the remote cannot be reached",
            Self::Unreadable => "the remote cannot be read with these credentials",
            Self::Unwritable => "the remote cannot be written to with these credentials",
            Self::Declined => "the remote refuses to store the state",
            Self::Elsewhere => {
                "what is pushed to this remote is not what is read from it, so two runs could both \
                 proceed"
            }
            Self::Hidden => {
                "the remote hides the ref that was pushed to it, so two runs could both proceed"
            }
            Self::Unclear => "git failed",
            Self::Foreign => "this ref does not hold a state",
        }
    }

    const fn code(self) -> FailureCode {
        match self {
            Self::NoGit | Self::NoRepository | Self::NotOwned | Self::NoRemote | Self::Foreign => {
                FailureCode::StateNoStore
            }
            Self::Unreachable | Self::Unclear => FailureCode::StateUnreachable,
            Self::Unreadable | Self::Unwritable | Self::Declined => FailureCode::StateDenied,
            Self::Elsewhere | Self::Hidden => FailureCode::StateUnsafe,
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::NoGit => "install git, or keep the state elsewhere with `--state`",
            Self::NoRepository => {
                "run clerkform in a clone of the repository; a shallow one is enough"
            }
            Self::NotOwned => {
                "allow it with `git config --global --add safe.directory FOLDER`, as in a container \
                 whose clone another user made"
            }
            Self::NoRemote => {
                "`git remote --verbose` lists the remotes; name one of them, or a URL, as in \
                 `--state git:origin`"
            }
            Self::Unreachable => "check the network and the URL of the remote, and try again",
            Self::Unreadable => {
                "check that `git fetch` works for this remote; in a job, check out with credentials \
                 that stay (in GitHub Actions, leave `persist-credentials` on)"
            }
            Self::Unwritable => {
                "give these credentials the right to push: `permissions: contents: write` for a job \
                 of GitHub Actions, a job token that may push or a project access token in GitLab"
            }
            Self::Declined => {
                "allow refs below `refs/clerkform/` in the rules of the remote, or keep the state \
                 elsewhere with `--state`"
            }
            Self::Elsewhere => {
                "remove its `pushurl` or the `pushInsteadOf` that applies to it, or name by its URL \
                 the repository that all runs share, as in `--state git:URL`"
            }
            Self::Hidden => {
                "have the remote show the refs below `refs/clerkform/` (`uploadpack.hideRefs`), or \
                 keep the state elsewhere with `--state`"
            }
            Self::Unclear => "run the same git command by hand to see what is wrong, and try again",
            Self::Foreign => "look at what is there, and move it away or name another remote",
        }
    }
}

fn after_colon(words: Option<&str>) -> String {
    words.map_or_else(String::new, |words| format!(": {words}"))
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folder => "this is a folder",
            Self::Link => "this is a link",
            Self::Pipe => "this is a named pipe",
            Self::Socket => "this is a socket",
            Self::Device => "this is a device",
            Self::Other => "this is something else",
        })
    }
}

/// What holds a state, as its location tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeptAs {
    File,
    Object,
    Ref,
}

impl KeptAs {
    fn at(location: &str) -> Self {
        if location.starts_with("git:") {
            Self::Ref
        } else if location.contains("://") {
            Self::Object
        } else {
            Self::File
        }
    }

    /// The way back from what is no state.
    const fn help(self, source: &StateError) -> &'static str {
        match (self, source) {
            (Self::Object, StateError::Damaged { .. }) => {
                "restore an earlier version of the object; if there is none, delete it: everything \
                 then counts as new and is sent again once"
            }
            (Self::Ref, StateError::Damaged { .. }) => {
                "set the ref to an earlier commit of it; if there is none, delete it: everything \
                 then counts as new and is sent again once"
            }
            _ => source.help(),
        }
    }

    /// The same from what is larger than any state.
    const fn help_where_too_large(self) -> &'static str {
        match self {
            Self::Object => {
                "no settings need that much: check what the object contains, and restore an earlier \
                 version of it"
            }
            Self::File | Self::Ref => {
                "no settings need that much: check what the file contains, and restore the state \
                 from git or a backup"
            }
        }
    }
}

impl StoreError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::Locked { .. } | Self::Taken { .. } => FailureCode::Locked,
            Self::Unreadable { source, .. } => source.code(),
            Self::NotAFile { .. } => FailureCode::StateNotAFile,
            Self::TooLarge { .. } => FailureCode::StateTooLarge,
            Self::ForeignLock { .. } => FailureCode::LockForeign,
            Self::Replaced { .. } => FailureCode::StateReplaced,
            Self::ClocksApart { .. } => FailureCode::ClocksApart,
            Self::LeaseLost { .. } => FailureCode::LeaseLost,
            Self::Shared { fault, .. } => fault.code(),
            Self::Object { fault, .. } => fault.code(),
            Self::Io { .. } => FailureCode::StateIo,
        }
    }

    /// The remedy.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Locked { .. } => {
                "try again when that run has ended, or wait for it with `--lock-timeout SECONDS`"
            }
            Self::Unreadable { location, source } => KeptAs::at(location).help(source),
            Self::NotAFile { kind: FileKind::Folder, .. } => {
                "to keep states in a folder, end the value of `--state` with `/`"
            }
            Self::NotAFile { .. } => "move it away, or keep the state elsewhere with `--state`",
            Self::TooLarge { location } => KeptAs::at(location).help_where_too_large(),
            Self::ForeignLock { .. } => {
                "nothing was changed; move that file away, or keep the state elsewhere with \
                 `--state`"
            }
            Self::Replaced { .. } => {
                "the new file is left alone: a `git checkout`, another program or another machine \
                 wrote it. Look at it with `clerkform state show`, and compare it with the \
                 instance using `clerkform plan --refresh`"
            }
            Self::ClocksApart { owner: ClockOwner::Place, .. } => {
                "make sure that the run has ended, and clear what it left with `clerkform state \
                 unlock --yes`; its settings are sent again"
            }
            Self::ClocksApart { apart: Apart::BehindHolder(_), .. } => {
                "set both clocks by a time server, and run the same command again; if the run has \
                 ended and its clock was wrong, clear what it left with `clerkform state unlock --yes`"
            }
            Self::ClocksApart { .. } => {
                "set both clocks by a time server, and run the same command again: with clocks that \
                 differ, a run may take over a state that another one still holds"
            }
            Self::Taken { .. } => "run the same command again",
            Self::LeaseLost { .. } => {
                "that run treats the settings of this one as uncertain and sends those that it \
                 manages; `clerkform status` shows how it stands"
            }
            Self::Shared { fault, .. } => fault.help(),
            Self::Object { fault, platform, .. } => fault.help(*platform),
            Self::Io { source, .. } => match source.kind() {
                ErrorKind::ResourceBusy | ErrorKind::CrossesDevices => {
                    "a file mounted by itself, as in a container, cannot be replaced: mount its \
                     folder instead"
                }
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    "make the file and its folder writable for this user, or keep the state \
                     elsewhere with `--state`"
                }
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    "free some space on that disk and try again"
                }
                _ => "check that place, or keep the state elsewhere with `--state`",
            },
        }
    }
}

//! Where emulated instances are kept: one JSON file, replaced as a whole.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::catalog::EnvironmentType;
use crate::interrupt;
use crate::store::{explained, rename_over};

const FORMAT_VERSION: u64 = 1;

/// More than any sandbox grows to.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Why a sandbox's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It holds something else, or is damaged.
    #[error(
        "{}: this is not a sandbox file, or it is damaged: {problem}; delete it to start over",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// It holds an instance of the other environment.
    #[error(
        "{}: the sandbox holds a {found} instance, and this target is {asked}; delete the file to \
         start over",
        path.display()
    )]
    OtherEnvironment {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: EnvironmentType,
        /// What is asked for.
        asked: EnvironmentType,
    },
    /// The operating system said no.
    #[error("{}: cannot {action} the sandbox's file: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `write`.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    format_version: u64,
    #[serde(flatten)]
    content: T,
}

/// The instance that the file holds; `None` where there is no file.
pub(super) fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, DataError> {
    let failed = |source| DataError::Io { path: path.to_owned(), action: "read", source };
    let damaged = |problem| DataError::Damaged { path: path.to_owned(), problem };
    let about = match fs::metadata(path).map_err(|error| explained(path, error)) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !about.is_file() {
        return Err(damaged("it is not a regular file".to_owned()));
    }
    if about.len() > LARGEST {
        return Err(damaged("it is larger than 16 MiB".to_owned()));
    }
    let bytes = fs::read(path).map_err(failed)?;
    let Versioned { format_version, content } =
        serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if format_version != FORMAT_VERSION {
        return Err(damaged(format!(
            "its format is {format_version}, and this version of clerkform knows {FORMAT_VERSION}"
        )));
    }
    Ok(Some(content))
}

/// Replaces the file: whoever reads it sees the old content or the new one.
pub(super) fn save<T: Serialize>(path: &Path, content: &T) -> Result<(), DataError> {
    replace(path, content).map_err(|source| DataError::Io {
        path: path.to_owned(),
        action: "write",
        source,
    })
}

fn replace<T: Serialize>(path: &Path, content: &T) -> io::Result<()> {
    // A link is written through.
    let path = dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let versioned = Versioned { format_version: FORMAT_VERSION, content };
    let mut bytes = serde_json::to_vec_pretty(&versioned)?;
    bytes.push(b'\n');
    let _whole = interrupt::deferred();
    // Opened here and not by tempfile, so that the mode is what the umask says.
    let mut file = tempfile::Builder::new()
        .prefix(".clerkform-sandbox-")
        .make_in(folder, |path| OpenOptions::new().write(true).create_new(true).open(path))?;
    file.write_all(&bytes)?;
    rename_over(file.path(), &path)?;
    // It is the file itself now: nothing is left to be removed.
    file.disable_cleanup(true);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    type SavedFiles = BTreeMap<String, Vec<u8>>;

    #[test]
    fn what_is_saved_is_loaded_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.json");
        assert!(load::<SavedFiles>(&path).unwrap().is_none());
        for value in [1, 2] {
            let content = SavedFiles::from([("a".to_owned(), vec![value])]);
            save(&path, &content).unwrap();
            assert_eq!(load::<SavedFiles>(&path).unwrap(), Some(content));
        }
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn a_damaged_file_is_named_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.json");
        for text in
            ["", "{", "[]", "{}", r#"{"format_version":2}"#, r#"{"format_version":1,"a":7}"#]
        {
            fs::write(&path, text).unwrap();
            let message = load::<SavedFiles>(&path).unwrap_err().to_string();
            assert!(message.starts_with(&path.display().to_string()), "{message}");
            assert!(message.contains("delete it to start over"), "{text}: {message}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let message = load::<SavedFiles>(folder.path()).unwrap_err().to_string();
        assert!(message.contains("not a regular file"), "{message}");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nowhere").join("data.json");
        let message = save(&path, &SavedFiles::new()).unwrap_err().to_string();
        assert!(message.contains("cannot write the sandbox's file"), "{message}");
    }
}

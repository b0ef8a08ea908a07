//! Bytes on the disk itself, as far as the system can have them there.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// What macOS answers where a volume has no such request as the one that flushes the disk's own
/// memory too: `ENOTTY`, `ENOTSUP` and `EOPNOTSUPP`. Network volumes do so.
const UNKNOWN_TO_THE_VOLUME: [i32; 3] = [25, 45, 102];

/// Has the bytes of a file on the disk.
pub(super) fn sync_file(file: &File) -> io::Result<()> {
    at_least(file.sync_all(), || plainly(file))
}

/// Has the names in a folder on the disk. Some network file systems know no such thing for a folder,
/// and then nothing better can be had.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match sync_file(&File::open(folder)?) {
        Err(error) if is_unknown(&error) => Ok(()),
        result => result,
    }
}

/// Windows opens no folder as a file, and makes a rename durable by itself on NTFS.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems can fail")]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What the best way came to, or the next best one where this is a system that has two, and the
/// volume does not know the first. An error of the disk stays one.
fn at_least(
    best: io::Result<()>,
    plainly: impl FnOnce() -> Option<io::Result<()>>,
) -> io::Result<()> {
    match best {
        Err(error) if is_unknown(&error) => plainly().unwrap_or(Err(error)),
        result => result,
    }
}

fn is_unknown(error: &io::Error) -> bool {
    let is_unknown_here = cfg!(target_vendor = "apple")
        && error.raw_os_error().is_some_and(|code| UNKNOWN_TO_THE_VOLUME.contains(&code));
    is_unknown_here || matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
}

/// Has the bytes where the volume keeps them, and leaves it to the volume when they are safe there.
#[cfg(target_vendor = "apple")]
fn plainly(file: &File) -> Option<io::Result<()>> {
    Some(rustix::fs::fsync(file).map_err(io::Error::from))
}

/// Elsewhere there is one way only.
#[cfg(not(target_vendor = "apple"))]
const fn plainly(_: &File) -> Option<io::Result<()>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_without_the_best_way_takes_the_next_best_and_an_error_of_the_disk_stays() {
        let plain = |kind: Option<ErrorKind>| kind.map_or(Ok(()), |kind| Err(kind.into()));
        for (best, plainly, expected) in [
            (None, None, None),
            (Some(ErrorKind::Unsupported), Some(None), None),
            (Some(ErrorKind::InvalidInput), Some(None), None),
            (
                Some(ErrorKind::Unsupported),
                Some(Some(ErrorKind::StorageFull)),
                Some(ErrorKind::StorageFull),
            ),
            (Some(ErrorKind::Unsupported), None, Some(ErrorKind::Unsupported)),
            (Some(ErrorKind::StorageFull), Some(None), Some(ErrorKind::StorageFull)),
            (Some(ErrorKind::Other), Some(None), Some(ErrorKind::Other)),
        ] {
            let ended = at_least(plain(best), || plainly.map(plain));
            assert_eq!(ended.err().map(|error| error.kind()), expected, "{best:?} {plainly:?}");
        }
    }

    #[cfg(target_vendor = "apple")]
    #[test]
    fn what_a_network_volume_answers_is_known() {
        for code in UNKNOWN_TO_THE_VOLUME {
            assert!(is_unknown(&io::Error::from_raw_os_error(code)), "{code}");
        }
    }
}

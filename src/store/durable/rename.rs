//! A rename on Windows fails for as long as another program, such as a virus scanner, has one of the
//! two files open. Most have it open for a moment only.

use std::io;
use std::time::Duration;

/// What Windows calls that: access denied, and a sharing violation.
const HELD_ELSEWHERE: [i32; 2] = [5, 32];

/// The waits between the tries of a rename, 5 s together. Elsewhere no open file is in its way.
pub(super) fn waits() -> impl Iterator<Item = Duration> {
    let waits = [10, 20, 40, 80, 150, 300, 600, 800, 1000, 1000, 1000];
    waits.into_iter().filter(|_| cfg!(windows)).map(Duration::from_millis)
}

/// Tries something that moves `from` until nobody is in its way, with a `wait` before each further
/// try. A try that fails gives back what it would have moved.
pub(super) fn patiently<T>(
    mut from: T,
    mut attempt: impl FnMut(T) -> Result<(), (T, io::Error)>,
    waits: impl Iterator<Item = Duration>,
    mut wait: impl FnMut(Duration),
) -> io::Result<()> {
    for time in waits {
        match attempt(from) {
            Err((back, error)) if is_held_elsewhere(&error) => from = back,
            result => return result.map_err(|(_, error)| error),
        }
        wait(time);
    }
    attempt(from).map_err(|(_, error)| error)
}

fn is_held_elsewhere(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| HELD_ELSEWHERE.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries something that fails with these errors of the system, one a try, and then succeeds;
    /// tells how it ended and for how many tries it waited.
    fn tried(errors: &[i32], waits: usize) -> (Option<i32>, usize) {
        let (mut left, mut waited) = (errors.iter(), 0);
        let ended = patiently(
            "from",
            |from| {
                left.next().map_or(Ok(()), |code| Err((from, io::Error::from_raw_os_error(*code))))
            },
            std::iter::repeat_n(Duration::from_secs(1), waits),
            |_| waited += 1,
        );
        (ended.err().and_then(|error| error.raw_os_error()), waited)
    }

    #[test]
    fn a_rename_is_tried_again_while_another_program_has_the_file_open_and_not_for_ever() {
        for (errors, waits, expected) in [
            (&[][..], 3, (None, 0)),
            (&[32, 5], 3, (None, 2)),
            (&[5, 5, 5], 3, (None, 3)),
            (&[5, 5, 5, 5], 3, (Some(5), 3)),
            // A disk that is full stays so.
            (&[32, 112], 3, (Some(112), 1)),
            (&[5], 0, (Some(5), 0)),
        ] {
            assert_eq!(tried(errors, waits), expected, "{errors:?}");
        }
    }

    #[test]
    fn only_windows_waits_and_for_some_seconds() {
        let expected = if cfg!(windows) { 5 } else { 0 };
        assert_eq!(waits().sum::<Duration>(), Duration::from_secs(expected));
    }
}

//! The time that an answer tells in its head.

use crate::state::{ClockReading, seconds_of_date};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What the clock of whoever answered shows by now: `date` is what it showed, in whole seconds, at
/// some time during the last `passed` seconds.
pub(super) fn reading(date: u64, passed: u64) -> ClockReading {
    // The second that it shows had begun, and may have been about to end.
    ClockReading { earliest: date, latest: date.saturating_add(1).saturating_add(passed) }
}

/// The seconds since 1970 of a `Date`, such as `Sun, 06 Nov 1994 08:49:37 GMT`. Two older forms are
/// sent by nobody.
pub(super) fn seconds(date: &str) -> Option<u64> {
    let (_, date) = date.trim().split_once(", ")?;
    let [day, month, year, time, "GMT"] = date.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let [hour, minute, second] = time.split(':').collect::<Vec<_>>()[..] else { return None };
    let number = |text: &str, most: u64| text.parse().ok().filter(|number| *number <= most);
    let day = seconds_of_date(number(year, 9999)?, month, number(day, 31)?)?;
    // A leap second counts as the one after it.
    Some(day + number(hour, 23)? * 3600 + number(minute, 59)? * 60 + number(second, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_the_form_that_servers_send() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:01 GMT", Some(1)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            (" Fri, 27 Nov 2026 08:37:26 GMT ", Some(1_795_768_646)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Sun, 06 Foo 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:49:37 GMT", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn a_clock_is_known_as_well_as_the_answer_was_quick() {
        assert_eq!(reading(100, 3), ClockReading { earliest: 100, latest: 104 });
    }
}

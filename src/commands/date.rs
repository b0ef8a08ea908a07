//! When a page is made, by the clock of this machine.

use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Now, as people read it, in UTC; `None` where the clock is not set.
pub(super) fn now() -> Option<String> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| date(since.as_secs()))
}

fn date(seconds: u64) -> String {
    let (day, month, year) = civil(seconds / 86_400);
    let (hour, minute) = (seconds / 3_600 % 24, seconds / 60 % 60);
    format!("{day} {month} {year}, {hour:02}:{minute:02} UTC")
}

/// The day of the calendar that so many days after 1 January 1970 is.
fn civil(days: u64) -> (u64, &'static str, u64) {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let (mut year, mut rest) = (1970, days);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if rest < length {
            break;
        }
        rest -= length;
        year += 1;
    }
    for (month, name) in MONTHS.into_iter().enumerate() {
        let length = match month {
            1 if is_leap(year) => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        if rest < length {
            return (rest + 1, name, year);
        }
        rest -= length;
    }
    (rest + 1, MONTHS[0], year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1 January 1970, 00:00 UTC"),
            (951_782_400, "29 February 2000, 00:00 UTC"),
            (1_735_689_599, "31 December 2024, 23:59 UTC"),
            (1_795_730_465, "26 November 2026, 22:01 UTC"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }
}

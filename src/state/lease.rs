//! The lease by which a run holds a state that others can reach: how long it lasts, what may be done
//! with what is left of it, and what a write that was not clearly answered has come to. Clocks are
//! read elsewhere.

use super::{Intent, State};

/// How long a lease lasts, in seconds.
pub const LEASE: u64 = 180;

/// With less than this left it is renewed.
pub const RENEWED_BELOW: u64 = 90;

/// With less than this left no try of a call is sent: one that was may land as much later.
pub const NEEDED_FOR_A_TRY: u64 = 60;

/// How long a try that went unanswered may still take effect.
pub const TAIL: u64 = 60;

/// How far the clocks by which two runs judge one lease may be apart, in seconds.
pub const CLOCKS_APART: u64 = 60;

/// The days from March of year 0 to 1970.
const DAYS_TO_1970: u64 = 719_468;

/// The days of 400 years.
const DAYS_OF_ERA: u64 = 146_097;

/// What a clock shows, in seconds since 1970, as exactly as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// It is not before this. Whether another run's lease is over is judged by it.
    pub earliest: u64,
    /// It is not after this. What is left of one's own lease is judged by it.
    pub latest: u64,
}

impl ClockReading {
    /// The end of a lease that is taken or renewed now.
    pub const fn lease_until(self) -> u64 {
        self.latest.saturating_add(LEASE)
    }

    /// What is left of one's own lease.
    pub const fn left(self, until: u64) -> u64 {
        until.saturating_sub(self.latest)
    }
}

/// When other runs may take a state over that a lease holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeover {
    /// After that time, as RFC 3339: the end of the lease, and how far clocks may be apart.
    pub after: String,
    /// Whether it has come.
    pub is_due: bool,
}

/// Whether a lease of which that is left has to be renewed.
pub const fn is_renewal_due(left: u64) -> bool {
    left < RENEWED_BELOW
}

/// Whether a try of a call may be sent under a lease of which that is left.
pub const fn may_try(left: u64) -> bool {
    left >= NEEDED_FOR_A_TRY
}

impl Intent {
    /// Whether its run has ended, and only keeps others out until a try that went unanswered can
    /// take effect no more.
    pub fn is_tail(&self) -> bool {
        self.calls.is_empty()
    }

    /// By how many seconds at least the clock of its run is ahead of this one, where the lease ends
    /// later than any that is taken now.
    pub fn ahead_of(&self, now: ClockReading) -> Option<u64> {
        let until = self.lease_until.as_deref().and_then(seconds_of)?;
        let ahead = until.saturating_sub(now.lease_until());
        (ahead > CLOCKS_APART).then_some(ahead)
    }

    /// Whether the run of an intent may still act on it. One without an end, or with one that is no
    /// time, was not written under a lease.
    pub fn is_held(&self, now: ClockReading) -> bool {
        self.lease_until.as_deref().and_then(seconds_of).is_some_and(|until| now.earliest <= until)
    }

    /// When others may take over, by clocks that may be apart by so many seconds; `None` where there
    /// is no lease.
    pub fn takeover(&self, now: ClockReading, apart: u64) -> Option<Takeover> {
        let until = self.lease_until.as_deref().and_then(seconds_of)?;
        let after = time_of(until.saturating_add(apart));
        Some(Takeover { after, is_due: !self.is_held(now) })
    }
}

impl State {
    /// The same intent, held until then.
    #[must_use]
    pub fn leased(mut self, until: u64) -> Self {
        if let Some(intent) = &mut self.in_flight {
            intent.lease_until = Some(time_of(until));
        }
        self
    }

    /// The run is over, and one of its tries may still take effect until then: nobody else may act
    /// before.
    #[must_use]
    pub fn end_after(self, tail: u64) -> Self {
        let intent = self.in_flight.clone();
        let tail = intent.map(|intent| Intent {
            calls: Vec::new(),
            lease_until: Some(time_of(tail)),
            ..intent
        });
        Self { in_flight: tail, ..self.end() }
    }

    /// The same state as a write after that serial.
    #[must_use]
    pub fn after(self, serial: u64) -> Self {
        Self { serial: self.serial.max(serial.saturating_add(1)), ..self }
    }
}

/// What a write has come to that was not clearly answered, by what is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteEnd {
    /// It is there.
    Written,
    /// It is not, and nothing of anybody else is: it can be tried again over what is there.
    Again,
    /// Somebody else wrote.
    Taken,
}

/// What a write of `wanted` has come to. `own` are the bytes that this run found, or wrote, or tried
/// to write without learning what that came to; `None` among them where it found nothing.
pub fn write_end(now: Option<&[u8]>, wanted: &[u8], own: &[Option<Vec<u8>>]) -> WriteEnd {
    if now == Some(wanted) {
        WriteEnd::Written
    } else if own.iter().any(|own| own.as_deref() == now) {
        WriteEnd::Again
    } else {
        WriteEnd::Taken
    }
}

/// A time as states show it, such as `2026-01-02T03:04:05Z`.
pub fn time_of(seconds: u64) -> String {
    // The calendar by Howard Hinnant's `civil_from_days`: years begin in March, so that the day that
    // some of them lack is the last.
    let days = seconds / 86_400 + DAYS_TO_1970;
    let (era, day_of_era) = (days / DAYS_OF_ERA, days % DAYS_OF_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The seconds since 1970 of a time as [`time_of`] writes it.
pub fn seconds_of(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let is_one = (1..=12).contains(&month) && (1..=31).contains(&day) && year <= 9999;
    let seconds = seconds_of_date(year, month, day)? + hour * 3600 + minute * 60 + second;
    (is_one && hour < 24 && minute < 60 && second < 60 && time_of(seconds) == text)
        .then_some(seconds)
}

/// The seconds from 1970 to the beginning of a day; `None` before 1970 and for no such month.
pub fn seconds_of_date(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let (era, year_of_era) = (year / 400, year % 400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * DAYS_OF_ERA + day_of_era).checked_sub(DAYS_TO_1970).map(|days| days * 86_400)
}

fn numbers(text: &str, between: char) -> Option<[u64; 3]> {
    let is_number = |it: &&str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Option<Vec<u64>> =
        text.split(between).map(|it| Some(it).filter(is_number)?.parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::state::{InstanceRef, IntendedCall};

    fn intent(until: Option<&str>) -> Intent {
        let body = Map::from_iter([("a".to_owned(), json!(1))]);
        Intent {
            run: "r".to_owned(),
            by: "1 on here".to_owned(),
            lease_until: until.map(str::to_owned),
            calls: vec![IntendedCall { section: "s".to_owned(), body }],
        }
    }

    #[test]
    fn times_are_written_and_read_to_the_second() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_767_323_045, "2026-01-02T03:04:05Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(time_of(seconds), text);
            assert_eq!(seconds_of(text), Some(seconds));
        }
        for text in [
            "",
            "soon",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05+00:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "1969-12-31T23:59:59Z",
            "99999-01-01T00:00:00Z",
            "2026-1-2T03:04:05Z",
            "+026-01-02T03:04:05Z",
            "2026-01-02-03T03:04:05Z",
        ] {
            assert_eq!(seconds_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_lease_is_over_for_others_only_where_no_clock_doubts_it() {
        let until = "2026-01-02T03:04:05Z";
        let at = |earliest| ClockReading { earliest, latest: earliest + 120 };
        for (intent, now, expected) in [
            (intent(Some(until)), 1_767_323_044, true),
            (intent(Some(until)), 1_767_323_045, true),
            (intent(Some(until)), 1_767_323_046, false),
            (intent(None), 0, false),
            (intent(Some("whenever")), 0, false),
        ] {
            assert_eq!(intent.is_held(at(now)), expected, "{intent:?} {now}");
        }
    }

    #[test]
    fn others_take_over_once_a_lease_is_over_by_every_clock() {
        let held = intent(Some("2026-01-02T03:04:05Z"));
        for (earliest, apart, after, is_due) in [
            (1_767_323_045, 0, "2026-01-02T03:04:05Z", false),
            (1_767_323_045, 60, "2026-01-02T03:05:05Z", false),
            (1_767_323_046, 60, "2026-01-02T03:05:05Z", true),
        ] {
            let now = ClockReading { earliest, latest: earliest + apart };
            let expected = Takeover { after: after.to_owned(), is_due };
            assert_eq!(held.takeover(now, apart), Some(expected));
        }
        let now = ClockReading { earliest: 0, latest: 0 };
        assert_eq!(intent(None).takeover(now, 0), None);
        assert_eq!(intent(Some("whenever")).takeover(now, 0), None);
    }

    #[test]
    fn a_lease_that_ends_later_than_any_tells_of_a_clock_that_is_ahead() {
        let now = ClockReading { earliest: 1_767_322_000, latest: 1_767_322_060 };
        for (until, expected) in [
            ("2026-01-02T02:50:40Z", None),
            ("2026-01-02T02:51:40Z", None),
            ("2026-01-02T02:51:41Z", Some(61)),
            ("2026-01-02T03:50:40Z", Some(3600)),
        ] {
            assert_eq!(intent(Some(until)).ahead_of(now), expected, "{until}");
        }
        assert_eq!(intent(None).ahead_of(now), None);
    }

    #[test]
    fn what_is_left_of_a_lease_says_what_may_be_done() {
        let now = ClockReading { earliest: 900, latest: 1000 };
        assert_eq!(now.lease_until(), 1180);
        for (until, left, is_due, may) in [
            (1180, 180, false, true),
            (1090, 90, false, true),
            (1089, 89, true, true),
            (1060, 60, true, true),
            (1059, 59, true, false),
            (900, 0, true, false),
        ] {
            assert_eq!(now.left(until), left);
            assert_eq!((is_renewal_due(left), may_try(left)), (is_due, may), "{left}");
        }
    }

    #[test]
    fn a_state_that_ends_with_a_tail_keeps_others_out_and_doubts_nothing() {
        let state = State::fresh("l".to_owned(), None, InstanceRef::default());
        let begun = state.begin(intent(None), InstanceRef::default()).leased(1180);
        let until = |state: &State| state.in_flight.clone().and_then(|it| it.lease_until);
        assert_eq!(until(&begun).as_deref(), Some("1970-01-01T00:19:40Z"));
        assert_eq!(begun.serial, 1);
        let ended = begun.clone().end_after(1060);
        assert_eq!(until(&ended).as_deref(), Some("1970-01-01T00:17:40Z"));
        assert_eq!((ended.serial, ended.uncertain_fields().len()), (2, 0));
        let tail = ended.in_flight.unwrap();
        assert!(tail.run == "r" && tail.is_tail() && !begun.in_flight.as_ref().unwrap().is_tail());
        assert_eq!(begun.clone().after(0).serial, 1);
        assert_eq!(begun.after(4).serial, 5);
    }

    #[test]
    fn a_write_is_settled_by_the_bytes_that_are_there() {
        let (found, tried) = (Some(b"found".to_vec()), Some(b"tried".to_vec()));
        let nothing = [None];
        let own = [found, tried];
        for (now, own, expected) in [
            (Some("wanted"), &own[..], WriteEnd::Written),
            (Some("wanted"), &nothing, WriteEnd::Written),
            (Some("found"), &own, WriteEnd::Again),
            (Some("tried"), &own, WriteEnd::Again),
            (None, &nothing, WriteEnd::Again),
            (None, &own, WriteEnd::Taken),
            (Some("other"), &own, WriteEnd::Taken),
            (Some("other"), &nothing, WriteEnd::Taken),
        ] {
            assert_eq!(write_end(now.map(str::as_bytes), b"wanted", own), expected, "{now:?}");
        }
    }
}

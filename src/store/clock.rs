//! The clock by which leases are judged: read once from a store's answer or from this machine, and
//! carried on by how much time has passed here since.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::state::{CLOCKS_APART, ClockReading};

/// A clock as it was read once.
#[derive(Clone, Copy, Debug)]
pub struct StoreClock {
    shown: ClockReading,
    read: Instant,
    read_by_the_calendar: SystemTime,
    behind: Option<u64>,
}

impl StoreClock {
    /// A clock that shows this now.
    pub fn showing(shown: ClockReading) -> Self {
        let (read, read_by_the_calendar) = (Instant::now(), SystemTime::now());
        Self { shown, read, read_by_the_calendar, behind: None }
    }

    /// The clock of this machine, for a store that has none: that of another machine may be apart.
    pub fn of_this_machine() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self::showing(ClockReading { earliest: now.saturating_sub(CLOCKS_APART), latest: now })
    }

    /// The same clock, after it was seen that another one has shown this already.
    #[must_use]
    pub fn and_seen(self, elsewhere: u64) -> Self {
        let behind = elsewhere.saturating_sub(self.shown.latest);
        Self { behind: (behind > CLOCKS_APART).then_some(behind), ..self }
    }

    /// By how many seconds it is behind another clock at least, where that is more than may be.
    pub const fn behind(&self) -> Option<u64> {
        self.behind
    }

    /// What it shows by now.
    pub fn now(&self) -> ClockReading {
        let passed = self.read.elapsed();
        // While a machine sleeps only its calendar goes on.
        let slept = self.read_by_the_calendar.elapsed().unwrap_or_default();
        ClockReading {
            earliest: self.shown.earliest.saturating_add(passed.as_secs()),
            latest: self.shown.latest.saturating_add(whole_seconds(passed.max(slept))),
        }
    }
}

/// The seconds of a duration, a begun one for a whole one.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_goes_on_and_is_known_no_better_than_when_it_was_read() {
        let clock = StoreClock::showing(ClockReading { earliest: 100, latest: 102 });
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(clock.now(), ClockReading { earliest: 101, latest: 104 });
    }

    #[test]
    fn a_clock_is_behind_where_another_one_has_shown_more_than_the_margin() {
        let clock = StoreClock::showing(ClockReading { earliest: 940, latest: 1000 });
        for (elsewhere, behind) in [(0, None), (1060, None), (1061, Some(61)), (4600, Some(3600))] {
            assert_eq!(clock.and_seen(elsewhere).behind(), behind);
        }
    }

    #[test]
    fn other_machines_may_be_behind_this_one() {
        let ClockReading { earliest, latest } = StoreClock::of_this_machine().now();
        assert!((CLOCKS_APART..=CLOCKS_APART + 2).contains(&(latest - earliest)));
    }
}

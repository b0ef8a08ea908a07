//! The clock by which leases are judged: read once from a store's answer or from this machine, and
//! carried on by how much time has passed here since.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::state::ClockReading;

/// How far the clocks of two machines may be apart where the store has none.
const MACHINES_APART: u64 = 60;

/// A clock as it was read once.
#[derive(Clone, Copy, Debug)]
pub struct StoreClock {
    shown: ClockReading,
    read: Instant,
    read_by_the_calendar: SystemTime,
}

impl StoreClock {
    /// A clock that shows this now.
    pub fn showing(shown: ClockReading) -> Self {
        Self { shown, read: Instant::now(), read_by_the_calendar: SystemTime::now() }
    }

    /// The clock of this machine, for a store that has none: that of another machine may be apart.
    pub fn of_this_machine() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self::showing(ClockReading { earliest: now.saturating_sub(MACHINES_APART), latest: now })
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
    fn other_machines_may_be_behind_this_one() {
        let ClockReading { earliest, latest } = StoreClock::of_this_machine().now();
        assert!((MACHINES_APART..=MACHINES_APART + 2).contains(&(latest - earliest)));
    }
}

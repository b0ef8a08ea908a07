//! The clock by which leases are judged: read once from a store's answer or from this machine, and
//! carried on by how much time has passed here since.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::render::text::words::count;
use crate::state::{CLOCKS_APART, ClockReading, Intent, Takeover};

/// A clock as it was read once.
#[derive(Clone, Copy, Debug)]
pub struct StoreClock {
    shown: ClockReading,
    read: Instant,
    read_by_the_calendar: SystemTime,
    owner: ClockOwner,
    apart: Option<Apart>,
    /// How far that of another run may be behind it, in seconds.
    margin: u64,
}

/// Whose clock it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockOwner {
    /// The place's own.
    Place,
    /// That of this machine.
    ThisMachine,
}

/// How a clock differs from another one by more than runs allow for: by how many seconds at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// It is behind the one that the state was last written by.
    BehindWriter(u64),
    /// It is behind that of the place.
    BehindPlace(u64),
    /// It is ahead of that of the place.
    AheadOfPlace(u64),
    /// It is behind the one by which a run holds the state.
    BehindHolder(u64),
}

impl Apart {
    /// By how many seconds at least.
    const fn seconds(self) -> u64 {
        match self {
            Self::BehindWriter(seconds)
            | Self::BehindPlace(seconds)
            | Self::AheadOfPlace(seconds)
            | Self::BehindHolder(seconds) => seconds,
        }
    }

    /// The difference in words, for the clock of that owner.
    pub fn told(self, owner: ClockOwner) -> String {
        let owner_s = match owner {
            ClockOwner::Place => "the store's clock",
            ClockOwner::ThisMachine => "this machine's clock",
        };
        let other = match (self, owner) {
            (Apart::AheadOfPlace(_), _) => "ahead of the remote's",
            (Apart::BehindPlace(_), _) => "behind the remote's",
            (Apart::BehindWriter(_), _) => "behind the one that the state was last written by",
            (Apart::BehindHolder(_), ClockOwner::Place) => {
                "behind what it was when a run took the state"
            }
            (Apart::BehindHolder(_), ClockOwner::ThisMachine) => {
                "behind that of the run that holds the state"
            }
        };
        format!("{owner_s} is {} {other}", span(self.seconds()))
    }
}

/// A time that passes, in the unit in which people would tell it.
fn span(seconds: u64) -> String {
    let (length, unit) = match seconds {
        0..7_200 => (60, "minute"),
        7_200..172_800 => (3_600, "hour"),
        _ => (86_400, "day"),
    };
    count(usize::try_from(seconds / length).unwrap_or(usize::MAX), unit)
}

impl StoreClock {
    /// The clock of a place that shows this now.
    pub fn showing(shown: ClockReading) -> Self {
        let (read, read_by_the_calendar) = (Instant::now(), SystemTime::now());
        Self { shown, read, read_by_the_calendar, owner: ClockOwner::Place, apart: None, margin: 0 }
    }

    /// The clock of this machine, for a store that has none: that of another machine may be apart.
    pub fn of_this_machine() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let shown = ClockReading { earliest: now.saturating_sub(CLOCKS_APART), latest: now };
        let owner = ClockOwner::ThisMachine;
        Self { owner, margin: CLOCKS_APART, ..Self::showing(shown) }
    }

    /// When others may take over from the run of an intent, where it has a lease.
    pub fn takeover(&self, intent: &Intent) -> Option<Takeover> {
        intent.takeover(self.now(), self.margin)
    }

    /// The same clock, after the state was found to have been written at that time by another one.
    #[must_use]
    pub fn and_written(self, time: u64) -> Self {
        let behind = time.saturating_sub(self.shown.latest);
        let apart = (behind > CLOCKS_APART).then_some(Apart::BehindWriter(behind));
        Self { apart: self.apart.or(apart), ..self }
    }

    /// The same clock, after the place has told what its own shows by now. This one may have been read
    /// some time before.
    #[must_use]
    pub fn and_told(self, time: u64) -> Self {
        let ahead = self.shown.latest.saturating_sub(time);
        let behind = time.saturating_sub(self.now().latest);
        let apart = if ahead > CLOCKS_APART {
            Some(Apart::AheadOfPlace(ahead))
        } else {
            (behind > CLOCKS_APART).then_some(Apart::BehindPlace(behind))
        };
        Self { apart: self.apart.or(apart), ..self }
    }

    /// How it differs from another clock, where that was seen, or shows by the intent of a run.
    pub fn apart_from(&self, intent: Option<&Intent>) -> Option<Apart> {
        self.apart.or_else(|| intent?.ahead_of(self.now()).map(Apart::BehindHolder))
    }

    /// Whose it is.
    pub const fn owner(&self) -> ClockOwner {
        self.owner
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
    fn a_clock_is_apart_from_another_one_by_more_than_the_margin() {
        use Apart::{AheadOfPlace, BehindPlace, BehindWriter};
        let clock = StoreClock::showing(ClockReading { earliest: 940_000, latest: 1_000_000 });
        for (time, written, told) in [
            (0, None, Some(AheadOfPlace(1_000_000))),
            (996_400, None, Some(AheadOfPlace(3600))),
            (999_940, None, None),
            (1_000_060, None, None),
            (1_003_600, Some(BehindWriter(3600)), Some(BehindPlace(3600))),
        ] {
            assert_eq!(clock.and_written(time).apart_from(None), written, "{time}");
            let told_at_once = clock.and_told(time).apart_from(None);
            // A second may pass meanwhile.
            let later = told.map(|told| match told {
                BehindPlace(seconds) => BehindPlace(seconds - 1),
                other => other,
            });
            assert!(told_at_once == told || told_at_once == later, "{time}: {told_at_once:?}");
        }
    }

    #[test]
    fn other_machines_may_be_behind_this_one() {
        let ClockReading { earliest, latest } = StoreClock::of_this_machine().now();
        assert!((CLOCKS_APART..=CLOCKS_APART + 2).contains(&(latest - earliest)));
    }
}

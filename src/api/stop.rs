//! The wish to end: tripped once by the process's signal listener, seen by everything that waits.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// How long a call that is in hand may go on after the stop.
pub const GRACE: Duration = Duration::from_secs(7);

/// The end that trips the stop. A stop whose trip is dropped never comes.
#[derive(Debug)]
pub struct Trip(watch::Sender<Option<Instant>>);

/// The end that is watched. Cheap to clone; all clones see the same stop at the same moment.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Option<Instant>>);

/// A stop that has not come, and what trips it.
pub fn stop() -> (Trip, Stop) {
    let (sender, receiver) = watch::channel(None);
    (Trip(sender), Stop(receiver))
}

impl Trip {
    /// Begins the end. Further trips change nothing, so the grace is counted from the first.
    pub fn trip(&self) {
        self.0.send_if_modified(|since| {
            let first = since.is_none();
            if first {
                *since = Some(Instant::now());
            }
            first
        });
    }
}

impl Stop {
    /// A stop that never comes.
    pub fn never() -> Self {
        stop().1
    }

    /// Whether it has come.
    pub fn is_tripped(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until it comes, and tells when it came.
    pub async fn tripped(&self) -> Instant {
        let mut receiver = self.0.clone();
        let since = match receiver.wait_for(Option::is_some).await {
            Ok(since) => *since,
            Err(_) => None,
        };
        match since {
            Some(since) => since,
            None => std::future::pending().await,
        }
    }

    /// Waits until it comes and what was in hand then has had its [`GRACE`].
    pub async fn grace_over(&self) {
        let since = self.tripped().await;
        tokio::time::sleep_until(since + GRACE).await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::{FutureExt, join};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_grace_is_counted_from_the_first_trip() {
        let (trip, stop) = stop();
        assert!(!stop.is_tripped());
        let began = Instant::now();
        let tripping = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            trip.trip();
            tokio::time::sleep(Duration::from_secs(3)).await;
            trip.trip();
        };
        join(tripping, stop.grace_over()).await;
        assert!(stop.is_tripped());
        assert_eq!(began.elapsed(), Duration::from_secs(9));
    }

    #[tokio::test]
    async fn a_stop_that_nobody_can_trip_never_comes() {
        let stop = Stop::never();
        assert!(stop.tripped().now_or_never().is_none());
        assert!(!stop.is_tripped());
    }
}

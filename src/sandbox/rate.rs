//! How many requests an instance answers in a while.

use std::str::FromStr;
use std::time::{Duration, Instant};

/// So many requests in so many seconds, for each instance: `--rate-limit R/SECONDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    period: Duration,
}

/// A rate limit that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a rate limit is two whole numbers above 0, `R/SECONDS`, such as `100/10` for 100 requests in \
     10 seconds"
)]
pub struct RateLimitError;

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let (requests, seconds) = text.split_once('/').ok_or(RateLimitError)?;
        let number = |text: &str| match text.trim().parse::<u32>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(RateLimitError),
        };
        let period = Duration::from_secs(u64::from(number(seconds)?));
        Ok(Self { requests: number(requests)?, period })
    }
}

/// The answers of one instance since its count began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    began: Instant,
    answered: u32,
}

impl Window {
    pub(super) const fn begin(now: Instant) -> Self {
        Self { began: now, answered: 0 }
    }

    /// Counts a request, or says in how many whole seconds it would be answered.
    pub(super) fn count(&mut self, limit: RateLimit, now: Instant) -> Result<(), u64> {
        let passed = now.saturating_duration_since(self.began);
        if passed >= limit.period {
            *self = Self::begin(now);
        } else if self.answered >= limit.requests {
            let left = limit.period.saturating_sub(passed);
            return Err(left.as_secs() + u64::from(left.subsec_nanos() > 0));
        }
        self.answered += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_two_numbers_above_zero() {
        let limit = RateLimit { requests: 100, period: Duration::from_secs(10) };
        assert_eq!("100/10".parse(), Ok(limit));
        assert_eq!(" 100 / 10 ".parse(), Ok(limit));
        for text in ["", "100", "100/", "/10", "0/10", "100/0", "-1/10", "1.5/10", "1/2/3"] {
            assert_eq!(text.parse::<RateLimit>(), Err(RateLimitError), "{text}");
        }
    }

    #[test]
    fn over_the_limit_it_says_when_to_come_back() {
        let limit: RateLimit = "2/10".parse().unwrap();
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut window = Window::begin(start);
        let table = [
            (0, Ok(())),
            (100, Ok(())),
            (200, Err(10)),
            (9_000, Err(1)),
            (9_999, Err(1)),
            (10_000, Ok(())),
            (10_001, Ok(())),
            (10_002, Err(10)),
        ];
        for (millis, expected) in table {
            assert_eq!(window.count(limit, at(millis)), expected, "{millis}");
        }
    }
}

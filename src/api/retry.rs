//! One request until it is settled: which answers are worth another try, how long to wait before
//! it, and what is known about the effect at the end.

use std::future::ready;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::answer::is_passing_conflict;
use super::{Body, NextTry, Reply, Request, Service, Slot, Stop};
use crate::network::NoReply;

/// How often a request is sent at most.
const MOST_TRIES: u32 = 6;

/// The wait before the second try; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// No wait that the service did not ask for is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// How much time retries may take: `--retry-timeout`.
#[derive(Clone, Copy, Debug)]
pub struct RetryBudget<'a> {
    /// Counted from the first try; no wait begins that would end after it.
    pub budget: Duration,
    /// What is lent to others meanwhile, where several instances are spoken to side by side.
    pub slot: Option<&'a Slot<'a>>,
}

impl Default for RetryBudget<'_> {
    fn default() -> Self {
        Self { budget: Duration::from_secs(60), slot: None }
    }
}

impl RetryBudget<'_> {
    /// Waits for something that no request of this work depends on, and lets others have the slot
    /// meanwhile.
    pub async fn wait(&self, time: Duration) {
        match self.slot {
            Some(slot) => slot.lend(sleep(time)).await,
            None => sleep(time).await,
        }
    }
}

/// The result of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempts {
    /// How often it was sent. 0 where the stop had come before.
    pub attempts: u32,
    /// The result of the last try.
    pub last: Result<Reply, NoReply>,
    /// Whether any try was answered with success, even if its body never came whole.
    pub accepted: bool,
    /// Whether any try without success may have taken effect: no answer, 408 or 5xx.
    pub may_have_taken_effect: bool,
    /// When the last try was sent that may take effect after its end, since whoever acts on it did
    /// not answer.
    pub open: Option<Instant>,
    /// Why there was no further try.
    pub ceased: Ceased,
}

impl Attempts {
    /// None yet.
    fn none() -> Self {
        Self {
            attempts: 0,
            last: Err(NoReply::NotSent("interrupted before the request was sent".to_owned())),
            accepted: false,
            may_have_taken_effect: false,
            open: None,
            ceased: Ceased::Stopped,
        }
    }

    /// Counts a try that was sent then.
    fn count(&mut self, last: Result<Reply, NoReply>, sent: Instant) {
        self.attempts += 1;
        self.accepted |= last.as_ref().is_ok_and(Reply::is_success);
        self.may_have_taken_effect |= may_have_taken_effect(&last);
        if may_take_effect_later(&last) {
            self.open = Some(sent);
        }
        self.last = last;
    }
}

/// Why a request is sent no further time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceased {
    /// The last answer is final, or no further try could end otherwise.
    Settled,
    /// It was sent as often as it may be.
    Tries,
    /// The next wait would end after the budget.
    Time,
    /// The service asks for a wait that would end after the budget.
    RetryAfter(Duration),
    /// The stop came.
    Stopped,
    /// It may not be sent any more: see [`Permit`].
    Unpermitted,
}

/// What has to hold for each try of a request, besides that it is worth one.
pub trait Permit {
    /// Whether a try may be sent now. What it waits for is dropped when the stop comes.
    fn is_granted(&self) -> Pin<Box<dyn Future<Output = bool> + '_>>;
}

/// Nothing else has to hold.
struct Always;

impl Permit for Always {
    fn is_granted(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        Box::pin(ready(true))
    }
}

impl Attempts {
    /// Whether nobody can tell if the request took effect: none of its tries was answered with
    /// success, and one may have had it all the same.
    pub const fn is_uncertain(&self) -> bool {
        !self.accepted && self.may_have_taken_effect
    }

    /// Whether the last try says nothing final: no answer, 408 or 5xx. Together with
    /// [`Self::is_uncertain`] the outcome is unknown.
    pub const fn ended_open(&self) -> bool {
        match &self.last {
            Ok(reply) => is_open(reply.status),
            Err(_) => true,
        }
    }

    /// Why it was given up, as a sentence without a full stop; `None` where the last answer is
    /// final.
    pub fn giving_up(&self) -> Option<String> {
        match self.ceased {
            Ceased::Settled => None,
            Ceased::Tries => Some(format!("gave up after {} tries", self.attempts)),
            Ceased::Time => Some(format!(
                "gave up after {}: `--retry-timeout` leaves no time for another",
                tries(self.attempts)
            )),
            Ceased::RetryAfter(wait) => Some(format!(
                "gave up after {}: the service asks to wait {} s, longer than `--retry-timeout` \
                 allows",
                tries(self.attempts),
                wait.as_secs()
            )),
            Ceased::Stopped => Some("interrupted".to_owned()),
            Ceased::Unpermitted => {
                Some(format!("gave up after {}: {LEASE_OVER}", tries(self.attempts)))
            }
        }
    }
}

/// Why a call may not be sent any more.
pub const LEASE_OVER: &str = "the lease on the state is over, and another run may act now";

fn tries(attempts: u32) -> String {
    if attempts == 1 { "1 try".to_owned() } else { format!("{attempts} tries") }
}

/// Sends `request` until an answer is final, tries or time run out, or the stop comes. After the
/// stop no try begins; the one in hand has its grace and is then given up as lost.
pub async fn call(
    service: &dyn Service,
    request: &Request,
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Attempts {
    call_while(service, request, patience, stop, &Always).await
}

/// The same, for as long as each try is also permitted.
pub async fn call_while(
    service: &dyn Service,
    request: &Request,
    patience: &RetryBudget<'_>,
    stop: &Stop,
    permit: &dyn Permit,
) -> Attempts {
    let began = Instant::now();
    let mut called = Attempts::none();
    loop {
        let granted = tokio::select! {
            biased;
            _ = stop.tripped() => break,
            granted = permit.is_granted() => granted,
        };
        if !granted {
            called.ceased = Ceased::Unpermitted;
            break;
        }
        let sent = Instant::now();
        let last = tokio::select! {
            biased;
            last = service.send(request) => last,
            () = stop.grace_over() => {
                Err(NoReply::Lost("interrupted before an answer came".to_owned()))
            }
        };
        called.count(last, sent);
        let left = patience.budget.saturating_sub(began.elapsed());
        let next = after(&called.last, called.attempts, left, chance());
        if let Ok(wait) = next {
            let number = called.attempts + 1;
            service.hears_of(request, &NextTry { last: &called.last, wait, number });
        }
        match next {
            // Waits end early when the stop comes, and the loop with them.
            Ok(wait) => tokio::select! {
                biased;
                _ = stop.tripped() => break,
                () = sleep(wait) => {}
            },
            Err(ceased) => {
                called.ceased = ceased;
                break;
            }
        }
    }
    called
}

/// How long to wait after a try, or why there is no further one. `chance` lies in 0..1.
fn after(
    last: &Result<Reply, NoReply>,
    attempts: u32,
    left: Duration,
    chance: f64,
) -> Result<Duration, Ceased> {
    if !is_worth_another(last) {
        return Err(Ceased::Settled);
    }
    if attempts >= MOST_TRIES {
        return Err(Ceased::Tries);
    }
    let asked = last.as_ref().ok().and_then(|reply| reply.retry_after);
    if let Some(asked) = asked.filter(|asked| *asked > left) {
        return Err(Ceased::RetryAfter(asked));
    }
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
    // Jitter takes off up to a half, so that runs that failed together do not return together.
    let own = doubled.min(LONGEST_WAIT).mul_f64(1.0 - chance / 2.0);
    match asked {
        // At most a second later than asked, for the same reason.
        Some(asked) => Ok((asked + own.min(Duration::from_secs(1))).min(left)),
        None if own > left => Err(Ceased::Time),
        None => Ok(own),
    }
}

fn is_worth_another(last: &Result<Reply, NoReply>) -> bool {
    match last {
        Ok(reply) if reply.is_success() => reply.body == Body::Broken,
        Ok(reply) => reply.status == 429 || is_open(reply.status) || is_passing_conflict(reply),
        Err(NoReply::Impossible(_)) => false,
        Err(NoReply::NotSent(_) | NoReply::Lost(_)) => true,
    }
}

fn may_have_taken_effect(last: &Result<Reply, NoReply>) -> bool {
    match last {
        Ok(reply) => is_open(reply.status),
        Err(NoReply::Lost(_)) => true,
        Err(NoReply::NotSent(_) | NoReply::Impossible(_)) => false,
    }
}

/// Whether a try may take effect after its end: it was not answered, or by somebody on the way who
/// does not know what the service will do.
fn may_take_effect_later(last: &Result<Reply, NoReply>) -> bool {
    match last {
        Ok(reply) => matches!(reply.status, 408 | 502..=504 | 520..=599),
        Err(no_reply) => matches!(no_reply, NoReply::Lost(_)),
    }
}

/// Whether a status leaves open what the service did.
const fn is_open(status: u16) -> bool {
    matches!(status, 408 | 500..=599)
}

/// A number in 0..1 that differs from run to run and from call to call.
fn chance() -> f64 {
    let random = RandomState::new().hash_one(()) >> 32;
    f64::from(u32::try_from(random).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;

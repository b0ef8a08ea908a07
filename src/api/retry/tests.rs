//! Retries on a clock that jumps: no test here takes real time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::future::join;
use serde_json::Map;

use super::*;
use crate::api::stop;

type Try = Result<Reply, NoReply>;

/// Answers by script, and notes when it was asked.
struct ScriptedTries {
    script: RefCell<VecDeque<Try>>,
    last: Try,
    asked: RefCell<Vec<Instant>>,
    takes: Duration,
}

impl ScriptedTries {
    fn new(script: &[Try]) -> Self {
        Self {
            script: RefCell::new(script.iter().cloned().collect()),
            last: script.last().unwrap().clone(),
            asked: RefCell::default(),
            takes: Duration::ZERO,
        }
    }

    fn taking(mut self, takes: Duration) -> Self {
        self.takes = takes;
        self
    }

    /// The time between the tries.
    fn waits(&self) -> Vec<Duration> {
        self.asked.borrow().windows(2).map(|pair| pair[1] - (pair[0] + self.takes)).collect()
    }
}

impl Service for ScriptedTries {
    fn send<'a>(&'a self, _: &'a Request) -> Pin<Box<dyn Future<Output = Try> + 'a>> {
        self.asked.borrow_mut().push(Instant::now());
        Box::pin(async {
            if !self.takes.is_zero() {
                sleep(self.takes).await;
            }
            self.script.borrow_mut().pop_front().unwrap_or_else(|| self.last.clone())
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds results")]
fn status(status: u16) -> Try {
    Ok(Reply { status, retry_after: None, ray: None, body: Body::Whole(Vec::new()) })
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds results")]
fn conflict(code: &str) -> Try {
    let body = serde_json::json!({"errors": [{"message": "in use", "code": code}]});
    let body = Body::Whole(body.to_string().into_bytes());
    Ok(Reply { status: 409, retry_after: None, ray: None, body })
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds results")]
fn busy(seconds: u64) -> Try {
    let retry_after = Some(Duration::from_secs(seconds));
    Ok(Reply { status: 429, retry_after, ray: None, body: Body::Whole(Vec::new()) })
}

#[expect(clippy::unnecessary_wraps, reason = "a script holds results")]
fn broken(status: u16) -> Try {
    Ok(Reply { status, retry_after: None, ray: None, body: Body::Broken })
}

fn lost() -> Try {
    Err(NoReply::Lost("cut".to_owned()))
}

fn not_sent() -> Try {
    Err(NoReply::NotSent("refused".to_owned()))
}

fn impossible() -> Try {
    Err(NoReply::Impossible("no certificates".to_owned()))
}

fn request() -> Request {
    Request::Patch { path: "/v1/instance", body: Map::new() }
}

async fn run(service: &ScriptedTries) -> Attempts {
    call(service, &request(), &RetryBudget::default(), &Stop::never()).await
}

#[tokio::test(start_paused = true)]
async fn what_is_retried_and_what_is_known_at_the_end() {
    // The script, and then attempts, accepted, may have taken effect, ceased.
    type RetryCase<'a> = (&'a [Try], u32, bool, bool, Ceased);
    let table: &[RetryCase<'_>] = &[
        (&[status(200)], 1, true, false, Ceased::Settled),
        (&[status(204)], 1, true, false, Ceased::Settled),
        (&[status(301)], 1, false, false, Ceased::Settled),
        (&[status(400)], 1, false, false, Ceased::Settled),
        (&[status(401)], 1, false, false, Ceased::Settled),
        (&[status(422)], 1, false, false, Ceased::Settled),
        (&[broken(422)], 1, false, false, Ceased::Settled),
        (&[impossible()], 1, false, false, Ceased::Settled),
        (&[status(429), status(200)], 2, true, false, Ceased::Settled),
        (&[status(429), status(422)], 2, false, false, Ceased::Settled),
        (&[status(408), status(422)], 2, false, true, Ceased::Settled),
        (&[status(503), status(204)], 2, true, true, Ceased::Settled),
        (&[lost(), status(422)], 2, false, true, Ceased::Settled),
        (&[not_sent(), status(422)], 2, false, false, Ceased::Settled),
        (&[not_sent(), lost(), status(200)], 3, true, true, Ceased::Settled),
        (&[broken(200), status(200)], 2, true, false, Ceased::Settled),
        (&[broken(200), status(422)], 2, true, false, Ceased::Settled),
        (&[broken(200), lost()], 6, true, true, Ceased::Tries),
        (&[broken(200)], 6, true, false, Ceased::Tries),
        (&[status(500)], 6, false, true, Ceased::Tries),
        (&[lost()], 6, false, true, Ceased::Tries),
        (&[not_sent()], 6, false, false, Ceased::Tries),
        (&[status(429)], 6, false, false, Ceased::Tries),
        (&[conflict("resource_locked"), status(204)], 2, true, false, Ceased::Settled),
        (&[conflict("conflict"), status(422)], 2, false, false, Ceased::Settled),
        (&[conflict("conflict")], 6, false, false, Ceased::Tries),
        (&[status(503), conflict("conflict")], 6, false, true, Ceased::Tries),
        (&[conflict("form_identifier_exists")], 1, false, false, Ceased::Settled),
        (&[status(409)], 1, false, false, Ceased::Settled),
        (&[broken(409)], 1, false, false, Ceased::Settled),
    ];
    for (script, attempts, accepted, may, ceased) in table {
        let called = run(&ScriptedTries::new(script)).await;
        // When that is has a test of its own.
        let called = Attempts { open: None, ..called };
        let expected = Attempts {
            attempts: *attempts,
            last: script.last().unwrap().clone(),
            accepted: *accepted,
            may_have_taken_effect: *may,
            open: None,
            ceased: *ceased,
        };
        assert_eq!(called, expected, "{script:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_double_up_to_a_limit_and_are_jittered() {
    let service = ScriptedTries::new(&[lost()]);
    run(&service).await;
    let most = [500, 1000, 2000, 4000, 8000].map(Duration::from_millis);
    assert_eq!(service.waits().len(), most.len());
    for (wait, most) in service.waits().into_iter().zip(most) {
        // The clock counts whole milliseconds.
        assert!(wait >= most / 2 && wait <= most + Duration::from_millis(2), "{wait:?} {most:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_429_waits_for_as_long_as_it_asks() {
    let service = ScriptedTries::new(&[busy(20), busy(0), status(200)]);
    let called = run(&service).await;
    assert_eq!((called.attempts, called.accepted), (3, true));
    let waits = service.waits();
    assert!(waits[0] >= Duration::from_secs(20) && waits[0] <= Duration::from_secs(21));
    assert!(waits[1] <= Duration::from_millis(1002), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_does_not_fit_is_not_begun() {
    let began = Instant::now();
    let called = run(&ScriptedTries::new(&[busy(61)])).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(called.attempts, 1);
    assert_eq!(called.ceased, Ceased::RetryAfter(Duration::from_secs(61)));
    let why = called.giving_up().unwrap();
    assert!(why.contains("1 try") && why.contains("61 s"), "{why}");

    let called = run(&ScriptedTries::new(&[busy(u64::MAX)])).await;
    assert_eq!(called.attempts, 1);
}

#[tokio::test(start_paused = true)]
async fn time_bounds_the_retries_as_well() {
    let slow = ScriptedTries::new(&[lost()]).taking(Duration::from_secs(30));
    let called = run(&slow).await;
    assert_eq!((called.attempts, called.ceased), (2, Ceased::Time));

    let none = RetryBudget { budget: Duration::ZERO, slot: None };
    let called = call(&ScriptedTries::new(&[lost()]), &request(), &none, &Stop::never()).await;
    assert_eq!((called.attempts, called.ceased), (1, Ceased::Time));
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_wait_at_once() {
    let (trip, stop) = stop();
    let service = ScriptedTries::new(&[busy(30), status(200)]);
    let began = Instant::now();
    let tripping = async {
        sleep(Duration::from_secs(1)).await;
        trip.trip();
    };
    let (request, patience) = (request(), RetryBudget::default());
    let (called, ()) = join(call(&service, &request, &patience, &stop), tripping).await;
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert_eq!((called.attempts, called.ceased), (1, Ceased::Stopped));
    assert!(!called.may_have_taken_effect && !called.accepted);
    assert_eq!(called.last, busy(30));
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_the_call_in_hand_has_seven_seconds() {
    for (takes, spent, attempts, accepted) in [(5, 5, 1, true), (20, 8, 1, false)] {
        let (trip, stop) = stop();
        let service = ScriptedTries::new(&[status(200)]).taking(Duration::from_secs(takes));
        let began = Instant::now();
        let tripping = async {
            sleep(Duration::from_secs(1)).await;
            trip.trip();
        };
        let (request, patience) = (request(), RetryBudget::default());
        let (called, ()) = join(call(&service, &request, &patience, &stop), tripping).await;
        assert_eq!(began.elapsed(), Duration::from_secs(spent));
        assert_eq!((called.attempts, called.accepted), (attempts, accepted));
        assert_eq!(called.is_uncertain(), !accepted);
        assert_eq!(called.ended_open(), !accepted);
    }
}

#[tokio::test]
async fn after_a_stop_no_try_begins() {
    let (trip, stop) = stop();
    trip.trip();
    let service = ScriptedTries::new(&[status(200)]);
    let called = call(&service, &request(), &RetryBudget::default(), &stop).await;
    assert_eq!((called.attempts, called.ceased), (0, Ceased::Stopped));
    assert!(service.asked.borrow().is_empty());
    assert!(!called.is_uncertain());
}

#[test]
fn chance_lies_between_nothing_and_one() {
    for _ in 0..100 {
        assert!((0.0..=1.0).contains(&chance()));
    }
}

/// Grants so many tries.
struct Few(RefCell<u32>);

impl Permit for Few {
    fn is_granted(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        let left = self.0.replace_with(|left| left.saturating_sub(1));
        Box::pin(ready(left > 0))
    }
}

#[tokio::test(start_paused = true)]
async fn each_try_needs_a_permit() {
    for (granted, expected) in [(0, 0), (1, 1), (2, 2)] {
        let service = ScriptedTries::new(&[lost()]);
        let request = Request::Get { path: "/v1/instance" };
        let (patience, few) = (RetryBudget::default(), Few(RefCell::new(granted)));
        let called = call_while(&service, &request, &patience, &Stop::never(), &few).await;
        assert_eq!((called.attempts, called.ceased), (expected, Ceased::Unpermitted));
        assert_eq!(service.asked.borrow().len(), expected as usize);
        assert_eq!(called.is_uncertain(), expected > 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_try_that_may_take_effect_after_its_end_is_known_by_when_it_was_sent() {
    for (last, is_open) in [
        (lost(), true),
        (status(408), true),
        (status(502), true),
        (status(504), true),
        (status(524), true),
        (status(500), false),
        (status(422), false),
        (status(204), false),
        (Err(NoReply::NotSent("refused".to_owned())), false),
    ] {
        let service =
            ScriptedTries::new(std::slice::from_ref(&last)).taking(Duration::from_secs(3));
        let called = run(&service).await;
        let sent = service.asked.borrow().last().copied();
        assert_eq!(called.open, sent.filter(|_| is_open), "{last:?}");
    }
}

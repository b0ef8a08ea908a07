//! The protocol over a register in memory, whose answers are lost by script, on a clock that jumps.

mod clocks;

use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::future::join;
use serde_json::{Map, json};
use tokio::sync::oneshot;

use super::*;
use crate::state::{ClockReading, InstanceRef, IntendedCall, Intent};
use crate::store::{SharedFault, lock_within};

/// What goes wrong with one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WriteFault {
    /// Nothing does.
    None,
    /// It is done, and the answer is lost.
    AnswerLost,
    /// It never arrives.
    Lost,
    /// It is refused for good.
    Declined,
    /// Another run is faster.
    Overtaken,
    /// It arrives when it is let go, long after it was given up.
    Delayed,
}

#[derive(Debug)]
struct Memory {
    began: Instant,
    kept: RefCell<Option<KeptBytes>>,
    faults: RefCell<VecDeque<WriteFault>>,
    delayed: RefCell<Option<(Vec<u8>, Option<Version>)>>,
    reads: RefCell<usize>,
    writes: RefCell<usize>,
    /// For each write that was to be proven, whether it was the first one.
    proofs: RefCell<Vec<bool>>,
    ignores_conditions: RefCell<bool>,
}

/// One of the runs that use the same memory.
#[derive(Clone, Debug)]
struct Reached(Rc<Memory>);

impl Reached {
    fn new() -> Self {
        Self(Rc::new(Memory {
            began: Instant::now(),
            kept: RefCell::default(),
            faults: RefCell::default(),
            delayed: RefCell::default(),
            reads: RefCell::default(),
            writes: RefCell::default(),
            proofs: RefCell::default(),
            ignores_conditions: RefCell::default(),
        }))
    }

    fn store(&self) -> SharedStore {
        SharedStore::new("memory".to_owned(), Box::new(self.clone()))
    }

    fn failing(&self, faults: &[WriteFault]) {
        self.0.faults.replace(faults.iter().copied().collect());
    }

    fn clock(&self) -> StoreClock {
        let now = 1_000_000 + self.0.began.elapsed().as_secs();
        StoreClock::showing(ClockReading { earliest: now, latest: now })
    }

    fn set(&self, bytes: &[u8]) -> Version {
        let mut kept = self.0.kept.borrow_mut();
        let last = kept.as_ref().map_or(0, |it| it.version.0.parse::<usize>().unwrap());
        let version = Version((last + 1).to_string());
        *kept = Some(KeptBytes { bytes: bytes.to_vec(), version: version.clone() });
        version
    }

    fn state(&self) -> State {
        State::parse(&self.0.kept.borrow().as_ref().unwrap().bytes).unwrap()
    }

    /// What was delayed arrives.
    fn let_go(&self) -> bool {
        let (bytes, over) = self.0.delayed.take().unwrap();
        self.replace(&bytes, over.as_ref()).is_ok()
    }

    fn counted(&self) -> (usize, usize) {
        (*self.0.reads.borrow(), *self.0.writes.borrow())
    }

    fn replace(&self, bytes: &[u8], over: Option<&Version>) -> Result<Version, WriteProblem> {
        let unclear = |told: &str| {
            let (location, fault) = ("memory".to_owned(), SharedFault::Unreachable);
            StoreError::Shared { location, fault, told: format!(": {told}") }
        };
        *self.0.writes.borrow_mut() += 1;
        let fault = self.0.faults.borrow_mut().pop_front().unwrap_or(WriteFault::None);
        match fault {
            WriteFault::Delayed => {
                self.0.delayed.replace(Some((bytes.to_vec(), over.cloned())));
                return Err(WriteProblem::Unclear(unclear("late")));
            }
            WriteFault::Lost => return Err(WriteProblem::Unclear(unclear("lost"))),
            WriteFault::Declined => return Err(WriteProblem::Refused(unclear("declined"))),
            WriteFault::Overtaken => drop(self.set(&state(90).to_bytes())),
            WriteFault::None | WriteFault::AnswerLost => {}
        }
        let now = self.0.kept.borrow().as_ref().map(|it| it.version.clone());
        if now.as_ref() != over {
            return Err(WriteProblem::Unclear(unclear("it has changed")));
        }
        let version = self.set(bytes);
        match fault {
            WriteFault::AnswerLost => Err(WriteProblem::Unclear(unclear("cut"))),
            _ => Ok(version),
        }
    }
}

impl Register for Reached {
    fn prove<'a>(&'a self, written: Written<'a>) -> Waiting<'a, Result<(), StoreError>> {
        let kept = self.0.kept.borrow().clone().unwrap();
        assert_eq!((&*kept.bytes, &kept.version), (written.bytes, written.version));
        self.0.proofs.borrow_mut().push(written.is_first);
        let (location, fault) = ("memory".to_owned(), SharedFault::Declined);
        let doubt = StoreError::Shared { location, fault, told: String::new() };
        let is_doubtful = *self.0.ignores_conditions.borrow();
        Box::pin(async move { if is_doubtful { Err(doubt) } else { Ok(()) } })
    }

    fn read(&self) -> Waiting<'_, Result<Snapshot, StoreError>> {
        *self.0.reads.borrow_mut() += 1;
        let kept = self.0.kept.borrow().clone();
        Box::pin(async { Ok(Snapshot { kept, clock: self.clock() }) })
    }

    fn write<'a>(
        &'a self,
        bytes: &'a [u8],
        over: Option<&'a Version>,
    ) -> Waiting<'a, Result<Version, WriteProblem>> {
        let ended = self.replace(bytes, over);
        Box::pin(async { ended })
    }
}

fn state(serial: u64) -> State {
    State { serial, ..State::fresh("l".to_owned(), None, InstanceRef::default()) }
}

/// A state in which a run is about to set one field.
fn begun(by: &str, before: State) -> State {
    let body = Map::from_iter([("a".to_owned(), json!(by))]);
    let intent = Intent {
        run: by.to_owned(),
        by: format!("7 on {by}"),
        lease_until: None,
        calls: vec![IntendedCall { section: "s".to_owned(), body }],
    };
    before.begin(intent, InstanceRef::default())
}

fn error_of<T>(result: Result<T, StoreError>) -> StoreError {
    result.err().unwrap()
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_runs_that_read_the_same_one_goes_on() {
    let memory = Reached::new();
    let (one, two) = (memory.store(), memory.store());
    let (first, second) = (one.lock().await.unwrap(), two.lock().await.unwrap());
    first.write(&begun("a", state(0))).await.unwrap();
    let error = error_of(second.write(&begun("b", state(0))).await);
    assert_eq!(error.code().as_str(), "locked");
    assert!(error.to_string().contains("process 7 on a until 1970-01-12T13:49:4"), "{error}");
    assert!(first.may_call().await && !second.may_call().await);

    let error = error_of(memory.store().lock().await);
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    first.record(begun("a", state(0)), None).await.unwrap();
    assert!(memory.store().lock().await.is_ok());
    assert_eq!(memory.state().serial, 2);
}

#[tokio::test(start_paused = true)]
async fn a_place_proves_itself_before_anything_depends_on_it_or_the_intent_is_taken_back() {
    let memory = Reached::new();
    let store = memory.store();
    let lock = store.lock().await.unwrap();
    lock.write(&begun("a", state(0))).await.unwrap();
    lock.record(begun("a", state(0)), None).await.unwrap();
    assert_eq!(*memory.0.proofs.borrow(), [true, false]);

    let memory = Reached::new();
    memory.0.ignores_conditions.replace(true);
    let store = memory.store();
    let lock = store.lock().await.unwrap();
    let error = error_of(lock.write(&begun("a", state(0))).await);
    assert!(matches!(error, StoreError::Shared { .. }), "{error}");
    assert!(!lock.may_call().await);
    let left = memory.state();
    assert!(left.in_flight.is_none() && left.applied.is_empty() && left.uncertain.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_just_read_is_not_read_again_for_the_hold() {
    let memory = Reached::new();
    let store = memory.store();
    store.read().await.unwrap();
    assert_eq!(memory.counted(), (1, 0));
    let lock = store.lock().await.unwrap();
    lock.write(&begun("a", state(0))).await.unwrap();
    lock.record(begun("a", state(0)), None).await.unwrap();
    assert_eq!(memory.counted(), (1, 2));
    // Nor is it believed for long, or twice.
    store.read().await.unwrap();
    pass(11).await;
    drop(store.lock().await.unwrap());
    drop(store.lock().await.unwrap());
    assert_eq!(memory.counted(), (4, 2));
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_for_as_long_as_the_work_lasts() {
    let memory = Reached::new();
    let store = memory.store();
    let lock = store.lock().await.unwrap();
    lock.write(&begun("a", state(0))).await.unwrap();
    let (working, over) = oneshot::channel::<()>();
    let work = async {
        for _ in 0..10 {
            pass(60).await;
            assert!(lock.may_call().await);
            assert!(memory.store().lock().await.is_err());
        }
        drop(working);
    };
    join(work, lock.keep(over)).await;
    let renewals = memory.state().serial - 1;
    assert!((6..=7).contains(&renewals), "{renewals}");
    lock.record(begun("a", state(0)), None).await.unwrap();
    assert_eq!(memory.state().serial, renewals + 2);
    assert_eq!(memory.state().in_flight, None);
}

#[tokio::test(start_paused = true)]
async fn without_a_renewal_no_call_is_made_in_the_last_minute() {
    let memory = Reached::new();
    let store = memory.store();
    let lock = store.lock().await.unwrap();
    lock.write(&begun("a", state(0))).await.unwrap();
    pass(120).await;
    assert!(lock.may_call().await);
    pass(2).await;
    memory.failing(&[WriteFault::Lost, WriteFault::Lost, WriteFault::None]);
    assert!(!lock.may_call().await);
    // It is still this run's to renew, until another one takes it.
    assert!(!lock.may_call().await);
    assert!(lock.may_call().await);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_ran_out_is_taken_over_and_its_fields_are_uncertain() {
    let memory = Reached::new();
    let (one, two) = (memory.store(), memory.store());
    let first = one.lock().await.unwrap();
    first.write(&begun("a", state(0))).await.unwrap();
    pass(180).await;
    assert!(two.lock().await.is_err());
    pass(2).await;
    let second = two.lock().await.unwrap();
    let found = second.found().unwrap().state.clone();
    second.write(&begun("b", found)).await.unwrap();
    assert_eq!(memory.state().uncertain, begun("a", state(0)).uncertain_fields());

    assert!(!first.may_call().await);
    let error = error_of(first.record(begun("a", state(0)), None).await);
    assert_eq!(error.code().as_str(), "lease-lost");
    assert!(error.to_string().contains("process 7 on b"), "{error}");
    assert!(second.may_call().await);
}

#[tokio::test(start_paused = true)]
async fn a_try_without_an_answer_keeps_others_out_for_a_minute_after_it_was_sent() {
    let memory = Reached::new();
    let store = memory.store();
    let lock = store.lock().await.unwrap();
    lock.write(&begun("a", state(0))).await.unwrap();
    let sent = Instant::now();
    pass(30).await;
    lock.record(begun("a", state(0)), Some(sent)).await.unwrap();
    let tail = memory.state().in_flight.unwrap();
    assert!(tail.calls.is_empty());
    pass(30).await;
    assert!(memory.store().lock().await.is_err());
    pass(2).await;
    assert!(memory.store().lock().await.is_ok());

    // One that was sent that long ago needs none.
    let lock = store.lock().await.unwrap();
    lock.write(&begun("a", state(5))).await.unwrap();
    lock.record(begun("a", state(5)), Some(sent)).await.unwrap();
    assert_eq!(memory.state().in_flight, None);
}

#[tokio::test(start_paused = true)]
async fn patience_waits_for_a_lease_to_end() {
    let memory = Reached::new();
    let (store, other) = (memory.store(), memory.store());
    let lock = other.lock().await.unwrap();
    lock.write(&begun("a", state(0))).await.unwrap();
    let began = Instant::now();
    let error = error_of(lock_within(&store, Duration::from_secs(12)).await);
    assert_eq!((error.code().as_str(), began.elapsed().as_secs()), ("locked", 12));
    lock_within(&store, Duration::from_secs(600)).await.unwrap();
    assert!((181..=187).contains(&began.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn an_unclear_answer_is_settled_by_what_is_there() {
    use WriteFault::{AnswerLost, Declined, Lost, None, Overtaken};
    for (faults, expected, writes) in [
        (&[None][..], Ok(()), 1),
        (&[AnswerLost], Ok(()), 1),
        (&[Lost, None], Ok(()), 2),
        (&[Lost, Lost, AnswerLost], Ok(()), 3),
        (&[Lost, Lost, Lost, Lost], Err("state-unreachable"), 4),
        (&[Declined], Err("state-unreachable"), 1),
        (&[Overtaken], Err("locked"), 1),
        (&[Lost, Overtaken], Err("locked"), 2),
    ] {
        let memory = Reached::new();
        let store = memory.store();
        memory.failing(faults);
        let lock = store.lock().await.unwrap();
        let ended = lock.write(&begun("a", state(0))).await;
        let ended = ended.map_err(|error| error.code().as_str());
        assert_eq!((ended, memory.counted().1), (expected, writes), "{faults:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_arrives_late_is_written_over_or_comes_to_nothing() {
    for is_before_the_record in [true, false] {
        let memory = Reached::new();
        let store = memory.store();
        let lock = store.lock().await.unwrap();
        lock.write(&begun("a", state(0))).await.unwrap();
        pass(88).await;
        memory.failing(&[WriteFault::Delayed]);
        let (working, over) = oneshot::channel::<()>();
        let work = async {
            pass(5).await;
            drop(working);
        };
        join(work, lock.keep(over)).await;
        assert!(!is_before_the_record || memory.let_go());
        lock.record(begun("a", state(0)), None).await.unwrap();
        assert!(is_before_the_record || !memory.let_go());
        assert_eq!((memory.state().in_flight, memory.state().serial), (None, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_state_is_neither_used_nor_replaced() {
    let memory = Reached::new();
    memory.set(b"a diary");
    assert_eq!(error_of(memory.store().read().await).code().as_str(), "state-damaged");
    assert_eq!(error_of(memory.store().lock().await).code().as_str(), "state-damaged");

    let memory = Reached::new();
    let store = memory.store();
    let lock = store.lock().await.unwrap();
    memory.set(b"a diary");
    let error = error_of(lock.write(&begun("a", state(0))).await);
    assert!(error.to_string().contains("what is there now is no state"), "{error}");
    assert_eq!(memory.0.kept.borrow().as_ref().unwrap().bytes, b"a diary");
}

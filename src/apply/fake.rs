//! A state in memory, and a service that answers as it is told to and knows when it was asked.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::oneshot::Receiver;
use tokio::time::Instant;

use super::Progress;
use crate::api::{Access, Front, FrontError, KeyRing, Reply, Request, SecretKey, Service};
use crate::catalog::Section;
use crate::config::{Desired, SourceFile, check};
use crate::network::NoReply;
use crate::plan::TargetPlan;
use crate::plan::outcome::{CallOutcome, TargetOutcome};
use crate::state::State;
use crate::store::{Lock, Store, StoreError, Stored, Waiting};

/// A state in memory, which another run may hold for a while.
#[derive(Debug)]
pub struct MemoryStore {
    location: String,
    held_until: Cell<Instant>,
    pub state: RefCell<Option<State>>,
    /// For how long another run takes the place just before it is first written to.
    pub overtaken: Cell<Option<Duration>>,
}

impl MemoryStore {
    /// An empty place that another run holds for so long.
    pub fn held(location: &str, time: Duration) -> Self {
        Self {
            location: location.to_owned(),
            held_until: Cell::new(Instant::now() + time),
            state: RefCell::default(),
            overtaken: Cell::default(),
        }
    }
}

impl Store for MemoryStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn is_file(&self) -> bool {
        true
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(100)
    }

    fn credentials(&self) -> Option<String> {
        None
    }

    fn read(&self) -> Waiting<'_, Result<Option<Stored>, StoreError>> {
        let stored = self.state.borrow().as_ref().map(|it| Stored::parse(&it.to_bytes()).unwrap());
        Box::pin(std::future::ready(Ok(stored)))
    }

    fn lock(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>> {
        Box::pin(async move {
            if Instant::now() < self.held_until.get() {
                let (location, holder) = (self.location.clone(), "another run".to_owned());
                return Err(StoreError::Locked { location, holder });
            }
            let found = self.read().await?;
            Ok(Box::new(MemoryLock { store: self, found }) as Box<dyn Lock>)
        })
    }
}

struct MemoryLock<'a> {
    store: &'a MemoryStore,
    found: Option<Stored>,
}

impl Lock for MemoryLock<'_> {
    fn found(&self) -> Option<&Stored> {
        self.found.as_ref()
    }

    fn write<'a>(&'a self, state: &'a State) -> Waiting<'a, Result<(), StoreError>> {
        let written = if let Some(time) = self.store.overtaken.take() {
            self.store.held_until.set(Instant::now() + time);
            let (location, by) = (self.store.location.clone(), "another run".to_owned());
            Err(StoreError::Taken { location, by })
        } else {
            self.store.state.replace(Some(state.clone()));
            Ok(())
        };
        Box::pin(std::future::ready(written))
    }

    fn record(&self, state: State, _: Option<Instant>) -> Waiting<'_, Result<(), StoreError>> {
        self.store.state.replace(Some(state));
        Box::pin(std::future::ready(Ok(())))
    }

    fn may_call(&self) -> Waiting<'_, bool> {
        Box::pin(std::future::ready(true))
    }

    fn keep(&self, over: Receiver<()>) -> Waiting<'_, ()> {
        Box::pin(async move { drop(over.await) })
    }
}

/// When requests were made, and which.
pub type AskedAt = Rc<RefCell<Vec<(Instant, String)>>>;

/// Tells the answer to a request by how often the same was made before.
pub type Answering = fn(&Request, usize) -> Reply;

struct ToldService {
    asked: AskedAt,
    answering: Answering,
}

impl Service for ToldService {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, NoReply>> + 'a>> {
        let what = format!("{} {}", request.method(), request.path());
        let before = self.asked.borrow().iter().filter(|(_, asked)| *asked == what).count();
        self.asked.borrow_mut().push((Instant::now(), what));
        Box::pin(std::future::ready(Ok((self.answering)(request, before))))
    }
}

struct NoFront;

impl Front for NoFront {
    fn at(&self, _: &str) -> Result<Box<dyn Service + '_>, FrontError> {
        Err(FrontError::NotHttps)
    }
}

/// The way to an instance that answers so, with a key of that name.
pub fn access(name: &str, asked: &AskedAt, answering: Answering) -> Access<'static> {
    let key = SecretKey::parse(&format!("sk_test_{name}")).unwrap();
    Access {
        service: Box::new(ToldService { asked: Rc::clone(asked), answering }),
        front: Box::new(NoFront),
        environment_type: key.environment_type(),
        key: Some(key),
        keys: KeyRing::default(),
    }
}

/// What a file of that name asks for.
pub fn desired(file: &str, yaml: &str) -> Desired {
    let checked = check(&SourceFile::new(file, yaml.as_bytes()).unwrap());
    let problems = format!("{:?}", checked.findings);
    checked.configuration.expect(&problems).desired(None).unwrap()
}

/// Nobody listens, but for which waits there were.
#[derive(Default)]
pub struct Waits(pub RefCell<Vec<(String, u64)>>);

impl Progress for Waits {
    fn begins(&self, _: &TargetPlan, _: &Section) {}
    fn ended(&self, _: &TargetPlan, _: &CallOutcome) {}
    fn done(&self, _: &TargetOutcome) {}

    fn waits(&self, target: &TargetPlan, _: &StoreError, left: Duration) {
        self.0.borrow_mut().push((target.title(), left.as_secs()));
    }
}

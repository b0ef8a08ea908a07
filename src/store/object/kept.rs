//! What all targets of a run need once: asked for when the first needs it, kept for the others, and
//! never asked for by two at the same time.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::problem::ObjectProblem;

/// How long a refusal stands: nobody else has to ask for it, and what was mended is found out.
const REFUSED: Duration = Duration::from_secs(30);

/// It, or why it cannot be had.
#[derive(Debug)]
pub(super) struct KeptForRun<T>(Mutex<Option<FoundOut<T>>>);

#[derive(Debug)]
struct FoundOut<T> {
    result: Result<T, ObjectProblem>,
    /// Whoever came later has to ask anew.
    until: Option<Instant>,
}

impl<T: Clone> KeptForRun<T> {
    /// What is not asked for yet.
    pub(super) fn nothing() -> Self {
        Self(Mutex::new(None))
    }

    /// What is there already.
    #[cfg(test)]
    pub(super) fn ready(value: T) -> Self {
        Self(Mutex::new(Some(FoundOut { result: Ok(value), until: None })))
    }

    /// What is kept, else what is answered, along with how long it lasts.
    pub(super) async fn get<F>(&self, ask: impl FnOnce() -> F) -> Result<T, ObjectProblem>
    where
        F: Future<Output = Result<(T, Option<Duration>), ObjectProblem>>,
    {
        let came = Instant::now();
        // Held while it is asked for.
        let mut kept = self.0.lock().await;
        let known = kept.as_ref().filter(|known| known.until.is_none_or(|until| came <= until));
        if let Some(FoundOut { result, .. }) = known {
            return result.clone();
        }
        let (result, lasting) = match ask().await {
            Ok((value, lasting)) => (Ok(value), lasting),
            // Of those who have waited for it meanwhile none has to find it out again.
            Err(problem) if problem.fault.may_pass() => (Err(problem), Some(Duration::ZERO)),
            Err(problem) => (Err(problem), Some(REFUSED)),
        };
        let until = lasting.map(|lasting| Instant::now() + lasting);
        *kept = Some(FoundOut { result: result.clone(), until });
        result
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;
    use tokio::time::{advance, sleep};

    use super::*;
    use crate::store::object::fault::ObjectFault;

    /// Asks for a number, which takes a second; how often it was asked for is counted.
    async fn ask(
        kept: &KeptForRun<u32>,
        asked: &Cell<u32>,
        answer: Result<Option<Duration>, ObjectFault>,
    ) -> Result<u32, ObjectFault> {
        let get = kept.get(|| async {
            asked.set(asked.get() + 1);
            sleep(Duration::from_secs(1)).await;
            let lasting = answer.map_err(|fault| ObjectProblem::new(fault, ""))?;
            Ok((asked.get(), lasting))
        });
        get.await.map_err(|problem| problem.fault)
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_targets_ask_once_for_what_lasts_or_is_refused() {
        for (answer, result) in [
            (Ok(None), Ok(1)),
            (Ok(Some(Duration::from_secs(9))), Ok(1)),
            (Err(ObjectFault::CredentialsFailed), Err(ObjectFault::CredentialsFailed)),
            (Err(ObjectFault::NoCredentials), Err(ObjectFault::NoCredentials)),
        ] {
            let (kept, asked) = (KeptForRun::nothing(), Cell::new(0));
            let all = join_all((0..1000).map(|_| ask(&kept, &asked, answer))).await;
            assert!(all.iter().all(|it| *it == result), "{all:?}");
            advance(Duration::from_secs(5)).await;
            assert_eq!(ask(&kept, &asked, answer).await, result);
            assert_eq!(asked.get(), 1, "{answer:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_over_is_asked_for_again() {
        for (answer, over) in
            [(Ok(Some(Duration::from_secs(9))), 10), (Err(ObjectFault::CredentialsFailed), 31)]
        {
            let (kept, asked) = (KeptForRun::nothing(), Cell::new(0));
            let _ = ask(&kept, &asked, answer).await;
            advance(Duration::from_secs(over)).await;
            assert_eq!(ask(&kept, &asked, Ok(None)).await, Ok(2), "{answer:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_shared_by_those_who_wait_and_forgotten() {
        let (kept, asked) = (KeptForRun::nothing(), Cell::new(0));
        let out = Err(ObjectFault::LenderFailing);
        let waiting = join_all((0..1000).map(|_| ask(&kept, &asked, out))).await;
        assert!(waiting.iter().all(|it| *it == Err(ObjectFault::LenderFailing)), "{waiting:?}");
        assert_eq!(asked.get(), 1);
        advance(Duration::from_millis(1)).await;
        assert_eq!(ask(&kept, &asked, Ok(None)).await, Ok(2));
    }
}

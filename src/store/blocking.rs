//! Work that waits for a disk, done on a thread of its own so that everything else goes on.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How many pieces of work are in hand.
static IN_HAND: Mutex<usize> = Mutex::new(0);

/// Told when one of them has ended.
static ENDED: Condvar = Condvar::new();

/// A piece of work, until its end.
struct InHand;

fn in_hand() -> MutexGuard<'static, usize> {
    IN_HAND.lock().unwrap_or_else(PoisonError::into_inner)
}

impl InHand {
    fn begin() -> Self {
        *in_hand() += 1;
        Self
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        *in_hand() -= 1;
        ENDED.notify_all();
    }
}

/// Does a piece of work on another thread; on this one where nothing else could go on meanwhile,
/// which is outside of a runtime. Work that was begun goes on to its end, also where nobody waits
/// for it any more.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let Ok(runtime) = Handle::try_current() else { return work() };
    let (sender, receiver) = oneshot::channel();
    let in_hand = InHand::begin();
    let task = runtime.spawn_blocking(move || {
        // Until the result is handed over, or dropped where nobody takes it.
        let _in_hand = in_hand;
        let _ = sender.send(work());
    });
    match receiver.await {
        Ok(done) => done,
        Err(_) => match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Err(Ok(panic)) => resume_unwind(panic),
            // The runtime is being shut down, and whoever waits here with it.
            Ok(()) | Err(Err(_)) => pending().await,
        },
    }
}

/// Waits, on this thread, for all work that was begun: the process may end after that without
/// cutting anything in two.
pub fn settled() {
    let mut number = in_hand();
    while *number > 0 {
        number = ENDED.wait(number).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use std::thread::current;

    use super::*;

    #[test]
    fn outside_of_a_runtime_work_is_done_at_once_and_inside_on_another_thread() {
        use futures_util::FutureExt;

        let here = current().id();
        assert_eq!(blocking(|| current().id()).now_or_never(), Some(here));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_ne!(runtime.block_on(blocking(|| current().id())), here);
    }

    #[test]
    fn work_that_nobody_waits_for_ends_before_the_process_may() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (told, hear) = std::sync::mpsc::channel();
        runtime.block_on(async {
            let work = blocking(move || {
                wait.recv().unwrap();
                told.send(()).unwrap();
            });
            tokio::select! {
                biased;
                () = work => panic!("it waits"),
                () = tokio::task::yield_now() => {}
            }
        });
        go.send(()).unwrap();
        settled();
        assert_eq!(hear.try_recv(), Ok(()));
    }

    #[test]
    #[should_panic(expected = "a fault")]
    fn a_panic_of_the_work_is_that_of_whoever_waits() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(blocking(|| panic!("a fault")));
    }
}

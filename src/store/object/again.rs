//! What may be asked more than once is asked again where that may end in another way.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::fault::ObjectFault;
use super::problem::ObjectProblem;

/// How often it is asked.
const MOST_TRIES: u32 = 3;

/// The wait before the second try; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// How long after the first try began no other begins: what waits for the answer has a lease, or a
/// person, that does not wait for ever.
const LONGEST: Duration = Duration::from_secs(45);

/// Asks until there is an answer, or a problem that does not pass, or none of the tries is left.
pub(super) async fn again<T, F>(
    passes: impl Fn(ObjectFault) -> bool,
    mut ask: impl FnMut() -> F,
) -> Result<T, ObjectProblem>
where
    F: Future<Output = Result<T, ObjectProblem>>,
{
    let (begun, mut wait, mut left) = (Instant::now(), FIRST_WAIT, MOST_TRIES);
    loop {
        left -= 1;
        match ask().await {
            Err(problem) if passes(problem.fault) && left > 0 && begun.elapsed() < LONGEST => {
                sleep(wait).await;
            }
            other => return other,
        }
        wait *= 2;
    }
}

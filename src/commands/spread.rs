//! Work on many things that does not wait for anything: on all cores.

/// How many things make it worth while.
const WORTH_SPREADING: usize = 16;

/// Does something with each of several things, in their order; on all cores where there are many.
pub(super) fn spread<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if things.len() < WORTH_SPREADING {
        return things.iter().map(work).collect();
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = things.len().div_ceil(cores);
    std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = things
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

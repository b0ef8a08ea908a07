//! How many instances are spoken to at once. Work takes a slot for as long as it speaks to its
//! instance, gives it to others while it only waits, and for good once it has spoken.

use std::cell::Cell;
use std::future::Future;

use futures_util::stream::{self, StreamExt};
use tokio::sync::Semaphore;

/// The slots of a run. Work that comes back from a wait goes before work that has not begun, so
/// that what was begun ends soon.
#[derive(Debug)]
struct Slots {
    number: usize,
    free: Semaphore,
    handed_over: Semaphore,
    returning: Cell<usize>,
    /// How many pieces of work have left theirs and go on.
    leaving: Cell<usize>,
}

/// A slot that is taken.
#[derive(Debug)]
pub struct Slot<'a> {
    slots: &'a Slots,
    hold: Cell<SlotHold>,
}

/// What a piece of work has of its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SlotHold {
    Held,
    Lent,
    Left,
}

impl Slots {
    fn new(number: usize) -> Self {
        let number = number.max(1);
        let free = Semaphore::new(number);
        let (returning, leaving) = (Cell::new(0), Cell::new(0));
        Self { number, free, handed_over: Semaphore::new(0), returning, leaving }
    }

    async fn take(&self) -> Slot<'_> {
        // The semaphore is never closed.
        if let Ok(permit) = self.free.acquire().await {
            permit.forget();
        }
        Slot { slots: self, hold: Cell::new(SlotHold::Held) }
    }

    async fn take_back(&self) {
        if let Ok(permit) = self.free.try_acquire() {
            permit.forget();
            return;
        }
        self.returning.set(self.returning.get() + 1);
        let mut returner = Returner { slots: self, is_waiting: true };
        if let Ok(permit) = self.handed_over.acquire().await {
            permit.forget();
        }
        returner.is_waiting = false;
    }

    fn give_back(&self) {
        match self.returning.get() {
            0 => self.free.add_permits(1),
            waiting => {
                self.returning.set(waiting - 1);
                self.handed_over.add_permits(1);
            }
        }
    }
}

/// Work that waits for a slot to come back to; it may be given up before there is one.
struct Returner<'a> {
    slots: &'a Slots,
    is_waiting: bool,
}

impl Drop for Returner<'_> {
    fn drop(&mut self) {
        if !self.is_waiting {
            return;
        }
        match self.slots.returning.get() {
            // A slot was handed over already, to nobody as it turns out.
            0 => {
                if let Ok(permit) = self.slots.handed_over.try_acquire() {
                    permit.forget();
                    self.slots.give_back();
                }
            }
            waiting => self.slots.returning.set(waiting - 1),
        }
    }
}

impl Slot<'_> {
    /// Lets others have the slot while the work waits for something that is none of its requests.
    /// The only slot is not lent: who asks for one at a time means one after another.
    pub async fn lend(&self, wait: impl Future<Output = ()>) {
        if self.slots.number == 1 {
            return wait.await;
        }
        self.hold.set(SlotHold::Lent);
        self.slots.give_back();
        wait.await;
        self.slots.take_back().await;
        self.hold.set(SlotHold::Held);
    }

    /// Lets others have the slot for good, where the work makes no further request. The only slot is
    /// kept to the end of the work, for the same reason as it is not lent, and so is any where as many
    /// as there are slots go on without one: what is begun would not end as fast as it begins.
    pub fn leave(&self) {
        let Slots { number, leaving, .. } = self.slots;
        if self.hold.get() == SlotHold::Held && *number > 1 && leaving.get() < *number {
            leaving.set(leaving.get() + 1);
            self.hold.set(SlotHold::Left);
            self.slots.give_back();
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        match self.hold.get() {
            SlotHold::Held => self.slots.give_back(),
            SlotHold::Lent => {}
            SlotHold::Left => self.slots.leaving.set(self.slots.leaving.get() - 1),
        }
    }
}

/// Does a piece of work for each item, `at_once` of them side by side, and gives the results in the
/// order of the items. One that takes long keeps no other from its turn.
pub async fn side_by_side<I, T>(
    at_once: usize,
    items: impl IntoIterator<Item = I>,
    work: impl AsyncFn(I, &Slot<'_>) -> T,
) -> Vec<T> {
    let slots = Slots::new(at_once);
    let (slots, work) = (&slots, &work);
    let pieces = items.into_iter().enumerate().map(async |(number, item)| {
        let slot = slots.take().await;
        // On the heap once it begins: what waits for its turn costs next to nothing.
        (number, Box::pin(work(item, &slot)).await)
    });
    let mut done: Vec<(usize, T)> =
        stream::iter(pieces).buffer_unordered(usize::MAX).collect().await;
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn results_come_in_the_order_of_the_items() {
        let waits = [3_u32, 1, 2];
        let done = side_by_side(3, waits, async |wait, _: &Slot<'_>| {
            sleep(SECOND * wait).await;
            wait
        });
        assert_eq!(done.await, waits);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_one_keeps_no_other_from_its_turn() {
        let start = Instant::now();
        let waits = [6, 1, 1, 1, 1, 1, 1];
        side_by_side(2, waits, async |wait, _: &Slot<'_>| sleep(SECOND * wait).await).await;
        assert_eq!(start.elapsed(), 6 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_run_at_once_than_there_are_slots() {
        let (running, most) = (Cell::new(0_usize), Cell::new(0));
        side_by_side(4, 0..20, async |_, _: &Slot<'_>| {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            sleep(SECOND).await;
            running.set(running.get() - 1);
        })
        .await;
        assert_eq!(most.get(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn waits_of_many_are_one_wait() {
        let start = Instant::now();
        side_by_side(2, 0..50, async |_, slot: &Slot<'_>| slot.lend(sleep(3 * SECOND)).await).await;
        assert_eq!(start.elapsed(), 3 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_loses_no_slot() {
        let start = Instant::now();
        side_by_side(2, 0..8, async |number, slot: &Slot<'_>| {
            if number < 4 {
                let _ = timeout(SECOND, slot.lend(sleep(SECOND / 2))).await;
            } else {
                sleep(4 * SECOND).await;
            }
        })
        .await;
        assert_eq!(start.elapsed(), 8 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_begun_goes_on_before_what_was_not() {
        let told = RefCell::new(Vec::new());
        side_by_side(2, 0..4, async |number, slot: &Slot<'_>| {
            told.borrow_mut().push(format!("{number} begins"));
            match number {
                0 => slot.lend(sleep(SECOND)).await,
                1 => sleep(4 * SECOND).await,
                _ => sleep(2 * SECOND).await,
            }
            told.borrow_mut().push(format!("{number} ends"));
        })
        .await;
        let expected = [
            "0 begins", "1 begins", "2 begins", "2 ends", "0 ends", "3 begins", "1 ends", "3 ends",
        ];
        assert_eq!(*told.borrow(), expected);
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_left_its_slot_keeps_no_other_from_its_turn() {
        let start = Instant::now();
        side_by_side(2, 0..8, async |_, slot: &Slot<'_>| {
            sleep(2 * SECOND).await;
            slot.leave();
            slot.leave();
            sleep(SECOND).await;
        })
        .await;
        assert_eq!(start.elapsed(), 9 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_go_on_without_a_slot_than_there_are_slots() {
        let (running, most) = (Cell::new(0_usize), Cell::new(0));
        side_by_side(2, 0..8, async |_, slot: &Slot<'_>| {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            slot.leave();
            sleep(SECOND).await;
            running.set(running.get() - 1);
        })
        .await;
        assert_eq!(most.get(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn with_one_slot_everything_goes_one_after_another() {
        let start = Instant::now();
        side_by_side(1, 0..3, async |_, slot: &Slot<'_>| {
            slot.lend(sleep(SECOND)).await;
            slot.leave();
            sleep(SECOND).await;
        })
        .await;
        assert_eq!(start.elapsed(), 6 * SECOND);
    }
}

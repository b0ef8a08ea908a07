//! How many files this process may have open at once, and how many of them the locks of a run may
//! keep. Where there are fewer than targets, some targets are locked only while they are at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So few files every system allows to be open.
const FEW: usize = 16;

/// Locks may keep one of so many descriptors. The others are for what is at work: a connection, a
/// lock, and a state that is being read or written.
const SHARE: usize = 2;

/// How many files may be open at once, after the limit was raised as far as the system lets anybody.
pub fn most_open_files() -> usize {
    let raised = rlimit::increase_nofile_limit(u64::MAX);
    raised.map_or(FEW, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// The descriptors that locks may keep.
#[derive(Debug)]
pub(super) struct KeptDescriptors {
    left: AtomicUsize,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct KeptDescriptor(Arc<KeptDescriptors>);

impl KeptDescriptors {
    /// Those for the locks of so many targets.
    pub(super) fn of(targets: usize) -> Self {
        Self::new(if targets <= FEW { targets } else { most_open_files() / SHARE })
    }

    /// So many.
    pub(super) const fn new(number: usize) -> Self {
        Self { left: AtomicUsize::new(number) }
    }

    /// One of those that are left, where any is.
    pub(super) fn take(self: &Arc<Self>) -> Option<KeptDescriptor> {
        let one_less = |left: usize| left.checked_sub(1);
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
        taken.is_ok().then(|| KeptDescriptor(Arc::clone(self)))
    }
}

impl Drop for KeptDescriptor {
    fn drop(&mut self) {
        self.0.left.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_that_is_given_back_can_be_taken_again() {
        let kept = Arc::new(KeptDescriptors::new(2));
        let first = kept.take();
        let second = kept.take();
        assert!(first.is_some() && second.is_some() && kept.take().is_none());
        drop(first);
        assert!(kept.take().is_some());
    }
}

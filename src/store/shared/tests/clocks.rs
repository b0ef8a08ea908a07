//! A hold by a clock that was wrong.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_hold_that_ends_later_than_any_can_is_cleared_by_whoever_knows_that_its_run_has_ended() {
    for (ahead, told) in [
        (61, "the store's clock is 1 minute behind what it was when a run took the state"),
        (3600, "the store's clock is 60 minutes behind"),
        (7200, "the store's clock is 2 hours behind"),
        (400 * 86_400, "the store's clock is 400 days behind"),
    ] {
        let memory = Reached::new();
        let until = memory.clock().now().lease_until() + ahead;
        memory.set(&begun("a", state(0)).leased(until).to_bytes());
        let store = memory.store();
        let error = error_of(store.lock().await);
        assert_eq!(error.code().as_str(), "clocks-apart");
        let said = error.to_string();
        assert!(said.contains(told) && said.contains(": process 7 on a until "), "{said}");
        assert!(error.help().contains("`clerkform state unlock --yes`"));
        let lock = store.lock_after_all().await.unwrap();
        let left = lock.found().unwrap().state.unlock().unwrap();
        lock.write(&left).await.unwrap();
        assert_eq!(memory.state().in_flight, None);
        assert_eq!(memory.state().uncertain, begun("a", state(0)).uncertain_fields());
    }
    // A run that may still be alive keeps its hold.
    let memory = Reached::new();
    memory.set(&begun("a", state(0)).leased(memory.clock().now().lease_until()).to_bytes());
    let error = error_of(memory.store().lock_after_all().await);
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
}

//! Many runs that want one state at the same time, each with connections of its own.

use std::path::Path;

use clerkform::state::{InstanceRef, IntendedCall, Intent, ServiceKind, State};
use clerkform::store::location::{Named, StatePlacement};
use clerkform::store::{Store, open};
use futures_util::future::join_all;
use serde_json::{Map, json};

use crate::place::Stored;
use crate::support::object_servers::Kind;

const WRITERS: usize = 16;
const ROUNDS: usize = 20;

/// The state of a place, as a run of its own sees it.
pub fn store(stored: &Stored) -> Box<dyn Store> {
    let placement = StatePlacement::parse(Some(&stored.state)).unwrap();
    let target = Named { config: "clerk.yaml", environment: None };
    let folder: &Path = stored.place.folder.path();
    open(&placement, &[target], ServiceKind::Live, folder).unwrap().pop().unwrap()
}

/// The state of a run that is about to set one field.
pub fn begun(state: Option<State>, run: &str) -> State {
    let fresh = || State::fresh("a lineage".to_owned(), None, InstanceRef::default());
    let body = Map::from_iter([("blocklist".to_owned(), json!(true))]);
    let intent = Intent {
        run: run.to_owned(),
        by: "7 on a.host".to_owned(),
        lease_until: None,
        calls: vec![IntendedCall { section: "restrictions".to_owned(), body }],
    };
    state.unwrap_or_else(fresh).begin(intent, InstanceRef::default())
}

pub fn race(kind: Kind) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stored = Stored::new(kind);
        let runs: Vec<_> = (0..WRITERS).map(|_| store(&stored)).collect();
        for round in 0..ROUNDS {
            let locks = join_all(runs.iter().map(|run| run.lock())).await;
            let locks: Vec<_> = locks.into_iter().map(Result::unwrap).collect();
            let writes = locks.iter().enumerate().map(|(number, lock)| async move {
                let found = lock.found().map(|found| found.state.clone());
                let state = begun(found, &number.to_string());
                lock.write(&state).await.map(|()| state)
            });
            let written = join_all(writes).await;
            let winners: Vec<_> = written.iter().filter_map(|it| it.as_ref().ok()).collect();
            assert_eq!(winners.len(), 1, "{round}: {written:?}");
            for loser in written.iter().filter_map(|it| it.as_ref().err()) {
                assert_eq!(loser.code().as_str(), "locked", "{round}: {loser}");
            }
            let there = stored.parsed().unwrap();
            let run = there.in_flight.as_ref().unwrap().run.clone();
            assert_eq!(run, winners[0].in_flight.as_ref().unwrap().run);
            assert_eq!(there.serial, winners[0].serial);
            let winner: usize = run.parse().unwrap();
            locks[winner].record(winners[0].clone(), None).await.unwrap();
            assert_eq!(stored.parsed().unwrap().serial, there.serial + 1);
        }
    });
}

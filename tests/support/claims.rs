//! What a state may claim of a service, whatever became of the run that wrote it.

use std::collections::BTreeMap;

use clerkform::catalog::SECTIONS;
use clerkform::config::{SourceFile, check};
use clerkform::state::State;
use serde_json::{Map, Value};

use super::fake::{Asked, Fake};

/// What a service holds, by section and field.
pub type World = BTreeMap<(&'static str, String), Value>;

/// A call that a service was sent: its section and its body.
pub type Sent = (&'static str, Map<String, Value>);

/// The call that a request is; `None` where it is none.
pub fn call_of(asked: &Asked) -> Option<Sent> {
    let path = asked.what.strip_prefix("PATCH ")?;
    let section = SECTIONS.iter().find(|section| section.path == path)?;
    Some((section.name, serde_json::from_str(&asked.body).ok()?))
}

/// The calls that a service was sent, in their order, once everything has arrived.
pub fn sent(fake: &Fake) -> Vec<Sent> {
    fake.settle();
    fake.asked().iter().filter_map(call_of).collect()
}

/// What a service holds after calls.
pub fn after<'a>(calls: impl IntoIterator<Item = &'a Sent>) -> World {
    let values = calls.into_iter().flat_map(|(section, body)| {
        body.iter().map(|(field, value)| ((*section, field.clone()), value.clone()))
    });
    values.collect()
}

/// A state is certain of nothing but what the service holds, and knows of everything that a run has
/// sent; of what went unanswered it is not certain.
pub fn assert_truthful(state: &State, world: &World, run: &[Sent], open: &[Sent], told: &str) {
    let known = state.known();
    for ((section, field), known) in &known {
        if let Some(claimed) = known.certain() {
            let held = world.get(&(*section, (*field).to_owned()));
            assert_eq!(held, Some(claimed), "{told}: {section}.{field}");
        }
    }
    for (calls, is_open) in [(run, false), (open, true)] {
        for (section, body) in calls {
            for (field, value) in body {
                let is_covered = known.get(&(*section, field.as_str())).is_some_and(|known| {
                    known.uncertain || (!is_open && known.recorded == Some(value))
                });
                assert!(is_covered, "{told}: {section}.{field} was sent and is not known");
            }
        }
    }
}

/// The service holds what a configuration without environments asks for.
pub fn assert_as_wanted(world: &World, file: &str, told: &str) {
    let source = SourceFile::new("clerk.yaml", file.as_bytes()).expect("it is text");
    let configuration = check(&source).configuration.expect("it is valid");
    for setting in configuration.desired(None).expect("it has no environments").settings {
        let (section, field) = (setting.section.name, setting.field.name);
        let held = world.get(&(section, field.to_owned()));
        assert_eq!(held, Some(&*setting.value), "{told}: {section}.{field}");
    }
}

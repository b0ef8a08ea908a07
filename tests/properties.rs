//! Random histories against a model of the service that loses answers: the plan is minimal, a
//! state claims nothing that was not accepted, and a run without faults converges.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use clerkform::catalog::{Kind, Read, SECTIONS, Shape, section};
use clerkform::config::{Desired, SourceFile, check};
use clerkform::plan::{
    Call, Plan, Reason, TargetPlan, between, checksum, document, drift, parse, unrecorded,
};
use clerkform::state::{
    self, InstanceRef, IntendedCall, Intent, Live, Seen, Settlement, State, compare,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// What the service holds, by section and field.
type World = BTreeMap<(String, String), Value>;

/// What becomes of one call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Answered,
    AnswerLost,
    NeverArrived,
    Refused,
    Killed,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Answered),
        1 => Just(Fate::AnswerLost),
        1 => Just(Fate::NeverArrived),
        1 => Just(Fate::Refused),
        1 => Just(Fate::Killed),
    ]
}

/// A value that a field may hold, from its entry in the catalogue.
fn value(kind: Kind, nullable: bool) -> BoxedStrategy<Value> {
    let text = |shape: Shape| match shape {
        Shape::Any => prop_oneof![Just("5"), Just("canary"), Just("")].boxed(),
        Shape::Email => prop_oneof![Just("a@example.com"), Just("b@example.com")].boxed(),
        Shape::Origin => prop_oneof![Just("my-app://a"), Just("http://localhost:3000")].boxed(),
        Shape::Alphanumeric => prop_oneof![Just("noreply"), Just("a1")].boxed(),
        Shape::Country => prop_oneof![Just("FR"), Just("DE")].boxed(),
        Shape::Subdomain => prop_oneof![Just("a.example.com"), Just("*.example.com")].boxed(),
        Shape::OneOf(words) => proptest::sample::select(words).boxed(),
    };
    let values = match kind {
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Integer { minimum } => (minimum..minimum + 4).prop_map(Value::from).boxed(),
        Kind::Text(shape) => text(shape).prop_map(Value::from).boxed(),
        Kind::Set(shape) => proptest::sample::subsequence(
            match shape {
                Shape::Origin => vec!["my-app://a", "my-app://b", "capacitor://localhost"],
                Shape::Country => vec!["FR", "DE", "US"],
                Shape::Subdomain => vec!["a.example.com", "b.example.com", "*.example.com"],
                Shape::OneOf(words) => words.to_vec(),
                Shape::Any | Shape::Email | Shape::Alphanumeric => {
                    vec!["a@example.com", "b@example.com"]
                }
            },
            1..=2,
        )
        .prop_shuffle()
        .prop_map(|items| json!(items))
        .boxed(),
    };
    if nullable { prop_oneof![6 => values, 1 => Just(Value::Null)].boxed() } else { values }
}

/// A configuration without deprecated fields, as JSON (which is YAML).
fn configuration() -> impl Strategy<Value = Value> {
    let mut fields = Vec::new();
    for section in SECTIONS {
        for field in
            section.fields.iter().filter(|field| !field.is_deprecated() && field.same_as.is_none())
        {
            let value = proptest::option::of(value(field.kind, field.nullable));
            fields.push(value.prop_map(move |value| (section.name, field.name, value)));
        }
    }
    fields.prop_map(|chosen| {
        let mut sections: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for (section, field, value) in chosen {
            if let Some(value) = value {
                sections.entry(section).or_default().insert(field.to_owned(), value);
            }
        }
        json!(sections)
    })
}

fn desired(configuration: &Value) -> Desired {
    let source = SourceFile::new("clerk.yaml", configuration.to_string().as_bytes()).unwrap();
    let checked = check(&source);
    let problems = format!("{:?}", checked.findings);
    checked.configuration.expect(&problems).desired(None).unwrap()
}

/// What an environment of a file is to be.
fn desired_of(base: &Value, overlay: &Value) -> Desired {
    let mut file = base.clone();
    file["environments"] = json!({"e": overlay});
    let source = SourceFile::new("clerk.yaml", file.to_string().as_bytes()).unwrap();
    let checked = check(&source);
    let problems = format!("{:?}", checked.findings);
    checked.configuration.expect(&problems).desired(Some("e")).unwrap()
}

/// The same, written out as a file without environments.
fn merged(base: &Value, overlay: &Value) -> Value {
    let mut merged = base.clone();
    for (section, fields) in overlay.as_object().unwrap() {
        for (field, value) in fields.as_object().unwrap() {
            merged[section][field] = value.clone();
        }
    }
    merged
}

/// The bodies of a target's calls.
fn bodies(plan: &TargetPlan) -> Vec<(&'static str, Map<String, Value>)> {
    plan.calls.iter().map(|call| (call.section.name, call.body())).collect()
}

fn wanted(configuration: &Value) -> World {
    let mut world = World::new();
    for (section, fields) in configuration.as_object().unwrap() {
        for (field, value) in fields.as_object().unwrap() {
            world.insert((section.clone(), field.clone()), value.clone());
        }
    }
    world
}

fn accept(world: &mut World, call: &Call) {
    for (field, value) in call.body() {
        world.insert((call.section.name.to_owned(), field), value);
    }
}

/// One run, as `apply` makes it; a kill leaves the intent behind.
fn run(
    state: State,
    plan: &TargetPlan,
    world: &mut World,
    fates: &mut dyn Iterator<Item = Fate>,
) -> State {
    let intent = Intent {
        run: "r".to_owned(),
        by: "b".to_owned(),
        lease_until: None,
        calls: plan
            .calls
            .iter()
            .map(|call| IntendedCall { section: call.section.name.to_owned(), body: call.body() })
            .collect(),
    };
    let begun = state.begin(intent, InstanceRef::default());
    let mut state = begun.clone();
    for call in &plan.calls {
        let fate = fates.next().unwrap_or(Fate::Answered);
        let settlement = match fate {
            Fate::Answered => {
                accept(world, call);
                let body = call.body();
                let echo = call.section.echo.map(|_| body.clone());
                Settlement::Accepted(compare(call.section, &body, echo.as_ref()))
            }
            Fate::AnswerLost => {
                accept(world, call);
                Settlement::Unknown
            }
            Fate::NeverArrived => Settlement::Unknown,
            Fate::Refused => Settlement::Refused,
            Fate::Killed => return begun,
        };
        state = state.settle(call.section.name, &call.body(), &settlement);
    }
    let released = &plan.released;
    state.release(released.iter().map(|gone| (gone.section.as_str(), gone.field.as_str()))).end()
}

/// What can be read of the service.
fn read(world: &World) -> Live {
    let mut live = Live::default();
    for section in SECTIONS {
        for field in section.fields.iter().filter(|field| field.read == Read::Shown) {
            if let Some(value) = world.get(&(section.name.to_owned(), field.name.to_owned())) {
                live.show(
                    section,
                    field,
                    Seen { value: value.clone(), source: state::Source::Echo },
                );
            }
        }
    }
    live
}

/// Somebody changes what can be read behind the tool's back.
fn tamper(world: &mut World, configuration: &Value) {
    for ((section_name, name), value) in wanted(configuration) {
        let field = section(&section_name).unwrap().field(&name).unwrap();
        if field.read == Read::Shown {
            world.insert((section_name, name), value);
        }
    }
}

fn is_minimal(plan: &TargetPlan) -> bool {
    plan.calls.iter().all(|call| {
        !call.changes.is_empty()
            && call.changes.iter().all(|change| match &change.before {
                _ if change.reason == Reason::Uncertain => true,
                None => change.reason == Reason::New,
                Some(before) => !change.field.same(before, &change.after),
            })
    })
}

fn claims_are_true(state: &State, world: &World) -> bool {
    state.known().iter().all(|((section, field), known)| match known.recorded {
        Some(recorded) if !known.uncertain => {
            world.get(&((*section).to_owned(), (*field).to_owned())) == Some(recorded)
        }
        _ => true,
    })
}

proptest! {
    #[test]
    fn a_state_claims_nothing_false_and_a_run_without_faults_converges(
        history in proptest::collection::vec((configuration(), proptest::collection::vec(fate(), 3)), 1..6)
    ) {
        let mut world = World::new();
        let mut state = State::fresh("l".to_owned(), None, InstanceRef::default());
        for (configuration, fates) in &history {
            let plan = between(&desired(configuration), Some(&state), None, "s");
            prop_assert!(is_minimal(&plan));
            if !plan.is_empty() {
                state = run(state, &plan, &mut world, &mut fates.iter().copied());
            }
            prop_assert!(claims_are_true(&state, &world), "{state:?}\n{world:?}");
            let written = State::parse(&state.to_bytes()).unwrap();
            prop_assert_eq!(&written, &state);
        }
        let last = &history.last().unwrap().0;
        let plan = between(&desired(last), Some(&state), None, "s");
        if !plan.is_empty() {
            state = run(state, &plan, &mut world, &mut std::iter::empty());
        }
        for (name, value) in wanted(last) {
            // A set that was only put into another order stays as it was sent.
            let field = section(&name.0).unwrap().field(&name.1).unwrap();
            let held = world.get(&name);
            prop_assert!(held.is_some_and(|held| field.same(held, &value)), "{name:?}: {held:?}");
        }
        prop_assert!(between(&desired(last), Some(&state), None, "s").is_empty());
    }

    #[test]
    fn a_refreshed_run_puts_right_what_can_be_read_and_a_second_one_has_nothing_to_do(
        earlier in configuration(),
        fates in proptest::collection::vec(fate(), 3),
        others in configuration(),
        last in configuration(),
    ) {
        let mut world = World::new();
        let mut state = State::fresh("l".to_owned(), None, InstanceRef::default());
        let plan = between(&desired(&earlier), Some(&state), None, "s");
        state = run(state, &plan, &mut world, &mut fates.into_iter());
        tamper(&mut world, &others);

        let (desired, live) = (desired(&last), read(&world));
        let plan = between(&desired, Some(&state), Some(&live), "s");
        let values = unrecorded(&desired, Some(&state), &live);
        state = run(state, &plan, &mut world, &mut std::iter::empty()).record_observed(&values);

        let live = read(&world);
        for setting in desired.settings.iter().filter(|setting| !setting.value.is_null()) {
            if let Some(seen) = live.seen(setting.section, setting.field) {
                prop_assert!(setting.field.same(&seen.value, &setting.value), "{setting:?} {seen:?}");
            }
        }
        prop_assert!(between(&desired, Some(&state), Some(&live), "s").is_empty());
        prop_assert!(unrecorded(&desired, Some(&state), &live).is_empty());
        prop_assert!(drift(&desired, Some(&state), &live, "s").differences().is_empty());
    }

    #[test]
    fn the_order_of_a_set_changes_neither_plan_nor_checksum(configuration in configuration()) {
        let mut turned = configuration.clone();
        for section in turned.as_object_mut().unwrap().values_mut() {
            for value in section.as_object_mut().unwrap().values_mut() {
                if let Value::Array(items) = value {
                    items.reverse();
                }
            }
        }
        let plan = |configuration| Plan { targets: vec![between(&desired(configuration), None, None, "s")], ..Plan::default() };
        prop_assert_eq!(checksum(&plan(&configuration)), checksum(&plan(&turned)));
        let mut world = World::new();
        let fresh = State::fresh("l".to_owned(), None, InstanceRef::default());
        let first = between(&desired(&configuration), Some(&fresh), None, "s");
        let state = run(fresh, &first, &mut world, &mut std::iter::empty());
        prop_assert!(between(&desired(&turned), Some(&state), None, "s").is_empty());
    }

    #[test]
    fn an_environment_is_what_a_file_with_its_fields_over_the_base_is(
        base in configuration(),
        overlay in configuration(),
        earlier in configuration(),
    ) {
        let (layered, plain) = (desired_of(&base, &overlay), desired(&merged(&base, &overlay)));
        let mut world = World::new();
        let fresh = State::fresh("l".to_owned(), Some("e".to_owned()), InstanceRef::default());
        let first = between(&desired(&earlier), Some(&fresh), None, "s");
        let state = run(fresh, &first, &mut world, &mut std::iter::empty());
        let plan = between(&layered, Some(&state), None, "s");
        let other = between(&plain, Some(&state), None, "s");
        prop_assert_eq!(bodies(&plan), bodies(&other));
        prop_assert_eq!(&plan.released, &other.released);
        let state = run(state, &plan, &mut world, &mut std::iter::empty());
        prop_assert!(between(&plain, Some(&state), None, "s").is_empty());
    }

    #[test]
    fn a_saved_plan_of_a_fleet_is_read_as_it_was_written(
        files in proptest::collection::vec((configuration(), configuration()), 1..5),
    ) {
        let targets: Vec<_> = files
            .iter()
            .map(|(base, overlay)| between(&desired_of(base, overlay), None, None, "s"))
            .collect();
        let calls: usize = targets.iter().map(|plan| plan.calls.len()).sum();
        let fleet = Plan { targets, ..Plan::default() };
        prop_assert_eq!((fleet.totals().targets, fleet.totals().calls), (files.len(), calls));
        let document = document::PlanDocument::from(&fleet);
        let read = parse(&serde_json::to_vec(&document).unwrap()).unwrap();
        prop_assert_eq!(document::PlanDocument::from(&read), document);
    }

    #[test]
    fn a_saved_plan_is_read_as_it_was_written(configuration in configuration()) {
        let plan = Plan { targets: vec![between(&desired(&configuration), None, None, "s")], ..Plan::default() };
        let saved = serde_json::to_vec(&document::PlanDocument::from(&plan)).unwrap();
        let read = parse(&saved).unwrap();
        prop_assert_eq!(checksum(&read), checksum(&plan));
        prop_assert_eq!(document::PlanDocument::from(&read), document::PlanDocument::from(&plan));
    }
}

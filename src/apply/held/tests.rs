use serde_json::{Value, json};

use super::*;
use crate::catalog::SECTIONS;
use crate::config::{Desired, SourceFile, check};
use crate::state::{Live, Seen, Source as Where};
use crate::store::FileStore;

fn desired(yaml: &str) -> Desired {
    let checked = check(&SourceFile::new("clerk.yaml", yaml.as_bytes()).unwrap());
    let problems = format!("{:?}", checked.findings);
    checked.configuration.expect(&problems).desired(None).unwrap()
}

/// A state with these members and the rest of them empty; `null` is no state.
fn stored(members: &Value) -> Option<Stored> {
    let mut state = json!({
        "format_version": 1, "lineage": "l", "serial": 3, "environment": null,
        "instance": {"id": null, "environment_type": null},
        "applied": {}, "uncertain": {}, "unreflected": {}, "in_flight": null,
    });
    for (name, value) in members.as_object()? {
        state[name] = value.clone();
    }
    Some(Stored::parse(state.to_string().as_bytes()).unwrap())
}

/// What was read: the fields that are given; every other one is hidden. `null` is no read.
fn live(values: &Value) -> Option<Live> {
    let values = values.as_object()?;
    let mut live = Live::default();
    for section in SECTIONS {
        for field in section.fields {
            match values.get(section.name).and_then(|fields| fields.get(field.name)) {
                Some(value) => {
                    let seen = Seen { value: value.clone(), source: Where::Get };
                    live.show(section, field, seen);
                }
                None => live.hide(section, field, "hidden".to_owned()),
            }
        }
    }
    Some(live)
}

/// The plan as it was shown for the state that was there then.
fn shown(desired: &Desired, state: Option<&Stored>, live: Option<&Live>) -> TargetPlan {
    let plan = between(desired, state.map(|it| &it.state), live, "s");
    plan.read_from(state.map(|it| it.digest.clone()))
}

/// What is left, as `sent; released; done meanwhile`, or the refusal.
fn told(result: Result<Held<'_>, ApplyError>) -> String {
    let names = |names: Vec<String>| if names.is_empty() { "-".into() } else { names.join(" ") };
    match result {
        Ok(Held { plan, meanwhile }) => {
            let sent =
                plan.sent().map(|(section, it)| format!("{}.{}", section.name, it.field.name));
            let released = plan.released.iter().map(|it| format!("{}.{}", it.section, it.field));
            assert!(plan.calls.iter().all(|call| !call.changes.is_empty()), "an empty call");
            format!(
                "{}; {}; {}",
                names(sent.collect()),
                names(released.collect()),
                names(meanwhile)
            )
        }
        Err(refusal) => refusal.to_string(),
    }
}

fn told_of(plan: &TargetPlan, origin: PlanOrigin<'_>, found: Option<&Stored>) -> String {
    let store = FileStore::new("never-read");
    told(held(&TargetRun { plan, origin, store: &store, access: None }, found))
}

const FILE: &str = "instance: {hibp: true, test_mode: true}\nrestrictions: {blocklist: true}\n";
const ALL: &str = "instance.test_mode instance.hibp restrictions.blocklist";

#[test]
fn a_shown_plan_shrinks_to_what_another_run_left_to_do_and_never_grows() {
    let hibp = json!({"applied": {"instance": {"hibp": true}}});
    let instance = json!({"applied": {"instance": {"hibp": true, "test_mode": true}}});
    let all = json!({"applied": {"instance": {"hibp": true, "test_mode": true},
                                 "restrictions": {"blocklist": true}}});
    let more = json!({"applied": {"instance": {"hibp": true, "support_email": "a@b.c"}}});
    let grown = "clerk.yaml: another run changed the state after the plan was shown; this run \
        would now also change ";
    // The state when the plan was shown, the state under the lock, and what is left.
    let table = [
        (json!(null), json!(null), format!("{ALL}; -; -")),
        (json!({}), json!({}), format!("{ALL}; -; -")),
        // Another run has made a state: only what it did not do is left.
        (json!(null), json!({}), format!("{ALL}; -; -")),
        (
            json!(null),
            hibp.clone(),
            "instance.test_mode restrictions.blocklist; -; instance.hibp".to_owned(),
        ),
        (
            json!(null),
            instance,
            "restrictions.blocklist; -; instance.hibp instance.test_mode".to_owned(),
        ),
        (
            json!(null),
            all.clone(),
            "-; -; instance.hibp instance.test_mode restrictions.blocklist".to_owned(),
        ),
        // The state is gone, or says less than it did.
        (hibp.clone(), json!(null), format!("{grown}instance.hibp")),
        (all, hibp.clone(), format!("{grown}instance.test_mode, restrictions.blocklist")),
        // It knows a setting that the file does not have, or has forgotten it.
        (hibp.clone(), more.clone(), format!("{grown}instance.support_email")),
        (
            more.clone(),
            hibp,
            "instance.test_mode restrictions.blocklist; -; instance.support_email".to_owned(),
        ),
        // Written again with the same settings.
        (
            more,
            json!({"serial": 4, "applied": {"instance": {"hibp": true, "support_email": "c@d.e"}}}),
            "instance.test_mode restrictions.blocklist; instance.support_email; -".to_owned(),
        ),
        // Another run was killed: what it sent is asked for although it may have been done.
        (
            json!({}),
            json!({"applied": {"instance": {"hibp": true}}, "uncertain": {"instance": ["hibp"]}}),
            format!("{ALL}; -; -"),
        ),
        // The service does not take it, so that nothing is left to do.
        (
            json!({}),
            json!({"applied": {"instance": {"hibp": false}},
                   "unreflected": {"instance": {"hibp": true}}}),
            "instance.test_mode restrictions.blocklist; -; instance.hibp".to_owned(),
        ),
    ];
    let desired = desired(FILE);
    for (then, now, expected) in table {
        let plan = shown(&desired, stored(&then).as_ref(), None);
        let origin = PlanOrigin::File { desired: &desired, state: None, live: None };
        assert_eq!(told_of(&plan, origin, stored(&now).as_ref()), expected, "{then} {now}");
    }
}

#[test]
fn the_state_decides_where_it_has_learnt_something_since_the_look_and_else_either_asks() {
    let file = "instance: {hibp: true}\n";
    let (off, on) = (json!({"instance": {"hibp": false}}), json!({"instance": {"hibp": true}}));
    let grown = "clerk.yaml: another run changed the state after the plan was shown; this run \
        would now also change instance.hibp";
    let (left, done) = ("instance.hibp; -; -", "-; -; instance.hibp");
    // Recorded then, seen, recorded now.
    let table = [
        // Another run has done it since the look.
        (&off, &off, &on, done),
        (&json!({}), &off, &on, done),
        // The state knows no more of it than it did, so that the look holds.
        (&on, &off, &on, left),
        (&off, &off, &off, left),
        (&off, &json!({}), &on, done),
        // A drift was shown, and is there whatever is recorded by now.
        (&on, &off, &json!({}), left),
        // Nothing was to be done by the read; by the state there is now.
        (&off, &on, &json!({}), grown),
        (&on, &on, &off, grown),
        (&on, &on, &json!({}), grown),
    ];
    let desired = desired(file);
    for (then, seen, now, expected) in table {
        let state = stored(&json!({"applied": then}));
        let live = live(seen);
        let plan = shown(&desired, state.as_ref(), live.as_ref());
        let found = stored(&json!({"applied": now, "serial": 4}));
        let origin = PlanOrigin::File {
            desired: &desired,
            state: state.as_ref().map(|it| &it.state),
            live: live.as_ref(),
        };
        let told = told_of(&plan, origin, found.as_ref());
        assert_eq!(told, expected, "{then} {seen} {now}");
    }
}

#[test]
fn what_was_seen_is_recorded_only_where_the_state_has_not_moved() {
    let desired = desired("instance: {hibp: true, test_mode: true}\n");
    let live = live(&json!({"instance": {"hibp": true, "test_mode": false}}));
    let then = stored(&json!({}));
    let plan = shown(&desired, then.as_ref(), live.as_ref());
    assert!(!plan.observed.is_empty());
    let store = FileStore::new("never-read");
    let known = then.as_ref().map(|it| &it.state);
    let origin = PlanOrigin::File { desired: &desired, state: known, live: live.as_ref() };
    let run = TargetRun { plan: &plan, origin, store: &store, access: None };
    let same = held(&run, then.as_ref()).ok().unwrap();
    assert_eq!(same.plan.observed, plan.observed);
    let moved = stored(&json!({"serial": 4, "applied": {"instance": {"hibp": true}}}));
    let moved = held(&run, moved.as_ref()).ok().unwrap();
    assert_eq!(moved.plan.observed, Values::new());
    assert_eq!(moved.plan.calls, plan.calls);
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_saved_plan_holds_for_the_very_state_that_it_was_made_for() {
    let recorded = json!({"instance": {"hibp": true, "test_mode": true},
                          "restrictions": {"blocklist": true}});
    let then = json!({"applied": {"instance": {"hibp": false}}});
    let with = |members: &[(&str, Value)]| {
        let mut state = then.clone();
        for (name, value) in members {
            state[*name] = value.clone();
        }
        state
    };
    let (three, none) =
        ("the plan was made for serial 3 of the state", "the plan was made for no state at all");
    let other = "settings that this plan does not change were changed";
    let table = [
        (json!(null), json!(null), format!("{ALL}; -; -")),
        (then.clone(), then.clone(), format!("{ALL}; -; -")),
        (then.clone(), json!(null), format!("{three}, and the state is missing now")),
        (
            then.clone(),
            with(&[("lineage", json!("m"))]),
            format!("{three}, and the state is another one now, with a lineage of its own"),
        ),
        // Also where it records all that is asked for: it is not this plan that was applied.
        (
            then.clone(),
            with(&[("lineage", json!("m")), ("serial", json!(4)), ("applied", recorded.clone())]),
            format!("{three}, and the state is another one now, with a lineage of its own"),
        ),
        (
            then.clone(),
            with(&[("serial", json!(4))]),
            format!("{three}, and the state is at serial 4 now: {other}"),
        ),
        (
            then.clone(),
            json!({"serial": 4}),
            format!("{three}, and the state is at serial 4 now: `instance.hibp` was forgotten"),
        ),
        (
            then.clone(),
            with(&[("serial", json!(2))]),
            format!("{three}, and the state is at serial 2 now: {other}"),
        ),
        (
            then.clone(),
            with(&[("applied", json!({"instance": {"hibp": true}}))]),
            format!(
                "{three}, and the state still has serial 3 and holds something else: \
                 `instance.hibp` was set to true"
            ),
        ),
        // All of it is there at the serial of the plan: somebody wrote it by hand.
        (
            then.clone(),
            with(&[("applied", recorded.clone())]),
            format!(
                "{three}, and the state still has serial 3 and holds something else: \
                 `instance.test_mode` was set to true, `instance.hibp` was set to true, \
                 `restrictions.blocklist` was set to true"
            ),
        ),
        (
            json!(null),
            json!({"serial": 1, "applied": {"instance": {"hibp": true}}}),
            format!(
                "{none}, and the state is there now, at serial 1: `instance.hibp` was set to true"
            ),
        ),
        // Recorded, and since then in doubt.
        (
            then.clone(),
            with(&[
                ("applied", recorded),
                ("serial", json!(4)),
                ("uncertain", json!({"restrictions": ["blocklist"]})),
            ]),
            format!(
                "{three}, and the state is at serial 4 now: `instance.test_mode` was set to true, \
                 `instance.hibp` was set to true, `restrictions.blocklist` was set to true"
            ),
        ),
    ];
    let desired = desired(FILE);
    for (then, now, expected) in table {
        let plan = shown(&desired, stored(&then).as_ref(), None);
        let told = told_of(&plan, PlanOrigin::Saved, stored(&now).as_ref());
        assert_eq!(told.trim_start_matches("clerk.yaml: "), expected, "{then} {now}");
    }
}

#[test]
fn a_saved_plan_was_applied_where_a_later_state_records_all_of_it() {
    let now = json!({"serial": 4, "applied": {"instance": {"hibp": true, "test_mode": true},
                                              "restrictions": {"blocklist": true}}});
    let desired = desired(FILE);
    for then in [json!(null), json!({"applied": {"instance": {"hibp": false}}})] {
        let plan = shown(&desired, stored(&then).as_ref(), None);
        assert_eq!(
            told_of(&plan, PlanOrigin::Saved, stored(&now).as_ref()),
            "clerk.yaml: this plan has already been applied: the state, at serial 4, records all \
             of it"
        );
    }
}

#[test]
fn a_saved_plan_that_only_releases_is_applied_once_the_state_has_forgotten() {
    let desired = desired("instance: {hibp: true}\n");
    let hibp = json!({"hibp": true});
    let both = json!({"hibp": true, "test_mode": true});
    let plan = shown(&desired, stored(&json!({"applied": {"instance": both}})).as_ref(), None);
    let now = |members: &Value| told_of(&plan, PlanOrigin::Saved, stored(members).as_ref());
    assert_eq!(
        now(&json!({"serial": 4, "applied": {"instance": hibp}})),
        "clerk.yaml: this plan has already been applied: the state, at serial 4, records all of it"
    );
    let stale = "clerk.yaml: the plan was made for serial 3 of the state, and the state is at \
                 serial 4 now: settings that this plan does not change were changed";
    assert_eq!(now(&json!({"serial": 4, "applied": {"instance": both}})), stale);
    assert_eq!(
        now(&json!({"serial": 4, "applied": {"instance": hibp},
                    "uncertain": {"instance": ["test_mode"]}})),
        stale
    );
}

#[test]
fn a_saved_plan_without_anything_to_do_was_never_applied() {
    let desired = desired("instance: {hibp: true}\n");
    let recorded = json!({"instance": {"hibp": true}});
    let plan = shown(&desired, stored(&json!({"applied": recorded})).as_ref(), None);
    let then = stored(&json!({"applied": recorded}));
    let now = stored(&json!({"applied": recorded, "serial": 4}));
    assert!(unmoved(&plan, then.as_ref()).is_ok());
    let refusal = unmoved(&plan, now.as_ref()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "clerk.yaml: the plan was made for serial 3 of the state, and the state is at serial 4 \
         now: settings that this plan does not change were changed"
    );
}

#[test]
fn a_saved_plan_whose_words_on_its_state_disagree_holds_for_none() {
    let desired = desired(FILE);
    let then = stored(&json!({"applied": {"instance": {"hibp": false}}}));
    let plan = shown(&desired, then.as_ref(), None);
    let is_refused = |edit: &dyn Fn(&mut TargetPlan)| {
        let mut plan = plan.clone();
        edit(&mut plan);
        unmoved(&plan, then.as_ref()).is_err()
    };
    assert!(!is_refused(&|_| {}));
    assert!(is_refused(&|plan| plan.state.serial = 2));
    assert!(is_refused(&|plan| plan.state.lineage = Some("m".to_owned())));
    assert!(is_refused(&|plan| plan.state.digest = Some("0".to_owned())));
    assert!(is_refused(&|plan| plan.state.digest = None));
}

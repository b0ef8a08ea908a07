//! Runs over instances in memory, with a clock that jumps: how long states are waited for, and how
//! often and when an instance is asked.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::fake::{Answering, AskedAt, MemoryStore, Waits, access, desired};
use super::*;
use crate::api::{Access, Body, Reply, Request, RetryBudget};
use crate::catalog::SECTIONS;
use crate::config::Desired;
use crate::live::{ExpectedField, FrontendUse, Wanted, read};
use crate::plan::{TargetPlan, between, expected};
use crate::state::Live;

const SECOND: Duration = Duration::from_secs(1);

/// How many requests the service takes of a development instance in ten seconds; of a production
/// instance it takes ten times as many.
const LIMIT: usize = 100;

/// Every section, and every list that can be emptied, which is read back.
const EVERYTHING: &str = "\
instance: {hibp: true, allowed_origins: []}
restrictions: {blocklist: true}
organization_settings: {enabled: true, domains_enrollment_modes: []}
communication: {blocked_country_codes: []}
protect: {rules_enabled: true}
oauth_application_settings: {pkce_required: true, default_scopes: []}
instance_settings: {test_mode: true}
";

fn options(policy: FailurePolicy) -> ApplyOptions {
    let (retry_budget, lock_deadline) = (60 * SECOND, Instant::now() + 4 * SECOND);
    ApplyOptions { parallelism: 10, retry_budget, lock_deadline, policy }
}

fn reply(status: u16, body: &Value) -> Reply {
    let body = Body::Whole(body.to_string().into_bytes());
    Reply { status, retry_after: None, ray: None, body }
}

fn too_many(wait: Duration) -> Reply {
    Reply { retry_after: Some(wait), ..reply(429, &json!({"errors": []})) }
}

/// What each section shows: all it can be asked for, and nothing that was sent.
fn shown(request: &Request) -> Reply {
    let section = SECTIONS.iter().find(|section| section.path == request.path()).unwrap();
    let object = section.echo.unwrap_or("instance");
    let whole = json!({"object": object, "id": "ins_a", "environment_type": "development"});
    reply(200, &whole)
}

/// The same of another instance.
fn shown_by_another(request: &Request) -> Reply {
    match request {
        Request::Get { .. } => {
            reply(200, &json!({"id": "ins_b", "environment_type": "development"}))
        }
        Request::Patch { .. } => shown(request),
    }
}

/// The same with another value of everything.
fn shown_otherwise(request: &Request) -> Reply {
    let section = SECTIONS.iter().find(|section| section.path == request.path()).unwrap();
    let object = section.echo.unwrap_or("instance");
    let mut whole = json!({"object": object, "id": "ins_a", "environment_type": "development"});
    let desired = desired("a.yaml", EVERYTHING);
    for field in section.fields {
        match desired.value(section.name, field.name) {
            Some(Value::Bool(value)) => whole[field.name] = json!(!value),
            Some(_) => whole[field.name] = json!(["other"]),
            None => {}
        }
    }
    reply(200, &whole)
}

async fn looked_at(desired: &Desired, access: &Access<'_>, stop: &Stop) -> Live {
    let fields = expected(desired, None).into_iter().map(|(setting, value)| ExpectedField {
        section: setting.section,
        field: setting.field,
        value,
    });
    let wanted = Wanted {
        title: desired.title(),
        target: &desired.target,
        recorded: None,
        fields: fields.collect(),
        frontend: FrontendUse::Leave,
    };
    read(access, &wanted, &RetryBudget::default(), stop).await.unwrap_or_default()
}

fn target<'a>(
    plan: &'a TargetPlan,
    desired: &'a Desired,
    store: &'a MemoryStore,
    access: Access<'a>,
) -> TargetRun<'a> {
    let origin = PlanOrigin::File { desired, state: None, live: None };
    TargetRun { plan, origin, store, access: Some(access) }
}

/// The most requests that came within ten seconds of an `apply --refresh` of everything.
async fn most_within_ten_seconds(answering: Answering) -> usize {
    let (asked, stop) = (AskedAt::default(), Stop::never());
    let desired = desired("a.yaml", EVERYTHING);
    looked_at(&desired, &access("a", &asked, answering), &stop).await;
    let plan = between(&desired, None, None, "a.state.json");
    let store = MemoryStore::held("a.state.json", Duration::ZERO);
    let runs = [target(&plan, &desired, &store, access("a", &asked, answering))];
    let (options, progress) = (options(FailurePolicy::CheckAll), Waits::default());
    let checked = check(&runs, PriorRefusals::None, options, &stop, &progress).await.unwrap();
    carry_out(checked.ready.into_values(), options, &stop, &progress).await;
    let times: Vec<Instant> = asked.borrow().iter().map(|(at, _)| *at).collect();
    let within = |from: &Instant| {
        times.iter().filter(|at| (*from..*from + 10 * SECOND).contains(at)).count()
    };
    times.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn no_run_reaches_the_limit_of_a_development_instance() {
    let all = desired("a.yaml", EVERYTHING);
    assert_eq!(between(&all, None, None, "s").calls.len(), SECTIONS.len());
    let table: [(&str, Answering); 6] = [
        ("all is well", |request, _| shown(request)),
        ("all is as it was before", |request, _| shown_otherwise(request)),
        ("nothing can be read", |request, _| match request {
            Request::Get { path: "/v1/instance" } => shown(request),
            Request::Get { .. } => reply(404, &json!({"errors": []})),
            Request::Patch { .. } => reply(204, &json!({})),
        }),
        ("every other answer is 429", |request, before| match before % 2 {
            0 => too_many(Duration::ZERO),
            _ => shown(request),
        }),
        ("five tries are 429", |request, before| match before % 6 {
            0..5 => too_many(Duration::ZERO),
            _ => shown(request),
        }),
        ("it is down", |_, _| reply(503, &json!({"errors": []}))),
    ];
    for (what, answering) in table {
        let most = most_within_ten_seconds(answering).await;
        println!("{what}: {most}");
        assert!(most > 0 && most <= LIMIT / 2, "{what}: {most}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_asks_to_wait_keeps_no_other_one_waiting() {
    let [slow, quick] = [AskedAt::default(), AskedAt::default()];
    let yaml = "restrictions: {blocklist: true}\norganization_settings: {enabled: true}";
    let asked = [("a", &slow), ("b", &quick)];
    let files = asked.map(|(name, _)| desired(&format!("{name}.yaml"), yaml));
    let plans = files.each_ref().map(|file| between(file, None, None, &file.file));
    let stores = files.each_ref().map(|file| MemoryStore::held(&file.file, Duration::ZERO));
    let answering: [Answering; 2] = [
        |request, before| match (request, before) {
            (Request::Patch { .. }, 0) => too_many(30 * SECOND),
            _ => shown(request),
        },
        |request, _| shown_by_another(request),
    ];
    let runs: Vec<TargetRun<'_>> = (0..2)
        .map(|at| {
            let (name, asked) = asked[at];
            target(&plans[at], &files[at], &stores[at], access(name, asked, answering[at]))
        })
        .collect();
    let (stop, progress) = (Stop::never(), Waits::default());
    let options = ApplyOptions { parallelism: 2, ..options(FailurePolicy::CheckAll) };
    let began = Instant::now();
    let checked = check(&runs, PriorRefusals::None, options, &stop, &progress).await.unwrap();
    let done = carry_out(checked.ready.into_values(), options, &stop, &progress).await;
    assert!(done.iter().all(|target| !target.has_failed()), "{done:?}");
    let last = |asked: &AskedAt| asked.borrow().iter().map(|(at, _)| *at - began).max().unwrap();
    assert_eq!(last(&quick), Duration::ZERO);
    // What follows the wait is not told to wait once more, nor sent before its end.
    let waits = slow.borrow().iter().filter(|(at, _)| *at - began < 30 * SECOND).count();
    assert_eq!(waits, 2, "the read and the first call: {slow:?}");
    assert!(last(&slow) >= 60 * SECOND, "each of two calls was told to wait");
}

#[tokio::test(start_paused = true)]
async fn all_states_are_waited_for_within_one_deadline() {
    let asked = AskedAt::default();
    let names = ["a", "b", "c"];
    let yaml = "restrictions: {blocklist: true}";
    let files = names.map(|name| desired(&format!("{name}.yaml"), yaml));
    let plans = files.each_ref().map(|file| between(file, None, None, &file.file));
    let stores = [(&files[0], 3), (&files[1], 6), (&files[2], 0)]
        .map(|(file, seconds)| MemoryStore::held(&file.file, seconds * SECOND));
    let runs: Vec<TargetRun<'_>> = (0..3)
        .map(|at| {
            let access = access(names[at], &asked, |request, _| shown(request));
            target(&plans[at], &files[at], &stores[at], access)
        })
        .collect();
    let (stop, progress) = (Stop::never(), Waits::default());
    let options = options(FailurePolicy::CheckAll);
    let began = Instant::now();
    let checked = check(&runs, PriorRefusals::None, options, &stop, &progress).await.unwrap();
    assert_eq!(checked.refused.keys().collect::<Vec<_>>(), [&1]);
    assert_eq!(began.elapsed(), 4 * SECOND);
    let told = [("a.yaml".to_owned(), 4), ("b.yaml".to_owned(), 1)];
    assert_eq!(progress.0.borrow().as_slice(), told);
    assert!(asked.borrow().is_empty(), "whoever is kept out asks no instance");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_another_run_takes_after_the_checks_is_waited_for_as_well() {
    // Another run holds it for so long; with patience for four seconds it is applied after two.
    for (seconds, ends_after) in [(2, Some(2)), (6, None)] {
        let [overtaken, other] = [AskedAt::default(), AskedAt::default()];
        let asked = [("a", &overtaken), ("b", &other)];
        let yaml = "restrictions: {blocklist: true}";
        let files = asked.map(|(name, _)| desired(&format!("{name}.yaml"), yaml));
        let plans = files.each_ref().map(|file| between(file, None, None, &file.file));
        let stores = files.each_ref().map(|file| MemoryStore::held(&file.file, Duration::ZERO));
        stores[0].overtaken.set(Some(seconds * SECOND));
        let answering: [Answering; 2] =
            [|request, _| shown(request), |request, _| shown_by_another(request)];
        let runs: Vec<TargetRun<'_>> = (0..2)
            .map(|at| {
                let access = access(asked[at].0, asked[at].1, answering[at]);
                target(&plans[at], &files[at], &stores[at], access)
            })
            .collect();
        let (stop, progress) = (Stop::never(), Waits::default());
        let options = options(FailurePolicy::CheckAll);
        let began = Instant::now();
        let checked = check(&runs, PriorRefusals::None, options, &stop, &progress).await.unwrap();
        let done = carry_out(checked.ready.into_values(), options, &stop, &progress).await;
        assert_eq!(progress.0.borrow().as_slice(), [("a.yaml".to_owned(), 4)]);
        assert_eq!(other.borrow().last().unwrap().0, began);
        let patched = |asked: &AskedAt| {
            let asked = asked.borrow();
            let calls = asked.iter().filter(|(_, what)| what.starts_with("PATCH"));
            calls.map(|(at, _)| (*at - began).as_secs()).collect::<Vec<_>>()
        };
        assert_eq!(patched(&overtaken), Vec::from_iter(ends_after));
        assert_eq!(done[0].has_failed(), ends_after.is_none());
        let codes = done[0].calls.iter().filter_map(|call| call.error.as_ref());
        let codes: Vec<_> = codes.map(|error| error.code.to_string()).collect();
        assert_eq!(codes, ends_after.map_or(vec!["locked"], |_| vec![]));
        assert!(!done[1].has_failed());
    }
}

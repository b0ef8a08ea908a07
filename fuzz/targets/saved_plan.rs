//! The bytes of a saved plan, whatever they are. An input that begins with a letter other than that
//! of a document is a configuration, a state and an edit, apart by NULs: the plan that is made of
//! the first two is read as it was written, and the edit of its bytes is found out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stages::config::{SourceFile, check};
use stages::plan::document::PlanDocument;
use stages::plan::{Plan, between, checksum, parse};
use stages::render;
use stages::render::comment::links::SourceLinks;
use stages::render::findings::located::FileLocation;
use stages::render::text::palette::Palette;
use stages::state::State;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(plan) = parse(bytes) {
        assert_is_kept(&plan);
        assert_can_be_shown(&plan);
    }
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let [configuration, state, edit] = parts[..] else { return };
    let Some(plan) = planned(configuration, state) else { return };
    let saved = assert_is_kept(&plan);
    assert_can_be_shown(&plan);
    let Some(edited) = edited(&saved, edit) else { return };
    if let Ok(other) = parse(&edited) {
        // All that an edit may change is how the same JSON is written.
        let [same, before] = [&other, &plan].map(PlanDocument::from);
        assert_eq!(same, before, "{}", String::from_utf8_lossy(&edited));
        assert_eq!(checksum(&other), checksum(&plan));
        assert_is_kept(&other);
        assert_can_be_shown(&other);
    }
});

fn planned(configuration: &[u8], state: &[u8]) -> Option<Plan> {
    let source = SourceFile::new("clerk.yaml", configuration).ok()?;
    let configuration = check(&source).configuration?;
    let state = State::parse(state).ok();
    let environments: Vec<Option<&str>> = configuration.environments().map(Some).collect();
    let environments = if environments.is_empty() { vec![None] } else { environments };
    let targets = environments.into_iter().filter_map(|environment| {
        let desired = configuration.desired(environment)?;
        Some(between(&desired, state.as_ref(), None, "clerk.state.json"))
    });
    Some(Plan { targets: targets.collect(), ..Plan::default() })
}

/// The bytes with a text in the place of another: an edit is a number, the letters that go, and
/// what comes instead.
fn edited(saved: &[u8], edit: &[u8]) -> Option<Vec<u8>> {
    let [high, low, gone, new @ ..] = edit else { return None };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % saved.len();
    let end = (at + usize::from(*gone)).min(saved.len());
    Some([&saved[..at], new, &saved[end..]].concat())
}

/// What is saved is read as it was, and saved again with the same bytes.
fn assert_is_kept(plan: &Plan) -> Vec<u8> {
    let saved = serde_json::to_vec(&PlanDocument::from(plan)).expect("a plan is JSON");
    let again = parse(&saved).expect("a plan that was saved can be read");
    assert_eq!(checksum(&again), checksum(plan));
    let resaved = serde_json::to_vec(&PlanDocument::from(&again)).expect("a plan is JSON");
    assert_eq!(String::from_utf8_lossy(&resaved), String::from_utf8_lossy(&saved));
    saved
}

/// Nothing that a terminal would act on, in any of its views.
fn assert_can_be_shown(plan: &Plan) {
    let sum = checksum(plan);
    let inside = |file: &str| FileLocation::Inside(file.to_owned());
    let links = SourceLinks { commit: None, naming: &inside };
    for shown in [
        render::plan::text::text(plan, &Palette::plain()),
        render::plan::markdown::markdown(plan, &sum, &links),
        render::plan::html::plan(plan, &sum, &links, None),
    ] {
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
    }
}

//! A state for people: which instance it describes, what is applied, and what is not certain.

use std::collections::BTreeMap;

use serde_json::Value;

use super::text::escape::{name, value};
use super::text::palette::{Palette, paint};
use super::text::words::{add, count};
use crate::state::{InstanceRef, Intent, State, Takeover, Values};

/// The state as `state show` tells it. `location` is where it lives, and `takeover` when others may take
/// over from the run of its intent.
pub fn text(
    state: &State,
    location: &str,
    takeover: Option<&Takeover>,
    palette: &Palette,
) -> String {
    let State {
        format_version: _,
        lineage,
        serial,
        environment,
        instance: of,
        applied,
        uncertain,
        unreflected,
        in_flight,
    } = state;
    let mut out = format!("{}\n", paint(palette.strong, name(location)));
    add(&mut out, format_args!("  serial {serial}, lineage {}\n", name(lineage)));
    if let Some(environment) = environment {
        add(&mut out, format_args!("  environment {}\n", name(environment)));
    }
    add(&mut out, format_args!("  {}\n", instance(of)));

    let fields = applied.values().map(BTreeMap::len).sum();
    add(&mut out, format_args!("\n  Applied: {}\n", count(fields, "setting")));
    let plus = paint(palette.added, "+");
    for (section, field, applied) in each(applied) {
        add(&mut out, format_args!("    {plus} {}: {}\n", path(section, field), value(applied)));
    }
    if !uncertain.is_empty() {
        out.push_str(
            "\n  Uncertain: may or may not have taken effect; the next apply sends it again\n",
        );
    }
    let sign = paint(palette.caution, "!");
    for (section, fields) in uncertain {
        for field in fields {
            add(&mut out, format_args!("    {sign} {}\n", path(section, field)));
        }
    }
    if !unreflected.is_empty() {
        out.push_str(
            "\n  Not reflected: accepted, but the service shows another value; `state forget \
             SECTION.FIELD` makes the next apply send it again\n",
        );
    }
    for (section, field, sent) in each(unreflected) {
        let shows = applied.get(section).and_then(|fields| fields.get(field));
        let shows =
            shows.map_or_else(String::new, |it| format!(", the service shows {}", value(it)));
        add(
            &mut out,
            format_args!("    {sign} {}: sent {}{shows}\n", path(section, field), value(sent)),
        );
    }
    if let Some(intent) = in_flight {
        out.push_str(&run(intent, takeover, palette));
    }
    out
}

fn instance(instance: &InstanceRef) -> String {
    let kind = instance.environment_type.map(|kind| format!(" ({kind})")).unwrap_or_default();
    match &instance.id {
        Some(id) => format!("instance {}{kind}", name(id)),
        None => format!("instance without a readable id{kind}"),
    }
}

fn each(values: &Values) -> impl Iterator<Item = (&String, &String, &Value)> {
    values
        .iter()
        .flat_map(|(section, fields)| fields.iter().map(move |(field, it)| (section, field, it)))
}

fn path(section: &str, field: &str) -> String {
    name(&format!("{section}.{field}"))
}

/// The run that has not ended, or was killed, and what it was about to send.
fn run(intent: &Intent, takeover: Option<&Takeover>, palette: &Palette) -> String {
    let Intent { run, by, lease_until: _, calls } = intent;
    let is_over = takeover.is_some_and(|it| it.is_due);
    let has = match (intent.is_tail(), is_over) {
        (true, false) => "has ended; a call of it went unanswered and may take effect yet",
        (true, true) => "has ended; a call of it went unanswered and may have taken effect",
        (false, _) => "has not ended",
    };
    let mut out = format!(
        "\n  In flight: a run by {} {has}\n    run {}\n",
        paint(palette.caution, name(by)),
        name(run)
    );
    if let Some(takeover) = takeover {
        add(&mut out, format_args!("    {}\n", others(intent, takeover)));
    }
    if intent.is_tail() {
        return out;
    }
    let sign = paint(palette.caution, "?");
    for call in calls {
        for (field, sent) in &call.body {
            add(
                &mut out,
                format_args!("    {sign} {}: {}\n", path(&call.section, field), value(sent)),
            );
        }
    }
    add(
        &mut out,
        format_args!(
            "    {}: if that run is gone, the next apply treats its settings as uncertain and sends \
             them again; `clerkform state unlock` marks them without sending anything\n",
            paint(palette.help, "help")
        ),
    );
    out
}

/// What others may do about the run of an intent, and when.
pub(super) fn others(intent: &Intent, takeover: &Takeover) -> String {
    let Takeover { after, is_due } = takeover;
    match (&intent.lease_until, is_due) {
        (Some(until), true) => {
            format!("its lease ended at {}, and the next apply takes over", name(until))
        }
        _ => format!("others may take over after {}", name(after)),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::super::samples::{HOSTILE, is_quiet};
    use super::*;
    use crate::catalog::EnvironmentType;

    const PLAIN: &Palette = &Palette::plain();

    fn state(state: Value) -> State {
        serde_json::from_value(state).unwrap()
    }

    #[test]
    fn a_state_tells_what_is_applied_and_what_is_not_certain() {
        let state = state(json!({
            "format_version": 1, "lineage": "0b9c", "serial": 3, "environment": "production",
            "instance": {"id": "ins_2abc", "environment_type": "production"},
            "applied": {"instance": {"hibp": true, "allowed_origins": ["app://a"]},
                        "restrictions": {"allowlist": false}},
            "uncertain": {"restrictions": ["blocklist"]},
            "unreflected": {"restrictions": {"allowlist": true}},
            "in_flight": {"run": "7d1e", "by": "process 12 on build-3",
                          "lease_until": "2026-01-02T03:04:05Z",
                          "calls": [{"section": "instance", "body": {"hibp": false}}]}
        }));
        let takeover = Takeover { after: "2026-01-02T03:05:05Z".to_owned(), is_due: false };
        let shown = |it| text(&state, "clerk.production.state.json", Some(it), PLAIN);
        assert_snapshot!(shown(&takeover), @r#"
        clerk.production.state.json
          serial 3, lineage 0b9c
          environment production
          instance ins_2abc (production)

          Applied: 3 settings
            + instance.allowed_origins: ["app://a"]
            + instance.hibp: true
            + restrictions.allowlist: false

          Uncertain: may or may not have taken effect; the next apply sends it again
            ! restrictions.blocklist

          Not reflected: accepted, but the service shows another value; `state forget SECTION.FIELD` makes the next apply send it again
            ! restrictions.allowlist: sent true, the service shows false

          In flight: a run by process 12 on build-3 has not ended
            run 7d1e
            others may take over after 2026-01-02T03:05:05Z
            ? instance.hibp: false
            help: if that run is gone, the next apply treats its settings as uncertain and sends them again; `clerkform state unlock` marks them without sending anything
        "#);
        let over = shown(&Takeover { is_due: true, ..takeover.clone() });
        let told = "its lease ended at 2026-01-02T03:04:05Z, and the next apply takes over\n";
        assert!(over.contains(told), "{over}");
    }

    #[test]
    fn an_empty_state_is_short() {
        let state = State {
            format_version: 1,
            lineage: "0b9c".to_owned(),
            serial: 1,
            environment: None,
            instance: InstanceRef {
                id: None,
                environment_type: Some(EnvironmentType::Development),
            },
            applied: Values::new(),
            uncertain: BTreeMap::new(),
            unreflected: Values::new(),
            in_flight: None,
        };
        assert_snapshot!(text(&state, "clerk.state.json", None, PLAIN), @r"
        clerk.state.json
          serial 1, lineage 0b9c
          instance without a readable id (development)

          Applied: 0 settings
        ");
    }

    #[test]
    fn no_state_does_anything_to_a_terminal() {
        let values = json!({ HOSTILE: { HOSTILE: { HOSTILE: HOSTILE } } });
        let state = state(json!({
            "format_version": 1, "lineage": HOSTILE, "serial": 1, "environment": HOSTILE,
            "instance": {"id": HOSTILE, "environment_type": null},
            "applied": values, "unreflected": values, "uncertain": {HOSTILE: [HOSTILE]},
            "in_flight": {"run": HOSTILE, "by": HOSTILE, "lease_until": HOSTILE,
                          "calls": [{"section": HOSTILE, "body": {HOSTILE: HOSTILE}}]}
        }));
        let takeover = Takeover { after: HOSTILE.to_owned(), is_due: true };
        let shown = text(&state, HOSTILE, Some(&takeover), PLAIN);
        assert!(is_quiet(&shown), "{shown}");
    }
}

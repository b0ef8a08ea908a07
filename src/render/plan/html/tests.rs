use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::*;
use crate::render::comment::links::tests::NO_LINKS;
use crate::render::samples::{self, HOSTILE};

mod grouping;

/// Every element that the templates write.
const ELEMENTS: [&str; 44] = [
    "a", "b", "body", "br", "button", "caption", "code", "del", "details", "div", "fieldset",
    "footer", "form", "h1", "h2", "h3", "head", "header", "html", "input", "ins", "label",
    "legend", "li", "main", "meta", "output", "p", "pre", "script", "section", "span", "strong",
    "style", "summary", "table", "tbody", "td", "th", "thead", "title", "tr", "ul", "wbr",
];
/// And every attribute.
const ATTRIBUTES: [&str; 33] = [
    "aria-label",
    "aria-labelledby",
    "autocomplete",
    "charset",
    "checked",
    "class",
    "content",
    "data-group",
    "data-in",
    "data-kind",
    "data-many",
    "data-name",
    "data-of",
    "data-one",
    "data-sort",
    "data-target",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "open",
    "rel",
    "role",
    "scope",
    "spellcheck",
    "tabindex",
    "title",
    "type",
    "value",
    "colspan",
    "dir",
];

fn plan(plan: &Plan, checksum: &str) -> String {
    super::plan(plan, checksum, &NO_LINKS, None)
}

fn drift(found: &Drift) -> String {
    super::drift(found, &NO_LINKS, None)
}

fn pages() -> [String; 5] {
    [
        plan(&samples::plan(), "abc"),
        plan(&several(HOSTILE), HOSTILE),
        drift(&samples::drift()),
        drift(&samples::hostile_drift()),
        drift(&samples::hostile_shut_out()),
    ]
}

/// Hostile targets in two environments that differ, so that a page has all that it can have.
fn several(environment: &str) -> Plan {
    let mut plan = samples::hostile_plan();
    let mut other = plan.targets[0].clone();
    other.environment = Some(format!("{environment}x"));
    other.calls.truncate(1);
    plan.targets.push(other);
    plan
}

/// The tags of a page without what its style and script hold, each with its attributes' names.
fn tags(page: &str) -> Vec<Vec<String>> {
    let mut page = page.to_owned();
    for tag in ["style", "script"] {
        let (before, rest) = page.split_once(&format!("<{tag}>")).unwrap();
        let (_, after) = rest.split_once(&format!("</{tag}>")).unwrap();
        page = format!("{before}{after}");
    }
    let tags = page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
    // What is in quotes is a value, and a quote in one is an escape.
    let outside = tags.map(|tag| tag.split('"').step_by(2).collect::<String>());
    outside
        .map(|tag| {
            tag.split_whitespace().map(|name| name.trim_end_matches('=').to_owned()).collect()
        })
        .collect()
}

#[test]
fn a_page_needs_nothing_else() {
    for page in pages() {
        for outside in [" src=", "href=\"h", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        for (element, number) in [("<link", 0), (" style=", 0), ("<style", 1), ("<script", 1)] {
            assert_eq!(page.matches(element).count(), number, "{element}");
        }
    }
}

#[test]
fn no_value_becomes_an_element_or_an_attribute() {
    for page in pages() {
        for tag in tags(&page) {
            let Some((element, attributes)) = tag.split_first() else { panic!("{page}") };
            let element = element.trim_start_matches('/');
            assert!(element == "!DOCTYPE" || ELEMENTS.contains(&element), "{tag:?}");
            for attribute in attributes {
                assert!(
                    element == "!DOCTYPE" || ATTRIBUTES.contains(&attribute.as_str()),
                    "{tag:?}"
                );
            }
        }
        assert!(samples::is_quiet(&page));
    }
}

/// A plan in which what comes from a file or from the service is this text.
fn with(text: &str) -> Plan {
    let mut plan = samples::plan();
    let target = &mut plan.targets[0];
    target.config = text.to_owned();
    target.environment = Some(text.to_owned());
    target.state.location = text.to_owned();
    target.instance.as_mut().unwrap().id = Some(text.to_owned());
    let email = &mut target.calls[0].changes[1];
    (email.before, email.after) =
        (Some(json!(format!("{text}1"))), json!(format!("{text}2")).into());
    target.calls[0].changes[2].after = json!([format!("{text}3"), format!("{text}4")]).into();
    target.released[0].before = Some(json!({ text: [text, null] }));
    plan
}

/// The tags of a page about nothing but letters.
static PLAIN: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| tags(&plan(&with("x"), "x")));

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_text_holds_the_page_has_the_same_elements(
        text in prop_oneof![any::<String>(), "[<>&\"'/=! a-c\\\\\n\u{202e}\u{0}`-]{0,16}"]
            .prop_map(|text| text.chars().take(16).collect::<String>())
    ) {
        let page = plan(&with(&text), &text);
        prop_assert_eq!(&tags(&page), &*PLAIN);
        prop_assert!(samples::is_quiet(&page));
    }
}

#[test]
fn every_change_has_its_row_with_before_and_after() {
    let page = plan(&samples::plan(), "abc");
    for part in [
        "<tr id=\"e1\" data-kind=\"changed\" data-in=\"0\"><th scope=\"row\"><code>instance.<wbr>\
         support_email</code> <span class=\"kind changed\">changed</span></th>\
         <td class=\"value\" data-name=\"Before\">&quot;old@example.com&quot;</td>\
         <td class=\"value\" data-name=\"After\">&quot;help@example.com&quot;</td>\
         <td class=\"place where\">clerk.yaml:3:3</td></tr>",
        "<code>organization_settings.<wbr>enabled</code> <span class=\"kind released\">",
        "PATCH /v1/instance/restrictions",
        "--checksum abc",
        "<strong>warning[may-lock-out]</strong>",
        "uncertain: an earlier run may or may not have set it",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let entries = page.matches(" data-kind=").count();
    let totals = samples::plan().totals();
    assert_eq!(entries, totals.changes + totals.released + 1, "and a warning");
}

#[test]
fn what_matters_most_comes_first_and_the_command_last() {
    let page = plan(&samples::plan(), "abc");
    let at = |part: &str| page.find(part).unwrap_or_else(|| panic!("{part}\n{page}"));
    let parts = [
        "<h1>Plan: 2 calls",
        "warning[may-lock-out]",
        "<h2>Settings",
        "<h2>Instance",
        "<h2>Apply exactly this plan",
        "Checksum: <code>abc</code>",
    ];
    let places: Vec<usize> = parts.iter().map(|part| at(part)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn values_and_lists_are_whole() {
    let mut many = samples::plan();
    let long = "x".repeat(5000);
    many.targets[0].calls[0].changes[1].after = json!(long).into();
    let mut other = many.targets[0].clone();
    (other.environment, other.calls) = (Some("staging".to_owned()), vec![other.calls[0].clone()]);
    many.targets.push(other);
    let page = plan(&many, "abc");
    let whole = format!("aria-label=\"After, 5002 characters\">&quot;{long}&quot;");
    // Once, however many blocks and columns tell of it.
    assert_eq!((page.matches(&whole).count(), page.matches(&long).count()), (1, 1));
    assert!(page.contains("<b><a href=\"#e1\">5002 characters</a></b>"), "{page}");
    for part in [
        "<li><del>− &quot;app://a&quot;</del></li><li>&quot;app://b&quot;</li>",
        "<li><ins>+ &quot;app://c&quot;</ins></li><li>&quot;app://b&quot;</li>",
        "1 removed, 1 added, 1 kept",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn drift_tells_what_nobody_can_tell_and_what_waits() {
    let page = drift(&samples::drift());
    for part in [
        "3 drifted settings, 1 not applied yet, 3 cannot be read",
        "6 settings compared",
        "<h3>Cannot be read: GET answered 402</h3><ul><li id=\"e4\" data-kind=\"unreadable\" \
         data-in=\"0\"><code>protect.<wbr>specter_enabled</code></li></ul>",
        "data-kind=\"pending\" data-in=\"0\"><code>protect.<wbr>rules_enabled</code></li>",
        "<span class=\"kind drifted\">drifted, frontend, a hint</span>",
        "clerkform apply clerk.yaml -e production --refresh",
        "<code>clerkform state forget instance.hibp</code>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(!page.contains("planned as without"));
}

#[test]
fn the_filter_offers_the_kinds_that_the_page_has() {
    let kinds = |page: &str| -> Vec<String> {
        let values = page.split("type=\"checkbox\" value=\"").skip(1);
        values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let [plan, _, drift, ..] = pages();
    assert_eq!(kinds(&plan), ["new", "changed", "uncertain", "released", "warning"]);
    assert_eq!(kinds(&drift), ["drifted", "unreadable", "pending"]);
    let empty = Plan { targets: vec![samples::target()], ..Plan::default() };
    let page = super::plan(&empty, "abc", &NO_LINKS, None);
    assert!(!page.contains("<form") && page.contains("<header class=\"good\">"), "{page}");
}

#[test]
fn what_the_service_does_not_take_is_told_with_both_sides() {
    let page = plan(&samples::not_taken(), "abc");
    for part in [
        "Clerk does not take it: live 5, file 20; no call is planned.</h1>",
        "</code>: 1 not taken ",
        "not taken by Clerk, so no call is planned",
        "<td class=\"value\" data-name=\"Live\">5</td><td class=\"value\" data-name=\"File\">20</td>",
        "<input type=\"checkbox\" value=\"unreflected\" checked>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(!page.contains("clerkform apply"));
}

#[test]
fn a_target_that_could_not_be_compared_says_why() {
    let page = drift(&samples::shut_out());
    for part in [
        "<code>other.yaml [production]</code>: not compared ",
        "<strong>error[key-missing]</strong>: not compared: there is no secret key in OTHER",
        "<header class=\"bad\">",
        "1 target could not be compared",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

/// What of a value a cell of the page shows.
fn value(value: &Value) -> String {
    value.to_string().replace('"', "&quot;")
}

use serde_json::json;

use super::*;
use crate::render::samples;

fn pages() -> [String; 3] {
    [
        plan(&samples::plan(), "abc"),
        plan(&samples::hostile_plan(), samples::HOSTILE),
        drift(&samples::drift()),
    ]
}

#[test]
fn a_page_needs_nothing_else_and_lets_nothing_else_run() {
    for page in pages() {
        for outside in [" src=", "href=\"h", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        for (tag, text) in [("style", STYLE), ("script", SCRIPT)] {
            assert_eq!(page.matches(&format!("<{tag}")).count(), 1);
            assert!(page.contains(&format!("<{tag}>{text}</{tag}>")));
            assert!(page.contains(&format!("{tag}-src '{}'", hash(text))));
        }
        assert_eq!(page.matches("<link").count() + page.matches(" style=").count(), 0);
    }
}

#[test]
fn a_hash_is_the_one_that_a_browser_computes() {
    assert_eq!(hash("alert(1)"), "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
}

#[test]
fn no_value_becomes_an_element() {
    let [friendly, hostile, _] = pages();
    let tags = |page: &str| {
        let mut tags: Vec<String> = page
            .split('<')
            .skip(1)
            .map(|rest| rest.split(['>', ' ', '\n']).next().unwrap_or_default().to_owned())
            .collect();
        tags.sort();
        tags.dedup();
        tags
    };
    let known = tags(&friendly);
    for tag in tags(&hostile) {
        // Only what is long has a box of its own.
        assert!(known.contains(&tag) || ["div", "/div"].contains(&tag.as_str()), "{tag}");
    }
    assert!(!hostile.contains("@team"));
    let shut_out = drift(&samples::hostile_shut_out());
    assert!(!shut_out.contains("@team") && !tags(&shut_out).contains(&"script>x".to_owned()));
    assert_eq!(shut_out.matches("<script").count(), 1);
}

#[test]
fn every_change_has_its_row_with_before_and_after() {
    let page = plan(&samples::plan(), "abc");
    for part in [
        "<tr data-kind=\"changed\"><td class=\"kind\">changed</td>\
         <td><code>support_email</code></td><td class=\"value\" data-name=\"Before\">\
         &#34;old&#64;example.com&#34;</td><td class=\"value\" data-name=\"After\">\
         &#34;help&#64;example.com&#34;</td>",
        "<code>organization_settings.enabled</code>",
        "PATCH /v1/instance/restrictions",
        "--checksum abc",
        "may-lock-out",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let entries = page.matches(" data-kind=").count();
    let totals = samples::plan().totals();
    assert_eq!(entries, totals.changes + totals.released + 1, "and a warning");
}

#[test]
fn values_and_lists_are_whole() {
    let mut plan = samples::plan();
    let long = "x".repeat(5000);
    plan.targets[0].calls[0].changes[1].after = json!(long);
    let page = super::plan(&plan, "abc");
    assert!(page.contains(&format!("aria-label=\"After, 5002 characters\">&#34;{long}&#34;")));
    for part in [
        "<li><del>− &#34;app://a&#34;</del></li><li>&#34;app://b&#34;</li>",
        "<li><ins>+ &#34;app://c&#34;</ins></li><li>&#34;app://b&#34;</li>",
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
        "<p>GET answered 402</p>\n<ul>\n<li data-kind=\"unreadable\">\
         <code>protect.specter_enabled</code></li>",
        "<li data-kind=\"pending\"><code>protect.rules_enabled</code></li>",
        "<td class=\"kind\">drifted, frontend, a hint</td>",
        "clerkform apply clerk.yaml -e production --refresh",
        "<code>clerkform state forget instance.hibp</code>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("planned as without"));
}

#[test]
fn the_filter_offers_the_kinds_that_the_page_has() {
    let kinds = |page: &str| -> Vec<String> {
        let values = page.split("type=\"checkbox\" value=\"").skip(1);
        values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let [plan, _, drift] = pages();
    assert_eq!(kinds(&plan), ["new", "changed", "uncertain", "released", "warning"]);
    assert_eq!(kinds(&drift), ["drifted", "unreadable", "pending"]);
    let empty = Plan { targets: vec![samples::target()], ..Plan::default() };
    assert!(!super::plan(&empty, "abc").contains("<form"));
}

#[test]
fn several_targets_are_laid_out_by_sections() {
    let mut many = samples::plan();
    many.targets.push(samples::target());
    let page = plan(&many, "abc");
    assert!(page.contains("<th scope=\"col\">restrictions</th>"));
    assert!(page.contains("<td data-column=\"restrictions\">2</td>"));
    // A warning that two targets share is told once for both, and in the block of each.
    assert!(page.contains("<br>for <a href=\"#t0\">clerk.yaml [production]</a></li>"), "{page}");
    assert_eq!(page.matches("this turns the allowlist on").count(), 2);
    assert!(!plan(&samples::plan(), "abc").contains("Overview"));
}

#[test]
fn what_the_service_does_not_take_is_told_with_both_sides() {
    let page = plan(&samples::not_taken(), "abc");
    for part in [
        "<p>1 setting differs and Clerk does not take it: live 5, file 20; no call is planned.</p>",
        "</code>: 1 not taken ",
        "not taken by Clerk, so no call is planned",
        "<td class=\"value\" data-name=\"Live\">5</td><td class=\"value\" data-name=\"File\">20</td>",
        "<input type=\"checkbox\" value=\"unreflected\" checked>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("clerkform apply"));
}

#[test]
fn a_target_that_could_not_be_compared_says_why() {
    let page = drift(&samples::shut_out());
    for part in [
        "<code>other.yaml [production]</code>: not compared ",
        "<p data-kind=\"error\"><strong>key-missing</strong>: there is no secret key in OTHER",
        "<td data-column=\"error\">1</td>",
        "1 target could not be compared",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

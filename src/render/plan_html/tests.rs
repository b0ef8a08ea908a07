use super::super::samples;
use super::*;

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
        assert!(known.contains(&tag) || tag == "br", "{tag}");
    }
    assert!(!hostile.contains("@team"));
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
    let rows = page.matches("<tr data-kind=").count();
    let totals = samples::plan().totals();
    assert_eq!(rows, totals.changes + totals.released);
}

#[test]
fn several_targets_are_laid_out_by_sections() {
    let mut many = samples::plan();
    many.targets.push(samples::target());
    let page = plan(&many, "abc");
    assert!(page.contains("<th scope=\"col\">restrictions</th>"));
    assert!(page.contains("<td class=\"count\">2</td>"));
    assert!(!plan(&samples::plan(), "abc").contains("Overview"));
}

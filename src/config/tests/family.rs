//! Files that extend each other: what each comes to, and what is told where.

use serde_json::{Value, json};

use crate::config::{Desired, Family, Obstacle, SourceFile, part};
use crate::finding::Finding;

/// Files by name; each path is the name of one of them, or of none.
fn family(files: &[(&str, &str)]) -> Family {
    let parts = files.iter().map(|(name, text)| {
        let part = part(&SourceFile { name: (*name).to_owned(), text: (*text).to_owned() });
        let place = |path: &str| files.iter().position(|(name, _)| *name == path);
        let links = part.extends().iter().map(|it| place(&it.path).ok_or(Obstacle::Missing));
        let links = links.collect();
        (part, links)
    });
    Family::of(parts.collect())
}

/// The settings of a file's target, each with the file that sets it.
fn settings(family: &Family, index: usize, environment: Option<&str>) -> Vec<(String, Value)> {
    let judged = family.judge(index);
    let configuration = judged.configuration.unwrap_or_else(|| panic!("{:?}", judged.findings));
    let desired: Desired = configuration.desired(environment).unwrap();
    let of = |setting: &crate::config::Setting| {
        let file = setting.set_in(&desired.file);
        (format!("{file}:{}:{}", setting.key.line, setting.pointer), Value::clone(&setting.value))
    };
    desired.settings.iter().map(|setting| of(setting)).collect()
}

fn told(findings: &[Finding]) -> Vec<String> {
    let line = |it: &Finding| {
        format!("{}:{}:{} {} {}", it.file, it.span.line, it.span.column, it.code, it.path)
    };
    findings.iter().map(line).collect()
}

/// Everything that is told of a file by itself.
fn of(family: &Family, index: usize) -> Vec<String> {
    told(&family.findings(index, Vec::new()))
}

#[test]
fn later_files_lie_over_earlier_ones_and_the_file_itself_over_all() {
    let family = family(&[
        ("app", "extends: [one, two]\ninstance: {hibp: false}\n"),
        ("one", "instance:\n  hibp: true\n  support_email: one@example.com\n  test_mode: true\n"),
        ("two", "extends: under\ninstance: {support_email: two@example.com}\n"),
        ("under", "restrictions: {blocklist: true}\ninstance: {support_email: u@example.com}\n"),
    ]);
    assert_eq!(
        settings(&family, 0, None),
        [
            ("one:4:/instance/test_mode".to_owned(), json!(true)),
            ("app:2:/instance/hibp".to_owned(), json!(false)),
            ("two:2:/instance/support_email".to_owned(), json!("two@example.com")),
            ("under:1:/restrictions/blocklist".to_owned(), json!(true)),
        ]
    );
    // Of the file by itself, its own settings are in no other file.
    let own = family.judge(1).configuration.unwrap().desired(None).unwrap();
    assert!(own.settings.iter().all(|setting| setting.file.is_none()));
}

#[test]
fn environments_are_merged_by_name_and_lie_over_every_base() {
    let family = family(&[
        (
            "app",
            "extends: base\ninstance: {hibp: true}\nenvironments:\n  dev: {instance: {test_mode: true}}\n  eu: {}\n",
        ),
        (
            "base",
            "target: {secret_key_env: BASE_KEY}\nenvironments:\n  prod: {instance: {hibp: false}}\n  dev: {instance: {hibp: false, test_mode: false}, target: {instance_id: ins_1}}\n",
        ),
    ]);
    let configuration = family.judge(0).configuration.unwrap();
    assert_eq!(configuration.environments().collect::<Vec<_>>(), ["prod", "dev", "eu"]);
    assert_eq!(family.environments(0), ["prod", "dev", "eu"]);
    assert_eq!(
        settings(&family, 0, Some("dev")),
        [
            ("app:4:/environments/dev/instance/test_mode".to_owned(), json!(true)),
            ("base:4:/environments/dev/instance/hibp".to_owned(), json!(false)),
        ]
    );
    assert_eq!(
        settings(&family, 0, Some("eu")),
        [("app:2:/instance/hibp".to_owned(), json!(true))]
    );
    let target = configuration.desired(Some("dev")).unwrap().target;
    assert_eq!(target.instance_id.as_deref(), Some("ins_1"));
    assert_eq!(target.secret_key_env.as_deref(), Some("BASE_KEY"));
}

#[test]
fn a_path_that_leads_nowhere_is_told_where_it_stands() {
    let family = family(&[("app", "extends:\n  - base\n  - gone\n"), ("base", "{}")]);
    assert_eq!(of(&family, 0), ["app:3:5 invalid-extends /extends/1"]);
    assert!(family.judge(0).configuration.is_none());
    assert!(family.judge(1).configuration.is_some());
}

#[test]
fn a_circle_is_told_once_and_stops_every_file_that_leads_to_it() {
    let family = family(&[
        ("app", "extends: one\n"),
        ("one", "extends: [fine, two]\n"),
        ("two", "extends: one\n"),
        ("fine", "{}"),
        ("self", "extends: self\n"),
    ]);
    let all: Vec<String> = (0..5).flat_map(|index| of(&family, index)).collect();
    assert_eq!(all, ["two:1:10 invalid-extends /extends", "self:1:10 invalid-extends /extends"]);
    for index in [0, 1, 2, 4] {
        assert!(family.judge(index).configuration.is_none(), "{index}");
    }
    assert!(family.judge(3).configuration.is_some());
}

#[test]
fn sixteen_levels_are_allowed_and_the_path_to_one_more_is_refused() {
    let chain = |levels: usize| {
        let texts: Vec<(String, String)> = (0..=levels)
            .map(|level| {
                let next = format!("extends: f{}\n", level + 1);
                (format!("f{level}"), if level == levels { "{}".to_owned() } else { next })
            })
            .collect();
        let files: Vec<(&str, &str)> =
            texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        family(&files)
    };
    assert!(chain(16).judge(0).configuration.is_some());
    let deep = chain(18);
    assert!(of(&deep, 0).is_empty());
    assert_eq!(of(&deep, 1), ["f1:1:10 invalid-extends /extends"]);
    assert!(deep.judge(0).configuration.is_none());
    assert!(deep.judge(2).configuration.is_some());
}

#[test]
fn what_a_target_makes_of_a_setting_is_told_where_the_setting_stands() {
    let family = family(&[
        ("app", "extends: base\ntarget: {environment_type: production}\n"),
        ("base", "instance: {hibp: false, cookieless_dev: true}\n"),
        ("shop", "extends: base\ninstance: {url_based_session_syncing: true}\n"),
    ]);
    assert_eq!(
        told(&family.judge(0).findings),
        [
            "base:1:18 weakens-security /instance/hibp",
            "base:1:25 environment-mismatch /instance/cookieless_dev",
        ]
    );
    assert!(family.judge(1).findings.is_empty());
    let judged = family.judge(2);
    assert_eq!(told(&judged.findings), ["base:1:25 conflicting-fields /instance/cookieless_dev"]);
    assert!(judged.findings[0].message.ends_with("(line 2 of shop)"), "{judged:?}");
    assert!(judged.configuration.is_none());
}

#[test]
fn a_mistake_in_a_base_stops_all_that_extend_it_and_is_told_of_the_base() {
    let family = family(&[
        ("app", "extends: base\ninstance: {hibp: true}\n"),
        ("base", "instance: {hibp: yes, support_email: sk_test_madeUp}\n"),
    ]);
    assert!(of(&family, 0).is_empty());
    assert_eq!(
        of(&family, 1),
        [
            "base:1:18 wrong-type /instance/hibp",
            "base:1:38 invalid-value /instance/support_email",
            "base:1:38 secret-in-config /instance/support_email",
        ]
    );
    assert!(family.judge(0).configuration.is_none());
}

#[test]
fn only_paths_can_be_extended_and_only_at_the_top() {
    super::assert_told(&[
        ("extends: 1\n", &["1:10-1:11 wrong-type /extends"]),
        ("extends: [a.yaml, 2]\n", &["1:19-1:20 wrong-type /extends/1"]),
        ("extends: \"\"\n", &["1:10-1:12 invalid-value /extends"]),
        ("extends: [a.yaml, a.yaml]\n", &["1:19-1:25 duplicate-entry /extends/1"]),
        ("extends: {a: b}\n", &["1:10-1:16 wrong-type /extends"]),
        (
            "environments: {a: {extends: b.yaml}}\n",
            &["1:20-1:27 unknown-section /environments/a/extends"],
        ),
    ]);
}

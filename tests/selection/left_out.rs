//! What a run is still about when files are excluded, broken, deleted or unchanged.

use std::fs;

use serde_json::Value;

use super::{ALL, JSON, at, configs, fleet, git, planned, write};

#[test]
fn a_base_stays_one_whatever_is_left_out_or_broken() {
    let with_errors: [&[u8]; 4] = [
        b"<<<<<<< ours\nextends: ../clerk.base.yaml\n=======\nextends: ../a.yaml\n>>>>>>> theirs\n",
        b"extends: ../clerk.base.yaml: x\n",
        b"extends: [../clerk.base.yaml\n",
        b"extends: ../clerk.base.yaml # \xff\n",
    ];
    for text in with_errors {
        let fleet = fleet();
        write(&fleet, "apps/shop/clerk.test.yaml", "instance: {hibp: false}\n");
        fs::write(fleet.path().join("apps/acme/clerk.yaml"), text).unwrap();
        for command in [&["plan", "--keep-going"][..], &["drift", "--sandbox"]] {
            let words = [command, &["apps", "--output-format", "json"]].concat();
            let ran = at(fleet.path(), &words);
            assert_eq!(ran.exit, 1, "{ran:?}");
            let document: Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!(configs(&document), ALL[1..], "{ran:?}");
            assert_eq!(document["left_out"][0]["config"], "apps/acme/clerk.yaml");
            let told = "Skipped 1 file that a file with errors may extend.";
            assert!(ran.stderr.contains(told), "{ran:?}");
        }
        // What is wrong with it is told nevertheless.
        write(&fleet, "apps/clerk.base.yaml", "instance: {hibp: 1}\n");
        let ran = at(fleet.path(), &["validate", "apps", "--output-format", "concise"]);
        assert!(ran.stdout.contains("apps/clerk.base.yaml:1:18: error[wrong-type]"), "{ran:?}");
    }
    let fleet = fleet();
    let plan = |words: &[&str]| planned(&at(fleet.path(), &[&JSON[..], words].concat()));
    assert_eq!(plan(&["apps", "--exclude", "acme", "--exclude", "clerk.test.yaml"]), ALL[2..]);
    assert_eq!(plan(&["apps", "--exclude", "apps/acme", "--exclude", "test"]), ALL[1..]);
}

#[test]
fn what_is_excluded_may_be_named_from_anywhere() {
    let fleet = fleet();
    git(&fleet, &["init", "--quiet"]);
    let apps = fleet.path().join("apps/acme");
    let whole = dunce::canonicalize(fleet.path()).unwrap().join("apps/shop/eu");
    for pattern in ["../shop/eu", "../shop/eu/clerk.yml", "../*/eu/**", whole.to_str().unwrap()] {
        let words = [&JSON[..], &["..", "--exclude", pattern]].concat();
        let shown = planned(&at(&apps, &words));
        assert_eq!(shown, ["../acme/clerk.yaml", "../shop/clerk.test.yaml"], "{pattern}");
    }
}

#[test]
fn a_file_whose_base_was_deleted_differs_from_a_revision() {
    let fleet = fleet();
    git(&fleet, &["init", "--quiet"]);
    write(&fleet, "apps/clerk.base.yaml", "extends: ../clerk.top.yaml\n");
    write(&fleet, "clerk.top.yaml", "instance: {hibp: true}\n");
    git(&fleet, &["add", "."]);
    git(&fleet, &["commit", "--quiet", "-m", "a"]);
    let since = ["apps", "--changed-since", "HEAD"];
    let ran = at(fleet.path(), &[&["validate"], &since[..]].concat());
    assert!(ran.exit == 0 && ran.stdout.starts_with("0 files"), "{ran:?}");
    for base in ["apps/clerk.base.yaml", "clerk.top.yaml"] {
        fs::remove_file(fleet.path().join(base)).unwrap();
        for command in ["validate", "plan"] {
            let ran = at(fleet.path(), &[&[command], &since[..]].concat());
            let told = format!("{}{}", ran.stdout, ran.stderr);
            assert!(ran.exit == 1 && told.contains("invalid-extends"), "{base} {ran:?}");
        }
        git(&fleet, &["checkout", "--quiet", "."]);
    }
}

#[test]
fn an_environment_that_no_changed_file_has_is_no_mistake_if_another_has_it() {
    let fleet = fleet();
    write(&fleet, "apps/dev/clerk.yaml", "environments: {dev: {}}\n");
    git(&fleet, &["init", "--quiet"]);
    git(&fleet, &["add", "."]);
    git(&fleet, &["commit", "--quiet", "-m", "a"]);
    write(&fleet, "apps/acme/clerk.yaml", "instance: {hibp: true}\n");
    let ran = at(fleet.path(), &["plan", "apps", "-e", "dev", "--changed-since", "HEAD"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.stderr.contains("Skipped 1 file that has no environment `dev`."), "{ran:?}");
    let ran = at(fleet.path(), &["plan", "apps", "-e", "prod", "--changed-since", "HEAD"]);
    assert!(ran.exit == 1 && ran.stderr.contains("unknown-environment"), "{ran:?}");
}

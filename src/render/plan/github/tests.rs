use insta::assert_snapshot;

use super::*;
use crate::render::annotations::tests::assert_inert;
use crate::render::findings::located::FileLocation;
use crate::render::samples::{self, HOSTILE};

fn below(file: &str) -> FileLocation {
    FileLocation::Inside(format!("ops/{file}"))
}

#[test]
fn what_is_risky_stands_at_its_line_and_one_notice_has_the_totals() {
    assert_snapshot!(super::plan(&samples::plan(), &below), @"
    ::warning file=ops/clerk.yaml,line=7,endLine=7,col=3,endColumn=11,title=may-lock-out::this turns the allowlist on%0Ahelp: put the identifiers on the list first%0Afor clerk.yaml [production]
    ::warning file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=restrictions.allowlist%3A uncertain%2C recorded as wanted::PATCH /v1/instance/restrictions sends allowlist: true%0Afor clerk.yaml [production]
    ::warning file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=restrictions.blocklist%3A uncertain%2C nothing recorded::PATCH /v1/instance/restrictions sends blocklist: null%0Afor clerk.yaml [production]
    ::notice title=clerkform::Plan: 2 calls change 5 settings in 1 target; 1 setting no longer managed.
    ");
}

#[test]
fn drift_is_a_warning_at_its_line() {
    assert_snapshot!(super::drift(&samples::drift(), &below), @r#"
    ::warning file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=instance.hibp%3A drifted::hibp: live false, file true (frontend, a hint)%0Afor clerk.yaml [production]
    ::warning file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=instance.support_email%3A drifted::support_email: live "old@example.com", file "help@example.com" (get)%0Afor clerk.yaml [production]
    ::warning file=ops/clerk.yaml,line=3,endLine=3,col=3,endColumn=3,title=instance.allowed_origins%3A drifted::allowed_origins: 1 only live, 1 only in the file, 1 in both (get)%0Alive "app://a"%0Afile "app://c"%0Afor clerk.yaml [production]
    ::notice title=clerkform::Drift: 3 of 6 compared settings differ in 1 target; 1 is not applied yet; 3 cannot be read.
    "#);
}

#[test]
fn what_several_targets_share_is_told_once() {
    let mut plan = samples::plan();
    for (number, about) in
        [(2, "%0Afor clerk.yaml [production] and clerk.yaml [e1]\n"), (5, "%0Afor 5 targets\n")]
    {
        while plan.targets.len() < number {
            let mut more = plan.targets[0].clone();
            more.environment = Some(format!("e{}", plan.targets.len()));
            plan.targets.push(more);
        }
        let shown = super::plan(&plan, &below);
        assert_eq!(shown.lines().count(), 4, "{shown}");
        assert_eq!(shown.matches(about).count(), 3, "{shown}");
    }
}

#[test]
fn the_tenth_says_how_many_there_are() {
    for (number, warnings) in [(4, 9), (5, 12)] {
        let mut plan = samples::plan();
        plan.targets[0].released.clear();
        plan.targets = (0..number)
            .map(|number| {
                let mut target = plan.targets[0].clone();
                target.config = format!("{number}.yaml");
                target
            })
            .collect();
        let shown = super::plan(&plan, &below);
        let shown: Vec<_> = shown.lines().filter(|line| line.starts_with("::warning")).collect();
        assert_eq!(shown.len(), warnings);
        let told = "::warning title=clerkform::2 more warnings; see this step's log for all of it. \
                    Plan: 2 calls change 5 settings in each of 5 targets.";
        assert_eq!(shown.get(9) == Some(&told), number == 5, "{shown:#?}");
    }
}

#[test]
fn a_narrowed_plan_says_so() {
    let plan = Plan { only: vec!["restrictions".to_owned()], ..samples::plan() };
    let told = "::notice title=clerkform::Plan: 2 calls change 5 settings in 1 target; 1 setting no \
                longer managed. Narrowed by `--target restrictions`: every other setting is left out";
    let shown = super::plan(&plan, &below);
    assert!(shown.contains(told), "{shown}");
    let found = Drift { only: plan.only, ..samples::drift() };
    assert!(super::drift(&found, &below).contains("Narrowed by `--target restrictions`"));
}

#[test]
fn no_value_starts_a_command_or_a_property() {
    let naming = |file: &str| FileLocation::Inside(file.to_owned());
    assert_inert(&super::plan(&samples::hostile_plan(), &naming));
    assert_inert(&super::drift(&samples::hostile_drift(), &naming));
    assert_inert(&super::drift(&samples::hostile_shut_out(), &naming));
}

#[test]
fn no_line_of_the_text_is_a_command() {
    let mut plan = samples::hostile_plan();
    plan.targets[0].config = format!("::error::{HOSTILE}##[error]");
    let text =
        crate::render::plan::text::text(&plan, &crate::render::text::palette::Palette::plain());
    assert!(text.starts_with("\\u{3a}:error"));
    assert!(!text.contains("##["));
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
}

#[test]
fn a_target_that_could_not_be_compared_is_an_error() {
    let shown = super::drift(&samples::shut_out(), &below);
    assert_eq!(
        shown.lines().next().unwrap(),
        "::error file=ops/other.yaml,title=key-missing::there is no secret key in OTHER%0Ahelp: set it\
         %0Afor other.yaml [production]"
    );
}

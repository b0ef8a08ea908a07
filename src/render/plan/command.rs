//! The command that acts on what a view shows: the same files, environments and states, as a POSIX
//! shell reads them back.

use std::collections::BTreeSet;

use crate::plan::{Drift, Plan, RunOptions, Shard, TargetInfo, TargetPlan};
use crate::render::comment::folded::length;
use crate::render::text::shell::quoted;
use crate::state::{ServiceKind, beside, from_root, shared_place};

/// A command longer than this is no longer one to copy.
const LONG: usize = 4_000;
/// Takes every environment of the files.
const ALL: &str = " --all-envs";
/// Takes a part of their targets.
const SHARD: &str = " --shard ";
/// Standard input.
const STDIN: &str = "-";
/// Reads the instances first.
const REFRESH: &str = " --refresh";

/// The guard that keeps an `apply` from doing anything else than what was shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReviewGuard {
    /// A checksum, which refuses any other plan.
    Checksum,
    Nothing,
}

/// The command that applies exactly this plan.
pub(super) fn apply_reviewed(plan: &Plan, checksum: &str) -> String {
    let is_refreshed = plan.targets.iter().any(|target| target.reading.is_some());
    let refresh = if is_refreshed { REFRESH } else { "" };
    let options = format!("{refresh} --checksum {}", quoted(checksum));
    let targets: Vec<_> = plan.targets.iter().map(TargetPlan::info).collect();
    let part = part(&plan.only, plan.shard);
    apply_to(&plan.folder, &targets, &(part + &options), ReviewGuard::Checksum)
}

/// The command that reads the instances of what was compared and makes them as the files say.
pub(super) fn apply_refreshed(found: &Drift, targets: &[TargetInfo<'_>]) -> String {
    let options = part(&found.only, found.shard) + REFRESH;
    apply_to(&found.folder, targets, &options, ReviewGuard::Nothing)
}

/// The command that sends what a run has left of its plan, with the options of that run. Of a file that
/// nobody could read nobody knows the targets, so that they are selected as the run selected them.
/// With patience, of so many seconds, it waits for their states.
pub(crate) fn apply_again(
    plan: &Plan,
    targets: &[TargetInfo<'_>],
    patience: Option<u64>,
) -> String {
    let RunOptions { selection, means, standard_input } = &plan.options;
    let is_known = |target: &TargetInfo<'_>| !target.state.location.is_empty();
    let selection = if targets.iter().all(is_known) {
        Selection::of(&plan.folder, targets)
    } else {
        Selection { environments: String::new(), states: words(selection) }
    };
    let wait = patience.map_or_else(String::new, |seconds| format!(" --lock-timeout {seconds}"));
    let called = |target: &TargetInfo<'_>| standard_input.as_deref() == Some(target.config);
    let files = each_once(targets.iter().map(|it| if called(it) { STDIN } else { it.config }));
    apply(
        &files,
        &selection,
        &(part(&plan.only, plan.shard) + &words(means) + &wait),
        ReviewGuard::Nothing,
    )
}

/// Options as a shell reads them.
fn words(options: &[String]) -> String {
    options.iter().fold(String::new(), |all, word| all + " " + &quoted(word))
}

/// The options that select targets of files.
struct Selection {
    environments: String,
    /// Where their states are.
    states: String,
}

impl Selection {
    /// Those that select these targets, whose paths are seen from a folder.
    fn of(folder: &str, targets: &[TargetInfo<'_>]) -> Self {
        Self { environments: environments(targets), states: states(folder, targets) }
    }
}

/// `clerkform apply` for files, with further options. Where that is too long, all environments stand for
/// those of the plan if nothing else can be applied.
fn apply(files: &[&str], selection: &Selection, options: &str, guard: ReviewGuard) -> String {
    let Selection { environments, states } = selection;
    let options = states.clone() + options;
    let is_dashed = files.iter().any(|file| file.starts_with('-') && *file != STDIN);
    let files: Vec<_> = files.iter().map(|file| quoted(file)).collect();
    let files = files.join(" ");
    let with = |environments: &str| {
        if is_dashed {
            format!("clerkform apply{environments}{options} -- {files}")
        } else {
            format!("clerkform apply {files}{environments}{options}")
        }
    };
    let mut whole = with(environments);
    if length(&whole) > LONG && guard == ReviewGuard::Checksum && !environments.is_empty() {
        whole = with(ALL);
    }
    if length(&whole) <= LONG { whole } else { format!("clerkform apply …{options}") }
}

/// Each name once.
fn each_once<'a>(named: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    named.filter(|file| seen.insert(*file)).collect()
}

/// The command for targets whose paths are seen from a folder.
fn apply_to(folder: &str, targets: &[TargetInfo<'_>], options: &str, guard: ReviewGuard) -> String {
    let files = each_once(targets.iter().map(|target| target.config));
    apply(&files, &Selection::of(folder, targets), options, guard)
}

/// `-e` for each environment of any of the files: those without it are skipped. Where a file has no
/// environments, only `--all-envs` takes it too.
fn environments(targets: &[TargetInfo<'_>]) -> String {
    let named: Vec<&str> = each_once(targets.iter().filter_map(|target| target.environment));
    if !named.is_empty() && targets.iter().any(|target| target.environment.is_none()) {
        return ALL.to_owned();
    }
    named.iter().fold(String::new(), |all, environment| all + " -e " + &quoted(environment))
}

/// The options that lead to the states of the plan: none where each is beside its configuration.
fn states(from: &str, targets: &[TargetInfo<'_>]) -> String {
    if let Some(options) = shared(from, targets) {
        return options;
    }
    for (service, option) in [(ServiceKind::Live, ""), (ServiceKind::Sandbox, " --sandbox")] {
        let is_beside = |target: &TargetInfo<'_>| {
            target.state.location == beside(target.config, target.environment, service)
        };
        if targets.iter().all(is_beside) {
            return option.to_owned();
        }
        let mut folders = targets.iter().map(|target| folder(*target, service));
        if let Some(Some(first)) = folders.next()
            && folders.all(|other| other == Some(first))
        {
            return format!("{option} --state {}", quoted(&format!("{first}/")));
        }
    }
    match targets {
        [target] if !target.state.location.contains("://") => {
            format!(" --state {}", quoted(&target.state.location))
        }
        _ => String::new(),
    }
}

/// The same where all of them are in one place that several machines reach.
fn shared(from: &str, targets: &[TargetInfo<'_>]) -> Option<String> {
    let is_emulated = |target: &TargetInfo<'_>| {
        // The options of an object store stand behind the name.
        target.state.location.split('?').next().is_some_and(|name| name.ends_with(EMULATED))
    };
    let (service, option) = if targets.iter().all(is_emulated) {
        (ServiceKind::Sandbox, " --sandbox")
    } else {
        (ServiceKind::Live, "")
    };
    let mut places = targets.iter().map(|target| {
        let config = from_root(from, target.config);
        shared_place(&target.state.location, &beside(&config, target.environment, service))
    });
    let place = places.next()??;
    let is_one = places.all(|other| other.as_ref() == Some(&place));
    is_one.then(|| format!("{option} --state {}", quoted(&place)))
}

/// How the states of emulated instances end.
const EMULATED: &str = ".sandbox.state.json";

/// The options that narrow a run as the plan was.
fn part(only: &[String], shard: Option<Shard>) -> String {
    let only = only.iter().fold(String::new(), |all, name| all + " --target " + &quoted(name));
    shard.map_or_else(|| only.clone(), |shard| format!("{only}{SHARD}{shard}"))
}

/// The folder in which the target's state has the path that its configuration has.
fn folder(target: TargetInfo<'_>, service: ServiceKind) -> Option<&str> {
    let config = target.config.strip_prefix("./").unwrap_or(target.config);
    let state = beside(config, target.environment, service);
    target.state.location.strip_suffix(&state)?.strip_suffix('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::of_broken_file;
    use crate::render::samples;

    fn infos(plan: &Plan) -> Vec<TargetInfo<'_>> {
        plan.targets.iter().map(TargetPlan::info).collect()
    }

    #[test]
    fn the_command_takes_the_targets_that_were_planned() {
        for (targets, expected) in [
            (&[("a.yaml", None), ("b.yaml", None)][..], "a.yaml b.yaml --refresh"),
            (&[("a.yaml", Some("x")), ("a.yaml", Some("y"))], "a.yaml -e x -e y --refresh"),
            (&[("a.yaml", Some("x")), ("b.yaml", Some("x"))], "a.yaml b.yaml -e x --refresh"),
            (&[("a.yaml", Some("x")), ("b.yaml", Some("y"))], "a.yaml b.yaml -e x -e y --refresh"),
            (&[("a.yaml", None), ("b.yaml", Some("y"))], "a.yaml b.yaml --all-envs --refresh"),
            (&[("-", None)], "- --refresh"),
            (&[("-x.yaml", Some("y"))], "-e y --refresh -- -x.yaml"),
        ] {
            let target = |(config, environment): &(&str, Option<&str>)| {
                let mut target = samples::target();
                target.config = (*config).to_owned();
                target.environment = environment.map(str::to_owned);
                target.state.location = beside(config, *environment, ServiceKind::Live);
                target
            };
            let plan = Plan { targets: targets.iter().map(target).collect(), ..Plan::default() };
            let found = Drift::default();
            assert_eq!(
                apply_refreshed(&found, &infos(&plan)),
                format!("clerkform apply {expected}")
            );
        }
    }

    #[test]
    fn a_checksum_lets_many_environments_be_told_as_all() {
        let mut plan = Plan { targets: Vec::new(), ..Plan::default() };
        for number in 0..900 {
            let mut target = samples::target();
            target.environment = Some(format!("e{number}"));
            target.state.location = format!("clerk.e{number}.state.json");
            plan.targets.push(target);
        }
        let told = apply_reviewed(&plan, "5f1c");
        assert_eq!(told, "clerkform apply clerk.yaml --all-envs --checksum 5f1c");
        assert_eq!(
            apply_refreshed(&Drift::default(), &infos(&plan)),
            "clerkform apply … --refresh"
        );
    }

    #[test]
    fn the_command_finds_the_states_that_were_planned_with() {
        for (targets, expected) in [
            (&[("a.yaml", "a.state.json")][..], "a.yaml"),
            (&[("b/a.yaml", "b/a.sandbox.state.json")], "b/a.yaml --sandbox"),
            (&[("a.yaml", "other file.json")], "a.yaml --state 'other file.json'"),
            (&[("-", "a.json")], "- --state a.json"),
            (&[("b/a.yaml", "s/t/b/a.state.json")], "b/a.yaml --state s/t/"),
            (
                &[("./a.yaml", "/s/a.state.json"), ("c/a.yaml", "/s/c/a.state.json")],
                "./a.yaml c/a.yaml --state /s/",
            ),
            (&[("a.yaml", "s/a.sandbox.state.json")], "a.yaml --sandbox --state s/"),
            (&[("a.yaml", "xa.state.json")], "a.yaml --state xa.state.json"),
            (&[("a.yaml", "s/a.state.json"), ("c.yaml", "t/c.state.json")], "a.yaml c.yaml"),
            (
                &[
                    ("a.yaml", "git:up refs/clerkform/a.state.json"),
                    ("../c.yaml", "git:up refs/clerkform/c.state.json"),
                ],
                "a.yaml ../c.yaml --state git:up",
            ),
            (
                &[("a.yaml", "git:up refs/clerkform/a.sandbox.state.json")],
                "a.yaml --sandbox --state git:up",
            ),
            (
                &[
                    ("./a.yaml", "s3://b/p/a.state.json?region=eu-west-1"),
                    ("c/a.yaml", "s3://b/p/c/a.state.json?region=eu-west-1"),
                ],
                "./a.yaml c/a.yaml --state 's3://b/p/?region=eu-west-1'",
            ),
            (&[("a.yaml", "gs://b/a.sandbox.state.json")], "a.yaml --sandbox --state gs://b/"),
            (
                &[("a.yaml", "s3://b/a.sandbox.state.json?region=x")],
                "a.yaml --sandbox --state 's3://b/?region=x'",
            ),
        ] {
            let target = |(config, location): &(&str, &str)| {
                let mut target = samples::target();
                (target.config, target.environment) = ((*config).to_owned(), None);
                target.state.location = (*location).to_owned();
                target
            };
            let plan = Plan { targets: targets.iter().map(target).collect(), ..Plan::default() };
            assert_eq!(
                apply_to(".", &infos(&plan), "", ReviewGuard::Nothing),
                format!("clerkform apply {expected}")
            );
        }
    }

    #[test]
    fn the_command_repeats_the_options_of_the_run() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let mut known = samples::target();
        (known.config, known.environment) = ("in.yaml".to_owned(), Some("dev".to_owned()));
        known.state.location = "s/in.dev.state.json".to_owned();
        let broken = of_broken_file("b.yaml".to_owned());
        let options = RunOptions {
            selection: words(&["--all-envs", "--state", "s/"]),
            means: words(&["--strict", "--env-file", "my keys", "--stdin-filename", "in.yaml"]),
            standard_input: Some("in.yaml".to_owned()),
        };
        let plan = Plan { targets: vec![known, broken], options, ..Plan::default() };
        let means = "--strict --env-file 'my keys' --stdin-filename in.yaml";
        assert_eq!(
            apply_again(&plan, &infos(&plan)[..1], None),
            format!("clerkform apply - -e dev --state s/ {means}")
        );
        let patient = apply_again(&plan, &infos(&plan)[..1], Some(60));
        assert!(patient.ends_with(" --lock-timeout 60"), "{patient}");
        // Of other parts of a fleet other runs take care.
        let plan = Plan { shard: "2/3".parse().ok(), ..plan };
        assert_eq!(
            apply_again(&plan, &infos(&plan)[..1], None),
            format!("clerkform apply - -e dev --state s/ --shard 2/3 {means}")
        );
        assert!(apply_reviewed(&plan, "5f1c").contains(" --shard 2/3 --checksum 5f1c"));
        let found = Drift { shard: plan.shard, ..Drift::default() };
        let restored = apply_refreshed(&found, &infos(&plan)[..1]);
        assert!(restored.ends_with(" --shard 2/3 --refresh"), "{restored}");
        let plan = Plan { shard: None, ..plan };
        // Which environments it has nobody knows.
        assert_eq!(
            apply_again(&plan, &infos(&plan)[1..], None),
            format!("clerkform apply b.yaml --all-envs --state s/ {means}")
        );
    }

    #[test]
    fn in_a_folder_of_a_repository_the_prefix_of_an_object_store_is_the_repository_s() {
        let mut plan = Plan { targets: vec![samples::target()], ..Plan::default() };
        plan.targets[0].config = "../shop/clerk.yaml".to_owned();
        plan.targets[0].environment = None;
        plan.targets[0].state.location = "s3://b/p/apps/shop/clerk.state.json".to_owned();
        assert_eq!(
            apply_to("apps/web", &infos(&plan), "", ReviewGuard::Nothing),
            "clerkform apply ../shop/clerk.yaml --state s3://b/p/"
        );
    }
}

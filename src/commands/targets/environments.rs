//! Which environments of a file a run is about.

use std::collections::BTreeMap;

use anyhow::anyhow;

use crate::commands::args::TargetArgs;
use crate::commands::failure::Failure;
use crate::commands::files::input::{Input, Inputs};
use crate::config::{Configuration, Desired, nearest};
use crate::failure::FailureCode;
use crate::render::text::escape::printable;
use crate::render::text::words;

/// The settings of one file in each environment that is meant, without those of `lacking` that it has
/// not.
pub(super) fn overlays(
    input: &Input,
    targets: &TargetArgs,
    lacking: &BTreeMap<&str, usize>,
) -> Result<Vec<Desired>, Failure> {
    let Some(configuration) = &input.configuration else { return Ok(Vec::new()) };
    let names: Vec<&str> = configuration.environments().collect();
    if names.is_empty() && targets.environments.is_empty() {
        return Ok(configuration.desired(None).into_iter().collect());
    }
    if targets.all_envs {
        return Ok(names.iter().filter_map(|name| configuration.desired(Some(name))).collect());
    }
    if targets.environments.is_empty() {
        return Err(environment_needed(&input.name, &names));
    }
    let mut chosen = Vec::new();
    for (index, name) in targets.environments.iter().enumerate() {
        let is_left_out = lacking.contains_key(name.as_str()) && !names.contains(&name.as_str());
        if !is_left_out && !targets.environments[..index].contains(name) {
            chosen.push(overlay(input, configuration, name, &names)?);
        }
    }
    Ok(chosen)
}

fn overlay(
    input: &Input,
    configuration: &Configuration,
    name: &str,
    names: &[&str],
) -> Result<Desired, Failure> {
    configuration.desired(Some(name)).ok_or_else(|| {
        let help = if names.is_empty() {
            "the file has no `environments`: omit `-e`".to_owned()
        } else if let Some(near) = nearest(name, names.iter().copied()) {
            format!("did you mean `{near}`?")
        } else {
            format!("it has {}", names.join(", "))
        };
        let shown = printable(name).into_owned();
        Failure::new(
            FailureCode::UnknownEnvironment,
            anyhow!("{}: there is no environment `{shown}` in this file", input.name),
            help,
        )
    })
}

/// The named environments that some of the files have and others lack, each with how many lack it. One
/// that none has, nor any that the options leave out, is a mistake.
pub(super) fn lacking<'a>(inputs: &Inputs, targets: &'a TargetArgs) -> BTreeMap<&'a str, usize> {
    let configurations: Vec<&Configuration> =
        inputs.named.iter().filter_map(|input| input.configuration.as_ref()).collect();
    let lack = |name: &str| {
        configurations.iter().filter(|it| !it.environments().any(|known| known == name)).count()
    };
    let is_known = |name: &str, files: usize| {
        files < configurations.len() || inputs.unselected_environments.contains(name)
    };
    let named = targets.environments.iter().map(|name| (name.as_str(), lack(name)));
    named.filter(|(name, files)| *files > 0 && is_known(name, *files)).collect()
}

/// What is said of the files that lack an environment.
pub(super) fn skipped(lacking: &BTreeMap<&str, usize>) -> Vec<String> {
    let files = |(name, files): (&&str, &usize)| {
        format!(
            "Skipped {} that {} no environment `{name}`.",
            words::count(*files, "file"),
            words::verb(*files, "has", "have")
        )
    };
    lacking.iter().map(files).collect()
}

/// A file has environments, and none is named.
pub(super) fn environment_needed(file: &str, names: &[&str]) -> Failure {
    let shown: Vec<_> = names.iter().map(|name| printable(name)).collect();
    Failure::new(
        FailureCode::EnvironmentNeeded,
        anyhow!("{}: this file has environments; choose which", printable(file)),
        format!("use `-e {}`, or `--all-envs` for all of them", shown.join("` or `-e ")),
    )
}

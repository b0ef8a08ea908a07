//! The states of configurations by the names of these, whatever is in them.

use std::io::ErrorKind;
use std::path::Path;

use super::environments::{environment_needed, lacking, skipped};
use super::{Chosen, Home, of};
use crate::commands::args::{FileArgs, TargetArgs};
use crate::commands::failure::Failure;
use crate::commands::files::input::{self, Inputs, Strictness};
use crate::commands::files::named::MeantBy;
use crate::commands::files::sharded::in_shard;
use crate::store::location::Named;

/// Homes that were found by the names of their configurations.
#[derive(Debug)]
pub struct NamedHomes {
    /// In the order of files, then of overlays.
    pub homes: Vec<Home>,
    /// As [`Chosen::notes`].
    pub notes: Vec<String>,
}

/// The homes of the states that configurations have by their names: a broken file is no reason not
/// to look at its state. Which environments there are only the files can tell, so that `--all-envs`
/// reads them, and `-e` with several of them looks which can be read and have none of that name.
pub fn homes(files: &FileArgs, targets: &TargetArgs) -> Result<NamedHomes, Failure> {
    if targets.all_envs {
        let Chosen { targets, notes, .. } = of(files, targets, Strictness::ErrorsFail)?;
        return Ok(NamedHomes { homes: targets.into_iter().map(|it| it.home).collect(), notes });
    }
    let meant = input::named(files)?;
    let is_chosen = files.select.changed_since.is_some()
        || meant.iter().any(|file| file.by == MeantBy::Search)
        || (meant.len() > 1 && !targets.environments.is_empty());
    let inputs = if is_chosen { input::read(files)? } else { Inputs::default() };
    let mut notes = inputs.notes();
    let named: Vec<&Path> = if is_chosen {
        inputs.named.iter().map(|input| input.path.as_path()).collect()
    } else {
        meant.iter().map(|file| file.path.as_path()).collect()
    };
    named.iter().try_for_each(|path| is_found(path))?;
    if targets.environments.is_empty() {
        named.iter().try_for_each(|path| needs_no_environment(path))?;
    }
    let paths: Vec<String> =
        named.iter().map(|path| input::known_name(path)).collect::<Result<_, _>>()?;
    let mut environments: Vec<Option<&str>> =
        targets.environments.iter().map(|name| Some(name.as_str())).collect();
    if environments.is_empty() {
        environments.push(None);
    }
    let lacking = lacking(&inputs, targets);
    let lacks = |index: usize, name: &str| {
        let configuration = inputs.named.get(index).and_then(|it| it.configuration.as_ref());
        lacking.contains_key(name)
            && configuration.is_some_and(|it| !it.environments().any(|known| known == name))
    };
    let (lacks, environments) = (&lacks, &environments);
    let named = paths.iter().enumerate().flat_map(|(index, config)| {
        let meant = environments.iter().filter(move |it| !it.is_some_and(|it| lacks(index, it)));
        meant.map(move |environment| Named { config, environment: *environment })
    });
    notes.extend(skipped(&lacking));
    let named = in_shard(named.collect(), targets.shard, "target", |named| *named, &mut notes);
    Ok(NamedHomes { homes: super::homes(&named, targets)?, notes })
}

/// The home of the state of one file, which need not be there, whatever signs its name has.
pub fn home(path: &Path, targets: &TargetArgs) -> Result<Home, Failure> {
    let environment = targets.environments.first().map(String::as_str);
    if environment.is_none() {
        needs_no_environment(path)?;
    }
    let config = input::known_name(path)?;
    let mut homes = super::homes(&[Named { config: &config, environment }], targets)?;
    // One target has one home.
    Ok(homes.swap_remove(0))
}

/// Makes sure that an argument is no folder without a configuration, and no glob that matches none:
/// neither has a state of its own.
fn is_found(path: &Path) -> Result<(), Failure> {
    if !input::is_stdin(path) && (path.is_dir() || input::is_glob(path)) {
        let name = path.display().to_string();
        let kind = if path.is_dir() { ErrorKind::IsADirectory } else { ErrorKind::NotFound };
        let finding = input::unreadable(&name, path, &kind.into());
        return Err(Failure::configuration(vec![finding], Vec::new()));
    }
    Ok(())
}

/// Makes sure that a file, as far as it can be read, has no environments to choose from.
fn needs_no_environment(path: &Path) -> Result<(), Failure> {
    if input::is_stdin(path) || !path.is_file() {
        return Ok(());
    }
    let environments = input::environments(path);
    if environments.is_empty() {
        return Ok(());
    }
    let name = path.display().to_string();
    let names: Vec<&str> = environments.iter().map(String::as_str).collect();
    Err(environment_needed(&name, &names))
}

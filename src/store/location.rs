//! Which file holds the state of a target. A location is written as people would write it: a path
//! that is relative stays relative.

use std::fmt;
use std::path::{Component, Path, PathBuf, is_separator};

use super::by_file::ByFile;
use super::resolve::{normalize, resolve};
use super::root::repository_root;
use super::url::StateUrl;
use super::url_problem::UrlProblem;
use crate::config::title;
use crate::failure::FailureCode;
use crate::state::{ServiceKind, beside, instance_beside};
use crate::text::slashed;

/// How standard input is named on the command line.
const STANDARD_INPUT: &str = "-";

/// Where states are kept: the meaning of `--state`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatePlacement {
    /// Each beside its configuration.
    Beside,
    /// In one file, for one target.
    File(String),
    /// In a folder, whose name ends in a separator: at the configuration's path as seen from the
    /// working directory.
    Folder(String),
    /// In a place that several machines reach: at the configuration's path as seen from the root of
    /// the repository.
    Shared(StateUrl),
}

/// A state's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePlace {
    /// How people and documents call it.
    pub location: String,
    /// Its name in a shared place; for a file the same as its location.
    pub name: String,
}

/// A target, as far as its state's name goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The configuration, as it was named; `-` for standard input.
    pub config: &'a str,
    /// The overlay.
    pub environment: Option<&'a str>,
}

/// Why a target has no place for its state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// `--state` is a URL that cannot be used.
    #[error("{}", problem.told(url))]
    Url {
        /// The value, which is not shown where it holds a secret.
        url: String,
        /// The problem.
        problem: UrlProblem,
    },
    /// `--state` is empty, or names standard input.
    #[error("`--state` names neither a file nor a folder")]
    NoPath,
    /// `--state` names a file, and there are several targets.
    #[error("`--state {file}` names one file, and this run has {targets} targets")]
    SeveralTargets {
        /// The value.
        file: String,
        /// How many targets there are.
        targets: usize,
    },
    /// The configuration comes from standard input, and no file is named for its state.
    #[error("a configuration from standard input has no default place for its state")]
    StandardInput,
    /// The configuration has no path inside the folder of states.
    #[error(
        "{config}: this configuration is outside {base}, so it has no path inside the state \
         folder {folder}"
    )]
    Outside {
        /// The configuration, as it was named.
        config: String,
        /// The value of `--state`.
        folder: String,
        /// The folder that its path would be seen from.
        base: &'static str,
    },
    /// Two targets would write one state.
    #[error("{first} and {second} have the same state, {location}")]
    Shared {
        /// The target that was named first.
        first: String,
        /// The other one.
        second: String,
        /// Where the second one's state would be.
        location: String,
    },
}

impl LocationError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::Shared { .. } => FailureCode::StateShared,
            Self::Url { .. }
            | Self::NoPath
            | Self::SeveralTargets { .. }
            | Self::StandardInput
            | Self::Outside { .. } => FailureCode::StateLocation,
        }
    }

    /// The remedy.
    pub fn help(&self) -> String {
        match self {
            Self::NoPath => {
                "name a file, or a folder ending in `/`; without `--state` and `CLERKFORM_STATE` \
                 the state is kept beside the configuration"
            }
            Self::Url { problem, .. } => return problem.help(),
            Self::SeveralTargets { .. } => {
                "name a folder, ending in `/`: each target has its own state in it"
            }
            Self::StandardInput => "name a file for it with `--state FILE`",
            Self::Outside { .. } => {
                "run clerkform where the configuration is inside, or name a file with `--state FILE`"
            }
            Self::Shared { .. } => {
                "name each target once, and rename one of two configurations whose names differ \
                 only in their extension"
            }
        }
        .to_owned()
    }
}

impl StatePlacement {
    /// The meaning of `--state`, where it is given.
    pub fn parse(value: Option<&str>) -> Result<Self, LocationError> {
        match value {
            None => Ok(Self::Beside),
            Some("" | STANDARD_INPUT) => Err(LocationError::NoPath),
            Some(value) => match StateUrl::parse(value) {
                Err(problem) => Err(LocationError::Url { url: value.to_owned(), problem }),
                Ok(Some(url)) => Ok(Self::Shared(url)),
                Ok(None) if value.ends_with(is_separator) => {
                    Ok(Self::Folder(slashed(value).into_owned()))
                }
                Ok(None) => Ok(Self::File(slashed(value).into_owned())),
            },
        }
    }

    /// Where the states of all targets of one run are, in their order. No two of them may be the
    /// same file, whatever path leads to it, and however its letters are written where the disk does
    /// not tell them apart.
    pub fn locate(
        &self,
        targets: &[Named<'_>],
        service: ServiceKind,
        working_directory: &Path,
    ) -> Result<Vec<StatePlace>, LocationError> {
        if let (Self::File(file), true) = (self, targets.len() > 1) {
            let targets = targets.len();
            return Err(LocationError::SeveralTargets { file: file.clone(), targets });
        }
        let mut first_at = ByFile::default();
        let mut locations = Vec::with_capacity(targets.len());
        for target in targets {
            let located = self.locate_one(target, service, working_directory)?;
            let path = working_directory.join(&located.name);
            let path = match self {
                Self::Shared(_) => path,
                _ => resolve(&path).unwrap_or_else(|_| normalize(&path)),
            };
            if let Some(first) = first_at.get(&path).map(|first: &&Named<'_>| first.title()) {
                let (second, location) = (target.title(), located.location);
                return Err(LocationError::Shared { first, second, location });
            }
            first_at.insert(path, target);
            locations.push(located);
        }
        Ok(locations)
    }

    fn locate_one(
        &self,
        target: &Named<'_>,
        service: ServiceKind,
        working_directory: &Path,
    ) -> Result<StatePlace, LocationError> {
        let outside = |base| {
            let (config, folder) = (target.config.to_owned(), self.to_string());
            LocationError::Outside { config, folder, base }
        };
        let name = match self {
            Self::File(file) => file.clone(),
            _ if target.config == STANDARD_INPUT => return Err(LocationError::StandardInput),
            Self::Beside => beside(target.config, target.environment, service),
            Self::Folder(folder) => {
                let config = inside(target.config, working_directory, working_directory)
                    .ok_or_else(|| outside("the working directory"))?;
                let state = beside(&config, target.environment, service);
                format!("{}/{state}", folder.trim_end_matches(is_separator))
            }
            Self::Shared(url) => {
                let root = repository_root(working_directory);
                let root = root.as_deref().unwrap_or(working_directory);
                let config = inside(target.config, working_directory, root)
                    .ok_or_else(|| outside("the repository"))?;
                let name = beside(&config, target.environment, service);
                return Ok(StatePlace { location: url.location(&name), name });
            }
        };
        Ok(StatePlace { location: name.clone(), name })
    }

    /// Where the emulated instance of a target is kept: beside the configuration, wherever the
    /// state is. For a configuration from standard input that is beside the state.
    pub fn sandbox_instance(&self, target: &Named<'_>) -> Result<String, LocationError> {
        let config = match self {
            _ if target.config != STANDARD_INPUT => target.config,
            Self::File(file) => file,
            Self::Beside | Self::Folder(_) | Self::Shared(_) => {
                return Err(LocationError::StandardInput);
            }
        };
        Ok(instance_beside(config, target.environment))
    }
}

impl Named<'_> {
    fn title(&self) -> String {
        title(self.config, self.environment)
    }
}

impl fmt::Display for StatePlacement {
    /// As it is given to `--state`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beside => f.write_str("beside"),
            Self::File(path) | Self::Folder(path) => f.write_str(path),
            Self::Shared(StateUrl::Git { remote }) => write!(f, "git:{remote}"),
            Self::Shared(StateUrl::Object(place)) => f.write_str(&place.location("")),
        }
    }
}

/// The configuration's path as seen from a folder; `None` where it leads out of it.
fn inside(config: &str, working_directory: &Path, folder: &Path) -> Option<String> {
    let path = normalize(&working_directory.join(config));
    if let Ok(inside) = path.strip_prefix(normalize(folder)) {
        return spell(inside);
    }
    // An absolute path may have come another way than the folder did: through a link.
    let parent = dunce::canonicalize(path.parent()?).ok()?;
    let path: PathBuf = parent.join(path.file_name()?);
    spell(path.strip_prefix(dunce::canonicalize(folder).ok()?).ok()?)
}

fn spell(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path
        .components()
        .map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join("/"))
}

#[cfg(test)]
mod tests;

//! Which file holds the state of a target. A location is written as people would write it: a path
//! that is relative stays relative.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf, is_separator};

use super::resolve::{normalize, resolve};
use crate::config::title;
use crate::failure::FailureCode;
use crate::state::{ServiceKind, beside, instance_beside};

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
    /// `--state` is a URL.
    #[error("`--state {url}`: this version cannot keep a state at a URL")]
    Url {
        /// The value.
        url: String,
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
        "{config}: this configuration is outside the working directory, so it has no path inside \
         the state folder {folder}"
    )]
    Outside {
        /// The configuration, as it was named.
        config: String,
        /// The value of `--state`.
        folder: String,
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
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Url { .. } | Self::NoPath => {
                "name a file, or a folder ending in `/`; without `--state` and `CLERKFORM_STATE` \
                 the state is kept beside the configuration"
            }
            Self::SeveralTargets { .. } => {
                "name a folder, ending in `/`: each target has its own state in it"
            }
            Self::StandardInput => "name a file for it with `--state FILE`",
            Self::Outside { .. } => {
                "run clerkform in a folder above the configuration, or name a file with `--state \
                 FILE`"
            }
            Self::Shared { .. } => {
                "name each target once, and rename one of two configurations whose names differ \
                 only in their extension"
            }
        }
    }
}

impl StatePlacement {
    /// The meaning of `--state`, where it is given.
    pub fn parse(value: Option<&str>) -> Result<Self, LocationError> {
        match value {
            None => Ok(Self::Beside),
            Some("" | STANDARD_INPUT) => Err(LocationError::NoPath),
            Some(url) if is_url(url) => Err(LocationError::Url { url: url.to_owned() }),
            Some(folder) if folder.ends_with(is_separator) => Ok(Self::Folder(folder.to_owned())),
            Some(file) => Ok(Self::File(file.to_owned())),
        }
    }

    /// Where the states of all targets of one run are, in their order. No two of them may be the
    /// same file, whatever path leads to it.
    pub fn locate(
        &self,
        targets: &[Named<'_>],
        service: ServiceKind,
        working_directory: &Path,
    ) -> Result<Vec<String>, LocationError> {
        if let (Self::File(file), true) = (self, targets.len() > 1) {
            let targets = targets.len();
            return Err(LocationError::SeveralTargets { file: file.clone(), targets });
        }
        let mut first_at = HashMap::new();
        let mut locations = Vec::with_capacity(targets.len());
        for target in targets {
            let location = self.locate_one(target, service, working_directory)?;
            let path = working_directory.join(&location);
            let path = resolve(&path).unwrap_or_else(|_| normalize(&path));
            if let Some(first) = first_at.insert(path, target) {
                let (first, second) = (first.title(), target.title());
                return Err(LocationError::Shared { first, second, location });
            }
            locations.push(location);
        }
        Ok(locations)
    }

    fn locate_one(
        &self,
        target: &Named<'_>,
        service: ServiceKind,
        working_directory: &Path,
    ) -> Result<String, LocationError> {
        match self {
            Self::File(file) => Ok(file.clone()),
            _ if target.config == STANDARD_INPUT => Err(LocationError::StandardInput),
            Self::Beside => Ok(beside(target.config, target.environment, service)),
            Self::Folder(folder) => {
                let config = inside(target.config, working_directory).ok_or_else(|| {
                    let (config, folder) = (target.config.to_owned(), folder.clone());
                    LocationError::Outside { config, folder }
                })?;
                let state = beside(&config, target.environment, service);
                Ok(format!("{}/{state}", folder.trim_end_matches(is_separator)))
            }
        }
    }

    /// Where the emulated instance of a target is kept: beside the configuration, wherever the
    /// state is. For a configuration from standard input that is beside the state.
    pub fn sandbox_instance(&self, target: &Named<'_>) -> Result<String, LocationError> {
        let config = match self {
            _ if target.config != STANDARD_INPUT => target.config,
            Self::File(file) => file,
            Self::Beside | Self::Folder(_) => return Err(LocationError::StandardInput),
        };
        Ok(instance_beside(config, target.environment))
    }
}

impl Named<'_> {
    fn title(&self) -> String {
        title(self.config, self.environment)
    }
}

fn is_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// The configuration's path as seen from the working directory; `None` where it leads out of it.
fn inside(config: &str, working_directory: &Path) -> Option<String> {
    let path = normalize(&working_directory.join(config));
    if let Ok(inside) = path.strip_prefix(normalize(working_directory)) {
        return spell(inside);
    }
    // An absolute path may have come another way than the working directory did: through a link.
    let folder = path.parent()?.canonicalize().ok()?;
    let path: PathBuf = folder.join(path.file_name()?);
    spell(path.strip_prefix(working_directory.canonicalize().ok()?).ok()?)
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

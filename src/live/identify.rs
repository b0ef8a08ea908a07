//! Which instance a key opens, and whether it is the one that is meant.

use serde_json::{Map, Value};

use super::LiveError;
use crate::api::{Access, INSTANCE, Lookup, RetryBudget, Stop, look_up};
use crate::catalog::EnvironmentType;
use crate::config::Target;
use crate::state::InstanceRef;

const FILE: &str = "the file";

/// The marks of an instance that are known before the service is asked.
#[derive(Clone, Copy, Debug)]
pub struct Meant<'a> {
    /// How people call the target.
    pub title: &'a str,
    /// What the file says.
    pub target: &'a Target,
    /// Who knew the instance before, where anybody did. Each of them has to be right.
    pub recorded: &'a [Recorded<'a>],
}

/// An instance that is known from before.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Which one it was.
    pub instance: &'a InstanceRef,
    /// Who says so.
    pub by: Recorder,
}

/// Who knows an instance from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorder {
    /// The state.
    State,
    /// The plan that was shown.
    Plan,
}

impl Recorder {
    const fn title(self) -> &'static str {
        match self {
            Self::State => "the state",
            Self::Plan => "the plan",
        }
    }
}

/// An instance that is the one that is meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// Its id, where the service tells it, and its environment.
    pub instance: InstanceRef,
    /// The answer that told it; `None` where the service has no such `GET`.
    pub shown: Option<Map<String, Value>>,
}

/// Whether a key is for the environment that the file and the state ask for. Asks nobody.
pub fn key_fits(meant: Meant<'_>, key: EnvironmentType) -> Result<(), LiveError> {
    let recorded =
        meant.recorded.iter().map(|known| (known.instance.environment_type, known.by.title()));
    let file = (meant.target.environment_type, FILE);
    for (expected, source_of_truth) in std::iter::once(file).chain(recorded) {
        if let Some(expected) = expected.filter(|expected| *expected != key) {
            let title = meant.title.to_owned();
            return Err(LiveError::KeyEnvironment { title, key, expected, source_of_truth });
        }
    }
    Ok(())
}

/// Asks which instance the key opens, and refuses any other than the expected.
pub async fn identify(
    access: &Access<'_>,
    meant: Meant<'_>,
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Result<Identified, LiveError> {
    let title = || meant.title.to_owned();
    let unreachable = |problem: String, help: &str| LiveError::Unreachable {
        title: title(),
        problem,
        help: help.to_owned(),
    };
    let found = look_up(access.service.as_ref(), &access.keys, patience, stop).await;
    let (id, shown) = match found {
        Lookup::Known { id, environment_type, shown } => {
            let key = access.environment_type;
            let told = environment_type.filter(|told| told != key.as_str());
            if let Some(found) = told {
                return Err(LiveError::OtherEnvironment { title: title(), key, found });
            }
            (Some(id), Some(shown))
        }
        Lookup::NotOffered => (None, None),
        Lookup::Refused(refusal) => {
            // Of a call that changes something the help for a 402 would be right.
            let help = refusal.help.as_deref().filter(|_| refusal.status != 402);
            let help = help.unwrap_or("nothing was changed; try again");
            return Err(unreachable(
                format!(
                    "`GET {INSTANCE}` {}: {} ({})",
                    refusal.verdict(),
                    refusal.message,
                    refusal.code
                ),
                help,
            ));
        }
        Lookup::NoReply(why) => {
            return Err(unreachable(why, "nothing was changed; check the network and `--api-url`"));
        }
        Lookup::NotAnInstance(why) => {
            return Err(unreachable(
                format!("the answer to `GET {INSTANCE}` did not come from the Clerk API: {why}"),
                "nothing was changed; check `--api-url`",
            ));
        }
    };
    expected(meant, id.as_deref())?;
    let instance = InstanceRef { id, environment_type: Some(access.environment_type) };
    Ok(Identified { instance, shown })
}

fn expected(meant: Meant<'_>, found: Option<&str>) -> Result<(), LiveError> {
    let recorded =
        meant.recorded.iter().map(|known| (known.instance.id.as_ref(), known.by.title()));
    let file = (meant.target.instance_id.as_ref(), FILE);
    for (expected, source_of_truth) in std::iter::once(file).chain(recorded) {
        let Some(expected) = expected.cloned() else { continue };
        let title = meant.title.to_owned();
        match found {
            Some(found) if found == expected => {}
            Some(found) => {
                let found = found.to_owned();
                return Err(LiveError::OtherInstance { title, found, expected, source_of_truth });
            }
            None => return Err(LiveError::Unidentified { title, expected, source_of_truth }),
        }
    }
    Ok(())
}

//! Reads a live instance: which one it is, and what it is set to, with where each value was read.
//! Nothing here changes anything: an empty `PATCH` is the service's own way to show a section that
//! has no `GET`.

mod distinct;
mod expected;
mod front;
mod identify;
mod refusal;
mod sections;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::api::{Access, INSTANCE, RetryBudget, Stop};
use crate::catalog::{Read, Section};
use crate::config::Target;
use crate::state::{InstanceRef, Live, Shown, Source, shown};

pub use distinct::{sharing_a_key, sharing_an_instance};
pub use expected::ExpectedField;
pub use identify::{Identified, Meant, Recorded, Recorder, identify, key_fits};
pub use refusal::{LiveError, Titles};

/// How long a `GET` may go on to show what was before a write, as far as it is known: other clients
/// of the service wait as long.
const STALE: Duration = Duration::from_secs(3);

/// The fields to read of one target, and what is known of it.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// How people call the target.
    pub title: String,
    /// What the file says of it.
    pub target: &'a Target,
    /// The instance that the state describes, where there is a state.
    pub recorded: Option<&'a InstanceRef>,
    /// The fields to read.
    pub fields: Vec<ExpectedField<'a>>,
    /// Whether the public environment may be asked for what the key cannot read.
    pub frontend: FrontendUse,
}

/// Whether the public environment is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontendUse {
    /// It is left alone.
    Leave,
    /// It is asked for what nothing else shows.
    Ask,
}

/// Reads an instance, after making sure that it is the one that is meant.
pub async fn read(
    access: &Access<'_>,
    wanted: &Wanted<'_>,
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Result<Live, LiveError> {
    tokio::select! {
        biased;
        _ = stop.tripped() => Err(LiveError::Interrupted),
        live = refresh(access, wanted, patience, stop) => live,
    }
}

async fn refresh(
    access: &Access<'_>,
    wanted: &Wanted<'_>,
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Result<Live, LiveError> {
    let Wanted { title, target, recorded, fields, frontend } = wanted;
    let recorded: Vec<_> =
        recorded.iter().map(|&instance| Recorded { instance, by: Recorder::State }).collect();
    let meant = Meant { title, target, recorded: &recorded };
    key_fits(meant, access.environment_type)?;
    let Identified { instance, shown } = identify(access, meant, patience, stop).await?;
    let mut live = Live::of(instance);
    let reader = sections::SectionReader { title, access, patience, stop };
    let mut shown = shown;
    for section in sections_of(fields) {
        // The answer that says which instance it is shows the section that lives there, too.
        let answer = if section.path == INSTANCE {
            sections::SectionAnswer::first(shown.take())
        } else {
            reader.section(section).await?
        };
        answer.tell(section, &of(section, fields), &mut live);
    }
    read_again(&reader, fields, &mut live).await?;
    match frontend {
        FrontendUse::Ask => front::tell(&reader, fields, &mut live).await?,
        FrontendUse::Leave => front::offer(fields, &mut live),
    }
    Ok(live)
}

/// Reads a second time, after a while, what a `GET` may have shown as it was before a write.
async fn read_again(
    reader: &sections::SectionReader<'_>,
    fields: &[ExpectedField<'_>],
    live: &mut Live,
) -> Result<(), LiveError> {
    let doubtful: Vec<_> = sections_of(fields)
        .filter(|section| of(section, fields).iter().any(|field| is_doubtful(field, live)))
        .collect();
    if !doubtful.is_empty() {
        reader.patience.wait(STALE).await;
    }
    for section in doubtful {
        let answer = reader.section(section).await?;
        answer.tell(section, &of(section, fields), live);
    }
    Ok(())
}

/// Reads fields of an instance that a write has just set, without asking again which one it is.
/// What is not shown as expected is read a second time. Fails at once where the stop comes.
pub async fn read_back(
    access: &Access<'_>,
    title: &str,
    fields: &[ExpectedField<'_>],
    patience: &RetryBudget<'_>,
    stop: &Stop,
) -> Result<Live, LiveError> {
    let reading = async {
        let reader = sections::SectionReader { title, access, patience, stop };
        let mut live = Live::default();
        for section in sections_of(fields) {
            let answer = reader.section(section).await?;
            answer.tell(section, &of(section, fields), &mut live);
        }
        read_again(&reader, fields, &mut live).await?;
        Ok(live)
    };
    tokio::select! {
        biased;
        _ = stop.tripped() => Err(LiveError::Interrupted),
        live = reading => live,
    }
}

/// The sections that can be read of what is wanted, in the catalogue's order.
fn sections_of<'a>(fields: &'a [ExpectedField<'_>]) -> impl Iterator<Item = &'static Section> + 'a {
    let is_wanted = |section: &&Section| {
        fields.iter().any(|wanted| wanted.section == *section && wanted.field.read == Read::Shown)
    };
    crate::catalog::SECTIONS.into_iter().filter(is_wanted)
}

fn of<'a>(section: &Section, fields: &[ExpectedField<'a>]) -> Vec<ExpectedField<'a>> {
    fields.iter().filter(|wanted| wanted.section == section).copied().collect()
}

/// Whether a value may be what was before a write that has just been made.
fn is_doubtful(wanted: &ExpectedField<'_>, live: &Live) -> bool {
    let Some(seen) = live.seen(wanted.section, wanted.field) else { return false };
    let is_expected = wanted.value.is_some_and(|value| {
        !matches!(shown(wanted.field, value, &seen.value), Shown::Otherwise(_))
    });
    seen.source == Source::Get && !is_expected
}

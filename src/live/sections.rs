//! The values that the service shows of one section: by its `GET`, and by the answer of an empty
//! `PATCH` where there is no `GET` or it is refused.

use serde_json::{Map, Value};

use super::{ExpectedField, LiveError};
use crate::api::{self, Access, Answer, Request, RetryBudget, Stop, call, is_masked};
use crate::catalog::{Field, Read, Section};
use crate::state::{Live, Seen, Source};

/// Reads sections of one target's instance.
pub(super) struct SectionReader<'a> {
    /// How people call the target.
    pub title: &'a str,
    pub access: &'a Access<'a>,
    pub patience: &'a RetryBudget<'a>,
    pub stop: &'a Stop,
}

/// The values read of a section.
pub(super) enum SectionAnswer {
    /// Its values, and where they stood.
    Shown(Map<String, Value>, Source),
    /// Nothing; why not.
    Unread(String),
}

/// The result of one request.
enum Came {
    Object(Map<String, Value>),
    /// Refused, for a reason that holds for this section and says nothing of the others.
    Refused(String),
}

impl SectionReader<'_> {
    /// Reads a section.
    pub async fn section(&self, section: &'static Section) -> Result<SectionAnswer, LiveError> {
        let mut refused: Option<String> = None;
        if section.has_get {
            match self.ask(section, &Request::Get { path: section.path }).await? {
                Came::Object(members) => return Ok(SectionAnswer::Shown(members, Source::Get)),
                Came::Refused(why) => refused = Some(why),
            }
        }
        if section.echo.is_some() {
            let request = Request::Patch { path: section.path, body: Map::new() };
            match self.ask(section, &request).await? {
                Came::Object(members) => return Ok(SectionAnswer::Shown(members, Source::Echo)),
                Came::Refused(why) => {
                    return Ok(SectionAnswer::Unread(match refused {
                        None => format!("an empty PATCH {why}"),
                        Some(get) if get == why => format!("GET and an empty PATCH {why}"),
                        Some(get) => format!("GET {get}, an empty PATCH {why}"),
                    }));
                }
            }
        }
        Ok(SectionAnswer::Unread(format!("GET {}", refused.unwrap_or_default())))
    }

    async fn ask(&self, section: &Section, request: &Request) -> Result<Came, LiveError> {
        let called = call(self.access.service.as_ref(), request, self.patience, self.stop).await;
        let unreachable = |problem: String, help: &str| LiveError::Unreachable {
            title: self.title.to_owned(),
            problem: format!("`{} {}`{problem}", request.method(), request.path()),
            help: help.to_owned(),
        };
        let giving_up = called.giving_up().map_or_else(String::new, |why| format!(" ({why})"));
        let reply = match &called.last {
            Ok(reply) => reply,
            Err(no_reply) => {
                let help = "nothing was changed; check the network and `--api-url`";
                return Err(unreachable(format!(": {no_reply}{giving_up}"), help));
            }
        };
        match api::read(&self.access.keys, reply) {
            Answer::Accepted { echo: Some(members) } if section.is_shown_by(&members) => {
                Ok(Came::Object(members))
            }
            Answer::Accepted { .. } => {
                Ok(Came::Refused(format!("answered {} with an unexpected body", reply.status)))
            }
            Answer::Refused(refusal) if is_the_sections_own(refusal.status) => {
                Ok(Came::Refused(format!("answered {}: {}", refusal.status, refusal.message)))
            }
            Answer::Refused(refusal) => Err(unreachable(
                format!(
                    " {}: {} ({}){giving_up}",
                    refusal.verdict(),
                    refusal.message,
                    refusal.code
                ),
                refusal.help.as_deref().unwrap_or("nothing was changed; try again"),
            )),
        }
    }
}

/// Whether a refusal is about one section: not in the plan, not allowed, not there. A key that is
/// not accepted, and a service that is too busy, are about all of them.
const fn is_the_sections_own(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 401 | 408 | 429)
}

/// How large a value may be that is believed, in bytes of JSON. What is shown has to be recorded.
const LARGEST: usize = 64 * 1024;

/// Whether a value that was read can be the field's.
pub(super) fn is_credible(field: &Field, value: &Value) -> bool {
    field.can_show(value) && value.to_string().len() <= LARGEST
}

impl SectionAnswer {
    /// What the answer shows that told which instance it is; `None` where the service has no such
    /// `GET`.
    pub fn first(shown: Option<Map<String, Value>>) -> Self {
        match shown {
            Some(members) => Self::Shown(members, Source::Get),
            None => Self::Unread("the service has no GET for it".to_owned()),
        }
    }

    /// Writes down what was read of each field that is wanted of the section.
    pub fn tell(self, section: &'static Section, fields: &[ExpectedField<'_>], live: &mut Live) {
        let (mut members, source) = match self {
            Self::Shown(members, source) => (members, source),
            Self::Unread(why) => {
                for wanted in fields.iter().filter(|wanted| wanted.field.read == Read::Shown) {
                    live.hide(section, wanted.field, why.clone());
                }
                return;
            }
        };
        for wanted in fields.iter().filter(|wanted| wanted.field.read == Read::Shown) {
            match members.remove(wanted.field.name) {
                Some(value) if is_masked(&value) => {
                    live.hide(
                        section,
                        wanted.field,
                        "the answer contains the secret key".to_owned(),
                    );
                }
                Some(value) if is_credible(wanted.field, &value) => {
                    live.show(section, wanted.field, Seen { value, source });
                }
                Some(_) => {
                    let why = "the answer contains an invalid value for it";
                    live.hide(section, wanted.field, why.to_owned());
                }
                None => {
                    live.hide(section, wanted.field, "the answer does not contain it".to_owned());
                }
            }
        }
    }
}

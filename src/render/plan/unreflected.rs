//! Settings that the service accepted and does not take, in the words that all views share.

use super::change::sides_of;
use crate::plan::Change;
use crate::render::text::escape::printable;
use crate::render::text::shell::quoted;
use crate::render::text::words::{count, verb};

/// The totals of the changes, as a sentence without a full stop; `None` where there is none. One
/// alone is told with both sides, written the way of `show`: they hold values.
pub(crate) fn told<'a>(
    changes: impl Iterator<Item = &'a Change>,
    show: fn(&str) -> String,
) -> Option<String> {
    let changes: Vec<_> = changes.collect();
    let (number, settings) = (changes.len(), count(changes.len(), "setting"));
    let (differ, them) = (verb(number, "differs", "differ"), verb(number, "it", "them"));
    let told = format!("{settings} {differ} and Clerk does not take {them}");
    match changes.as_slice() {
        [] => None,
        [only] => Some(format!("{told}: {}", show(&sides_of(only)))),
        _ => Some(told),
    }
}

/// The note beside the name of a section of which something is not taken.
pub(super) const NOT_PLANNED: &str = "not taken by Clerk, so no call is planned";

/// The remedy for fields that are not taken, as a sentence without a full stop. `fields` are
/// their names with their sections, as they may be shown, and `environment` is their target's.
pub(crate) fn remedy(fields: &[String], environment: Option<&str>) -> String {
    let environment =
        environment.map_or_else(String::new, |name| format!(" -e {}", quoted(&printable(name))));
    let (is, it) = (verb(fields.len(), "is", "are"), verb(fields.len(), "it", "them"));
    format!(
        "what Clerk accepted but does not take {is} not sent again while the file asks for the \
         same; `clerkform state forget {}{environment}` makes the next apply send {it} again",
        fields.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::Reason;
    use crate::render::samples::change;

    #[test]
    fn one_setting_is_told_with_both_sides_and_several_are_counted() {
        let number = change(
            "organization_settings.max_allowed_memberships",
            Some(json!(5)),
            json!(20),
            Reason::Unreflected,
        );
        let list = change(
            "instance.allowed_origins",
            Some(json!(["app://a", "app://b"])),
            json!(["app://b"]),
            Reason::Unreflected,
        );
        for (changes, expected) in [
            (vec![], None),
            (vec![&number], Some("1 setting differs and Clerk does not take it: live 5, file 20")),
            (
                vec![&list],
                Some("1 setting differs and Clerk does not take it: 1 only live, 1 in both"),
            ),
            (vec![&number, &list], Some("2 settings differ and Clerk does not take them")),
        ] {
            assert_eq!(told(changes.into_iter(), str::to_owned).as_deref(), expected);
        }
    }
}

//! What there is to set. Every section and field is declared here once; the schema, the checks,
//! `explain`, `init`, the sandbox and the plan all follow from it.
//!
//! Where a fact about the service may be doubted, a letter says where it is known from: `[s]` the
//! public description of the API, `[s+]` a later copy of it (autumn of 2026), `[d]` the service's
//! published codes and documentation, `[c]` the official clients, `[t]` other people's clients and
//! notes.

mod communication;
mod country;
mod environment_type;
mod fact;
mod field;
mod instance;
mod instance_settings;
mod oauth_application_settings;
mod organization_settings;
mod protect;
mod quirk;
mod restrictions;
pub mod schema;
mod section;
mod subdomain;

pub use country::{country_named, is_country};
pub use environment_type::EnvironmentType;
pub use fact::{Aspect, Fact, facts};
pub use field::{Field, Kind, Shape};
pub use instance::DEVELOPMENT_ORIGIN;
pub use quirk::{Deprecated, Empty, Frontend, Guard, Lockout, Read, Refused, Scope};
pub use section::Section;
pub use subdomain::{as_stored, is_subdomain, subdomain_named};

/// Where the public environment shows which kind of instance it is of, as a [`Frontend::path`].
pub const FRONTEND_ENVIRONMENT_TYPE: &str = "display_config.instance_environment_type";

/// The version of the API that the catalogue describes, as the header `Clerk-API-Version` names it.
pub const API_VERSION: &str = "2026-05-12";

/// Every section, in the order of files, plans and calls.
pub static SECTIONS: [&Section; 7] = [
    &instance::SECTION,
    &restrictions::SECTION,
    &organization_settings::SECTION,
    &communication::SECTION,
    &protect::SECTION,
    &oauth_application_settings::SECTION,
    &instance_settings::SECTION,
];

/// The field that the service refuses by this code, where the code is one field's own.
pub fn refused_by(code: &str) -> Option<(&'static Field, Refused)> {
    let fields = SECTIONS.into_iter().flat_map(|section| section.fields);
    fields
        .filter_map(|field| Some((field, field.refused?)))
        .find(|(_, refused)| refused.code == code)
}

/// The section of that name.
pub fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.into_iter().find(|section| section.name == name)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn fields() -> impl Iterator<Item = (&'static Section, &'static Field)> {
        SECTIONS.into_iter().flat_map(|of| of.fields.iter().map(move |field| (of, field)))
    }

    #[test]
    fn every_name_and_path_is_there_once() {
        for of in SECTIONS {
            assert!(section(of.name).is_some_and(|found| std::ptr::eq(found, of)));
            assert_eq!(SECTIONS.iter().filter(|other| other.path == of.path).count(), 1);
            for field in of.fields {
                let names = of.fields.iter().filter(|other| other.name == field.name);
                assert_eq!(names.count(), 1, "{}", field.name);
                assert!(of.also_shows.iter().all(|(name, _)| *name != field.name));
            }
        }
    }

    #[test]
    fn a_field_that_points_to_another_means_the_same() {
        for (of, field) in fields() {
            let successor = field.successor().map(|name| of.field(name).unwrap());
            let twin =
                field.same_as.map(|other| section(other).unwrap().field(field.name).unwrap());
            for other in successor.into_iter().chain(twin) {
                assert_eq!(other.kind, field.kind, "{}", field.name);
                assert!(other.nullable || !field.nullable, "{}", field.name);
                assert_eq!(other.only_in, field.only_in, "{}", field.name);
                assert!(!other.is_deprecated() && other.same_as.is_none(), "{}", field.name);
            }
        }
    }

    #[test]
    fn what_keeps_everybody_out_while_a_list_is_empty_names_that_list() {
        let mut seen = 0;
        for (of, field) in fields() {
            let Some(lockout) = field.lockout else { continue };
            assert_eq!(field.kind, Kind::Boolean, "{}", field.name);
            let Some(name) = lockout.list else { continue };
            seen += 1;
            let list = of.field(name).unwrap();
            assert!(matches!(list.kind, Kind::Set(_)), "{name}");
            assert_eq!(list.only_in, field.only_in, "{name}");
        }
        assert!(seen > 0);
    }

    #[test]
    fn a_code_that_refuses_a_field_is_that_fields_own() {
        let mut seen = 0;
        for (_, field) in fields() {
            let Some(refused) = field.refused else { continue };
            seen += 1;
            let (found, _) = refused_by(refused.code).unwrap();
            assert!(std::ptr::eq(found, field), "{}", refused.code);
        }
        assert!(seen > 1);
        assert_eq!(refused_by("form_param_value_invalid"), None);
    }

    #[test]
    fn a_list_that_is_read_back_can_be_read() {
        for (of, field) in fields().filter(|(_, field)| field.empty == Empty::ReadBack) {
            let is_list = matches!(field.kind, Kind::Set(_));
            // An echo would say it, and nobody would have to look.
            let is_readable = of.has_get && of.echo.is_none() && field.read == Read::Shown;
            assert!(is_list && is_readable, "{}", field.name);
        }
    }

    #[test]
    fn what_stands_in_an_entry_as_json_is_json() {
        let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
        for (of, field) in fields() {
            assert!(of.also_shows.iter().all(|(_, json)| is_json(json)), "{}", of.name);
            let default = field.default.or(field.default_in.map(|(_, json)| json));
            assert!(default.is_none_or(is_json) && is_json(field.example), "{}", field.name);
        }
    }

    #[test]
    fn only_what_an_answer_can_show_is_declared_as_shown() {
        for (of, field) in fields().filter(|(_, field)| field.read == Read::Shown) {
            assert!(of.has_get || of.echo.is_some(), "{}", field.name);
        }
        for (_, field) in fields().filter(|(_, field)| !field.echo_adds.is_empty()) {
            let Kind::Set(Shape::OneOf(words)) = field.kind else { panic!("{}", field.name) };
            assert!(field.echo_adds.iter().all(|added| !words.contains(added)), "{}", field.name);
        }
    }
}

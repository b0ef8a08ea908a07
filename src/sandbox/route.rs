//! Which part of the emulation answers a path.

use crate::catalog::{SECTIONS, Section};

/// The resource at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// Something of the instance that the secret key opens.
    WithKey(Resource),
    /// The public environment of the instance with this id, or of the only one.
    Environment(Option<&'a str>),
}

/// A resource that a secret key gives access to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// A section's settings.
    Settings(&'static Section),
    /// The list of domains, which says where the public environment is.
    Domains,
}

/// Where the environment of an instance is, under the URL of its front end.
const ENVIRONMENT: &str = "/v1/environment";

/// What comes before an instance's id in the URL of its front end.
const FRONTEND: &str = "/frontend/";

impl<'a> Route<'a> {
    /// The resource at `path`.
    pub(super) fn at(path: &'a str) -> Option<Self> {
        match path {
            ENVIRONMENT => Some(Self::Environment(None)),
            "/v1/domains" => Some(Self::WithKey(Resource::Domains)),
            _ => {
                let section = SECTIONS.into_iter().find(|section| section.path == path);
                let section = section.map(|section| Self::WithKey(Resource::Settings(section)));
                section.or_else(|| {
                    let id = path.strip_prefix(FRONTEND)?.strip_suffix(ENVIRONMENT)?;
                    (!id.is_empty() && !id.contains('/')).then_some(Self::Environment(Some(id)))
                })
            }
        }
    }
}

/// The URL of the front end of the instance with this id, under the sandbox's own URL.
pub(super) fn frontend_url(sandbox: &str, id: &str) -> String {
    format!("{sandbox}{FRONTEND}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_at_its_path() {
        for section in SECTIONS {
            let place = Resource::Settings(section);
            assert_eq!(Route::at(section.path), Some(Route::WithKey(place)));
        }
    }

    #[test]
    fn the_environment_is_under_the_front_ends_url() {
        let path = frontend_url("", "ins_2abc") + ENVIRONMENT;
        assert_eq!(Route::at(&path), Some(Route::Environment(Some("ins_2abc"))));
        assert_eq!(Route::at("/v1/environment"), Some(Route::Environment(None)));
    }

    #[test]
    fn elsewhere_there_is_nothing() {
        for path in [
            "",
            "/",
            "/v1",
            "/v1/instance/",
            "/v1/instance/restriction",
            "/v1/domains/",
            "/v1/users",
            "/frontend/ins_2abc",
            "/frontend//v1/environment",
            "/frontend/v1/environment",
            "/frontend/a/b/v1/environment",
        ] {
            assert_eq!(Route::at(path), None, "{path}");
        }
    }
}

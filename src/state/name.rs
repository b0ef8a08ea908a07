//! How the files beside a configuration are called: a name that follows from the configuration's
//! own, and from the environment.

use std::path::is_separator;

/// Which service a state is about. An emulated instance has a state of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceKind {
    /// Clerk itself, or whatever is served at `--api-url`.
    #[default]
    Live,
    /// The emulation inside the process, `--sandbox`.
    Sandbox,
}

/// Below which refs of a git remote states are kept.
pub const REFS: &str = "refs/clerkform/";

/// How the places in object stores begin.
const OBJECTS: [&str; 3] = ["s3://", "gs://", "az://"];

/// Whether a location is in a place that several machines reach.
pub fn is_shared(location: &str) -> bool {
    let is_ref = |location: &str| location.starts_with("git:") && location.contains(REFS);
    OBJECTS.iter().any(|scheme| location.starts_with(scheme)) || is_ref(location)
}

/// The place that several machines reach and that holds the state of that location, as it is given
/// to `--state`, where `name` is what the state is called there; `None` for a file, and where the
/// location does not end like that.
pub fn shared_place(location: &str, name: &str) -> Option<String> {
    if OBJECTS.iter().any(|scheme| location.starts_with(scheme)) {
        let (key, options) = location.split_once('?').unwrap_or((location, ""));
        let place = key.strip_suffix(name).filter(|place| place.ends_with('/'))?;
        let options = if options.is_empty() { String::new() } else { format!("?{options}") };
        return Some(format!("{place}{options}"));
    }
    let (place, reference) = location.split_once(' ')?;
    (place.starts_with("git:") && reference.starts_with(REFS)).then(|| place.to_owned())
}

/// A configuration's path as the names of states in shared places have it: from the repository's root,
/// where `folder` is the one that the path is seen from, as a plan has it (`.` for the root, absolute
/// where there is no repository).
pub fn from_root(folder: &str, config: &str) -> String {
    let is_outside = folder.starts_with('/') || folder.contains(':');
    let above = if is_outside { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in above.split('/').chain(config.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The state of a configuration: `dir/clerk.yaml` has `dir/clerk.E.state.json`.
pub fn beside(config: &str, environment: Option<&str>, service: ServiceKind) -> String {
    let name = match service {
        ServiceKind::Live => "state.json",
        ServiceKind::Sandbox => "sandbox.state.json",
    };
    sibling(config, environment, name)
}

/// The emulated instance of a configuration: `dir/clerk.E.sandbox.instance.json`.
pub fn instance_beside(config: &str, environment: Option<&str>) -> String {
    sibling(config, environment, "sandbox.instance.json")
}

/// `dir/clerk.yaml` → `dir/clerk.E.NAME`.
fn sibling(config: &str, environment: Option<&str>, name: &str) -> String {
    let file = config.rfind(is_separator).map_or(0, |separator| separator + 1);
    let (folder, file) = config.split_at(file);
    let stem = [".yaml", ".yml", ".json"]
        .into_iter()
        .find_map(|ending| file.strip_suffix(ending))
        .filter(|stem| !stem.is_empty())
        .unwrap_or(file);
    match environment {
        None => format!("{folder}{stem}.{name}"),
        Some(environment) => format!("{folder}{stem}.{environment}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_state_is_told_by_its_location() {
        for (location, expected) in [
            ("git:origin refs/clerkform/a/clerk.state.json", Some("git:origin")),
            ("git:origin", None),
            ("a refs/clerkform/b", None),
            ("git:a b", None),
            ("s3://bucket/p/a/clerk.state.json", Some("s3://bucket/p/")),
            ("gs://bucket/a/clerk.state.json", Some("gs://bucket/")),
            ("s3://b/p/a/clerk.state.json?region=x", Some("s3://b/p/?region=x")),
            ("s3://b/p/b/clerk.state.json", None),
            ("s3://b/pa/clerk.state.json", None),
            ("p/a/clerk.state.json", None),
        ] {
            let place = shared_place(location, "a/clerk.state.json");
            assert_eq!(place.as_deref(), expected, "{location}");
        }
    }

    #[test]
    fn a_configuration_is_named_from_the_root_wherever_its_path_is_seen_from() {
        for (folder, config, expected) in [
            (".", "./a/clerk.yaml", "a/clerk.yaml"),
            ("a/b", "clerk.yaml", "a/b/clerk.yaml"),
            ("a/b", "../c/clerk.yaml", "a/c/clerk.yaml"),
            ("a", "../../clerk.yaml", "../clerk.yaml"),
            ("/home/me/a", "b/clerk.yaml", "b/clerk.yaml"),
            ("C:/a", "clerk.yaml", "clerk.yaml"),
        ] {
            assert_eq!(from_root(folder, config), expected, "{folder} {config}");
        }
    }

    #[test]
    fn a_file_stands_beside_its_configuration_and_is_called_after_it() {
        let table = [
            ("clerk.yaml", None, "clerk.state.json"),
            ("clerk.yml", None, "clerk.state.json"),
            ("clerk.json", None, "clerk.state.json"),
            ("clerk.yaml", Some("staging"), "clerk.staging.state.json"),
            ("a/b.c/clerk.yaml", None, "a/b.c/clerk.state.json"),
            ("/clerk.yaml", Some("e"), "/clerk.e.state.json"),
            // Only the ending of a configuration is taken off, and never the whole name.
            ("clerk.yaml.txt", None, "clerk.yaml.txt.state.json"),
            ("clerk", None, "clerk.state.json"),
            ("a/.yaml", None, "a/.yaml.state.json"),
        ];
        for (config, environment, expected) in table {
            assert_eq!(beside(config, environment, ServiceKind::Live), expected, "{config}");
            let emulated = expected.replace(".state.json", ".sandbox.state.json");
            assert_eq!(beside(config, environment, ServiceKind::Sandbox), emulated, "{config}");
            let instance = expected.replace(".state.json", ".sandbox.instance.json");
            assert_eq!(instance_beside(config, environment), instance, "{config}");
        }
    }
}

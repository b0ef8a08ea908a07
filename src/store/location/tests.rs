//! Names of states, and which are refused.

use super::*;

const HERE: &str = "/home/me/project";

fn named<'a>(config: &'a str, environment: Option<&'a str>) -> Named<'a> {
    Named { config, environment }
}

fn locate(state: Option<&str>, target: Named<'_>) -> Result<String, LocationError> {
    let place = StatePlacement::parse(state)?;
    let mut locations = place.locate(&[target], ServiceKind::Live, Path::new(HERE))?;
    assert_eq!(locations.len(), 1);
    Ok(locations.remove(0).location)
}

#[test]
fn a_state_stands_beside_its_configuration_and_is_spelled_as_that_is() {
    for (config, environment, expected) in [
        ("clerk.yaml", None, "clerk.state.json"),
        ("clerk.yml", None, "clerk.state.json"),
        ("clerk.json", None, "clerk.state.json"),
        ("clerk.yaml", Some("dev"), "clerk.dev.state.json"),
        ("dir/clerk.yaml", None, "dir/clerk.state.json"),
        ("./clerk.yaml", None, "./clerk.state.json"),
        ("../other/a.b.yaml", Some("dev"), "../other/a.b.dev.state.json"),
        ("/etc/clerk.yaml", None, "/etc/clerk.state.json"),
        ("clerk", None, "clerk.state.json"),
        ("clerk.conf", None, "clerk.conf.state.json"),
        ("dir.yaml/.yaml", None, "dir.yaml/.yaml.state.json"),
    ] {
        assert_eq!(locate(None, named(config, environment)).unwrap(), expected, "{config}");
    }
}

#[test]
fn the_sandbox_has_a_state_and_an_instance_of_its_own() {
    let here = Path::new(HERE);
    for (environment, state, instance) in [
        (None, "a/clerk.sandbox.state.json", "a/clerk.sandbox.instance.json"),
        (Some("dev"), "a/clerk.dev.sandbox.state.json", "a/clerk.dev.sandbox.instance.json"),
    ] {
        let target = named("a/clerk.yaml", environment);
        let beside = StatePlacement::Beside.locate(&[target], ServiceKind::Sandbox, here).unwrap();
        assert_eq!(beside[0].location, state);
        assert_eq!(StatePlacement::Beside.sandbox_instance(&target).unwrap(), instance);

        let folder = StatePlacement::Folder("states/".to_owned());
        let states = folder.locate(&[target], ServiceKind::Sandbox, here).unwrap();
        assert_eq!(states[0].location, format!("states/{state}"));
        assert_eq!(folder.sandbox_instance(&target).unwrap(), instance);
    }
    let input = named("-", None);
    let file = StatePlacement::File("a/s.json".to_owned());
    assert_eq!(file.sandbox_instance(&input).unwrap(), "a/s.sandbox.instance.json");
    assert_eq!(StatePlacement::Beside.sandbox_instance(&input), Err(LocationError::StandardInput));
}

#[test]
fn in_a_folder_a_state_has_its_configurations_path() {
    for (folder, config, expected) in [
        ("states/", "clerk.yaml", "states/clerk.dev.state.json"),
        ("states//", "./a/../b/clerk.yaml", "states/b/clerk.dev.state.json"),
        ("/var/states/", "a/clerk.yaml", "/var/states/a/clerk.dev.state.json"),
        ("/", "clerk.yaml", "/clerk.dev.state.json"),
        ("../", "clerk.yaml", "../clerk.dev.state.json"),
        ("states/", "/home/me/project/a/clerk.yaml", "states/a/clerk.dev.state.json"),
        ("states/", "../project/clerk.yaml", "states/clerk.dev.state.json"),
    ] {
        let location = locate(Some(folder), named(config, Some("dev")));
        assert_eq!(location.unwrap(), expected, "{config}");
    }
}

#[test]
fn a_configuration_outside_the_working_directory_has_no_place_in_a_folder() {
    for config in ["../clerk.yaml", "a/../../clerk.yaml", "/etc/clerk.yaml", "/home/me/projectile"]
    {
        let error = locate(Some("states/"), named(config, None)).unwrap_err();
        assert!(matches!(error, LocationError::Outside { .. }), "{config}: {error}");
    }
}

#[test]
fn a_file_holds_the_state_of_one_target() {
    assert_eq!(locate(Some("s.json"), named("clerk.yaml", None)).unwrap(), "s.json");
    assert_eq!(locate(Some("s.json"), named("-", None)).unwrap(), "s.json");
    let targets = [named("clerk.yaml", Some("a")), named("clerk.yaml", Some("b"))];
    let error = StatePlacement::File("s.json".to_owned())
        .locate(&targets, ServiceKind::Live, Path::new(HERE))
        .unwrap_err();
    assert_eq!(error.to_string(), "`--state s.json` names one file, and this run has 2 targets");
}

#[test]
fn standard_input_needs_a_file_for_its_state() {
    for state in [None, Some("states/")] {
        assert_eq!(locate(state, named("-", None)), Err(LocationError::StandardInput));
    }
}

#[test]
fn what_names_no_file_of_this_machine_is_refused() {
    for url in ["ftp://bucket/prefix/", "https://host/x.json", "file:///x"] {
        let error = StatePlacement::parse(Some(url)).unwrap_err();
        assert!(error.to_string().contains("cannot keep a state at such a URL"), "{error}");
    }
    for nothing in ["", "-"] {
        assert_eq!(StatePlacement::parse(Some(nothing)), Err(LocationError::NoPath));
    }
    let secret = StatePlacement::parse(Some("git:https://me:secret@example.com/a")).unwrap_err();
    assert!(!format!("{secret} {}", secret.help()).contains("secret"), "{secret}");
    assert_eq!(StatePlacement::parse(Some("a:b")), Ok(StatePlacement::File("a:b".to_owned())));
}

#[test]
fn two_targets_of_one_run_cannot_have_one_state() {
    let refused = |targets: &[Named<'_>]| match StatePlacement::Beside.locate(
        targets,
        ServiceKind::Live,
        Path::new(HERE),
    ) {
        Err(error @ LocationError::Shared { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(&[named("clerk.yaml", None), named("clerk.yml", None)]),
        "clerk.yaml and clerk.yml have the same state, clerk.state.json",
    );
    refused(&[named("clerk.yaml", Some("a")), named("./clerk.yaml", Some("a"))]);
    refused(&[named("a/../clerk.yaml", None), named("/home/me/project/clerk.yaml", None)]);
    refused(&[
        named("clerk.dev.yaml", None),
        named("x.yaml", None),
        named("clerk.yaml", Some("dev")),
    ]);

    let apart = [named("clerk.yaml", None), named("clerk.yaml", Some("a")), named("b.yaml", None)];
    assert_eq!(
        StatePlacement::Beside.locate(&apart, ServiceKind::Live, Path::new(HERE)).unwrap().len(),
        3
    );
}

#[test]
fn names_that_differ_in_case_have_one_state_where_the_disk_takes_them_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("clerk.yaml"), "").unwrap();
    let is_one = here.join("Clerk.yaml").exists();
    assert!(is_one || !cfg!(windows));
    assert!(!is_one || !cfg!(target_os = "linux"));
    let targets = [named("clerk.yaml", None), named("Clerk.yaml", None)];
    for _ in ["without a state", "with one"] {
        let located = StatePlacement::Beside.locate(&targets, ServiceKind::Live, here);
        let refused = located.err().map(|error| error.code().as_str());
        assert_eq!(refused, is_one.then_some("state-shared"));
        std::fs::write(here.join("clerk.state.json"), "{}").unwrap();
    }
}

#[cfg(unix)]
#[test]
fn two_paths_to_one_state_are_the_same_also_through_links() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("real")).unwrap();
    symlink("real", here.join("link")).unwrap();
    symlink("real/clerk.state.json", here.join("other.state.json")).unwrap();
    for config in ["link/clerk.yaml", "other.yaml"] {
        let targets = [named("real/clerk.yaml", None), named(config, None)];
        let error = StatePlacement::Beside.locate(&targets, ServiceKind::Live, here).unwrap_err();
        assert_eq!(error.code().as_str(), "state-shared", "{config}");
    }

    // A configuration named by the way that the working directory did not come.
    symlink(here.join("real"), here.join("project")).unwrap();
    let config = here.join("real/clerk.yaml");
    let target = named(config.to_str().unwrap(), None);
    let states = StatePlacement::Folder("s/".to_owned());
    let locations = states.locate(&[target], ServiceKind::Live, &here.join("project")).unwrap();
    assert_eq!(locations[0].location, "s/clerk.state.json");
}

#[test]
fn in_a_shared_place_a_state_is_named_from_the_root_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let root = dunce::canonicalize(folder.path()).unwrap();
    std::fs::create_dir_all(root.join(".git")).unwrap();
    std::fs::create_dir_all(root.join("apps/web")).unwrap();
    let placement = StatePlacement::parse(Some("git:origin")).unwrap();
    let located = |here: &str, config: &str| {
        let named = [named(config, Some("dev"))];
        placement.locate(&named, ServiceKind::Live, &root.join(here))
    };
    for (here, config) in
        [("", "apps/web/clerk.yaml"), ("apps", "web/clerk.yaml"), ("apps/web", "../web/clerk.yaml")]
    {
        let StatePlace { location, name } = located(here, config).unwrap().remove(0);
        assert_eq!(name, "apps/web/clerk.dev.state.json", "{here}");
        assert_eq!(location, "git:origin refs/clerkform/apps/web/clerk.dev.state.json");
    }
    let outside = located("apps", "../../clerk.yaml").unwrap_err();
    assert!(outside.to_string().contains("outside the repository"), "{outside}");
    assert_eq!(located("", "-"), Err(LocationError::StandardInput));
    let twice = [named("apps/web/clerk.yaml", None), named("apps/web/../web/clerk.yaml", None)];
    let shared = placement.locate(&twice, ServiceKind::Live, &root);
    assert!(matches!(shared, Err(LocationError::Shared { .. })), "{shared:?}");
}

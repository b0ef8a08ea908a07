//! Where the action and the template for GitLab have the program from: the path, the release of the very
//! same sources, a build. The release's page is on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::action::{Job, yaml};
use support::downloads::Downloads;
use support::forge::succeeds;
use support::program::{Ran, binary, run};
use support::release::{PAGE, PROGRAM, TARGET, TARGETS, VERSION, archive, no_scripts, scripted};
use support::tools;

fn main() {
    let no_bash = cfg!(not(unix));
    let no_page = no_scripts() || tools::is_not_installed("curl");
    let no_zip = no_page || tools::is_not_installed("zip") || tools::is_not_installed("unzip");
    tools::run([
        ("the_program_on_the_path_is_taken", on_the_path as fn(), no_bash),
        ("the_program_is_built_where_there_is_no_release_of_its_sources", built, no_page),
        ("the_release_of_the_same_sources_is_fetched_once", fetched, no_page),
        ("each_runner_gets_the_archive_for_its_machine", runners, no_page),
        ("a_runner_with_windows_gets_a_zip_and_a_path_of_its_own", windows, no_zip),
        ("an_archive_that_is_not_the_recorded_one_is_refused", refused, no_page),
        ("the_template_for_gitlab_fetches_it_too", gitlab, no_page),
    ])
}

/// A job on a runner that has the usual tools, but not the program, with the action in a checkout of
/// its own.
struct Runner {
    job: Job,
    checkout: PathBuf,
    tools: String,
}

const TOOLS: &str = "bash cat cp curl dirname find git grep gzip mkdir mktemp mv rm sed sh sha256sum \
                     shasum sort tar tr uname unzip xargs";

impl Runner {
    fn new() -> Self {
        let job = Job::new();
        let set_up = format!(
            "mkdir ../tools ../checkout && cd \"$GITHUB_ACTION_PATH\"\n\
             cp -R action action.yml Cargo.toml Cargo.lock schema src \"$HOME/checkout\"\n\
             rm -f \"$HOME/checkout/action/release\"\n\
             for tool in {TOOLS}; do\n\
             if found=$(command -v $tool); then ln -s \"$found\" \"$HOME/tools\"; fi\ndone"
        );
        succeeds(&job, &set_up);
        let beside = |name: &str| job.workspace.with_file_name(name);
        let (checkout, tools) = (beside("checkout"), beside("tools").display().to_string());
        Self { job, checkout, tools }
    }

    /// One whose action knows of the release on a page.
    fn with_release() -> Self {
        let runner = Self::new();
        runner.record(&[(archive(TARGET), checksum(&archive(TARGET)))]);
        runner
    }

    /// Records a release of the sources as they are, with the checksums that are given.
    fn record(&self, known: &[(String, String)]) {
        let sums = self.job.workspace.with_file_name("SHA256SUMS");
        let line = |target| {
            let name = archive(target);
            let known = known.iter().find(|(it, _)| *it == name);
            let sum = known.map_or_else(|| "0".repeat(64), |(_, sum)| sum.clone());
            format!("{sum}  {name}\n")
        };
        fs::write(&sums, TARGETS.map(line).concat()).unwrap();
        let said = scripted("record.py", &[sums.to_str().unwrap()]);
        fs::write(self.checkout.join("action/release"), said).unwrap();
    }

    /// A shell's line in a job with these tools and further variables.
    fn runs(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = self.job.bash(line);
        command.env("GITHUB_ACTION_PATH", &self.checkout).env("PATH", &self.tools);
        command.env("GITHUB_OUTPUT", self.file("output")).env("GITHUB_ACTIONS", "true");
        command.env("RUNNER_TOOL_CACHE", self.file("cache")).env("PROGRAM", binary());
        run(command.envs(variables.iter().copied()))
    }

    /// Looks for the program on a runner of this machine's kind, with a release's page.
    fn finds(&self, page: &str, further: &[(&str, &str)]) -> Ran {
        let variables = [&[("CLERKFORM_BASE_URL", page)], further].concat();
        let _ = fs::remove_file(self.file("output"));
        self.runs("\"$GITHUB_ACTION_PATH/action/find.sh\"", &variables)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.job.workspace.with_file_name(name)
    }

    /// What the last line told, such as the path of later steps.
    fn told(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }
}

/// The checksum of a file on the page.
fn checksum(name: &str) -> String {
    let text = fs::read_to_string(PAGE.join("latest/download/SHA256SUMS")).unwrap();
    let line = text.lines().find(|line| line.ends_with(name)).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

const LINUX: [(&str, &str); 2] = [("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64")];

fn on_the_path() {
    let runner = Runner::new();
    let path = format!("{}:{}", binary().parent().unwrap().display(), runner.tools);
    let ran = runner.finds("http://127.0.0.1:9", &[("PATH", &path)]);
    assert!(ran.exit == 0 && ran.stdout.contains("on the path"), "{ran:?}");
    assert_eq!((runner.told("path"), runner.told("output")), (String::new(), String::new()));
}

fn built() {
    let runner = Runner::with_release();
    // A release of other sources is none.
    let main = runner.checkout.join("src/main.rs");
    fs::write(&main, fs::read_to_string(&main).unwrap() + "// newer\n").unwrap();
    let ran = runner.finds("http://127.0.0.1:9", &LINUX);
    assert!(ran.exit == 0 && ran.stderr.contains("No release was built of these"), "{ran:?}");
    let told = runner.told("output");
    let folder = told.lines().find_map(|line| line.strip_prefix("folder=")).unwrap().to_owned();
    assert!(told.contains("key=clerkform-Linux-X64-"), "{told}");
    fs::remove_file(runner.checkout.join("action/release")).unwrap();
    assert_eq!(runner.finds("http://127.0.0.1:9", &LINUX).exit, 0);
    assert_eq!(told, runner.told("output"), "the same sources have the same key");
    let schema = runner.checkout.join("schema/clerkform.schema.json");
    fs::write(schema, "{}").unwrap();
    assert_eq!(runner.finds("http://127.0.0.1:9", &LINUX).exit, 0);
    assert_ne!(told, runner.told("output"), "the check is built of the schema");

    let build = |path: &str| {
        let line = "\"$GITHUB_ACTION_PATH/action/build.sh\"";
        runner.runs(line, &[("FOLDER", &folder), ("PATH", path)])
    };
    let ran = build(&runner.tools);
    assert!(ran.exit == 1 && ran.stdout.contains("install Rust first"), "{ran:?}");
    let cargo = "#!/bin/sh\necho \"$*\" >asked\nmkdir -p \"$FOLDER/bin\"\n\
                 cp \"$PROGRAM\" \"$FOLDER/bin/clerkform\"\n";
    runner.job.write("cargo", cargo);
    succeeds(&runner.job, "chmod +x cargo");
    let with_cargo = format!("{}:{}", runner.job.workspace.display(), runner.tools);
    let asked = runner.job.workspace.join("asked");
    let ran = build(&with_cargo);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let expected =
        format!("install --path {} --locked --force --root {folder}\n", runner.checkout.display());
    assert_eq!(fs::read_to_string(&asked).unwrap(), expected);
    fs::remove_file(&asked).unwrap();

    // The second time it is there, from the cache for instance.
    let ran = build(&with_cargo);
    assert!(ran.exit == 0 && ran.stdout.starts_with("clerkform "), "{ran:?}");
    assert!(!asked.exists());
}

/// This machine's runner, as its variables tell.
fn this() -> [(&'static str, &'static str); 2] {
    let system = if TARGET.contains("linux") { "Linux" } else { "macOS" };
    let machine = if TARGET.starts_with("x86_64") { "X64" } else { "ARM64" };
    [("RUNNER_OS", system), ("RUNNER_ARCH", machine)]
}

fn place(name: &str) -> Vec<String> {
    vec![format!("download/v{VERSION}/{name}")]
}

fn fetched() {
    let (runner, served) = (Runner::with_release(), Downloads::start(&PAGE));
    let ran = runner.finds(&served.url, &this());
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(served.asked(), place(&archive(TARGET)));
    let path = runner.told("path");
    let cache = runner.file("cache").join("clerkform");
    assert!(path.starts_with(cache.to_str().unwrap()), "{path}");
    let ran =
        run(std::process::Command::new(format!("{}/clerkform", path.trim())).arg("--version"));
    assert_eq!(ran.stdout.trim(), format!("clerkform {VERSION}"));
    // There is nothing to build, and nothing else in the cache.
    assert_eq!(runner.told("output"), "");
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 1);

    let ran = runner.finds(&served.url, &this());
    assert_eq!((ran.exit, served.asked()), (0, vec![]), "{ran:?}");
    assert_eq!(runner.told("path"), path);
}

fn runners() {
    let served = Downloads::start(&PAGE);
    let runner = Runner::with_release();
    for (system, machine, target) in [
        ("Linux", "X64", "x86_64-unknown-linux-musl"),
        ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
        ("macOS", "X64", "x86_64-apple-darwin"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
        ("Windows", "X64", "x86_64-pc-windows-msvc"),
        ("Windows", "ARM64", "aarch64-pc-windows-msvc"),
    ] {
        let ran = runner.finds(&served.url, &[("RUNNER_OS", system), ("RUNNER_ARCH", machine)]);
        assert_eq!(served.asked(), place(&archive(target)));
        // The page has this machine's archive alone.
        assert_eq!(ran.exit == 0, target == TARGET, "{ran:?}");
    }
    let ran = runner.finds(&served.url, &[("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "ARM")]);
    assert!(ran.exit == 0 && ran.stderr.contains("has nothing for this machine"), "{ran:?}");
    assert!(runner.told("output").contains("folder=") && served.asked().is_empty());
}

fn windows() {
    let (runner, page) = (Runner::new(), tempfile::tempdir().unwrap());
    let name = archive("x86_64-pc-windows-msvc");
    let top = name.strip_suffix(".zip").unwrap();
    let folder = page.path().join(format!("download/v{VERSION}"));
    fs::create_dir_all(folder.join(top)).unwrap();
    let made = format!(
        "cp '{}' {top}/clerkform && zip -q -r {name} {top} && {{ sha256sum {name} || shasum -a 256 \
         {name}; }}",
        PROGRAM.display()
    );
    let ran = run(runner.job.bash(&made).current_dir(&folder));
    runner.record(&[(name.clone(), ran.stdout.split(' ').next().unwrap().to_owned())]);
    // A shell on Windows has a tool that tells what a path is called on the other side.
    let tool = "#!/bin/sh\ncase $1 in --windows) echo \"C:$2\" ;; *) echo \"${2#C:}\" ;; esac\n";
    fs::write(runner.file("tools/cygpath"), tool).unwrap();
    succeeds(&runner.job, "chmod +x ../tools/cygpath");
    let cache = format!("C:{}", runner.file("cache").display());
    let served = Downloads::start(page.path());
    let ran = runner.finds(
        &served.url,
        &[("RUNNER_OS", "Windows"), ("RUNNER_ARCH", "X64"), ("RUNNER_TOOL_CACHE", &cache)],
    );
    assert_eq!((ran.exit, served.asked()), (0, place(&name)), "{ran:?}");
    assert!(runner.told("path").starts_with(&format!("{cache}/clerkform/{VERSION}-")));
}

fn refused() {
    let (runner, served) = (Runner::new(), Downloads::start(&PAGE));
    runner.record(&[]);
    let is_refused = |part: &str, page: &str| {
        let ran = runner.finds(page, &this());
        assert!(ran.exit == 1 && ran.stderr.contains("::error title=clerkform::"), "{ran:?}");
        assert!(ran.stderr.contains(part), "{ran:?}");
        assert_eq!((runner.told("path"), runner.told("output")), (String::new(), String::new()));
        let left = fs::read_dir(runner.file("cache").join("clerkform")).unwrap().count();
        assert_eq!(left, 0, "{part}");
    };
    is_refused("has another checksum than action/release says", &served.url);
    served.cut(1);
    is_refused("could not be fetched", &served.url);
    is_refused("could not be fetched", "http://mirror.example");
}

fn gitlab() {
    let (runner, served) = (Runner::with_release(), Downloads::start(&PAGE));
    let template = yaml("examples/gitlab/.gitlab-ci.yml");
    let lines = template[".clerkform"]["before_script"].as_sequence().unwrap().iter();
    let script: String = lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect();
    succeeds(&runner.job, "mkdir .clerkform && mv ../checkout .clerkform/source");
    let workspace = runner.job.workspace.display().to_string();
    let variables = [
        ("CLERKFORM_BASE_URL", served.url.as_str()),
        ("CI_PROJECT_DIR", &workspace),
        ("CI_PROJECT_ID", "7"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "1"),
        ("CI_REPOSITORY_URL", "file:///nowhere"),
    ];
    for expected in [place(&archive(TARGET)), vec![]] {
        let ran = runner.runs(&(script.clone() + "clerkform --version\n"), &variables);
        assert_eq!((ran.exit, served.asked()), (0, expected), "{ran:?}");
        assert!(ran.stdout.ends_with(&format!("clerkform {VERSION}\n")), "{ran:?}");
    }
}

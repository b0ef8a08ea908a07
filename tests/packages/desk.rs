//! The machine of somebody who installs packages: a home folder and a project. Package managers know
//! the registry of the tests alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::managers::MANAGERS;
use super::registry::{PLATFORM, VERSION, registry};
use super::support::program::{Ran, binary, run};
use super::support::tools;

/// A home folder with a project in it.
pub struct Desk {
    home: TempDir,
}

impl Desk {
    /// A project with a configuration, in which nothing is installed.
    pub fn new() -> Self {
        let desk = Self { home: tempfile::tempdir().unwrap() };
        let url = &registry().url;
        let npm = "audit=false\nfund=false\nupdate-notifier=false\n";
        desk.write(".npmrc", &format!("registry={url}/npm/\n{npm}"));
        let yarn = "unsafeHttpWhitelist: ['127.0.0.1']\nenableTelemetry: false\n";
        desk.write(".yarnrc.yml", &format!("npmRegistryServer: {url}/npm/\n{yarn}"));
        fs::create_dir(desk.path("")).unwrap();
        desk.write("project/package.json", "{\"private\": true}\n");
        desk.write("project/clerk.yaml", "instance:\n  hibp: true\n");
        desk
    }

    /// The same, with the npm packages in the places that npm gives them.
    pub fn unpacked() -> Self {
        let desk = Self::new();
        let platform = format!("@clerkform/{PLATFORM}");
        for (name, file) in [("clerkform", ""), (&platform, &format!("-{PLATFORM}"))] {
            let folder = desk.path(&format!("node_modules/{name}"));
            fs::create_dir_all(&folder).unwrap();
            let tarball = registry().npm.join(format!("clerkform{file}-{VERSION}.tgz"));
            let mut tar = Command::new("tar");
            tar.arg("-xzf").arg(tarball).args(["--strip-components", "1", "-C"]).arg(folder);
            assert_eq!(run(&mut tar).exit, 0);
        }
        desk
    }

    /// Writes a file below the home folder.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.home.path().join(name), text).unwrap();
    }

    /// A path in the project.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("project").join(name)
    }

    /// The launcher where npm puts it.
    pub fn launcher(&self) -> PathBuf {
        self.path("node_modules/clerkform/clerkform.js")
    }

    /// The program where npm puts it.
    pub fn program(&self) -> PathBuf {
        self.path(&format!("node_modules/@clerkform/{PLATFORM}/clerkform"))
    }

    /// A command in the project, with nothing of the tester's environment.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        let url = &registry().url;
        let index = format!("{url}/simple/");
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.home.path())
            .envs([("HTTPS_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "127.0.0.1")])
            .envs([("CI", "1"), ("NO_COLOR", "1"), ("NO_UPDATE_NOTIFIER", "1")])
            .envs([("PIP_INDEX_URL", index.as_str()), ("PIP_CONFIG_FILE", "/dev/null")])
            .envs([("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("UV_DEFAULT_INDEX", &index)])
            .envs([("UV_NO_CONFIG", "1"), ("UV_PYTHON_DOWNLOADS", "never")])
            .env("VIRTUALENV_NO_PERIODIC_UPDATE", "1")
            .current_dir(self.path(""))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command that has to succeed.
    pub fn succeed(&self, program: impl AsRef<Path>, words: &[&str]) -> Ran {
        let ran = run(self.command(program).args(words));
        assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
        ran
    }

    /// Runs a line in a shell that finds the package managers; it has to succeed.
    pub fn shell(&self, line: &str) -> Ran {
        let mut path = std::env::var_os("PATH").unwrap();
        path.push(":");
        path.push(tools::folder(MANAGERS).join("bin"));
        let ran = run(self.command("sh").args(["-c", line]).env("PATH", path));
        assert_eq!(ran.exit, 0, "{line}: {ran:?}");
        ran
    }

    /// That a line, as somebody types it, shows the plan that the program makes.
    pub fn assert_plans(&self, line: &str) {
        let own = self.succeed(binary(), &["plan"]);
        assert_eq!(self.shell(line).stdout, own.stdout, "{line}");
    }

    /// That a command, to which words are added, is the program: what it prints and how it ends.
    pub fn assert_is_the_program(&self, start: &[&str]) {
        let installed = |words: &[&str]| {
            let ran = run(self.command(start[0]).args(&start[1..]).args(words));
            (ran.exit, ran.stdout, ran.stderr)
        };
        let (exit, stdout, stderr) = installed(&["--version"]);
        let version = format!("clerkform {VERSION}\n");
        assert_eq!((exit, stdout), (0, version), "{start:?}: {stderr}");

        for words in [&["plan", "--sandbox", "--detailed-exitcode"][..], &["validate", "gone.yaml"]]
        {
            let own = run(self.command(binary()).args(words));
            assert!(own.exit != 0 && !(own.stdout.is_empty() && own.stderr.is_empty()));
            let (exit, stdout, stderr) = installed(words);
            assert_eq!((exit, stdout), (own.exit, own.stdout), "{start:?} {words:?}: {stderr}");
            assert!(stderr.contains(&own.stderr), "{start:?} {words:?}: {stderr}");
        }
    }
}

//! The container image of `packaging/image.py`: the same bytes twice, nothing in it but what is needed,
//! and the program runs in a root that has nothing else. No engine is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;
use sha2::{Digest, Sha256};
use support::action::root;
use support::installing::commands;
use support::program::{KEY, Ran, binary, run};
use support::release::{EPOCH, VERSION, no_scripts, script, static_program};
use support::tools;
use tempfile::TempDir;

const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
const MACHINE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
const OTHER: &str = if cfg!(target_arch = "aarch64") { "amd64" } else { "arm64" };

fn main() {
    let no_image = no_scripts() || no_static_program() || no_certificates();
    let no_root = no_image || no_root_of_its_own();
    let no_skopeo = no_image || tools::is_not_installed("skopeo");
    let no_umoci = no_image || tools::is_not_installed("umoci");
    tools::run([
        ("the_same_files_give_the_same_image", alike as fn(), no_image),
        ("an_image_holds_the_program_and_certificates_alone", holds, no_image),
        ("a_program_that_cannot_run_alone_is_refused", refused, no_image),
        ("the_program_runs_in_its_root_as_nobody", runs, no_root),
        ("skopeo_reads_the_image", skopeo, no_skopeo),
        ("umoci_unpacks_the_image", umoci, no_umoci),
    ])
}

fn no_static_program() -> bool {
    let is_missing = static_program().is_none();
    if is_missing {
        tools::skipped("a C library to link statically with");
    }
    is_missing
}

fn no_certificates() -> bool {
    let is_missing = !Path::new(CERTIFICATES).exists();
    if is_missing {
        tools::skipped(CERTIFICATES);
    }
    is_missing
}

/// Whether nobody may have a root of their own here. Says so.
fn no_root_of_its_own() -> bool {
    let is_refused = run(&mut rooted(Path::new("/"), "/bin/true")).exit != 0;
    if is_refused {
        tools::skipped("the right to a root of one's own (`chroot`, or `unshare --map-root-user`)");
    }
    is_refused
}

/// A command in a root of its own, with no environment. The image's user is taken where this one may
/// become another.
fn rooted(folder: &Path, program: &str) -> Command {
    let is_root = run(Command::new("id").arg("-u")).stdout.trim() == "0";
    let mut command = Command::new(if is_root { "chroot" } else { "unshare" });
    if is_root {
        command.arg("--userspec=65532:65532");
    } else {
        command.args(["--map-root-user", "chroot"]);
    }
    command.arg(folder).arg(program).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command
}

/// Makes an image of programs for machines.
fn made(folder: &Path, programs: &[(&str, &Path)]) -> Ran {
    let mut script = script("image.py");
    for (machine, program) in programs {
        script.arg("--binary").arg(format!("{machine}={}", program.display()));
    }
    run(script.args(["--certificates", CERTIFICATES, "--out"]).arg(folder))
}

/// An image for this machine alone, made once.
static LAYOUT: LazyLock<PathBuf> = LazyLock::new(|| {
    let layout = Path::new(env!("CARGO_TARGET_TMPDIR")).join("image/layout");
    let _ = fs::remove_dir_all(&layout);
    let ran = made(&layout, &[(MACHINE, &static_program().unwrap())]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    layout
});

/// What is behind a descriptor, whose digest and size are right.
fn blob(descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().unwrap();
    let content = fs::read(LAYOUT.join("blobs").join(digest.replace(':', "/"))).unwrap();
    assert_eq!(digest, digest_of(&content));
    assert_eq!(descriptor["size"], content.len());
    content
}

fn json(descriptor: &Value) -> Value {
    serde_json::from_slice(&blob(descriptor)).unwrap()
}

/// The only manifest.
fn manifest() -> Value {
    let index = fs::read(LAYOUT.join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    let images = json(&index["manifests"][0]);
    assert_eq!(images["manifests"].as_array().unwrap().len(), 1);
    json(&images["manifests"][0])
}

/// That image, and a place to unpack it.
struct Image {
    folder: TempDir,
}

impl Image {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Unpacks the only layer into a new root.
    fn unpacked(&self) -> PathBuf {
        let (layer, root) = (self.folder.path().join("layer"), self.folder.path().join("root"));
        fs::write(&layer, blob(&manifest()["layers"][0])).unwrap();
        fs::create_dir(&root).unwrap();
        let mut tar = Command::new("tar");
        assert_eq!(run(tar.arg("-xpzf").arg(&layer).arg("-C").arg(&root)).exit, 0);
        root
    }
}

fn digest_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    format!(
        "sha256:{}",
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    )
}

/// Each file of a folder with its checksum.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut find = Command::new("find");
    let found = run(find.args([".", "-type", "f"]).current_dir(folder)).stdout;
    let mut files: Vec<_> = found
        .lines()
        .map(|path| (path.to_owned(), digest_of(&fs::read(folder.join(path)).unwrap())))
        .collect();
    files.sort();
    files
}

fn alike() {
    let folder = tempfile::tempdir().unwrap();
    let second = folder.path().join("second");
    assert_eq!(made(&second, &[(MACHINE, &static_program().unwrap())]).exit, 0);
    assert_eq!(files(&LAYOUT), files(&second));

    // For two machines there are two images under one name.
    let programs = [OTHER, MACHINE].map(|machine| {
        let program = folder.path().join(machine);
        fs::write(&program, elf(machine)).unwrap();
        (machine, program)
    });
    let layout = folder.path().join("image");
    let programs = programs.each_ref().map(|(machine, program)| (*machine, program.as_path()));
    let ran = made(&layout, &programs);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let index = layout.join("blobs").join(ran.stdout.trim().replace(':', "/"));
    let index: Value = serde_json::from_slice(&fs::read(index).unwrap()).unwrap();
    let machines = index["manifests"].as_array().unwrap().iter();
    let machines: Vec<_> =
        machines.map(|it| it["platform"]["architecture"].as_str().unwrap()).collect();
    assert_eq!(machines, ["amd64", "arm64"]);
}

/// The head of a static program for a machine.
fn elf(machine: &str) -> Vec<u8> {
    let mut head = vec![0; 64];
    head[..6].copy_from_slice(b"\x7fELF\x02\x01");
    head[18] = if machine == "arm64" { 183 } else { 62 };
    head
}

fn holds() {
    let image = Image::new();
    let manifest = manifest();
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    let config = json(&manifest["config"]);
    let run_as = &config["config"];
    assert_eq!(run_as["Entrypoint"], serde_json::json!(["/usr/bin/clerkform"]));
    assert_eq!(run_as["User"], "65532:65532");
    let folder = run_as["WorkingDir"].as_str().unwrap();
    assert_eq!(folder, "/project");
    // Where the README mounts the folder of who runs it.
    let mounted = format!("-v \"$PWD:{folder}\"");
    assert!(commands("containers")[0].contains(&mounted), "{mounted}");
    assert_eq!(run_as["Labels"]["org.opencontainers.image.version"], VERSION);
    assert_eq!(config["architecture"], MACHINE);
    let date =
        run(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ", "-d", &format!("@{EPOCH}")]));
    assert_eq!(config["created"], date.stdout.trim());
    let root = image.unpacked();
    let mut tar = Command::new("gzip");
    tar.args(["-dc"]).arg(image.folder.path().join("layer"));
    assert_eq!(config["rootfs"]["diff_ids"][0], digest_of(&tar.output().unwrap().stdout));
    let held: Vec<_> = files(&root).into_iter().map(|(path, _)| path).collect();
    assert_eq!(held, ["./etc/ssl/certs/ca-certificates.crt", "./usr/bin/clerkform"]);
    let certificates = root.join("etc/ssl/certs/ca-certificates.crt");
    assert!(fs::read(certificates).unwrap() == fs::read(CERTIFICATES).unwrap());
}

fn refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    fs::write(&other, elf(OTHER)).unwrap();
    let script = root().join("packaging/image.py");
    for (machine, program, part) in [
        (MACHINE, binary(), "is linked dynamically"),
        (MACHINE, other.clone(), "is not for"),
        (MACHINE, script, "is no 64-bit program"),
        ("riscv64", other, "is none of amd64, arm64"),
    ] {
        let layout = folder.path().join("image");
        let ran = made(&layout, &[(machine, &program)]);
        assert!(ran.exit == 1 && ran.stderr.contains(part), "{ran:?}");
        assert!(!layout.exists());
    }
}

fn runs() {
    let image = Image::new();
    let root = image.unpacked();
    let config = json(&manifest()["config"]);
    let entry = config["config"]["Entrypoint"][0].as_str().unwrap().to_owned();
    let clerkform = |words: &[&str]| {
        let mut command = rooted(&root, &entry);
        run(command.args(words).env("CLERK_SECRET_KEY", KEY))
    };
    assert_eq!(clerkform(&["--version"]).stdout.trim(), format!("clerkform {VERSION}"));

    // With a folder of the user's and random bytes, as an engine would mount them.
    let work = root.join("project");
    fs::create_dir(&work).unwrap();
    fs::create_dir(root.join("dev")).unwrap();
    for name in ["random", "urandom"] {
        fs::write(root.join("dev").join(name), [7; 4096]).unwrap();
    }
    fs::write(work.join("clerk.yaml"), "instance: {hibp: true}\n").unwrap();
    assert_eq!(run(Command::new("chmod").arg("777").arg(&work)).exit, 0);
    let ran = clerkform(&["apply", "--sandbox", "--yes", "/project/clerk.yaml"]);
    assert!(ran.exit == 0 && ran.stdout.contains("1 call applied"), "{ran:?}");
    assert!(work.join("clerk.sandbox.state.json").exists());

    // The certificates are found: it gets as far as a port that nobody listens on.
    let drift = [
        "drift",
        "/project/clerk.yaml",
        "--retry-timeout",
        "1",
        "--api-url",
        "https://127.0.0.1:9",
    ];
    let ran = clerkform(&drift);
    assert!(ran.exit == 1 && ran.stderr.contains("Connection refused"), "{ran:?}");
    fs::remove_file(root.join("etc/ssl/certs/ca-certificates.crt")).unwrap();
    let ran = clerkform(&drift);
    assert!(ran.exit == 1 && !ran.stderr.contains("Connection refused"), "{ran:?}");
}

fn skopeo() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("oci:{}:{VERSION}", LAYOUT.display());
    let ran = run(Command::new("skopeo").args(["inspect", &name]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    let seen: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (seen["Architecture"].as_str(), seen["Os"].as_str()),
        (Some(MACHINE), Some("linux"))
    );
    // Copied as it would be to a registry, it is the same.
    let copy = format!("oci:{}:copy", folder.path().join("copy").display());
    let mut skopeo = Command::new("skopeo");
    skopeo.args(["--insecure-policy", "copy", "--quiet", "--all", &name, &copy]);
    let ran = run(&mut skopeo);
    assert_eq!(ran.exit, 0, "{ran:?}");
    let copied = run(Command::new("skopeo").args(["inspect", &copy]));
    let copied: Value = serde_json::from_str(&copied.stdout).unwrap();
    assert_eq!(copied["Digest"], seen["Digest"]);
}

fn umoci() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    let name = format!("{}:{VERSION}", LAYOUT.display());
    let mut umoci = Command::new("umoci");
    let ran = run(umoci.args(["unpack", "--rootless", "--image", &name]).arg(&bundle));
    assert_eq!(ran.exit, 0, "{ran:?}");
    let ran = run(Command::new(bundle.join("rootfs/usr/bin/clerkform")).arg("--version"));
    assert_eq!(ran.stdout.trim(), format!("clerkform {VERSION}"), "{ran:?}");
}

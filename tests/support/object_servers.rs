//! Servers of object stores on loopback, as `tests/setup.sh` installs them, each with a bucket `states`.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::object_google::as_google;
use super::object_raw::RawStore;
use super::proxy::{Proxy, Reply, Request, Translation};
use super::tools::folder;

/// The bucket, or the container.
pub const BUCKET: &str = "states";

/// The account that the server for Azure has, and its key, which is the same everywhere.
pub const ACCOUNT: &str = "devstoreaccount1";
/// See [`ACCOUNT`].
pub const ACCOUNT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `moto`.
    S3,
    /// `fake-gcs-server`.
    Google,
    /// `azurite`.
    Azure,
    /// `s3rver`, which ignores the conditions of writes.
    Unsafe,
}

/// A running server; ended when it is dropped.
pub struct Server {
    /// Which.
    pub kind: Kind,
    /// Host and port.
    pub address: String,
    child: Child,
    /// What it keeps.
    _folder: TempDir,
}

impl Kind {
    /// What `tests/setup.sh` installs it as.
    pub const fn tool(self) -> &'static str {
        match self {
            Self::S3 => "moto",
            Self::Google => "fake-gcs",
            Self::Azure => "azurite",
            Self::Unsafe => "s3rver",
        }
    }

    fn command(self, port: u16, data: &TempDir) -> Command {
        let (tool, port) = (folder(self.tool()), port.to_string());
        let words: &[&str] = match self {
            Self::S3 => &["-H", "127.0.0.1", "-p"],
            Self::Google => {
                &["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port"]
            }
            Self::Azure => &[
                "--blobHost",
                "127.0.0.1",
                "--skipApiVersionCheck",
                "--inMemoryPersistence",
                "--disableTelemetry",
                "--blobPort",
            ],
            Self::Unsafe => &["-a", "127.0.0.1", "--configure-bucket", BUCKET, "-d", "kept", "-p"],
        };
        let program = match self {
            Self::S3 => tool.join("bin/moto_server"),
            Self::Google => program_of_wheel(&tool),
            Self::Azure => tool.join("node_modules/.bin/azurite-blob"),
            Self::Unsafe => tool.join("node_modules/.bin/s3rver"),
        };
        let mut command = Command::new(program);
        command.args(words).arg(port).current_dir(data.path()).stdin(Stdio::null());
        command
    }

    /// What it prints once it listens, before its address.
    const fn ready(self) -> &'static str {
        match self {
            Self::S3 => "Running on http://",
            Self::Google => "server started at http://",
            Self::Azure => "listens on http://",
            Self::Unsafe => "listening on ",
        }
    }

    const fn translation(self) -> Option<Translation> {
        match self {
            Self::Google => Some(as_google),
            Self::S3 => Some(in_turn),
            Self::Azure | Self::Unsafe => None,
        }
    }

    /// What `--state` takes for the states of a test, reached at a URL.
    pub fn state(self, url: &str, prefix: &str) -> String {
        match self {
            Self::S3 | Self::Unsafe => format!("s3://{BUCKET}/{prefix}/?endpoint={url}"),
            Self::Google => format!("gs://{BUCKET}/{prefix}/?endpoint={url}"),
            Self::Azure => {
                format!("az://{BUCKET}/{prefix}/?account={ACCOUNT}&endpoint={url}/{ACCOUNT}")
            }
        }
    }
}

/// The variables by which all of them are signed in to.
pub const SIGNED_IN: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "S3RVER"),
    ("AWS_SECRET_ACCESS_KEY", "S3RVER"),
    ("AZURE_STORAGE_KEY", ACCOUNT_KEY),
    ("AZURE_STORAGE_ACCOUNT_KEY", ACCOUNT_KEY),
];

impl Server {
    /// Starts one, and waits until it answers.
    pub fn start(kind: Kind) -> Self {
        let data = tempfile::tempdir().expect("a folder can be made");
        // Only this one does not say which port it has taken.
        let port = if kind == Kind::Google { free_port() } else { 0 };
        let mut command = kind.command(port, &data);
        let is_on_stderr = matches!(kind, Kind::S3 | Kind::Google);
        let (told, other) = (Stdio::piped(), Stdio::null());
        let (stdout, stderr) = if is_on_stderr { (other, told) } else { (told, other) };
        let mut child = command.stdout(stdout).stderr(stderr).spawn().expect("the server starts");
        let told: Box<dyn Read + Send> = match (child.stdout.take(), child.stderr.take()) {
            (Some(stdout), _) => Box::new(stdout),
            (None, stderr) => Box::new(stderr.expect("one of them is piped")),
        };
        let mut lines = BufReader::new(told).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| Some(line.split_once(kind.ready())?.1.to_owned()));
        let ready = ready.expect("the server listens");
        let end = |c: char| !(c.is_ascii_digit() || ".:".contains(c));
        let address = ready.split(end).next().unwrap_or_default().to_owned();
        let address = if port == 0 { address } else { format!("127.0.0.1:{port}") };
        // What it prints later is read by nobody, and must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        while TcpStream::connect(&address).is_err() {
            std::thread::yield_now();
        }
        let server = Self { kind, address, child, _folder: data };
        if kind != Kind::Unsafe {
            RawStore::of(kind, &server.address).make_bucket();
        }
        server
    }

    /// A proxy before it, which translates where the server does not speak like the platform.
    pub fn proxy(kind: Kind, address: &str) -> Proxy {
        Proxy::start(address, kind.translation())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program that a wheel holds, for this system.
fn program_of_wheel(tool: &std::path::Path) -> PathBuf {
    let mut folders = vec![tool.join("lib")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it is installed").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && name.starts_with("fake-gcs-server-") => return path,
                _ => {}
            }
        }
    }
    panic!("no program in {}", tool.display())
}

/// The server for S3 looks at a condition and writes in two steps, between which another thread of its
/// own may write: that no store does.
fn in_turn(request: &Request, ask: &dyn Fn(&Request) -> Option<Reply>) -> Option<Reply> {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    ask(request)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    listener.local_addr().expect("a bound address").port()
}

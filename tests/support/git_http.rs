//! Repositories served over HTTP by git's own program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The repositories below a folder. Served for as long as the test's process lives.
pub struct GitHttp {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
}

/// What is served, and how.
struct Served {
    root: PathBuf,
    /// Who alone is served, as a request says it.
    login: Option<String>,
    /// How the server's clock shows a time, where it is not to be the right one.
    date: Option<String>,
}

impl GitHttp {
    /// Serves what is below a folder; with a login, such as `name:password`, to that one alone.
    pub fn start(root: &Path, login: Option<&str>) -> Self {
        let login = login.map(|login| BASE64_STANDARD.encode(login));
        Self::serve(Served { root: root.to_owned(), login, date: None })
    }

    /// Serves it with that time in every answer.
    pub fn dated(root: &Path, time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).expect("it is after 1970");
        let mut date = Command::new("date");
        date.args(["-u", "-d", &format!("@{}", since.as_secs()), "+%a, %d %b %Y %H:%M:%S GMT"]);
        let date = date.env("LC_ALL", "C").output().expect("there is `date`").stdout;
        let date = Some(String::from_utf8_lossy(&date).trim().to_owned());
        Self::serve(Served { root: root.to_owned(), login: None, date })
    }

    fn serve(served: Served) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let served = Arc::new(served);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let served = Arc::clone(&served);
                std::thread::spawn(move || served.answer(&connection));
            }
        });
        Self { url }
    }
}

impl Served {
    fn answer(&self, connection: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(connection);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut backend = Command::new("git");
        backend.arg("http-backend").env("GIT_PROJECT_ROOT", &self.root);
        backend.env("GIT_HTTP_EXPORT_ALL", "1").env("REQUEST_METHOD", method);
        backend.env("PATH_INFO", path).env("QUERY_STRING", query);
        let (mut length, mut login) = (0, String::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            let variable = name.to_uppercase().replace('-', "_");
            match variable.as_str() {
                "CONTENT_LENGTH" => length = value.parse().ok()?,
                "AUTHORIZATION" => value.rsplit(' ').next()?.clone_into(&mut login),
                _ => {}
            }
            let prefix = if variable.starts_with("CONTENT_") { "" } else { "HTTP_" };
            backend.env(format!("{prefix}{variable}"), value);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let is_known = self.login.as_ref().is_none_or(|it| *it == login);
        let output = if is_known { ran(backend, &body)? } else { UNKNOWN.as_bytes().to_owned() };
        let text = String::from_utf8_lossy(&output);
        let status = text.lines().find_map(|line| line.strip_prefix("Status: "));
        let date = self.date.as_ref().map(|date| format!("Date: {date}\r\n")).unwrap_or_default();
        let status = status.unwrap_or("200 OK").trim();
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{date}");
        let mut stream = connection;
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&output).ok()?;
        stream.shutdown(Shutdown::Both).ok()
    }
}

const UNKNOWN: &str = "Status: 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\
                       Content-Length: 0\r\n\r\n";

/// What git's program for servers answers.
fn ran(mut backend: Command, body: &[u8]) -> Option<Vec<u8>> {
    backend.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = backend.spawn().ok()?;
    child.stdin.take()?.write_all(body).ok()?;
    Some(child.wait_with_output().ok()?.stdout)
}

//! A server of files on loopback, as a release's page is one.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server of a folder's files. It ends with the tests.
pub struct Downloads {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
    cuts: Arc<Mutex<usize>>,
}

impl Downloads {
    /// Serves a folder.
    pub fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (asked, cuts) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<usize>>::default());
        let served = Self { url, asked: Arc::clone(&asked), cuts: Arc::clone(&cuts) };
        let folder: PathBuf = folder.into();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in between is no business of ours.
                let _ = answer(stream, &folder, &asked, &cuts);
            }
        });
        served
    }

    /// From now on the next archives break off in the middle.
    pub fn cut(&self, times: usize) {
        *self.cuts.lock().expect("no test fails while it holds this") = times;
    }

    /// What was asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("no test fails while it holds this"))
    }
}

fn answer(
    mut stream: TcpStream,
    folder: &Path,
    asked: &Mutex<Vec<String>>,
    cuts: &Mutex<usize>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let path = first.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
    let content = fs::read(folder.join(&path));
    asked.lock().expect("no test fails while it holds this").push(path.clone());
    let Ok(content) = content else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    };
    let mut cuts = cuts.lock().expect("no test fails while it holds this");
    let is_cut = *cuts > 0 && !path.ends_with("SHA256SUMS");
    *cuts -= usize::from(is_cut);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(if is_cut { &content[..content.len() / 2] } else { &content })
}

//! A service that misbehaves on command: raw TCP on loopback, one act a request.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::sync::Notify;

/// What is done with one request.
pub enum Act {
    /// The connection is closed before a byte of the request is read.
    CutUnread,
    /// The request is read, and then the connection is closed.
    CutRead,
    /// The request is read, and nothing ever comes.
    Silence,
    /// The bytes are the answer, and the connection stays open for the next request.
    Answer(String),
    /// The bytes are the answer, and the connection is closed after them.
    AnswerAndClose(String),
    /// A head that promises nothing, and then as many bytes as are taken, up to this number.
    Flood(usize),
}

/// The running fake. It ends with its script.
pub struct Fake {
    address: SocketAddr,
    requests: Receiver<String>,
    /// Told whenever a request was read to its end.
    pub has_read: Arc<Notify>,
    /// How many bytes of a flood were taken.
    pub taken: Arc<Mutex<usize>>,
}

impl Fake {
    /// Starts it on a free port.
    pub fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = channel();
        let has_read = Arc::new(Notify::new());
        let taken = Arc::new(Mutex::new(0));
        let script: VecDeque<Act> = script.into_iter().collect();
        let (told, count) = (Arc::clone(&has_read), Arc::clone(&taken));
        thread::spawn(move || {
            let mut stage = Stage { script, kept: Vec::new() };
            while !stage.script.is_empty() {
                let (stream, _) = listener.accept().unwrap();
                stage.play(stream, &count, |request| {
                    let _ = sender.send(request);
                    told.notify_one();
                });
            }
            // Silent connections stay open for as long as the test runs.
            thread::park();
            drop(stage.kept);
        });
        Self { address, requests, has_read, taken }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that it has read so far, in order.
    pub fn requests(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }
}

/// A whole answer with a body.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

struct Stage {
    script: VecDeque<Act>,
    kept: Vec<TcpStream>,
}

impl Stage {
    fn play(&mut self, mut stream: TcpStream, taken: &Mutex<usize>, read: impl Fn(String)) {
        if matches!(self.script.front(), Some(Act::CutUnread)) {
            self.script.pop_front();
            return;
        }
        while let Some(request) = read_request(&mut stream) {
            read(request);
            match self.script.pop_front() {
                Some(Act::Answer(bytes)) => {
                    stream.write_all(bytes.as_bytes()).unwrap();
                    if self.script.is_empty() {
                        break;
                    }
                }
                Some(Act::AnswerAndClose(bytes)) => {
                    stream.write_all(bytes.as_bytes()).unwrap();
                    return;
                }
                Some(Act::Silence) => break,
                Some(Act::Flood(bytes)) => return flood(&mut stream, bytes, taken),
                Some(Act::CutUnread | Act::CutRead) | None => {
                    let _ = stream.shutdown(Shutdown::Both);
                    return;
                }
            }
        }
        self.kept.push(stream);
    }
}

fn flood(stream: &mut TcpStream, bytes: usize, taken: &Mutex<usize>) {
    let chunk = vec![b'x'; 64 * 1024];
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    while *taken.lock().unwrap() < bytes && stream.write_all(&chunk).is_ok() {
        *taken.lock().unwrap() += chunk.len();
    }
}

/// One request, head and body; `None` where the connection ends before.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

//! A proxy on loopback, between a program and a server, in which requests get lost, arrive late or
//! twice, or are answered by something in between. One connection a request.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives.
    CutBefore,
    /// It arrives, and the answer is lost.
    CutAfter,
    /// It never arrives, and is answered with this status.
    AnsweredBefore(u16),
    /// The same, with a code by which the server says why.
    Refused(u16, &'static str),
    /// It never arrives: another program in the server's place knows no such page, and says so.
    Misled(&'static str),
    /// It arrives, and is answered with this status.
    AnsweredAfter(u16),
    /// It arrives twice, and the second answer is given.
    Doubled,
    /// The connection is cut, and it arrives when the test has it arrive.
    Delayed,
    /// The test is told before it arrives, and it never does.
    HeldBefore,
    /// The test is told before it arrives; it does once the test goes on. The answer is lost.
    HeldDuring,
    /// The test is told once it has arrived, and the answer is lost.
    HeldAfter,
}

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Such as `PUT`.
    pub method: String,
    /// The path with the query.
    pub target: String,
    /// The lines of the head besides the first.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// One answer, as it came: head and body.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Such as `200`.
    pub status: u16,
    /// The lines of the head besides the first.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// How requests reach the server: what speaks otherwise than the program expects is translated.
pub type Translation = fn(&Request, &dyn Fn(&Request) -> Option<Reply>) -> Option<Reply>;

/// A running proxy. Its threads end with the test's process.
pub struct Proxy {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    shared: Arc<Shared>,
    held: Receiver<Sender<()>>,
}

struct Shared {
    /// Host and port of the server.
    upstream: String,
    translation: Option<Translation>,
    seen: Mutex<Vec<String>>,
    /// By the number of a write, from 1 on.
    of_writes: Mutex<BTreeMap<usize, Fault>>,
    /// By the number of any request, from 1 on.
    of_requests: Mutex<BTreeMap<usize, Fault>>,
    delayed: Mutex<Vec<Request>>,
    date: Mutex<String>,
    holds: Sender<Sender<()>>,
}

impl Proxy {
    /// One before a server, such as `127.0.0.1:4711`.
    pub fn start(server: &str, translation: Option<Translation>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let (holds, held) = channel();
        let shared = Arc::new(Shared {
            upstream: server.to_owned(),
            translation,
            seen: Mutex::default(),
            of_writes: Mutex::default(),
            of_requests: Mutex::default(),
            delayed: Mutex::default(),
            date: Mutex::default(),
            holds,
        });
        let proxied = Arc::clone(&shared);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let proxied = Arc::clone(&proxied);
                std::thread::spawn(move || proxied.answer(&connection));
            }
        });
        Self { url, shared, held }
    }

    /// What becomes of the n-th write from now on.
    pub fn fail_write(&self, nth: usize, fault: Fault) {
        let before = self.asked().iter().filter(|asked| is_write(asked)).count();
        lock(&self.shared.of_writes).insert(before + nth, fault);
    }

    /// What becomes of the n-th request from now on.
    pub fn fail_request(&self, nth: usize, fault: Fault) {
        let before = self.asked().len();
        lock(&self.shared.of_requests).insert(before + nth, fault);
    }

    /// The requests so far, such as `PUT /bucket/key`, without their queries.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.shared.seen).clone()
    }

    /// Waits until a request is held, and does something before it goes on. Returns once it is over.
    pub fn while_held(&self, work: impl FnOnce()) {
        let go = self.held.recv().expect("the proxy lives");
        work();
        let _ = go.send(());
        // Answered once the request is over.
        let _ = self.held.recv();
    }

    /// Has everything arrive that is delayed.
    pub fn let_arrive(&self) {
        for request in std::mem::take(&mut *lock(&self.shared.delayed)) {
            let _ = self.shared.forward(&request);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_write(asked: &str) -> bool {
    asked.starts_with("PUT ") || asked.starts_with("POST ")
}

impl Shared {
    fn answer(&self, connection: &TcpStream) -> Option<()> {
        let request = read_request(connection)?;
        let fault = self.count(&request);
        let reply = self.reply(&request, fault);
        if let Some(reply) = reply {
            write_reply(connection, &reply)?;
        }
        connection.shutdown(Shutdown::Both).ok()
    }

    /// The fault that is meant for a request.
    fn count(&self, request: &Request) -> Option<Fault> {
        let path = request.target.split('?').next().unwrap_or_default();
        let mut seen = lock(&self.seen);
        seen.push(format!("{} {path}", request.method));
        let number = seen.len();
        let is_write = seen.last().is_some_and(|asked| self::is_write(asked));
        let writes = seen.iter().filter(|asked| self::is_write(asked)).count();
        let of_requests = lock(&self.of_requests).remove(&number);
        of_requests.or_else(|| lock(&self.of_writes).remove(&writes).filter(|_| is_write))
    }

    fn reply(&self, request: &Request, fault: Option<Fault>) -> Option<Reply> {
        match fault {
            None => self.forward(request),
            Some(Fault::CutBefore) => None,
            Some(Fault::CutAfter) => {
                self.forward(request);
                None
            }
            Some(Fault::AnsweredBefore(status)) => Some(self.made_up(status, "Odd")),
            Some(Fault::Refused(status, code)) => Some(self.made_up(status, code)),
            Some(Fault::Misled(words)) => Some(misled(words)),
            Some(Fault::AnsweredAfter(status)) => {
                self.forward(request);
                Some(self.made_up(status, "Odd"))
            }
            Some(Fault::Doubled) => {
                self.forward(request);
                self.forward(request)
            }
            Some(Fault::Delayed) => {
                lock(&self.delayed).push(request.clone());
                None
            }
            Some(Fault::HeldBefore | Fault::HeldDuring | Fault::HeldAfter) => {
                self.hold(request, fault);
                None
            }
        }
    }

    fn hold(&self, request: &Request, fault: Option<Fault>) {
        if fault == Some(Fault::HeldAfter) {
            self.forward(request);
        }
        let (go, going) = channel();
        let _ = self.holds.send(go.clone());
        let _ = going.recv();
        if fault == Some(Fault::HeldDuring) {
            self.forward(request);
        }
        let _ = self.holds.send(go);
    }

    /// An answer of something in between, at the time that the server told last.
    fn made_up(&self, status: u16, code: &str) -> Reply {
        let body = format!("<Error><Code>{code}</Code><Message>made up</Message></Error>");
        let body = body.into_bytes();
        let mut headers = vec![("content-type".to_owned(), "application/xml".to_owned())];
        headers.push(("x-ms-error-code".to_owned(), code.to_owned()));
        headers.push(("content-length".to_owned(), body.len().to_string()));
        headers.push(("date".to_owned(), lock(&self.date).clone()));
        Reply { status, headers, body }
    }

    fn forward(&self, request: &Request) -> Option<Reply> {
        let direct = |request: &Request| send(&self.upstream, request);
        let reply = match self.translation {
            Some(translation) => translation(request, &direct),
            None => direct(request),
        };
        let date = reply.iter().flat_map(|reply| &reply.headers);
        if let Some((_, date)) = date.into_iter().find(|(name, _)| name == "date") {
            lock(&self.date).clone_from(date);
        }
        reply
    }
}

/// An answer of a program that knows nothing of the server's objects.
fn misled(words: &str) -> Reply {
    let body = words.as_bytes().to_vec();
    let headers = vec![("content-length".to_owned(), body.len().to_string())];
    Reply { status: 404, headers, body }
}

/// Asks a server.
pub fn send(server: &str, request: &Request) -> Option<Reply> {
    let mut stream = TcpStream::connect(server).ok()?;
    let Request { method, target, headers, body } = request;
    let mut head = format!("{method} {target} HTTP/1.1\r\n");
    for (name, value) in headers.iter().filter(|(name, _)| name != "connection") {
        head += &format!("{name}: {value}\r\n");
    }
    if !headers.iter().any(|(name, _)| name == "host") {
        head += &format!("host: {server}\r\n");
    }
    if !headers.iter().any(|(name, _)| name == "content-length") {
        head += &format!("content-length: {}\r\n", body.len());
    }
    head += "connection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut reader = BufReader::new(stream);
    let (first, headers) = read_head(&mut reader)?;
    let status = first.split(' ').nth(1)?.parse().ok()?;
    let mut body = Vec::new();
    match headers.iter().find(|(name, _)| name == "content-length") {
        Some((_, length)) => {
            body.resize(length.parse().ok()?, 0);
            reader.read_exact(&mut body).ok()?;
        }
        None => drop(reader.read_to_end(&mut body)),
    }
    Some(Reply { status, headers, body })
}

/// Reads one request.
pub fn read_request(connection: impl Read) -> Option<Request> {
    let mut reader = BufReader::new(connection);
    let (first, headers) = read_head(&mut reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(Some(0), |(_, length)| length.parse().ok())?];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, target, headers, body })
}

/// The first line of a head and the others, with lower-case names.
fn read_head(reader: &mut impl BufRead) -> Option<(String, Vec<(String, String)>)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Some((first.trim_end().to_owned(), headers))
}

/// Writes an answer.
pub fn write_reply(mut stream: impl Write, reply: &Reply) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} Proxied\r\nconnection: close\r\n", reply.status);
    for (name, value) in reply.headers.iter().filter(|(name, _)| name != "connection") {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(&reply.body).ok()
}

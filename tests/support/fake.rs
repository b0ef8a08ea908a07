//! A service on loopback that answers as a script says and remembers what it was asked. Knows
//! nothing of the program: plain sockets, one thread a connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};

use serde::Deserialize;
use serde_json::{Value, json};

/// The answers to one kind of request, such as `PATCH /v1/instance`, in order; the last is
/// repeated. What begins with a key, as in `sk_test_a PATCH /v1/instance`, is for that one alone.
pub type Script = BTreeMap<String, Vec<Answer>>;

/// One answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answer {
    /// The HTTP status; 0 for the one that a well-behaved service would give.
    pub status: u16,
    /// Further headers.
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub body: Option<Value>,
    /// A body that is no JSON.
    pub text: Option<String>,
    /// What goes wrong on the wire.
    pub fault: Option<Fault>,
}

/// What goes wrong on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The connection is cut before the request was read.
    CutBefore,
    /// The connection is cut after the request was read.
    CutAfter,
    /// Half of the body, then a cut.
    HalfBody,
    /// A body of 60 MB.
    HugeBody,
    /// No answer until the test lets it go.
    Hang,
}

/// One request that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Such as `PATCH /v1/instance`.
    pub what: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

/// A running fake. Its threads end with the test's process.
pub struct Fake {
    /// Such as `http://127.0.0.1:4711`.
    pub url: String,
    script: Arc<Mutex<Script>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    arrivals: Receiver<String>,
    gate: Arc<Gate>,
    open: Arc<Open>,
}

/// How many connections there are.
#[derive(Default)]
struct Open {
    number: Mutex<usize>,
    ended: Condvar,
}

/// What answers that hang wait for. Open for good once it was opened.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Fake {
    /// Starts one.
    pub fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("a bound address"));
        let (arrived, arrivals) = channel();
        let shared = Shared {
            script: Arc::new(Mutex::new(script)),
            asked: Arc::default(),
            arrived,
            gate: Arc::default(),
        };
        let (asked, gate) = (Arc::clone(&shared.asked), Arc::clone(&shared.gate));
        let script = Arc::clone(&shared.script);
        let open = Arc::new(Open::default());
        let counted = Arc::clone(&open);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (shared, open) = (shared.clone(), Arc::clone(&counted));
                *open.number.lock().expect("no thread panics") += 1;
                std::thread::spawn(move || {
                    shared.converse(&connection);
                    *open.number.lock().expect("no thread panics") -= 1;
                    open.ended.notify_all();
                });
            }
        });
        Self { url, script, asked, arrivals, gate, open }
    }

    /// Waits until everything has arrived that ended processes have sent: connections are taken in
    /// the order in which they were made, and one more is the last.
    pub fn settle(&self) {
        let address = self.url.trim_start_matches("http://");
        let mut last = TcpStream::connect(address).expect("the fake lives");
        last.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("the fake reads");
        last.read_exact(&mut [0]).expect("the fake answers");
        drop(last);
        let number = self.open.number.lock().expect("no thread panics");
        drop(self.open.ended.wait_while(number, |number| *number > 0));
    }

    /// Has it answer by another script from now on.
    pub fn play(&self, script: Script) {
        *self.script.lock().expect("no thread panics") = script;
    }

    /// What arrived so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no thread panics").clone()
    }

    /// Waits until a request of that kind has arrived.
    pub fn wait_for(&self, what: &str) {
        while self.arrivals.recv().expect("the fake lives") != what {}
    }

    /// Lets the answers go that hang, and those that would.
    pub fn let_go(&self) {
        *self.gate.is_open.lock().expect("no thread panics") = true;
        self.gate.opened.notify_all();
    }

    /// What arrived, as the case folders keep it: kind and body, without headers.
    pub fn transcript(&self) -> Value {
        self.asked()
            .iter()
            .map(|asked| match serde_json::from_str::<Value>(&asked.body) {
                Ok(body) => json!({"request": asked.what, "body": body}),
                Err(_) => json!({"request": asked.what}),
            })
            .collect()
    }
}

#[derive(Clone)]
struct Shared {
    script: Arc<Mutex<Script>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    arrived: Sender<String>,
    gate: Arc<Gate>,
}

impl Shared {
    fn converse(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        loop {
            let Some(head) = read_head(&mut reader) else { return };
            let answer = self.next(&head);
            if answer.fault == Some(Fault::CutBefore) {
                self.remember(head, String::new());
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
            let mut body = vec![0; head.length];
            if reader.read_exact(&mut body).is_err() {
                return;
            }
            let body = String::from_utf8_lossy(&body).into_owned();
            let what = head.what.clone();
            self.remember(head, body.clone());
            if answer.fault == Some(Fault::Hang) {
                self.hang();
            }
            if reply(stream, &what, &body, &answer).is_none() {
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
        }
    }

    fn next(&self, head: &Head) -> Answer {
        let mut script = self.script.lock().expect("no thread panics");
        let key =
            head.headers.get("authorization").map_or("", |it| it.trim_start_matches("Bearer "));
        let own = format!("{key} {}", head.what);
        let what = if script.contains_key(&own) { &own } else { &head.what };
        let Some(answers) = script.get_mut(what) else { return Answer::default() };
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    }

    fn remember(&self, head: Head, body: String) {
        let Head { what, headers, length: _ } = head;
        self.asked.lock().expect("no thread panics").push(Asked {
            what: what.clone(),
            headers,
            body,
        });
        let _ = self.arrived.send(what);
    }

    fn hang(&self) {
        let is_open = self.gate.is_open.lock().expect("no thread panics");
        drop(self.gate.opened.wait_while(is_open, |is_open| !*is_open));
    }
}

struct Head {
    what: String,
    headers: BTreeMap<String, String>,
    length: usize,
}

fn read_head(reader: &mut impl BufRead) -> Option<Head> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let what = format!("{} {}", words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    Some(Head { what, headers, length })
}

/// Writes an answer; `None` where the connection is to end.
fn reply(mut stream: &TcpStream, what: &str, asked: &str, answer: &Answer) -> Option<()> {
    if answer.fault == Some(Fault::CutAfter) {
        return None;
    }
    let usual = usual(what, asked);
    let status = if answer.status == 0 { usual.0 } else { answer.status };
    let body = match (&answer.text, &answer.body) {
        (Some(text), _) => text.clone(),
        (None, Some(body)) => body.to_string(),
        (None, None) if answer.status == 0 || answer.status == usual.0 => usual.1,
        (None, None) => String::new(),
    };
    let length = match answer.fault {
        Some(Fault::HugeBody) => 60_000_000,
        _ => body.len(),
    };
    let mut head = format!("HTTP/1.1 {status} Scripted\r\n");
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if status != 204 {
        head += &format!("content-type: application/json\r\ncontent-length: {length}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    match answer.fault {
        Some(Fault::HalfBody) => {
            stream.write_all(&body.as_bytes()[..body.len() / 2]).ok()?;
            None
        }
        Some(Fault::HugeBody) => {
            let chunk = vec![b'x'; 1_000_000];
            (0..60).try_for_each(|_| stream.write_all(&chunk)).ok()
        }
        _ if status == 204 => Some(()),
        _ => stream.write_all(body.as_bytes()).ok(),
    }
}

/// What a well-behaved service answers.
fn usual(what: &str, asked: &str) -> (u16, String) {
    match what {
        "GET /v1/instance" => (
            200,
            json!({"object": "instance", "id": "ins_2abc", "environment_type": "development",
                   "allowed_origins": [], "workspace_id": null})
            .to_string(),
        ),
        "PATCH /v1/instance" => (204, String::new()),
        _ if what.starts_with("PATCH ") => (200, asked.to_owned()),
        _ => (
            404,
            json!({"errors": [{"message": "not found", "long_message": "not found",
                                       "code": "resource_not_found"}]})
            .to_string(),
        ),
    }
}

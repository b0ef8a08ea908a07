//! The editors' `yaml-language-server`, spoken to as an editor does: over its standard input and
//! output. Every wait is for a message of its own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// How long a server may be silent while an answer is due, before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server.
pub struct LanguageServer {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    diagnostics: HashMap<String, Value>,
    /// The schemas that files have by their names.
    schemas: Value,
    /// Where it would go with a request to another machine.
    proxy: TcpListener,
}

impl LanguageServer {
    /// Starts one, and waits until it knows its settings: `schemas` are those that files have by
    /// their names.
    pub fn start(program: &Path, folder: &Path, schemas: Value) -> Self {
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", proxy.local_addr().unwrap());
        let mut command = Command::new(program);
        command.arg("--stdio").current_dir(folder).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path))).env("HOME", folder);
        command.env("HTTP_PROXY", &address).env("HTTPS_PROXY", &address);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let diagnostics = HashMap::new();
        let mut server = Self { child, input, messages, last_id: 0, diagnostics, schemas, proxy };
        let documents = json!({
            "hover": {"contentFormat": ["markdown"]},
            "completion": {"completionItem": {
                "snippetSupport": true,
                "documentationFormat": ["markdown"],
                "tagSupport": {"valueSet": [1]},
            }},
            "publishDiagnostics": {"tagSupport": {"valueSet": [1, 2]}},
        });
        let root = format!("file://{}", folder.display());
        server.request(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "test"}],
                "capabilities": {
                    "textDocument": documents,
                    "workspace": {"configuration": true, "workspaceFolders": true},
                },
            }),
        );
        server.notify("initialized", &json!({}));
        while server.receive()["method"] != "workspace/configuration" {}
        server
    }

    /// Opens a document.
    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Waits for what the server has to say of an open document.
    pub fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        loop {
            if let Some(found) = self.diagnostics.remove(uri) {
                return found.as_array().unwrap().clone();
            }
            self.receive();
        }
    }

    /// Sends a request and waits for its answer.
    pub fn request(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({"id": id, "method": method});
        if !parameters.is_null() {
            message["params"] = parameters.clone();
        }
        self.send(message);
        loop {
            let mut message = self.receive();
            if message["id"] == id && message.get("method").is_none() {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
        }
    }

    /// Ends the server, and says whether it ever wanted to go to the network.
    pub fn went_out(mut self) -> bool {
        self.request("shutdown", &Value::Null);
        self.notify("exit", &Value::Null);
        self.child.wait().unwrap();
        self.proxy.set_nonblocking(true).unwrap();
        match self.proxy.accept() {
            Ok(_) => true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(error) => panic!("{error}"),
        }
    }

    fn notify(&mut self, method: &str, parameters: &Value) {
        self.send(json!({"method": method, "params": parameters}));
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = "2.0".into();
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }

    /// The next message. What the server asks is answered, and what it finds is kept.
    fn receive(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE).expect("the server goes on");
        if message["method"] == "textDocument/publishDiagnostics" {
            let found = &message["params"];
            let uri = found["uri"].as_str().unwrap().to_owned();
            self.diagnostics.insert(uri, found["diagnostics"].clone());
        }
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let result = match method {
                "workspace/configuration" => self.settings(&message["params"]["items"]),
                "client/registerCapability" => Value::Null,
                // A server that cannot load something may ask the editor to do it.
                other => panic!("the server asks for {other}"),
            };
            self.send(json!({"id": id, "result": result}));
        }
        message
    }

    /// The settings of each part that is asked for: as they are by default, without the network.
    fn settings(&self, items: &Value) -> Value {
        let settings = |item: &Value| match item["section"].as_str() {
            Some("yaml") => json!({
                "validate": true,
                "hover": true,
                "completion": true,
                "schemas": self.schemas,
                "schemaStore": {"enable": false},
            }),
            _ => json!({}),
        };
        items.as_array().unwrap().iter().map(settings).collect()
    }
}

impl Drop for LanguageServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next message from the server's output.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("Content-Length: ") {
            length = bytes.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

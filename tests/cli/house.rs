//! What the tests of the command share: a folder of their own, the command, a small web server.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

/// A working folder that is gone after the test.
pub struct House {
    dir: tempfile::TempDir,
    /// Whether its audits may find a browser.
    has_browser: bool,
}

/// How a command ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl House {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder can be made"), has_browser: false }
    }

    /// A folder in which pages are drawn, where this machine has a browser. In all others none is found, so that every machine
    /// finds the same.
    pub fn with_browser() -> Self {
        Self { has_browser: true, ..Self::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
    }

    /// The command in this folder, ready to be started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plainway"));
        command.args(args).current_dir(self.dir.path()).env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
        if !self.has_browser {
            command.env("PATH", "/nowhere");
        }
        command
    }

    /// Runs the command in this folder.
    pub fn run(&self, args: &[&str]) -> Ended {
        let Output { status, stdout, stderr } = self.command(args).output().expect("the command can be started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the command prints text");
        Ended { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Runs the command with something on its standard input.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command can be started");
        child.stdin.take().expect("it has a standard input").write_all(input.as_bytes()).expect("it reads its input");
        let Output { status, stderr, .. } = child.wait_with_output().expect("it ends");
        Ended {
            code: status.code().unwrap_or(-1),
            out: String::new(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Runs the command, which has to end well.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!(ended.code, 0, "{args:?}\n{}{}", ended.out, ended.err);
        ended.out
    }

    /// `audit.json` of a folder of reports.
    pub fn audit(&self, out: &str) -> Value {
        let text = std::fs::read_to_string(self.path(out).join("audit.json")).expect("the audit was written");
        serde_json::from_str(&text).expect("it is JSON")
    }
}

/// A folder of the project's fixtures.
pub fn fixture(name: &str) -> String {
    format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// `key state` of every failing finding, sorted.
pub fn states(audit: &Value) -> Vec<String> {
    let findings = audit["findings"].as_array().expect("findings are a list");
    let mut states: Vec<String> = findings
        .iter()
        .filter(|f| f["outcome"] == "fail")
        .map(|f| format!("{} {} {}", f["rule"], f["url"], f["state"]).replace('"', ""))
        .collect();
    states.sort();
    states
}

/// Serves a folder on this machine as a plain web server would, until the test ends.
pub fn serve(folder: &str) -> SocketAddr {
    serve_and_tell(folder, |_, _| {})
}

/// The same; `tell` is told of every request (its path, and whether its answer was "not modified")
/// before the answer goes out.
pub fn serve_and_tell(folder: &str, tell: impl Fn(&str, bool) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let (root, tell) = (PathBuf::from(folder), Arc::new(tell));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (root, tell) = (root.clone(), Arc::clone(&tell));
            std::thread::spawn(move || answer(&stream, &root, &*tell));
        }
    });
    address
}

/// What the server says of a page that is not there; it helps, so that a folder has the same findings.
const NOT_FOUND: &str = "<!doctype html><html lang=en><title>Page not found</title><main><h1>Page not found</h1>
<p>Go to the <a href=/>home page</a>, or <a href=/contact.html>contact us</a>.</p>
<form role=search action=/search><label>Search <input name=q></label><button>Search</button></form></main></html>";

fn answer(stream: &TcpStream, root: &Path, tell: &dyn Fn(&str, bool)) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let target = line.split_whitespace().nth(1).unwrap_or("/").split('?').next().unwrap_or("/").replace("%20", " ");
        let (mut header, mut known) = (String::new(), None);
        while reader.read_line(&mut header).unwrap_or(0) > 0 && header.trim() != "" {
            if let Some(("if-none-match", tag)) = header.trim().split_once(": ") {
                known = Some(tag.to_owned());
            }
            header.clear();
        }
        let mut path = root.join(target.trim_start_matches('/'));
        if target.ends_with('/') {
            path = path.join("index.html");
        }
        let media = match path.extension().and_then(|e| e.to_str()) {
            Some("html") => "text/html; charset=utf-8",
            Some("css") => "text/css",
            Some("pdf") => "application/pdf",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            _ => "application/octet-stream",
        };
        let (status, media, body) = match std::fs::read(&path) {
            Ok(body) => ("200 OK", media, body),
            Err(_) => ("404 Not Found", "text/html", NOT_FOUND.as_bytes().to_vec()),
        };
        let tag = format!("\"{:x}\"", body.iter().fold(body.len(), |sum, &b| sum.wrapping_mul(31) ^ usize::from(b)));
        let same = status == "200 OK" && known.as_ref() == Some(&tag);
        tell(&target, same);
        let (status, body) = if same { ("304 Not Modified", Vec::new()) } else { (status, body) };
        let length = if same { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {media}\r\netag: {tag}\r\n{length}\r\n");
        let mut stream = stream;
        if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).is_err() {
            return;
        }
    }
}

//! An audit that is killed at any moment and gone on with ends as one that was never disturbed; one
//! that is done again asks and measures no more than it must.

use crate::house::{House, serve_and_tell};
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Pages of the site, in levels of six links.
const PAGES: usize = 42;

/// Moments at which an audit is killed while it reads.
const KILLS: usize = 25;

const REPORTS: [&str; 3] = ["audit.json", "site.html", "index.html"];

/// Writes a site of some levels with sheets, frames, files, missing pages and problems.
fn site(house: &House) -> String {
    let mut pages: Vec<(String, String)> = Vec::new();
    for n in 0..PAGES {
        let below = (n * 6 + 1..n * 6 + 7).filter(|m| *m < PAGES);
        let links: String = below.map(|m| format!("<p><a href=/p{m}.html>Page {m}</a></p>")).collect();
        let extra = match n % 5 {
            0 => "<p><a href=/missing.html>click here</a></p>",
            1 => "<p><a href=/form.pdf>Form</a></p><iframe src=/frame.html></iframe>",
            2 => "<form action=/send><input name=a><button>Go</button></form>",
            3 => "<p>Call (215) 555-0134 as soon as possible pursuant to the rules.</p>",
            _ => "<img src=/x.png>",
        };
        let name = if n == 0 { "index.html".to_owned() } else { format!("p{n}.html") };
        pages.push((name, format!("<!doctype html><html lang=en><head><title>Page {n}</title><link rel=stylesheet href=/s{}.css></head><body><main><h1>Page {n}</h1>{links}{extra}</main></body></html>", n % 3)));
    }
    for n in 0..3 {
        pages.push((format!("s{n}.css"), format!("p {{ margin: {n}px }}")));
    }
    pages.push(("frame.html".to_owned(), "<title>Frame</title><p>Inside".to_owned()));
    pages.push(("form.pdf".to_owned(), "%PDF-1.4".to_owned()));
    for (name, text) in pages {
        house.write(&format!("site/{name}"), &text);
    }
    house.path("site").to_str().expect("its path is text").to_owned()
}

/// A server that ends whoever is asking at the request with this number.
struct Deadly {
    address: String,
    asked: Arc<AtomicUsize>,
    deadly: Arc<AtomicUsize>,
    victim: Arc<Mutex<Option<Child>>>,
}

impl Deadly {
    fn new(folder: &str) -> Self {
        let (asked, deadly) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let victim: Arc<Mutex<Option<Child>>> = Arc::default();
        let (counted, at, whom) = (Arc::clone(&asked), Arc::clone(&deadly), Arc::clone(&victim));
        let tell = move |_: &str, _: bool| {
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            if number == at.load(Ordering::SeqCst)
                && let Some(child) = whom.lock().expect("nobody panics here").as_mut()
            {
                child.kill().expect("it can be killed");
            }
        };
        let address = format!("http://{}/", serve_and_tell(folder, tell));
        Self { address, asked, deadly, victim }
    }

    fn audit<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&["audit", &self.address, "--as-of", "2026-03-01", "--out", "out"][..], more].concat()
    }

    /// Starts the audit and kills it at that request; whether it was killed.
    fn kill_at(&self, house: &House, request: usize, more: &[&str]) -> bool {
        self.asked.store(0, Ordering::SeqCst);
        let mut victim = self.victim.lock().expect("nobody panics here");
        self.deadly.store(request, Ordering::SeqCst);
        let mut command = house.command(&self.audit(more));
        *victim = Some(
            command
                .stderr(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .spawn()
                .expect("the command can be started"),
        );
        drop(victim);
        self.wait()
    }

    /// Waits until the victim has ended, and says whether it was killed. The lock is held for a moment at a time: the
    /// server needs it.
    fn wait(&self) -> bool {
        loop {
            let mut victim = self.victim.lock().expect("nobody panics here");
            let ended = victim.as_mut().and_then(|child| child.try_wait().expect("its state can be asked for"));
            if let Some(status) = ended {
                self.deadly.store(0, Ordering::SeqCst);
                *victim = None;
                return !status.success();
            }
            drop(victim);
            std::thread::yield_now();
        }
    }
}

/// The site, its server, and the reports of an audit that nobody disturbs.
fn undisturbed() -> (House, Deadly, Vec<Vec<u8>>) {
    let home = House::new();
    let server = Deadly::new(&site(&home));
    home.ok(&server.audit(&[]));
    let reports = reports(&home);
    (home, server, reports)
}

fn reports(house: &House) -> Vec<Vec<u8>> {
    let read = |name: &str| std::fs::read(house.path("out").join(name)).expect("it was written");
    REPORTS.map(read).into()
}

/// The snapshots that are whole, and whatever else lies beside them.
fn snapshots(house: &House) -> (usize, usize) {
    let names = std::fs::read_dir(house.path(".plainway/snapshots")).expect("there are snapshots").flatten();
    let names: Vec<String> = names.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let whole = names.iter().filter(|n| n.ends_with(".warc.gz")).count();
    (whole, names.len() - whole)
}

#[test]
fn an_audit_killed_at_any_request_is_gone_on_with() {
    let (_home, server, undisturbed) = undisturbed();
    let requests = server.asked.load(Ordering::SeqCst);
    assert!(requests > PAGES);
    for n in 0..KILLS {
        // A step that shares no factor with their number goes all over them.
        let (first, second) = (1 + n * 37 % requests, 1 + n * 11 % 20);
        let house = House::new();
        assert!(server.kill_at(&house, first, &[]), "killed at request {first}");
        // The second time it may need fewer requests than that, and end by itself.
        let ended = n % 3 == 0 && !server.kill_at(&house, second, &["--resume"]);
        server.asked.store(0, Ordering::SeqCst);
        if !ended {
            house.ok(&server.audit(&["--resume"]));
        }
        assert!(reports(&house) == undisturbed, "killed at request {first}");
        assert_eq!(snapshots(&house), (1, 0), "killed at request {first}");
        let again = server.asked.load(Ordering::SeqCst);
        // Few answers wait for their turn to be judged and kept; what was kept is not asked for again.
        assert!(first < 45 || again < requests - 15, "killed at request {first}, {again} asked again");
    }
}

#[test]
fn an_audit_killed_after_its_last_page_is_gone_on_with() {
    let (_home, server, undisturbed) = undisturbed();
    let is_whole = |house: &House| house.path(".plainway/snapshots").is_dir() && snapshots(house).0 == 1;
    let is_there = |path: &Path| path.exists();
    for moment in 0..6 {
        let house = House::new();
        let mut child =
            house.command(&server.audit(&[])).stdout(std::process::Stdio::null()).spawn().expect("it can be started");
        let mut ended = false;
        while !ended {
            ended = child.try_wait().expect("its state can be asked for").is_some()
                || match moment {
                    0 | 1 => is_whole(&house),
                    2 | 3 => is_there(&house.path("out/audit.json")),
                    _ => is_there(&house.path("out/index.html")),
                };
        }
        // It may have ended by itself; then its reports are the same as well.
        let _ = child.kill();
        let killed = !child.wait().expect("it ends").success();
        let before = REPORTS.iter().all(|name| house.path("out").join(name).exists()).then(|| reports(&house));
        if killed {
            let resumed = house.run(&server.audit(&["--resume"]));
            assert_eq!(resumed.code, 0, "{}", resumed.err);
            if resumed.err.contains("starts from the beginning") {
                // It was killed between its last word and its end: nothing was left to do.
                assert!(before.is_some_and(|before| before == undisturbed), "moment {moment}");
                continue;
            }
        }
        assert!(reports(&house) == undisturbed, "moment {moment}");
    }
}

#[test]
fn a_record_that_is_half_there_is_cut_off() {
    let (_home, server, undisturbed) = undisturbed();
    for cut in [1, 40, 4000] {
        let house = House::new();
        assert!(server.kill_at(&house, 40, &[]));
        let dir = std::fs::read_dir(house.path(".plainway/snapshots")).expect("there are snapshots").flatten();
        let open = dir.map(|e| e.path()).find(|p| p.extension().is_some_and(|e| e == "open")).expect("one is open");
        let bytes = std::fs::read(&open).expect("it can be read");
        std::fs::write(&open, &bytes[..bytes.len() - cut]).expect("it can be written");
        house.ok(&server.audit(&["--resume"]));
        assert!(reports(&house) == undisturbed, "{cut} bytes cut off");
    }
}

#[test]
fn an_interrupted_audit_is_told_of_and_forgotten_after_a_newer_one() {
    let house = House::new();
    let server = Deadly::new(&site(&house));
    assert!(house.run(&server.audit(&["--resume"])).err.contains("starts from the beginning"));
    let house = House::new();
    assert!(server.kill_at(&house, 30, &[]));
    let ended = house.run(&server.audit(&[]));
    assert!(ended.code == 0 && ended.err.contains("--resume would go on with it"), "{}", ended.err);
    assert_eq!(snapshots(&house), (1, 0));
    assert!(house.run(&server.audit(&["--resume"])).err.contains("starts from the beginning"));
    assert_eq!(house.run(&server.audit(&["--resume", "--no-history"])).code, 2);
}

#[test]
fn an_unchanged_site_is_only_asked_whether_it_changed() {
    let house = House::new();
    let folder = site(&house);
    let asked: Arc<Mutex<Vec<(String, bool)>>> = Arc::default();
    let log = Arc::clone(&asked);
    let address = serve_and_tell(&folder, move |path, same| {
        log.lock().expect("nobody panics here").push((path.to_owned(), same));
    });
    let address = format!("http://{address}/");
    let audit = |day: &str| house.ok(&["audit", &address, "--as-of", day, "--out", "out"]);
    audit("2026-03-01");
    let first = house.audit("out");
    asked.lock().expect("nobody panics here").clear();
    audit("2026-04-01");
    let second = house.audit("out");
    let pages = |answers: &[(String, bool)]| {
        let html = |(path, _): &&(String, bool)| path == "/" || (path.ends_with(".html") && path.starts_with("/p"));
        answers.iter().filter(html).map(|(_, same)| *same).collect::<Vec<_>>()
    };
    let answers = pages(&asked.lock().expect("nobody panics here"));
    assert!(answers.len() == PAGES && answers.iter().all(|same| *same), "{answers:?}");
    assert_eq!(first["pages"], second["pages"]);
    assert_eq!(first["score"]["value"], second["score"]["value"]);
    // The archive of the second run is whole by itself, and a change is seen.
    house.write(
        "site/p7.html",
        "<!doctype html><html lang=en><title>Page 7</title><main><h1>Seven</h1><p>New.</p></main>",
    );
    asked.lock().expect("nobody panics here").clear();
    audit("2026-05-01");
    let answers = pages(&asked.lock().expect("nobody panics here"));
    assert_eq!(answers.iter().filter(|same| !**same).count(), 1);
    let mut archives: Vec<_> = std::fs::read_dir(house.path(".plainway/snapshots"))
        .expect("there are snapshots")
        .flatten()
        .map(|e| e.path())
        .collect();
    archives.sort();
    let archive = archives[1].to_str().expect("its path is text");
    house.ok(&["audit", archive, "--as-of", "2026-04-01", "--out", "archive", "--no-history"]);
    assert_eq!(house.audit("archive")["pages"], second["pages"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_gently_and_says_how_to_go_on() {
    let home = House::new();
    let folder = site(&home);
    let (asked, pid) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let whom = Arc::clone(&pid);
    let address = serve_and_tell(&folder, move |_, _| {
        let pid = whom.load(Ordering::SeqCst);
        if asked.fetch_add(1, Ordering::SeqCst) == 20 && pid > 0 {
            let sent = std::process::Command::new("kill").args(["-INT", &pid.to_string()]).status();
            assert!(sent.is_ok_and(|s| s.success()), "the signal was sent");
        }
    });
    let address = format!("http://{address}/");
    let audit = ["audit", &address, "--as-of", "2026-03-01", "--out", "out"];
    let house = House::new();
    let child = house.command(&audit).stderr(std::process::Stdio::piped()).spawn().expect("it can be started");
    pid.store(child.id() as usize, Ordering::SeqCst);
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.code() == Some(3) && said.contains("--resume goes on with it"), "{said}");
    pid.store(0, Ordering::SeqCst);
    house.ok(&[&audit[..], &["--resume"]].concat());
    home.ok(&audit);
    assert!(reports(&house) == reports(&home));
}

#[test]
fn two_audits_of_one_site_at_once_are_two_runs() {
    let house = House::new();
    let folder = site(&house);
    let address = format!("http://{}/", serve_and_tell(&folder, |_, _| {}));
    let start = |out: &str| {
        let mut command = house.command(&["audit", &address, "--as-of", "2026-03-01", "--out", out]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
        command.spawn().expect("it can be started")
    };
    for child in [start("one"), start("two")] {
        let ended = child.wait_with_output().expect("it ends");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    assert_eq!(snapshots(&house), (2, 0));
    assert_eq!(house.audit("one")["pages"], house.audit("two")["pages"]);
}

/// A limit on the size of files stands for a disk that is full.
#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_the_audit_gone_on_with() {
    let (_home, server, undisturbed) = undisturbed();
    let house = House::new();
    let audit = server.audit(&[]).join(" ");
    // In blocks of 512 bytes: enough for an empty store, not for the pages.
    let shell = format!("trap '' XFSZ; ulimit -f 350; exec {} {audit}", env!("CARGO_BIN_EXE_plainway"));
    let full = std::process::Command::new("sh")
        .args(["-c", &shell])
        .current_dir(house.path(""))
        .output()
        .expect("there is a shell");
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(3), "{said}");
    assert!(said.contains("--resume") && !said.contains("panicked"), "{said}");
    house.ok(&server.audit(&["--resume"]));
    assert!(reports(&house) == undisturbed);
}

#[test]
fn a_store_that_cannot_be_made_is_told() {
    let house = House::new();
    let folder = site(&house);
    house.write(".plainway", "a file where the folder should be");
    let ended = house.run(&["audit", &folder, "--out", "out"]);
    assert!(ended.code == 3 && ended.err.contains("--no-history"), "{} {}", ended.code, ended.err);
}

#[test]
fn an_archive_of_many_days_is_a_trend() {
    let house = House::new();
    site(&house);
    house.ok(&["audit", "site", "--as-of", "2026-02-01", "--out", "one"]);
    house.write("site/p1.html", "<!doctype html><html lang=en><title>Page 1</title><main><h1>One</h1></main>");
    house.ok(&["audit", "site", "--as-of", "2026-03-01", "--out", "two"]);
    let mut archives: Vec<_> = std::fs::read_dir(house.path(".plainway/snapshots"))
        .expect("there are snapshots")
        .flatten()
        .map(|e| e.path())
        .collect();
    archives.sort();
    let both: Vec<u8> = archives.iter().flat_map(|path| std::fs::read(path).expect("it can be read")).collect();
    std::fs::write(house.path("both.warc.gz"), both).expect("it can be written");
    let ended = house.run(&["audit", "both.warc.gz", "--each-date", "--no-history", "--out", "trend"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("2026-02-01 (1 of 2 days)") && ended.err.contains("2026-03-01 (2 of 2 days)"));
    let trend = house.audit("trend");
    assert_eq!(trend["run"]["started"], "2026-03-01T00:00:00Z");
    assert!(!trend["run"]["compared_with"].is_null());
    let ended = house.run(&["audit", "site", "--each-date"]);
    assert!(ended.code == 2 && ended.err.contains("for archives"), "{}", ended.err);
}

//! The browser as a process: found, started with a folder of its own, and ended with everything that it
//! started. It must never see the user's own profile, or outlive the audit.

use super::BrowserError;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The names that browsers with the DevTools protocol have on Linux, the BSDs and macOS. Those without any window of their own come first:
/// a page with a context of its own takes them a tenth of the work.
const NAMES: &[&str] = &[
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
];

/// Where macOS keeps them.
const APPLICATIONS: &[&str] = &[
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/// How it is started: without a window; without any request of its own; without a way to the network,
/// since every answer is handed to it (the proxy is a port where nobody listens, also for addresses of this
/// machine); and so that the same page is drawn the same.
const FLAGS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--no-service-autorun",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,MediaRouter,OptimizationHints,Prerender2,Translate",
    "--disable-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--mute-audio",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--block-new-web-contents",
    "--deny-permission-prompts",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    // A page that fills its memory ends itself, not this machine. Our choice of 512 MB.
    "--js-flags=--max-old-space-size=512",
];

/// How long it may take to end by itself. Our choice.
const FAREWELL: Duration = Duration::from_secs(3);

/// Finds a browser: the one that the user names, or the first that the system has.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, BrowserError> {
    if !cfg!(unix) {
        return Err(BrowserError::System);
    }
    if let Some(path) = named {
        let found = path.is_file().then(|| path.to_owned());
        return found.ok_or_else(|| BrowserError::Missing { path: path.to_owned() });
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let in_path = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let applications = APPLICATIONS.iter().map(PathBuf::from);
    in_path.chain(applications).find(|path| path.is_file()).ok_or(BrowserError::None)
}

/// A browser that runs. Dropping it ends it.
pub(super) struct Process {
    child: Child,
    profile: PathBuf,
}

impl Process {
    /// Starts a browser; returns what is written to it and what it says.
    pub(super) fn start(
        path: &Path,
    ) -> Result<(Self, impl Write + Send + use<>, impl Read + Send + use<>), BrowserError> {
        let failed = |source| BrowserError::Start { path: path.to_owned(), source };
        let profile = profile().map_err(failed)?;
        let mut command = command(path, &profile);
        let started = command.spawn();
        let mut child = started.map_err(|source| {
            let _ = fs::remove_dir_all(&profile);
            failed(source)
        })?;
        let pipes: Option<(ChildStdin, ChildStdout)> = child.stdin.take().zip(child.stdout.take());
        let process = Self { child, profile };
        let (to, from) = pipes.ok_or_else(|| failed(std::io::Error::other("it has no pipes")))?;
        Ok((process, to, from))
    }

    /// The process group, which is also the number of its first process.
    pub(super) fn group(&self) -> u32 {
        self.child.id()
    }
}

/// The browser reads from and writes to the descriptors 3 and 4 (`--remote-debugging-pipe`); the shell puts
/// the pipes of its own input and output there. No port is open that others on this machine could speak to,
/// and a browser whose pipe closes ends by itself, however this process ended.
fn command(path: &Path, profile: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"#]).arg(path).args(FLAGS);
    let mut folder = std::ffi::OsString::from("--user-data-dir=");
    folder.push(profile);
    command.arg(folder);
    if is_root(profile) {
        // Chromium refuses to start its sandbox for root.
        command.arg("--no-sandbox");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// Whether this process is root: what it makes belongs to it.
#[cfg(unix)]
fn is_root(made: &Path) -> bool {
    fs::metadata(made).is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0)
}

#[cfg(not(unix))]
fn is_root(_: &Path) -> bool {
    false
}

/// A new folder that nobody else reads.
fn profile() -> std::io::Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("plainway-browser-{}-{next}", std::process::id()));
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    Ok(folder)
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its pipe was closed before, which ends it and what it started.
        let begun = Instant::now();
        while begun.elapsed() < FAREWELL && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        end_group(self.group());
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// Ends every process of a group at once.
pub(super) fn end_group(group: u32) {
    let kill = format!("kill -KILL -{group}");
    let _ = Command::new("sh").args(["-c", &kill]).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// What a group of processes holds and has used, where the system tells (Linux): bytes of memory, of which what is
/// shared counts once for each, and processor time.
pub(super) fn load(group: u32) -> (u64, Option<Duration>) {
    let Ok(processes) = fs::read_dir("/proc") else { return (0, None) };
    let of = |entry: fs::DirEntry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // proc(5): behind the name in brackets come the state, the parent and the group; the 12th and 13th fields behind
        // the name are the time used, in hundredths of a second, the 22nd the pages in memory.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let is_of_group = fields.get(2)?.parse() == Ok(group);
        is_of_group.then(|| Some((number(21)?, number(11)? + number(12)?))).flatten()
    };
    let (pages, ticks) =
        processes.flatten().filter_map(of).fold((0, 0), |(p, t), (pages, ticks)| (p + pages, t + ticks));
    (pages * 4096, (pages > 0).then(|| Duration::from_millis(ticks * 10)))
}

//! What every command starts with: rules, word lists, config and the store.

use super::Stop;
use super::args::{DoorArgs, ExternalLinks, Profile, ReadArgs, ScopeArgs, SetupArgs};
use super::views::Views;
use crate::audit::Scene;
use crate::config::{self, Config, Feedback, Heard};
use crate::facts::{FACTS_VERSION, Lexicon, Settings};
use crate::gather::{Addresses, Doors, External, Partner, Plan, SamplePlan, ScopeRules, Source, Window};
use crate::history::{SetupPart, Store, setup_text};
use crate::model::{PageUrl, Pattern, hex};
use crate::report::House;
use crate::rule::{RuleSource, Rules, Standard, embedded_categories, embedded_rules, embedded_words, standards};
use anyhow::{Context, anyhow};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Largest rule or config file that is read. Our choice; ours are under 8 kB.
const MAX_TEXT: u64 = 1024 * 1024;

/// Rules, words and config, ready to use. Those of several sites share what does not differ.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) lexicon: Arc<Lexicon>,
    pub(super) rules: Arc<Rules>,
    pub(super) config: Config,
    pub(super) profile: Profile,
    /// Page views, where the config names a file of them.
    pub(super) views: Option<Views>,
    /// Where the config lies, or else where the command was called: the place of the store.
    pub(super) home: PathBuf,
    /// What people told elsewhere; only an audit reads it.
    pub(super) heard: Heard,
    /// What people said of pages.
    pub(super) feedback: Option<Feedback>,
    /// How reports look and speak.
    pub(super) house: Arc<House>,
}

impl Setup {
    /// Loads everything; all mistakes of a file are told at once.
    pub(super) fn load(args: &SetupArgs, profile: Profile) -> Result<Self, Stop> {
        let (config, home) = load_config(args.config.as_deref())?;
        let lexicon = load_lexicon()?;
        let rules = load_rules(args.rules.as_deref(), &lexicon)?;
        config.rule_names.check(&rules.list.iter().map(|r| &*r.id).collect::<Vec<_>>()).map_err(Stop::wrong)?;
        let rules = rules.for_profile(profile.word());
        let views = config.views.as_ref().map(|file| Views::load(&home.join(file))).transpose()?;
        let house = super::house::load(&config.report, &home)?;
        Ok(Self {
            lexicon: lexicon.into(),
            rules: rules.into(),
            config,
            profile,
            views,
            home,
            heard: Heard::default(),
            feedback: None,
            house,
        })
    }

    /// Reads the files that the config names under `[imports]`.
    pub(super) fn hear(&mut self) -> Result<(), Stop> {
        self.heard = super::imports::heard(&self.config.imports, &self.home)?;
        self.listen()
    }

    /// Reads the feedback that the config names: whatever writes reports needs it.
    pub(super) fn listen(&mut self) -> Result<(), Stop> {
        self.feedback = super::imports::feedback(&self.config.imports, &self.home)?;
        Ok(())
    }

    /// What facts take from the config.
    pub(super) fn settings(&self) -> Settings {
        let mut settings = settings(&self.config);
        if self.profile == Profile::Kiosk {
            settings.terminal = Some(self.config.kiosk.clone().unwrap_or_default());
        }
        settings
    }

    /// The legal standard of the site.
    pub(super) fn standard(&self) -> Option<&'static Standard> {
        standards().named(self.config.site.standard.as_deref()?)
    }

    /// What rules may depend on.
    pub(super) fn scene(&self) -> Scene {
        Scene { jurisdictions: self.config.jurisdictions(), allowed_words: self.config.allowed_words.clone() }
    }

    /// The settings by which pages are judged and weighed, each with its hash.
    pub(super) fn setup_text(&self) -> String {
        setup_text(self.judging().iter().map(|(part, hash)| (*part, hash.as_str())))
    }

    /// The same with what is read of a live site or a list, and of a sample.
    pub(super) fn setup_text_of(&self, plan: &Plan) -> String {
        let mut parts = self.judging();
        if matches!(plan.source, Source::Site { .. } | Source::List(_)) {
            let ScopeRules { include, exclude, folder, subdomains, partners: _ } = &plan.scope;
            parts.push((SetupPart::Scope, part_hash(&format!("{include:?} {exclude:?} {folder:?} {subdomains}"))));
            if !plan.scope.partners.is_empty() {
                parts.push((SetupPart::Partners, part_hash(&format!("{:?}", plan.scope.partners))));
            }
        }
        if let Some(sample) = &plan.sample {
            parts.push((SetupPart::Sample, sample.size.to_string()));
        }
        setup_text(parts.iter().map(|(part, hash)| (*part, hash.as_str())))
    }

    fn judging(&self) -> Vec<(SetupPart, String)> {
        let config = &self.config;
        let place = Settings { allowed_words: Vec::new(), ..self.settings() };
        let mut parts = vec![
            (SetupPart::Model, crate::score::MODEL.to_string()),
            (SetupPart::Site, part_hash(&format!("{place:?} {:?}", config.jurisdictions()))),
        ];
        if !config.allowed_words.is_empty() {
            parts.push((SetupPart::Words, part_hash(&format!("{:?}", config.allowed_words))));
        }
        if !config.tasks.is_empty() {
            parts.push((SetupPart::Tasks, part_hash(&format!("{:?}", config.tasks))));
        }
        if !config.archives.is_empty() {
            let urls: Vec<_> = config.archives.iter().map(|archive| &archive.urls).collect();
            parts.push((SetupPart::Archives, part_hash(&format!("{urls:?}"))));
        }
        if let Some(views) = &self.views {
            parts.push((SetupPart::Views, part_hash(&views.hash)));
        }
        parts
    }

    /// Hash of everything but the page that a stored record of the page phase came from.
    pub(super) fn phase_hash(&self) -> String {
        short_hash(format!("{} {}", self.rules.hash, self.measured_by()).as_bytes())
    }

    /// Hash of everything but the page and the rules that a stored record of the page phase came from.
    pub(super) fn measured_by(&self) -> String {
        let words: String = embedded_words().iter().map(|f| format!("{}/{}\n{}", f.lang, f.name, f.text)).collect();
        let style = cfg!(feature = "style");
        let parts = format!("{FACTS_VERSION} {style} {:?} {:?}\n{words}", self.settings(), self.scene());
        short_hash(parts.as_bytes())
    }

    /// The folder `.plainway/`.
    pub(super) fn store_dir(&self) -> PathBuf {
        self.home.join(".plainway")
    }

    /// Opens the store, and makes its folder where needed.
    pub(super) fn open_store(&self) -> Result<Store, Stop> {
        let dir = self.store_dir();
        std::fs::create_dir_all(&dir)
            .with_context(|| {
                format!(
                    "the folder {} for the history cannot be made; `--no-history` goes on without it",
                    dir.display()
                )
            })
            .map_err(Stop::Undone)?;
        Store::open(&dir.join("plainway.db")).map_err(Stop::undone)
    }
}

/// What facts take from a config: what it leaves out stays as facts have it.
pub(super) fn settings(config: &Config) -> Settings {
    let mut settings = Settings::default();
    if let Some(country) = &config.site.country {
        settings.country.clone_from(country);
    }
    if !config.site.languages.is_empty() {
        settings.languages.clone_from(&config.site.languages);
    }
    settings.allowed_words.clone_from(&config.allowed_words);
    settings
}

/// What stands for a part of the settings.
fn part_hash(text: &str) -> String {
    short_hash(text.as_bytes())[..16].to_owned()
}

/// 128 bits of SHA-256 in hexadecimal.
pub(super) fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..16])
}

/// The words of all languages; only a damaged build fails here.
pub(super) fn load_lexicon() -> Result<Lexicon, Stop> {
    Lexicon::parse(&embedded_words()).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Stop::Wrong(anyhow!("{}", lines.join("\n")))
    })
}

/// The built-in rules with those of a folder.
pub(super) fn load_rules(dir: Option<&Path>, lexicon: &Lexicon) -> Result<Rules, Stop> {
    let mut sources = embedded_rules();
    if let Some(dir) = dir {
        sources.extend(rules_in(dir)?);
    }
    Rules::load(&sources, embedded_categories(), lexicon).map_err(Stop::wrong)
}

/// The rule files of a folder: `<category>/<name>.md`.
pub(super) fn rules_in(dir: &Path) -> Result<Vec<RuleSource>, Stop> {
    let read = |path: &Path| {
        read_dir_sorted(path)
            .with_context(|| format!("the folder of rules {} cannot be read", path.display()))
            .map_err(Stop::Wrong)
    };
    let mut sources = Vec::new();
    for category in read(dir)?.into_iter().filter(|p| p.is_dir()) {
        let Some(category_name) = category.file_name().and_then(|n| n.to_str()).filter(|n| *n != "lexicon") else {
            continue;
        };
        for file in read(&category)? {
            let Some(name) = file.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(".md")) else {
                continue;
            };
            let text = read_text(&file).map_err(Stop::Wrong)?;
            sources.push(RuleSource { id: format!("{category_name}/{name}"), file: file.display().to_string(), text });
        }
    }
    if sources.is_empty() {
        return Err(Stop::Wrong(anyhow!(
            "the folder {} holds no rules; a rule lies in <category>/<name>.md",
            dir.display()
        )));
    }
    Ok(sources)
}

fn read_dir_sorted(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|e| e.path()).collect();
    paths.sort();
    Ok(paths)
}

/// The text of a file that a person wrote.
pub(super) fn read_text(path: &Path) -> anyhow::Result<String> {
    let size = std::fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?.len();
    if size > MAX_TEXT {
        return Err(anyhow!("{} has {size} bytes; a file of this kind has at most {MAX_TEXT}", path.display()));
    }
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is not text in UTF-8", path.display()))
}

/// The config given or found upward, and the folder it lies in.
pub(super) fn load_config(given: Option<&Path>) -> Result<(Config, PathBuf), Stop> {
    let here = std::env::current_dir().context("the working folder cannot be read").map_err(Stop::Wrong)?;
    let found = given
        .map(Path::to_owned)
        .or_else(|| here.ancestors().map(|dir| dir.join("plainway.toml")).find(|path| path.is_file()));
    let Some(path) = found else { return Ok((Config::default(), here)) };
    let text = read_text(&path).context("the config cannot be used").map_err(Stop::Wrong)?;
    let shown = path.strip_prefix(&here).unwrap_or(&path).display().to_string();
    let config = Config::parse(&shown, &text).map_err(Stop::wrong)?;
    let home = path.parent().filter(|p| !p.as_os_str().is_empty()).map_or(here, Path::to_owned);
    Ok((config, home))
}

/// What a target is: its source, and how reports name it.
pub(super) fn source(target: &str) -> Result<Source, Stop> {
    if target == "-" {
        return list_on_stdin();
    }
    if target.starts_with("http://") || target.starts_with("https://") {
        let start = Url::parse(target)
            .map_err(|e| Stop::Wrong(anyhow!("`{target}` is no address: {e}; write it as https://www.example.gov/")))?;
        return Ok(Source::Site { start });
    }
    let path = PathBuf::from(target);
    let Ok(metadata) = std::fs::metadata(&path) else {
        let hint = if target.contains('.') && !target.contains('/') {
            format!("; for a website write https://{target}/")
        } else {
            "; name a folder of built pages, a page, an archive, or an address that starts with https://".to_owned()
        };
        return Err(Stop::Wrong(anyhow!("there is no file or folder `{target}`{hint}")));
    };
    if metadata.is_dir() {
        return Ok(Source::Folder(path));
    }
    let name = target.to_ascii_lowercase();
    if [".warc", ".warc.gz", ".wacz"].iter().any(|end| name.ends_with(end)) {
        return Ok(Source::Archive(path));
    }
    if [".html", ".htm", ".xhtml"].iter().any(|end| name.ends_with(end)) {
        return Ok(Source::File(path));
    }
    Err(Stop::Wrong(anyhow!(
        "`{target}` is neither HTML nor an archive; known endings are .html, .htm, .xhtml, .warc, .warc.gz and .wacz"
    )))
}

fn list_on_stdin() -> Result<Source, Stop> {
    let text = std::io::read_to_string(std::io::stdin())
        .context("the list on standard input cannot be read")
        .map_err(Stop::Wrong)?;
    let mut list = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let url = Url::parse(line.trim()).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
        list.push(url.ok_or_else(|| {
            Stop::Wrong(anyhow!("line {} of the list, `{}`, is no http or https address", at + 1, line.trim()))
        })?);
    }
    if list.is_empty() {
        return Err(Stop::Wrong(anyhow!("the list on standard input is empty; give one address a line")));
    }
    Ok(Source::List(list))
}

/// How reports name what was audited: the public address, never a path of the machine.
pub(super) fn shown_target(plan: &Plan) -> String {
    if let Some(url) = &plan.as_url {
        return url.to_string();
    }
    let name = |path: &std::path::Path| {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        path.file_name().map_or_else(|| "folder".to_owned(), |n| n.to_string_lossy().into_owned())
    };
    match &plan.source {
        Source::Site { start } => PageUrl::from_url(start.clone()).map_or_else(|| start.to_string(), |u| u.to_string()),
        Source::Folder(path) | Source::File(path) | Source::Archive(path) => name(path),
        Source::List(list) => {
            let first = list.first().cloned().and_then(PageUrl::from_url);
            first.map_or_else(String::new, |u| format!("{u} and {} more", list.len().saturating_sub(1)))
        }
    }
}

/// Flags that say how a target is read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) read: &'a ReadArgs,
    pub(super) scope: &'a ScopeArgs,
    pub(super) doors: &'a DoorArgs,
}

/// The plan for a target, from flags, config and defaults.
pub(super) fn plan(source: Source, flags: Reading<'_>, config: &Config, date: &str) -> Result<Plan, Stop> {
    let Reading { read, scope, doors } = flags;
    let mut plan = Plan::new(source, date);
    if let Some(text) = &read.as_url {
        let url = PageUrl::parse(text).map_err(|e| Stop::Wrong(anyhow!("--as: {e}")))?;
        plan.as_url = Some(url);
    }
    if matches!(plan.source, Source::Archive(_)) {
        plan.as_of.clone_from(&read.as_of);
    }
    if let Some(max_pages) = read.max_pages.or(config.crawl.max_pages) {
        plan.limits.max_pages = max_pages;
    }
    if let Some(max_files) = read.max_files.or(config.crawl.max_files) {
        plan.limits.max_files = max_files;
    }
    if let Some(max_file) = config.crawl.max_file_bytes {
        plan.limits.max_file = max_file;
    }
    plan.limits.depth = read.depth.or(config.crawl.depth);
    plan.sample = read.sample.map(|size| sample(size, &plan, config)).transpose()?;
    plan.politeness.delay = read.delay.map(Duration::from_secs_f64).or(config.crawl.delay);
    plan.politeness.concurrency = read.concurrency.map(usize::from).or(config.crawl.concurrency);
    plan.politeness.own_site = read.own_site;
    plan.scope = scope_rules(scope)?;
    let partner = |p: &config::Partner| Partner { host: p.host.clone(), paths: p.paths.clone() };
    plan.scope.partners = config.partners.iter().map(partner).collect();
    plan.external = match scope.external {
        ExternalLinks::None => External::None,
        ExternalLinks::Check => External::Check,
    };
    if let Some(user_agent) = &doors.user_agent {
        plan.politeness.user_agent.clone_from(user_agent);
    }
    if let Some(hours) = &doors.window {
        let window = Window::parse(hours).ok_or_else(|| {
            Stop::Wrong(anyhow!("`{hours}` are no hours for --window; write them as 22:00-05:00 or 22:00-05:00+02:00"))
        })?;
        plan.politeness.window = Some(window);
    }
    if doors.public_only {
        plan.addresses = Addresses::Public { except: Vec::new() };
    }
    plan.doors = open_doors(doors, &mut plan.source)?;
    Ok(plan)
}

/// How a sample is drawn: the pages that the top tasks name are read for certain.
fn sample(size: u32, plan: &Plan, config: &Config) -> Result<SamplePlan, Stop> {
    let start = match &plan.source {
        Source::Archive(_) => {
            return Err(Stop::Wrong(anyhow!(
                "--sample is for sites, folders and lists; an archive holds what its crawl has read: audit it whole"
            )));
        }
        Source::Site { start } => PageUrl::from_url(start.clone()),
        _ => None,
    };
    if plan.limits.depth.is_some() {
        return Err(Stop::Wrong(anyhow!("--sample cannot be had with a depth: it takes pages from the whole site")));
    }
    let home = plan.as_url.clone().or(start).or_else(|| PageUrl::parse("http://localhost/").ok());
    let spots = config.tasks.iter().flat_map(|task| task.goals.iter().chain(&task.start));
    let certain = home.iter().flat_map(|home| spots.clone().filter_map(|spot| spot.address(home))).collect();
    Ok(SamplePlan { size: (size as usize).min(plan.limits.max_pages), certain })
}

fn scope_rules(scope: &ScopeArgs) -> Result<ScopeRules, Stop> {
    let patterns = |flag: &str, texts: &[String]| {
        let pattern = |text: &String| {
            Pattern::new(text)
                .ok_or_else(|| Stop::Wrong(anyhow!("{flag} {text}: a pattern starts with / or *, as in /news/*")))
        };
        texts.iter().map(pattern).collect::<Result<Vec<_>, _>>()
    };
    if let Some(folder) = scope.folder.as_ref().filter(|f| !f.starts_with('/')) {
        return Err(Stop::Wrong(anyhow!("--folder {folder}: a folder starts with /, as in /library/")));
    }
    Ok(ScopeRules {
        include: patterns("--include", &scope.include)?,
        exclude: patterns("--exclude", &scope.exclude)?,
        folder: scope.folder.clone(),
        subdomains: scope.subdomains,
        partners: Vec::new(),
    })
}

/// What opens the site. A name and password in the start address move here, where nothing shows them.
fn open_doors(args: &DoorArgs, source: &mut Source) -> Result<Doors, Stop> {
    let mut doors = Doors::default();
    let pair = match (&args.basic, source) {
        (Some(pair), _) => {
            let (user, password) =
                pair.split_once(':').ok_or_else(|| Stop::Wrong(anyhow!("--basic takes USER:PASSWORD")))?;
            Some((user.to_owned(), password.to_owned()))
        }
        (None, Source::Site { start }) if !start.username().is_empty() => {
            let pair = (start.username().to_owned(), start.password().unwrap_or("").to_owned());
            // Both succeed for an address with a host.
            let _ = start.set_username("");
            let _ = start.set_password(None);
            Some(pair)
        }
        _ => None,
    };
    if let Some((user, password)) = pair {
        doors.basic(&user, &password);
    }
    let opened = (|| {
        args.bearer.iter().try_for_each(|token| doors.bearer(token))?;
        args.header.iter().try_for_each(|line| doors.header(line))?;
        args.cookies.iter().try_for_each(|path| doors.cookie_file(path))?;
        args.client_cert.iter().try_for_each(|path| doors.client_certificate(path))?;
        args.ca.iter().try_for_each(|path| doors.authority(path))?;
        args.proxy.iter().try_for_each(|address| doors.proxy(address))
    })();
    opened.map_err(Stop::wrong)?;
    if args.insecure {
        doors.take_any_certificate();
    }
    Ok(doors)
}

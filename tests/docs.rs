//! What the documentation shows is tried: every example of a config is read, every key that the code
//! knows is explained, every command that needs no network is run, and every link leads somewhere.

use plainway::config::Config;
use plainway::facts::Lexicon;
use plainway::model::Status;
use plainway::rule::{Rules, embedded_categories, embedded_rules, embedded_words};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).expect("the project has this page")
}

/// The examples of a page in one language.
fn fences(page: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in page.lines() {
        match &mut open {
            Some(text) if line == "```" => {
                found.push(std::mem::take(text));
                open = None;
            }
            Some(text) => text.extend([line, "\n"]),
            None if line == format!("```{language}") => open = Some(String::new()),
            None => {}
        }
    }
    found
}

/// The keys that the code knows in a table, as its answer to an unknown key tells them.
fn known(header: &str, tables: &BTreeSet<String>) -> BTreeSet<String> {
    // A table within another of a list needs that one before it.
    let outer = header.trim_matches(['[', ']']).split_once('.').map(|(name, _)| format!("[[{name}]]"));
    let outer = outer.filter(|outer| tables.contains(outer)).unwrap_or_default();
    let text = format!("{outer}\n{header}\nqqqqqqqqqqqqqqqqqqqqqqqq = 1\n");
    let answer = Config::parse("plainway.toml", &text).expect_err("no table knows this key").to_string();
    let list = answer.lines().filter_map(|line| line.split_once("known are ")).next_back();
    let Some((_, list)) = list else {
        return BTreeSet::from([format!("what the answer about {header} tells: {answer}")]);
    };
    list.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_example_of_a_config_is_read_and_no_key_is_left_out() {
    let examples = fences(&read("docs/configuration.md"), "toml");
    assert!(examples.len() > 5);
    let (mut tables, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for example in &examples {
        let told = Config::parse("plainway.toml", example).err().map(|mistakes| mistakes.to_string());
        assert_eq!(told, None, "an example of docs/configuration.md is wrong");
        let mut table = String::new();
        for line in example.lines() {
            let code = line.split(" #").next().unwrap_or("").trim();
            if code.starts_with('[') {
                tables.insert(code.to_owned());
                table = code.trim_matches(['[', ']']).to_owned();
                shown.insert(table.clone());
            } else if let Some((key, _)) = code.split_once(" = ") {
                shown.insert(format!("{table}.{}", key.trim_matches('"')));
            }
        }
    }
    let mut missing: Vec<String> = known("", &tables).into_iter().filter(|key| !shown.contains(key)).collect();
    for header in &tables {
        let table = header.trim_matches(['[', ']']);
        // The keys of these are categories and rules.
        if ["gate.budget", "effort"].contains(&table) {
            continue;
        }
        missing.extend(
            known(header, &tables).into_iter().map(|key| format!("{table}.{key}")).filter(|key| !shown.contains(key)),
        );
    }
    assert_eq!(missing, Vec::<String>::new(), "docs/configuration.md does not explain these keys");
}

/// The commands of a page: indented lines that start with `plainway` or make a folder, without their remarks.
fn commands(page: &str) -> Vec<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    let lines = lines.filter(|line| ["plainway ", "mkdir "].iter().any(|start| line.starts_with(start)));
    lines.map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned()).collect()
}

fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_plainway"))
}

fn shell(folder: &Path, line: &str) -> (Option<i32>, String) {
    let path = format!(
        "{}:{}",
        binary().parent().expect("a file has a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output =
        Command::new("sh").args(["-c", line]).current_dir(folder).env("PATH", path).output().expect("there is a shell");
    (
        output.status.code(),
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
    )
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder can be made");
    for entry in std::fs::read_dir(from).expect("the fixture is there") {
        let entry = entry.expect("the fixture can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the fixture can be copied");
        }
    }
}

/// What the pages speak of: folders of built HTML, a list of addresses, rules of the user's.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (from, to) in [("tiny", "public"), ("tiny", "delivery"), ("kiosk", "screens"), ("tiny", "old")] {
        copy(&Path::new(ROOT).join("fixtures").join(from), &folder.path().join(to));
    }
    let (code, output) = shell(folder.path(), "plainway audit public --as https://www.example.gov/ --out first");
    assert_eq!(code, Some(0), "{output}");
    let (code, output) =
        shell(folder.path(), "cp .plainway/snapshots/*.warc.gz crawl.warc.gz && rm -r .plainway first");
    assert_eq!(code, Some(0), "{output}");
    folder
}

/// Pages with commands. Those of [`RUN`] are run in the order in which a reader meets them; the others speak of runs that
/// the reader has, so only their flags are looked up.
const PAGES: &[&str] = &[
    "README.md",
    "docs/getting-started.md",
    "docs/history.md",
    "docs/evidence.md",
    "docs/fleet.md",
    "docs/kiosk.md",
    "docs/rendering.md",
    "docs/score.md",
];

/// Pages whose commands are run, with the least that can be, and what their reader has done before.
const RUN: [(&str, usize, &str); 6] = [
    ("README.md", 15, ""),
    ("docs/getting-started.md", 9, ""),
    ("docs/kiosk.md", 1, ""),
    ("docs/evidence.md", 3, "plainway audit public --as-of 2026-03-01 && plainway audit public --as-of 2026-03-02"),
    (
        "docs/history.md",
        6,
        "for day in 01 02 03; do plainway audit public --pages none --as-of 2026-03-$day; done
         plainway baseline write --file base.json && touch base.toml",
    ),
    (
        "docs/fleet.md",
        4,
        "printf '[[site]]\\nname = \"A\"\\ntarget = \"public\"\\n[[site]]\\nname = \"B\"\\ntarget = \"screens\"\\nprofile = \"kiosk\"\\n' > sites.toml",
    ),
];

/// Whether a command asks for a page of the network, or for what is typed.
fn reaches_out(words: &[&str]) -> bool {
    words.contains(&"-") || words.windows(2).any(|pair| pair[1].starts_with("http") && pair[0] != "--as")
}

#[test]
fn every_command_of_the_documentation_does_what_it_says() {
    for page in PAGES {
        let folder = workplace();
        let mut ran = 0;
        let run = RUN.iter().find(|(name, ..)| name == page);
        if let Some((.., before)) = run {
            let (code, output) = shell(folder.path(), &format!("set -e; {before}"));
            assert_eq!(code, Some(0), "before {page}: {output}");
        }
        for line in commands(&read(page)) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let about = shell(folder.path(), &format!("plainway {} --help", words[1])).1;
            for flag in words.iter().filter(|word| words[0] == "plainway" && word.starts_with("--")) {
                assert!(about.contains(*flag), "{page}: `{line}`: there is no {flag}");
            }
            if run.is_none() || reaches_out(&words) {
                continue;
            }
            let (code, output) = shell(folder.path(), &line);
            assert_eq!(code, Some(0), "{page}: `{line}` ended so:\n{output}");
            ran += 1;
        }
        let least = run.map_or(0, |(_, least, _)| *least);
        assert!(ran >= least, "{page} shows {ran} commands that can be run");
    }
}

/// The commands that a help lists.
fn listed(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The page of all commands, as their helps tell it.
fn page_of_commands() -> String {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let help = |command: &str| {
        let (code, output) = shell(folder.path(), &format!("COLUMNS=120 plainway {command} --help"));
        assert_eq!(code, Some(0), "{output}");
        output
    };
    let mut page = "# Every command\n\nWhat `plainway COMMAND --help` prints; a test makes this page from it. \
         [Getting started](getting-started.md) says which to begin with.\n"
        .to_owned();
    let mut add = |command: &str, help: &str| {
        let level = if command.contains(' ') { "###" } else { "##" };
        let help: Vec<_> = help.lines().map(str::trim_end).collect();
        page.push_str(&format!("\n{level} plainway {command}\n\n```text\n{}\n```\n", help.join("\n")));
    };
    for command in listed(&help("")) {
        let about = help(&command);
        add(&command, &about);
        for inner in listed(&about) {
            let name = format!("{command} {inner}");
            add(&name, &help(&name));
        }
    }
    page
}

/// Compares a page that is made with the one that is kept, or writes it.
#[track_caller]
fn check_made(page: &str, made: &str, test: &str) {
    let path = Path::new(ROOT).join(page);
    if std::env::var_os("PLAINWAY_RENEW").is_some() {
        std::fs::write(path, made).expect("the page can be written");
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == made,
        "{page} is not what it is made from; renew it: PLAINWAY_RENEW=1 cargo test --test docs {test}"
    );
}

#[test]
fn the_page_of_commands_is_what_their_helps_say() {
    check_made("docs/commands.md", &page_of_commands(), "commands");
}

/// The page of all rules, as their files tell it.
fn page_of_rules() -> String {
    let lexicon = Lexicon::parse(&embedded_words()).expect("the word lists of the project are right");
    let rules =
        Rules::load(&embedded_rules(), embedded_categories(), &lexicon).expect("the rules of the project are right");
    let mut page = "# Every rule\n\nEach stands in a file of its own, which says why it is there, how to fix what it finds, and what it was tried on; \
         a test makes this page from them. *Fails* names the criteria of WCAG of which a finding is a failure; rules on trial are shown, never scored, and fail no build \
         ([how right the rules are](accuracy.md)). [Writing rules](writing-rules.md) says how to add one.\n"
        .to_owned();
    for category in &rules.categories {
        page.push_str(&format!(
            "\n## {}\n\n| rule | what it finds | how bad | fails |\n|---|---|---|---|\n",
            category.title
        ));
        for rule in rules.list.iter().filter(|rule| rule.category == category.id) {
            let trial = if rule.status == Status::Trial { ", on trial" } else { "" };
            let fails: Vec<&str> = rule.fails.iter().filter_map(|c| c.strip_prefix("WCAG ")).collect();
            page.push_str(&format!(
                "| [{}](../{}) | {} | {}{trial} | {} |\n",
                rule.id,
                rule.file,
                rule.title.replace('|', "\\|"),
                format!("{:?}", rule.severity).to_lowercase(),
                fails.join(", ")
            ));
        }
    }
    page
}

#[test]
fn the_page_of_rules_is_what_their_files_say() {
    check_made("docs/rules.md", &page_of_rules(), "rules");
}

/// The text of a page without its examples.
fn prose(page: &str) -> String {
    let mut is_code = false;
    let mut out = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code && !line.starts_with("    ") {
            // What stands between backticks is code as well.
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}

/// The names that headings have as targets of links.
fn headings(page: &str) -> BTreeSet<String> {
    let of = |line: &str| {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        line.trim_start_matches('#').trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
    };
    page.lines().filter(|line| line.starts_with('#')).map(of).collect()
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let names = std::fs::read_dir(Path::new(ROOT).join("docs")).expect("the pages are there").flatten();
    let mut pages: Vec<String> = names.map(|n| format!("docs/{}", n.file_name().to_string_lossy())).collect();
    pages.retain(|page| page.ends_with(".md"));
    pages.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "reports/README.md"].map(str::to_owned));
    let index = read("docs/README.md");
    let (mut checked, mut broken) = (0, Vec::new());
    for page in &pages {
        let folder = Path::new(ROOT).join(page);
        let folder = folder.parent().expect("a page lies in a folder");
        for part in prose(&read(page)).split("](").skip(1) {
            let Some((link, _)) = part.split_once(')') else { continue };
            if link.split(['/', '#']).next().is_some_and(|start| start.contains(':')) {
                continue;
            }
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { Path::new(ROOT).join(page) } else { folder.join(path) };
            let there = target.exists()
                && (fragment.is_empty()
                    || std::fs::read_to_string(&target).is_ok_and(|text| headings(&text).contains(fragment)));
            checked += 1;
            if !there {
                broken.push(format!("{page}: {link}"));
            }
        }
        if let Some(name) = page.strip_prefix("docs/").filter(|name| *name != "README.md") {
            assert!(index.contains(&format!("]({name})")), "docs/README.md does not name {name}");
        }
    }
    assert_eq!(broken, Vec::<String>::new());
    assert!(checked > 300, "only {checked} links were found");
}

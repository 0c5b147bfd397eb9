//! What the documentation shows is tried: every example of a config is read, every key that the code
//! knows is explained, and every command that needs no network is run.

use plainway::config::Config;
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
    lines
        .map(|line| line.split("   ").next().unwrap_or(line).split(" #").next().unwrap_or(line).trim().to_owned())
        .collect()
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

/// Pages whose commands are run, with the least that can be.
const RUN: [(&str, usize); 2] = [("README.md", 15), ("docs/getting-started.md", 9)];

/// Whether a command asks for a page of the network, or for what is typed.
fn reaches_out(words: &[&str]) -> bool {
    words.contains(&"-") || words.windows(2).any(|pair| pair[1].starts_with("http") && pair[0] != "--as")
}

#[test]
fn every_command_of_the_documentation_does_what_it_says() {
    for page in PAGES {
        let folder = workplace();
        let mut ran = 0;
        for line in commands(&read(page)) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let about = shell(folder.path(), &format!("plainway {} --help", words[1])).1;
            for flag in words.iter().filter(|word| words[0] == "plainway" && word.starts_with("--")) {
                assert!(about.contains(*flag), "{page}: `{line}`: there is no {flag}");
            }
            let is_run = RUN.iter().any(|(name, _)| name == page);
            if !is_run || reaches_out(&words) {
                continue;
            }
            let (code, output) = shell(folder.path(), &line);
            assert_eq!(code, Some(0), "{page}: `{line}` ended so:\n{output}");
            ran += 1;
        }
        let least = RUN.iter().find(|(name, _)| name == page).map_or(0, |(_, least)| *least);
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

#[test]
fn the_page_of_commands_is_what_their_helps_say() {
    let made = page_of_commands();
    let path = Path::new(ROOT).join("docs/commands.md");
    if std::env::var_os("PLAINWAY_RENEW").is_some() {
        std::fs::write(path, made).expect("the page can be written");
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let renew = "PLAINWAY_RENEW=1 cargo test --test docs commands";
    assert!(kept == made, "docs/commands.md is not what the commands say; renew it: {renew}");
}

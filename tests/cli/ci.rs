//! What runs in somebody's CI: the script of the action, and every command of `docs/ci.md`.

use crate::house::{Ended, House};
use std::path::Path;
use std::process::{Command, Output};

const PAGE: &str = "<!doctype html><html lang=en><head><title>Pay</title></head><body><main><h1>Pay</h1><p>Call (215) 555-0134.</p>MORE</main></body></html>";
const NEW: &str = "<p><img src=/new.png>\n::error::stolen</p>";

fn bash(house: &House, script: &str, settings: &[(&str, &str)]) -> Ended {
    let home = Path::new(env!("CARGO_BIN_EXE_plainway")).parent().expect("it lies in a folder");
    let path = format!("{}:{}", home.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", script]).current_dir(house.path("")).env("PATH", path);
    command.env_remove("SOURCE_DATE_EPOCH").envs(settings.iter().copied());
    let Output { status, stdout, stderr } = command.output().expect("bash can be started");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    Ended { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}

#[test]
fn the_script_of_the_action_gates_and_tells() {
    let house = House::new();
    let script = format!("bash {}/ci/github.sh", env!("CARGO_MANIFEST_DIR"));
    let run = |more: &[(&'static str, &'static str)]| {
        house.write("summary", "");
        house.write("output", "");
        let mut settings = vec![
            ("PLAINWAY_TARGET", "public"),
            ("PLAINWAY_AS", "https://www.example.gov/"),
            ("GITHUB_STEP_SUMMARY", "summary"),
            ("GITHUB_OUTPUT", "output"),
        ];
        settings.extend(more);
        bash(&house, &script, &settings)
    };
    let read = |name: &str| std::fs::read_to_string(house.path(name)).expect("it was written");
    house.write("public/index.html", &PAGE.replace("MORE", ""));
    house.ok(&["audit", "public", "--as", "https://www.example.gov/", "--no-history"]);
    house.ok(&["baseline", "write", "--from", "plainway-report/audit.json"]);
    let ended = run(&[]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(read("summary").starts_with("## Score ") && read("output").contains("score="));
    assert!(read("output").lines().any(|l| l.strip_prefix("score=").is_some_and(|n| n.parse::<f64>().is_ok())));

    house.write("public/index.html", &PAGE.replace("MORE", NEW));
    let ended = run(&[]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let lines: Vec<&str> = ended.out.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").expect("commands are stopped first");
    let again = lines.iter().position(|l| *l == format!("::{token}::")).expect("and are heard again");
    assert!(lines[again..].iter().any(|l| l.starts_with("::error title=")), "{}", ended.out);
    assert_eq!(run(&[("PLAINWAY_REPORT_ONLY", "true")]).code, 0);
    // What stands in a setting is no command either.
    let ended = run(&[("PLAINWAY_AS", "$(touch stolen)")]);
    assert!(ended.code == 2 && !house.path("stolen").exists());
}

#[test]
fn every_command_of_the_guide_runs() {
    let guide = std::fs::read_to_string(format!("{}/docs/ci.md", env!("CARGO_MANIFEST_DIR"))).expect("the guide");
    let house = House::new();
    house.write("public/index.html", &PAGE.replace("MORE", ""));
    let blocks: Vec<&str> = guide.split("```sh\n").skip(1).filter_map(|b| b.split("```").next()).collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        let ended = bash(&house, block, &[]);
        assert_eq!(ended.code, 0, "{block}\n{}{}", ended.out, ended.err);
    }
}

#[test]
fn the_job_for_gitlab_runs() {
    let template = include_str!("../../ci/gitlab.yml");
    let line = template.lines().find_map(|l| l.trim().strip_prefix("- plainway ")).expect("it runs plainway");
    let house = House::new();
    house.write("public/index.html", &PAGE.replace("MORE", NEW));
    let settings =
        |more| [("PLAINWAY_TARGET", "public"), ("PLAINWAY_AS", "https://www.example.gov/"), ("PLAINWAY_MORE", more)];
    assert_eq!(bash(&house, &format!("plainway {line}"), &settings("")).code, 1);
    assert_eq!(bash(&house, &format!("plainway {line}"), &settings("--report-only")).code, 0);
    for report in template.lines().filter_map(|l| l.split("plainway-report/").nth(1)).filter(|name| !name.is_empty()) {
        assert!(house.path("plainway-report").join(report).is_file(), "{report}");
    }
}

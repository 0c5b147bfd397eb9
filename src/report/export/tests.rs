//! What other programs read: whole, and with hostile text in every place that a page can fill. That these programs
//! understand it is checked by themselves in `.ci/run`.

use super::*;
use crate::model::Place;
use crate::report::Subject;
use crate::report::tests::{HOSTILE, full, rules, subject};
use serde_json::Value;

/// What would do harm to one of the formats.
const TRICKS: [&str; 14] = [
    HOSTILE,
    "=HYPERLINK(\"https://evil.example\")",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "a\r\n::error::b\n::add-mask::c",
    "]]> <![CDATA[ &xxe; <!ENTITY x SYSTEM 'file:///x'>",
    "[link](javascript:alert(1)) ![x](https://evil.example/x.png) | `a` @all {0}",
    "\u{202e}txt.exe\u{2066}\u{0}\u{8}\u{1b}[31m\u{ffff}",
    "\"} 1\n# EOF\nplainway_score 0",
    "\\\"\\n,:%0A",
];

/// A digest, its findings in the order in which they are stored, and a waiver for one of its rules.
fn made(text: &str) -> (Digest, Vec<FindingRow>, Vec<GateWaiver>) {
    let mut digest = full(rules(), text);
    digest.run.target = "http://milltown.example/".to_owned();
    // Some of each rule would be more than a test needs.
    let mut all: Vec<FindingRow> = digest.rules.iter().flat_map(|r| r.examples.clone()).step_by(7).collect();
    for (at, finding) in all.iter_mut().enumerate() {
        finding.key = format!("{at:032x}");
        finding.state = [State::New, State::Open, State::Back, State::Fixed, State::Unchecked][at % 5];
        finding.url = PageUrl::parse(&format!("http://milltown.example/{}/page", at % 7)).expect("an address");
        if at % 13 == 0 {
            finding.outcome = Outcome::CouldNotTell;
        }
        finding.message = text.to_owned();
        finding.place = (at % 3 > 0).then(|| Place {
            selector: text.to_owned(),
            line: at as u32 % 2,
            snippet: text.to_owned(),
            after: None,
        });
        finding.owner = Some(text.to_owned());
        finding.more = u32::from(at % 11 == 0);
    }
    all.sort_by(|a, b| (a.url.as_str(), &a.rule, &a.key).cmp(&(b.url.as_str(), &b.rule, &b.key)));
    let waived = all.iter().find(|f| f.outcome == Outcome::Fail && f.status == Status::Active).expect("one counts");
    let waiver = GateWaiver {
        rule: waived.rule.to_string(),
        url: "*".to_owned(),
        owner: text.to_owned(),
        days_left: 3,
        reason: text.to_owned(),
    };
    (digest, all, vec![waiver])
}

fn written(kind: ExportKind, text: &str, sources: &[SourceFile]) -> String {
    let (digest, findings, waivers) = made(text);
    let subject: Subject<'_> = subject(rules(), text);
    let head = ExportHead { digest: &digest, subject: &subject, waivers: &waivers, known: None, sources };
    let mut out = Vec::new();
    let mut export = kind.begin(&mut out, &head).expect("memory takes it");
    findings.iter().for_each(|f| export.finding(f).expect("memory takes it"));
    export.finish().expect("memory takes it");
    String::from_utf8(out).expect("it is UTF-8")
}

/// How many findings have each standing.
fn standings(text: &str) -> [usize; 5] {
    let (digest, findings, waivers) = made(text);
    let subject: Subject<'_> = subject(rules(), text);
    let head = ExportHead { digest: &digest, subject: &subject, waivers: &waivers, known: None, sources: &[] };
    let mut counts = [0; 5];
    for finding in &findings {
        let at = match head.standing(finding) {
            Standing::Problem => 0,
            Standing::Waived(_) => 1,
            Standing::Trial => 2,
            Standing::Unsure => 3,
            Standing::Past => 4,
        };
        counts[at] += 1;
    }
    assert!(counts.iter().all(|n| *n > 0), "{counts:?}");
    counts
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

#[test]
fn sarif_has_a_result_for_each_finding_of_today() {
    for text in TRICKS {
        let sarif = json(&written(ExportKind::Sarif, text, &[]));
        let [problems, waived, trial, unsure, _] = standings(text);
        let run = &sarif["runs"][0];
        let results = list(&run["results"]);
        assert_eq!((sarif["version"].as_str(), results.len()), (Some("2.1.0"), problems + waived + trial + unsure));
        let by = |key: &str, value: &str| results.iter().filter(|r| r[key] == value).count();
        assert_eq!(by("kind", "open"), unsure);
        assert_eq!(
            results.iter().filter(|r| r["suppressions"].as_array().is_some_and(|s| !s.is_empty())).count(),
            waived
        );
        assert_eq!(by("baselineState", "new") + by("baselineState", "unchanged"), results.len());
        for result in results {
            let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(result["kind"] == "fail" || result["level"] == "none");
            assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
            let uri = place["artifactLocation"]["uri"].as_str().expect("an address");
            assert!(!uri.contains("://") && !uri.is_empty());
            assert_eq!(place["artifactLocation"]["uriBaseId"], "SITE");
            // Neither a link nor a placeholder.
            let message = result["message"]["text"].as_str().expect("a text");
            assert!(!message.replace("\\]", "").contains("](") && !message.replace("{{", "").contains('{'));
        }
        assert_eq!(run["originalUriBaseIds"]["SITE"]["uri"], "http://milltown.example/");
    }
}

#[test]
fn a_page_with_a_source_file_stands_in_the_repository() {
    let sources = [SourceFile { pages: "/*/page".to_owned(), file: "content/page *.html".to_owned() }];
    let sarif = json(&written(ExportKind::Sarif, "a", &sources));
    for result in list(&sarif["runs"][0]["results"]) {
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uriBaseId"], "%SRCROOT%");
        assert!(place["uri"].as_str().is_some_and(|uri| uri.starts_with("content/page%20") && uri.ends_with(".html")));
    }
    assert_eq!(sarif["runs"][0].get("originalUriBaseIds"), None);
    let gitlab = json(&written(ExportKind::Gitlab, "a", &sources));
    assert!(
        list(&gitlab)
            .iter()
            .all(|row| row["location"]["path"].as_str().is_some_and(|p| p.starts_with("content/page ")))
    );
    assert!(written(ExportKind::Annotations, "a", &sources).contains("::error file=content/page "));
}

#[test]
fn junit_is_xml_whose_counts_are_true() {
    for text in TRICKS {
        let xml = written(ExportKind::Junit, text, &[]);
        let mut reader = quick_xml::Reader::from_str(&xml);
        reader.config_mut().check_end_names = true;
        let (mut cases, mut failures, mut skipped) = (0, 0, 0);
        let mut told = [0u64; 3];
        loop {
            use quick_xml::events::Event;
            match reader.read_event().expect("it is XML") {
                Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                    "testsuite" => {
                        for (at, name) in ["tests", "failures", "skipped"].into_iter().enumerate() {
                            let value = tag.try_get_attribute(name).expect("attributes").expect("it is there");
                            told[at] += value.value.parse::<u64>().expect("a number");
                        }
                    }
                    "testcase" => cases += 1,
                    "failure" => failures += 1,
                    "skipped" => skipped += 1,
                    "testsuites" => {}
                    other => assert_eq!(other, "an element of JUnit"),
                },
                Event::Eof => break,
                Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => assert_eq!(text, "plain"),
                _ => {}
            }
        }
        assert_eq!(told, [cases, failures, skipped]);
        assert!(failures > 0 && skipped > 0 && cases == failures + skipped);
        assert!(!xml.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn gitlab_has_what_counts_with_fingerprints_of_their_own() {
    for text in TRICKS {
        let [problems, _, trial, ..] = standings(text);
        let rows = json(&written(ExportKind::Gitlab, text, &[]));
        let rows = list(&rows);
        assert_eq!(rows.len(), problems + trial);
        let prints: std::collections::BTreeSet<_> = rows.iter().filter_map(|r| r["fingerprint"].as_str()).collect();
        assert_eq!(prints.len(), rows.len());
        assert!(rows.iter().all(|r| r["location"]["lines"]["begin"].as_u64() >= Some(1)));
    }
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    for text in TRICKS {
        let table = written(ExportKind::Csv, text, &[]);
        assert!(table.ends_with("\r\n"));
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        let columns = reader.headers().expect("a header").clone();
        let rows: Vec<_> = reader.records().collect::<Result<_, _>>().expect("it is a table");
        assert_eq!(rows.len(), standings(text).iter().sum::<usize>());
        for row in &rows {
            for (name, cell) in columns.iter().zip(row) {
                let is_number = ["line", "lost", "gain", "more"].contains(&name) && cell.parse::<f64>().is_ok();
                let first = cell.trim_start_matches(' ').chars().next();
                assert!(is_number || !first.is_some_and(|c| "=+-@\t\r\n".contains(c)), "{name}: {cell:?}");
            }
        }
    }
}

#[test]
fn metrics_have_one_end_and_no_line_of_a_page() {
    for text in TRICKS {
        let mut text_of_page = made(text);
        text_of_page.0.run.target = text.to_owned();
        let subject = subject(rules(), text);
        let head = ExportHead {
            digest: &text_of_page.0,
            subject: &subject,
            waivers: &text_of_page.2,
            known: None,
            sources: &[],
        };
        let mut out = Vec::new();
        let mut export = ExportKind::Metrics.begin(&mut out, &head).expect("memory takes it");
        text_of_page.1.iter().for_each(|f| export.finding(f).expect("memory takes it"));
        export.finish().expect("memory takes it");
        let metrics = String::from_utf8(out).expect("it is UTF-8");
        assert!(metrics.ends_with("# EOF\n"));
        assert_eq!(metrics.lines().filter(|l| l.starts_with("# EOF")).count(), 1);
        assert!(metrics.lines().all(|l| l.starts_with("# ") || (l.starts_with("plainway_") && l.contains("{site=\""))));
    }
}

#[test]
fn annotations_are_commands_of_ours_alone() {
    for text in TRICKS {
        let lines = written(ExportKind::Annotations, text, &[]);
        assert!((1..=20).contains(&lines.lines().count()));
        for line in lines.lines() {
            let rest = line.strip_prefix("::error ").or(line.strip_prefix("::warning ")).expect("a command");
            let (title, text) =
                rest.strip_prefix("title=").and_then(|r| r.split_once("::")).expect("a title and a text");
            assert!(!title.contains([':', ',']) && !text.contains(['`', '|', '<', '\r']));
        }
    }
}

#[test]
fn the_summary_is_short_and_shows_no_markdown_of_a_page() {
    for text in TRICKS {
        let page = written(ExportKind::Summary, text, &[]);
        assert!(page.len() < 60_000, "{} bytes", page.len());
        for live in ["<script", "<img", "](javascript", "![", "\n::", "@all", "\u{202e}"] {
            assert!(!page.contains(live), "{live} in {text:?}");
        }
        assert!(page.starts_with("## Score "));
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        assert!(page.lines().filter(|l| l.starts_with('|')).all(|l| columns(l) == 6), "{page}");
    }
}

#[test]
fn the_badge_is_a_picture_that_asks_for_nothing() {
    for text in TRICKS {
        let badge = written(ExportKind::Badge, text, &[]);
        let mut reader = quick_xml::Reader::from_str(&badge);
        reader.config_mut().check_end_names = true;
        while reader.read_event().expect("it is XML") != quick_xml::events::Event::Eof {}
        for live in ["<script", "<img", "href", "url(", "@import"] {
            assert!(!badge.contains(live), "{live} in {text:?}");
        }
        assert!(badge.contains("<title") && badge.contains(" 2026"), "{badge}");
    }
}

#[test]
fn a_run_without_findings_gives_whole_files() {
    let mut digest = full(rules(), "a");
    digest.rules.clear();
    digest.unsure.clear();
    let subject = subject(rules(), "Milltown");
    let head = ExportHead { digest: &digest, subject: &subject, waivers: &[], known: None, sources: &[] };
    let text = |kind: ExportKind| {
        let mut out = Vec::new();
        kind.begin(&mut out, &head).and_then(Exporter::finish).expect("memory takes it");
        String::from_utf8(out).expect("it is UTF-8")
    };
    assert!(list(&json(&text(ExportKind::Sarif))["runs"][0]["results"]).is_empty());
    assert!(list(&json(&text(ExportKind::Gitlab))).is_empty());
    assert!(text(ExportKind::Junit).contains("failures=\"0\""));
    assert_eq!(text(ExportKind::Csv).lines().count(), 1);
    assert_eq!(text(ExportKind::Annotations), "");
}

#[test]
fn assertions_tell_failures_from_doubts_and_nothing_passes() {
    for text in TRICKS {
        let file: Value = serde_json::from_str(&written(ExportKind::Earl, text, &[])).expect("it is JSON");
        let (_, findings, _) = made(text);
        let graph = file["@graph"].as_array().expect("a list");
        let count =
            |outcome: &str| graph.iter().filter(|a| a["earl:result"]["earl:outcome"]["@id"] == *outcome).count();
        let is_today = |f: &&FindingRow| !matches!(f.state, State::Fixed | State::Unchecked);
        let counts = |f: &&FindingRow| f.outcome == Outcome::Fail && f.status == Status::Active;
        let criteria = |f: &FindingRow| rules().get(&f.rule).map_or(0, |r| r.failed_criteria().count());
        let failed: usize = findings.iter().filter(is_today).filter(counts).map(criteria).sum();
        assert_eq!((count("earl:failed"), count("earl:passed")), (failed, 0));
        // The first node is Plainway itself.
        assert_eq!(failed + count("earl:cantTell"), graph.len() - 1);
        assert!(count("earl:cantTell") > 0);
    }
}

#[test]
fn the_draft_of_a_report_says_what_is_missing_and_never_that_something_is_met() {
    for text in TRICKS {
        let draft = written(ExportKind::OpenAcr, text, &[]);
        assert!(draft.starts_with("title: \"INCOMPLETE DRAFT: "), "{draft}");
        assert!(draft.contains("level: partially-supports") && draft.contains("level: not-evaluated"));
        assert!(!draft.contains("level: supports") && !draft.contains("level: does-not-support"));
        let (base, _) = draft.split_once("success_criteria_level_aaa:").expect("the chapter is there");
        assert!(!base.contains("not-evaluated"));
        assert!(draft.contains("hardware:\n    disabled: true"));
        // Whatever a page says stays within its line: each begins as the template has it.
        let keys = [
            "title:",
            "product:",
            "author:",
            "report_date:",
            "catalog:",
            "notes:",
            "evaluation_methods_used:",
            "chapters:",
        ];
        let is_ours = |line: &str| line.starts_with(' ') || line.is_empty() || keys.iter().any(|k| line.starts_with(k));
        assert!(draft.lines().all(is_ours), "{draft}");
    }
}

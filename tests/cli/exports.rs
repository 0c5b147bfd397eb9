//! `--format`: files for other programs, beside the reports.

use crate::house::House;

const PAGE: &str = "<!doctype html><html lang=en><head><title>Pay</title></head><body><main><h1>Pay</h1>\n<p><img src=/a.png></p>\n<p>Call (215) 555-0134.</p></main></body></html>";

fn read(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path("plainway-report").join(name)).expect("it was written")
}

fn has(house: &House, name: &str) -> bool {
    house.path("plainway-report").join(name).is_file()
}

#[test]
fn every_format_writes_its_file_and_no_other() {
    let house = House::new();
    house.write("site/index.html", PAGE);
    let files = [
        ("sarif", "audit.sarif"),
        ("junit", "junit.xml"),
        ("gitlab", "gitlab.json"),
        ("summary", "summary.md"),
        ("markdown", "summary.md"),
        ("annotations", "annotations.txt"),
        ("csv", "findings.csv"),
        ("metrics", "metrics.txt"),
        ("badge", "badge.svg"),
    ];
    house.ok(&["audit", "site", "--as-of", "2026-03-01"]);
    assert!(files.iter().all(|(_, file)| !has(&house, file)));
    for (format, file) in files {
        house.ok(&["report", "--format", format]);
        assert!(read(&house, file).len() > 20, "{file}");
        std::fs::remove_file(house.path("plainway-report").join(file)).expect("it can be removed");
    }
    let ended = house.run(&["audit", "site", "--format", "serif"]);
    assert!(ended.code == 2 && ended.err.contains("sarif"), "{}", ended.err);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let house = House::new();
    house.write("site/index.html", PAGE);
    let formats = "sarif,junit,gitlab,summary,annotations,csv,metrics,badge";
    let args = ["audit", "site", "--no-history", "--as-of", "2026-03-01", "--format", formats];
    house.ok(&args);
    let names = [
        "audit.sarif",
        "junit.xml",
        "gitlab.json",
        "summary.md",
        "annotations.txt",
        "findings.csv",
        "metrics.txt",
        "badge.svg",
    ];
    let first = names.map(|name| read(&house, name));
    house.ok(&args);
    assert!(first == names.map(|name| read(&house, name)));
}

#[test]
fn what_a_baseline_knows_is_no_news_in_any_format() {
    let house = House::new();
    house.write("site/index.html", PAGE);
    let audit =
        |formats: &str| house.ok(&["audit", "site", "--no-history", "--as-of", "2026-03-01", "--format", formats]);
    audit("annotations,sarif,summary");
    assert!(
        read(&house, "annotations.txt").contains("::error ") && !read(&house, "audit.sarif").contains("baselineState")
    );
    house.ok(&["baseline", "write", "--from", "plainway-report/audit.json"]);
    audit("annotations,sarif,summary,metrics");
    let states = |house: &House| {
        let sarif: serde_json::Value = serde_json::from_str(&read(house, "audit.sarif")).expect("it is JSON");
        let results = sarif["runs"][0]["results"].as_array().expect("a list").clone();
        results.iter().filter(|r| r["kind"] == "fail").filter(|r| r["baselineState"] == "new").count()
    };
    assert_eq!((read(&house, "annotations.txt").as_str(), states(&house)), ("", 0));
    assert!(read(&house, "summary.md").contains("Nothing is new"));
    assert!(!read(&house, "metrics.txt").contains("age=\"new\""));
    house.write("site/index.html", &PAGE.replace("</main>", "<p><img src=/b.png></p></main>"));
    audit("annotations,sarif,summary");
    assert_eq!(read(&house, "annotations.txt").lines().count(), 1, "{}", read(&house, "annotations.txt"));
    assert_eq!(states(&house), 1);
    assert!(
        read(&house, "summary.md").contains("### New against the baseline\n\n- "),
        "{}",
        read(&house, "summary.md")
    );
}

#[test]
fn waivers_quiet_each_format_and_sources_name_files() {
    let house = House::new();
    house.write("public/index.html", PAGE);
    let waiver = "[[waiver]]\nrule = \"access/image-without-alt\"\nurl = \"/\"\nreason = \"the vendor mends it in May\"\nowner = \"web team\"\ncreated = \"2026-01-10\"\nexpires = \"2026-05-31\"\n";
    let source = "[[source]]\npages = \"/\"\nfile = \"public/index.html\"\n";
    let audit = |config: &str| {
        house.write("plainway.toml", config);
        house.ok(&[
            "audit",
            "public",
            "--no-history",
            "--as-of",
            "2026-03-01",
            "--format",
            "sarif,junit,gitlab,annotations",
        ]);
    };
    audit(source);
    let about = "access/image-without-alt";
    let result = |house: &House| {
        let sarif: serde_json::Value = serde_json::from_str(&read(house, "audit.sarif")).expect("it is JSON");
        let results = sarif["runs"][0]["results"].as_array().expect("a list").clone();
        results.into_iter().find(|r| r["ruleId"] == about).expect("it was found")
    };
    let found = result(&house);
    let place = &found["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"public/index.html".into(), &2.into())
    );
    assert_eq!((&found["suppressions"], &found["level"]), (&serde_json::json!([]), &"error".into()));
    assert!(read(&house, "annotations.txt").contains("::error file=public/index.html,line=2,title="));
    assert!(read(&house, "gitlab.json").contains(about));

    audit(&format!("{source}{waiver}"));
    assert_eq!(result(&house)["suppressions"][0]["kind"], "external");
    assert!(!read(&house, "gitlab.json").contains(about) && !read(&house, "annotations.txt").contains(about));
    assert!(read(&house, "junit.xml").contains("<skipped message=\"waived: the vendor mends it in May (web team)\"/>"));
}

//! PDF files as users meet them: in the report, in the history, on the command line.

use crate::house::{House, serve};

/// A form to print, as small as a PDF can be.
const FORM: &str = "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]>> endobj\n3 0 obj <</Type/Page/Contents 4 0 R>> endobj\n4 0 obj <<>> stream\n(Name ____ Date ____ Signature ____) Tj\nendstream endobj\n9 0 obj <</Title(Dog licence)/ModDate(D:20120301)>> endobj\ntrailer <</Root 1 0 R/Info 9 0 R>>\n%%EOF\n";

fn site(house: &House) {
    house.write("site/index.html", "<!doctype html><html lang=en><head><title>Dogs</title></head><body><main><h1>Dogs</h1><p>Every dog needs a <a href=files/dog.pdf>licence (PDF)</a>.</p><p><a href=more.html>More</a></p></main></body></html>");
    house.write("site/more.html", "<!doctype html><html lang=en><head><title>More</title></head><body><main><h1>More</h1><p><a href=files/dog.pdf>The form</a> <a href=files/gone.pdf>Gone</a></p></main></body></html>");
    house.write("site/files/dog.pdf", FORM);
    house.write("site/files/unlinked.pdf", FORM);
}

#[test]
fn files_get_into_the_report_and_are_no_pages() {
    let house = House::new();
    site(&house);
    house.ok(&["audit", "site", "--out", "out", "--as", "http://town.example/", "--as-of", "2026-01-15"]);
    let audit = house.audit("out");
    let pages: Vec<_> = audit["pages"].as_array().into_iter().flatten().filter_map(|p| p["url"].as_str()).collect();
    assert_eq!(pages, ["http://town.example/", "http://town.example/more.html"]);
    let about = |word: &str| {
        let findings = audit["findings"].as_array().into_iter().flatten();
        findings.filter(|f| f["rule"].as_str().is_some_and(|r| r.ends_with(word))).count()
    };
    // One finding a file, on the first page that links it.
    assert_eq!((about("untagged-pdf"), about("paper-only-form"), about("old-file")), (1, 1, 1));
    let finding = audit["findings"].as_array().into_iter().flatten().find(|f| f["rule"] == "access/untagged-pdf");
    let finding = finding.expect("it was counted");
    assert_eq!(finding["url"], "http://town.example/");
    assert!(finding["message"].as_str().is_some_and(|m| m.contains("http://town.example/files/dog.pdf")));

    let html = std::fs::read_to_string(house.path("out/site.html")).expect("the report was written");
    for words in [
        "is it still used to apply or to take part?",
        "Dog licence",
        "Replace by a web page",
        "1 March 2012",
        "1 of 1 that were looked into",
    ] {
        let short = words.replace("1 March 2012", "1 Mar 2012");
        assert!(html.contains(&short), "{short}");
    }
    assert!(!html.contains("unlinked"), "nobody can meet a file that no page links");

    // A second look at the same site finds the same.
    house.ok(&["audit", "site", "--out", "out", "--as", "http://town.example/", "--as-of", "2026-02-15"]);
    let states: Vec<_> =
        house.audit("out")["findings"].as_array().into_iter().flatten().map(|f| f["state"].clone()).collect();
    assert!(states.iter().all(|state| state == "open"), "{states:?}");

    house.ok(&["audit", "site", "--out", "none", "--as", "http://town.example/", "--max-files", "0", "--no-history"]);
    let html = std::fs::read_to_string(house.path("none/site.html")).expect("the report was written");
    assert!(html.contains("No PDF or Office file was looked into"));
}

#[test]
fn a_folder_with_files_and_its_crawl_and_its_archive_give_the_same() {
    let house = House::new();
    site(&house);
    let common = ["--as", "http://town.example/", "--as-of", "2026-01-15"];
    let address = format!("http://{}/", serve(house.path("site").to_str().expect("its path is text")));
    house.ok(&[&["audit", "site", "--out", "folder", "--no-history"][..], &common].concat());
    house.ok(&[&["audit", &address, "--out", "crawl"][..], &common].concat());
    let snapshots = std::fs::read_dir(house.path(".plainway/snapshots")).expect("the crawl kept a snapshot");
    let archive = snapshots.flatten().next().expect("there is one").path();
    house.ok(&[
        "audit",
        archive.to_str().expect("its path is text"),
        "--out",
        "archive",
        "--no-history",
        "--as-of",
        "2026-01-15",
    ]);
    let (folder, crawl, archive) = (house.audit("folder"), house.audit("crawl"), house.audit("archive"));
    assert!(crawl["findings"].as_array().is_some_and(|f| f.iter().any(|f| f["rule"] == "access/untagged-pdf")));
    for part in ["score", "pages", "findings", "unread"] {
        assert_eq!(folder[part], crawl[part], "{part} of folder and crawl");
        assert_eq!(crawl[part], archive[part], "{part} of crawl and archive");
    }
}

#[test]
fn facts_are_of_pages_or_of_one_file() {
    let house = House::new();
    site(&house);
    let lines = house.ok(&["facts", "site"]);
    assert_eq!(lines.lines().count(), 2, "one object a page");
    assert!(!lines.contains("\"fillable\""));
    let line = house.ok(&["facts", "site/files/dog.pdf"]);
    let facts: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
    assert_eq!((&facts["pages"], &facts["fields"], &facts["form_like"]), (&1.into(), &0.into(), &true.into()));
    assert_eq!((&facts["title"], &facts["tagged"]), (&"Dog licence".into(), &false.into()));
    house.write("page.pdf", "<!doctype html><p>no PDF at all");
    assert_eq!(house.run(&["facts", "page.pdf"]).code, 3);
}

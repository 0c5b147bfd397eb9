//! Ten page templates, each with pages that are missing and served as if they were there, and with pages
//! that only look so. What is told of them has to be right nearly always.

use super::*;
use crate::facts::{Lexicon, Page, Settings};
use crate::model::{Fetched, Role, Target, Via};

/// Answers to missing addresses that each template gives.
const MISSING: usize = 20;

/// A template: how a page is framed, and what its answer to a missing address says.
struct Template {
    frame: fn(title: &str, heading: &str, body: &str) -> String,
    /// Title, heading and text; `{}` stands for the address that was asked for.
    missing: [&'static str; 3],
}

fn plain_frame(title: &str, heading: &str, body: &str) -> String {
    format!("<html lang=en><title>{title}</title><body><main><h1>{heading}</h1><p>{body}</p></main></body></html>")
}

fn town_frame(title: &str, heading: &str, body: &str) -> String {
    format!(
        "<html lang=en><title>{title} | Town of Milltown</title><body><header><a href=/>Milltown</a></header>\
         <nav><ul><li><a href=/dogs>Dogs</a><li><a href=/permits>Permits</a><li><a href=/contact>Contact us</a></ul></nav>\
         <main><h1>{heading}</h1><p>{body}</p></main><footer><p>Town of Milltown, 12 Elm Street. Call (215) 555-0134.</p></footer></body></html>"
    )
}

/// No landmarks: everything is main content.
fn table_frame(title: &str, heading: &str, body: &str) -> String {
    format!(
        "<html lang=en><title>Milltown - {title}</title><body><table><tr><td><a href=/>Home</a> <a href=/dogs>Dogs</a> <a href=/permits>Permits</a></td></tr>\
         <tr><td><h2>{heading}</h2><p>{body}</p><p>The town hall is open on working days. The council meets on Mondays in the old school.</p></td></tr></table></body></html>"
    )
}

/// Every page has the same title.
fn one_title_frame(_: &str, heading: &str, body: &str) -> String {
    format!(
        "<html lang=en><title>Milltown</title><body><div id=content><h1>{heading}</h1><p>{body}</p></div></body></html>"
    )
}

/// A list of the whole site under each page.
fn mapped_frame(title: &str, heading: &str, body: &str) -> String {
    let list: String =
        (0..60).map(|i| format!("<li><a href=/topic/{i}>Topic number {i} of our town</a></li>")).collect();
    format!(
        "<html lang=en><title>{title} :: Milltown</title><body><main><h1>{heading}</h1><p>{body}</p><ul>{list}</ul></main></body></html>"
    )
}

const TEMPLATES: [Template; 10] = [
    Template { frame: plain_frame, missing: ["Page not found", "Page not found", "We could not find that page."] },
    Template { frame: town_frame, missing: ["404", "Sorry, we can't find the page", "Use the menu to go on."] },
    Template {
        frame: town_frame,
        missing: ["Not Found", "Oops!", "The page {} is not here. Try the menu or call us."],
    },
    Template { frame: table_frame, missing: ["Error 404", "Error", "Nothing is stored under {} on this server."] },
    Template { frame: one_title_frame, missing: ["", "Page not found", "Please check the address {} and try again."] },
    Template { frame: mapped_frame, missing: ["Page Not Found", "We're sorry", "All our pages are listed below."] },
    // Words that no list has: only the answer to a made-up address tells.
    Template {
        frame: town_frame,
        missing: ["Nothing to see", "Gone fishing", "Whatever stood under {} was taken elsewhere by our editors."],
    },
    Template {
        frame: plain_frame,
        missing: [
            "Hmm",
            "That did not work",
            "Our server has no idea what you mean by this address, and neither have we.",
        ],
    },
    Template {
        frame: mapped_frame,
        missing: [
            "Moved",
            "This content has moved",
            "We tidied our shelves and could not keep everything in its old place.",
        ],
    },
    Template {
        frame: town_frame,
        missing: [
            "Milltown",
            "Milltown",
            "The page you are looking for might have been removed, had its name changed, or is resting.",
        ],
    },
];

/// Pages that are there: everyday ones, very short ones, and ones that speak of things which are missing.
const PRESENT: [[&str; 3]; 24] = [
    ["Dog licenses", "Dog licenses", "You need a license for each dog over four months. It costs $8 a year."],
    ["Permits", "Building permits", "Bring a plan of your land. A clerk checks it while you wait."],
    ["Contact", "Contact us", "Call (215) 555-0134 or come to 12 Elm Street."],
    ["Lost and found", "Lost and found", "If your bag was not found on the bus, ask at the depot in Room 404."],
    ["Section 404 permits", "Section 404 permits", "You need one to fill a wetland under Section 404 of the act."],
    [
        "Report a missing page",
        "Report a page that was not found",
        "Send us the address of the page that you could not find.",
    ],
    ["Missing persons", "Missing persons", "Call 911 if somebody is missing. We look for them at once."],
    ["Records not found", "When a birth record is not found", "We issue a letter which says that no record was found."],
    ["Closed", "Pool closed", "The pool is closed in winter."],
    ["Fees", "Fees", "See the list."],
    ["News", "Elm Street opens again", "The street was closed since May. Thank you for your patience."],
    ["Page 2", "News, page 2", "Older news of our town."],
    ["Search", "Search", "Your search for owls gave no results."],
    ["Area code 404", "Calls from area code 404", "Some callers pretend to be the town. Hang up."],
    ["Error in your bill", "There is an error in my bill", "Call us within 30 days and have the bill at hand."],
    ["Moving", "Moving to Milltown", "Tell the post office, the school and the water company."],
    ["Not available", "Documents not available online", "Some deeds are kept on paper. Come and read them."],
    ["Removed trees", "Removed trees", "The trees on Elm Street have been removed after the storm."],
    ["Jobs", "Jobs", "We look for a driver. Send your letter by mail."],
    ["Parks", "Parks", "Our three parks are open from dawn to dusk."],
    ["Taxes", "Pay your taxes", "Pay at the counter, by mail or by phone."],
    ["Water", "Water quality", "Our water comes from the river and is tested daily."],
    ["Minutes", "Minutes of the council", "The council met and approved the budget."],
    ["Sorry", "We are sorry for the noise", "Work on the bridge ends in May."],
];

fn read(path: &str, role: Role, html: &str, lexicon: &Lexicon) -> PageFacts {
    let url = PageUrl::parse(&format!("http://milltown.example{path}")).expect("a valid address");
    let body = html.to_owned().into_bytes();
    let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    let fetched = Fetched { via: Via::Http, role, headers, ..Fetched::of_file(url, body, "") };
    Page::read(&fetched, lexicon, &Settings::default()).facts
}

/// Missing pages that were told, missing pages in all, and other pages that were told.
fn told(template: &Template, lexicon: &Lexicon) -> (usize, usize, Vec<String>) {
    let missing_at = |path: &str| {
        let fill = |text: &str| text.replace("{}", path);
        let [title, heading, body] = template.missing.map(fill);
        (template.frame)(&title, &heading, &body)
    };
    let home = (template.frame)(
        "Welcome",
        "Welcome to Milltown",
        "Our town lies by the river. Here you find all our services and news.",
    );
    let mut pages = vec![read("/", Role::Page, &home, lexicon)];
    for (i, [title, heading, body]) in PRESENT.iter().enumerate() {
        pages.push(read(&format!("/present-{i}"), Role::Page, &(template.frame)(title, heading, body), lexicon));
    }
    for i in 0..MISSING {
        let path = format!("/old/{}/missing-{i}.html", ["dogs", "fees", "council"][i % 3]);
        pages.push(read(&path, Role::Page, &missing_at(&path), lexicon));
    }
    pages.sort_by(|a, b| a.url.cmp(&b.url));
    let gathered = Gathered {
        start: PageUrl::parse("http://milltown.example/").expect("a valid address"),
        scope: PageUrl::parse("http://milltown.example/").expect("a valid address"),
        targets: pages.iter().map(|p| Target { url: p.url.clone(), reached: Reached::Page, from: None }).collect(),
        complete: true,
        limits: Vec::new(),
        probe_status: Some(200),
        own_site: false,
        external: Vec::new(),
        traps: Vec::new(),
        sample: None,
    };
    let mut reader = SiteReader::new(&gathered);
    pages.iter().for_each(|page| reader.add(page));
    let probe = "/plainway-0123456789ab";
    reader.missing_page(&read(probe, Role::Probe, &missing_at(probe), lexicon));
    let site = reader.finish();
    let is_told = |page: &&PageFacts| site.stands_for_missing(page).is_some_and(|words| !words.is_empty());
    let (missing, present): (Vec<_>, Vec<_>) = pages.iter().partition(|p| p.url.path().contains("missing-"));
    let wrong = present.iter().copied().filter(is_told).map(|p| format!("{} {}", p.url.path(), p.title)).collect();
    (missing.iter().copied().filter(is_told).count(), missing.len(), wrong)
}

#[test]
fn pages_that_stand_for_missing_ones_are_told_in_ten_templates() {
    let lexicon = Lexicon::for_tests();
    let (mut found, mut all, mut wrong) = (0, 0, Vec::new());
    for (at, template) in TEMPLATES.iter().enumerate() {
        let (told, missing, others) = told(template, lexicon);
        println!("template {at}: {told} of {missing} told, wrong: {others:?}");
        found += told;
        all += missing;
        wrong.extend(others);
    }
    let recall = found as f64 / all as f64;
    let precision = found as f64 / (found + wrong.len()).max(1) as f64;
    println!("precision {precision:.3}, recall {recall:.3}");
    assert!(precision >= 0.99 && recall >= 0.99, "precision {precision:.3}, recall {recall:.3}, wrong: {wrong:?}");
}

#[test]
fn a_site_whose_answer_drowns_in_its_frame_is_not_told() {
    let lexicon = Lexicon::for_tests();
    let template =
        Template { frame: one_title_frame, missing: ["", "Milltown", "A word of nothing at all to say today."] };
    let (told, _, wrong) = told(&template, lexicon);
    assert_eq!((told, wrong.len()), (0, 0));
}

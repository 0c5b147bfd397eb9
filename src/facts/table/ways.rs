//! Facts of links and the ways through the site.

use super::{PARTIAL, Value, contacts, in_sight, number, offered, text, told};
use crate::facts::links::Link;
use crate::facts::page::PageFacts;
use crate::facts::site::SiteFacts;
use crate::facts::site::onward;
use crate::model::PageUrl;
use crate::model::Region;

fn file_only(page: &PageFacts) -> Value {
    let main = || page.links.iter().filter(|l| l.region == Region::Main && !l.goes_nowhere());
    let files = main().filter(|l| l.file().is_some()).count();
    // A page of fewer than 40 words whose only links are one to three files. Our choice.
    Value::Flag(page.main_words < 40 && (1..=3).contains(&files) && main().count() == files && page.forms.is_empty())
}

fn leaves_site(page: &PageFacts, link: &Link) -> Value {
    link.page.as_ref().map_or(Value::Absent, |to| Value::Flag(bare_host(to) != bare_host(&page.url)))
}

fn bare_host(url: &PageUrl) -> &str {
    url.host().strip_prefix("www.").unwrap_or(url.host())
}

/// Words of a link that say it leads to a file: the ending, or its usual name.
fn says_file(link: &Link) -> Value {
    let Some(file) = link.file() else { return Value::Absent };
    let text = link.text.to_ascii_lowercase();
    let names: &[&str] = match file {
        "pdf" => &["pdf"],
        "doc" => &["doc", "word", "odt", "rtf"],
        "xls" => &["xls", "excel", "ods", "spreadsheet"],
        "ppt" => &["ppt", "powerpoint", "slides"],
        "csv" => &["csv"],
        "zip" => &["zip"],
        _ => &["mp3", "mp4", "audio", "video"],
    };
    Value::Flag(names.iter().any(|n| text.contains(n)))
}

fn link_status(site: &SiteFacts, _: &PageFacts, link: &Link) -> Value {
    let Some(page) = &link.page else { return Value::Absent };
    if link.acts || !site.is_in_scope(page) {
        return Value::Absent;
    }
    site.link_status(link).map_or(Value::Unknown("the page that the link leads to was not read"), number)
}

fn same_title(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.same_title(&page.title) {
        _ if page.title.is_empty() => Value::Absent,
        0 if !site.complete => Value::Unknown(PARTIAL),
        n => number(n),
    }
}

fn clicks_from_home(site: &SiteFacts, page: &PageFacts) -> Value {
    match (site.clicks_from_home(&page.url), site.home()) {
        (Some(clicks), _) => number(clicks),
        (None, None) => Value::Unknown("the site has no home page that was read"),
        (None, Some(_)) => Value::Absent,
    }
}

fn reachable(site: &SiteFacts, page: &PageFacts) -> Value {
    match (site.clicks_from_home(&page.url), site.home()) {
        (Some(_), _) => Value::Flag(true),
        (None, Some(_)) if site.may_report_absence() => Value::Flag(false),
        (None, Some(_)) => Value::Unknown(PARTIAL),
        (None, None) => Value::Unknown("the site has no home page that was read"),
    }
}

facts! {
    "page.main_links", "links", "Links of the main content that lead to another page, a phone or a mailbox.", Page |p| in_sight(p, onward(p) as usize);
    "page.ways_onward", "ways", "Links, forms, buttons and contacts of the main content.", Page |p| {
        let in_main = contacts(p, |c| c.region == Region::Main && c.reaches());
        in_sight(p, onward(p) as usize + p.buttons as usize + p.forms.iter().filter(|f| f.kind != "search").count() + in_main + usize::from(p.frames > 0) + usize::from(p.refresh_seconds.is_some()))
    };
    "page.file_only", "yes/no", "The main content is little more than a link to a file.", Page file_only;
    "page.clicks_from_home", "clicks", "Shortest way from the home page.", SitePage clicks_from_home;
    "page.reachable", "yes/no", "A way of links leads from the home page to it.", SitePage reachable;
    "page.inbound", "pages", "Pages that link to it.", SitePage |s, p| number(s.inbound(&p.url));
    "page.same_title", "pages", "Other pages with the same title.", SitePage same_title;
    "link.text", "text", "Accessible name.", Link |_, l| text(&l.text);
    "link.region", "part of the page", "main, nav, header, footer or aside.", Link |_, l| text(region_name(l.region));
    "link.scheme", "scheme", "http, https, tel, mailto …", Link |_, l| if l.scheme().is_empty() { Value::Absent } else { text(l.scheme()) };
    "link.goes_nowhere", "yes/no", "Its address is empty, # or javascript:.", Link |_, l| Value::Flag(l.goes_nowhere());
    "link.file", "kind of file", "pdf, doc, xls, ppt, csv, zip …", Link |_, l| l.file().map_or(Value::Absent, text);
    "link.says_file", "yes/no", "Its words name the kind of file.", Link |_, l| says_file(l);
    "link.new_window", "yes/no", "It opens a new window.", Link |_, l| Value::Flag(l.new_window);
    "link.leaves_site", "yes/no", "It leads to another host.", Link leaves_site;
    "link.fragment_found", "yes/no", "The part of this page that it names is there.", Link |_, l| told(l.fragment_here);
    "link.status", "HTTP status", "How the site answers where it leads, after redirects.", SiteLink link_status;
    "site.missing_page_status", "HTTP status", "Answer to an address that should not exist.", Site |s| s.probe_status.map_or(Value::Absent, number);
    "site.search", "yes/no", "Some page has a search.", Site |s| offered(s, s.has_search());
}

fn region_name(region: Region) -> &'static str {
    match region {
        Region::Main => "main",
        Region::Nav => "nav",
        Region::Header => "header",
        Region::Footer => "footer",
        Region::Aside => "aside",
    }
}

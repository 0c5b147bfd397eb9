//! Facts of links and the ways through the site.

use super::{PARTIAL, SCRIPT, Value, contacts, in_sight, number, offered, size, text, told};
use crate::facts::links::Link;
use crate::facts::page::PageFacts;
use crate::facts::phrases::plain;
use crate::facts::site::{Led, SiteFacts, onward};
use crate::facts::ways::Told;
use crate::model::{PageUrl, Region};
use std::collections::HashMap;

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
    // A link without words is another problem, or one hidden beside a link that has them.
    let Some(file) = link.file().filter(|_| !link.text.is_empty()) else { return Value::Absent };
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
        (None, Some(_)) if site.is_sent_to(&page.url) => Value::Flag(true),
        (None, Some(_)) if site.may_report_absence() => Value::Flag(false),
        (None, Some(_)) => Value::Unknown(PARTIAL),
        (None, None) => Value::Unknown("the site has no home page that was read"),
    }
}

fn clicks_to(site: &SiteFacts, page: &PageFacts, kind: &str) -> Value {
    match site.clicks_to(kind, &page.url) {
        Some(clicks) => number(clicks),
        // Nothing on the whole site is another problem than a long way.
        None if site.may_report_absence() => Value::Absent,
        None => Value::Unknown(PARTIAL),
    }
}

fn links_home(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.links_home(page) {
        Some(false) if page.drawn_by_script => Value::Unknown(SCRIPT),
        found => told(found),
    }
}

fn closed_part(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.closed_part(&page.url) {
        Some(pages) if pages == 0 || site.home().is_some() => number(pages),
        Some(_) => Value::Unknown("the site has no home page that was read"),
        None => Value::Absent,
    }
}

fn stands_for_missing(site: &SiteFacts, page: &PageFacts) -> Value {
    site.stands_for_missing(page)
        .map_or(Value::Unknown("all pages of the site look much like its answer to a missing address"), |words| {
            text(&words)
        })
}

/// What a page says; nothing where it says no such thing.
fn claim(page: &PageFacts, claim: Option<&Told>) -> Value {
    match claim {
        Some(claim) => text(&claim.quote),
        None if page.drawn_by_script => Value::Unknown(SCRIPT),
        None => text(""),
    }
}

const NO_DAY: &str = "the day of the audit is not known";

fn past_deadline(site: &SiteFacts, page: &PageFacts) -> Value {
    let over = page.ways.deadlines.iter().find(|due| due.day < site.today);
    match over {
        _ if page.ways.deadlines.is_empty() => Value::Absent,
        _ if site.today.is_empty() => Value::Unknown(NO_DAY),
        over => text(over.map_or("", |due| &due.quote)),
    }
}

fn past_coming(site: &SiteFacts, page: &PageFacts) -> Value {
    match &page.ways.coming {
        None => Value::Absent,
        Some(_) if site.today.is_empty() => Value::Unknown(NO_DAY),
        Some(last) => text(if last.day < site.today { &last.day } else { "" }),
    }
}

/// Names that several links of the main content share while they lead to different places.
fn ambiguous_links(page: &PageFacts) -> Value {
    let mut places: HashMap<String, (&PageUrl, bool)> = HashMap::new();
    for link in page.links.iter().filter(|l| l.region == Region::Main && !l.text.is_empty()) {
        let Some(to) = &link.page else { continue };
        let (first, differs) = places.entry(plain(&link.text)).or_insert((to, false));
        *differs |= *first != to;
    }
    size(places.values().filter(|(_, differs)| *differs).count())
}

fn menu_moves(site: &SiteFacts, page: &PageFacts) -> Value {
    site.menu_moves(&page.url).map_or(Value::Absent, number)
}

fn help_moves(site: &SiteFacts, page: &PageFacts) -> Value {
    told(site.help_moves(page))
}

fn led(site: &SiteFacts, link: &Link, value: impl FnOnce(Led) -> Value) -> Value {
    match &link.page {
        Some(page) if !link.acts && site.is_in_scope(page) => {
            site.led(link).map_or(Value::Unknown("the page that the link leads to was not read"), value)
        }
        _ => Value::Absent,
    }
}

/// What does not apply, could not be told, or is so.
fn possibly(flag: Option<Option<bool>>, why: &'static str) -> Value {
    match flag {
        None => Value::Absent,
        Some(None) => Value::Unknown(why),
        Some(Some(flag)) => Value::Flag(flag),
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
    "page.reachable", "yes/no", "A way of links leads from the home page to it, or a form of another page does.", SitePage reachable;
    "page.inbound", "pages", "Pages that link to it.", SitePage |s, p| number(s.inbound(&p.url));
    "page.outbound", "pages", "Addresses of the site that it links to.", SitePage |s, p| size(s.outbound(&p.url));
    "page.links_home", "yes/no", "A link leads to the home page.", SitePage links_home;
    "page.closed_part", "pages", "Pages of the part that it is in where nothing leads out and nobody can be reached; 0 where there is a way out.", SitePage closed_part;
    "page.clicks_to_phone", "clicks", "Shortest way to a page with a phone number.", SitePage |s, p| clicks_to(s, p, "phone");
    "page.clicks_to_email", "clicks", "Shortest way to a page with a mail address.", SitePage |s, p| clicks_to(s, p, "email");
    "page.clicks_to_form", "clicks", "Shortest way to a page with a contact form.", SitePage |s, p| clicks_to(s, p, "form");
    "page.clicks_to_address", "clicks", "Shortest way to a page with a street address.", SitePage |s, p| clicks_to(s, p, "address");
    "page.stands_for_missing", "text", "What the page says that makes it the answer to a missing address; empty where it is not.", SitePage stands_for_missing;
    "page.nothing_found", "text", "What the page says of a search that found nothing; empty where it does not.", Page |p| claim(p, p.ways.nothing_found.as_ref());
    "page.nothing_found_way", "yes/no", "A link or contact stands with that.", Page |p| told(p.ways.nothing_found.as_ref().map(|c| c.way));
    "page.outage", "text", "What the page says of something that does not work now; empty where it does not.", Page |p| claim(p, p.ways.outage.as_ref());
    "page.outage_way", "yes/no", "A link or contact stands with that.", Page |p| told(p.ways.outage.as_ref().map(|c| c.way));
    "page.outage_time", "yes/no", "A time stands with that.", Page |p| told(p.ways.outage.as_ref().map(|c| c.time));
    "page.closed_service", "text", "What the page says of something that is no longer offered; empty where it does not.", Page |p| claim(p, p.ways.closed.as_ref());
    "page.closed_service_way", "yes/no", "A link or contact stands with that.", Page |p| told(p.ways.closed.as_ref().map(|c| c.way));
    "page.past_deadline", "text", "What the page says of a last day that was over when the audit started; empty where no such day was.", SitePage past_deadline;
    "page.past_coming", "text", "The last day under a heading of what is to come, where it was over when the audit started; empty where it was not.", SitePage past_coming;
    "page.ways_past_login", "ways", "Contacts, links to contacts, and ways in without an account or to get one.", Page |p| {
        in_sight(p, contacts(p, super::reaches) + p.contact_links as usize + usize::from(p.ways.without_account))
    };
    "page.silent_windows", "links", "Links that open a new window without saying so.", Page |p| number(p.ways.silent_windows);
    "page.images", "images", "Images, drawings, films and maps of the main content.", Page |p| number(p.ways.images);
    "page.ambiguous_links", "names", "Words that name several links of the main content which lead to different places.", Page ambiguous_links;
    "page.menu_moves", "links", "Links of its menu that stand in another order than on most pages.", SitePage menu_moves;
    "page.help_moves", "yes/no", "The link to help or contacts stands in another part of the page than on nearly all pages.", SitePage help_moves;
    "page.same_title", "pages", "Other pages with the same title.", SitePage same_title;
    "link.text", "text", "Accessible name.", Link |_, l| text(&l.text);
    "link.region", "part of the page", "main, nav, header, footer or aside.", Link |_, l| text(region_name(l.region));
    "link.scheme", "scheme", "http, https, tel, mailto …", Link |_, l| if l.scheme().is_empty() { Value::Absent } else { text(l.scheme()) };
    "link.goes_nowhere", "yes/no", "Its address is empty, # or javascript:.", Link |_, l| Value::Flag(l.goes_nowhere());
    "link.file", "kind of file", "pdf, doc, xls, ppt, csv, zip …", Link |_, l| l.file().map_or(Value::Absent, text);
    "link.says_file", "yes/no", "Its words name the kind of file.", Link |_, l| says_file(l);
    "link.new_window", "yes/no", "It opens a new window.", Link |_, l| Value::Flag(l.new_window);
    "link.leaves_site", "yes/no", "It leads to another host.", Link leaves_site;
    "link.new_window_told", "yes/no", "It opens a new window and its words say so.", Link |_, l| if l.new_window { Value::Flag(l.tells_window) } else { Value::Absent };
    "link.scripted", "yes/no", "Its source shows that a script takes the click.", Link |_, l| Value::Flag(l.scripted);
    "link.private", "yes/no", "It leads to a file or host that only its author can reach.", Link |p, l| Value::Flag(l.is_private(&p.url));
    "link.slip", "yes/no", "Its address has a slip that browsers take for a path, as www. without http://.", Link |_, l| Value::Flag(l.has_slip());
    "link.fragment_found", "yes/no", "The part that it names is there, on this page or another one of the site.", SiteLink |s, p, l| {
        possibly(s.fragment_found(p, l), "the page that the link points into was not read whole")
    };
    "link.redirects", "redirects", "Redirects within the site until it gets where it leads.", SiteLink |s, _, l| led(s, l, |l| number(l.redirects));
    "link.redirect_loop", "yes/no", "Its redirects go round without end.", SiteLink |s, _, l| led(s, l, |l| Value::Flag(l.is_loop));
    "link.redirects_home", "yes/no", "A redirect takes it from a deep address to the home page.", SiteLink |s, _, l| led(s, l, |l| Value::Flag(l.goes_home));
    "link.outside_gone", "yes/no", "Another site answered that the page is gone (404 or 410); told where links to other sites were checked.", SiteLink |s, _, l| {
        possibly(s.outside_gone(l), "the other site gave no answer that says")
    };
    "link.usual_name", "text", "What menus of most pages call where it leads, where this page never says that; empty where it does.", SiteLink |s, p, l| {
        s.usual_name(p, l).map_or(Value::Absent, |name| text(&name))
    };
    "link.status", "HTTP status", "How the site answers where it leads, after redirects.", SiteLink link_status;
    "site.missing_page_status", "HTTP status", "Answer to an address that should not exist.", Site |s| s.probe_status.map_or(Value::Absent, number);
    "site.missing_page_ways", "ways", "How many of a search, a link home and a contact stand on the page that missing addresses are answered with.", Site |s| s.missing_page_ways().map_or(Value::Absent, number);
    "site.endless_places", "places", "Places where the site leads on without end.", Site |s| size(s.endless().count());
    "site.endless_example", "address", "The first address of such a place that was not asked for; empty where there is none.", Site |s| {
        text(s.endless().next().map_or("", |t| t.example.as_str()))
    };
    "site.depth", "clicks", "From the home page to the page farthest from it.", Site |s| s.depth().map_or(Value::Absent, number);
    "site.ways_to_find", "ways", "How many of a search, a site map or index, and a shared menu there are; told of sites whose home page does not lead to every page.", Site |s| match s.ways_to_find() {
        None => Value::Absent,
        Some(_) if !s.may_report_absence() => Value::Unknown(PARTIAL),
        Some(n) => size(n),
    };
    "site.pages_without_search", "pages", "Pages of a site that has no search; 0 where there is one.", Site |s| match s.has_search() {
        true => size(0),
        false if s.may_report_absence() => size(s.pages()),
        false => Value::Unknown(PARTIAL),
    };
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

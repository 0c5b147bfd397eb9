use super::*;
use crate::facts::{Lexicon, Page, Settings};
use crate::model::{Fetched, Via};

fn read(html: &str) -> Kiosk {
    *facts(html).kiosk.expect("the settings name a kiosk")
}

fn facts(html: &str) -> PageFacts {
    let fetched = Fetched {
        via: Via::Http,
        headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
        ..Fetched::of_file(
            PageUrl::parse("http://kiosk.example/pay/").expect("a valid address"),
            html.as_bytes().to_vec(),
            "",
        )
    };
    let terminal = Terminal { hosts: vec!["pay.vendor.example".to_owned()], ..Terminal::default() };
    let settings = Settings { terminal: Some(terminal), ..Settings::default() };
    Page::read(&fetched, Lexicon::for_tests(), &settings).facts
}

#[track_caller]
fn check(html: &str, by: By, to: Option<&str>) {
    let found = read(&format!("<html lang=en><main>{html}</main>"));
    let first = found.moves.first().expect("there is a control");
    assert_eq!((first.by, first.to.as_ref().map(PageUrl::path)), (by, to), "{html}");
}

#[test]
fn controls_lead_where_their_source_says() {
    check("<a href=/done/>Go on</a>", By::Link, Some("/done/"));
    check("<form action=/done/ method=post><button>Pay</button></form>", By::Form, Some("/done/"));
    check("<form action=/x><button formaction='../card/'>Pay</button></form>", By::Form, Some("/card/"));
    check("<button type=button onclick=\"location.href='/done/'\">Go on</button>", By::Script, Some("/done/"));
    check("<div data-href='/done/'>Go on</div>", By::Script, Some("/done/"));
    check(
        "<div data-go-to='done'>Go on</div><script>document.onclick = e => { location.href = e.target.dataset.goTo; }</script>",
        By::Script,
        Some("/pay/done"),
    );
    check("<button type=button onclick='history.back()'>Back</button>", By::History, None);
    check("<a href='tel:+12155550134'>Call</a>", By::App, None);
    check("<a href='https://www.example.org/'>More</a>", By::Outside, Some("/"));
    check("<a href='https://pay.vendor.example/card'>Pay</a>", By::Link, Some("/card"));
    check("<a href='/form.pdf'>Form</a>", By::File, Some("/form.pdf"));
    check("<a href='#part'>Part</a><p id=part>x", By::Part, None);
    check("<a href='#/step-2'>Go on</a>", By::Unknown, None);
    check("<button type=button>Go on</button>", By::Nowhere, None);
    check(
        "<button type=button id=go>Go on</button><script>go.addEventListener('click', next)</script>",
        By::Here,
        None,
    );
    check(
        "<button type=button id=go>Go on</button><script>go.addEventListener('click', () => { box.innerHTML = next })</script>",
        By::Unknown,
        None,
    );
    check(
        "<button type=button>Go on</button><a onclick=\"location='/x/'\">x</a><script>document.addEventListener('click', arm)\
         function arm() { clearTimeout(t) }</script>",
        By::Nowhere,
        None,
    );
    check("<button type=button>Go on</button><script src=/app.js></script>", By::Unknown, None);
    check("<form method=post><button>Go on</button></form>", By::Unknown, None);
}

#[test]
fn a_script_of_the_screen_leads_to_what_it_names() {
    let ways = |script: &str| {
        let found = read(&format!(
            "<html lang=en><main><button type=button id=go>Go on</button></main><script>{script}</script>"
        ));
        let to = found.moves.iter().filter_map(|m| m.to.as_ref().map(|to| (m.by, to.path().to_owned())));
        to.collect::<Vec<_>>()
    };
    assert_eq!(ways("go.onclick = () => { location.href = '/done/' }"), [(By::Script, "/done/".to_owned())]);
    // Where a timer leads, no touch does.
    assert_eq!(ways("go.onclick = show; setTimeout(() => { location.href = '/' }, 9000)"), []);
}

#[test]
fn places_are_told_by_order_where_the_source_marks_no_parts() {
    let spot = |html: &str| facts(html).spot_of(purpose::HELP);
    let help = "<a href=/help>Help</a>";
    let some = "<a href=/a>Borrow</a><a href=/b>Return</a><a href=/c>Renew</a>";
    assert_eq!(spot(&format!("<html lang=en>{help}{some}")), Some("header"));
    assert_eq!(spot(&format!("<html lang=en>{some}{help}")), Some("footer"));
    assert_eq!(spot(&format!("<html lang=en>{help}")), None);
    assert_eq!(spot(&format!("<html lang=en><header>{help}</header><main>{some}")), Some("header"));
}

#[test]
fn controls_are_told_apart_by_what_they_are_for() {
    let found = read(
        "<html lang=en><header><a href=/>Start over</a> <a href=/help/>Help</a></header><main><a href=/es/ lang=es>Español</a>\
         <a href=/big/>Larger text</a><form action=/done/ method=post><button>Pay now</button></form><a href=/x/>Cancel</a>\
         <a href=/home-address/>Home address</a></main>",
    );
    let bits: Vec<u16> = found.moves.iter().map(|m| m.purposes).collect();
    use purpose::{CANCEL, COMMIT, HELP, LANGUAGE, LARGER_TEXT, START_OVER};
    assert_eq!(bits, [START_OVER, HELP, LANGUAGE, LARGER_TEXT, COMMIT, CANCEL, 0]);
}

#[test]
fn what_comes_from_elsewhere_and_what_is_kept_is_counted() {
    let found = read(
        "<html lang=en><script src='https://cdn.example.net/a.js'></script><img src='https://pay.vendor.example/logo.png'>\
         <img src=/own.png><script>localStorage.setItem('lastName', v); localStorage.setItem('volume', 3)</script>",
    );
    assert_eq!((found.outside_assets, found.personal_keys), (1, vec!["lastName".to_owned()]));
    assert_eq!(found.script.unread, 1);
}

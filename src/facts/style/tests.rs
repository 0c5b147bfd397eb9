//! Pages with their sheets in, what styles make of them out.

use super::sheets::Sheets;
use super::{Contrast, contrast};
use crate::facts::Lexicon;
use crate::facts::dom::Dom;
use crate::model::{Exposure, Fetched, PageUrl, Role, Via};

fn sheet(url: &str, css: &str) -> Fetched {
    let url = PageUrl::parse(url).expect("tests name valid addresses");
    Fetched { role: Role::Sheet, ..Fetched::of_file(url, css.as_bytes().to_vec(), "") }
}

fn styled_with(html: &str, sheets: &Sheets) -> Dom {
    let base = url::Url::parse("http://a.example/").expect("the address is a literal that parses");
    let mut dom = Dom::parse(html, Lexicon::for_tests());
    let looks = super::looks(&dom, &base, sheets);
    dom.set_looks(looks);
    dom
}

fn styled(html: &str) -> Dom {
    styled_with(html, &Sheets::default())
}

fn x(dom: &Dom) -> u32 {
    dom.by_id("x").expect("the test marks its element with id x")
}

#[track_caller]
fn check_shown(html: &str, expected: Exposure) {
    let dom = styled(html);
    assert_eq!(dom.node(x(&dom)).exposure, expected, "{html}");
}

#[track_caller]
fn check_contrast(html: &str, expected: Option<f64>) {
    let dom = styled(html);
    let found = match contrast(&dom, dom.looks(), x(&dom)) {
        Contrast::Ratio(ratio, ..) => Some((ratio * 100.0).round() / 100.0),
        Contrast::Between(_, high, ..) => Some((high * 100.0).round() / 100.0),
        Contrast::Unknown(_) => None,
        Contrast::NoText => Some(0.0),
    };
    assert_eq!(found, expected, "{html}");
}

#[test]
fn what_styles_hide_is_hidden() {
    check_shown("<style>.a{display:none}</style><p class=a id=x>a", Exposure::Hidden);
    check_shown("<style>.a{display:none}</style><div class=a><p id=x>a</div>", Exposure::Hidden);
    check_shown("<style>.hidden{color:red}</style><p class=hidden id=x>a", Exposure::Exposed);
    check_shown("<style>div{visibility:hidden} p{visibility:visible}</style><div><p id=x>a</div>", Exposure::Exposed);
    check_shown("<style media=print>p{display:none}</style><p id=x>a", Exposure::Exposed);
    check_shown("<style>i{}</style><details><summary>a</summary><p id=x>b</details>", Exposure::Exposed);
    check_shown(
        "<style>.a{display:none}</style><details><summary>a</summary><p class=a id=x>b</details>",
        Exposure::Hidden,
    );
    check_shown("<style>@media (max-width: 600px){p{display:none}}</style><p id=x>a", Exposure::Exposed);
    check_shown(
        "<style>@layer a,b;@layer b{p{display:block}}@layer a{p{display:none}}</style><p id=x>a",
        Exposure::Exposed,
    );
    check_shown("<style>p{display:var(--a)} :root{--a:var(--b);--b:none}</style><p id=x>a", Exposure::Hidden);
    check_shown("<style>p:has(b){display:none}</style><p id=x>a", Exposure::Unknown);
    check_shown("<style>p:has(b){color:red}</style><p id=x>a", Exposure::Exposed);
    check_shown("<style>.a{display:none}</style><a href='#x'>more</a><p class=a id=x>a", Exposure::Unknown);
    check_shown("<noscript><p>a</noscript><p id=x>a", Exposure::Exposed);
    check_shown("<p hidden id=x>a", Exposure::Hidden);
    check_shown("<style>p{display:block}</style><p hidden id=x>a", Exposure::Exposed);
}

#[test]
fn sheets_are_read_with_those_that_they_import() {
    let sheets = Sheets::default();
    let imports =
        sheets.take(&sheet("http://a.example/css/a.css", "@import 'b.css' screen; @import 'a.css'; i{color:red}"));
    assert_eq!(imports.len(), 2);
    let page = "<link rel=stylesheet href=/css/a.css><p id=x>a";
    let dom = styled_with(page, &sheets);
    assert!(dom.looks().why_unknown().is_some(), "one that was not read");
    sheets.take(&sheet("http://a.example/css/b.css", "p{display:none}"));
    let dom = styled_with(page, &sheets);
    assert_eq!(dom.looks().why_unknown(), None);
    assert_eq!(dom.node(x(&dom)).exposure, Exposure::Hidden);
    // One that there is not changes nothing, as in a browser.
    let gone = Fetched { status: 404, via: Via::Http, ..sheet("http://a.example/gone.css", "") };
    sheets.take(&gone);
    let dom = styled_with("<link rel=stylesheet href=/gone.css><p id=x>a", &sheets);
    assert_eq!(dom.node(x(&dom)).exposure, Exposure::Exposed);
    let dom =
        styled_with("<link rel=stylesheet media=print onload=\"this.media='all'\" href=/css/b.css><p id=x>a", &sheets);
    assert_eq!(dom.node(x(&dom)).exposure, Exposure::Hidden, "a sheet that comes late");
    let fonts = Sheets::new(vec!["fonts.example/css".to_owned()]);
    let dom = styled_with("<link rel=stylesheet href='https://fonts.example/css?family=A'><p id=x>a", &fonts);
    assert_eq!(dom.looks().why_unknown(), None);
}

#[test]
fn contrast_follows_the_layers_behind_a_text() {
    check_contrast("<p id=x style='color:#777'>ab", Some(4.48));
    check_contrast("<body bgcolor=black text=white><p id=x>ab", Some(21.0));
    check_contrast(
        "<div style='background:#fff'><div style='background:rgba(0,0,0,.5)'><p id=x style='color:#fff'>ab</div></div>",
        Some(3.98),
    );
    check_contrast("<div style='opacity:.5'><p id=x>ab</div>", Some(3.98));
    check_contrast(
        "<div style='background:linear-gradient(#000,#111)'><p id=x style='color:#fff'>ab</div>",
        Some(21.0),
    );
    check_contrast(
        "<div style='background:linear-gradient(#000,#fff)'><p id=x style='color:#fff'>ab</div>",
        Some(21.0),
    );
    check_contrast("<div style='background:url(a.png)'><p id=x>ab</div>", None);
    check_contrast("<div style='background:url(a.png)'><p id=x style='background:#fff'>ab</div>", Some(21.0));
    check_contrast(
        "<div style='position:relative'><img style='position:absolute' src=a><p id=x style='position:relative'>ab</div>",
        None,
    );
    check_contrast("<div style='position:relative'><img style='position:absolute' src=a><p id=x>ab</div>", Some(21.0));
    check_contrast("<p id=x style='position:absolute;top:3px'>ab", None);
    check_contrast("<div style='background:#000;opacity:.5'><p id=x style='color:#fff'>ab</div>", Some(3.98));
    check_contrast(
        "<div style='background:#000'><div style='opacity:.5'><p id=x style='background:#fff'>ab</div></div>",
        Some(5.28),
    );
    check_contrast("<style>:root{color-scheme:dark}</style><p id=x style='color:#fff'>ab", None);
    check_contrast("<p id=x style='text-indent:-9999px'>ab", Some(0.0));
    check_contrast("<p id=x style='color:light-dark(#000,#fff)'>ab", None);
    check_contrast("<p id=x style='color:#fff;background:#fff'>ab", None);
    check_contrast("<p id=x style='color:#666;text-shadow:0 0 2px #aaa'>ab", Some(5.74));
    check_contrast("<p id=x style='color:#999;text-shadow:0 0 2px #777'>ab", Some(2.85));
    check_contrast("<p id=x style='color:oklch(62.8% .258 29.2)'>ab", Some(4.0));
    check_contrast("<p id=x style='color:color-mix(in srgb, black 50%, white)'>ab", Some(3.98));
}

#[test]
fn hostile_sheets_end_and_the_page_is_read_all_the_same() {
    let check = |css: &str| {
        let dom = styled(&format!("<style>{css}</style><p id=x>a"));
        assert_eq!(dom.text(x(&dom)), "a");
        dom.looks().why_unknown()
    };
    assert!(check(&format!("{}b{{color:red}}", "a,".repeat(50_000))).is_some());
    assert!(check(&format!("{}b{{color:red}}", "a,".repeat(500_000))).is_some(), "a megabyte of selectors");
    assert!(check(&"a{}".repeat(100_000)).is_some());
    assert!(check(&format!("p{}{}{{color:red}}", ":has(a".repeat(10_000), ")".repeat(10_000))).is_some());
    assert!(check(&"a{".repeat(100_000)).is_some());
    assert!(check(&format!("p{}{{color:red}}", ":has(a)".repeat(20_000))).is_none());
    assert!(check(&format!("p{}{}{{color:red}}", ":is(".repeat(10_000), ")".repeat(10_000))).is_some());
    assert!(check(&format!(":root{{color:{}red{}}}", "calc(".repeat(10_000), ")".repeat(10_000))).is_some());
    assert_eq!(check(":root{--a:var(--b);--b:var(--a);color:var(--a)}"), None);
    let circle: String = (0..2_000).map(|i| format!("--a{i}:var(--a{});", (i + 1) % 2_000)).collect();
    assert_eq!(check(&format!(":root{{{circle}color:var(--a0)}}")), None);
    let doubled: String = (0..40).map(|i| format!("--a{i}:var(--a{0}) var(--a{0});", i + 1)).collect();
    assert_eq!(check(&format!(":root{{{doubled}--a40:x;color:var(--a0)}}")), None);
    let lists = format!("a,b,p{}{{color:red}}{}", "{i &,& b,& &".repeat(30), "}".repeat(30));
    assert!(check(&lists).is_some(), "lists in lists, which multiply each other");
    let doubles = format!("p{}{{color:red}}{}", "{& &".repeat(30), "}".repeat(30));
    assert!(check(&doubles).is_some());
    assert_eq!(check(&format!("p{}{{color:red}}{}", "{&:is(a,b)".repeat(12), "}".repeat(12))), None);
    let rows = "<b>a</b>".repeat(6_000);
    let dom = styled(&format!("<style>{}</style><p id=x>{rows}", "b ~ b ~ b{color:red}".repeat(200)));
    assert!(dom.looks().why_unknown().is_some());
    let sheets = Sheets::default();
    sheets.take(&sheet("http://a.example/a.css", "@import 'b.css'; p{color:red}"));
    sheets.take(&sheet("http://a.example/b.css", "@import 'a.css'; @import 'b.css'; b{color:red}"));
    let dom = styled_with("<link rel=stylesheet href=http://a.example/a.css><p id=x>a", &sheets);
    assert_eq!((dom.text(x(&dom)).as_str(), dom.looks().why_unknown()), ("a", None), "sheets that import each other");
    let deep = format!("<p id=x style='width:{}1px'>a", "calc(".repeat(10_000));
    assert_eq!(styled(&deep).looks().why_unknown(), None);
}

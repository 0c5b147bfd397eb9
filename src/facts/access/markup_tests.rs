//! Attributes with a grammar, tables, and the order of headings and landmarks.

use super::{beside, grid, tokens};
use crate::facts::Lexicon;
use crate::facts::dom::Dom;

fn page(html: &str) -> Dom {
    Dom::parse(html, &Lexicon::default())
}

fn first(dom: &Dom, tag: &str) -> u32 {
    dom.elements().find(|&i| dom.tag(i) == tag).expect("the test's page has it")
}

#[test]
fn autocomplete_is_read_as_html_says() {
    let bad = |value: &str| {
        let dom = page(&format!("<input autocomplete=\"{value}\">"));
        tokens::bad_autocomplete(&dom, first(&dom, "input")).is_some()
    };
    for good in
        ["on", "OFF", "email", "Section-a billing work TEL", "shipping street-address", "username webauthn", " "]
    {
        assert!(!bad(good), "{good}");
    }
    for wrong in ["none", "work street-address", "email email", "section-a", "billing", "webauthn", "off off", "home"] {
        assert!(bad(wrong), "{wrong}");
    }
}

#[test]
fn limits_of_zoom_are_read_as_browsers_do() {
    let limit = |content: &str| {
        let dom = page(&format!("<meta name=viewport content=\"{content}\">"));
        tokens::zoom_limit(&dom, first(&dom, "meta"))
    };
    for good in [
        "width=device-width",
        "user-scalable=yes",
        "user-scalable=1",
        "maximum-scale=2",
        "maximum-scale=-1",
        "user-scalable=-5",
    ] {
        assert_eq!(limit(good), None, "{good}");
    }
    for bad in
        ["user-scalable=no", "user-scalable = 0", "maximum-scale=1.9", "maximum-scale=no", "Maximum-Scale=yes; width=1"]
    {
        assert!(limit(bad).is_some(), "{bad}");
    }
    assert_eq!(limit("user-scalable=no, user-scalable=yes"), None);
}

#[test]
fn headers_of_tables_head_what_lies_below_and_behind() {
    let idle = |html: &str| {
        let dom = page(html);
        let cells: Vec<String> =
            dom.elements().filter(|&i| dom.tables().is_idle(i) == Some(true)).map(|i| dom.text(i)).collect();
        cells.join(" ")
    };
    assert_eq!(idle("<table><tr><th>A<th>B<tr><td>1</table>"), "B");
    assert_eq!(idle("<table><tr><th rowspan=2>A<th>B<tr><td>1</table>"), "");
    assert_eq!(idle("<table><tr><td>1<th scope=row>A<tr><td>2<td>3</table>"), "A");
    assert_eq!(idle("<table><tr><td>0<th>B<tr><th>A<td>1</table>"), "");
    assert_eq!(idle("<table><tr><th colspan=2>A<th>B<tr><td>1<td>2</table>"), "B");
    assert_eq!(idle("<table><tr><th id=a>A<th id=b>B<tr><td>1<td headers=a>2</table>"), "B");
    assert_eq!(idle("<table role=none><tr><th>A<th>B<tr><td>1</table>"), "");
}

#[test]
fn huge_spans_of_cells_cost_nothing() {
    let dom = page(&format!("<table><tr><th>A{}</table>", "<td colspan=1000 rowspan=65534>x".repeat(3_000)));
    assert_eq!(grid::shape(&dom, first(&dom, "table")), (0, 0));
}

#[test]
fn levels_of_headings_are_told_in_the_order_of_the_page() {
    let dom = page("<h1>A</h1><h2 hidden>-</h2><h3>B</h3><div role=heading aria-level=4>C</div><h2>D</h2><h4>E</h4>");
    let skipped: Vec<_> = dom.elements().filter_map(|i| Some((dom.text(i), dom.survey().skipped(i)?))).collect();
    assert_eq!(skipped, [("B".to_owned(), 1), ("E".to_owned(), 2)]);
}

#[test]
fn languages_of_two_and_three_letters_are_known() {
    let unknown = |lang: &str| {
        let dom = page(&format!("<p lang=\"{lang}\">Fees</p>"));
        tokens::unknown_language(&dom, first(&dom, "p")).is_some()
    };
    for known in ["en", "EN-us", "haw", "zh-Hant", "qaa", "mul", "es-419"] {
        assert!(!unknown(known), "{known}");
    }
    for wrong in ["eng", "english", "em", "en_US", "i-lux", " ", "x"] {
        assert!(unknown(wrong), "{wrong}");
    }
}

#[test]
fn links_say_with_their_sentence_where_they_lead() {
    let has = |html: &str| {
        let dom = page(html);
        beside::has_context(&dom, first(&dom, "a"))
    };
    assert!(has("<p>Boats cost $40. <a href=/a>More</a></p>"));
    assert!(has("<table><tr><th>Boats<td><a href=/a>More</a></table>"));
    assert!(has("<a href=/a title='Boats'>More</a>"));
    assert!(has("<div>Boats cost $40. <b><a href=/a>More</a></b></div>"));
    assert!(!has("<p>Boats</p><div><a href=/a>More</a></div>"));
}

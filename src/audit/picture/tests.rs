use super::*;
use crate::facts::{Lexicon, Settings};
use crate::model::{Drawing, Fetched, PARTS, PageUrl, Place, Severity, View};
use std::sync::Arc;

const RED: [u8; 3] = [0xc6, 0x1a, 0x1e];

/// A page with its elements one below the other, each 200 by 20 pixels and with one line of text, on a ground with stripes.
fn page(html: &str) -> (Page<'static>, Shot) {
    let url = PageUrl::parse("https://www.milltown.example/").expect("it is an address");
    let fetched = Fetched::of_file(url, html.as_bytes().to_vec(), "");
    let page = Page::read(&fetched, Lexicon::for_tests(), &Settings::default());
    let count = page.dom.elements().count();
    let part = PARTS as i32;
    let mut drawing = Drawing::default();
    let mut view = View { window: Window::Desk, ..View::default() };
    for (at, i) in page.dom.elements().enumerate() {
        drawing.words.push(page.dom.tag(i).to_owned());
        drawing.tags.push(u32::try_from(at).expect("it is small"));
        let at = i32::try_from(at).expect("it is small");
        view.boxes.push([at, 0, 0, 0, at * 20 * part, 200 * part, 20 * part]);
        view.texts.push([at, 0, at * 20 * part, 200 * part, 20 * part, 5]);
    }
    drawing.views.push(view);
    let (width, height) = (200, count * 20);
    let rgb = (0..width * height).flat_map(|at| if at % 2 == 0 { [0, 0, 0] } else { [255, 255, 255] }).collect();
    (page, Shot { width, height, rgb, drawing })
}

/// What of a page has no stripes any more.
#[track_caller]
fn check(html: &str, hidden: &[&str]) {
    let (page, shot) = page(html);
    let (places, _) = Places::read(&page.dom, &shot.drawing).expect("it is the same tree");
    let seen = places.seen(Window::Desk).expect("there is a window");
    let mut canvas = Canvas::new(shot.width, shot.height, &shot.rgb);
    assert!(hide(&page, &shot, seen, &mut canvas));
    let is_blank = |top: usize| (4..190).all(|x| canvas.at(x, top + 10) == canvas.at(4, top + 10));
    let blank = page.dom.elements().enumerate().filter(|(at, _)| is_blank(at * 20));
    let tags: Vec<&str> = blank.map(|(_, i)| page.dom.tag(i)).collect();
    assert_eq!(tags, hidden, "{html}");
}

#[test]
fn what_is_masked_in_quotes_cannot_be_read() {
    check("<p>Call 555-0134</p><h2>Office</h2>", &[]);
    check("<p>SSN 078-05-1120</p><h2>Office</h2>", &["p"]);
    check("<p>SSN 078-<b>05</b>-1120</p><h2>Office</h2>", &["p", "b"]);
    check("<p>Write to jane.doe@milltown.example</p><h2>Office</h2>", &["p"]);
}

#[test]
fn what_stands_in_a_field_cannot_be_read() {
    check("<h2>Name</h2><input value=Jane><button>Send</button>", &["input"]);
    check("<h2>Why</h2><textarea>My case</textarea><input type=submit value=Send>", &["textarea"]);
    check("<h2>Name</h2><div contenteditable>Jane</div><iframe></iframe>", &["div", "iframe"]);
}

#[test]
fn a_page_is_not_shown_where_an_element_is_not_known() {
    let (page, mut shot) = page("<h1>Permits</h1><p>Apply</p>");
    shot.drawing.views[0].boxes.push([900, 0, 0, 0, 0, 100, 100]);
    let finding = Finding {
        rule: Arc::from("a/b"),
        outcome: Outcome::Fail,
        severity: Severity::Minor,
        url: PageUrl::parse("https://www.milltown.example/").expect("it is an address"),
        place: Some(Place { selector: "html > body > p".to_owned(), line: 1, snippet: String::new(), after: None }),
        message: String::new(),
        anchor: String::new(),
        key: String::new(),
        more: 0,
    };
    let rules = Rules { list: Vec::new(), categories: Vec::new(), hash: String::new() };
    assert!(pictures(&page, &shot, std::slice::from_ref(&finding), &rules).is_empty());
    shot.drawing.views[0].boxes.pop();
    let shown = pictures(&page, &shot, &[finding.clone(), finding], &rules);
    assert_eq!(shown.len(), 1, "an element is shown once");
    assert_eq!((shown[0].width, shown[0].height), (200, MARGIN as usize + 20));
}

#[test]
fn the_frame_stands_around_the_element() {
    let canvas = Canvas::new(60, 60, &[255; 60 * 60 * 3]);
    let part = Rect { x: 0.0, y: 0.0, width: 60.0, height: 60.0 };
    let framed = canvas.framed(part, Rect { x: 20.0, y: 20.0, width: 10.0, height: 10.0 });
    assert_eq!([framed.at(16, 25), framed.at(25, 33), framed.at(25, 25)], [RED, RED, [255; 3]]);
}

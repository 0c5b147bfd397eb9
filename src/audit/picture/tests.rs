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
    (page, Shot { width, height, fold: 800, rgb, drawing })
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
    let known: Vec<_> = shown.iter().map(|one| (one.selector.as_deref(), one.width, one.height)).collect();
    let first = (None, shot.width, shot.height);
    assert_eq!(known, [first, (Some("html > body > p"), 200, MARGIN as usize + 20)], "an element is shown once");
}

#[test]
fn the_frame_stands_around_the_element() {
    let canvas = Canvas::new(60, 60, &[255; 60 * 60 * 3]);
    let part = Rect { x: 0.0, y: 0.0, width: 60.0, height: 60.0 };
    let framed = canvas.framed(part, Rect { x: 20.0, y: 20.0, width: 10.0, height: 10.0 });
    assert_eq!([framed.at(16, 25), framed.at(25, 33), framed.at(25, 25)], [RED, RED, [255; 3]]);
}

#[test]
fn a_first_screen_is_made_small_with_what_is_covered_on_it() {
    let (masked, shot) = page("<p>Card 4111 1111 1111 1111</p><h2>Office</h2>");
    let (plain, other) = page("<p>Card of a library</p><h2>Office</h2>");
    let screen = |page: &Page<'_>, shot: &Shot| {
        let rules = Rules { list: Vec::new(), categories: Vec::new(), hash: String::new() };
        pictures(page, shot, &[], &rules).pop().expect("it has a first screen").png
    };
    assert_eq!(shot.rgb, other.rgb, "the browser painted the same");
    assert_ne!(screen(&masked, &shot), screen(&plain, &other), "the number is covered");
    assert_eq!(screen(&masked, &shot), screen(&masked, &shot));
}

#[test]
fn each_pixel_of_a_small_picture_is_the_mean_of_its_own() {
    let rows = [[0, 10, 100, 110], [20, 30, 120, 130], [255; 4]];
    let rgb: Vec<u8> = rows.iter().flatten().flat_map(|&grey| [grey, grey, 0]).collect();
    let canvas = Canvas::new(4, 3, &rgb);
    let small = canvas.shrunk(2, (2, 2));
    assert_eq!((small.width(), small.height()), (2, 1), "what is below the fold is not shown");
    assert_eq!([small.at(0, 0), small.at(1, 0)], [[15, 15, 0], [115, 115, 0]]);
    // Two thirds of a pixel each: a pixel of the source is shared.
    let shared = Canvas::new(3, 1, &[30, 0, 0, 90, 0, 0, 30, 0, 0]).shrunk(1, (2, 1));
    assert_eq!([shared.at(0, 0), shared.at(1, 0)], [[50, 0, 0], [50, 0, 0]]);
    let same = canvas.shrunk(9, (320, 320));
    assert_eq!((same.width(), same.height()), (4, 3), "nothing is made larger");
    let tall = Canvas::new(108, 192, &[]).shrunk(192, (32, 32));
    assert_eq!((tall.width(), tall.height()), (18, 32));
    assert_eq!(Canvas::new(0, 0, &[]).shrunk(800, SCREEN).width(), 0);
}

#[test]
fn a_first_screen_that_is_no_small_file_loses_colours_and_then_itself() {
    let noise = |spread: usize| -> Vec<u8> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..320 * 200)
            .flat_map(|_| {
                let grey = usize::from(next()) % spread * (255 / (spread - 1));
                [grey as u8; 3]
            })
            .collect()
    };
    let shown = |spread| first_screen(&Canvas::new(320, 200, &noise(spread)), 200);
    assert!(shown(2).is_some_and(|one| one.png.len() <= SCREEN_BYTES * 4 / 3 + 4), "black and white");
    assert!(shown(256).is_none(), "it cannot be packed");
}

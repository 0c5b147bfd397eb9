use super::*;
use crate::facts::{links, text};
use crate::model::PageUrl;

fn all(html: &str, lang: &str, country: &str) -> Vec<Contact> {
    let lexicon = Lexicon::for_tests();
    let own = lexicon.words(lang);
    let words: Vec<&Words> = own.into_iter().collect();
    let page = PageUrl::parse("http://milltown.example/").expect("a valid address");
    let dom = Dom::parse(html, lexicon);
    let links = links::links(&dom, &page, &page.to_url(), own);
    let blocks = text::blocks(&dom);
    let sources = Sources { dom: &dom, blocks: &blocks, links: &links, forms: &[], host: page.host() };
    contacts(&sources, lexicon, &words, country)
}

#[track_caller]
fn check(html: &str, expected: &[(&str, &str)]) {
    check_in(html, "US", expected);
}

#[track_caller]
fn check_in(html: &str, country: &str, expected: &[(&str, &str)]) {
    let found: Vec<(String, String)> = all(html, "en", country).into_iter().map(|c| (c.kind, c.value)).collect();
    let expected: Vec<(String, String)> = expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    assert_eq!(found, expected, "{html}");
}

#[test]
fn phones_in_one_spelling() {
    check(
        "<p>Call (215) 555-0134 or 215.555.0135, fax: 215-555-0136.",
        &[("phone", "+12155550134"), ("phone", "+12155550135"), ("fax", "+12155550136")],
    );
    check("<p>Call 215-555-0134 ext. 22", &[("phone", "+12155550134;ext=22")]);
    check("<p>Call (215) 555-0134 x 22 today", &[("phone", "+12155550134;ext=22")]);
    check("<p>Meeting on 05/06/2024, years 2016-2017, permit 123-45", &[]);
    check("<p>Account 123-456-7890 and order 215-555-0134-77", &[]);
    check("<a href='tel:311'>311</a>", &[("phone", "311")]);
    check("<p>Call 311. Room 311 is closed.", &[("phone", "311")]);
    check("<p>Call 2155550134", &[("phone", "+12155550134")]);
    check("<p>Our number is 555-0134.", &[("phone", "5550134")]);
    check("<p>Call 1-800-555-TOWN or (844) TOW-NOFF", &[("phone", "+18005558696"), ("phone", "+18448696633")]);
    check("<p>TTY: 711, or 1-800-555-0199 (TTY)", &[("relay", "711"), ("relay", "+18005550199")]);
}

#[test]
fn numbers_of_other_countries() {
    check("<p>Phone +44 (0) 20 7946 0018", &[("phone", "+442079460018")]);
    check(
        "<p>Phone 020 7946 0018, <a href='mailto:a@milltown.example.uk'>a@milltown.example.uk</a>",
        &[("phone", "+442079460018"), ("email", "a@milltown.example.uk"), ("email", "a@milltown.example.uk")][..2],
    );
    check_in("<p>Tel. 020 7946 0018", "GB", &[("phone", "+442079460018")]);
    check_in("<p>Tél. 01 99 00 12 34 le 12 03 2024", "FR", &[("phone", "+33199001234")]);
}

#[test]
fn what_stands_beside_a_number_says_what_it_is() {
    check(
        "<table><tr><th>Desk</th><th>Phone</th><th>Fax</th></tr><tr><td>Deeds</td><td>215-555-0134</td><td>215-555-0136</td></tr></table>",
        &[("phone", "+12155550134"), ("fax", "+12155550136")],
    );
    check("<dl><dt>Fax</dt><dd>215-555-0136</dd></dl>", &[("fax", "+12155550136")]);
    check("<p>215-555-0136 (fax)", &[("fax", "+12155550136")]);
}

#[test]
fn mail_and_addresses() {
    check(
        "<p>Write to Clerk@Milltown.example. Visit 12 North Mill Street.",
        &[("email", "clerk@milltown.example"), ("address", "12 North Mill Street")],
    );
    check("<p>clerk [at] milltown [dot] example", &[("email", "clerk@milltown.example")]);
    check("<p>logo@2x.png", &[]);
    check("<p>The 5K Will Take Place at 9.", &[]);
    check(
        "<address>Town Hall<br>12 Mill Street, Suite 200<br>Alder Falls, PA 19104</address>",
        &[("address", "12 Mill Street, Suite 200 Alder Falls, PA 19104")],
    );
    check("<p>P.O. Box 1234", &[("address", "P.O. Box 1234")]);
}

#[test]
fn hours_over_several_lines_are_one_week() {
    check(
        "<h2>Hours</h2><table><tr><td>Monday</td><td>9 am - 5 pm</td></tr><tr><td>Tuesday</td><td>Closed</td></tr></table>",
        &[("hours", "Mo 09:00-17:00; Tu off")],
    );
    check("<ul><li>Mon-Fri: 9-5</li><li>Sat: 10-2</li></ul>", &[("hours", "Mo-Fr 09:00-17:00; Sa 10:00-14:00")]);
}

#[test]
fn a_length_of_time_is_no_opening_hours() {
    check("<p>It is done within 24 hours.", &[]);
    check("<p>Call 24 hours in advance.", &[]);
    check("<p>We are here 24 hours a day, 7 days a week.", &[("hours", "24/7")]);
}

#[test]
fn the_day_of_the_last_change_is_no_part_of_hours() {
    let html = "<p>Open Monday to Friday, 9 a.m. to 5 p.m.</p><p>Last updated: September 22, 2025</p>";
    let found = all(html, "en", "US");
    assert!(found.iter().any(|c| c.kind == "hours" && !c.seasonal), "{found:?}");
}

#[test]
fn a_dash_that_was_read_wrong_is_a_dash() {
    check("<p>Monday to Friday, 9 am â€“ 5 pm", &[("hours", "Mo-Fr 09:00-17:00")]);
}

#[test]
fn a_number_of_an_account_is_no_phone() {
    check("<p>Have your account number ready, such as 215-155-0134.", &[]);
    check("<p>Call 711 to be connected.", &[("relay", "711")]);
}

#[test]
fn the_cell_above_names_nothing_in_the_next_row() {
    let html = "<table><tr><td>Address<td>Rallying Point</tr><tr><td>12 Mill Street<td>Mill Park</tr></table>";
    assert!(all(html, "en", "US").iter().all(|c| c.label.is_empty()));
}

#[test]
fn whose_it_is() {
    let label = |html: &str| all(html, "en", "US").into_iter().map(|c| c.label).collect::<Vec<_>>();
    assert_eq!(label("<p>Records desk: 215-555-0134"), ["Records desk"]);
    assert_eq!(label("<dl><dt>Records desk</dt><dd>215-555-0134</dd></dl>"), ["Records desk"]);
    assert_eq!(label("<div class=vcard><b class=fn>Records desk</b><p>215-555-0134</p></div>"), ["Records desk"]);
}

#[test]
fn people_are_counted_and_not_named() {
    check("<p>Contact: Ada Fern, 215-555-0134", &[("phone", "+12155550134"), ("person", "person")]);
    check("<p>Contact: Records Department, 215-555-0134", &[("phone", "+12155550134")]);
}

#[test]
fn no_name_of_a_person_leaves_the_page() {
    let found = all("<p>Contact: Ada Fern, 215-555-0134", "en", "US");
    assert!(found.iter().all(|c| !format!("{c:?}").contains("Fern")), "{found:?}");
}

#[track_caller]
fn check_tel(href: &str, text: &str, expected: Option<bool>) {
    let lexicon = Lexicon::for_tests();
    let page = PageUrl::parse("http://milltown.example/").expect("a valid address");
    let dom = Dom::parse(&format!("<a href='{href}'>{text}</a>"), lexicon);
    let links = links::links(&dom, &page, &page.to_url(), lexicon.words("en"));
    assert_eq!(tel_agrees(&links[0]), expected);
}

#[test]
fn a_dialled_number_is_the_number_shown() {
    check_tel("tel:+1-215-555-0134", "(215) 555-0134", Some(true));
    check_tel("tel:2155550143", "(215) 555-0134", Some(false));
    check_tel("tel:2155550134;ext=5", "215-555-0134, extension 5", Some(true));
    check_tel("tel:18005550134", "Call us", None);
    check_tel("tel:18003569377", "1-800-FLOWERS", None);
    check_tel("tel:215%20555-0134", "215 555-0134", Some(true));
    check_tel("tel:2155550134,5", "(215) 555-0134 ext. 5", Some(true));
}

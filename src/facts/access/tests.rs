//! The cases of the specification of accessible names, and roles, focus and claims, as pages of our own.

use super::claims::Words;
use super::focus::{Focus, focus};
use super::name::{accessible_name, description};
use super::{claims, owned, slips};
use crate::facts::{Dom, Lexicon};
use crate::model::Exposure;

fn dom(html: &str) -> Dom {
    Dom::parse(html, Lexicon::for_tests())
}

fn x(dom: &Dom) -> u32 {
    dom.by_id("x").expect("the test marks its element with id x")
}

#[track_caller]
fn named(html: &str, expected: &str) {
    let dom = dom(html);
    assert_eq!(accessible_name(&dom, x(&dom)), expected, "{html}");
}

#[track_caller]
fn described(html: &str, expected: &str) {
    let dom = dom(html);
    assert_eq!(description(&dom, x(&dom)), expected, "{html}");
}

#[track_caller]
fn role(html: &str, expected: &str) {
    let dom = dom(html);
    assert_eq!(dom.role(x(&dom)).map_or("", |r| r.name), expected, "{html}");
}

#[test]
fn references_come_first_and_are_followed_once() {
    named(
        "<span id=l>Your</span> <a id=x href=/ aria-labelledby='l m' aria-label=no>Go</a><span id=m hidden>way</span>",
        "Your way",
    );
    named(
        "<button id=x aria-label=Delete aria-labelledby='x f'></button> <a id=f href=/>Parking permit</a>",
        "Delete Parking permit",
    );
    named("<p id=a aria-labelledby=b>A</p><p id=b>B</p><button id=x aria-labelledby=a>C</button>", "A");
    named("<button id=x aria-labelledby=x>C</button>", "C");
    named("<button id=x aria-labelledby=gone>C</button>", "C");
    named("<button id=x aria-labelledby=e>C</button><p id=e> </p>", "C");
    named(
        "<div id=e hidden><p aria-hidden=true>One</p><p hidden>two</p></div><button id=x aria-labelledby=e></button>",
        "One two",
    );
    named("<p id=e>One <b hidden>two</b></p><button id=x aria-labelledby=e></button>", "One");
    named("<img id=e alt='Milltown' src=a><button id=x aria-labelledby=e></button>", "Milltown");
    named("<button id=x><span aria-labelledby=e>no</span></button><p id=e>Bins</p>", "Bins");
}

#[test]
fn labels_of_authors_and_of_html() {
    named("<a id=x href=/ aria-label='Home page'>Go</a>", "Home page");
    named("<a id=x href=/ aria-label=' '>Go</a>", "Go");
    named("<label for=x>Name</label><input id=x>", "Name");
    named("<label>Size <input id=x> in feet</label>", "Size in feet");
    named("<label for=x>First</label><label for=x>second</label><input id=x>", "First second");
    named("<label for=x hidden>Name</label><input id=x>", "Name");
    named("<label>Two <input><input id=x></label>", "");
    named("<input id=x type=submit>", "submit");
    named("<input id=x type=button value=Search>", "Search");
    named("<input id=x type=image src=a>", "");
    named("<input id=x type=image alt=Search src=a>", "Search");
    named("<input id=x placeholder=Name>", "Name");
    named("<input id=x placeholder=Name title=Town>", "Town");
    named("<fieldset id=x><legend>Parking</legend></fieldset>", "Parking");
    named("<table id=x><caption>Fees</caption><tr><td>1</table>", "Fees");
    named("<figure id=x><img alt=a><figcaption>The old mill</figcaption></figure>", "The old mill");
    named("<iframe id=x src=/ title=Map></iframe>", "Map");
    named("<svg id=x role=img><title>Map</title><text>no</text></svg>", "Map");
    named("<svg><circle id=x role=graphics-symbol><title>Stop</title></circle></svg>", "Stop");
    named("<img id=x src=a alt='' title=Mill tabindex=0>", "Mill");
    named("<img id=x src=a title=Mill>", "Mill");
    named("<img id=x src=a alt='' title=Mill>", "");
    named("<select id=x><option>One</select>", "");
    named("<details><summary id=x>Opening times</summary></details>", "Opening times");
}

#[test]
fn controls_inside_a_label_give_their_value() {
    let page = |inner: &str| format!("<input type=checkbox id=x><label for=x>Flash the screen {inner} times</label>");
    named(&page("<input value=3>"), "Flash the screen 3 times");
    named(&page("<select><option>1<option selected>3</select>"), "Flash the screen 3 times");
    named(&page("<input type=range value=3>"), "Flash the screen 3 times");
    named(&page("<span role=slider aria-valuenow=3></span>"), "Flash the screen 3 times");
    named(&page("<span role=slider aria-valuetext=three aria-valuenow=3></span>"), "Flash the screen three times");
    named(&page("<textarea>3</textarea>"), "Flash the screen 3 times");
    named(&page("<input type=checkbox value=3>"), "Flash the screen times");
}

#[test]
fn names_from_content() {
    named("<a id=x href=/><img src=a alt='Milltown'> council</a>", "Milltown council");
    named("<a id=x href=/ title='Home'><img src=a alt=''></a>", "Home");
    named("<a id=x href=/><span title='Home'></span></a>", "Home");
    named("<button id=x><span aria-hidden=true>×</span></button>", "");
    named("<button id=x>Send<span hidden> now</span></button>", "Send");
    named("<button id=x><b>Se</b><i>nd</i></button>", "Send");
    named("<h2 id=x><div>Fees</div><div>and fines</div></h2>", "Fees and fines");
    named("<h2 id=x>Fees<br>and fines</h2>", "Fees and fines");
    named("<a id=x href=/><svg><title>Home</title></svg></a>", "Home");
    named("<a id=x href=/><img role=none alt=no></a>", "");
    named("<div id=x role=button>Send</div>", "Send");
    named("<div id=x>Words</div>", "");
    named("<div id=x role=group>Words</div>", "");
    named(
        "<button id=x><span style='visibility:hidden'>no<b style='visibility:visible'>Yes</b></span></button>",
        "Yes",
    );
    named("<ul><li id=x>Words</ul>", "");
}

#[test]
fn descriptions() {
    described("<input id=x aria-describedby=h><p id=h>Four digits</p>", "Four digits");
    described("<a id=x href=/ title='A map'>Map</a>", "A map");
    described("<a id=x href=/ title='A map'></a>", "");
    described("<a id=x href=/ aria-description='A map'>Map</a>", "A map");
}

#[test]
fn roles_by_kind_and_by_attribute() {
    role("<a id=x href=/>a</a>", "link");
    role("<a id=x>a</a>", "generic");
    role("<a id=x href=/ role='foo Button link'>a</a>", "button");
    role("<a id=x href=/ role=none>a</a>", "link");
    role("<p id=x role=none>a</p>", "none");
    role("<p id=x role=presentation aria-live=polite>a</p>", "paragraph");
    role("<img id=x alt=''>", "none");
    role("<img id=x alt='' aria-label=Mill>", "img");
    role("<img id=x alt='' tabindex=0>", "img");
    role("<header id=x></header>", "banner");
    role("<article><header id=x></header></article>", "generic");
    role("<section id=x></section>", "generic");
    role("<section id=x aria-label=News></section>", "region");
    role("<ul role=none><li id=x>a</ul>", "generic");
    role("<table role=grid><tr><td id=x>a</table>", "gridcell");
    role("<table role=none><tr><td id=x>a</table>", "generic");
    role("<table><tr><th id=x>a<td>b</table>", "rowheader");
    role("<table><tr><th id=x>a<th>b</table>", "columnheader");
    role("<select id=x></select>", "combobox");
    role("<select id=x size=4></select>", "listbox");
    role("<input id=x type=search list=l>", "combobox");
    role("<input id=x type=password>", "");
    role("<div id=x role=widget></div>", "generic");
}

#[test]
fn focus_and_exposure() {
    let check = |html: &str, expected: Focus| {
        let dom = dom(html);
        assert_eq!(focus(&dom, x(&dom)), expected, "{html}");
    };
    check("<a id=x href=/>a</a>", Focus::Tab);
    check("<a id=x>a</a>", Focus::No);
    check("<a id=x href=/ tabindex=-1>a</a>", Focus::Given);
    check("<p id=x tabindex=' 2x'>a</p>", Focus::Tab);
    check("<button id=x disabled>a</button>", Focus::No);
    check("<fieldset disabled><input id=x></fieldset>", Focus::No);
    check("<fieldset disabled><legend><input id=x></legend></fieldset>", Focus::Tab);
    check("<div inert><input id=x></div>", Focus::No);
    check("<div hidden><input id=x></div>", Focus::No);
    check("<div contenteditable id=x></div>", Focus::Tab);
    check("<details><summary id=x>a</summary></details>", Focus::Tab);
    let exposed = |html: &str| {
        let dom = dom(html);
        (dom.node(x(&dom)).exposure, dom.in_tree(x(&dom)))
    };
    let (yes, no) = (Exposure::Exposed, Exposure::Hidden);
    assert_eq!(exposed("<div aria-hidden=true><p id=x>a</div>"), (yes, no));
    assert_eq!(exposed("<div hidden style='display:block'><p id=x>a</div>"), (yes, yes));
    assert_eq!(exposed("<div popover><p id=x>a</div>"), (no, no));
    assert_eq!(exposed("<div style='visibility:hidden'><p id=x style='visibility:visible'>a</div>"), (yes, yes));
    assert_eq!(exposed("<div><template shadowrootmode=open><p id=x>a</template></div>"), (yes, yes));
}

#[test]
fn claims_are_checked_against_the_role() {
    let page = dom("<div id=x role=checkbox aria-checked=maybe aria-sort=none aria-colour=red></div>");
    assert_eq!(claims::undefined(&page, x(&page)), "aria-colour");
    assert_eq!(claims::invalid(&page, x(&page)), "aria-checked=\"maybe\"");
    assert_eq!(claims::unsupported(&page, x(&page)), "aria-sort");
    let page = dom("<div id=x role=slider></div>");
    assert_eq!(claims::missing(&page, x(&page)), "aria-valuenow");
    let page = dom("<p id=x aria-hidden=yes>a</p>");
    assert!(page.marked(x(&page), super::HAS_ARIA));
    assert_eq!(claims::invalid(&page, x(&page)), "aria-hidden=\"yes\"");
    let page = dom("<input id=x type=checkbox role=switch>");
    assert_eq!(claims::missing(&page, x(&page)), "");
    let page = dom("<p id=x aria-label=a>b</p>");
    assert_eq!(claims::prohibited(&page, x(&page)), "aria-label");
}

#[test]
fn ownership_goes_through_what_means_nothing() {
    let page = dom("<div role=list><div><div id=x role=listitem>a</div></div></div>");
    assert_eq!(claims::misplaced(&page, x(&page)), "");
    let page = dom("<div role=list><p><span id=x role=listitem>a</span></p></div>");
    assert_eq!(claims::misplaced(&page, x(&page)), "list, directory");
    let page = dom("<div role=list aria-owns=x></div><div id=x role=listitem>a</div>");
    assert_eq!(claims::misplaced(&page, x(&page)), "");
    let page = dom("<div id=x role=list><div><a href=/>a</a></div><span role=listitem>b</span></div>");
    assert_eq!(claims::wrong_children(&page, x(&page)), "link");
    assert_eq!(owned::children(&page, x(&page)).len(), 2);
    let branch = "<div role=tree><div role=treeitem>a<div role=group><div id=x role=treeitem>b</div></div></div></div>";
    let page = dom(branch);
    assert_eq!(claims::misplaced(&page, x(&page)), "");
    let page = dom("<ul id=x><div></div></ul>");
    assert_eq!(claims::wrong_children(&page, x(&page)), "none");
    let page = dom("<ul id=x></ul>");
    assert_eq!(claims::wrong_children(&page, x(&page)), "");
    let page = dom("<div role=list><div aria-live=polite><p id=x role=listitem>a</p></div></div>");
    assert_eq!(claims::misplaced(&page, x(&page)), "list, directory");
}

#[test]
fn what_only_a_script_can_focus_is_no_control() {
    let check = |html: &str, expected: bool| {
        let dom = dom(html);
        assert_eq!(slips::is_in_control(&dom, x(&dom)), expected, "{html}");
    };
    check("<main tabindex=-1><p><span id=x onclick=a()>Rules</span></p></main>", false);
    check("<div tabindex=0><span id=x onclick=a()>Rules</span></div>", true);
    check("<ul role=tree><li role=treeitem tabindex=-1><span id=x onclick=a()>Rules</span></li></ul>", true);
    check("<label><span id=x onclick=a()>Rules</span></label>", true);
}

#[test]
fn names_hold_the_words_in_sight() {
    let check = |html: &str, expected: Words| {
        let dom = dom(html);
        assert_eq!(claims::words_in_name(&dom, x(&dom)), expected, "{html}");
    };
    check("<a id=x href=/ aria-label='Send it'>Send (now)</a>", Words::InName);
    check("<a id=x href=/ aria-label='Send it'>Send…</a>", Words::InName);
    check("<a id=x href=/ aria-label='Re-use the form'>Reuse</a>", Words::InName);
    check("<a id=x href=/ aria-label='Mill Street'>Mill St.</a>", Words::InName);
    check("<a id=x href=/ aria-label='Close'>x</a>", Words::NotAbout);
    check("<a id=x href=/>Send</a>", Words::NotAbout);
    check("<a id=x href=/ aria-label='Go'>Send it</a>", Words::LeftOut("Send it".to_owned()));
    check("<a id=x href=/ aria-label='Go'>Go <b class=sr>there</b></a>", Words::Unknown);
}

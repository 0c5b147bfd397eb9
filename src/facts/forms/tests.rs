use super::*;
use crate::facts::Lexicon;

fn read(html: &str) -> Vec<Form> {
    let lexicon = Lexicon::for_tests();
    let page = PageUrl::parse("http://milltown.example/permit/").expect("a valid address");
    let dom = Dom::parse(html, lexicon);
    forms(&dom, &page, &page.to_url(), lexicon.words("en"), lexicon.forms()).seen
}
#[track_caller]
fn check_questions(html: &str, expected: usize) {
    assert_eq!(read(html).iter().map(Form::questions).sum::<usize>(), expected);
}

#[test]
fn questions_are_what_a_person_answers() {
    check_questions("<form><input type=hidden name=t><input name=a><button>Go</button></form>", 1);
    check_questions("<form><input type=radio name=a><input type=radio name=a><input type=checkbox name=b></form>", 2);
    check_questions("<form id=f></form><input form=f name=a><p><input name=b></p>", 2);
    check_questions("<form hidden><input name=a></form>", 0);
    let honeypot = "<div style='position: absolute; left: -5000px'><input name=b_12 tabindex=-1></div>";
    check_questions(&format!("<form><input name=a>{honeypot}</form>"), 1);
}

#[test]
fn kinds_come_from_tokens_types_and_words() {
    let kinds = |html: &str| read(html)[0].fields.iter().map(|f| f.kind.clone()).collect::<Vec<_>>();
    assert_eq!(
        kinds(
            "<form><input autocomplete='section-a given-name'><input type=email><label>Last name <input></label><input name=zipCode></form>"
        ),
        ["given-name", "email", "family-name", "postal-code"]
    );
}

#[test]
fn groups_need_a_name() {
    let groups = |html: &str| read(html)[0].fields[0].in_group;
    assert_eq!(groups("<form><input type=radio name=a><input type=radio name=a></form>"), Some(false));
    assert_eq!(
        groups(
            "<form><fieldset><legend>Size</legend><input type=radio name=a><input type=radio name=a></fieldset></form>"
        ),
        Some(true)
    );
    assert_eq!(groups("<form><input type=checkbox name=a></form>"), None);
}

#[test]
fn kinds_of_forms() {
    let kind = |html: &str| read(html)[0].kind.clone();
    assert_eq!(kind("<form role=search><input name=q></form>"), "search");
    assert_eq!(kind("<form><input name=user><input type=password name=p><button>Sign in</button></form>"), "login");
    assert_eq!(
        kind("<h2>Contact us</h2><form><input type=email><textarea></textarea><button>Send message</button></form>"),
        "contact"
    );
}

#[test]
fn choices_are_one_question_and_so_are_the_parts_of_a_date() {
    check_questions(
        "<form><fieldset><legend>Topics</legend><input type=checkbox name=t[1]><input type=checkbox name=t[2]></fieldset></form>",
        1,
    );
    check_questions("<form><input name=birth_day><input name=birth_month><input name=birth_year></form>", 1);
    check_questions("<form><div role=textbox aria-label=Name></div><input name=b></form>", 2);
    check_questions(
        "<form><div role=radiogroup aria-label=Size><span role=radio>S</span><span role=radio>L</span></div></form>",
        1,
    );
    check_questions("<form><my-text-field name=a></my-text-field></form>", 1);
    check_questions("<form><my-text-field><input name=a></my-text-field></form>", 1);
}

#[test]
fn a_form_between_rows_of_a_table_keeps_its_fields() {
    let forms = read("<table><form action=/a><tr><td>Name</td><td><input name=a></td></tr></form></table>");
    assert_eq!((forms.len(), forms[0].implicit, forms[0].questions()), (1, false, 1));
}

#[test]
fn hints_groups_marks_and_limits_are_read() {
    let form = &read(
        "<form><fieldset><legend>Owner</legend><div><label for=z>ZIP code *</label> <span>Five digits, as on your letter</span><input id=z name=zip maxlength=5 pattern='[0-9]{5}'></div></fieldset></form>",
    )[0];
    let field = &form.fields[0];
    assert_eq!((field.hint.as_str(), field.has_hint), ("Five digits, as on your letter", false));
    assert_eq!((field.group.as_str(), field.mark), ("Owner", Mark::Star));
    assert_eq!((field.limits.maxlength, field.limits.pattern.as_deref()), (Some(5), Some("[0-9]{5}")));
}

#[test]
fn burden_adds_up_and_names_what_takes_longest() {
    let form =
        &read("<form><label>Name <input name=n></label><label>Plans <textarea name=p></textarea></label></form>")[0];
    let burden = &form.burden;
    let parts: f64 = burden.reading + burden.ways.iter().map(|w| w.minutes).sum::<f64>();
    assert!((burden.minutes - parts).abs() < 0.01, "{burden:?}");
    assert_eq!(burden.longest[0].label, "Plans");
    assert!(burden.deviation > 0.5 && burden.deviation < burden.minutes);
}

#[test]
fn the_work_grows_with_the_number_of_fields_and_no_faster() {
    let page = |n: usize| {
        let fields: String = (0..n).map(|i| format!("<p><label>Name {i} <input name=n{i}></label>")).collect();
        format!("<form action=/a><fieldset><legend>Who</legend>{fields}</fieldset><button>Send</button></form>")
    };
    assert_eq!(read(&page(20_000))[0].questions(), 20_000);
    // All fields in one label, and one description for all: the text read for each is bounded.
    let hostile = format!(
        "<form><label>{}</label><div id=w>{}</div></form>",
        "<input id=q aria-labelledby='w w w' aria-describedby=w>".repeat(5_000),
        "<b>x</b> ".repeat(5_000)
    );
    let forms = read(&hostile);
    assert!(forms[0].fields.iter().all(|f| f.accessible_name.chars().count() <= 301));
}

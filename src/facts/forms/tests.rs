use super::*;
use crate::facts::Lexicon;

fn read(html: &str) -> Vec<Form> {
    let lexicon = Lexicon::for_tests();
    let page = PageUrl::parse("http://milltown.example/permit/").expect("a valid address");
    let dom = Dom::parse(html, &lexicon);
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

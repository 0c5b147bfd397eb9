use super::*;

fn read(source: &str) -> Script {
    let mut script = Script::default();
    script.add(source);
    script
}

#[test]
fn an_idle_timer_with_a_warning_is_understood() {
    let script = read(
        "const IDLE = 60 * 1000; let t;\n\
         function goHome() { sessionStorage.clear(); location.href = '/'; }\n\
         function warn() { document.getElementById('still').showModal(); t = setTimeout(goHome, 20000); }\n\
         function arm() { clearTimeout(t); t = setTimeout(warn, IDLE); }\n\
         ['pointerdown', 'keydown'].forEach(e => document.addEventListener(e, arm)); arm();",
    );
    assert!(script.leaves && script.warns && script.rearms && script.empties);
    assert_eq!((script.seconds, script.warning), (Some(80.0), Some(20.0)));
    assert_eq!(script.leaves_to, ["/"]);
}

#[test]
fn an_idle_timer_without_a_warning_is_none() {
    let script =
        read("let t; function arm(){clearTimeout(t);t=setTimeout(()=>{window.location.replace('/start')},45e3)}");
    assert!(script.leaves && !script.warns && script.rearms);
    assert_eq!(script.seconds, Some(45.0));
    let two = read("setTimeout(() => box.hidden = false, 40000); setTimeout(() => location.reload(), 60000);");
    assert_eq!((two.warns, two.warning, two.seconds), (true, Some(20.0), Some(60.0)));
    let other = read("setTimeout(() => box.classList.add('in'), 300);");
    assert!(!other.leaves && !other.warns);
}

#[test]
fn windows_of_the_browser_are_told_from_functions_of_the_same_name() {
    let script = read("window.print(); if (confirm('Sure?')) { window.open('/map'); } dialog.alert('x'); form.print()");
    assert_eq!(script.dialogs.iter().map(String::as_str).collect::<Vec<_>>(), ["confirm"]);
    assert!(script.prints && script.opens);
    assert!(read("function confirm(text) { show(text); } confirm('x');").dialogs.is_empty());
    assert!(read("// alert('x')\n'alert(1)'").dialogs.is_empty());
}

#[test]
fn ways_and_what_is_kept_are_read() {
    let script = read(
        "go.onclick = () => { location = '/pay'; }; localStorage.setItem('lastName', v); localStorage.lang = 'es'; history.back(); x = location.href == '/no'",
    );
    assert_eq!((script.to, script.goes_back), (vec!["/pay".to_owned()], true));
    assert_eq!(script.keeps.iter().map(String::as_str).collect::<Vec<_>>(), ["lang", "lastName"]);
    assert!(read("location.href = '/step/' + n").to.is_empty());
}

#[test]
fn names_of_a_bundle_belong_to_their_blocks() {
    let script = read(
        "!function(){var t,e=9e4,n=3e4;function o(){location.replace('index.html')}\
         function i(){box.classList.add('on'),t=setTimeout(o,n)}function r(){clearTimeout(t),t=setTimeout(i,e)}\
         function a(e){var n=e.target;n&&(e=1)}r()}();",
    );
    assert_eq!((script.seconds, script.warning), (Some(120.0), Some(30.0)));
    // What another function sets later, or is handed, nobody knows.
    assert_eq!(read("var e=9e4;function q(){e=5}setTimeout(function(){location='/'},e)").seconds, None);
    assert_eq!(read("function q(e){setTimeout(function(){location='/'},e)}var e=9e4").seconds, None);
}

#[test]
fn a_listener_that_only_notes_that_somebody_is_there_makes_no_button_act() {
    let arm = "function arm(){clearTimeout(t);t=setTimeout(function(){location.href='/'},9e4)}";
    assert!(!read(&format!("{arm} document.addEventListener('click', arm)")).handles);
    assert!(!read(&format!("{arm} window.addEventListener('pointerdown', () => arm(), true)")).handles);
    assert!(read(&format!("{arm} button.addEventListener('click', arm)")).handles);
    assert!(read("document.addEventListener('click', e => act(e.target))").handles);
    assert!(read("document.addEventListener('click', show); function show(){ menu.hidden = false }").handles);
    assert!(read("document.addEventListener('click', made_elsewhere)").handles);
}

#[test]
fn an_address_in_an_attribute_is_told_from_one_that_is_put_together() {
    assert!(!read("location.href = e.target.dataset.href; location = b.getAttribute('data-to');").anywhere);
    assert!(read("location.href = '/step/' + n").anywhere);
    assert!(read("location.href = b.dataset.href + n").anywhere && read("form.submit()").anywhere);
    assert!(!read("location.reload()").anywhere && read("w.location.href = '/x'").anywhere);
    assert_eq!((read("import { go } from './go.js'").unread, read("import.meta.url").unread), (1, 0));
}

#[test]
fn hostile_scripts_end() {
    read(&"setTimeout(".repeat(20_000));
    read(&"function a(){a();".repeat(5_000));
    read(&"f(){".repeat(20_000));
    read(&"document.addEventListener('click',f);".repeat(5_000));
    read(&"setTimeout(a,e*e*e);function(e){var e=".repeat(5_000));
    assert_eq!(read(&" ".repeat(BYTES + 1)).unread, 1);
}

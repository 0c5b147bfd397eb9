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
fn hostile_scripts_end() {
    read(&"setTimeout(".repeat(20_000));
    read(&"function a(){a();".repeat(5_000));
    read(&"f(){".repeat(20_000));
    assert_eq!(read(&" ".repeat(BYTES + 1)).unread, 1);
}

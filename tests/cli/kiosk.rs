//! Kiosks as their operators meet them: what is printed, what was assumed, and screens that were listed by hand.

use crate::house::{House, fixture};

const AUDIT: [&str; 6] = ["audit", "screens", "--profile", "kiosk", "--out", "out"];

#[test]
fn what_was_assumed_and_what_is_open_is_told() {
    let house = House::new();
    house.write(
        "plainway.toml",
        "[kiosk]\npixels = \"1080x1920\"\ndiagonal_inches = 32\n\
         [[kiosk.attestation]]\nitem = \"receipt\"\ndevice = \"K-200\"\nresult = \"met\"\nwho = \"Facilities\"\non = \"2026-03-01\"\nevidence = \"paper 3\"\n",
    );
    let said = house.ok(&["audit", &fixture("kiosks/clinic-good"), "--profile", "kiosk", "--out", "out"]);
    assert!(said.contains("Assumed of the kiosk: distance_mm 600, keyboard yes"), "{said}");
    assert!(!said.contains("pixels") && said.contains("Kiosk: out/kiosk.html"), "{said}");
    assert!(said.contains("items that nobody attested"), "{said}");
    let html = std::fs::read_to_string(house.path("out/kiosk.html")).expect("the page was written");
    assert!(html.contains("paper 3") && html.contains("assumed by us"));
}

#[test]
fn screens_that_are_listed_by_hand_give_flows() {
    let house = House::new();
    // One page draws them all: what comes after `#` tells them apart.
    house.write(
        "screens/index.html",
        "<!doctype html><html lang=en><title>Kiosk</title><main><h1>Welcome</h1><p>Touch a button to begin.</p>\
         <p><a href='#/pay'>Pay a bill</a> <a href='#/map'>See the map</a></p></main><script src=app.js></script></html>",
    );
    house.write("screens/app.js", "addEventListener('hashchange', () => { main.innerHTML = pages[location.hash] })");
    let flows = |house: &House| -> Vec<(String, bool)> {
        house.ok(&AUDIT);
        let audit = house.audit("out");
        let tasks = audit["score"]["tasks"].as_array().expect("tasks are a list").clone();
        tasks.iter().map(|t| (t["name"].as_str().unwrap_or("").to_owned(), t["blocked"] == true)).collect()
    };
    assert_eq!(flows(&house), []);
    house.write(
        "plainway.toml",
        "[[kiosk.screen]]\naddress = \"/#/\"\nname = \"Welcome\"\nnext = [\"/#/pay\", \"/#/map\"]\n\
         [[kiosk.screen]]\naddress = \"/#/pay\"\nname = \"Pay\"\nnext = [\"/#/done\"]\n\
         [[kiosk.screen]]\naddress = \"/#/map\"\nname = \"Map\"\n[[kiosk.screen]]\naddress = \"/#/done\"\nname = \"Paid\"\n",
    );
    assert_eq!(flows(&house), [("Map".to_owned(), false), ("Paid".to_owned(), false)]);
}

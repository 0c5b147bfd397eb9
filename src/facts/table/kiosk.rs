//! Facts of the screens of a kiosk; they do not apply to pages of a website.

use super::{SCRIPT, Value, number, size, text};
use crate::facts::dom::Dom;
use crate::facts::forms::{Field, PERSONAL};
use crate::facts::kiosk::{By, Kiosk, Move, Script, capital, is_own, purpose, reach};
use crate::facts::page::PageFacts;
use crate::facts::site::{SiteFacts, Sure};
use crate::facts::style::{Measure, has_own_text, shows_by_hover, target_bounds, target_size};
use crate::model::{Idle, Region, Terminal};

const STYLES: &str = "the styles of the screen were not worked out, or it has no text";
const HIDDEN: &str = "a script that was not read, or a server, decides this; an audit of the rendered screen can tell";
const WORDS: &str = "the words of this language for the controls of a kiosk are not known";

/// A fact of the screen; it does not apply to pages of a website.
fn screen(page: &PageFacts, read: impl FnOnce(&Kiosk) -> Value) -> Value {
    page.kiosk.as_ref().map_or(Value::Absent, |kiosk| read(kiosk))
}

/// Whether some control is for that; unknown where the words are not, or where a script draws the screen.
fn offers(page: &PageFacts, wanted: u16) -> Value {
    screen(page, |kiosk| match kiosk.moves.iter().any(|m| m.is_for(wanted)) {
        true => Value::Flag(true),
        false if page.drawn_by_script => Value::Unknown(SCRIPT),
        false if !kiosk.words_known => Value::Unknown(WORDS),
        false => Value::Flag(false),
    })
}

/// What scripts do: yes is told as soon as one does, no only where all were read.
fn done(page: &PageFacts, is: impl FnOnce(&Script) -> bool) -> Value {
    screen(page, |kiosk| match is(&kiosk.script) {
        true => Value::Flag(true),
        false if kiosk.script.unread > 0 => Value::Unknown(HIDDEN),
        false => Value::Flag(false),
    })
}

fn words_of<'a>(page: &'a PageFacts, of: impl FnOnce(&'a Kiosk) -> Vec<&'a str>) -> Value {
    let Some(kiosk) = page.kiosk.as_deref() else { return Value::Absent };
    let words = of(kiosk);
    match words.is_empty() {
        true if kiosk.script.unread > 0 => Value::Unknown(HIDDEN),
        true => text(""),
        false => text(&words.join(", ")),
    }
}

/// What the screen did in a browser when nobody touched it; nothing where a timer of its source takes longer than it was watched.
fn watched(page: &PageFacts) -> Option<Idle> {
    let kiosk = page.kiosk.as_ref()?;
    let is_longer =
        |idle: &Idle| kiosk.script.seconds.is_some_and(|s| kiosk.script.leaves && s > seconds(idle.watched));
    kiosk.idle.filter(|idle| idle.left.is_some() || !is_longer(idle))
}

fn seconds(tenths: u32) -> f64 {
    f64::from(tenths) / 10.0
}

/// Whether anything leaves the screen after a time, be it a script or the page itself.
fn idle_reset(page: &PageFacts) -> Value {
    if page.kiosk.is_some() && page.refresh_seconds.is_some() {
        return Value::Flag(true);
    }
    match watched(page) {
        Some(idle) => Value::Flag(idle.left.is_some()),
        None => done(page, |script| script.leaves),
    }
}

fn idle_warning(page: &PageFacts) -> Value {
    if let Some(idle) = watched(page) {
        return idle.left.map_or(Value::Absent, |_| Value::Flag(idle.warned.is_some()));
    }
    screen(page, |kiosk| match (kiosk.script.leaves, page.refresh_seconds) {
        (true, _) if kiosk.script.warns => Value::Flag(true),
        (true, _) | (false, Some(_)) if kiosk.script.unread > 0 => Value::Unknown(HIDDEN),
        (true, _) | (false, Some(_)) => Value::Flag(false),
        (false, None) => Value::Absent,
    })
}

fn idle_seconds(page: &PageFacts) -> Value {
    if let Some(idle) = watched(page).filter(|_| page.refresh_seconds.is_none()) {
        return idle.left.map_or(Value::Absent, |left| number(seconds(left)));
    }
    screen(page, |kiosk| match (kiosk.script.leaves, kiosk.script.seconds) {
        (false, _) => Value::Absent,
        (true, Some(seconds)) => number(seconds),
        (true, None) => Value::Unknown("the source does not say how long the timer waits"),
    })
}

fn idle_warning_seconds(page: &PageFacts) -> Value {
    if let Some(idle) = watched(page) {
        let between = idle.left.zip(idle.warned);
        return between.map_or(Value::Absent, |(left, warned)| number(seconds(left.saturating_sub(warned))));
    }
    screen(page, |k| k.script.warning.map_or(Value::Absent, number))
}

fn more_time(page: &PageFacts) -> Value {
    match watched(page) {
        Some(Idle { left: Some(_), warned: Some(_), extended: Some(extended), .. }) => return Value::Flag(extended),
        Some(Idle { warned: None, .. }) => return Value::Absent,
        _ => {}
    }
    screen(page, |kiosk| {
        if !kiosk.script.warns {
            return Value::Absent;
        }
        match kiosk.more_time || kiosk.moves.iter().any(|m| m.is_for(purpose::MORE_TIME)) {
            true => Value::Flag(true),
            false if !kiosk.words_known => Value::Unknown(WORDS),
            // The dialog may be made by the script.
            false if !kiosk.script.rearms || kiosk.script.unread > 0 => Value::Unknown(HIDDEN),
            false => Value::Flag(false),
        }
    })
}

/// Choices that the screen puts before a person, beside what every screen has.
fn choices(page: &PageFacts) -> Value {
    screen(page, |kiosk| {
        // A key for one letter or digit is no choice.
        let is_key = |m: &&Move| !m.leads() && m.text.chars().nth(1).is_none();
        let own = kiosk.moves.iter().filter(|m| m.region == Region::Main && !is_key(m));
        size(
            own.filter(|m| !m.text.is_empty())
                .filter(|m| m.purposes & (purpose::FRAME | purpose::CANCEL) == 0 || m.is_for(purpose::LANGUAGE))
                .count(),
        )
    })
}

fn questions(page: &PageFacts) -> Value {
    screen(page, |_| size(page.forms.iter().map(crate::facts::Form::questions).sum()))
}

fn typed(page: &PageFacts) -> Value {
    screen(page, |kiosk| {
        let is_typed = |f: &&Field| {
            matches!(
                f.control.as_str(),
                "text" | "textarea" | "number" | "tel" | "email" | "password" | "search" | "url"
            )
        };
        let fields = page.forms.iter().flat_map(|f| &f.fields).filter(|f| is_typed(f) && !f.traits.readonly);
        if kiosk.has.keyboard { Value::Absent } else { size(fields.count()) }
    })
}

fn of_kind(page: &PageFacts, by: By) -> Value {
    screen(page, |kiosk| size(kiosk.moves.iter().filter(|m| m.by == by).count()))
}

fn exits(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.screen_exits(page) {
        None => Value::Absent,
        Some((0, true)) => Value::Unknown(HIDDEN),
        Some((n, _)) => size(n),
    }
}

fn sure(told: Option<Sure>) -> Value {
    match told {
        None => Value::Absent,
        Some(Sure::Yes) => Value::Flag(true),
        Some(Sure::No) => Value::Flag(false),
        Some(Sure::Unknown) => Value::Unknown(HIDDEN),
    }
}

fn flag(told: Option<bool>) -> Value {
    told.map_or(Value::Absent, Value::Flag)
}

/// Something of the way through the kiosk, told on its first screen.
fn of_flow(site: &SiteFacts, page: &PageFacts, read: impl FnOnce((usize, f64)) -> f64) -> Value {
    match site.is_first_screen(page) {
        Some(true) => site.longest_flow().map_or(Value::Absent, |flow| Value::Number(read(flow))),
        _ => Value::Absent,
    }
}

/// What a field keeps or shows of a person.
fn is_personal(field: &Field) -> bool {
    PERSONAL.contains(&field.kind.as_str()) || field.is_sensitive()
}

fn capital_mm(dom: &Dom, i: u32) -> Value {
    let Some(terminal) = dom.terminal() else { return Value::Absent };
    match dom.looks().why_unknown() {
        Some(why) if has_own_text(dom, i) => Value::Unknown(why),
        _ => capital(dom, i).map_or(Value::Absent, |pixels| Value::Number(pixels * terminal.mm_per_pixel())),
    }
}

fn target(dom: &Dom, i: u32) -> Value {
    let Some(terminal) = dom.terminal() else { return Value::Absent };
    match target_size(dom, dom.looks(), i) {
        Measure::None => Value::Absent,
        Measure::Unknown(why) => match target_bounds(dom, dom.looks(), i) {
            Some((least, most)) => Value::Between(least * terminal.mm_per_pixel(), most * terminal.mm_per_pixel()),
            None => Value::Unknown(why),
        },
        Measure::Is(pixels) => Value::Number(pixels * terminal.mm_per_pixel()),
        Measure::Between(least, most) => {
            Value::Between(least * terminal.mm_per_pixel(), most * terminal.mm_per_pixel())
        }
    }
}

fn placed(dom: &Dom, read: impl FnOnce(&Terminal) -> Result<Option<f64>, &'static str>) -> Value {
    match dom.terminal().map(read) {
        None | Some(Ok(None)) => Value::Absent,
        Some(Ok(Some(mm))) => Value::Number(mm),
        Some(Err(why)) => Value::Unknown(why),
    }
}

fn mounted(site: &SiteFacts, read: impl FnOnce(&Terminal) -> Option<f64>) -> Value {
    let Some(screens) = &site.screens else { return Value::Absent };
    read(&screens.terminal).map_or(Value::Absent, Value::Number)
}

facts! {
    "page.exits", "screens", "Screens that controls of this one lead to, and that are there; of a kiosk.", SitePage exits;
    "page.returns", "yes/no", "From this screen of a kiosk a way leads back to the first one; does not apply there.", SitePage |s, p| sure(s.screen_returns(p));
    "page.reached", "yes/no", "A way leads to this screen from the first one of a kiosk.", SitePage |s, p| sure(s.screen_is_reached(p));
    "page.first_screen", "yes/no", "A visit at the kiosk begins on it.", SitePage |s, p| flag(s.is_first_screen(p));
    "page.help_screen", "yes/no", "Help on other screens of the kiosk leads to it.", SitePage |s, p| flag(s.is_help_screen(p));
    "page.last_screen", "yes/no", "A visit at the kiosk ends on it, with something done.", SitePage |s, p| flag(s.is_last_screen(p));
    "page.help_elsewhere", "yes/no", "Help stands elsewhere than on most screens of the kiosk.", SitePage |s, p| flag(s.screen_moves(p, purpose::HELP));
    "page.start_over_elsewhere", "yes/no", "The control to start over stands in another part of the screen than on most.", SitePage |s, p| flag(s.screen_moves(p, purpose::START_OVER));
    "page.loses_language", "screens", "Screens in another language that it leads to by controls which are no choice of language; does not apply to the first screen.", SitePage |s, p| s.language_lost(p).map_or(Value::Absent, size);
    "page.flow_screens", "screens", "Screens of the longest way through the kiosk to where something is done; told on the first screen.", SitePage |s, p| of_flow(s, p, |(screens, _)| screens as f64);
    "page.flow_minutes", "minutes", "Minutes of reading and filling in on the way that takes longest; told on the first screen.", SitePage |s, p| of_flow(s, p, |(_, minutes)| minutes);
    "page.session_cleared", "yes/no", "What screens of the kiosk keep of a person is thrown away somewhere; told on the first screen, where something is kept.", SitePage |s, p| match s.is_first_screen(p) {
        Some(true) => flag(s.session_is_cleared()),
        _ => Value::Absent,
    };
    "page.offers_start_over", "yes/no", "A control of the screen begins anew.", Page |p| offers(p, purpose::START_OVER);
    "page.offers_help", "yes/no", "A control of the screen offers help or a person.", Page |p| offers(p, purpose::HELP);
    "page.offers_back", "yes/no", "A control of the screen leads to the one before.", Page |p| offers(p, purpose::BACK);
    "page.commits", "yes/no", "A control of the screen pays, sends or signs.", Page |p| offers(p, purpose::COMMIT);
    "page.offers_cancel", "yes/no", "A control of the screen stops what was begun, or begins anew.", Page |p| offers(p, purpose::CANCEL | purpose::START_OVER);
    "page.offers_language", "yes/no", "A control of the screen leads to another language.", Page |p| offers(p, purpose::LANGUAGE);
    "page.languages_set", "languages", "How many languages the settings name.", Page |p| screen(p, |k| number(k.languages));
    "page.offers_larger_text", "yes/no", "A control of the screen makes letters larger.", Page |p| offers(p, purpose::LARGER_TEXT);
    "page.offers_contrast", "yes/no", "A control of the screen makes the contrast stronger.", Page |p| offers(p, purpose::CONTRAST);
    "page.offers_audio", "yes/no", "A control of the screen lets people hear it; does not apply to kiosks without sound.", Page |p| screen(p, |k| if k.has.sound { offers(p, purpose::AUDIO) } else { Value::Absent });
    "page.offers_volume", "yes/no", "A control of the screen makes the sound louder or softer.", Page |p| offers(p, purpose::VOLUME);
    "page.sounds", "yes/no", "A script of the screen plays or speaks something.", Page |p| done(p, |s| s.plays || s.speaks);
    "page.choices", "choices", "Controls among which a person chooses, beside those that every screen has.", Page choices;
    "page.screen_questions", "questions", "Questions that the screen asks; of a kiosk.", Page questions;
    "page.screen_words", "words", "Words of the main content of a screen of a kiosk.", Page |p| screen(p, |_| number(p.main_words));
    "page.typed_fields", "fields", "Fields to type in, at a kiosk without keys on its screen.", Page typed;
    "page.dead_controls", "controls", "Controls of a screen that do nothing.", Page |p| of_kind(p, By::Nowhere);
    "page.app_controls", "controls", "Controls of a screen that call an app which a kiosk does not have: phone, mail, messages.", Page |p| of_kind(p, By::App);
    "page.browser_windows", "names", "Windows of the browser that scripts of the screen open: alert, confirm, prompt, beforeunload.", Page |p| words_of(p, |k| k.script.dialogs.iter().map(String::as_str).collect());
    "page.opens_windows", "yes/no", "A script of the screen opens another window.", Page |p| done(p, |s| s.opens);
    "page.browser_prints", "yes/no", "A script of the screen opens the browser's own window for printing.", Page |p| done(p, |s| s.prints);
    "page.outside_assets", "files", "Scripts, sheets, pictures and frames of the screen that come from hosts which the kiosk may not show.", Page |p| screen(p, |k| number(k.outside_assets));
    "page.idle_reset", "yes/no", "The screen is left by itself after a time: in a browser, where one watched it, else as its scripts say.", Page idle_reset;
    "page.idle_seconds", "seconds", "Time after which a script leaves the screen by itself.", Page idle_seconds;
    "page.idle_warning", "yes/no", "Something is shown before the screen is left by itself.", Page idle_warning;
    "page.idle_warning_seconds", "seconds", "Time between that warning and leaving.", Page idle_warning_seconds;
    "page.offers_more_time", "yes/no", "The warning has a control that gives more time; in a browser, pressing it kept the screen.", Page more_time;
    "page.keeps_personal", "names", "Names under which scripts of the screen keep something about a person in the browser.", Page |p| words_of(p, |k| k.personal_keys.iter().map(String::as_str).collect());
    "page.sets_cookie", "yes/no", "A script of the screen sets a cookie.", Page |p| done(p, |s| s.sets_cookie);
    "page.gestures", "names", "Gestures beside a touch that scripts of the screen wait for.", Page |p| words_of(p, |k| k.script.gestures.iter().map(String::as_str).collect());
    "form.remembers", "questions", "Questions about a person whose answers the browser may remember, since neither the form nor the field says otherwise.", Form |p, f| screen(p, |_| size(f.fields.iter().filter(|q| f.remembers && is_personal(q) && q.autocomplete.as_deref() != Some("off")).count()));
    "form.prefilled", "questions", "Questions about a person that have an answer in the source.", Form |p, f| screen(p, |_| size(f.fields.iter().filter(|q| is_personal(q) && q.traits.filled).count()));
    "form.secrets_in_sight", "questions", "Questions for a number or word that nobody else should read, which show what is typed.", Form |p, f| screen(p, |_| size(f.fields.iter().filter(|q| is_secret(q) && q.control != "password").count()));
    "form.wrong_keys", "questions", "Questions for digits, a phone number or a mail address whose field does not ask for such keys.", Form |p, f| screen(p, |_| size(f.fields.iter().filter(|q| wants_keys(q)).count()));
    "link.leaves_kiosk", "yes/no", "It leads to a host that the kiosk may not show.", Link |p, l| screen(p, |k| match &l.page {
        Some(to) => Value::Flag(!is_own(&p.url, &k.hosts, to)),
        None => Value::Absent,
    });
    "element.target_mm", "mm", "The smaller of width and height of its box on the screen of the kiosk; does not apply to what stands in a line of text.", Element target;
    "element.capital_mm", "mm", "Height of a capital letter of the text directly inside it, on the screen of the kiosk.", Element capital_mm;
    "element.shows_by_hover", "yes/no", "Styles show something in it only while a mouse is over it, and no control is there to touch; of a kiosk.", Element |dom, i| match dom.terminal() {
        Some(_) => Value::Flag(shows_by_hover(dom.looks(), i)),
        None => Value::Absent,
    };
    "element.gap_mm", "mm", "From a target to the nearest other one on the screen of the kiosk, where a browser drew it; does not apply to what stands in a line of text.", Element |dom, i| placed(dom, |t| reach::gap(dom, t, i));
    "element.height_mm", "mm", "From the floor to the middle of a target, where the mounting of the kiosk is given and a browser drew the screen.", Element |dom, i| placed(dom, |t| reach::height(dom, t, i));
    "page.capital_degrees", "degrees", "The angle that a capital of the smallest letters on the screen has from where people stand; of a kiosk.", Page |p| screen(p, |k| k.capital_degrees.map_or(Value::Unknown(STYLES), Value::Number));
    "site.upper_edge_mm", "mm", "From the floor to the upper edge of the kiosk's screen, where its mounting is given.", Site |s| mounted(s, Terminal::upper_edge);
    "site.lower_edge_mm", "mm", "From the floor to the lower edge of the kiosk's screen, where its mounting is given.", Site |s| mounted(s, |t| t.mounting.map(|m| m.lower_edge));
    "site.reach_over_mm", "mm", "Depth of what one reaches over to the kiosk's screen, where its mounting is given.", Site |s| mounted(s, |t| t.mounting.map(|m| m.reach_over));
    "site.obstacle", "name", "How deep what one reaches over to the kiosk's screen is, in the steps of EN 301 549 8.3 and ADA Standards 308: none, to-255, to-510, to-635 or deeper, in mm; where its mounting is given.", Site |s| match s.screens.as_ref().and_then(|s| s.terminal.mounting) {
        Some(mounting) => text(obstacle(mounting.reach_over)),
        None => Value::Absent,
    };
}

/// The steps of EN 301 549 V3.2.1, 8.3.2.3 and 8.3.3.3, by which heights of reach are given: 255 mm by the side, 510 and 635 mm forward.
fn obstacle(depth: f64) -> &'static str {
    match depth {
        d if d <= 0.0 => "none",
        d if d <= 255.0 => "to-255",
        d if d <= 510.0 => "to-510",
        d if d <= 635.0 => "to-635",
        _ => "deeper",
    }
}

/// A field for what nobody else should read.
fn is_secret(field: &Field) -> bool {
    matches!(field.kind.as_str(), "ssn" | "cc-csc" | "current-password" | "new-password" | "pin")
}

/// Whether a field to type in leaves it to the kiosk to guess which keys are needed.
fn wants_keys(field: &Field) -> bool {
    let needs = matches!(
        field.kind.as_str(),
        "tel"
            | "email"
            | "ssn"
            | "postal-code"
            | "cc-number"
            | "cc-csc"
            | "bday-day"
            | "bday-month"
            | "bday-year"
            | "one-time-code"
            | "pin"
    );
    needs && field.control == "text" && field.inputmode.as_deref().is_none_or(|mode| mode == "text")
}

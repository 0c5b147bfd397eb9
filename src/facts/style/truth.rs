//! The style engine held against what a browser told of the same tree, element by element: what `docs/accuracy.md` says of styles
//! is measured here. It judges the engine, never a page.

use super::{INK, Look, SHOWN, Sheets, drawn, looks};
use crate::facts::Lexicon;
use crate::facts::dom::Dom;
use crate::model::{Drawing, Exposure, PageUrl};

/// How far two colours may be apart in each part, of 255: what rounding does.
const COLOR: f32 = 1.5 / 255.0;

/// How far two sizes may be apart, in CSS pixels: what rounding does.
const SIZE: f32 = 0.05;

/// How the engine and a browser agree about one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// What is compared.
    pub property: &'static str,
    /// Elements of which the browser tells it.
    pub elements: u64,
    /// Those of which the engine tells it, too, without a doubt.
    pub told: u64,
    /// Those of which both say the same.
    pub same: u64,
    /// Where they differ: the element, what the engine says, and what the browser says.
    pub differences: Vec<String>,
}

/// Compares both on a tree that a browser drew. The error says why one of them told nothing.
pub fn compare_looks(
    html: &str,
    url: &PageUrl,
    (lexicon, sheets): (&Lexicon, &Sheets),
    drawing: &Drawing,
) -> Result<Vec<Agreement>, &'static str> {
    let (mut ours, mut theirs) = (Dom::parse(html, lexicon), Dom::parse(html, lexicon));
    let base = url.to_url();
    ours.set_looks(looks(&ours, &base, sheets));
    theirs.set_looks(drawn(&theirs, &base, drawing, Some(sheets)));
    if let Some(why) = ours.looks().why_unknown().or(theirs.looks().why_unknown()) {
        return Err(why);
    }
    let named = |property| Agreement { property, ..Agreement::default() };
    let mut all = ["exposed", "display", "visibility", "color", "background", "font size", "font weight"].map(named);
    for i in theirs.elements() {
        let mut note = |at: usize, is_told: bool, ours_is: String, theirs_is: String| {
            let agreement = &mut all[at];
            agreement.elements += 1;
            agreement.told += u64::from(is_told);
            agreement.same += u64::from(is_told && ours_is == theirs_is);
            if is_told && ours_is != theirs_is {
                agreement.differences.push(format!("{}: {ours_is}, not {theirs_is}", theirs.selector(i)));
            }
        };
        let exposure = |dom: &Dom| dom.node(i).exposure;
        if exposure(&theirs) != Exposure::Unknown {
            let is_told = exposure(&ours) != Exposure::Unknown;
            note(0, is_told, format!("{:?}", exposure(&ours)), format!("{:?}", exposure(&theirs)));
        }
        let (Some(a), Some(b)) = (ours.looks().of(i), theirs.looks().of(i)) else { continue };
        let (shown, ink) = (a.doubt & SHOWN == 0, a.doubt & INK == 0 && b.doubt & INK == 0);
        let word = |look: &Look| if look.displayed { "shown" } else { "none" }.to_owned();
        note(1, shown, word(a), word(b));
        if !a.displayed || !b.displayed {
            continue;
        }
        let word = |look: &Look| if look.visible { "visible" } else { "hidden" }.to_owned();
        note(2, shown, word(a), word(b));
        let is_near = |a: super::Rgba, b: super::Rgba| a.0.iter().zip(b.0).all(|(a, b)| (a - b).abs() <= COLOR);
        let color = |own: super::Rgba, other: super::Rgba| {
            if is_near(own, other) { String::new() } else { format!("{:?}", own.0) }
        };
        note(3, ink, color(a.color, b.color), color(b.color, a.color));
        note(4, ink, color(a.ground, b.ground), color(b.ground, a.ground));
        let number =
            |own: f32, other: f32, near: f32| if (own - other).abs() <= near { String::new() } else { own.to_string() };
        note(5, ink, number(a.size, b.size, SIZE), number(b.size, a.size, SIZE));
        note(6, ink, number(a.weight, b.weight, 0.5), number(b.weight, a.weight, 0.5));
    }
    Ok(all.into())
}

//! Looks out of the computed values that a browser tells, in the same plain values that the style engine gives. What is
//! written in a way that is not known is in doubt, never guessed.

use super::places::{Places, Seen};
use super::{INK, Look, Picture, Placed, Rgba};
use crate::facts::dom::Dom;
use crate::model::PROPERTIES;

/// Elements whose inside a browser draws in its own way, or not at all, although it is theirs: what is in them shows with them.
const OWN_WAY: &[&str] =
    &["datalist", "canvas", "video", "audio", "object", "iframe", "picture", "map", "math", "ruby"];

/// The looks of all elements of a page, by the index of the node: `None` for a text, and inside of what is not displayed.
pub(super) fn looks(
    dom: &Dom,
    seen: &Seen,
    places: &Places,
    [before, after]: [&[(u32, usize)]; 2],
) -> Vec<Option<Look>> {
    let len = dom.len() as usize;
    // What has no box of its own while something in it has one lets its children stand in its place (`display: contents`).
    let mut holds_box = vec![false; len];
    for i in (0..dom.len()).rev() {
        if (seen.rect(i).is_some() || holds_box[i as usize])
            && let Some(parent) = dom.parent(i)
        {
            holds_box[parent as usize] = true;
        }
    }
    let mut in_own_way = vec![false; len];
    let mut looks: Vec<Option<Look>> = Vec::with_capacity(len);
    for i in 0..dom.len() {
        let parent = dom.parent(i);
        in_own_way[i as usize] = parent.is_some_and(|p| in_own_way[p as usize] || OWN_WAY.contains(&dom.tag(p)));
        let above = parent.and_then(|p| looks[p as usize].as_ref());
        let look = match (places.row(seen, i), seen.rect(i)) {
            _ if !dom.node(i).is_element => None,
            (Some(row), Some(rect)) => {
                let mut look = row.clone();
                look.asked = [Some(rect.width), Some(rect.height)];
                look.doubt |= above.map_or(0, |a| a.doubt & INK);
                Some(look)
            }
            _ if in_own_way[i as usize]
                || above.is_some_and(|a| !a.displayed)
                || (above.is_none() && parent.is_some()) =>
            {
                None
            }
            _ if holds_box[i as usize] => Some(Look {
                ground: Rgba::CLEAR,
                picture: Picture::None,
                is_block: false,
                is_inline: true,
                ..above.cloned().unwrap_or_else(|| look(&[], &[]))
            }),
            _ => Some(Look { displayed: false, ..look(&[], &[]) }),
        };
        looks.push(look);
    }
    for (list, is_before) in [(before, true), (after, false)] {
        for &(i, row) in list {
            let (Some(bearer), Some(pseudo)) =
                (looks.get_mut(i as usize).and_then(Option::as_mut), places.rows().get(row))
            else {
                continue;
            };
            let is_placed = pseudo.placed != Placed::Flow { holds: false } || pseudo.is_moved;
            let paints = !pseudo.ground.is_clear() || pseudo.picture != Picture::None;
            bearer.is_layered |= paints && is_placed;
            *(if is_before { &mut bearer.before } else { &mut bearer.after }) = pseudo.before.clone();
        }
    }
    looks
}

/// A look out of one row of computed values; what a row does not hold is as browsers have it without a style.
pub(super) fn look(row: &[u32], words: &[String]) -> Look {
    let value = |name: &str| {
        let at = PROPERTIES.iter().position(|property| *property == name);
        let word = at.and_then(|at| row.get(at)).and_then(|&word| words.get(word as usize));
        word.map_or("", String::as_str)
    };
    let display = value("display");
    let is_outer_inline = display.starts_with("inline") || display.starts_with("ruby") || display == "contents";
    let position = value("position");
    let floats = !matches!(value("float"), "" | "none");
    let mut doubt = 0;
    let mut color = |name: &str, otherwise: Rgba| match (value(name), self::color(value(name))) {
        ("", _) => otherwise,
        (_, Some(color)) => color,
        _ => {
            doubt |= INK;
            otherwise
        }
    };
    let (ink, ground) = (color("color", Rgba([0.0, 0.0, 0.0, 1.0])), color("background-color", Rgba::CLEAR));
    let size = px(value("font-size")).unwrap_or(16.0);
    let transform = value("transform");
    let is_turned = !matches!(transform, "" | "none");
    let turn = turn(transform, value("rotate"));
    let is_set = |name: &str| !matches!(value(name), "" | "none" | "normal" | "auto");
    let margins = ["margin-top", "margin-right", "margin-bottom", "margin-left"];
    let borders = ["border-top-width", "border-right-width", "border-bottom-width", "border-left-width"];
    let overflow = [value("overflow-x"), value("overflow-y")];
    let shadows = shadows(value("text-shadow"));
    Look {
        displayed: display != "none",
        visible: matches!(value("visibility"), "" | "visible"),
        is_block: !is_outer_inline && !matches!(display, "" | "none"),
        is_inline: display == "inline" && !floats && !matches!(position, "absolute" | "fixed"),
        opacity: value("opacity").parse().unwrap_or(1.0),
        color: ink,
        ground,
        picture: picture(value("background-image"), value("background-size")),
        size,
        weight: value("font-weight").parse().unwrap_or(400.0),
        line_height: px(value("line-height")),
        letter_spacing: px(value("letter-spacing")).unwrap_or(0.0),
        word_spacing: Some(px(value("word-spacing")).unwrap_or(0.0)),
        is_justified: value("text-align") == "justify",
        placed: match position {
            "absolute" => Placed::Absolute,
            "fixed" => Placed::Fixed,
            "relative" | "sticky" => Placed::Flow { holds: true },
            _ => Placed::Flow { holds: is_turned || is_set("filter") },
        },
        is_sticky: position == "sticky",
        depth: value("z-index").parse().ok(),
        floats,
        is_moved: is_turned
            || turn != Some(0.0)
            // A few pixels of a grid reach over nothing.
            || margins.iter().any(|margin| px(value(margin)).is_some_and(|px| px < -40.0)),
        turn,
        is_mixed: ["filter", "backdrop-filter", "mix-blend-mode"].iter().any(|name| is_set(name)) || shadows.is_none(),
        shadows: shadows.unwrap_or_default(),
        is_clipped: is_set("clip-path") || (is_set("clip") && matches!(position, "absolute" | "fixed")),
        indent: px(value("text-indent")).unwrap_or(0.0),
        offset: [None; 2],
        asked: [None; 2],
        least: [None; 2],
        most: [None; 2],
        rim: [Some(0.0); 2],
        is_border_box: true,
        cuts: overflow.map(|o| !matches!(o, "" | "visible")),
        scrolls: overflow.map(|o| matches!(o, "auto" | "scroll")),
        is_unwrapped: value("text-wrap-mode") == "nowrap",
        is_underlined: value("text-decoration-line").contains("underline"),
        is_bordered: borders.iter().any(|border| px(value(border)).is_some_and(|px| px > 0.0)),
        is_slanted: is_set("font-style"),
        is_animated: is_set("animation-name"),
        is_layered: false,
        // The text of a pseudo-element stands here until it is given to its element.
        before: content(value("content")).into(),
        after: Box::default(),
        doubt,
    }
}

/// A length in pixels, as browsers tell them.
fn px(value: &str) -> Option<f32> {
    value.strip_suffix("px")?.parse().ok()
}

/// A colour as browsers tell it: `rgb(…)`, `rgba(…)` or `color(srgb …)`; others are not read.
fn color(value: &str) -> Option<Rgba> {
    let (name, rest) = value.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    let (inside, scale) = match name {
        "rgb" | "rgba" => (inside, 255.0),
        "color" => (inside.strip_prefix("srgb ")?, 1.0),
        _ => return None,
    };
    let mut numbers = inside.split([',', ' ', '/']).filter(|part| !part.is_empty()).map(str::parse::<f32>);
    let mut part = || numbers.next()?.ok();
    let (red, green, blue) = (part()? / scale, part()? / scale, part()? / scale);
    Some(Rgba([red, green, blue, numbers.next().map_or(Some(1.0), Result::ok)?]))
}

/// What lies over the background colour: one gradient over the whole element, or something that is not known.
fn picture(image: &str, size: &str) -> Picture {
    if matches!(image, "" | "none") {
        return Picture::None;
    }
    let is_read = ["linear-gradient(", "radial-gradient("].iter().any(|start| image.starts_with(start));
    let fills = matches!(size, "" | "auto" | "cover" | "contain" | "auto auto");
    let gradients = image.matches("gradient(").count() + image.matches("url(").count();
    if !is_read || !fills || gradients != 1 {
        return Picture::Unknown;
    }
    let starts = image.match_indices("rgb").map(|(at, _)| &image[at..]);
    let stops: Option<Vec<Rgba>> = starts.map(|rest| rest.find(')').and_then(|end| color(&rest[..=end]))).collect();
    let has_others = ["color(", "lab(", "lch(", "hwb("].iter().any(|name| image.contains(name));
    stops.filter(|stops| !stops.is_empty() && !has_others).map_or(Picture::Unknown, Picture::Stops)
}

/// The colours of the shadows of a text; nothing where one of them is not read.
fn shadows(value: &str) -> Option<Box<[Rgba]>> {
    if ["color(", "lab(", "lch("].iter().any(|name| value.contains(name)) {
        return None;
    }
    let starts = value.match_indices("rgb").map(|(at, _)| &value[at..]);
    starts.map(|rest| rest.find(')').and_then(|end| color(&rest[..=end]))).collect()
}

/// The turn in the plane in degrees, by `rotate` and `transform` together; `None` where it is turned in space.
fn turn(transform: &str, rotate: &str) -> Option<f32> {
    let own = match rotate {
        "" | "none" => 0.0,
        angle => angle.strip_suffix("deg")?.trim().parse::<f32>().ok()?,
    };
    let matrix = match transform {
        "" | "none" => return Some(own),
        matrix => matrix.strip_prefix("matrix(")?.strip_suffix(')')?,
    };
    let mut numbers = matrix.split(',').map(|number| number.trim().parse::<f64>());
    let (a, b) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let angle = libm::atan2(b, a).to_degrees() as f32 + own;
    Some((angle + 180.0).rem_euclid(360.0) - 180.0)
}

/// The text that `content` adds; what stands after a slash is read out instead.
fn content(value: &str) -> String {
    let (mut shown, mut spoken) = (String::new(), None::<String>);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let text = spoken.as_mut().unwrap_or(&mut shown);
        match c {
            '"' => {
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => text.extend(chars.next()),
                        c => text.push(c),
                    }
                }
            }
            '/' => spoken = Some(String::new()),
            _ => {}
        }
    }
    spoken.unwrap_or(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_read_as_browsers_tell_them() {
        let check = |text: &str, expected: Option<[f32; 4]>| assert_eq!(color(text), expected.map(Rgba), "{text}");
        check("rgb(255, 0, 51)", Some([1.0, 0.0, 0.2, 1.0]));
        check("rgba(0, 0, 0, 0.5)", Some([0.0, 0.0, 0.0, 0.5]));
        check("color(srgb 0.5 0 1 / 0.25)", Some([0.5, 0.0, 1.0, 0.25]));
        check("oklch(0.5 0.2 20)", None);
    }

    #[test]
    fn a_gradient_that_is_not_read_is_unknown() {
        let check = |image: &str, size: &str, stops: Option<usize>| match (picture(image, size), stops) {
            (Picture::Stops(found), Some(stops)) => assert_eq!(found.len(), stops, "{image}"),
            (found, stops) => assert_eq!((found, stops), (Picture::Unknown, None), "{image}"),
        };
        check("linear-gradient(rgb(255, 0, 0), rgba(0, 0, 255, 0.5) 50%)", "auto", Some(2));
        check("linear-gradient(rgb(255, 0, 0), oklch(0.5 0.2 20))", "auto", None);
        check("linear-gradient(rgb(255, 0, 0), rgb(0, 0, 0))", "10px 4px", None);
        check("url(\"a.png\")", "auto", None);
        assert_eq!(picture("none", "auto"), Picture::None);
    }

    #[test]
    fn shadows_of_a_text_have_their_colours() {
        let count = |value: &str| shadows(value).map(|s| s.len());
        assert_eq!(count("rgb(0, 0, 0) 1px 1px 2px, rgba(9, 9, 9, 0.5) 0px 0px 1px"), Some(2));
        assert_eq!([count("none"), count(""), count("oklch(0.5 0.2 20) 1px 1px 0px")], [Some(0), Some(0), None]);
    }

    #[test]
    fn what_a_style_adds_is_read_as_it_is_spoken() {
        assert_eq!(content("\"→ \\\"\""), "→ \"");
        assert_eq!(content("\"x\" / \"alt\""), "alt");
        assert_eq!(content("normal"), "");
        assert_eq!(turn("matrix(0, 1, -1, 0, 0, 0)", "none"), Some(90.0));
        assert_eq!(turn("none", "x 45deg"), None);
    }
}

//! The cascade, worked out by the engine of Firefox on a copy of the page's tree. It lays nothing out, asks the network
//! for nothing, and never runs on sheets that were refused before.

use super::look::{Look, Picture, Placed, Rgba};
use crate::facts::dom::Dom;
use ::style::color::ColorSpace;
use ::style::computed_values::{
    box_sizing::T as BoxSizing, float::T as Float, font_style, mix_blend_mode::T as Blend, position::T as Position,
    visibility::T as Visibility,
};
use ::style::context::QuirksMode;
use ::style::media_queries::MediaList;
use ::style::properties::ComputedValues;
use ::style::selector_parser::PseudoElement;
use ::style::servo_arc::Arc as Shared;
use ::style::shared_lock::SharedRwLock;
use ::style::stylesheets::{AllowImportRules, DocumentStyleSheet, Origin, Stylesheet, UrlExtraData};
use blitz_dom::{
    Attribute, BaseDocument, DocumentConfig, FontContext, NodeId, StyleThreading, UserAgentStylesheet, ns,
};
use std::sync::LazyLock;

/// A sheet that the engine has read; it may be used for any page.
#[derive(Clone, Debug)]
pub struct Parsed(DocumentStyleSheet);

/// Reads a sheet.
pub fn parsed(css: &str) -> Parsed {
    let lock = SharedRwLock::read_only();
    let media = Shared::new(lock.wrap(MediaList::empty()));
    let base = UrlExtraData(Shared::new(BASE.clone()));
    let sheet = Stylesheet::from_str(
        css,
        base,
        Origin::Author,
        media,
        lock,
        None,
        None,
        QuirksMode::NoQuirks,
        AllowImportRules::No,
    );
    Parsed(DocumentStyleSheet(Shared::new(sheet)))
}

static BASE: LazyLock<url::Url> =
    LazyLock::new(|| url::Url::parse("about:blank").expect("the address is a literal that parses"));

/// What browsers do and the engine's own sheet does not (HTML Standard, chapter Rendering).
static OURS: LazyLock<UserAgentStylesheet> = LazyLock::new(|| UserAgentStylesheet::parse(include_str!("agent.css")));

/// What browsers do with pages of the time before standards (Quirks Mode Standard).
static QUIRKS: LazyLock<UserAgentStylesheet> = LazyLock::new(|| UserAgentStylesheet::parse(include_str!("quirks.css")));

/// Width and height of the window.
pub type Window = (u32, u32);

/// A page as the engine needs it, in plain values that may go to another thread.
pub struct Outline {
    pieces: Vec<Piece>,
    is_quirky: bool,
}

/// An element, or a text.
struct Piece {
    parent: Option<u32>,
    /// `None` for a text.
    element: Option<(blitz_dom::QualName, Vec<Attribute>)>,
    /// Whether it is a text with something in it.
    is_text: bool,
}

impl Outline {
    /// Copies what matters of a page.
    pub fn of(dom: &Dom) -> Self {
        let is_taken = |name: &str, value: &str| name != "style" || !super::scan::is_refused(value);
        let piece = |i: u32| {
            let element = dom.element(i).map(|element| {
                let taken = element.attrs.iter().filter(|(name, value)| is_taken(&name.local, value));
                let attributes = taken.map(|(name, value)| Attribute { name: name.clone(), value: value.to_string() });
                // What a press unfolds, without any script, is there for everybody: it is read as it looks then.
                let is_folded = element.name() == "details" && element.attr("open").is_none();
                let opens = is_folded.then(|| Attribute {
                    name: blitz_dom::QualName::new(None, ns!(), blitz_dom::local_name!("open")),
                    value: String::new(),
                });
                (element.name.clone(), attributes.chain(opens).collect())
            });
            Piece { parent: dom.parent(i), is_text: element.is_none() && !dom.raw_text(i).is_empty(), element }
        };
        Self { pieces: (0..dom.len()).map(piece).collect(), is_quirky: dom.is_quirky() }
    }
}

/// Stack of the thread that the engine works on, in bytes: it follows references between custom properties by recursion. Our choice:
/// several times what the most that is handed to it takes.
const STACK: usize = 256 * 1024 * 1024;

/// What the sheets make of each element, in each window; nothing where the engine broke. `None` for texts, and for elements inside
/// one that is not displayed.
pub fn looks(outline: Outline, sheets: Vec<Parsed>, windows: Vec<Window>) -> Option<Vec<Vec<Option<Look>>>> {
    let work = move || windows.iter().map(|window| in_window(&outline, &sheets, *window)).collect();
    // A thread of its own: a page that breaks the engine leaves nothing behind.
    std::thread::Builder::new().stack_size(STACK).spawn(work).ok()?.join().ok()
}

fn in_window(outline: &Outline, sheets: &[Parsed], window: Window) -> Vec<Option<Look>> {
    let mut agent = vec![UserAgentStylesheet::default_sheet(), OURS.clone()];
    if outline.is_quirky {
        agent.push(QUIRKS.clone());
    }
    let viewport = blitz_traits::shell::Viewport::new(window.0, window.1, 1.0, blitz_traits::shell::ColorScheme::Light);
    let mut doc = BaseDocument::new(DocumentConfig {
        viewport: Some(viewport),
        ua_stylesheets: agent,
        // No fonts at all: nothing is laid out, and fonts of the machine must not change a result.
        font_ctx: Some(FontContext::default()),
        style_threading: StyleThreading::Sequential,
        ..DocumentConfig::default()
    });
    for sheet in sheets {
        // A sheet belongs to an element; these are in no tree.
        let name = blitz_dom::QualName::new(None, ns!(html), blitz_dom::local_name!("style"));
        let bearer = doc.mutate().create_element(name, Vec::new());
        doc.add_stylesheet_for_node(sheet.0.clone(), bearer);
    }
    let ids = copied(outline, &mut doc);
    if ids.iter().flatten().next().is_none() {
        return Vec::new();
    }
    doc.resolve_stylist(0.0);
    ids.iter().map(|id| look(&doc, (*id)?)).collect()
}

/// Copies the tree: elements, and one text where an element holds text alone. By the index of the node.
fn copied(outline: &Outline, doc: &mut BaseDocument) -> Vec<Option<NodeId>> {
    let root = doc.root_node().id;
    let mut ids: Vec<Option<NodeId>> = Vec::with_capacity(outline.pieces.len());
    for piece in &outline.pieces {
        let holder = piece.parent.map_or(Some(root), |p| ids[p as usize]);
        let Some((name, attributes)) = &piece.element else {
            // Only whether an element is empty hangs on its texts.
            let is_first = holder.and_then(|p| doc.get_node(p)).is_some_and(|p| p.children.is_empty());
            if let Some(holder) = holder.filter(|_| is_first && piece.is_text) {
                let text = doc.create_text_node("");
                link(doc, holder, text);
            }
            ids.push(None);
            continue;
        };
        let id = doc.mutate().create_element(name.clone(), attributes.clone());
        if let Some(holder) = holder {
            link(doc, holder, id);
        }
        ids.push(Some(id));
    }
    ids
}

/// Ties a node to its parent, without what the engine would do with links, images and frames.
fn link(doc: &mut BaseDocument, parent: NodeId, child: NodeId) {
    if let Some(node) = doc.get_node_mut(parent) {
        node.children.push(child);
    }
    if let Some(node) = doc.get_node_mut(child) {
        node.parent = Some(parent);
    }
}

fn look(doc: &BaseDocument, id: NodeId) -> Option<Look> {
    let data = doc.get_node(id)?.try_stylo_element_data()?.get()?;
    let style = data.styles.get_primary()?;
    let pseudo = |which: &PseudoElement| data.styles.pseudos.get(which);
    let (before, after) = (pseudo(&PseudoElement::Before), pseudo(&PseudoElement::After));
    let mut look = of(style);
    for pseudo in [before, after].into_iter().flatten() {
        let is_placed = !matches!(pseudo.clone_position(), Position::Static | Position::Relative);
        let own = of(pseudo);
        let paints = !own.ground.is_clear() || own.picture != Picture::None;
        look.is_layered |= has_content(pseudo) && paints && (is_placed || own.is_moved);
    }
    look.before = before.map(|s| content(s)).unwrap_or_default().into();
    look.after = after.map(|s| content(s)).unwrap_or_default().into();
    Some(look)
}

fn of(style: &ComputedValues) -> Look {
    let ink = style.clone_color();
    let display = style.clone_display();
    let size = style.clone_font_size().computed_size().px();
    let position = style.clone_position();
    let transform = style.clone_transform();
    let is_turned = !transform.0.is_empty();
    let angle = turn(style);
    let effects = style.get_effects();
    let spacing = |l: &::style::values::computed::LengthPercentage| l.to_length().map(|l| l.px());
    let (overflow_x, overflow_y) = (style.clone_overflow_x(), style.clone_overflow_y());
    Look {
        displayed: !display.is_none(),
        visible: style.clone_visibility() == Visibility::Visible,
        is_block: !display.is_inline_flow()
            && !display.is_contents()
            && !display.is_none()
            && display.outside() != ::style::values::specified::box_::DisplayOutside::Inline,
        is_inline: display.is_inline_flow()
            && !style.clone_float().is_floating()
            && !matches!(position, Position::Absolute | Position::Fixed),
        opacity: style.clone_opacity(),
        color: rgba(&ink),
        ground: rgba(&style.clone_background_color().resolve_to_absolute(&ink)),
        picture: picture(style, &ink),
        size,
        weight: style.clone_font_weight().value(),
        line_height: match style.clone_line_height() {
            ::style::values::generics::font::LineHeight::Normal => None,
            ::style::values::generics::font::LineHeight::Number(n) => Some(n.0 * size),
            ::style::values::generics::font::LineHeight::Length(l) => Some(l.0.px()),
        },
        letter_spacing: spacing(&style.clone_letter_spacing().0).unwrap_or(0.0),
        word_spacing: spacing(&style.clone_word_spacing()),
        is_justified: style.clone_text_align() == ::style::values::specified::text::TextAlignKeyword::Justify,
        placed: match position {
            Position::Absolute => Placed::Absolute,
            Position::Fixed => Placed::Fixed,
            Position::Static => Placed::Flow { holds: is_turned || !effects.filter.0.is_empty() },
            Position::Relative | Position::Sticky => Placed::Flow { holds: true },
        },
        is_sticky: position == Position::Sticky,
        depth: match style.clone_z_index() {
            ::style::values::generics::position::ZIndex::Integer(n) => Some(n),
            ::style::values::generics::position::ZIndex::Auto => None,
        },
        floats: style.clone_float() != Float::None,
        is_moved: is_turned || angle != Some(0.0) || has_negative_margin(style),
        turn: angle,
        is_mixed: !effects.filter.0.is_empty()
            || !effects.backdrop_filter.0.is_empty()
            || effects.mix_blend_mode != Blend::Normal,
        shadows: style
            .get_inherited_text()
            .text_shadow
            .0
            .iter()
            .map(|shadow| rgba(&shadow.color.resolve_to_absolute(&ink)))
            .collect(),
        is_clipped: is_clipped(style),
        indent: spacing(&style.clone_text_indent().length).unwrap_or(0.0),
        offset: [inset(&style.clone_left()), inset(&style.clone_top())],
        asked: [length(&style.clone_width()), length(&style.clone_height())],
        least: [length(&style.clone_min_width()), length(&style.clone_min_height())],
        most: [most(&style.clone_max_width()), most(&style.clone_max_height())],
        rim: rim(style),
        is_border_box: style.clone_box_sizing() == BoxSizing::BorderBox,
        is_unwrapped: style.clone_text_wrap_mode() == ::style::computed_values::text_wrap_mode::T::Nowrap,
        cuts: [overflow_x, overflow_y].map(|o| o != ::style::values::specified::box_::Overflow::Visible),
        scrolls: [overflow_x, overflow_y].map(|o| {
            matches!(
                o,
                ::style::values::specified::box_::Overflow::Auto | ::style::values::specified::box_::Overflow::Scroll
            )
        }),
        is_underlined: style
            .clone_text_decoration_line()
            .intersects(::style::values::specified::TextDecorationLine::UNDERLINE),
        is_bordered: borders(style).iter().any(|&px| px > 0.0),
        is_slanted: style.clone_font_style() != font_style::T::NORMAL,
        is_animated: !style.get_ui().animation_name.0.iter().all(|name| name.0.is_none()),
        is_layered: false,
        before: Box::default(),
        after: Box::default(),
        doubt: 0,
    }
}

fn rgba(color: &::style::color::AbsoluteColor) -> Rgba {
    let c = color.to_color_space(ColorSpace::Srgb);
    Rgba(
        [c.components.0, c.components.1, c.components.2, c.alpha].map(|part| if part.is_finite() { part } else { 0.0 }),
    )
}

/// What is painted over the background colour: gradients that fill the element, by their stops.
fn picture(style: &ComputedValues, ink: &::style::color::AbsoluteColor) -> Picture {
    use ::style::values::generics::image::{GradientItem, Image};
    let ground = style.get_background();
    let mut found = Picture::None;
    for image in ground.background_image.0.iter() {
        let stops: Vec<Rgba> = match image {
            Image::None => continue,
            Image::Gradient(gradient) => {
                use ::style::values::generics::image::Gradient;
                let mut stops = Vec::new();
                let mut add =
                    |color: &::style::values::computed::Color| stops.push(rgba(&color.resolve_to_absolute(ink)));
                match &**gradient {
                    Gradient::Linear { items, .. } | Gradient::Radial { items, .. } => {
                        for item in items.iter() {
                            match item {
                                GradientItem::SimpleColorStop(color) | GradientItem::ComplexColorStop { color, .. } => {
                                    add(color);
                                }
                                GradientItem::InterpolationHint(_) => {}
                            }
                        }
                    }
                    Gradient::Conic { .. } => {}
                }
                stops
            }
            _ => Vec::new(),
        };
        // Several pictures, parts of an element, and kinds of picture that are not read.
        if stops.is_empty() || found != Picture::None || !fills(style) {
            return Picture::Unknown;
        }
        found = Picture::Stops(stops);
    }
    found
}

/// Whether the pictures of a background have the size of the element.
fn fills(style: &ComputedValues) -> bool {
    use ::style::values::generics::background::BackgroundSize;
    let ground = style.get_background();
    let is_auto = |size: &::style::values::computed::BackgroundSize| match size {
        BackgroundSize::ExplicitSize { width, height } => width.is_auto() && height.is_auto(),
        _ => true,
    };
    ground.background_size.0.iter().all(is_auto)
}

fn length(size: &::style::values::computed::Size) -> Option<f32> {
    match size {
        ::style::values::generics::length::Size::LengthPercentage(l) => l.0.to_length().map(|l| l.px()),
        _ => None,
    }
}

fn most(size: &::style::values::computed::MaxSize) -> Option<f32> {
    match size {
        ::style::values::generics::length::MaxSize::LengthPercentage(l) => l.0.to_length().map(|l| l.px()),
        _ => None,
    }
}

fn inset(inset: &::style::values::computed::Inset) -> Option<f32> {
    match inset {
        ::style::values::generics::position::Inset::LengthPercentage(l) => l.to_length().map(|l| l.px()),
        _ => None,
    }
}

/// Padding and border across and down.
fn rim(style: &ComputedValues) -> [Option<f32>; 2] {
    let padding = style.get_padding();
    let px = |l: &::style::values::computed::NonNegativeLengthPercentage| l.0.to_length().map(|l| l.px());
    let sum = |a: Option<f32>, b: Option<f32>, borders: f32| Some(a? + b? + borders);
    let [left, right, top, bottom] = borders(style);
    [
        sum(px(&padding.padding_left), px(&padding.padding_right), left + right),
        sum(px(&padding.padding_top), px(&padding.padding_bottom), top + bottom),
    ]
}

/// The borders that are drawn: left, right, top, bottom. One without a style has a width, and is not.
fn borders(style: &ComputedValues) -> [f32; 4] {
    let border = style.get_border();
    let drawn = |kind: ::style::values::specified::BorderStyle, px: f32| if kind.none_or_hidden() { 0.0 } else { px };
    [
        drawn(border.border_left_style, border.border_left_width.0.to_f32_px()),
        drawn(border.border_right_style, border.border_right_width.0.to_f32_px()),
        drawn(border.border_top_style, border.border_top_width.0.to_f32_px()),
        drawn(border.border_bottom_style, border.border_bottom_width.0.to_f32_px()),
    ]
}

fn has_negative_margin(style: &ComputedValues) -> bool {
    use ::style::values::generics::length::GenericMargin as Margin;
    let margin = style.get_margin();
    [&margin.margin_top, &margin.margin_left, &margin.margin_right, &margin.margin_bottom].into_iter().any(
        |m| match m {
            // A few pixels of a grid reach over nothing.
            Margin::LengthPercentage(l) => {
                l.to_length().map_or_else(|| l.to_percentage().is_none_or(|p| p.0 < 0.0), |l| l.px() < -40.0)
            }
            _ => false,
        },
    )
}

/// The turn in the plane, by `rotate` and `transform` together.
fn turn(style: &ComputedValues) -> Option<f32> {
    use ::style::values::generics::transform::Rotate;
    let own = match style.clone_rotate() {
        Rotate::None => 0.0,
        Rotate::Rotate(angle) => angle.degrees(),
        Rotate::Rotate3D(..) => return None,
    };
    let transform = style.clone_transform();
    if transform.0.is_empty() {
        return Some(own);
    }
    let (matrix, is_3d) = transform.to_transform_3d_matrix_f64(None).ok()?;
    if is_3d && (matrix.m13 != 0.0 || matrix.m31 != 0.0 || matrix.m23 != 0.0 || matrix.m32 != 0.0) {
        return None;
    }
    let angle = libm::atan2(matrix.m12, matrix.m11).to_degrees() as f32 + own;
    Some((angle + 180.0).rem_euclid(360.0) - 180.0)
}

fn is_clipped(style: &ComputedValues) -> bool {
    use ::style::values::generics::ClipRectOrAuto;
    use ::style::values::generics::basic_shape::ClipPath;
    let path = !matches!(style.clone_clip_path(), ClipPath::None);
    // `clip` works on what is placed out of the flow alone (CSS Masking 1).
    let is_placed = matches!(style.clone_position(), Position::Absolute | Position::Fixed);
    path || (is_placed && !matches!(style.get_effects().clip, ClipRectOrAuto::Auto))
}

fn has_content(style: &ComputedValues) -> bool {
    matches!(style.get_counters().content, ::style::values::generics::counters::Content::Items(_))
        && !style.clone_display().is_none()
}

/// The text that a pseudo-element adds.
fn content(style: &ComputedValues) -> String {
    use ::style::values::generics::counters::{Content, ContentItem};
    let Content::Items(items) = &style.get_counters().content else { return String::new() };
    if style.clone_display().is_none() {
        return String::new();
    }
    // What stands after a slash is what is read out instead.
    let (own, spoken) = items.items.split_at(items.alt_start.min(items.items.len()));
    let read = if spoken.is_empty() { own } else { spoken };
    let text = |item: &ContentItem<_>| match item {
        ContentItem::String(text) => text.to_string(),
        _ => String::new(),
    };
    read.iter().map(text).collect()
}

//! Pixels: parts of them covered, framed, cut out, and written as a small PNG. The same pixels give the same bytes.

use crate::facts::Rect;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::collections::BTreeMap;
use std::io::Write;

/// Colours of a picture that is cut out. Our choice: texts keep theirs, photographs are known again.
pub(super) const COLOURS: usize = 64;

/// What covers a text that is masked, and the frame around an element with what it stands on. Our choices.
const COVER: [u8; 3] = [0x8a, 0x8a, 0x8a];
const FRAME: [u8; 3] = [0xc6, 0x1a, 0x1e];
const RIM: [u8; 3] = [0xff, 0xff, 0xff];

/// How far the frame stands from the element, how thick it is, and its rim, in pixels. Our choices.
const AWAY: isize = 2;
const THICK: isize = 3;

/// The edge of a field that stays when it is emptied, in pixels. Our choice: most borders.
const EDGE: usize = 2;

/// A picture that can be painted on.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Canvas {
    /// The picture with that many pixels; what is missing at its end is black.
    pub(super) fn new(width: usize, height: usize, rgb: &[u8]) -> Self {
        let mut pixels: Vec<[u8; 3]> = rgb.as_chunks::<3>().0.to_vec();
        pixels.resize(width.saturating_mul(height), [0; 3]);
        Self { width, height, pixels }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    #[cfg(test)]
    pub(super) fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    /// Left, top, right and lower edge of what a rectangle touches, within the picture.
    fn within(&self, rect: Rect) -> [usize; 4] {
        let clamp = |edge: f32, most: usize| (edge.max(0.0) as usize).min(most);
        [
            clamp(rect.x.floor(), self.width),
            clamp(rect.y.floor(), self.height),
            clamp(rect.right().ceil(), self.width),
            clamp(rect.bottom().ceil(), self.height),
        ]
    }

    fn fill(&mut self, [left, top, right, bottom]: [usize; 4], colour: [u8; 3]) {
        for row in top..bottom {
            if let Some(line) = self.pixels.get_mut(row * self.width + left..row * self.width + right.max(left)) {
                line.fill(colour);
            }
        }
    }

    /// Covers a part, with a pixel around it: letters reach over their lines.
    pub(super) fn cover(&mut self, rect: Rect) {
        let wide = Rect { x: rect.x - 1.0, y: rect.y - 1.0, width: rect.width + 2.0, height: rect.height + 2.0 };
        self.fill(self.within(wide), COVER);
    }

    /// Empties a field: its inside becomes what its upper left corner is.
    pub(super) fn empty(&mut self, rect: Rect) {
        let [left, top, right, bottom] = self.within(rect);
        let (left, top) = ((left + EDGE).min(right), (top + EDGE).min(bottom));
        let ground = self.pixels.get(top * self.width + left).copied().unwrap_or(COVER);
        self.fill([left, top, right.saturating_sub(EDGE), bottom.saturating_sub(EDGE)], ground);
    }

    /// A part with a frame around an element.
    pub(super) fn framed(&self, part: Rect, framed: Rect) -> Self {
        let [left, top, right, bottom] = self.within(part);
        let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
        let mut pixels = Vec::with_capacity(width * height);
        for row in top..bottom {
            pixels.extend_from_slice(self.pixels.get(row * self.width + left..row * self.width + right).unwrap_or(&[]));
        }
        pixels.resize(width * height, COVER);
        let mut cut = Self { width, height, pixels };
        let shift = |edge: f32, by: usize| edge as isize - by as isize;
        let inner = [
            shift(framed.x.floor(), left) - AWAY,
            shift(framed.y.floor(), top) - AWAY,
            shift(framed.right().ceil(), left) + AWAY,
            shift(framed.bottom().ceil(), top) + AWAY,
        ];
        cut.frame(inner, THICK + 1, RIM);
        cut.frame(inner, THICK, FRAME);
        cut
    }

    /// The uppermost rows, made so small that they fit: each pixel is the mean of those that it stands for.
    pub(super) fn shrunk(&self, rows: usize, (widest, highest): (usize, usize)) -> Self {
        let (from_width, from_height) = (self.width, rows.min(self.height));
        if from_width == 0 || from_height == 0 {
            return Self { width: 0, height: 0, pixels: Vec::new() };
        }
        // The side that is too long by more decides.
        let (share, of) =
            if from_width * highest >= from_height * widest { (widest, from_width) } else { (highest, from_height) };
        let side = |from: usize| if share >= of { from } else { (from * share / of).max(1) };
        let (width, height) = (side(from_width), side(from_height));
        let (across, down) = (covered(from_width, width), covered(from_height, height));
        let all = (from_width * from_height) as u64;
        let mut pixels = Vec::with_capacity(width * height);
        for rows in &down {
            for columns in &across {
                let mut sums = [all / 2; 3];
                for &(row, tall) in rows {
                    for &(column, wide) in columns {
                        let pixel = self.pixels.get(row * self.width + column).copied().unwrap_or(COVER);
                        for (sum, part) in sums.iter_mut().zip(pixel) {
                            *sum += tall * wide * u64::from(part);
                        }
                    }
                }
                pixels.push(sums.map(|sum| (sum / all) as u8));
            }
        }
        Self { width, height, pixels }
    }

    /// A frame outside of a rectangle, as far as it lies in the picture.
    fn frame(&mut self, [left, top, right, bottom]: [isize; 4], thick: isize, colour: [u8; 3]) {
        let edge = |edge: isize, most: usize| usize::try_from(edge).unwrap_or(0).min(most);
        let (width, height) = (self.width, self.height);
        let (x0, x1) = (edge(left - thick, width), edge(right + thick, width));
        let (y0, y1) = (edge(top - thick, height), edge(bottom + thick, height));
        let (in_x0, in_x1) = (edge(left, width), edge(right, width));
        let (in_y0, in_y1) = (edge(top, height), edge(bottom, height));
        for sides in [[x0, y0, x1, in_y0], [x0, in_y1, x1, y1], [x0, y0, in_x0, y1], [in_x1, y0, x1, y1]] {
            self.fill(sides, colour);
        }
    }
}

/// For each of `to` equal parts of a row of `from` pixels, the pixels that it covers and how much of each: in parts of a
/// pixel of which it has `to`, so that the parts of each sum to `from`.
fn covered(from: usize, to: usize) -> Vec<Vec<(usize, u64)>> {
    let part = |at: usize| {
        let (start, end) = (at * from, (at + 1) * from);
        let share = |pixel: usize| (end.min((pixel + 1) * to) - start.max(pixel * to)) as u64;
        (start / to..end.div_ceil(to)).map(|pixel| (pixel, share(pixel))).collect()
    };
    (0..to).map(part).collect()
}

/// Bytes in Base64, as addresses of data have them.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A colour's place among 4,096.
fn bin(colour: [u8; 3]) -> u16 {
    let [red, green, blue] = colour.map(|part| u16::from(part >> 4));
    red << 8 | green << 4 | blue
}

/// So many colours at most that stand for all, and for each of the 4,096 which of them it is: those that most pixels have.
fn palette(pixels: &[[u8; 3]], most: usize) -> (Vec<[u8; 3]>, BTreeMap<u16, u8>) {
    let mut bins: BTreeMap<u16, [u64; 4]> = BTreeMap::new();
    for pixel in pixels {
        let sums = bins.entry(bin(*pixel)).or_default();
        for (sum, part) in sums.iter_mut().zip(pixel.iter().map(|part| u64::from(*part)).chain([1])) {
            *sum += part;
        }
    }
    let mean = |sums: &[u64; 4]| [0, 1, 2].map(|part| (sums[part] / sums[3].max(1)) as u8);
    let mut first: Vec<(u16, [u64; 4])> = bins.iter().map(|(bin, sums)| (*bin, *sums)).collect();
    first.sort_by_key(|(bin, sums)| (std::cmp::Reverse(sums[3]), *bin));
    first.truncate(most);
    let colours: Vec<[u8; 3]> = first.iter().map(|(_, sums)| mean(sums)).collect();
    let far = |a: [u8; 3], b: [u8; 3]| -> u32 { a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    let nearest = |colour: [u8; 3]| {
        let near = colours.iter().enumerate().min_by_key(|(_, known)| far(colour, **known));
        near.and_then(|(at, _)| u8::try_from(at).ok()).unwrap_or(0)
    };
    let of = bins.iter().map(|(bin, sums)| (*bin, nearest(mean(sums)))).collect();
    (colours, of)
}

/// A PNG of eight bits a pixel with a palette of so many colours at most (PNG, third edition, §11.2).
pub(super) fn png(canvas: &Canvas, colours: usize) -> Vec<u8> {
    let (colours, of) = palette(&canvas.pixels, colours);
    let mut rows = Vec::with_capacity((canvas.width + 1) * canvas.height);
    for row in canvas.pixels.chunks(canvas.width.max(1)) {
        rows.push(0);
        rows.extend(row.iter().map(|pixel| of.get(&bin(*pixel)).copied().unwrap_or(0)));
    }
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing into memory cannot fail.
    let _ = zlib.write_all(&rows);
    let packed = zlib.finish().unwrap_or_default();
    let side = |side: usize| u32::try_from(side).unwrap_or(0).to_be_bytes();
    let head = [side(canvas.width).as_slice(), &side(canvas.height), &[8, 3, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in
        [(b"IHDR", head.as_slice()), (b"PLTE", colours.as_flattened()), (b"IDAT", &packed), (b"IEND", &[])]
    {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        png.extend(side(data.len()));
        png.extend(kind);
        png.extend(data);
        png.extend(crc.sum().to_be_bytes());
    }
    png
}

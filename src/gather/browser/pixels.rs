//! A picture of a page as the browser gives it (PNG), and the colours in parts of it. Whatever it holds, reading it ends.

use flate2::read::ZlibDecoder;
use std::io::Read;

/// Pixels that are looked at in one line of text, across and down. Our choice: a picture behind a line has no finer parts that matter.
const ACROSS: usize = 64;
const DOWN: usize = 8;

/// The share of the darkest and of the lightest pixels that are left out, as a part of all. Our choice: edges of what is drawn.
const EDGE: usize = 20;

/// The largest picture that is read, in pixels. Our choice: 1280 × 6000 has less.
const MOST: usize = 16 * 1024 * 1024;

/// A picture.
pub(super) struct Pixels {
    width: usize,
    height: usize,
    /// Bytes of a pixel: red, green, blue, and maybe how dense it is.
    depth: usize,
    bytes: Vec<u8>,
}

impl Pixels {
    /// Reads a PNG of eight bits a colour that is not interlaced, as browsers write them; `None` for any other.
    pub(super) fn read(png: &[u8]) -> Option<Self> {
        let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
        let (mut head, mut packed) = (None, Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (kind, after) = after.split_first_chunk::<4>()?;
            let data = after.get(..length)?;
            match kind {
                b"IHDR" => head = data.first_chunk::<13>().copied(),
                b"IDAT" => packed.extend_from_slice(data),
                _ => {}
            }
            rest = after.get(length + 4..)?;
        }
        let head = head?;
        let side =
            |at: usize| usize::try_from(u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])).ok();
        let (width, height) = (side(0)?, side(4)?);
        let depth = match (head[8], head[9], head[12]) {
            (8, 2, 0) => 3,
            (8, 6, 0) => 4,
            _ => return None,
        };
        if width == 0 || height == 0 || width.checked_mul(height)? > MOST {
            return None;
        }
        let row = width * depth;
        let mut raw = Vec::new();
        ZlibDecoder::new(packed.as_slice()).take(((row + 1) * height) as u64).read_to_end(&mut raw).ok()?;
        let bytes = unfiltered(&raw, row, depth, height)?;
        Some(Self { width, height, depth, bytes })
    }

    /// Width, height, and red, green and blue of each pixel.
    pub(super) fn rgb(self) -> (usize, usize, Vec<u8>) {
        let bytes = match self.depth {
            3 => self.bytes,
            depth => self.bytes.chunks_exact(depth).flat_map(|pixel| &pixel[..3]).copied().collect(),
        };
        (self.width, self.height, bytes)
    }

    /// The darkest and the lightest colour in a rectangle (left, top, width and height in pixels), as `0xRRGGBB`; `None` where a part of it
    /// is not in the picture.
    pub(super) fn range(&self, [x, y, width, height]: [usize; 4]) -> Option<(u32, u32)> {
        if width == 0 || height == 0 || x + width > self.width || y + height > self.height {
            return None;
        }
        let mut found: Vec<(u32, u32)> = Vec::new();
        for down in 0..height.min(DOWN) {
            for across in 0..width.min(ACROSS) {
                let at = (x + across * width / width.min(ACROSS), y + down * height / height.min(DOWN));
                let start = (at.1 * self.width + at.0) * self.depth;
                let [red, green, blue] = *self.bytes.get(start..)?.first_chunk::<3>()?;
                let [r, g, b] = [red, green, blue].map(u32::from);
                // How light it looks, near enough to put them in order (ITU-R BT.709).
                found.push((2126 * r + 7152 * g + 722 * b, (r << 16) | (g << 8) | b));
            }
        }
        found.sort_unstable();
        let edge = found.len() / EDGE;
        Some((found.get(edge)?.1, found.get(found.len() - 1 - edge)?.1))
    }
}

/// Undoes what each row was packed with (PNG, §9 "Filtering").
fn unfiltered(raw: &[u8], row: usize, depth: usize, height: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0u8; row * height];
    for line in 0..height {
        let from = raw.get(line * (row + 1)..(line + 1) * (row + 1))?;
        let (before, own) = bytes.split_at_mut(line * row);
        let above = before.get(before.len().saturating_sub(row)..).filter(|above| above.len() == row);
        let kind = *from.first()?;
        for at in 0..row {
            let left = if at >= depth { own[at - depth] } else { 0 };
            let up = above.map_or(0, |above| above[at]);
            let corner = if at >= depth { above.map_or(0, |above| above[at - depth]) } else { 0 };
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => nearest(left, up, corner),
                _ => return None,
            };
            own[at] = from[at + 1].wrapping_add(guess);
        }
    }
    Some(bytes)
}

/// The one of three that is nearest to what they point to (Paeth).
fn nearest(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let to = a + b - c;
    let [da, db, dc] = [a, b, c].map(|known| (to - known).abs());
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;

    fn png(width: u8, height: u8, rows: &[u8]) -> Vec<u8> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(rows).expect("memory takes it");
        let packed = zlib.finish().expect("memory takes it");
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        let head = [0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0];
        for (kind, data) in [(b"IHDR", head.as_slice()), (b"IDAT", &packed), (b"IEND", &[])] {
            png.extend(u32::try_from(data.len()).expect("it is short").to_be_bytes());
            png.extend(kind);
            png.extend(data);
            png.extend([0; 4]);
        }
        png
    }

    #[test]
    fn colours_are_read_whatever_their_rows_were_packed_with() {
        // Two rows of two pixels: the second pixel by what is left of it, the second row by what is above.
        let rows = [1, 10, 20, 30, 1, 1, 1, 2, 0, 0, 0, 100, 100, 100];
        let pixels = Pixels::read(&png(2, 2, &rows)).expect("it is a picture");
        assert_eq!(pixels.bytes, [10, 20, 30, 11, 21, 31, 10, 20, 30, 111, 121, 131]);
        assert_eq!(pixels.range([0, 0, 2, 2]), Some((0x0a141e, 0x6f7983)));
        assert_eq!(pixels.range([1, 0, 2, 2]), None, "a part of it lies beside the picture");
    }

    #[test]
    fn what_is_no_whole_picture_is_none() {
        let whole = png(2, 2, &[0; 14]);
        assert!(Pixels::read(&whole).is_some());
        for cut in [0, 7, 20, 40, 50] {
            assert!(Pixels::read(&whole[..cut.min(whole.len())]).is_none(), "{cut}");
        }
        assert!(Pixels::read(&png(255, 255, &[0; 14])).is_none());
    }
}

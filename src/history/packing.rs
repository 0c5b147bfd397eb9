//! How records are packed: by zlib at its quickest, since most of them is the same links on every page of a site. It never looks at
//! what it packs, and damage is told by whoever reads it.

use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use serde::Serialize;
use std::cell::RefCell;
use std::io::BufWriter;

/// Largest record that is unpacked, in bytes. Our choice: a page of the largest size that is read
/// leaves less.
const MAX_RECORD: usize = 256 * 1024 * 1024;

/// JSON that is packed at a time, in bytes. Our choice.
const CHUNK: usize = 32 * 1024;

/// How many times its size a record is expected to have once it is unpacked. Our choice, from 1,644 pages of a city: 5.
const GUESS: usize = 6;

thread_local! {
    // It takes as long to set up as to unpack a record.
    static UNPACKER: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

/// Packs many things for the store; one is used for many, because it takes longer to set up than to run.
pub struct Packer {
    zlib: Compress,
}

impl Default for Packer {
    fn default() -> Self {
        Self { zlib: Compress::new(Compression::fast(), true) }
    }
}

impl Packer {
    pub(super) fn pack(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.zlib.reset();
        // At its quickest it writes at most nine bits for a byte.
        let mut packed = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 64);
        match self.zlib.compress_vec(bytes, &mut packed, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => packed,
            // It cannot happen with room for the worst case; an empty record would be told when it is read.
            _ => Vec::new(),
        }
    }
}

/// Packs one thing for the store.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    Packer::default().pack(bytes)
}

/// Packs a value as JSON, which is never in memory as a whole: what a run came to know of a large site has some 100 bytes an address.
pub(super) fn pack_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut packed = BufWriter::with_capacity(CHUNK, ZlibEncoder::new(Vec::new(), Compression::fast()));
    serde_json::to_writer(&mut packed, value)?;
    let packed = packed.into_inner().map_err(|e| serde_json::Error::io(e.into_error()))?;
    packed.finish().map_err(serde_json::Error::io)
}

/// What was packed. The store is ours; what is damaged ends where it is, with an error of whoever reads it.
pub(super) fn unpacked(packed: &[u8]) -> Vec<u8> {
    UNPACKER.with_borrow_mut(|zlib| {
        zlib.reset(true);
        let mut bytes = Vec::with_capacity(packed.len().saturating_mul(GUESS).min(MAX_RECORD));
        loop {
            let read = usize::try_from(zlib.total_in()).unwrap_or(usize::MAX);
            let rest = packed.get(read..).unwrap_or_default();
            if bytes.len() == bytes.capacity() {
                bytes.reserve_exact(bytes.len().min(MAX_RECORD - bytes.len()).max(64));
            }
            let before = (zlib.total_in(), zlib.total_out());
            let status = zlib.decompress_vec(rest, &mut bytes, FlushDecompress::None);
            let is_more = matches!(status, Ok(Status::Ok | Status::BufError));
            if !is_more || (zlib.total_in(), zlib.total_out()) == before || bytes.len() >= MAX_RECORD {
                return bytes;
            }
        }
    })
}

/// The text that was packed; empty where it is damaged, which is no JSON.
pub(super) fn unpacked_text(packed: &[u8]) -> String {
    String::from_utf8(unpacked(packed)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes without a pattern, all of them from `low` on.
    fn noise(len: usize, low: u8) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            low.max((state >> 24) as u8)
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn what_is_packed_comes_back_whatever_it_is() {
        let mut packer = Packer::default();
        let menus = "<a href=\"/fees\">Fees</a>".repeat(20_000).into_bytes();
        for bytes in [Vec::new(), b"x".to_vec(), menus, noise(100_000, 0), noise(100_000, 200), noise(1_000, 0)] {
            let packed = packer.pack(&bytes);
            assert!(unpacked(&packed) == bytes, "{} bytes", bytes.len());
            assert!(unpacked(&pack(&bytes)) == bytes, "{} bytes", bytes.len());
            let json = serde_json::to_vec(&bytes).expect("numbers are JSON");
            assert!(unpacked(&pack_json(&bytes).expect("numbers are JSON")) == json, "{} bytes", bytes.len());
        }
    }

    #[test]
    fn what_is_damaged_ends_where_it_is_and_harms_nothing_that_follows() {
        let whole = "A text of some length, and again a text of some length.".repeat(50);
        let packed = pack(whole.as_bytes());
        let cut = unpacked(&packed[..packed.len() / 2]);
        assert!(cut.len() < whole.len() && whole.as_bytes().starts_with(&cut));
        assert_eq!((unpacked(b""), unpacked_text(b"no zlib")), (Vec::new(), String::new()));
        assert_eq!(unpacked_text(&pack(&[0xff, 0xfe])), "");
        assert_eq!(unpacked_text(&packed), whole);
    }
}

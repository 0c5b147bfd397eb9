//! Undoes the content coding of a body, chunk by chunk, and must never unpack more than its cap.

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::{self, Write};

/// Packed bytes that are unpacked at once. Our choice: even a bomb makes 130 kB of them at
/// most, and pages notice nothing.
const BITE: usize = 128;

/// Bytes that brotli hands on at once. Our choice: what its own documentation uses.
const BROTLI_BUFFER: usize = 4096;

/// Unpacks a body under a cap on what comes out.
pub struct Decoder {
    coding: Coding,
    fed: u64,
}

enum Coding {
    Plain(Sink),
    Gzip(MultiGzDecoder<Sink>),
    Zlib(ZlibDecoder<Sink>),
    Deflate(DeflateDecoder<Sink>),
    // Boxed: its state takes kilobytes.
    Brotli(Box<DecompressorWriter<Sink>>),
    // `deflate` means zlib by RFC 9110 §8.4.1.2, but some servers send the bare stream, and
    // browsers take both: the first bytes tell.
    ZlibOrDeflate(Sink),
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fed {
    /// There is room for more.
    More,
    /// The cap was reached.
    Full,
    /// The bytes are not of the declared coding.
    Broken,
}

/// A body as far as it could be unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes.
    pub body: Bytes,
    /// Whether the end of the coding was reached, so that nothing is missing.
    pub whole: bool,
    /// Unpacked bytes a packed byte; 1 for a body without coding.
    pub ratio: u64,
}

impl Decoded {
    /// Unpacked bytes a packed byte above which a body that met its cap is taken for a bomb.
    /// Our choice: deflate reaches 1,032 at most, real HTML rarely 30.
    pub const BOMB_RATIO: u64 = 100;

    /// Whether this body was made to fill memory. Only for bodies that met the cap.
    pub fn is_bomb(&self) -> bool {
        self.ratio > Self::BOMB_RATIO
    }
}

impl Decoder {
    /// A decoder for the value of `Content-Encoding`; `None` when the coding is not known here.
    pub fn new(content_encoding: Option<&str>, cap: usize) -> Option<Self> {
        let sink = Sink { bytes: Vec::new(), cap };
        let coding = match content_encoding.unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "" | "identity" | "none" => Coding::Plain(sink),
            "gzip" | "x-gzip" => Coding::Gzip(MultiGzDecoder::new(sink)),
            "deflate" => Coding::ZlibOrDeflate(sink),
            "br" => Coding::Brotli(Box::new(DecompressorWriter::new(sink, BROTLI_BUFFER))),
            _ => return None,
        };
        Some(Self { coding, fed: 0 })
    }

    /// Takes the next chunk.
    pub fn feed(&mut self, chunk: &[u8]) -> Fed {
        if chunk.is_empty() {
            return Fed::More;
        }
        if let Coding::ZlibOrDeflate(sink) = &mut self.coding {
            let sink = Sink { bytes: Vec::new(), cap: sink.cap };
            self.coding = match chunk {
                [first, second, ..] if !is_zlib(*first, *second) => Coding::Deflate(DeflateDecoder::new(sink)),
                _ => Coding::Zlib(ZlibDecoder::new(sink)),
            };
        }
        // In small bites, so that what was fed by the time the cap is met is known well enough to
        // tell a bomb by its ratio.
        for bite in chunk.chunks(BITE) {
            self.fed += bite.len() as u64;
            let written = match &mut self.coding {
                Coding::Plain(sink) | Coding::ZlibOrDeflate(sink) => sink.write_all(bite),
                Coding::Gzip(decoder) => decoder.write_all(bite),
                Coding::Zlib(decoder) => decoder.write_all(bite),
                Coding::Deflate(decoder) => decoder.write_all(bite),
                Coding::Brotli(decoder) => decoder.write_all(bite),
            };
            match written {
                Ok(()) => {}
                Err(_) if self.sink().is_full() => return Fed::Full,
                Err(_) => return Fed::Broken,
            }
        }
        Fed::More
    }

    /// What has come out so far.
    pub fn so_far(&self) -> &[u8] {
        &self.sink().bytes
    }

    /// The end of the body.
    pub fn finish(mut self) -> Decoded {
        let whole = match &mut self.coding {
            Coding::Plain(_) => Ok(()),
            // No byte came: an empty body is whole, whatever its coding.
            _ if self.fed == 0 => Ok(()),
            Coding::ZlibOrDeflate(_) => Ok(()),
            Coding::Gzip(decoder) => decoder.try_finish(),
            Coding::Zlib(decoder) => decoder.try_finish(),
            Coding::Deflate(decoder) => decoder.try_finish(),
            Coding::Brotli(decoder) => decoder.close(),
        };
        let fed = self.fed.max(1);
        let whole = whole.is_ok();
        let body = std::mem::take(&mut self.sink_mut().bytes);
        Decoded { ratio: (body.len() as u64 / fed).max(1), whole, body: Bytes::from(body) }
    }

    fn sink(&self) -> &Sink {
        match &self.coding {
            Coding::Plain(sink) | Coding::ZlibOrDeflate(sink) => sink,
            Coding::Gzip(decoder) => decoder.get_ref(),
            Coding::Zlib(decoder) => decoder.get_ref(),
            Coding::Deflate(decoder) => decoder.get_ref(),
            Coding::Brotli(decoder) => decoder.get_ref(),
        }
    }

    fn sink_mut(&mut self) -> &mut Sink {
        match &mut self.coding {
            Coding::Plain(sink) | Coding::ZlibOrDeflate(sink) => sink,
            Coding::Gzip(decoder) => decoder.get_mut(),
            Coding::Zlib(decoder) => decoder.get_mut(),
            Coding::Deflate(decoder) => decoder.get_mut(),
            Coding::Brotli(decoder) => decoder.get_mut(),
        }
    }
}

// RFC 1950 §2.2: method 8 in the low bits, and the first two bytes a multiple of 31.
fn is_zlib(first: u8, second: u8) -> bool {
    first & 0x0f == 8 && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
}

struct Sink {
    bytes: Vec<u8>,
    cap: usize,
}

impl Sink {
    fn is_full(&self) -> bool {
        self.bytes.len() >= self.cap
    }
}

impl Write for Sink {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let room = self.cap.saturating_sub(self.bytes.len());
        if room == 0 && !chunk.is_empty() {
            return Err(io::Error::other("the cap is reached"));
        }
        let taken = chunk.len().min(room);
        self.bytes.extend_from_slice(&chunk[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).and_then(|()| encoder.finish()).expect("memory takes every write")
    }

    #[track_caller]
    fn check(coding: Option<&str>, packed: &[u8], expected: &[u8]) {
        let mut decoder = Decoder::new(coding, 1000).expect("a known coding");
        for chunk in packed.chunks(7) {
            assert_eq!(decoder.feed(chunk), Fed::More);
        }
        let decoded = decoder.finish();
        assert_eq!((decoded.body.as_ref(), decoded.whole), (expected, true));
    }

    #[test]
    fn every_known_coding_gives_the_body_back() {
        let body = b"<p>Hello, hello, hello, citizen";
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(body).expect("memory takes every write");
        deflate.write_all(body).expect("memory takes every write");
        check(None, body, body);
        check(Some(" GZIP "), &gzip(body), body);
        check(Some("gzip"), &[gzip(b"one "), gzip(b"two")].concat(), b"one two");
        check(Some("deflate"), &zlib.finish().expect("memory"), body);
        check(Some("deflate"), &deflate.finish().expect("memory"), body);
        check(Some("gzip"), b"", b"");
        check(Some("br"), b"\x8f\x02\x80hello\n\x03", b"hello\n");
        assert!(Decoder::new(Some("zstd"), 10).is_none());
    }

    #[test]
    fn a_bomb_stops_at_the_cap_and_is_called_one() {
        let bomb = gzip(&vec![0; 5_000_000]);
        let mut decoder = Decoder::new(Some("gzip"), 100_000).expect("a known coding");
        assert_eq!(decoder.feed(&bomb), Fed::Full);
        let decoded = decoder.finish();
        assert!(decoded.body.len() == 100_000 && decoded.is_bomb(), "ratio {}", decoded.ratio);

        // Five million zeros in 14 bytes, as `brotli` packs them.
        let mut decoder = Decoder::new(Some("br"), 100_000).expect("a known coding");
        assert_eq!(decoder.feed(b"\x9b\x3f\x4b\x4c\xf8\x27\x00\xe2\xb1\x40\x20\x5f\x88\x09"), Fed::Full);
        let decoded = decoder.finish();
        assert!(decoded.body.len() == 100_000 && decoded.is_bomb(), "ratio {}", decoded.ratio);
    }

    #[test]
    fn what_breaks_off_keeps_what_came() {
        let packed = gzip(&b"abcdefgh".repeat(50));
        let mut decoder = Decoder::new(Some("gzip"), 1000).expect("a known coding");
        assert_eq!(decoder.feed(&packed[..packed.len() - 9]), Fed::More);
        let decoded = decoder.finish();
        assert!(!decoded.whole && decoded.body.starts_with(b"abcdefgh"));

        let mut decoder = Decoder::new(Some("gzip"), 1000).expect("a known coding");
        assert_eq!(decoder.feed(b"<html> but no gzip at all"), Fed::Broken);
    }
}

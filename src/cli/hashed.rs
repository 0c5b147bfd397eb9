//! Files that are hashed while they are written.

use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Writes, and knows what it wrote.
pub(super) struct Hashed<W> {
    pub(super) out: W,
    pub(super) hash: Sha256,
    pub(super) bytes: u64,
}

impl<W: Write> Hashed<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, hash: Sha256::new(), bytes: 0 }
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

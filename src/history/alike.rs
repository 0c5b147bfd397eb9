//! What says the same of equal elements, put together over a whole run. A site of 100,000 pages has millions of such groups, so
//! that they are put aside in parts, on the disk where they are many, and worked out part by part.

use super::stream::At;
use crate::score::Sum;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Parts that findings are put aside in. Our choice: the groups of one are in memory at a time.
const PARTS: usize = 64;

/// Bytes of a part that wait in memory. Our choice: 4 MB for all parts, some 70,000 findings.
const WAITING: usize = 64 * 1024;

/// Bytes of a finding that is put aside.
const BYTES: usize = 56;

/// A finding, as far as its group matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Member {
    /// The number of its rule.
    pub(super) rule: u32,
    /// A number for what it says and of which element.
    pub(super) same: u64,
    /// The number of its page, in the order of addresses.
    pub(super) page: u32,
    /// How many findings it stands for.
    pub(super) count: u64,
    pub(super) gain: f64,
    /// The number of the moment at which it was first seen.
    pub(super) first_seen: u32,
    pub(super) at: At,
}

/// Findings that say the same of equal elements.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) rule: u32,
    /// Findings.
    pub(super) count: u64,
    /// Pages.
    pub(super) pages: u64,
    /// Points that mending all of them brings.
    pub(super) gain: f64,
    /// The numbers of the moments at which they were first seen, each once.
    pub(super) first_seen: Vec<u32>,
    /// The first of them.
    pub(super) at: At,
    /// The number of the page that it stands on, and of the finding among all.
    pub(super) order: u64,
}

/// Findings on their way into groups.
#[derive(Default)]
pub(super) struct Groups {
    parts: Vec<Part>,
    file: Option<File>,
    end: u64,
    members: u64,
}

#[derive(Default)]
struct Part {
    waiting: Vec<u8>,
    /// Where the file has what came before.
    written: Vec<u64>,
}

/// What is known of a group so far.
struct Open {
    count: u64,
    pages: u64,
    last_page: u32,
    gain: Sum,
    first_seen: Vec<u32>,
    at: At,
    order: u64,
}

impl Member {
    fn bytes(self, order: u64) -> [u8; BYTES] {
        let (kind, of, nth) = match self.at {
            At::Page(version, nth) => (0_u32, version, nth),
            At::Block(block, nth) => (1, block, nth),
        };
        let pair = |high: u32, low: u32| (u64::from(high) << 32) | u64::from(low);
        let words = [
            pair(self.rule, kind),
            self.same,
            pair(self.page, nth),
            pair(self.first_seen, u32::try_from(self.count).unwrap_or(u32::MAX)),
            self.gain.to_bits(),
            of.cast_unsigned(),
            order,
        ];
        let mut bytes = [0; BYTES];
        for (to, word) in bytes.chunks_exact_mut(8).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8]) -> (Self, u64) {
        let mut words = [0_u64; BYTES / 8];
        for (word, from) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            let mut raw = [0; 8];
            raw.copy_from_slice(from);
            *word = u64::from_le_bytes(raw);
        }
        let high = |word: u64| (word >> 32) as u32;
        let low = |word: u64| (word & u64::from(u32::MAX)) as u32;
        let (of, nth) = (words[5].cast_signed(), low(words[2]));
        let member = Self {
            rule: high(words[0]),
            same: words[1],
            page: high(words[2]),
            first_seen: high(words[3]),
            count: u64::from(low(words[3])),
            gain: f64::from_bits(words[4]),
            at: if low(words[0]) == 0 { At::Page(of, nth) } else { At::Block(of, nth) },
        };
        (member, words[6])
    }
}

impl Groups {
    /// Takes the next finding, in the order of the run.
    pub(super) fn add(&mut self, member: Member) -> io::Result<()> {
        if self.parts.is_empty() {
            self.parts.resize_with(PARTS, Part::default);
        }
        // The number is a hash; rules differ in few bits, and need not be spread.
        let part = (member.same ^ u64::from(member.rule)) as usize % PARTS;
        let part = &mut self.parts[part];
        part.waiting.extend_from_slice(&member.bytes(self.members));
        self.members += 1;
        if part.waiting.len() + BYTES > WAITING {
            let file = match &mut self.file {
                Some(file) => file,
                None => self.file.insert(tempfile::tempfile()?),
            };
            part.waiting.resize(WAITING, 0);
            file.write_all(&part.waiting)?;
            part.written.push(self.end);
            self.end += WAITING as u64;
            part.waiting.clear();
        }
        Ok(())
    }

    /// Hands over every group, in no order.
    pub(super) fn each(mut self, mut visit: impl FnMut(Group)) -> io::Result<()> {
        let mut room = vec![0; WAITING];
        for part in std::mem::take(&mut self.parts) {
            let mut open: HashMap<(u32, u64), Open> = HashMap::new();
            for start in part.written {
                let Some(file) = &mut self.file else { continue };
                file.seek(SeekFrom::Start(start))?;
                file.read_exact(&mut room)?;
                let full = WAITING / BYTES * BYTES;
                room[..full].chunks_exact(BYTES).for_each(|bytes| Self::join(&mut open, bytes));
            }
            part.waiting.chunks_exact(BYTES).for_each(|bytes| Self::join(&mut open, bytes));
            for ((rule, _), group) in open {
                visit(Group {
                    rule,
                    count: group.count,
                    pages: group.pages,
                    gain: group.gain.value(),
                    first_seen: group.first_seen,
                    at: group.at,
                    order: group.order,
                });
            }
        }
        Ok(())
    }

    fn join(open: &mut HashMap<(u32, u64), Open>, bytes: &[u8]) {
        let (member, order) = Member::read(bytes);
        let group = open.entry((member.rule, member.same)).or_insert_with(|| Open {
            count: 0,
            pages: 0,
            last_page: u32::MAX,
            gain: Sum::default(),
            first_seen: Vec::new(),
            at: member.at,
            order,
        });
        group.count += member.count;
        group.pages += u64::from(group.last_page != member.page);
        group.last_page = member.page;
        group.gain.add(member.gain);
        if !group.first_seen.contains(&member.first_seen) {
            group.first_seen.push(member.first_seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_the_same_in_memory_and_on_the_disk() {
        for count in [3_u32, 500_000] {
            let mut groups = Groups::default();
            for n in 0..count {
                let same = u64::from(n % 3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                let at = if n % 2 == 0 { At::Page(i64::from(n), 7) } else { At::Block(i64::from(n), 7) };
                let member = Member { rule: n % 3, same, page: n / 6, count: 2, gain: 0.25, first_seen: n % 2, at };
                groups.add(member).expect("the disk takes it");
            }
            let mut all = Vec::new();
            groups.each(|group| all.push(group)).expect("it can be read");
            all.sort_by_key(|group| group.rule);
            assert_eq!(all.len(), 3);
            for (group, rule) in all.iter().zip(0_u32..) {
                let own = (count - rule).div_ceil(3);
                assert_eq!(group.count, u64::from(own) * 2);
                assert_eq!(group.gain, f64::from(own) * 0.25);
                assert_eq!(group.pages, u64::from((count - rule).div_ceil(6)), "of rule {rule}");
                assert_eq!(group.order, u64::from(rule));
                let at = if rule == 1 { At::Block(1, 7) } else { At::Page(i64::from(rule), 7) };
                assert_eq!(group.at, at);
            }
        }
    }
}

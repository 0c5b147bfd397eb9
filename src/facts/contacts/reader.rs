//! Goes through the parts of a page and notes the contacts that each names.

use super::clock::HourWords;
use super::contact::{Contact, Origin};
use super::hours::Purity;
use super::labels::Labels;
use super::phones::{self, Phones};
use super::{Sources, data, hours, mail, prefix};
use crate::facts::dom::shorten;
use crate::facts::lexicon::{Lexicon, Words};
use crate::facts::links::Link;
use crate::facts::text::{Block, BlockKind};
use crate::model::Exposure;

/// Longest text that is searched for opening hours, in bytes. Our choice: they stand in short ones.
const MOST_HOURS: usize = 4_000;

/// Blocks that one table of opening hours may take. Our choice: seven days in two columns, twice.
const MOST_ROWS: usize = 28;

/// The code of the relay service for deaf callers in North America (47 CFR 64.603).
const RELAY_CODE: &str = "711";

/// What stands for the name of a person.
const PERSON: &str = "named person";

/// Something found within one block.
struct Hit {
    start: usize,
    end: usize,
    kind: &'static str,
    value: String,
    valid: Option<bool>,
    obfuscated: bool,
}

pub(super) struct Reader<'r, 'p> {
    pub(super) page: &'r Sources<'p>,
    pub(super) words: &'r [&'r Words],
    pub(super) lexicon: &'r Lexicon,
    pub(super) phones: Phones,
    pub(super) labels: Labels<'r>,
    pub(super) heading: String,
    pub(super) found: Vec<Contact>,
    /// Which blocks are nothing but days and times, as far as that was asked, by language.
    pub(super) purities: Vec<Vec<Option<Purity>>>,
}

/// What is known of a block's text with the words of its page, which are the first.
fn read_before(block: &Block, lang: usize) -> Option<&hours::OfHours> {
    block.reading.as_ref().filter(|_| lang == 0).map(|reading| reading.hours())
}

impl Reader<'_, '_> {
    fn contact(&self, kind: &str, value: String, raw: &str, node: u32) -> Contact {
        let place = self.page.dom.node(node);
        Contact {
            kind: kind.to_owned(),
            value,
            raw: shorten(raw, 160),
            label: String::new(),
            region: place.region,
            line: place.line,
            valid: None,
            origin: Origin::Text,
            heading: String::new(),
            zone: None,
            seasonal: false,
            obfuscated: false,
            linked: None,
            free_mail: false,
            node,
        }
    }

    pub(super) fn blocks(&mut self) {
        let blocks = self.page.blocks;
        let mut at = 0;
        while let Some(block) = blocks.get(at) {
            if matches!(block.kind, BlockKind::Heading(_)) {
                self.heading = shorten(&block.text.replace('\n', " "), 80);
            }
            self.block(at);
            at += self.hours(at).max(1);
        }
    }

    /// Everything but opening hours.
    fn block(&mut self, at: usize) {
        let block = &self.page.blocks[at];
        let text = block.text.as_str();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let mut hits: Vec<Hit> = Vec::new();
        let sign = |name| self.words.iter().find_map(|w| w.mail_signs.get(name));
        hits.extend(mail::find(text, sign("at"), sign("dot")).into_iter().map(|m| Hit {
            start: m.start,
            end: m.end,
            kind: "email",
            value: m.value,
            valid: None,
            obfuscated: m.obfuscated,
        }));
        if digits >= 3 {
            self.numbers(text, digits, &mut hits);
        }
        if digits > 0 && block.kind != BlockKind::Button {
            let street =
                |w: &&Words| w.street.as_ref().map(|s| s.find(text, block.glance())).filter(|found| !found.is_empty());
            let found = self.words.iter().find_map(street).unwrap_or_default();
            let hit = |(start, end, value)| Hit { start, end, kind: "address", value, valid: None, obfuscated: false };
            hits.extend(found.into_iter().map(hit));
        }
        hits.sort_by_key(|h| (h.start, h.end));
        // A person is told as one, never by name.
        let ways = self.words.iter().find_map(|w| w.contact_ways.as_ref());
        let named = if hits.is_empty() { None } else { ways.and_then(|w| w.named(block)) };
        let name = named.map(|(from, to)| text[from..to].trim_start_matches([':', ' ', '-', '–']));
        let mut last = 0;
        for (i, hit) in hits.iter().enumerate() {
            let before = &text[last.min(hit.start)..hit.start];
            let after = &text[hit.end..hits.get(i + 1).map_or(text.len(), |next| next.start.max(hit.end))];
            let side = if last == 0 && self.labels.says_nothing(before) {
                self.labels.beside(self.page, at)
            } else {
                String::new()
            };
            let mut kind = hit.kind;
            if kind == "phone" {
                kind = self.labels.phone_kind(before, last == 0, after, &side);
                if hit.value == RELAY_CODE {
                    kind = "relay";
                }
            }
            let mut contact = self.contact(kind, hit.value.clone(), &text[hit.start..hit.end], block.node);
            contact.valid = hit.valid;
            contact.obfuscated = hit.obfuscated;
            contact.region = block.region;
            contact.label = self.labels.whose(&text[..hit.start], &side, || data::owner(self.page.dom, block.node));
            if let Some(name) = name.filter(|n| !n.is_empty()) {
                contact.label = contact.label.replace(name, PERSON);
            }
            contact.heading = self.heading.clone();
            self.found.push(contact);
            last = hit.end;
        }
        self.ways(block);
    }

    /// What the words of a block say about reaching somebody, beyond numbers and addresses.
    fn ways(&mut self, block: &Block) {
        let Some(ways) = self.words.iter().find_map(|w| w.contact_ways.as_ref()) else { return };
        for (kind, start, end) in ways.find(block) {
            let raw = if kind == "person" { PERSON } else { &block.text[start..end] };
            let mut contact = self.contact(kind, kind.to_owned(), raw, block.node);
            contact.region = block.region;
            contact.heading = self.heading.clone();
            self.found.push(contact);
        }
    }

    fn numbers(&mut self, text: &str, digits: usize, hits: &mut Vec<Hit>) {
        let labels = &self.labels;
        let hit = |n: phones::Number| Hit {
            start: n.start,
            end: n.end,
            kind: "phone",
            value: n.value,
            valid: n.valid,
            obfuscated: false,
        };
        let mut found = phones::vanity(text);
        if digits >= 7 {
            let numbers = self.phones.find(text, &|at| labels.announces(&text[..at]));
            for mut number in numbers {
                if found.iter().any(|n| n.start < number.end && number.start < n.end) {
                    continue;
                }
                if let Some((length, extension)) = labels.extension(&text[number.end..]) {
                    number.end += length;
                    number.value = format!("{};ext={extension}", number.value);
                }
                found.push(number);
            }
        }
        let short = labels.short_codes(text);
        found.extend(
            short.into_iter().filter(|s| !found.iter().any(|n| n.start < s.end && s.start < n.end)).collect::<Vec<_>>(),
        );
        hits.extend(found.into_iter().map(hit));
    }

    /// Reads the opening hours that begin in a block, by the first language that finds any; how many blocks they take.
    fn hours(&mut self, at: usize) -> usize {
        (0..self.words.len()).map(|lang| self.hours_in(at, lang)).find(|used| *used > 0).unwrap_or(1)
    }

    /// Whether a block is nothing but days and times; worked out once, since a block stands in many rows.
    fn purity(&mut self, at: usize, lang: usize) -> Purity {
        let (block, words) = (&self.page.blocks[at], &self.words[lang].hours);
        *self.purities[lang][at].get_or_insert_with(|| match read_before(block, lang) {
            Some(read) => read.purity(&block.text, words),
            None => Purity::of(&block.text, words),
        })
    }

    fn hours_in(&mut self, at: usize, lang: usize) -> usize {
        let (blocks, words) = (self.page.blocks, &self.words[lang].hours);
        let block = &blocks[at];
        let has_digit = |b: &Block| b.text.bytes().any(|b| b.is_ascii_digit());
        let (has_sign, numbered) = (words.occur_in(block), has_digit(block));
        if block.kind == BlockKind::Button || !has_sign && !numbered {
            return 0;
        }
        let same = |b: &Block| b.region == block.region && b.kind != BlockKind::Button && !b.text.is_empty();
        let end = (at + MOST_ROWS).min(blocks.len());
        let rows = (at..end).take_while(|&i| same(&blocks[i]) && self.purity(i, lang) != Purity::Mixed).count();
        if rows >= 2 {
            if (at..at + rows).all(|i| self.purity(i, lang) == Purity::Idle) {
                return 0;
            }
            let text = blocks[at..at + rows].iter().map(|b| b.text.as_str()).collect::<Vec<_>>().join("\n");
            if !self.hours_of(&text, hours::find(&text, words), at, words) {
                return 0;
            }
            // The other kinds of contacts in these blocks are read all the same.
            (at + 1..at + rows).for_each(|other| self.block(other));
            return rows;
        }
        if !has_sign || !numbered {
            return 0;
        }
        let text = prefix(&block.text, MOST_HOURS);
        let found = read_before(block, lang).map_or_else(|| hours::find(text, words), |read| read.find(text, words));
        usize::from(self.hours_of(text, found, at, words))
    }

    /// Notes the opening hours that were found in a text; whether there are any.
    fn hours_of(&mut self, text: &str, found: Vec<hours::Hours>, at: usize, words: &HourWords) -> bool {
        let block = &self.page.blocks[at];
        let any = !found.is_empty();
        for read in found {
            let before = &text[..read.start];
            let side = if self.labels.says_nothing(before) { self.labels.beside(self.page, at) } else { String::new() };
            let raw = text[read.start..read.end].replace('\n', " ");
            let mut contact = self.contact("hours", read.value, &raw, block.node);
            contact.region = block.region;
            contact.label = self.labels.whose(before, &side, || data::owner(self.page.dom, block.node));
            contact.heading = self.heading.clone();
            contact.zone = read.zone;
            contact.seasonal = read.seasonal || words.is_seasonal(&self.heading) || words.is_seasonal(&side);
            self.found.push(contact);
        }
        any
    }

    pub(super) fn link(&mut self, link: &Link) {
        let (kind, value, valid, obfuscated) = match link.scheme() {
            "mailto" => match mail::of_link(link) {
                Some(value) => ("email", value, None, false),
                None => return,
            },
            "tel" => {
                let number = &link.href["tel:".len()..];
                let digits: String = number.chars().filter(char::is_ascii_digit).collect();
                let kind = self.labels.phone_kind(&link.text, true, "", "");
                if phones::SHORT_CODES.contains(&digits.as_str()) {
                    (kind, digits, Some(true), false)
                } else {
                    let Some((value, valid)) = self.phones.read(number) else { return };
                    (kind, value, Some(valid), false)
                }
            }
            "http" | "https" => {
                // Few links have a part behind a hash, and only those are searched.
                let coded = memchr::memchr(b'#', link.href.as_bytes())
                    .and_then(|_| link.href.split_once("/cdn-cgi/l/email-protection#"));
                let hidden = coded.and_then(|(_, code)| mail::from_code(code));
                if let Some(value) = hidden {
                    ("email", value, None, true)
                } else {
                    let host = link.page.as_ref().and_then(|p| self.lexicon.contact_host(p.host()));
                    let Some(kind) = host.filter(|kind| *kind != "mail") else { return };
                    let path = link.page.as_ref().map_or("", |p| p.path());
                    // The front page of a service, or its button to share, is nobody's account.
                    if path.len() <= 1 || path.contains("shar") || path.contains("intent") {
                        return;
                    }
                    (kind, shorten(&link.href, 120), None, false)
                }
            }
            _ => return,
        };
        let raw = if link.text.is_empty() { link.raw.clone() } else { link.text.clone() };
        let mut contact = self.contact(kind, value, &raw, link.node);
        contact.valid = valid;
        contact.obfuscated = obfuscated;
        contact.origin = Origin::Link;
        contact.region = link.region;
        contact.line = link.line;
        self.found.push(contact);
    }

    pub(super) fn forms(&mut self) {
        for form in self.page.forms.iter().filter(|f| matches!(f.kind.as_str(), "contact" | "feedback")) {
            let value = form.action.clone().unwrap_or_default();
            let mut contact = self.contact("form", value.clone(), &value, form.node);
            contact.line = form.line;
            self.found.push(contact);
        }
    }

    /// Numbers and addresses in the text of images.
    pub(super) fn images(&mut self) {
        let dom = self.page.dom;
        for &i in dom.tagged("img").iter().filter(|&&i| dom.node(i).exposure != Exposure::Hidden) {
            let Some(alt) = dom.attr(i, "alt").filter(|a| a.bytes().any(|b| b.is_ascii_digit() || b == b'@')) else {
                continue;
            };
            let alt = prefix(alt, MOST_HOURS);
            let mut hits = Vec::new();
            self.numbers(alt, alt.bytes().filter(u8::is_ascii_digit).count(), &mut hits);
            let mails = mail::find(alt, None, None).into_iter();
            let values: Vec<(&str, String)> =
                hits.into_iter().map(|h| (h.kind, h.value)).chain(mails.map(|m| ("email", m.value))).collect();
            for (kind, value) in values {
                let mut contact = self.contact(kind, value, alt, i);
                contact.origin = Origin::Image;
                self.found.push(contact);
            }
        }
    }

    /// What the page states for programs.
    pub(super) fn data(&mut self) {
        for stated in data::stated(self.page.dom) {
            let (value, valid) = match stated.kind {
                "phone" | "fax" => match self.phones.read(&stated.raw) {
                    Some((value, valid)) => (value, Some(valid)),
                    None => continue,
                },
                "email" => (stated.raw.trim_start_matches("mailto:").to_lowercase(), None),
                "hours" => match data::stated_hours(&stated.raw) {
                    Some(value) => (value, None),
                    None => continue,
                },
                _ => (stated.raw.clone(), None),
            };
            let mut contact = self.contact(stated.kind, value, &stated.raw, stated.node);
            contact.valid = valid;
            contact.origin = Origin::Data;
            contact.label = shorten(&stated.label, 60);
            self.found.push(contact);
        }
    }
}

//! What can be measured of a file that is no page: PDF and Office documents. A file is never an
//! error: what cannot be read says so, and why.

mod fields;
mod lexer;
mod office;
mod pdf;
mod store;
mod text;

use super::Lexicon;
use super::page::Settings;
use super::text::text_language;
use super::{fold_space, shorten};
use crate::model::{Fetched, PageUrl, Role, media_type};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pages whose text is read. Our choice, that of the public index of PDFs that we compare with: what a
/// form is shows on its first pages.
pub const PAGES_READ: usize = 3;

/// Fields that are kept of a file. Our choice: the longest form of 40 real ones has 143.
const MAX_FIELDS: usize = 2_000;

/// Characters below which pages with pictures have no text. Our choice: scanners stamp a date or a number.
const SCAN_CHARACTERS: u32 = 40;

/// Gaps to write into from which on a document is taken for a form, beside one sign of it. Our choice.
const MANY_BLANKS: u32 = 3;

/// Different signs of a form from which on a document is taken for one, and the words that each of them
/// may stand among: instructions name the parts of a form too, in longer text. Our choices.
const MANY_SIGNS: u32 = 3;
const WORDS_A_SIGN: u32 = 120;

/// A question of a form in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileField {
    /// What the file calls it.
    pub name: String,
    /// What people see or hear; empty where the file does not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// `text`, `choice`, `checkbox`, `radio`, `button`, `signature`.
    pub control: String,
    /// What it asks for, as fields of pages.
    pub kind: String,
    /// Whether it must be answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

impl FileField {
    /// Whether somebody has to answer it.
    pub fn is_question(&self) -> bool {
        self.control != "button"
    }
}

/// The measurements of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its address; `None` for a file that was given by itself.
    pub url: Option<PageUrl>,
    /// Media type as the source gives it.
    pub media_type: String,
    /// Kind by its bytes: `pdf`, `doc`, `xls`, `ppt`.
    pub format: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Pages or slides; `None` where that is not told.
    pub pages: Option<u32>,
    /// Words of the first [`PAGES_READ`] pages; of an Office file, of its beginning.
    pub words: u32,
    /// Characters of the same text, white space left out.
    pub characters: u32,
    /// Whether text could be read at all: not from a locked file, and not where fonts do not tell their letters.
    pub text_known: bool,
    /// Questions that can be answered in the file, in its order.
    pub fields: Vec<FileField>,
    /// Fields with a name, groups of fields among them.
    pub named_fields: u32,
    /// Fields for a digital signature.
    pub signatures: u32,
    /// Whether the form is written in XFA, which most readers do not show.
    pub xfa: bool,
    /// Whether it is marked as tagged (`MarkInfo`): its parts are known to screen readers.
    pub tagged: bool,
    /// Whether it has a tree of its parts (`StructTreeRoot`), marked or not.
    pub structured: bool,
    /// Language that it declares.
    pub lang: Option<String>,
    /// Language told from the text.
    pub lang_detected: Option<String>,
    /// Title that it declares.
    pub title: Option<String>,
    /// Whether its first pages are pictures without text.
    pub scanned: bool,
    /// Day of the last change that it tells, as `2026-03-01`.
    pub changed: Option<String>,
    /// Day on which it was read, in the same form.
    pub read: String,
    /// Whether it is encrypted, with or without a password.
    pub encrypted: bool,
    /// Whether it takes a password to read it.
    pub locked: bool,
    /// Gaps to write into: lines of underscores or dots, and boxes.
    pub blanks: u32,
    /// Different words that stand in forms.
    pub form_signs: u32,
    /// Words that ask for a signature in ink, as they stand there.
    pub ink: Option<String>,
    /// Whether only its beginning was there.
    pub cut: bool,
    /// Why it could not be read: `not-a-document`, `no-pages`, `locked`, `too-much`, `broken`.
    pub unreadable: Option<String>,
}

impl FileFacts {
    /// Reads and measures an answer that is no page; `None` where it is none of the known kinds.
    pub fn read(fetched: &Fetched, lexicon: &Lexicon, settings: &Settings) -> Option<Self> {
        let wanted = matches!(fetched.role, Role::Page | Role::File) && (200..300).contains(&fetched.status);
        let declared = media_type(fetched.header("content-type").unwrap_or(""));
        let mut facts = Self::of_bytes(&fetched.body, &declared, lexicon, settings).filter(|_| wanted)?;
        facts.url = Some(fetched.url.clone());
        facts.cut |= fetched.truncated;
        fetched.date.get(..10).unwrap_or("").clone_into(&mut facts.read);
        Some(facts)
    }

    /// Measures a file by its bytes; `None` where it is none of the known kinds.
    pub fn of_bytes(bytes: &[u8], declared: &str, lexicon: &Lexicon, settings: &Settings) -> Option<Self> {
        let format = Format::of(bytes)?;
        let start = Self {
            media_type: declared.to_owned(),
            format: format.word().to_owned(),
            bytes: bytes.len() as u64,
            ..Self::default()
        };
        let measured = catch_unwind(AssertUnwindSafe(|| {
            let mut facts = start.clone();
            let text = match format {
                Format::Pdf => pdf::measure(bytes, &mut facts),
                Format::Zip => office::measure(bytes, &mut facts),
                Format::Old => String::new(),
            };
            facts.read_text(&text, lexicon, settings);
            facts
        }));
        // The libraries promise not to panic; a file for which they do is one that cannot be read.
        let facts = measured.unwrap_or_else(|_| Self { unreadable: Some("broken".to_owned()), ..start });
        (!facts.format.is_empty()).then_some(facts)
    }

    fn read_text(&mut self, text: &str, lexicon: &Lexicon, settings: &Settings) {
        self.words = count(text.split_whitespace().filter(|w| w.chars().any(char::is_alphanumeric)).count());
        self.characters = count(text.chars().filter(|c| !c.is_whitespace()).count());
        self.blanks = blanks(text);
        self.lang_detected = text_language(text);
        let fallback = || settings.languages.first().cloned().unwrap_or_default();
        let lang = self.lang.clone().filter(|l| lexicon.words(l).is_some());
        let lang = lang.or_else(|| self.lang_detected.clone()).unwrap_or_else(fallback);
        for field in &mut self.fields {
            field.kind = fields::kind(field, lexicon.forms());
        }
        let Some(words) = lexicon.words(&lang) else { return };
        let text = fold_space(text);
        let mut signs: Vec<usize> = words.set("paper-signs").hits(&text).map(|hit| hit.phrase).collect();
        signs.sort_unstable();
        signs.dedup();
        self.form_signs = count(signs.len());
        let ink = words.set("ink-signs").hits(&text).next();
        self.ink = ink.map(|hit| text[hit.start..hit.end].to_owned());
    }

    /// Questions that can be answered in the file.
    pub fn questions(&self) -> usize {
        self.fields.iter().filter(|f| f.is_question()).count()
    }

    /// Whether it can be filled in on a screen.
    pub fn is_fillable(&self) -> bool {
        self.questions() > 0
    }

    /// Whether its form is there in XFA alone.
    pub fn xfa_only(&self) -> bool {
        self.xfa && self.named_fields == 0
    }

    /// Questions without a name that people or their tools are told. ISO 14289-1 §7.18.1 (PDF/UA) asks for one.
    pub fn unnamed_questions(&self) -> usize {
        self.fields.iter().filter(|f| f.is_question() && f.label.is_empty()).count()
    }

    /// Whole years since its last change, on the day it was read.
    pub fn years_old(&self) -> Option<u32> {
        let (year, rest) = self.changed.as_ref()?.split_once('-')?;
        let (now, today) = self.read.split_once('-')?;
        let years = now.parse::<u32>().ok()?.checked_sub(year.parse().ok()?)?;
        Some(years.saturating_sub(u32::from(today < rest)))
    }

    /// Whether its title is one that people can read, and no name of a file or note of a program.
    pub fn has_real_title(&self) -> bool {
        let Some(title) = &self.title else { return false };
        let ending = title.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_file = (2..=4).contains(&ending.len())
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
            && ending.bytes().any(|b| b.is_ascii_alphabetic());
        // How the printer drivers of these programs name what they print.
        let is_printed =
            ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - "].iter().any(|p| title.starts_with(p));
        !is_file && !is_printed && title.chars().any(char::is_alphabetic)
    }

    /// Whether it is a form, or looks like one; `None` where its text is not known.
    pub fn is_form_like(&self) -> Option<bool> {
        if self.is_fillable() || self.signatures > 0 {
            return Some(true);
        }
        if !self.text_known || self.scanned {
            return None;
        }
        let is_dense = self.words <= self.form_signs.saturating_mul(WORDS_A_SIGN);
        Some((self.form_signs >= MANY_SIGNS && is_dense) || (self.form_signs > 0 && self.blanks >= MANY_BLANKS))
    }
}

/// Kinds of file, by their first bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Pdf,
    Zip,
    /// Office files from before 2007, of which only the kind is told.
    Old,
}

impl Format {
    fn of(bytes: &[u8]) -> Option<Self> {
        // ISO 32000-1 §7.5.2 and its note: readers look for the header in the first 1,024 bytes.
        let head = &bytes[..bytes.len().min(1024)];
        if memchr::memmem::find(head, b"%PDF-").is_some() {
            return Some(Self::Pdf);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return Some(Self::Zip);
        }
        bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").then_some(Self::Old)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            // What is in the ZIP tells; what is none is dropped.
            Self::Zip => "",
            Self::Old => "office",
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Gaps that are drawn with letters: three or more underscores, six or more dots, empty boxes.
/// The numbers are our choice; an ellipsis has three dots, leaders of a list of contents are followed by a number.
fn blanks(text: &str) -> u32 {
    let mut found = 0;
    let (mut lines, mut dots) = (0u32, 0u32);
    let mut after_dots = false;
    for c in text.chars() {
        if matches!(c, '\u{2610}' | '\u{25a1}' | '\u{274f}' | '\u{2751}' | '\u{f0a8}' | '\u{f06f}') {
            found += 1;
        }
        // Dots that lead to a number are no gap.
        if after_dots && !c.is_whitespace() {
            found += u32::from(!c.is_ascii_digit());
            after_dots = false;
        }
        lines = if c == '_' { lines + 1 } else { 0 };
        found += u32::from(lines == 3);
        if c == '.' {
            dots += 1;
        } else if c != ' ' {
            after_dots = dots >= 6 && !c.is_ascii_digit();
            dots = 0;
        }
    }
    found
}

/// The day of a date of any of the kinds that files have; `None` where it is none.
fn day(year: &str, month: &str, day: &str) -> Option<String> {
    let number = |text: &str, from: u32, to: u32| text.parse::<u32>().ok().filter(|n| (from..=to).contains(n));
    let (year, month, day) = (number(year, 1980, 2999)?, number(month, 1, 12)?, number(day, 1, 31)?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A text of a file as it may be shown.
fn shown(text: &str) -> Option<String> {
    let text = fold_space(text.trim_matches(|c: char| c.is_whitespace() || c == '\0'));
    (!text.is_empty()).then(|| shorten(&text, 300))
}

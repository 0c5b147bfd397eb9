//! Which of the things that people need to know a page says.

use super::kind::Kind;
use super::lexicon::{Pattern, Words};
use super::links::Link;
use super::text::Block;
use crate::model::Region;
use serde::{Deserialize, Serialize};

/// What a page says of the things people need to know. `None`: not to be expected, or not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Says {
    /// Who it is for.
    pub who: Option<bool>,
    /// What to bring or send.
    pub documents: Option<bool>,
    /// What it costs, or that it is free.
    pub fee: Option<bool>,
    /// By when.
    pub deadline: Option<bool>,
    /// How long it takes.
    pub time: Option<bool>,
    /// What happens next.
    pub next: Option<bool>,
    /// Whom to ask.
    pub contact: Option<bool>,
}

/// Topics of the list of patterns, in the order of [`Stated`].
const TOPICS: [&str; 7] = ["who", "documents", "fee", "deadline", "time", "next", "contact"];

/// Of the topics, whom to ask, which is needed on any errand.
const CONTACT_ALONE: [bool; 7] = [false, false, false, false, false, false, true];

/// What the main content states, topic by topic; `None` where the language has no patterns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stated {
    topics: [Option<bool>; 7],
}

impl Stated {
    /// Looks for each topic in the main content.
    pub fn of(blocks: &[Block], words: Option<&Words>) -> Self {
        let Some(words) = words else { return Self::default() };
        Self { topics: TOPICS.map(|topic| stated(topic, blocks, words)) }
    }

    /// How many of the things that tell a service from reading matter are stated: what to bring, what
    /// it costs, by when, how long it takes, what comes next. Whom it is for and whom to ask stands
    /// on pages of any kind.
    pub fn count(&self) -> u32 {
        u32::try_from(self.topics[1..6].iter().filter(|s| **s == Some(true)).count()).unwrap_or(0)
    }
}

fn stated(topic: &str, blocks: &[Block], words: &Words) -> Option<bool> {
    let patterns = words.patterns("says");
    let pattern = patterns.get(topic)?;
    let harmless = patterns.get(&format!("not-{topic}"));
    // Whom to ask is often told in a box beside the text.
    let counts = |region: Region| region == Region::Main || topic == "contact" && region == Region::Aside;
    let told = |b: &&Block| {
        if !b.matches(pattern) {
            return false;
        }
        let Some(harmless) = harmless.filter(|h| b.matches(h)) else { return true };
        // Only the sentence that the words stand in can take their meaning away.
        words
            .spans(&b.text)
            .iter()
            .any(|&(start, end)| b.text.get(start..end).is_some_and(|s| pattern.is_match(s) && !harmless.is_match(s)))
    };
    Some(blocks.iter().filter(|b| counts(b.region)).any(|b| told(&b)))
}

/// What people come to a page for, told from its name: which things they then need to be told.
#[derive(Debug, Default)]
pub struct Errands(Vec<([bool; 7], Pattern)>);

impl Errands {
    /// From rows of topics (parted by spaces; `-` is none) and a pattern of the name; the first that fits counts.
    pub fn new<'r>(rows: impl Iterator<Item = (&'r str, &'r str)>) -> Result<Self, String> {
        let errand = |(topics, pattern): (&str, &str)| {
            let mut asked = CONTACT_ALONE;
            for topic in topics.split(' ').filter(|&topic| topic != "-") {
                let at = TOPICS.iter().position(|&known| known == topic);
                let at = at.ok_or_else(|| format!("`{topic}` is no topic; use {}, or `-`", TOPICS.join(", ")))?;
                asked[at] = true;
            }
            Ok((asked, Pattern::new(&[pattern.to_owned()])))
        };
        rows.map(errand).collect::<Result<_, String>>().map(Self)
    }

    /// Which topics are to be expected on a page of these names. A name that tells no errand asks for
    /// nothing but whom to ask; a language without a list of errands asks for everything.
    fn asked(&self, names: &[&str]) -> [bool; 7] {
        if self.0.is_empty() {
            return [true; 7];
        }
        let fits = |(_, pattern): &&([bool; 7], Pattern)| names.iter().any(|name| pattern.is_match(name));
        self.0.iter().find(fits).map_or(CONTACT_ALONE, |(asked, _)| *asked)
    }

    /// The pattern of each row.
    #[cfg(test)]
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.0.iter().map(|(_, pattern)| pattern)
    }
}

/// Kinds of page on which people look for these things.
const SAYING: &[&str] = &["service", "form"];

/// Kinds of page that may offer something to do, so that what they say of it is worth telling.
const OFFERING: &[&str] = &["service", "form", "job", "event"];

/// Words of main content up to which a page that says "for more information, see" only hands on to
/// where things are told, so that what it leaves out is not known to be missing. Our choice.
const HANDS_ON: u32 = 150;

/// Confidence in the page kind from which silence is told; the default of rules with `kinds`.
const SURE: f64 = 0.8;

/// A page as the question what it says needs it.
pub struct Speaker<'p> {
    /// Its kind.
    pub kind: &'p Kind,
    /// Its names: main heading, first part of the title. The first is empty where the second is a
    /// heading of the page, since that is then its name, and the main heading that of a section.
    pub names: [&'p str; 2],
    /// Its text.
    pub blocks: &'p [Block],
    /// Its links.
    pub links: &'p [Link],
    /// Words of its main content.
    pub main_words: u32,
    /// Whether it names somebody to ask, in words or by a link.
    pub has_contact: bool,
}

/// What a page says: true where it is stated, false where it is missing on a page that surely should
/// say it, by its kind and by what people come for; `None` else.
pub fn says(page: &Speaker<'_>, stated: impl FnOnce() -> Stated, words: Option<&Words>) -> Says {
    // A page that hands out a form as a file is about what the form is for.
    let hands_out = || page.links.iter().any(|l| l.region == Region::Main && l.file().is_some());
    let kind = page.kind.name.as_str();
    let offers = OFFERING.contains(&kind) || kind == "document" && hands_out();
    if !offers {
        return Says::default();
    }
    let stated = stated();
    let hands_on = page.main_words <= HANDS_ON
        && words.is_some_and(|words| self::stated("elsewhere", page.blocks, words) == Some(true));
    let expected = SAYING.contains(&kind) && page.kind.confidence >= SURE;
    let asked = match words {
        // Whom to ask is told even where the rest is told elsewhere.
        Some(_) if hands_on => CONTACT_ALONE,
        Some(words) => words.errands.asked(&page.names),
        None => [false; 7],
    };
    let mut topics = stated.topics;
    topics[6] = topics[6].map(|found| found || page.has_contact);
    let mut told = topics.iter().zip(asked).map(|(found, asked)| found.filter(|&found| found || expected && asked));
    let mut next = || told.next().flatten();
    Says { who: next(), documents: next(), fee: next(), deadline: next(), time: next(), next: next(), contact: next() }
}

//! What a page claims of an office, a service or a place, in a form that two pages can be compared by:
//! its phone, hours, address, mail domain, fee or deadline. It never says which of two is right.

use super::contacts::{Contact, Origin, address_key, only_date};
use super::dom::{Dom, shorten};
use super::lexicon::Words;
use super::phrases::Phrases;
use super::text::{Block, BlockKind};
use crate::model::Region;
use serde::{Deserialize, Serialize};

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say what they are")]
pub enum Topic {
    Phone,
    Fax,
    Hours,
    Address,
    EmailDomain,
    Fee,
    Deadline,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Phone, Self::Fax, Self::Hours, Self::Address, Self::EmailDomain, Self::Fee, Self::Deadline];
}

/// Where on a page a claim stands, as far as it is compared with others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stand {
    /// In what people see.
    #[default]
    Seen,
    /// In the banner or foot that pages share.
    Frame,
    /// In data for programs.
    Data,
}

/// Something that a page says of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is about.
    #[serde(rename = "t")]
    pub topic: Topic,
    /// Whom or what it is said of, in lower case without words that name nobody; empty where that is not known.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The value that is compared.
    ///
    /// A phone number in E.164, a week, a house number with the start of its street, a domain, an amount, a date.
    #[serde(rename = "v")]
    pub value: String,
    /// What the page says.
    #[serde(rename = "r")]
    pub raw: String,
    /// Line in the source.
    #[serde(rename = "l")]
    pub line: u32,
    /// Where it stands.
    #[serde(rename = "w", default, skip_serializing_if = "is_seen")]
    pub stand: Stand,
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_seen(stand: &Stand) -> bool {
    *stand == Stand::Seen
}

impl Claim {
    /// Whether two values cannot both be right.
    pub fn contradicts(&self, other: &str) -> bool {
        match self.topic {
            Topic::Hours => hours_differ(&self.value, other),
            _ => self.value != other,
        }
    }
}

/// Kinds of pages whose claims hold for a day and not from then on.
const DATED: &[&str] = &["news", "event", "record", "archive", "search", "error"];

/// The words that claims are compared by.
#[derive(Debug, Default)]
pub struct ClaimWords {
    generic: Vec<String>,
    links: Vec<String>,
    fee: Phrases,
    deadline: Phrases,
}

impl ClaimWords {
    /// From rows of code and phrase.
    pub fn new<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let rows: Vec<(&str, &str)> = rows.collect();
        let of = |wanted: &str| rows.iter().filter(|(code, _)| *code == wanted).map(|(_, p)| *p).collect::<Vec<_>>();
        let owned = |wanted: &str| of(wanted).into_iter().map(str::to_owned).collect();
        Self {
            generic: owned("generic"),
            links: owned("link"),
            fee: Phrases::new(of("fee")),
            deadline: Phrases::new(of("deadline")),
        }
    }

    /// Whom a text names, in lower case without generic words; empty for one that names nobody in particular.
    fn subject(&self, text: &str) -> String {
        let words =
            text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).map(str::to_lowercase);
        let own: Vec<String> = words.filter(|w| !self.links.contains(w)).collect();
        let says = own.iter().filter(|w| !self.generic.contains(w) && !w.bytes().all(|b| b.is_ascii_digit())).count();
        if says == 0 { String::new() } else { own.join(" ") }
    }

    /// The last name with capitals in a label: "Call the Mill Library at" names the Mill Library.
    fn proper_name(&self, label: &str) -> String {
        let words: Vec<&str> = label.split([' ', '\n']).collect();
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let is_link = |word: &str| self.links.contains(&word.to_lowercase());
        let is_name = |word: &str, first: bool| {
            let bare = bare(word);
            bare.starts_with(char::is_uppercase) && !(first && self.generic.contains(&bare.to_lowercase()))
        };
        let (mut best, mut at) = (String::new(), 0);
        while at < words.len() {
            let mut end = at;
            while end < words.len() && (is_name(words[end], end == at) || (end > at && is_link(words[end]))) {
                end += 1;
                if words[end - 1].ends_with([',', '.', ':', ';']) {
                    break;
                }
            }
            let mut last = end;
            while last > at && is_link(words[last - 1]) {
                last -= 1;
            }
            if last - at >= 2 {
                best = words[at..last].join(" ");
            }
            at = end.max(at + 1);
        }
        self.subject(&best)
    }

    /// Whom a value is said of: a name in its label; else its heading, or the page's, with the label.
    fn whose(&self, label: &str, heading: &str, title: &str) -> String {
        let named = self.proper_name(label);
        if named.split(' ').count() >= 2 {
            return named;
        }
        let place = Some(self.subject(heading)).filter(|s| !s.is_empty()).unwrap_or_else(|| self.subject(title));
        let label = self.subject(label);
        match (place.is_empty(), label.is_empty()) {
            (_, true) => place,
            // A word such as "Records" says too little without a place.
            (true, false) => String::new(),
            (false, false) => format!("{place} | {label}"),
        }
    }
}

/// What a page claims. Nothing of pages that speak of one day.
pub(super) fn claims(
    kind: &str,
    title: &str,
    contacts: &[Contact],
    dom: &Dom,
    blocks: &[Block],
    words: Option<&Words>,
) -> Vec<Claim> {
    let Some(words) = words.filter(|_| !DATED.contains(&kind)) else { return Vec::new() };
    let first = blocks.iter().find(|b| b.kind == BlockKind::Heading(1) && b.region == Region::Main);
    let title = first.map_or(title, |b| b.text.as_str());
    let mut found: Vec<Claim> = contacts.iter().filter_map(|c| of_contact(c, title, &words.claims)).collect();
    found.retain(|c| !c.subject.is_empty() || c.stand != Stand::Seen || c.topic != Topic::EmailDomain);
    in_text(blocks, &|node| dom.node(node).line, title, words, &mut found);
    found
}

fn of_contact(contact: &Contact, title: &str, words: &ClaimWords) -> Option<Claim> {
    let value = contact.value.as_str();
    let (topic, value) = match contact.kind.as_str() {
        "phone" if value.len() > 6 && contact.valid == Some(true) => (Topic::Phone, without_extension(value)),
        "fax" => (Topic::Fax, without_extension(value)),
        "hours" if !contact.seasonal && value.bytes().any(|b| b.is_ascii_alphabetic()) => {
            (Topic::Hours, value.to_owned())
        }
        "address" if value.starts_with(|c: char| c.is_ascii_digit()) => (Topic::Address, address_key(value)),
        "email" => (Topic::EmailDomain, value.rsplit('@').next()?.to_owned()),
        _ => return None,
    };
    let stand = match (contact.origin, contact.region) {
        (Origin::Data, _) => Stand::Data,
        (_, Region::Footer | Region::Header) => Stand::Frame,
        // What an image or a link adds stands in the text too, or nowhere to be compared.
        (Origin::Image, _) => return None,
        _ => Stand::Seen,
    };
    let subject = match stand {
        // An office has many lines, so that its heading alone does not say whose a number is.
        Stand::Seen
            if matches!(topic, Topic::Phone | Topic::Fax | Topic::EmailDomain)
                && words.subject(&contact.label).is_empty() =>
        {
            String::new()
        }
        Stand::Seen => words.whose(&contact.label, &contact.heading, title),
        Stand::Frame => String::new(),
        Stand::Data => words.subject(&contact.label),
    };
    Some(Claim { topic, subject, value, raw: shorten(&contact.raw, 80), line: contact.line, stand })
}

fn without_extension(value: &str) -> String {
    value.split(';').next().unwrap_or("").to_owned()
}

/// Fees and deadlines: lines that name one amount or one date, and what it is.
fn in_text(blocks: &[Block], lines: &dyn Fn(u32) -> u32, title: &str, words: &Words, found: &mut Vec<Claim>) {
    let (mut heading, mut before) = ("", "");
    let own = &words.claims;
    for block in blocks.iter().filter(|b| b.region == Region::Main) {
        if let BlockKind::Heading(_) = block.kind {
            heading = &block.text;
        }
        for line in block.text.split('\n').filter(|l| l.len() < 200 && l.bytes().any(|b| b.is_ascii_digit())) {
            // "Licence fee" stands in one cell and the amount in the next.
            let is_cell = block.kind == BlockKind::Cell && line.len() < 20 && before.len() < 80;
            let text = if is_cell { format!("{before}: {line}") } else { line.to_owned() };
            let mut note = |topic, value: String, at: usize| {
                let subject = own.whose(&text[..at], heading, title);
                if !subject.is_empty() {
                    let line = lines(block.node);
                    found.push(Claim { topic, subject, value, raw: shorten(&text, 80), line, stand: Stand::Seen });
                }
            };
            if let [(at, value)] = amounts(&text).as_slice()
                && own.fee.occur_in(&text[..*at])
            {
                note(Topic::Fee, value.clone(), *at);
            }
            if own.deadline.occur_in(&text)
                && let Some((at, value)) = only_date(&text, &words.hours)
            {
                note(Topic::Deadline, value, at);
            }
        }
        before = &block.text;
    }
}

/// Amounts of money with their place: `$1,250.00` is `1250`.
fn amounts(text: &str) -> Vec<(usize, String)> {
    let amount = |(at, sign): (usize, char)| {
        let rest = text[at + sign.len_utf8()..].trim_start();
        let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
        let number = number.trim_end_matches([',', '.']).replace(',', "");
        let number = number.strip_suffix(".00").unwrap_or(&number).to_owned();
        (!number.is_empty()).then_some((at, number))
    };
    text.char_indices().filter(|(_, c)| matches!(c, '$' | '€' | '£')).filter_map(amount).collect()
}

/// Whether two weeks say something different of the same day.
fn hours_differ(a: &str, b: &str) -> bool {
    let (a, b) = (week(a), week(b));
    a.iter().zip(&b).any(|(a, b)| matches!((a, b), (Some(a), Some(b)) if a != b))
}

/// The times of each day, Monday first; `None` for a day of which nothing is said.
fn week(value: &str) -> [Option<String>; 7] {
    const NAMES: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    let mut days: [Option<String>; 7] = Default::default();
    if value == "24/7" {
        return days.map(|_| Some("00:00-24:00".to_owned()));
    }
    for part in value.split("; ") {
        let Some((names, times)) = part.split_once(' ') else { continue };
        for name in names.split(',') {
            let (first, last) = name.split_once('-').unwrap_or((name, name));
            let at = |day: &str| NAMES.iter().position(|n| *n == day);
            if let (Some(first), Some(last)) = (at(first), at(last)) {
                (first..=last).for_each(|day| days[day] = Some(times.to_owned()));
            }
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_differ_only_on_days_that_both_name() {
        assert!(!hours_differ("Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00; Sa off"));
        assert!(hours_differ("Mo-Fr 09:00-17:00", "Tu 09:00-16:00"));
    }

    #[test]
    fn amounts_have_one_spelling() {
        assert_eq!(amounts("fee: $1,250.00."), [(5, "1250".to_owned())]);
    }
}

//! What a page claims of an office, a service or a place, in a form that two pages can be compared by:
//! its phone, hours, address, mail domain, fee or deadline. It never says which of two is right.

use super::contacts::{Contact, Origin, address_key, only_date};
use super::dom::{Dom, shorten};
use super::lexicon::Words;
use super::phrases::Phrases;
use super::text::{Block, BlockKind, sentence_spans};
use crate::model::Region;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::ops::Range;

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
    /// What the street of a house is: a road, a lane. The house is the subject.
    Street,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Phone,
        Self::Fax,
        Self::Hours,
        Self::Address,
        Self::EmailDomain,
        Self::Fee,
        Self::Deadline,
        Self::Street,
    ];
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

/// How a page names the one that a claim is about; what is compared needs a name, or the page of the thing itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Named {
    /// By a name with capitals in the label.
    #[default]
    Name,
    /// By the heading of a section, or by a label without capitals.
    Section,
    /// By the main heading of the page.
    Page,
}

impl Named {
    /// Whether two places that name the same so mean the same. Two pages under one main heading are parts of something
    /// larger, and sections of one heading, as "By post", are parts of different things.
    pub fn agrees(self, other: Self) -> bool {
        self == Self::Name || other == Self::Name || self != other
    }
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
    /// How the page names the subject.
    #[serde(rename = "n", default, skip_serializing_if = "is_name")]
    pub named: Named,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_name(named: &Named) -> bool {
    *named == Named::Name
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
            Topic::Address => addresses_differ(&self.value, other),
            Topic::Street => {
                let kind = |street: &str| street.rsplit(' ').next().unwrap_or_default().to_owned();
                let (here, there) = (kind(&self.value), kind(other));
                !is_short_for(&here, &there) && !is_short_for(&there, &here)
            }
            // An office may have a number that is free to call and one that is not.
            Topic::Phone => self.value != other && is_toll_free(&self.value) == is_toll_free(other),
            _ => self.value != other,
        }
    }
}

/// Kinds of pages whose claims hold for a day and not from then on.
const DATED: &[&str] = &["news", "event", "record", "archive", "search", "error"];

/// The words that claims are compared by.
#[derive(Debug, Default)]
pub struct ClaimWords {
    generic: FxHashSet<String>,
    edge: FxHashSet<String>,
    links: FxHashSet<String>,
    fee: Phrases,
    deadline: Phrases,
    line: Phrases,
}

impl ClaimWords {
    /// From rows of code and phrase.
    pub fn new<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let rows: Vec<(&str, &str)> = rows.collect();
        let of = |wanted: &str| rows.iter().filter(|(code, _)| *code == wanted).map(|(_, p)| *p).collect::<Vec<_>>();
        let owned = |wanted: &str| -> FxHashSet<String> { of(wanted).into_iter().map(str::to_owned).collect() };
        Self {
            generic: owned("generic").into_iter().chain(owned("edge")).collect(),
            edge: owned("edge"),
            links: owned("link"),
            fee: Phrases::new(of("fee")),
            deadline: Phrases::new(of("deadline")),
            line: Phrases::new(of("line")),
        }
    }

    pub(super) fn phrases_mut(&mut self) -> [&mut Phrases; 2] {
        [&mut self.fee, &mut self.deadline]
    }

    /// Whom a text names, in lower case without generic words; empty for one that names nobody in particular.
    fn subject(&self, text: &str) -> String {
        let words =
            text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).map(str::to_lowercase);
        let own: Vec<String> = words.filter(|w| !self.links.contains(w)).collect();
        let says = own.iter().filter(|w| !self.generic.contains(*w) && !w.bytes().all(|b| b.is_ascii_digit())).count();
        let inner = |w: &String| !self.edge.contains(w);
        match (own.iter().position(inner), own.iter().rposition(inner)) {
            (Some(first), Some(last)) if says > 0 => own[first..=last].join(" "),
            _ => String::new(),
        }
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
                // A street alone names nobody: the number before it says which house.
                let is_house = at > 0 && !words[at - 1].is_empty() && words[at - 1].bytes().all(|b| b.is_ascii_digit());
                best = words[at - usize::from(is_house)..last].join(" ");
            }
            at = end.max(at + 1);
        }
        self.subject(&best)
    }

    /// Whom a value is said of: by a name in its label; else by its heading and `page`, whom the title names, with what the
    /// label adds.
    fn whose(&self, label: &str, heading: &str, page: &str) -> Vec<(String, Named)> {
        let name = self.proper_name(label);
        if name.contains(' ') {
            return vec![(name, Named::Name)];
        }
        let label = self.subject(label);
        let section = self.subject(heading);
        let with_label = |place: &str| if label.is_empty() { place.to_owned() } else { format!("{place} | {label}") };
        let mut subjects = Vec::new();
        // A label of one word, such as "Records", says too little without a place.
        if label.contains(' ') && label.split(' ').count() <= MOST_LABEL {
            subjects.push((label.clone(), Named::Section));
        }
        if !section.is_empty() && section != page {
            subjects.push((with_label(&section), Named::Section));
        }
        if !page.is_empty() {
            subjects.push((with_label(page), Named::Page));
        }
        subjects
    }
}

/// Words of a label that may be a name without capitals, as "dog licence for seniors". Our choice.
const MOST_LABEL: usize = 4;

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
    let page = words.claims.subject(title);
    let mut found: Vec<Claim> = contacts.iter().flat_map(|c| of_contact(c, &page, &words.claims)).collect();
    in_text(blocks, &|node| dom.node(node).line, (title, &page), words, &mut found);
    found
}

fn of_contact(contact: &Contact, page: &str, words: &ClaimWords) -> Vec<Claim> {
    let value = contact.value.as_str();
    let compared = match contact.kind.as_str() {
        "phone" if value.len() > 6 && contact.valid == Some(true) => Some((Topic::Phone, without_extension(value))),
        "fax" => Some((Topic::Fax, without_extension(value))),
        // The hours of a telephone line are not those of its office.
        "hours" if words.line.occur_in(&contact.label) => None,
        "hours" if !contact.seasonal && value.bytes().any(|b| b.is_ascii_alphabetic()) => {
            Some((Topic::Hours, value.to_owned()))
        }
        "address" if value.starts_with(|c: char| c.is_ascii_digit()) => Some((Topic::Address, address_key(value))),
        "email" => value.rsplit('@').next().map(|host| (Topic::EmailDomain, host.to_owned())),
        _ => None,
    };
    let Some((topic, value)) = compared else { return Vec::new() };
    let stand = match (contact.origin, contact.region) {
        (Origin::Data, _) => Stand::Data,
        (_, Region::Footer | Region::Header) => Stand::Frame,
        // What an image or a link adds stands in the text too, or nowhere to be compared.
        (Origin::Image, _) => return Vec::new(),
        _ => Stand::Seen,
    };
    let subjects = match stand {
        Stand::Seen => words.whose(&contact.label, &contact.heading, page),
        Stand::Frame => vec![(String::new(), Named::Name)],
        Stand::Data => vec![(words.subject(&contact.label), Named::Name)],
    };
    // What nobody is named for is kept all the same: the foot and the data are compared with it.
    let subjects = if subjects.is_empty() { vec![(String::new(), Named::Name)] } else { subjects };
    let claim = |(subject, named)| Claim {
        topic,
        subject,
        value: value.clone(),
        raw: shorten(&contact.raw.replace('\n', " "), 80),
        line: contact.line,
        stand,
        named,
    };
    let mut claims: Vec<Claim> = subjects.into_iter().map(claim).collect();
    if topic == Topic::Address
        && stand == Stand::Seen
        && let Some((house, street)) = street_of(&contact.value)
        && let Some(own) = claims.first().cloned()
    {
        let value = format!("{house} {street}");
        claims.push(Claim { topic: Topic::Street, subject: house, value, named: Named::Name, ..own });
    }
    claims
}

/// Of `44 Mill Road, Alder Falls` the house (`44 mill`) and what its street is (`road`). Streets with a side (`N Mill Road`)
/// and with a figure in their names are left out: a city has 5th Street and 5th Avenue.
fn street_of(address: &str) -> Option<(String, String)> {
    let line = address.split(',').next()?.to_lowercase();
    let words: Vec<&str> = line.split_whitespace().map(|w| w.trim_end_matches('.')).collect();
    let (street, house) = words.split_last()?;
    let (number, name) = house.split_first()?;
    let is_number = number.bytes().all(|b| b.is_ascii_digit());
    let is_word = |w: &str| w.chars().count() > 2 && w.chars().all(char::is_alphabetic);
    let is_name = !name.is_empty() && name.len() <= 3 && name.iter().all(|w| is_word(w));
    let is_street = street.len() > 1 && street.chars().all(char::is_alphabetic);
    (is_number && is_name && is_street).then(|| (house.join(" "), (*street).to_owned()))
}

/// Whether a word may be short for another: `rd` for `road`, by its first letter and the order of the others.
fn is_short_for(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().next() == long.chars().next() && short.chars().all(|c| rest.any(|l| l == c))
}

fn without_extension(value: &str) -> String {
    value.split(';').next().unwrap_or("").to_owned()
}

/// Fees and deadlines: lines that name one amount or one date, and what it is.
fn in_text(
    blocks: &[Block],
    lines: &dyn Fn(u32) -> u32,
    (title, page): (&str, &str),
    words: &Words,
    found: &mut Vec<Claim>,
) {
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
            let mut note = |topic, value: String, label: Range<usize>, end: usize| {
                let line = lines(block.node);
                for (subject, named) in own.whose(&text[label.clone()], heading, page) {
                    let (value, raw) = (value.clone(), shorten(text[label.start..end].trim(), 80));
                    found.push(Claim { topic, subject, value, raw, line, stand: Stand::Seen, named });
                }
            };
            // Each sentence names a thing of its own: "A license costs $12. A copy is $3."
            let spans = match amounts(&text).len() {
                0 => Vec::new(),
                1 if is_cell => vec![(0, text.len())],
                _ => sentence_spans(&text, Some(words)),
            };
            for (start, end) in spans {
                if let [(at, value)] = amounts(&text[start..end]).as_slice()
                    && (own.fee.occur_in(&text[start..start + at]) || is_cell && own.fee.occur_in(title))
                {
                    note(Topic::Fee, value.clone(), start..start + at, end);
                }
            }
            // Of a cell the text begins with that of another block.
            if (is_cell || own.deadline.may_stand(block.glance()))
                && own.deadline.occur_in(&text)
                && let Some((at, value)) = only_date(&text, &words.hours)
            {
                note(Topic::Deadline, value, 0..at, text.len());
            }
        }
        before = &block.text;
    }
}

/// Amounts of money with their place: `$1,250.00` is `1250`.
fn amounts(text: &str) -> Vec<(usize, String)> {
    if !text.bytes().any(|b| b == b'$' || !b.is_ascii()) {
        return Vec::new();
    }
    let amount = |(at, sign): (usize, char)| {
        let rest = text[at + sign.len_utf8()..].trim_start();
        let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
        let number = number.trim_end_matches([',', '.']).replace(',', "");
        let number = number.strip_suffix(".00").unwrap_or(&number).to_owned();
        (!number.is_empty()).then_some((at, number))
    };
    text.char_indices().filter(|(_, c)| matches!(c, '$' | '€' | '£')).filter_map(amount).collect()
}

/// Whether a number costs callers nothing (North American Numbering Plan; Ofcom's plan for 0800 and 0808).
fn is_toll_free(number: &str) -> bool {
    let codes = ["+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888", "+44800", "+44808", "+33800"];
    codes.iter().any(|code| number.starts_with(code))
}

/// Whether two keys of addresses are those of different houses. "12 john" and "12 jfk" may be one street, shortened.
fn addresses_differ(a: &str, b: &str) -> bool {
    let parts = |key: &str| key.split_once(' ').map(|(number, street)| (number.to_owned(), street.chars().next()));
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a != b,
        _ => a != b,
    }
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
    fn houses_of_one_street_are_different_ones() {
        let words = ClaimWords::new([("generic", "call")].into_iter());
        assert_eq!(words.proper_name("Ask the post office at 12 Alder Street,"), "12 alder street");
        assert_eq!(words.proper_name("Call the Mill Library at"), "mill library");
    }

    #[test]
    fn streets_are_told_from_their_houses() {
        let of = |address: &str| street_of(address).map(|(house, street)| format!("{house}|{street}"));
        assert_eq!(of("44 Mill Road, Alder Falls, OR 97999").as_deref(), Some("44 mill|road"));
        assert_eq!(of("44 Mill Rd.").as_deref(), Some("44 mill|rd"));
        assert_eq!(
            [of("44 N Mill Road"), of("20 5th Street"), of("P.O. Box 12"), of("44 Mill Road Suite 4")],
            [None, None, None, None]
        );
        assert!(is_short_for("rd", "road") && is_short_for("blvd", "boulevard"));
        assert!(!is_short_for("street", "road") && !is_short_for("road", "street"));
    }

    #[test]
    fn amounts_have_one_spelling() {
        assert_eq!(amounts("fee: $1,250.00."), [(5, "1250".to_owned())]);
    }
}

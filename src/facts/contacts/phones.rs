//! Phone and fax numbers as people write them: found by their digits, told apart from dates and
//! numbers of accounts by how they are grouped, and brought into one spelling.

use super::prefix;
use crate::facts::links::Link;
use phonenumber::country;
use std::collections::HashMap;
use std::ops::Range;

/// Numbers that are right though no numbering plan holds them: emergency, city and crisis lines.
pub(super) const SHORT_CODES: &[&str] =
    &["911", "112", "999", "311", "211", "411", "511", "711", "811", "988", "101", "111", "116123"];

/// Most digits of a number after the plus sign (ITU-T E.164).
const MOST_DIGITS: usize = 15;

/// A number that was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub start: usize,
    pub end: usize,
    /// E.164, or the digits as written where the country is not known.
    pub value: String,
    /// Whether it can exist in its plan; `None` where the plan is not known or it lacks its area code.
    pub valid: Option<bool>,
}

/// A run of digits, as byte positions.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn len(self) -> usize {
        self.end - self.start
    }
}

/// Reads phone numbers of one page. The tables of the world's plans take long to load, so that
/// numbers of the North American plan, whose shape tells enough, are read without them.
pub(super) struct Phones {
    north_american: bool,
    countries: Vec<country::Id>,
    known: HashMap<String, Option<(String, bool)>>,
}

impl Phones {
    /// For a site of that country, on a page that also points to these others, nearest first.
    pub(super) fn new(country: &str, hints: &[String]) -> Self {
        let id = |code: &str| code.parse::<country::Id>().ok();
        let north_american = NORTH_AMERICA.contains(&country) || id(country).is_none();
        let own = id(country).filter(|_| !north_american);
        let others = hints.iter().filter(|h| *h != country && !NORTH_AMERICA.contains(&h.as_str()));
        let mut countries: Vec<country::Id> = own.into_iter().chain(others.filter_map(|h| id(h))).collect();
        countries.truncate(4);
        Self { north_american, countries, known: HashMap::new() }
    }

    /// The number of a `tel:` link or of data, in E.164 with its extension, and whether it can exist.
    pub(super) fn read(&mut self, raw: &str) -> Option<(String, bool)> {
        let raw = raw.replace("%20", " ").replace("%2B", "+").replace("(0)", "");
        let (number, extension) = split_extension(&raw);
        let digits: String = number.chars().filter_map(key).collect();
        if !(7..=MOST_DIGITS + 3).contains(&digits.len()) {
            return None;
        }
        let with = |value: String| match &extension {
            Some(extension) => format!("{value};ext={extension}"),
            None => value,
        };
        let plus = number.trim_start().starts_with('+');
        if (self.north_american && !plus) || (plus && digits.starts_with('1')) {
            let ten = digits.strip_prefix('1').filter(|d| d.len() >= 10).unwrap_or(&digits);
            if ten.len() == 10 && !ten.starts_with('0') {
                return Some((with(format!("+1{ten}")), is_north_american(ten)));
            }
        }
        if plus {
            return self.parse(None, &format!("+{digits}")).map(|(value, valid)| (with(value), valid));
        }
        let read = self.countries.clone().into_iter().filter_map(|c| self.parse(Some(c), &digits));
        let mut read: Vec<(String, bool)> = read.collect();
        read.sort_by_key(|(_, valid)| !valid);
        read.into_iter().next().map(|(value, valid)| (with(value), valid))
    }

    /// All numbers in a text, left to right. `labelled` says whether the words before a byte announce a number.
    pub(super) fn find(&mut self, text: &str, labelled: &dyn Fn(usize) -> bool) -> Vec<Number> {
        let mut found = Vec::new();
        for chain in chains(text) {
            let mut at = 0;
            while at < chain.len() {
                match self.at(text, &chain, at, labelled) {
                    Some((number, used)) => {
                        found.push(number);
                        at += used;
                    }
                    None => at += 1,
                }
            }
        }
        found
    }

    fn at(
        &mut self,
        text: &str,
        chain: &[Group],
        at: usize,
        labelled: &dyn Fn(usize) -> bool,
    ) -> Option<(Number, usize)> {
        let first = chain[at];
        if !may_start(text, chain, at, labelled) {
            return None;
        }
        let before = text[..first.start].trim_end_matches('(');
        let plus = before.ends_with('+');
        let start = if plus { before.len() - 1 } else { first.start - usize::from(before.len() < first.start) };
        if ((self.north_american && !plus) || (plus && first.len() == 1 && text[first.start..].starts_with('1')))
            && let Some((used, digits)) = north_american(text, chain, at, labelled)
        {
            let valid = is_north_american(&digits);
            let end = chain[at + used - 1].end;
            if digits.len() == 7 {
                return Some((Number { start, end, value: digits, valid: None }, used));
            }
            return Some((Number { start, end, value: format!("+1{digits}"), valid: Some(valid) }, used));
        }
        let read = if plus { self.abroad(text, chain, at) } else { self.at_home(text, chain, at, labelled) };
        if let Some((value, used)) = read {
            return Some((Number { start, end: chain[at + used - 1].end, value, valid: Some(true) }, used));
        }
        // A number that is announced as one is one, though it may be written wrong or belong anywhere.
        let used = longest(chain, at, MOST_DIGITS);
        let digits = digits_of(text, &chain[at..at + used]);
        let foreign = digits.starts_with('0') || plus;
        if (10..=MOST_DIGITS).contains(&digits.len())
            && foreign
            && labelled(start)
            && !is_date(text, &chain[at..at + used])
        {
            let value = if plus { format!("+{digits}") } else { digits };
            return Some((Number { start, end: chain[at + used - 1].end, value, valid: None }, used));
        }
        None
    }

    /// With its country code: as many groups as make a number that can exist.
    fn abroad(&mut self, text: &str, chain: &[Group], at: usize) -> Option<(String, usize)> {
        let most = longest(chain, at, MOST_DIGITS + 1);
        (1..=most).rev().find_map(|used| {
            let groups = &chain[at..at + used];
            let digits = digits_of(text, groups);
            let country_code = groups[0].len();
            // "+44 (0) 20" and "+44 020" name the zero that is dialled within the country only.
            let trunkless = digits.get(country_code..).filter(|d| d.starts_with('0')).map(|d| &d[1..]);
            let tries = [Some(digits.clone()), trunkless.map(|d| format!("{}{d}", &digits[..country_code]))];
            let valid =
                tries.into_iter().flatten().filter(|d| d.len() >= 8).find_map(|d| {
                    self.parse(None, &format!("+{d}")).filter(|(_, valid)| *valid).map(|(value, _)| value)
                });
            valid.map(|value| (value, used))
        })
    }

    /// Without a country code: of the site's country, or of one that the page points to.
    fn at_home(
        &mut self,
        text: &str,
        chain: &[Group],
        at: usize,
        labelled: &dyn Fn(usize) -> bool,
    ) -> Option<(String, usize)> {
        if self.countries.is_empty() {
            return None;
        }
        let most = longest(chain, at, 12);
        (1..=most).rev().find_map(|used| {
            let groups = &chain[at..at + used];
            let digits = digits_of(text, groups);
            let likely = digits.starts_with('0') && used >= 2 || used >= 3;
            if digits.len() < 8 || is_date(text, groups) || !(likely || labelled(groups[0].start)) {
                return None;
            }
            let countries = self.countries.clone();
            let read = countries.into_iter().find_map(|c| self.parse(Some(c), &digits).filter(|(_, valid)| *valid));
            read.map(|(value, _)| (value, used))
        })
    }

    fn parse(&mut self, country: Option<country::Id>, digits: &str) -> Option<(String, bool)> {
        let name = format!("{country:?}{digits}");
        if let Some(known) = self.known.get(&name) {
            return known.clone();
        }
        let number = phonenumber::parse(country, digits).ok();
        let read = number.map(|n| (n.format().mode(phonenumber::Mode::E164).to_string(), n.is_valid()));
        self.known.insert(name, read.clone());
        read
    }
}

/// Countries of the North American Numbering Plan that have sites of their own in number.
const NORTH_AMERICA: &[&str] = &["US", "CA", "PR", "VI", "GU", "AS", "MP", "JM", "BS", "BB", "TT", "DO"];

/// Whether ten digits have the form of the plan: area and exchange start with 2 to 9 and are no
/// service code such as 911 (North American Numbering Plan).
pub(super) fn is_north_american(ten: &str) -> bool {
    let bytes = ten.as_bytes();
    let code = |at: usize| matches!(bytes.get(at), Some(b'2'..=b'9')) && bytes.get(at + 1..at + 3) != Some(b"11");
    bytes.len() == 10 && code(0) && code(3) && bytes.get(1) != Some(&b'9')
}

/// How many groups make a number of the North American plan from `at` on, and its ten (or seven) digits.
fn north_american(text: &str, chain: &[Group], at: usize, labelled: &dyn Fn(usize) -> bool) -> Option<(usize, String)> {
    let len = |i: usize| chain.get(i).map_or(0, |g| g.len());
    let is_one = |i: usize| len(i) == 1 && text[chain[i].start..].starts_with('1');
    let lead = usize::from(is_one(at));
    let i = at + lead;
    let (used, needs_label) = match (len(i), len(i + 1), len(i + 2)) {
        (3, 3, 4) => (3, false),
        (3, 7, _) => (2, !text[..chain[i].start].ends_with('(')),
        (6, 4, _) => (2, true),
        (10, ..) => (1, true),
        (11, ..) if lead == 0 && text[chain[i].start..].starts_with('1') => (1, true),
        (3, 4, _) if lead == 0 && !text[..chain[i].start].ends_with('(') => (2, true),
        _ => return None,
    };
    let groups = &chain[i..i + used];
    let digits = digits_of(text, groups);
    let digits = if digits.len() == 11 { digits[1..].to_owned() } else { digits };
    let last = groups[used - 1];
    // What goes on after a hyphen or a full stop is a longer number of another kind.
    let goes_on = chain.get(i + used).is_some_and(|next| matches!(&text[last.end..next.start], "-" | "."))
        || text[last.end..].starts_with(['%', '_']);
    let likely = if digits.len() == 10 { is_north_american(&digits) && !goes_on } else { false };
    if (needs_label || !likely) && !labelled(chain[at].start) {
        return None;
    }
    // Seven digits are a number only where the text calls them one, and no span of years.
    if digits.len() == 7 && (is_date(text, groups) || !matches!(digits.as_bytes()[0], b'2'..=b'9')) {
        return None;
    }
    Some((lead + used, digits))
}

/// Runs of digits with the marks of phone numbers between them.
fn chains(text: &str) -> Vec<Vec<Group>> {
    let mut chains: Vec<Vec<Group>> = Vec::new();
    for Range { start, end } in digit_runs(text) {
        let group = Group { start, end };
        let joined = chains.last().and_then(|c| c.last()).is_some_and(|last: &Group| is_gap(&text[last.end..start]));
        match chains.last_mut() {
            Some(chain) if joined => chain.push(group),
            _ => chains.push(vec![group]),
        }
    }
    chains.retain(|chain| chain.iter().map(|g| g.len()).sum::<usize>() >= 7);
    chains
}

/// Whether the text between two groups may stand within a number.
fn is_gap(text: &str) -> bool {
    let mark =
        |c: char| matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    text.len() <= 12 && text.chars().count() <= 4 && text.chars().all(mark)
}

/// Whether a number may begin at that group, by what stands before it.
fn may_start(text: &str, chain: &[Group], at: usize, labelled: &dyn Fn(usize) -> bool) -> bool {
    let start = chain[at].start;
    let before = text[..start].trim_end_matches(['(', '+']);
    if at > 0 && before.len() >= chain[at - 1].end {
        // Within a chain only a space, a slash or a bracket sets a new number off.
        let gap = &text[chain[at - 1].end..start];
        return gap.contains([' ', '/', '(', '\u{a0}']) || gap.chars().count() > 1;
    }
    // "Telephone020 …": a style may draw the space.
    let glued = before.ends_with(char::is_alphabetic) && !labelled(start);
    !glued
        && !before.ends_with(|c: char| c.is_numeric() || matches!(c, '$' | '€' | '£' | '#' | '_' | '=' | '@' | '%'))
        && !before.strip_suffix([',', '.', '-', '/']).is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()))
}

fn digits_of(text: &str, groups: &[Group]) -> String {
    let own = |g: &&Group| !(text[g.start..g.end] == *"0" && text[..g.start].ends_with('('));
    groups.iter().filter(own).map(|g| &text[g.start..g.end]).collect()
}

/// How many groups from `at` on hold at most so many digits.
fn longest(chain: &[Group], at: usize, most: usize) -> usize {
    let mut sum = 0;
    chain[at..]
        .iter()
        .take_while(|g| {
            sum += g.len();
            sum <= most
        })
        .count()
}

/// Dates and spans of years, which have the shape of a number.
fn is_date(text: &str, groups: &[Group]) -> bool {
    let parts: Vec<&str> = groups.iter().map(|g| &text[g.start..g.end]).collect();
    let year = |p: &&&str| p.len() == 4 && (p.starts_with("19") || p.starts_with("20"));
    let years = parts.iter().filter(year).count();
    years >= 2 || (years == 1 && parts.len() <= 3 && parts.iter().filter(|p| p.len() <= 2).count() == 2)
}

/// A number and the extension that a `tel:` link or a field of data writes behind it (RFC 3966 `;ext=`, `x`, a comma).
fn split_extension(raw: &str) -> (&str, Option<String>) {
    let lower = raw.to_ascii_lowercase();
    let marks = [";ext=", "ext", "x", ",", ";"];
    let at = marks.iter().filter_map(|m| lower.find(m).map(|at| (at, m.len()))).min();
    let Some((at, _)) = at.filter(|(at, _)| raw[..*at].bytes().filter(u8::is_ascii_digit).count() >= 7) else {
        return (raw, None);
    };
    let extension: String = raw[at..].chars().filter(char::is_ascii_digit).take(7).collect();
    (&raw[..at], Some(extension).filter(|e| !e.is_empty()))
}

/// The digit of a key, for letters too (ITU-T E.161); `None` for marks.
pub(super) fn key(c: char) -> Option<char> {
    Some(match c.to_ascii_lowercase() {
        '0'..='9' => c,
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        _ => return None,
    })
}

/// Where digits stand in a row.
pub(super) fn digit_runs(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(u8::is_ascii_digit)?;
        at = bytes[start..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| start + n);
        Some(start..at)
    })
}

/// Numbers that spell words, as 1-800-555-TOWN: an area code, then seven keys with three letters or
/// more, all capitals unless the area code is toll-free.
pub(super) fn vanity(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // Not by `digit_runs`: what is found reaches beyond its digits, and the search goes on behind it.
    while let Some(offset) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + offset;
        let end = bytes[start..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| start + n);
        at = end;
        if end - start != 3 || text[..start].ends_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let gap = text[end..].chars().take_while(|c| matches!(c, ')' | '-' | '.' | ' ')).count();
        let rest = &text[end + gap..];
        let width = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count().min(14);
        let word = rest[..width].trim_end_matches('-');
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let keys: String = word.chars().filter_map(key).collect();
        let area = &text[start..end];
        let toll_free = matches!(area, "800" | "833" | "844" | "855" | "866" | "877" | "888");
        let capitals = !word.bytes().any(|b| b.is_ascii_lowercase());
        let fits = (1..=2).contains(&gap) && letters >= 3 && (7..=12).contains(&keys.len()) && (capitals || toll_free);
        let joined = toll_free || text[end..].starts_with([')', '-', '.']);
        let ten = format!("{area}{}", keys.get(..7).unwrap_or(""));
        if fits && joined && is_north_american(&ten) {
            let mut end = end + gap + word.len();
            // "(586-8696)" behind it is the same in digits.
            let behind = prefix(&text[end..], 16);
            if let Some((inside, _)) = behind.trim_start().strip_prefix('(').and_then(|b| b.split_once(')'))
                && inside.chars().filter(char::is_ascii_digit).eq(ten[3..].chars())
            {
                end += behind.find(')').map_or(0, |at| at + 1);
            }
            found.push(Number { start, end, value: format!("+1{ten}"), valid: Some(true) });
            at = end;
        }
    }
    found
}

/// Whether the digits of a `tel:` link are those of its text; `None` when the text is no number.
pub fn tel_agrees(link: &Link) -> Option<bool> {
    let number = link.href.strip_prefix("tel:")?.replace("%20", " ");
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let text = link.text.split([',', ';']).next().unwrap_or("");
    let (dialled, shown) = (digits(number.split(';').next().unwrap_or("")), digits(text));
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    if shown.len() < 7 || (letters > 0 && shown.len() < 10) {
        return None;
    }
    // Either may leave out the country code or the extension.
    Some(
        dialled.ends_with(&shown)
            || shown.ends_with(&dialled) && dialled.len() >= 7
            || shown.contains(&dialled) && dialled.len() >= 10
            || dialled.contains(&shown),
    )
}

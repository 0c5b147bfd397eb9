//! Opening hours as people write them, read into a week with its exceptions.

use super::clock::{HourWords, Piece, Time, Token, span};
use std::sync::OnceLock;

/// Words between days and times that do not part them. Our choice: "Monday, from our desk, 9 to 5".
const FAR: usize = 4;

/// Longest text that can be nothing but hours, in bytes. Our choice: seven days, each in a line of its own.
const MOST_PURE: usize = 400;

/// Opening hours that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    /// `Mo-Fr 09:00-17:00; Sa off`, `24/7`, or only times where no day is named.
    pub value: String,
    pub start: usize,
    pub end: usize,
    /// The time zone as written.
    pub zone: Option<String>,
    /// Whether they hold for a part of the year.
    pub seasonal: bool,
}

/// A span of times, in minutes of the day.
type Span = (u32, u32);

/// Days with what is said of them.
#[derive(Clone, Debug, Default)]
struct Row {
    days: u8,
    spans: Vec<Span>,
    closed: bool,
    nth: bool,
    start: usize,
    end: usize,
}

/// Something between two breaks of thought.
#[derive(Clone, Debug)]
enum Part {
    Days(u8, bool, usize, usize),
    Span(Span, usize, usize),
    Closed(usize, usize),
    Always(usize, usize),
}

/// All opening hours in a text, in the order of the text.
pub(super) fn find(text: &str, words: &HourWords) -> Vec<Hours> {
    let tokens = words.pieces(text);
    groups(&tokens).into_iter().flat_map(read).collect()
}

/// Whether a text is nothing but days and times, so that it goes on with its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purity {
    /// It says other things.
    Mixed,
    /// It is, but no opening hours follow from it: "Page 3".
    Idle,
    /// It is, and may tell opening hours.
    Telling,
}

impl Purity {
    pub(super) fn of(text: &str, words: &HourWords) -> Self {
        if text.len() > MOST_PURE {
            return Self::Mixed;
        }
        // Most texts have more than one other word, and are not read on.
        let Some(tokens) = words.pieces_up_to(text, 1).filter(|tokens| is_pure(tokens)) else { return Self::Mixed };
        // What [`parts`] makes days, spans or a closed door of. Letters whose case changes their length are read otherwise
        // beside other texts.
        let tells = |t: &Token| match &t.piece {
            Piece::Days(..) | Piece::Always | Piece::Closed | Piece::To | Piece::Between | Piece::Zone(_) => true,
            Piece::Time(time) => time.half.is_some(),
            _ => false,
        };
        if tokens.iter().any(tells) || !text.is_ascii() { Self::Telling } else { Self::Idle }
    }
}

/// What a text says of opening hours; each part is worked out when it is first asked for.
#[derive(Debug, Default)]
pub struct OfHours {
    purity: OnceLock<Purity>,
    hours: OnceLock<Box<[Hours]>>,
}

impl OfHours {
    /// Whether the text is nothing but days and times.
    pub(super) fn purity(&self, text: &str, words: &HourWords) -> Purity {
        *self.purity.get_or_init(|| Purity::of(text, words))
    }

    /// All opening hours of the text, of which only the beginning is read where it is long.
    pub(super) fn find(&self, text: &str, words: &HourWords) -> Vec<Hours> {
        self.hours.get_or_init(|| find(text, words).into()).to_vec()
    }
}

fn is_pure(tokens: &[Token]) -> bool {
    let says = |t: &&Token| matches!(t.piece, Piece::Days(..) | Piece::Time(_) | Piece::Closed | Piece::Always);
    let others = tokens.iter().filter(|t| matches!(t.piece, Piece::Word | Piece::Number)).count();
    // "Last updated: September 22" has a number that could be a time.
    let has = |wanted: fn(&Piece) -> bool| tokens.iter().any(|t| wanted(&t.piece));
    if has(|p| matches!(p, Piece::Month)) && !has(|p| matches!(p, Piece::Days(..))) {
        return false;
    }
    tokens.iter().filter(says).count() > 0 && others <= 1
}

/// Runs of pieces that belong together: no more than a few other words between days and times.
fn groups(tokens: &[Token]) -> Vec<&[Token]> {
    let mut groups = Vec::new();
    let (mut start, mut last, mut words) = (None, 0, 0);
    for (at, token) in tokens.iter().enumerate() {
        match token.piece {
            Piece::Word | Piece::Number => words += 1,
            Piece::Break => words += usize::from(words > 0),
            Piece::Days(..) | Piece::Time(_) | Piece::Always | Piece::Closed => {
                if words > FAR
                    && let Some(from) = start.replace(at)
                {
                    groups.push(&tokens[from..last]);
                }
                start.get_or_insert(at);
                words = 0;
            }
            _ => {}
        }
        last = at + 1;
    }
    if let Some(from) = start {
        groups.push(&tokens[from..]);
    }
    // What stands before the first piece may say that these are hours.
    groups.iter().map(|g| widened(tokens, g)).collect()
}

/// With up to four pieces before: "Open", "Summer hours".
fn widened<'t>(tokens: &'t [Token], group: &[Token]) -> &'t [Token] {
    let first = group.first().map_or(0, |t| t.start);
    let from = tokens.iter().position(|t| t.start == first).unwrap_or(0);
    let said = |t: &Token| matches!(t.piece, Piece::Days(..) | Piece::Time(_) | Piece::Closed | Piece::Always);
    let before = tokens[..from].iter().rev().take(FAR).take_while(|t| !said(t)).count();
    &tokens[from - before..from + group.len()]
}

fn read(tokens: &[Token]) -> Vec<Hours> {
    // A day with a date is an event's.
    let dated = tokens.windows(2).any(|w| {
        let number = |p: &Piece| matches!(p, Piece::Number | Piece::Nth) || matches!(p, Piece::Time(t) if t.bare);
        (w[0].piece == Piece::Month && number(&w[1].piece)) || (number(&w[0].piece) && w[1].piece == Piece::Month)
    });
    let rows = rows(&parts(tokens), tokens);
    if dated && rows.iter().all(|r| r.days.count_ones() <= 2) {
        return Vec::new();
    }
    let zone = tokens.iter().find_map(|t| match &t.piece {
        Piece::Zone(zone) => Some(zone.clone()),
        _ => None,
    });
    let seasonal = tokens.iter().any(|t| matches!(t.piece, Piece::Season | Piece::Month));
    let holidays = tokens.iter().enumerate().any(|(at, t)| {
        t.piece == Piece::Holiday
            && tokens[..at].iter().rev().take(4).any(|b| matches!(b.piece, Piece::Closed | Piece::Except))
    });
    let context = zone.is_some() || tokens.iter().any(|t| t.piece == Piece::Context);
    let mut found = Vec::new();
    for week in weeks(rows) {
        let (Some(first), Some(last)) = (week.first(), week.last()) else { continue };
        let Some(mut value) = shown(&week, context) else { continue };
        if holidays && value != "24/7" {
            value.push_str("; PH off");
        }
        // A zone right behind belongs to the quote.
        let end = tokens
            .iter()
            .find(|t| matches!(t.piece, Piece::Zone(_)) && t.start >= last.end)
            .map_or(last.end, |z| if z.start - last.end <= 3 { z.end } else { last.end });
        found.push(Hours { value, start: first.start, end, zone: zone.clone(), seasonal });
    }
    found
}

/// Joins days to sets and times to spans.
fn parts(tokens: &[Token]) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut nth, mut between) = (false, false);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = |n: usize| tokens.get(at + n).map(|t| &t.piece);
        let mut used = 1;
        match &token.piece {
            Piece::Nth => nth = true,
            Piece::Between => between = true,
            Piece::Days(set, single) => {
                let (mut set, mut end) = (*set, token.end);
                if let (true, Some(Piece::To), Some(Piece::Days(last, true))) = (*single, next(1), next(2)) {
                    set = span(set.trailing_zeros() as usize, last.trailing_zeros() as usize);
                    (end, used) = (tokens[at + 2].end, 3);
                }
                parts.push(Part::Days(set, nth, token.start, end));
                nth = false;
            }
            Piece::Time(from) => {
                let (to, length) = match (next(1), next(2), next(3)) {
                    (Some(Piece::To), Some(Piece::Time(to)), _) => (Some(*to), 3),
                    (Some(Piece::And), Some(Piece::Time(to)), _) if between => (Some(*to), 3),
                    (Some(Piece::To), Some(Piece::Filler), Some(Piece::Time(to))) => (Some(*to), 4),
                    (Some(Piece::And), Some(Piece::Filler), Some(Piece::Time(to))) if between => (Some(*to), 4),
                    // "8:30 a.m. ET - 5 p.m. ET"
                    (Some(Piece::Zone(_)), Some(Piece::To), Some(Piece::Time(to))) => (Some(*to), 4),
                    (Some(Piece::Time(to)), ..) if from.half.is_some() && to.half.is_some() => (Some(*to), 2),
                    _ => (None, 1),
                };
                between = false;
                let near_days = matches!(parts.last(), Some(Part::Days(.., end)) if token.start - end <= 12);
                let follows = matches!(tokens.get(at + length).map(|t| &t.piece), Some(Piece::Days(..)));
                let sure = |to: Time| !(from.bare && to.bare) || near_days || follows;
                if let Some((from, to)) = to.filter(|to| sure(*to)).and_then(|to| minutes(*from, to)) {
                    parts.push(Part::Span((from, to), token.start, tokens[at + length - 1].end));
                    used = length;
                }
            }
            Piece::Closed => parts.push(Part::Closed(token.start, token.end)),
            Piece::Always => parts.push(Part::Always(token.start, token.end)),
            Piece::Word | Piece::Break => nth = false,
            _ => {}
        }
        at += used;
    }
    parts
}

/// Gives each set of days its times, whichever stands first.
fn rows(parts: &[Part], tokens: &[Token]) -> Vec<Row> {
    let days_first =
        !matches!(parts.iter().find(|p| !matches!(p, Part::Closed(..))), Some(Part::Span(..) | Part::Always(..)))
            || matches!(parts.last(), Some(Part::Span(..))) && matches!(parts.first(), Some(Part::Days(..)));
    if let Some(rows) = columns(parts) {
        return rows;
    }
    let except = |at: usize| {
        let before = tokens.iter().rev().filter(|t| t.end <= at).take(2);
        before.into_iter().any(|t| matches!(t.piece, Piece::Except))
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut other: Option<Row> = None;
    // Times or "closed" that wait for the day behind them.
    let mut waiting = Row::default();
    for part in parts {
        match part {
            Part::Days(set, nth, start, end) => {
                let holds = !waiting.spans.is_empty() || waiting.closed;
                let open = rows.last_mut().filter(|r| r.spans.is_empty() && !r.closed && !holds && r.nth == *nth);
                if except(*start) && !holds {
                    if let Some(row) = rows.last_mut() {
                        row.days &= !set;
                    }
                } else if let Some(row) = open {
                    row.days |= set;
                    row.end = *end;
                } else if let Some(row) = rows.last_mut().filter(|r| !days_first && !holds && r.nth == *nth) {
                    // "9 to 5 on Monday and Friday".
                    row.days |= set;
                    row.end = *end;
                } else {
                    let row = std::mem::take(&mut waiting);
                    let start = if holds { row.start } else { *start };
                    rows.push(Row { days: *set, nth: *nth, start, end: *end, ..row });
                }
            }
            Part::Span(..) | Part::Always(..) => {
                let (span, start, end) = match part {
                    Part::Span(span, start, end) => (*span, *start, *end),
                    Part::Always(start, end) | Part::Closed(start, end) | Part::Days(_, _, start, end) => {
                        ((0, 24 * 60), *start, *end)
                    }
                };
                let always = matches!(part, Part::Always(..));
                let has_rows = !rows.is_empty();
                let row = rows.last_mut().filter(|r| days_first && !r.closed && (!always || r.spans.is_empty()));
                match row {
                    // "8 to 5; emergencies 24 hours" speaks of two things.
                    None if always && has_rows => {
                        other.get_or_insert(Row { spans: vec![span], start, end, ..Row::default() });
                    }
                    Some(row) => {
                        // A word such as "7 days, 24 hours" says the same twice.
                        if !row.spans.contains(&span) {
                            row.spans.push(span);
                        }
                        row.end = end;
                    }
                    None => wait(&mut waiting, start, end).spans.push(span),
                }
            }
            Part::Closed(start, end) => match rows.last_mut().filter(|r| days_first && r.spans.is_empty() && !r.closed)
            {
                Some(row) => {
                    row.closed = true;
                    row.end = *end;
                }
                None => wait(&mut waiting, *start, *end).closed = true,
            },
        }
    }
    let alone = rows.is_empty() && !waiting.spans.is_empty();
    if alone {
        rows.push(waiting);
    }
    rows.retain(|r| !r.nth && (r.closed || !r.spans.is_empty()));
    for row in &mut rows {
        row.spans.sort_unstable();
    }
    rows.extend(other);
    rows
}

fn wait(waiting: &mut Row, start: usize, end: usize) -> &mut Row {
    if waiting.spans.is_empty() && !waiting.closed {
        waiting.start = start;
    }
    waiting.end = end;
    waiting
}

/// A table with a row of days over a row of times.
fn columns(parts: &[Part]) -> Option<Vec<Row>> {
    let n = parts.iter().take_while(|p| matches!(p, Part::Days(set, ..) if set.count_ones() == 1)).count();
    if n < 3 || parts.len() != 2 * n {
        return None;
    }
    let pair = |(day, time): (&Part, &Part)| {
        let Part::Days(days, nth, start, _) = *day else { return None };
        let row = Row { days, nth, start, ..Row::default() };
        match *time {
            Part::Span(span, _, end) => Some(Row { spans: vec![span], end, ..row }),
            Part::Closed(_, end) => Some(Row { closed: true, end, ..row }),
            Part::Days(..) | Part::Always(..) => None,
        }
    };
    parts[..n].iter().zip(&parts[n..]).map(pair).collect()
}

/// Parts the rows into weeks: where a day comes a second time with other times, another office begins.
fn weeks(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut weeks: Vec<Vec<Row>> = Vec::new();
    let mut seen = 0u8;
    for row in rows {
        let says_again = row.days & seen != 0 && row.days.count_ones() > 1 || row.days == 0;
        let first_again = row.days & seen != 0
            && weeks
                .last()
                .and_then(|w| w.first())
                .is_some_and(|f| f.days.trailing_zeros() == row.days.trailing_zeros());
        if weeks.is_empty() || says_again || first_again {
            weeks.push(Vec::new());
            seen = 0;
        }
        seen |= row.days;
        if let Some(week) = weeks.last_mut() {
            week.push(row);
        }
    }
    weeks
}

/// The week in one spelling; `None` where it says too little.
fn shown(week: &[Row], context: bool) -> Option<String> {
    const NAMES: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    if let [only] = week
        && only.days == 0
    {
        let always = only.spans == [(0, 24 * 60)];
        return match (always, context) {
            (true, _) => Some("24/7".to_owned()),
            (false, true) => Some(times(only)),
            (false, false) => None,
        };
    }
    // What is said later of a day overrules: "Monday to Friday 9 to 5, Wednesday 9 to 8".
    let mut by_day: [Option<String>; 7] = Default::default();
    for row in week {
        for (day, slot) in by_day.iter_mut().enumerate().filter(|(day, _)| row.days & (1 << day) != 0) {
            let more = week.iter().filter(|r| r.days == row.days).count() > 1;
            match slot {
                Some(before) if more && !row.closed && *before != "off" => *before = format!("{before},{}", times(row)),
                slot => *slot = Some(times(row)),
            }
            debug_assert!(day < 7, "a week has seven days");
        }
    }
    if by_day.iter().all(|d| d.as_deref() == Some("00:00-24:00")) {
        return Some("24/7".to_owned());
    }
    let mut said: Vec<(String, String)> = Vec::new();
    let mut day = 0;
    while day < 7 {
        let Some(times) = &by_day[day] else {
            day += 1;
            continue;
        };
        let run = (day..7).take_while(|d| by_day[*d].as_ref() == Some(times)).count();
        let name = if run == 1 { NAMES[day].to_owned() } else { format!("{}-{}", NAMES[day], NAMES[day + run - 1]) };
        match said.iter_mut().find(|(_, t)| t == times) {
            Some((names, _)) => *names = format!("{names},{name}"),
            None => said.push((name, times.clone())),
        }
        day += run;
    }
    let said: Vec<String> = said.into_iter().map(|(days, times)| format!("{days} {times}")).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn times(row: &Row) -> String {
    if row.closed {
        return "off".to_owned();
    }
    let clock = |m: u32| format!("{:02}:{:02}", m / 60, m % 60);
    row.spans.iter().map(|(from, to)| format!("{}-{}", clock(*from), clock(*to))).collect::<Vec<_>>().join(",")
}

/// A span in minutes; a missing "a.m." or "p.m." is taken from the other end, or from what office hours can be.
fn minutes(from: Time, to: Time) -> Option<Span> {
    let on_clock = |h: u32, half: Option<bool>| match half {
        Some(true) if h < 12 => h + 12,
        Some(false) if h == 12 => 0,
        _ => h,
    };
    let end = match to.half {
        None if from.half.is_some() && to.hour < 12 && to.hour <= from.hour => to.hour + 12,
        None if from.half.is_none() && to.hour < 8 && to.hour <= from.hour => to.hour + 12,
        half => on_clock(to.hour, half),
    };
    // "to 12 a.m." ends the day.
    let end = if end == 0 { 24 } else { end };
    let start = match from.half {
        None if to.half == Some(true) && from.hour < to.hour && to.hour != 12 => from.hour + 12,
        half => on_clock(from.hour, half),
    };
    // "9 to 5 p.m." starts in the morning: an office is not open from 21 to 17.
    let start = if from.half.is_none() && start > end && start >= 12 { start - 12 } else { start };
    // An end before the start is after midnight; both alike are no span.
    let (from, to) = (start * 60 + from.minute, end * 60 + to.minute);
    (from != to && to <= 24 * 60 && from < 24 * 60).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[track_caller]
    fn check(lang: &str, text: &str, expected: &[&str]) {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words(lang).expect("the language has words");
        let found: Vec<String> = find(text, &words.hours).into_iter().map(|h| h.value).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn as_people_write_them() {
        check("en", "Open Monday to Friday, 9 a.m. to 5 p.m.", &["Mo-Fr 09:00-17:00"]);
        check("en", "Mon–Fri 8:30am–4:30pm; Saturday closed", &["Mo-Fr 08:30-16:30; Sa off"]);
        check("en", "Tuesday: 9 to 5", &["Tu 09:00-17:00"]);
        check("en", "Weekdays 10 a.m. to noon", &["Mo-Fr 10:00-12:00"]);
        check("en", "8:30 am-5:00 pm, Monday through Friday", &["Mo-Fr 08:30-17:00"]);
        check("en", "M-F 8am 5pm MST", &["Mo-Fr 08:00-17:00"]);
        check("en", "Mon & Wed 10am-9pm, Tues. Thurs. 10am-6pm", &["Mo,We 10:00-21:00; Tu,Th 10:00-18:00"]);
        check(
            "en",
            "0830 to 1815 Monday to Friday 0900 to 1300 Saturday CLOSED Sunday",
            &["Mo-Fr 08:30-18:15; Sa 09:00-13:00; Su off"],
        );
        check("en", "Mon-Thu 9am-12pm and 1pm-5pm", &["Mo-Th 09:00-12:00,13:00-17:00"]);
        check("en", "24 hours a day, 7 days a week", &["24/7"]);
        check("en", "Phone lines are open 8am to 8pm EST", &["08:00-20:00"]);
        check("en", "Monday to Friday 5am to 12am", &["Mo-Fr 05:00-24:00"]);
        check("en", "Monday - Friday 9-5, closed on holidays", &["Mo-Fr 09:00-17:00; PH off"]);
    }

    #[test]
    fn what_is_no_week_is_left_alone() {
        check("en", "We meet on Monday.", &[]);
        check("en", "Saturday, November 12, 10 a.m. to 2 p.m.", &[]);
        check("en", "The board meets the first Tuesday, 6 p.m. to 8 p.m.", &[]);
        check("en", "Chapters 9 to 12", &[]);
    }

    #[test]
    fn in_three_languages() {
        check("es", "Lunes a viernes de 8:00 a 17:00, sábado cerrado", &["Mo-Fr 08:00-17:00; Sa off"]);
        check("es", "De lunes a jueves, de 9 a. m. a 4:30 p. m.", &["Mo-Th 09:00-16:30"]);
        check("fr", "Du lundi au vendredi de 8h30 à 12h et de 13h30 à 17h", &["Mo-Fr 08:30-12:00,13:30-17:00"]);
        check("fr", "Mardi : 9 h à 18 h, dimanche fermé", &["Tu 09:00-18:00; Su off"]);
    }
}

//! What the words of a sentence do: hide who must act, deny twice, ask somebody to act. Told by classes of
//! words and their order, in one pass over the words; no grammar is parsed.

use super::classes;
use super::token::{Token, made_of};

/// Bytes within a sentence; empty where there is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// After the last byte.
    pub end: u32,
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: short(start), end: short(end) }
    }

    /// The words that it stands for.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// Whether there is nothing.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }
}

/// What was seen in a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// A verb in the passive voice.
    pub passive: Span,
    /// A duty in the passive voice, in a sentence that does not say who has it.
    pub hidden_actor: Span,
    /// Two words that deny, near each other.
    pub double_negative: Span,
    /// A row of words in capitals.
    pub capitals: Span,
    /// A short form in capitals that is explained nowhere; set once the page is known.
    pub abbreviation: Span,
    /// Words that begin an exception.
    pub exceptions: u16,
    /// Nouns made of verbs that act upon something.
    pub nominals: u16,
    /// Verbs that ask the reader to act: at the start, and joined to it.
    pub acts: u16,
    /// Whether it begins with a word of order.
    pub in_sequence: bool,
}

/// Most words between two that deny. Our choice, from reading: further apart they belong to two thoughts.
const DENIAL_REACH: usize = 12;

/// A row of capitals begins at three words and fifteen letters. Our choice: shorter ones are names and headings of forms.
const CAPITALS: (usize, usize) = (3, 15);

/// Reads the signs of a sentence.
#[cfg(test)]
pub fn signs(sentence: &str, classes: &classes::Classes) -> Signs {
    signs_of(&super::token::tokens(sentence, Some(classes)))
}

/// The same of a sentence by its words.
pub(super) fn signs_of(tokens: &[Token<'_>]) -> Signs {
    let mut signs = Signs::default();
    read_voice(tokens, &mut signs);
    read_denials(tokens, &mut signs);
    read_capitals(tokens, &mut signs);
    read_acts(tokens, &mut signs);
    signs
}

/// The verbs in the passive voice, and the duties among them that name nobody.
fn read_voice(tokens: &[Token<'_>], signs: &mut Signs) {
    let names_agent = |from: usize| tokens[from..].iter().take(8).any(|t| t.bits & classes::AGENT != 0);
    for (i, token) in tokens.iter().enumerate() {
        if token.bits & classes::BE != 0 {
            let Some(verb) = skip_between(tokens, i + 1) else { continue };
            let bits = tokens[verb].bits;
            if bits & classes::PARTICIPLE == 0 || bits & classes::STATE != 0 || is_name(&tokens[verb]) {
                continue;
            }
            if signs.passive.is_empty() {
                signs.passive = Span::new(token.start, tokens[verb].end);
            }
            if let Some(duty) = duty_before(tokens, i)
                && signs.hidden_actor.is_empty()
                && !names_agent(verb + 1)
            {
                signs.hidden_actor = Span::new(tokens[duty].start, tokens[verb].end);
            }
        }
        if token.bits & classes::NOMINAL != 0
            && token.bits & classes::PROPER == 0
            && tokens.get(i + 1).is_some_and(|t| t.bits & classes::OF != 0)
            && !is_name(token)
        {
            signs.nominals = signs.nominals.saturating_add(1);
        }
        if token.bits & classes::EXCEPTION != 0 {
            signs.exceptions = signs.exceptions.saturating_add(1);
        }
    }
}

/// The first word from `at` that does not only stand between; at most two do.
fn skip_between(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    (at..tokens.len().min(at + 3)).find(|&i| tokens[i].bits & classes::BETWEEN == 0)
}

/// The duty that the verb at `be` belongs to: "must be", "must also be", "has to be".
fn duty_before(tokens: &[Token<'_>], be: usize) -> Option<usize> {
    let mut at = be.checked_sub(1)?;
    if tokens[at].bits & classes::BETWEEN != 0 {
        at = at.checked_sub(1)?;
    }
    if tokens[at].bits & classes::DUTY != 0 {
        return Some(at);
    }
    let before = at.checked_sub(1)?;
    (tokens[at].bits & classes::TO != 0 && tokens[before].bits & classes::NEED != 0).then_some(before)
}

fn is_name(token: &Token<'_>) -> bool {
    token.text.starts_with(char::is_uppercase)
}

fn read_denials(tokens: &[Token<'_>], signs: &mut Signs) {
    let Some(first) = tokens.iter().position(|t| t.bits & classes::NEGATIVE != 0) else { return };
    let mut last = first;
    for (i, token) in tokens.iter().enumerate().skip(first + 1) {
        if token.bits & classes::BUT != 0 && i - last <= DENIAL_REACH {
            let within = &tokens[last..i];
            // A pause ends the thought that the first word denies.
            if within.iter().all(|t| !t.pauses) {
                signs.double_negative = Span::new(tokens[last].start, token.end);
                return;
            }
        }
        if token.bits & classes::NEGATIVE != 0 {
            last = i;
        }
    }
}

fn read_capitals(tokens: &[Token<'_>], signs: &mut Signs) {
    let is_loud = |t: &Token<'_>| {
        // A small letter of ASCII, which nearly every word has, tells at once.
        !t.has(made_of::LOWER) && t.text.chars().any(char::is_uppercase) && !t.text.chars().any(char::is_lowercase)
    };
    let mut run: Option<(usize, usize, usize)> = None;
    for (i, token) in tokens.iter().enumerate() {
        // A short form that everybody knows is no shouting, and a row goes on behind it.
        if token.bits & classes::KNOWN != 0 && token.bits & classes::FUNCTION == 0 && is_loud(token) {
            continue;
        }
        if !is_loud(token) || token.has(made_of::DIGIT) {
            run = None;
            continue;
        }
        let letters = token.text.chars().filter(|c| c.is_alphabetic()).count();
        let (first, words, sum) = run.map_or((i, 1, letters), |(first, words, sum)| (first, words + 1, sum + letters));
        run = Some((first, words, sum));
        if words >= CAPITALS.0 && sum >= CAPITALS.1 {
            signs.capitals = Span::new(tokens[first].start, token.end);
        }
    }
}

/// Whether the sentence begins by asking the reader to act, and how many acts it joins.
fn read_acts(tokens: &[Token<'_>], signs: &mut Signs) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let skipped = token.bits & (classes::SEQUENCE | classes::POLITE) != 0;
        signs.in_sequence |= token.bits & classes::SEQUENCE != 0;
        if !skipped || at >= 2 {
            break;
        }
        at += 1;
    }
    let Some(first) = tokens.get(at) else { return };
    // "Report cards are sent" is no order: a verb or the end must not follow at once.
    let follower = tokens.get(at + 1).map_or(0, |t| t.bits);
    if first.bits & classes::ACT == 0 || follower & (classes::BE | classes::DUTY) != 0 {
        return;
    }
    signs.acts = 1;
    for pair in tokens[at..].windows(2) {
        let joins = pair[0].bits & classes::AND != 0 || pair[0].pauses;
        if joins && pair[1].bits & classes::ACT != 0 && pair[1].text.starts_with(char::is_lowercase) {
            signs.acts = signs.acts.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    #[track_caller]
    fn check(sentence: &str, found: impl Fn(&Signs) -> Span, expected: &str) {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en").expect("the project has English lists");
        assert_eq!(found(&signs(sentence, &words.classes)).of(sentence), expected);
    }

    #[test]
    fn the_passive_voice_needs_its_two_parts() {
        check("Your form was sent back.", |s| s.passive, "was sent");
        check("Fees are usually paid in cash.", |s| s.passive, "are usually paid");
        check("The office is closed.", |s| s.passive, "");
        check("You are interested.", |s| s.passive, "");
        check("We sent your form back.", |s| s.passive, "");
    }

    #[test]
    fn a_duty_without_anybody_is_hidden() {
        check("The form must be submitted today.", |s| s.hidden_actor, "must be submitted");
        check("Fees have to be paid.", |s| s.hidden_actor, "have to be paid");
        check("The form must be signed by your doctor.", |s| s.hidden_actor, "");
        check("You must submit the form.", |s| s.hidden_actor, "");
    }

    #[test]
    fn two_denials_make_one_riddle() {
        check("We can not pay unless you apply.", |s| s.double_negative, "not pay unless");
        check("We do not charge a fee.", |s| s.double_negative, "");
    }

    #[test]
    fn acts_are_counted_where_they_begin() {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en").expect("the project has English lists");
        let acts = |text: &str| signs(text, &words.classes).acts;
        assert_eq!(acts("Fill in the form, sign it and mail it."), 3);
        assert_eq!(acts("Please call us."), 1);
        assert_eq!(acts("The form is long."), 0);
    }

    #[test]
    fn capitals_are_a_row_of_words() {
        check("NOTICE TO ALL RESIDENTS of Milltown", |s| s.capitals, "NOTICE TO ALL RESIDENTS");
        check("The US EPA rule", |s| s.capitals, "");
    }
}

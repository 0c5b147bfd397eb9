//! What reading formulas count, and the formulas. They are made for prose, so that only complete
//! sentences count; a short text has no figure.

use super::classes::{self, Classes};
use super::syllable;
use super::token::{Token, made_of, tokens};
use crate::facts::lexicon::Words;
use serde::{Deserialize, Serialize};

/// A language whose syllables can be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speech {
    /// English: school grades and Flesch reading ease.
    #[default]
    English,
    /// Spanish: Szigriszt-Pazos.
    Spanish,
    /// French: Kandel and Moles.
    French,
    /// Any other: only measures of letters, as a trend.
    Other,
}

impl Speech {
    /// The language of a tag such as `es-MX`.
    pub fn of(lang: &str) -> Self {
        match lang.split(['-', '_']).next().unwrap_or("") {
            "en" => Self::English,
            "es" => Self::Spanish,
            "fr" => Self::French,
            _ => Self::Other,
        }
    }
}

/// What a reading formula needs, counted over complete sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// The language whose syllables were counted.
    pub speech: Speech,
    /// Sentences.
    pub sentences: u32,
    /// Words.
    pub words: u32,
    /// Letters and digits.
    pub letters: u32,
    /// Syllables.
    pub syllables: u32,
    /// Words of three or more syllables.
    pub long_words: u32,
    /// The same without names, compounds with a hyphen, and endings that only make a third syllable.
    pub fog_words: u32,
    /// Words of more than six letters (the long words of LIX).
    pub wide_words: u32,
    /// Words that are neither names nor numbers nor on the list of common words.
    pub uncommon_words: u32,
    /// Sentences of more than 25 words (limit of GOV.UK and 18F).
    pub long_sentences: u32,
    /// Words of the main content that stand in no complete sentence, and so are in no formula.
    pub left_out: u32,
}

impl Counts {
    /// No counts yet, of a language.
    pub fn of(speech: Speech) -> Self {
        Self { speech, ..Self::default() }
    }

    /// Adds a complete sentence.
    pub fn add(&mut self, sentence: &str, words: Option<&Words>) {
        self.add_sentence(&tokens(sentence, words.map(|w| &w.classes)), words);
    }

    /// Adds a complete sentence by its words.
    pub(super) fn add_sentence(&mut self, tokens: &[Token<'_>], words: Option<&Words>) {
        self.sentences += 1;
        tokens.iter().for_each(|token| self.add_word(token, words));
        self.long_sentences += u32::from(tokens.len() > 25);
    }

    /// Adds all that was counted elsewhere, in the same language.
    pub fn join(&mut self, more: &Self) {
        self.sentences += more.sentences;
        self.words += more.words;
        self.letters = self.letters.saturating_add(more.letters);
        self.syllables = self.syllables.saturating_add(more.syllables);
        self.long_words += more.long_words;
        self.fog_words += more.fog_words;
        self.wide_words += more.wide_words;
        self.uncommon_words += more.uncommon_words;
        self.long_sentences += more.long_sentences;
        self.left_out += more.left_out;
    }

    fn add_word(&mut self, token: &Token<'_>, words: Option<&Words>) {
        let word = token.text;
        let letters = if !token.has(made_of::HYPHEN | made_of::JOINT | made_of::MARK | made_of::BEYOND) {
            word.len()
        } else if !token.has(made_of::BEYOND) {
            word.bytes().filter(u8::is_ascii_alphanumeric).count()
        } else {
            word.chars().filter(|c| c.is_alphanumeric()).count()
        };
        let letters = u32::try_from(letters).unwrap_or(u32::MAX);
        self.words += 1;
        self.letters = self.letters.saturating_add(letters);
        self.wide_words += u32::from(letters > 6);
        let syllables = match token.listed.filter(|_| self.is_spoken_in_any_case(token)) {
            Some(listed) => listed.syllables(self.speech, || self.syllables_of(word, words)),
            None => self.syllables_of(word, words),
        };
        self.syllables = self.syllables.saturating_add(syllables);
        let is_name = !token.begins && token.is_capitalised();
        if syllables >= 3 {
            self.long_words += 1;
            let is_inflected = syllables == 3 && ["es", "ed", "ing"].iter().any(|e| word.ends_with(e));
            if !is_name && !is_inflected && !token.has(made_of::HYPHEN) {
                self.fog_words += 1;
            }
        }
        if let Some(words) = words
            && !is_name
            && !word.starts_with(|c: char| c.is_ascii_digit())
            && !is_common(token, &words.classes)
        {
            self.uncommon_words += 1;
        }
    }

    /// Whether a word has as many syllables in lower case. What is all capitals may be spelled out, also in a compound, and
    /// English counts letters of ASCII alone.
    fn is_spoken_in_any_case(&self, token: &Token<'_>) -> bool {
        token.has(made_of::LOWER)
            && !token.has(made_of::HYPHEN)
            && (!token.has(made_of::BEYOND) || self.speech != Speech::English)
    }

    fn syllables_of(&self, word: &str, words: Option<&Words>) -> u32 {
        let by_rule = match self.speech {
            Speech::English => syllable::english,
            Speech::Spanish => syllable::spanish,
            Speech::French => syllable::french,
            Speech::Other => return 1,
        };
        let one = |part: &str| words.and_then(|w| w.syllables_of(part)).unwrap_or_else(|| by_rule(part));
        if word.contains('-') { word.split('-').filter(|p| !p.is_empty()).map(one).sum() } else { one(word) }
    }

    /// Whether there is enough text for a formula: 100 words and 5 sentences (our choice; SMOG was
    /// made for 30 sentences, so that short texts are a rough figure).
    pub fn is_enough(&self) -> bool {
        self.words >= 100 && self.sentences >= 5
    }

    fn per_word(&self, count: u32) -> f64 {
        f64::from(count) / f64::from(self.words.max(1))
    }

    fn per_sentence(&self, count: u32) -> f64 {
        f64::from(count) / f64::from(self.sentences.max(1))
    }

    /// Flesch-Kincaid grade (Kincaid et al. 1975), in US school years.
    pub fn flesch_kincaid(&self) -> f64 {
        0.39 * self.per_sentence(self.words) + 11.8 * self.per_word(self.syllables) - 15.59
    }

    /// Flesch reading ease (Flesch 1948); Spanish by Szigriszt-Pazos (1993), French by Kandel and Moles
    /// (1958). From 0, very hard, to 100, very easy; `None` for other languages.
    pub fn reading_ease(&self) -> Option<f64> {
        let (length, weight) = (self.per_sentence(self.words), self.per_word(self.syllables));
        match self.speech {
            Speech::English => Some(206.835 - 1.015 * length - 84.6 * weight),
            Speech::Spanish => Some(206.835 - length - 62.3 * weight),
            Speech::French => Some(207.0 - 1.015 * length - 73.6 * weight),
            Speech::Other => None,
        }
    }

    /// SMOG grade (McLaughlin 1969, with the constants of its 1974 form), in US school years.
    pub fn smog(&self) -> f64 {
        1.043 * libm::sqrt(30.0 * self.per_sentence(self.long_words)) + 3.1291
    }

    /// Gunning Fog index (Gunning 1952), in US school years.
    pub fn fog(&self) -> f64 {
        0.4 * (self.per_sentence(self.words) + 100.0 * self.per_word(self.fog_words))
    }

    /// Automated Readability Index (Smith and Senter 1967), in US school years.
    pub fn ari(&self) -> f64 {
        4.71 * self.per_word(self.letters) + 0.5 * self.per_sentence(self.words) - 21.43
    }

    /// Coleman-Liau index (1975), in US school years.
    pub fn coleman_liau(&self) -> f64 {
        5.88 * self.per_word(self.letters) - 29.6 / self.per_sentence(self.words).max(1.0) - 15.8
    }

    /// LIX (Björnsson 1968): words a sentence and percent of words with more than six letters. For any
    /// language with letters; as a trend, since its levels differ from language to language.
    pub fn lix(&self) -> f64 {
        self.per_sentence(self.words) + 100.0 * self.per_word(self.wide_words)
    }

    /// Share of words, 0 to 1, that are not on the list of common words; the idea of Dale and Chall (1948)
    /// over a list of our own.
    pub fn uncommon_share(&self) -> f64 {
        self.per_word(self.uncommon_words)
    }

    /// How hard the text is to read, by length of sentences, weight of words and vocabulary: the grade by
    /// Flesch-Kincaid and the share of uncommon words with the weight of Dale and Chall (1995). A trend, no
    /// school year: measured on OneStopEnglish, it puts the three levels of an article in order more often than
    /// any formula alone.
    pub fn difficulty(&self) -> f64 {
        self.flesch_kincaid() + 15.79 * self.uncommon_share()
    }

    /// The middle one of the grades by Flesch-Kincaid, SMOG and Fog, since single formulas differ by several years.
    pub fn reading_grade(&self) -> f64 {
        let mut grades = [self.flesch_kincaid(), self.smog(), self.fog()];
        grades.sort_by(f64::total_cmp);
        grades[1]
    }
}

/// Whether a word, or each part of a compound, is on the list of common words.
fn is_common(token: &Token<'_>, classes: &Classes) -> bool {
    if !classes.knows(classes::COMMON) {
        return true;
    }
    let is_listed = |bits: classes::Bits| bits & (classes::COMMON | classes::FUNCTION) != 0;
    if !token.has(made_of::HYPHEN | made_of::JOINT) {
        return is_listed(token.bits);
    }
    let word = token.text;
    let known = |part: &str| is_listed(classes.of(part));
    let part = |part: &str| known(part.split('\'').next().unwrap_or(part));
    if word.contains(['-', '/']) { word.split(['-', '/']).all(part) } else { part(word) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    fn counts(text: &str, lang: &str) -> Counts {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words(lang);
        let mut counts = Counts::of(Speech::of(lang));
        for sentence in super::super::sentences(text, words) {
            counts.add(&text[sentence.start..sentence.end], words);
        }
        counts
    }

    #[test]
    fn formulas_follow_their_papers() {
        // 11 words, 2 sentences, 15 syllables, 41 letters.
        let counts = counts("You need a license for a dog. Apply every year today.", "en");
        assert_eq!((counts.words, counts.sentences, counts.syllables, counts.letters), (11, 2, 15, 41));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 0.01, "{a} instead of {b}");
        near(counts.flesch_kincaid(), 0.39 * 5.5 + 11.8 * 15.0 / 11.0 - 15.59);
        near(counts.reading_ease().unwrap_or(0.0), 206.835 - 1.015 * 5.5 - 84.6 * 15.0 / 11.0);
        near(counts.ari(), 4.71 * 41.0 / 11.0 + 2.75 - 21.43);
        near(counts.coleman_liau(), 0.0588 * (4100.0 / 11.0) - 0.296 * (200.0 / 11.0) - 15.8);
        near(counts.lix(), 5.5 + 100.0 / 11.0);
    }

    #[test]
    fn plain_words_are_common_and_others_are_not() {
        assert_eq!(counts("We will send you the forms you asked for.", "en").uncommon_words, 0);
        assert_eq!(counts("The pecuniary remuneration of Mr. Jones was abated.", "en").uncommon_words, 3);
    }

    #[test]
    fn spanish_is_measured_by_its_own_formula() {
        let easy = counts("La casa es de mi madre. El perro come pan.", "es").reading_ease();
        let hard = counts("Las correspondientes notificaciones administrativas reglamentarias.", "es").reading_ease();
        assert!(easy > hard, "{easy:?} {hard:?}");
        assert_eq!(counts("Das Haus ist alt.", "de").reading_ease(), None);
    }
}

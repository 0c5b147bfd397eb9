//! What holds for any text that a page may hold, however odd.

use super::sentence::{Quotes, reads_as_prose};
use super::signs::signs;
use super::{Counts, Speech, count_words, sentences};
use crate::facts::{Lexicon, Page, Settings};
use crate::model::{Fetched, PageUrl};
use cpu_time::ThreadTime;
use proptest::prelude::*;

/// Texts of the pieces that splitters trip over, in any order, with any characters between them.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\u{201c}".to_owned()),
        Just("\u{201d}".to_owned()),
        Just("\u{2019}s".to_owned()),
        Just("\"".to_owned()),
        Just("\u{200b}\u{feff}\u{ad}".to_owned()),
        Just("\u{202e}txet\u{202c}".to_owned()),
        Just("\u{1f389}\u{1f3fd}\u{200d}".to_owned()),
        Just("هل لديك سؤال؟".to_owned()),
        Just("日本語の文。".to_owned()),
        Just("U.S. ".to_owned()),
        Just("No. 12 ".to_owned()),
        Just("if:You;They ".to_owned()),
        Just("1) ".to_owned()),
        Just("... ".to_owned()),
        Just("EPA ".to_owned()),
        Just("must not be sent unless ".to_owned()),
        Just("\n".to_owned()),
        any::<char>().prop_map(String::from),
        "[a-zA-Z]{1,12} ",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn page_of(html: &str) -> Fetched {
    Fetched::of_file(
        PageUrl::parse("http://town.example/a").expect("the address is right"),
        html.as_bytes().to_vec(),
        "2026-01-01T00:00:00Z",
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sentences_stand_in_order_within_their_text(text in odd_text()) {
        let lexicon = Lexicon::for_tests();
        let words = lexicon.words("en").expect("the project has English lists");
        let mut quotes = Quotes::default();
        let mut end = 0;
        let mut counted = 0;
        for sentence in sentences(&text, Some(words)) {
            prop_assert!(end <= sentence.start && sentence.start < sentence.end && sentence.end <= text.len());
            let part = &text[sentence.start..sentence.end];
            prop_assert_eq!(sentence.words, count_words(part));
            let signs = signs(part, &words.classes);
            for span in [signs.passive, signs.hidden_actor, signs.double_negative, signs.capitals] {
                prop_assert!(span.is_empty() || !span.of(part).is_empty());
            }
            let _ = (quotes.quoted(part), reads_as_prose(part, sentence.words, &words.classes));
            counted += sentence.words;
            end = sentence.end;
        }
        prop_assert!(counted >= count_words(&text), "a word was lost");
    }

    #[test]
    fn formulas_stay_finite(text in odd_text()) {
        let lexicon = Lexicon::for_tests();
        for (lang, speech) in [("en", Speech::English), ("es", Speech::Spanish), ("fr", Speech::French)] {
            let mut counts = Counts::of(speech);
            for sentence in sentences(&text, lexicon.words(lang)) {
                counts.add(&text[sentence.start..sentence.end], lexicon.words(lang));
            }
            let all = [counts.flesch_kincaid(), counts.smog(), counts.fog(), counts.ari(), counts.coleman_liau(), counts.lix()];
            prop_assert!(all.iter().all(|grade| grade.is_finite()), "{:?}", all);
            prop_assert!(counts.uncommon_words <= counts.words && counts.fog_words <= counts.long_words);
        }
    }

    #[test]
    fn a_page_of_any_text_is_read_the_same_way_twice(text in odd_text(), tag in "p|li|h2|td|q|blockquote|label|b") {
        let lexicon = Lexicon::for_tests();
        let html = format!("<main><h1>A</h1><{tag}>{text}</{tag}><p>{text}</main>");
        let read = || Page::read(&page_of(&html), lexicon, &Settings::default()).facts;
        prop_assert_eq!(read(), read());
    }
}

/// CPU time of one reading of a text of that many bytes without a full stop; the least of some.
fn time_of(bytes: usize, runs: usize) -> f64 {
    let lexicon = Lexicon::for_tests();
    let words = lexicon.words("en");
    let text = "the “form must not be sent unless EPA, (a) or b: No answers ".repeat(bytes / 60);
    let once = || {
        let start = ThreadTime::now();
        let mut quotes = Quotes::default();
        let mut counts = Counts::of(Speech::English);
        for sentence in sentences(&text, words) {
            let part = &text[sentence.start..sentence.end];
            counts.add(part, words);
            let _ = (quotes.quoted(part), signs(part, &words.expect("the project has English lists").classes));
        }
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(|_| once()).fold(f64::MAX, f64::min)
}

#[test]
fn five_megabytes_without_a_full_stop_take_ten_times_half_a_megabyte() {
    let ratio = time_of(5_000_000, 1) / time_of(500_000, 3);
    // Linear work gives 10, square work 100; half-way between them on a scale of products lies 30.
    assert!(ratio < 30.0, "ten times the text took {ratio:.1} times as long");
}

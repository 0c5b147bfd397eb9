//! Searches that found nothing and reasons of calls, put beside the tasks that they concern.

use super::has_words;
use crate::audit::mask;
use crate::config::{Heard, Said, Task};
use crate::facts::plain;
use crate::history::{TaskRow, Tasks, Voice};

/// Rows that stand beside a task, and below all of them. Our choice: what a person reads.
const SHOWN: usize = 5;

/// Shares out what was heard: beside every task that it concerns, or below all of them.
pub(super) fn share(tasks: &mut Tasks, declared: &[Task], heard: &Heard) {
    let phrases: Vec<Vec<String>> = tasks.rows.iter().map(|row| phrases(row, declared)).collect();
    for (said, is_call) in heard.searches.iter().map(|s| (s, false)).chain(heard.calls.iter().map(|s| (s, true))) {
        let concerned: Vec<usize> = (0..phrases.len()).filter(|at| concerns(said, &phrases[*at])).collect();
        for &at in &concerned {
            let row = &mut tasks.rows[at];
            put(if is_call { &mut row.calls } else { &mut row.searches }, said);
        }
        if concerned.is_empty() {
            put(if is_call { &mut tasks.calls } else { &mut tasks.searches }, said);
        }
    }
}

/// What a task is called: its name, and the words that people use for it.
fn phrases(row: &TaskRow, declared: &[Task]) -> Vec<String> {
    let words = declared.iter().filter(|task| !row.guessed && task.name == row.name).flat_map(|task| &task.words);
    std::iter::once(&row.name).chain(words).cloned().collect()
}

/// A file may name the task. Else a search concerns a task when it has all words of what the task is
/// called, or a name of the task has all of the search's.
fn concerns(said: &Said, phrases: &[String]) -> bool {
    if !said.task.is_empty() {
        return phrases.first().is_some_and(|name| plain(name) == plain(&said.task));
    }
    phrases.iter().any(|phrase| has_words(&said.words, phrase) || has_words(phrase, &said.words))
}

/// The rows come most often first.
fn put(voices: &mut Vec<Voice>, said: &Said) {
    if voices.len() < SHOWN {
        voices.push(Voice { words: mask(&said.words), count: said.count });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_stands_beside_the_task_that_it_concerns() {
        let said = |words: &str, task: &str| Said { words: words.to_owned(), task: task.to_owned(), count: 3 };
        let phrases = ["Pay a parking fine".to_owned(), "parking ticket".to_owned()];
        let check =
            |words: &str, task: &str, expected| assert_eq!(concerns(&said(words, task), &phrases), expected, "{words}");
        check("parking tickets online", "", true);
        check("fine", "", true);
        check("dog license", "", false);
        check("?", "", false);
        check("they could not find it", "pay a Parking fine", true);
        check("parking ticket", "Dog license", false);
    }
}

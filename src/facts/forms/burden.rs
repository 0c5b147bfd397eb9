//! How long a form takes: reading, working the controls, and coming by the answers, as mean and deviation in closed form.

use super::words::FormWords;
use super::{Field, Form};
use serde::{Deserialize, Serialize};

/// Questions named as what makes a form long. Our choice: what a person can look at.
const NAMED: usize = 5;

/// What a form costs in time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Burden {
    /// Minutes, the mean.
    pub minutes: f64,
    /// Minutes, the standard deviation.
    pub deviation: f64,
    /// Minutes of it that are reading.
    pub reading: f64,
    /// The ways in which answers are come by, those that take most first.
    pub ways: Vec<Way>,
    /// The questions that take longest, longest first.
    pub longest: Vec<Share>,
}

/// Answers that are come by in one way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Way {
    /// `heart`, `choose`, `look-up`, `ask`, `compose`, `attach`, `sign`.
    pub way: String,
    /// How many questions.
    pub questions: u32,
    /// Minutes they take together, the mean.
    pub minutes: f64,
}

/// A question's share of the time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// What it is called.
    pub label: String,
    /// Its kind.
    pub kind: String,
    /// How its answer is come by.
    pub way: String,
    /// Minutes, the mean.
    pub minutes: f64,
}

impl Burden {
    /// How many questions are answered in that way.
    pub fn questions(&self, way: &str) -> u32 {
        self.ways.iter().filter(|w| w.way == way).map(|w| w.questions).sum()
    }
}

/// Seconds, the mean, and their variance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Time {
    mean: f64,
    variance: f64,
}

/// Working a control, by the keystroke-level model of Card, Moran and Newell: think, point, move the
/// hands to the keys and back, type; or think, point, read the options, point.
fn work(field: &Field, keys: f64, words: &FormWords) -> f64 {
    let n = |name: &str| words.number(name);
    let options = f64::from(field.options).min(n("options"));
    match field.control.as_str() {
        "radio" | "checkbox" => n("think") + n("point") + n("option") * options,
        "select" => n("think") + 2.0 * n("point") + n("option") * options,
        "file" => n("think") + 4.0 * n("point"),
        _ => n("think") + n("point") + 2.0 * n("home") + n("key") * keys,
    }
}

fn time(field: &Field, words: &FormWords) -> (Time, String) {
    let Some(answer) = words.answer(&field.kind, &field.control) else { return (Time::default(), String::new()) };
    let work = work(field, answer.keys, words);
    let spread = work * words.number("typing-spread");
    let variance = spread * spread + answer.deviation * answer.deviation;
    (Time { mean: work + answer.seconds, variance }, answer.way.clone())
}

/// The burden of a form in which `read` words stand.
pub(super) fn burden(form: &Form, read: u32, words: &FormWords) -> Burden {
    let speed = words.number("reading");
    let reading = if speed > 0.0 { f64::from(read) / speed * 60.0 } else { 0.0 };
    let spread = reading * words.number("reading-spread");
    let mut total = Time { mean: reading, variance: spread * spread };
    let mut ways: Vec<(String, u32, f64)> = Vec::new();
    let mut shares: Vec<(f64, usize, String)> = Vec::with_capacity(form.fields.len());
    for (at, field) in form.fields.iter().enumerate() {
        let (time, way) = time(field, words);
        total.mean += time.mean;
        // Answers are taken for independent of each other, so that their variances add up.
        total.variance += time.variance;
        match ways.iter_mut().find(|(known, ..)| *known == way) {
            Some((_, questions, seconds)) => {
                *questions += 1;
                *seconds += time.mean;
            }
            None => ways.push((way.clone(), 1, time.mean)),
        }
        shares.push((time.mean, at, way));
    }
    ways.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    shares.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let share = |(seconds, at, way): (f64, usize, String)| Share {
        label: crate::facts::shorten(form.fields[at].called(), 80),
        kind: form.fields[at].kind.clone(),
        way,
        minutes: minutes(seconds),
    };
    Burden {
        minutes: minutes(total.mean),
        deviation: minutes(libm::sqrt(total.variance)),
        reading: minutes(reading),
        ways: ways.into_iter().map(|(way, questions, s)| Way { way, questions, minutes: minutes(s) }).collect(),
        longest: shares.into_iter().take(NAMED).map(share).collect(),
    }
}

/// Seconds as minutes, to a thousandth: more digits would pretend to know.
fn minutes(seconds: f64) -> f64 {
    (seconds / 60.0 * 1000.0).round() / 1000.0
}

//! Facts of forms over several pages.

use super::{Value, number, size, text};
use crate::facts::site::{End, Journey};

const UNSENT: &str = "what follows the last question is shown only to those who send it";

/// Something that may stand on pages that were not read.
fn anywhere(journey: &Journey, has: bool) -> Value {
    if has || journey.is_whole() { Value::Flag(has) } else { Value::Unknown(UNSENT) }
}

fn unreviewed(journey: &Journey) -> Value {
    match anywhere(journey, journey.review) {
        Value::Flag(true) => number(0),
        Value::Flag(false) => number(journey.questions),
        unknown => unknown,
    }
}

fn confirms(journey: &Journey) -> Value {
    match journey.end {
        End::Told => Value::Flag(true),
        End::Untold => Value::Flag(false),
        End::Unread => Value::Unknown(UNSENT),
    }
}

facts! {
    "journey.steps", "pages", "Pages that belong to it and were read.", Journey |j| size(j.pages.len());
    "journey.asking_steps", "pages", "Pages that ask something.", Journey |j| number(j.asking);
    "journey.told_steps", "steps", "Steps that it says it has.", Journey |j| if j.told == 0 { Value::Absent } else { number(j.told) };
    "journey.told_alike", "yes/no", "All of its pages that say how many steps it has say the same.", Journey |j| if j.told == 0 { Value::Absent } else { Value::Flag(j.told == j.told_least) };
    "journey.questions", "questions", "What a person has to answer on all of its pages that were read.", Journey |j| number(j.questions);
    "journey.minutes", "minutes", "Time for all of these pages: the mean.", Journey |j| number(j.minutes);
    "journey.minutes_deviation", "minutes", "The standard deviation of that time between people.", Journey |j| number(j.deviation);
    "journey.longest_question", "label", "The question that takes most time.", Journey |j| j.longest.first().map_or(Value::Absent, |s| text(&s.label));
    "journey.repeated_questions", "questions", "Questions about who somebody is that a page before has asked already, without the answer in them.", Journey |j| size(j.repeated.len());
    "journey.pages_without_progress", "pages", "Pages with questions that do not show how far one has come.", Journey |j| number(j.without_progress);
    "journey.shows_progress", "yes/no", "Some page with questions shows how far one has come.", Journey |j| Value::Flag(j.without_progress < j.asking);
    "journey.pages_without_back", "pages", "Pages with questions after the first that have no link or button back.", Journey |j| number(j.without_back);
    "journey.saves", "yes/no", "The answers so far can be saved on some page.", Journey |j| Value::Flag(j.saves);
    "journey.minutes_unsaved", "minutes", "Time for all of these pages, where no page can save the answers; 0 where one can.", Journey |j| number(if j.saves { 0.0 } else { j.minutes });
    "journey.questions_unreviewed", "questions", "Questions that no page shows once more before they are sent; 0 where one does.", Journey unreviewed;
    "journey.has_review", "yes/no", "A page shows all answers for a last look.", Journey |j| anywhere(j, j.review);
    "journey.confirms", "yes/no", "It ends with a page that says that the form has been sent.", Journey confirms;
    "journey.whole", "yes/no", "All of its steps were read.", Journey |j| Value::Flag(j.is_whole());
}

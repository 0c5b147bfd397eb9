//! Facts of what people are told to expect.

use super::{PARTIAL, SHORT, Value, number, offered, told};
use crate::facts::page::PageFacts;
use crate::facts::site::SiteFacts;

/// Words of main content from which the balance of words for office and reader is told. Our choice.
const ENOUGH_WORDS: u32 = 100;

fn office_per_reader(page: &PageFacts) -> Value {
    match (page.expect.office_words, page.expect.reader_words) {
        (Some(_), Some(_)) if page.main_words < ENOUGH_WORDS => Value::Unknown(SHORT),
        (Some(office), Some(reader)) => Value::Number(f64::from(office) / f64::from(reader.max(1))),
        _ => Value::Absent,
    }
}

/// What only a site needs on which people apply.
fn status_tracking(site: &SiteFacts) -> Value {
    if site.takes_applications() { offered(site, site.has_link_about("status")) } else { Value::Absent }
}

/// Results are asked for only where there is something that they can be held against.
fn results(site: &SiteFacts) -> Value {
    match site.has_link_about("standards") {
        true => offered(site, site.has_link_about("results")),
        false if site.may_report_absence() => Value::Absent,
        false => Value::Unknown(PARTIAL),
    }
}

facts! {
    "page.says_who", "yes/no", "A service page says who it is for.", Page |p| told(p.says.who);
    "page.says_documents", "yes/no", "A service page says what to bring or send.", Page |p| told(p.says.documents);
    "page.says_fee", "yes/no", "A service page says what it costs.", Page |p| told(p.says.fee);
    "page.says_deadline", "yes/no", "A service page says by when.", Page |p| told(p.says.deadline);
    "page.says_time", "yes/no", "A service page says how long it takes.", Page |p| told(p.says.time);
    "page.says_next", "yes/no", "A service page says what happens next.", Page |p| told(p.says.next);
    "page.says_contact", "yes/no", "A service page says whom to ask, in its main content or beside it.", Page |p| told(p.says.contact);
    "page.updated", "yes/no", "The page says when it was last changed.", Page |p| Value::Flag(p.updated);
    "page.mentions_deadline", "yes/no", "A service page or form speaks of a deadline or of being late.", Page |p| told(p.expect.deadline_mentioned);
    "page.threat_first", "yes/no", "One of the first four sentences threatens, and none before it or with it helps.", Page |p| told(p.expect.threat_first);
    "page.says_reference", "yes/no", "A confirmation gives or promises a reference number.", Page |p| told(p.expect.reference);
    "page.says_record", "yes/no", "A confirmation says how to keep a record of it.", Page |p| told(p.expect.record);
    "page.automation", "yes/no", "The page sends people to a machine that answers: a chat bot, a virtual assistant, an automated line.", Page |p| told(p.expect.automation);
    "page.office_words", "words", "Words for the office (we, our, the department) in the main content.", Page |p| p.expect.office_words.map_or(Value::Absent, number);
    "page.office_per_reader", "ratio", "Words for the office for each word for the reader (you, your) in the main content.", Page office_per_reader;
    "sentence.refusal_leads_on", "yes/no", "A sentence that refuses stands with a link, a contact or words for another way, in it, before it or in the next two sentences.", Sentence |_, s| told(s.tells.refusal);
    "sentence.outage_leads_on", "yes/no", "A sentence that tells of an outage stands with its end, a link, a contact or words for another way, in it, before it or in the next two sentences.", Sentence |_, s| told(s.tells.outage);
    "site.status_tracking", "yes/no", "Some link leads to the state of an application, on a site where people apply.", Site status_tracking;
    "site.service_standards", "yes/no", "Some link leads to what service people can expect.", Site |s| offered(s, s.has_link_about("standards"));
    "site.service_results", "yes/no", "Some link leads to how well service standards were met, where there are some.", Site results;
}

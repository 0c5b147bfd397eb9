//! The FACTS table: the closed list of what rules can ask for, each with its subject, unit and meaning.

use super::contacts::{Contact, is_mail_valid, tel_agrees};
use super::forms::{Field, Form, is_sent_away};
use super::links::Link;
use super::page::{Heading, PageFacts};
use super::site::{SiteFacts, onward};
use super::text::Sentence;
use crate::model::{PageUrl, Region};

/// What a fact speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say what they are")]
pub enum Subject {
    Page,
    Form,
    Field,
    Link,
    Heading,
    Sentence,
    Paragraph,
    Contact,
    Site,
}

/// When a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// While the page is read.
    Page,
    /// After the last page.
    Site,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, in the fact's unit.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A word.
    Text(String),
    /// It could not be told, and why.
    Unknown(&'static str),
    /// It does not apply.
    Absent,
}

/// How a fact is read.
#[derive(Clone, Copy)]
pub enum Read {
    /// Of the page.
    Page(fn(&PageFacts) -> Value),
    /// Of a form.
    Form(fn(&PageFacts, &Form) -> Value),
    /// Of a field.
    Field(fn(&Form, &Field) -> Value),
    /// Of a link.
    Link(fn(&PageFacts, &Link) -> Value),
    /// Of a heading.
    Heading(fn(&Heading) -> Value),
    /// Of a sentence of the main content.
    Sentence(fn(&Sentence) -> Value),
    /// Of a paragraph of the main content: its words and sentences.
    Paragraph(fn(u32, u32) -> Value),
    /// Of a contact.
    Contact(fn(&Contact) -> Value),
    /// Of a link, once the site is known.
    SiteLink(fn(&SiteFacts, &PageFacts, &Link) -> Value),
    /// Of a page, once the site is known.
    SitePage(fn(&SiteFacts, &PageFacts) -> Value),
    /// Of the site.
    Site(fn(&SiteFacts) -> Value),
}

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Fact {
    /// Name as rules write it, `subject.word`.
    pub name: &'static str,
    /// Unit: `words`, `grade`, `yes/no` …
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// How it is read.
    pub read: Read,
}

impl Fact {
    /// What it speaks of.
    pub fn subject(&self) -> Subject {
        match self.read {
            Read::Page(_) | Read::SitePage(_) => Subject::Page,
            Read::Form(_) => Subject::Form,
            Read::Field(_) => Subject::Field,
            Read::Link(_) | Read::SiteLink(_) => Subject::Link,
            Read::Heading(_) => Subject::Heading,
            Read::Sentence(_) => Subject::Sentence,
            Read::Paragraph(_) => Subject::Paragraph,
            Read::Contact(_) => Subject::Contact,
            Read::Site(_) => Subject::Site,
        }
    }

    /// When it is known.
    pub fn phase(&self) -> Phase {
        match self.read {
            Read::SiteLink(_) | Read::SitePage(_) | Read::Site(_) => Phase::Site,
            _ => Phase::Page,
        }
    }
}

/// The fact of that name.
pub fn fact(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|f| f.name == name)
}

fn number(n: impl Into<f64>) -> Value {
    Value::Number(n.into())
}

fn size(n: usize) -> Value {
    Value::Number(n as f64)
}

fn text(t: &str) -> Value {
    Value::Text(t.to_owned())
}

fn told(flag: Option<bool>) -> Value {
    flag.map_or(Value::Absent, Value::Flag)
}

const SHORT: &str = "the page has too little text for this measure";
const SCRIPT: &str = "a script draws the page, so that its source holds too little";
const PARTIAL: &str = "not every page of the site was read";

/// A reading measure: only for English with enough complete sentences.
fn reading(page: &PageFacts, measure: fn(&PageFacts) -> f64) -> Value {
    if !page.lang.starts_with("en") {
        return Value::Absent;
    }
    if page.text.is_enough() { Value::Number(measure(page)) } else { Value::Unknown(SHORT) }
}

/// A count in sight, which a script may add to: few is not told where the source is empty.
fn in_sight(page: &PageFacts, n: usize) -> Value {
    if page.drawn_by_script { Value::Unknown(SCRIPT) } else { size(n) }
}

/// A count over the site: none is not told unless everything was read.
fn on_site(site: &SiteFacts, n: usize) -> Value {
    if n == 0 && !site.may_report_absence() { Value::Unknown(PARTIAL) } else { size(n) }
}

fn offered(site: &SiteFacts, has: bool) -> Value {
    if !has && !site.may_report_absence() { Value::Unknown(PARTIAL) } else { Value::Flag(has) }
}

fn contacts(page: &PageFacts, wanted: impl Fn(&Contact) -> bool) -> usize {
    page.contacts.iter().filter(|c| wanted(c)).count()
}

fn reaches(contact: &Contact) -> bool {
    matches!(contact.kind.as_str(), "phone" | "email" | "address" | "form" | "relay")
}

fn language_agrees(page: &PageFacts) -> Value {
    let Some(declared) = &page.lang_declared else { return Value::Absent };
    let Some(detected) = &page.lang_detected else {
        return Value::Unknown("the language of the text could not be told reliably");
    };
    Value::Flag(declared.split('-').next() == Some(detected.as_str()))
}

fn file_only(page: &PageFacts) -> Value {
    let main = || page.links.iter().filter(|l| l.region == Region::Main && !l.goes_nowhere());
    let files = main().filter(|l| l.file().is_some()).count();
    // A page of fewer than 40 words whose only links are one to three files. Our choice.
    Value::Flag(page.main_words < 40 && (1..=3).contains(&files) && main().count() == files && page.forms.is_empty())
}

fn required_shown(form: &Form) -> Value {
    let required = form.fields.iter().filter(|f| f.required).count();
    if required == 0 {
        return Value::Absent;
    }
    let marked = form.fields.iter().filter(|f| f.required && f.says_required).count();
    // Marking the optional ones instead, or asking only what is required, tells as much.
    let optional = form.fields.iter().filter(|f| !f.required).count();
    let optional_marked = form.fields.iter().filter(|f| !f.required && f.says_required).count();
    Value::Flag(marked == required || (optional > 0 && optional_marked == optional) || optional == 0)
}

fn leaves_site(page: &PageFacts, link: &Link) -> Value {
    link.page.as_ref().map_or(Value::Absent, |to| Value::Flag(bare_host(to) != bare_host(&page.url)))
}

fn bare_host(url: &PageUrl) -> &str {
    url.host().strip_prefix("www.").unwrap_or(url.host())
}

/// Words of a link that say it leads to a file: the ending, or its usual name.
fn says_file(link: &Link) -> Value {
    let Some(file) = link.file() else { return Value::Absent };
    let text = link.text.to_ascii_lowercase();
    let names: &[&str] = match file {
        "pdf" => &["pdf"],
        "doc" => &["doc", "word", "odt", "rtf"],
        "xls" => &["xls", "excel", "ods", "spreadsheet"],
        "ppt" => &["ppt", "powerpoint", "slides"],
        "csv" => &["csv"],
        "zip" => &["zip"],
        _ => &["mp3", "mp4", "audio", "video"],
    };
    Value::Flag(names.iter().any(|n| text.contains(n)))
}

fn link_status(site: &SiteFacts, _: &PageFacts, link: &Link) -> Value {
    let Some(page) = &link.page else { return Value::Absent };
    if link.acts || !site.is_in_scope(page) {
        return Value::Absent;
    }
    site.link_status(link).map_or(Value::Unknown("the page that the link leads to was not read"), number)
}

fn clicks_to_contact(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.clicks_to_contact(&page.url) {
        Some(clicks) => number(clicks),
        // Nothing on the whole site is another problem than a long way.
        None if site.complete => Value::Absent,
        None => Value::Unknown(PARTIAL),
    }
}

fn same_title(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.same_title(&page.title) {
        _ if page.title.is_empty() => Value::Absent,
        0 if !site.complete => Value::Unknown(PARTIAL),
        n => number(n),
    }
}

fn clicks_from_home(site: &SiteFacts, page: &PageFacts) -> Value {
    match (site.clicks_from_home(&page.url), site.home()) {
        (Some(clicks), _) => number(clicks),
        (None, None) => Value::Unknown("the site has no home page that was read"),
        (None, Some(_)) => Value::Absent,
    }
}

fn reachable(site: &SiteFacts, page: &PageFacts) -> Value {
    match (site.clicks_from_home(&page.url), site.home()) {
        (Some(_), _) => Value::Flag(true),
        (None, Some(_)) if site.may_report_absence() => Value::Flag(false),
        (None, Some(_)) => Value::Unknown(PARTIAL),
        (None, None) => Value::Unknown("the site has no home page that was read"),
    }
}

macro_rules! facts {
    ($($name:literal, $unit:literal, $meaning:literal, $kind:ident $read:expr;)*) => {
        /// Every fact that a rule can look at, by subject.
        pub const FACTS: &[Fact] = &[$(Fact { name: $name, unit: $unit, meaning: $meaning, read: Read::$kind($read) }),*];
    };
}

facts! {
    "page.title", "text", "The title element.", Page |p| text(&p.title);
    "page.title_characters", "characters", "Length of the title; 0 where there is none.", Page |p| size(p.title.chars().count());
    "page.bytes", "bytes", "Size of the source.", Page |p| Value::Number(p.bytes as f64);
    "page.cut", "yes/no", "Only a part of the source was read: it is too large or nests too deep.", Page |p| Value::Flag(p.cut);
    "page.lang_declared", "language tag", "The lang attribute of the root element.", Page |p| p.lang_declared.as_deref().map_or(Value::Absent, text);
    "page.lang_detected", "language code", "Language told from the text of the main content.", Page |p| p.lang_detected.as_deref().map_or(Value::Unknown(SHORT), text);
    "page.lang_agrees", "yes/no", "The declared language is that of the text.", Page language_agrees;
    "page.kind", "page kind", "What kind of page it is.", Page |p| text(&p.kind.name);
    "page.kind_confidence", "0–1", "How sure the kind is.", Page |p| number(p.kind.confidence);
    "page.words", "words", "Words in sight.", Page |p| number(p.words);
    "page.main_words", "words", "Words of the main content.", Page |p| in_sight(p, p.main_words as usize);
    "page.sentences", "sentences", "Complete sentences of the main content.", Page |p| number(p.text.sentences);
    "page.average_sentence_words", "words", "Average length of a complete sentence.", Page |p| reading(p, |p| f64::from(p.text.words) / f64::from(p.text.sentences));
    "page.long_sentence_share", "0–1", "Share of complete sentences of more than 25 words.", Page |p| reading(p, |p| f64::from(p.text.long_sentences) / f64::from(p.text.sentences));
    "page.flesch_kincaid", "grade", "Flesch-Kincaid grade, in US school years.", Page |p| reading(p, |p| p.text.flesch_kincaid());
    "page.smog", "grade", "SMOG grade, in US school years.", Page |p| reading(p, |p| p.text.smog());
    "page.fog", "grade", "Gunning Fog index, in US school years.", Page |p| reading(p, |p| p.text.fog());
    "page.reading_grade", "grade", "The middle one of Flesch-Kincaid, SMOG and Fog.", Page |p| reading(p, |p| p.text.reading_grade());
    "page.you_per_thousand", "per 1,000 words", "Words such as you, your, we, our in the main content.", Page |p| match p.addressing {
        Some(n) if p.main_words >= 100 => Value::Number(1000.0 * f64::from(n) / f64::from(p.main_words)),
        Some(_) => Value::Unknown(SHORT),
        None => Value::Absent,
    };
    "page.h1", "headings", "Headings of level 1.", Page |p| in_sight(p, p.headings.iter().filter(|h| h.level == 1).count());
    "page.headings", "headings", "Headings of any level.", Page |p| in_sight(p, p.headings.len());
    "page.words_under_longest_heading", "words", "Most words in paragraphs without a heading, list or table between.", Page |p| number(p.longest_wall);
    "page.main_links", "links", "Links of the main content that lead to another page, a phone or a mailbox.", Page |p| in_sight(p, onward(p) as usize);
    "page.ways_onward", "ways", "Links, forms, buttons and contacts of the main content.", Page |p| {
        let in_main = contacts(p, |c| c.region == Region::Main && c.kind != "hours");
        in_sight(p, onward(p) as usize + p.buttons as usize + p.forms.iter().filter(|f| f.kind != "search").count() + in_main + usize::from(p.frames > 0) + usize::from(p.refresh_seconds.is_some()))
    };
    "page.contacts", "contacts", "Phones, mail addresses, street addresses and contact forms on the page.", Page |p| in_sight(p, contacts(p, reaches));
    "page.contacts_in_main", "contacts", "The same in the main content.", Page |p| in_sight(p, contacts(p, |c| reaches(c) && c.region == Region::Main));
    "page.contact_links", "links", "Links whose words say that they lead to contacts.", Page |p| in_sight(p, p.contact_links as usize);
    "page.contact_paths", "ways", "Contacts and links to contacts anywhere on the page.", Page |p| in_sight(p, contacts(p, reaches) + p.contact_links as usize);
    "page.phones", "numbers", "Phone numbers on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "phone"));
    "page.emails", "addresses", "Mail addresses on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "email"));
    "page.hours", "spans", "Opening hours on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "hours"));
    "page.forms", "forms", "Forms that are neither search nor sign-in.", Page |p| in_sight(p, p.forms.iter().filter(|f| !matches!(f.kind.as_str(), "search" | "login")).count());
    "page.says_who", "yes/no", "A service page says who it is for.", Page |p| told(p.says.who);
    "page.says_documents", "yes/no", "A service page says what to bring or send.", Page |p| told(p.says.documents);
    "page.says_fee", "yes/no", "A service page says what it costs.", Page |p| told(p.says.fee);
    "page.says_deadline", "yes/no", "A service page says by when.", Page |p| told(p.says.deadline);
    "page.says_time", "yes/no", "A service page says how long it takes.", Page |p| told(p.says.time);
    "page.says_next", "yes/no", "A service page says what happens next.", Page |p| told(p.says.next);
    "page.says_contact", "yes/no", "A service page says whom to ask.", Page |p| told(p.says.contact);
    "page.says_time_to_complete", "yes/no", "The page says how long its form takes.", Page |p| Value::Flag(p.says_time_to_complete);
    "page.drawn_by_script", "yes/no", "The source holds almost nothing, and a script draws the page.", Page |p| Value::Flag(p.drawn_by_script);
    "page.updated", "yes/no", "The page says when it was last changed.", Page |p| Value::Flag(p.updated);
    "page.start_over", "yes/no", "A link or button leads back to the start.", Page |p| if p.drawn_by_script { Value::Unknown(SCRIPT) } else { Value::Flag(p.start_over) };
    "page.help", "yes/no", "A link or button offers help.", Page |p| if p.drawn_by_script { Value::Unknown(SCRIPT) } else { Value::Flag(p.help) };
    "page.refresh_seconds", "seconds", "Delay after which meta refresh moves on.", Page |p| p.refresh_seconds.map_or(Value::Absent, number);
    "page.file_only", "yes/no", "The main content is little more than a link to a file.", Page file_only;
    "page.clicks_from_home", "clicks", "Shortest way from the home page.", SitePage clicks_from_home;
    "page.reachable", "yes/no", "A way of links leads from the home page to it.", SitePage reachable;
    "page.clicks_to_contact", "clicks", "Shortest way to a page with a phone, mail or street address or contact form; 0 on such a page.", SitePage clicks_to_contact;
    "page.inbound", "pages", "Pages that link to it.", SitePage |s, p| number(s.inbound(&p.url));
    "page.same_title", "pages", "Other pages with the same title.", SitePage same_title;
    "form.kind", "form kind", "What kind of form it is.", Form |_, f| text(&f.kind);
    "form.questions", "questions", "What a person has to answer; a set of radio buttons is one.", Form |_, f| size(f.questions());
    "form.required", "questions", "Questions that must be answered.", Form |_, f| size(f.fields.iter().filter(|q| q.required).count());
    "form.minutes", "minutes", "Time to fill it in by a keystroke model, for practised hands.", Form |_, f| number(f.minutes());
    "form.personal_fields", "questions", "Questions about who somebody is.", Form |_, f| size(f.personal());
    "form.sensitive_fields", "questions", "Questions that people hesitate to answer.", Form |_, f| size(f.sensitive());
    "form.method", "get/post", "How it is sent.", Form |_, f| text(&f.method);
    "form.insecure", "yes/no", "Its source names an unencrypted address (http:) to send it to.", Form |_, f| if f.implicit { Value::Absent } else { Value::Flag(f.in_clear) };
    "form.foreign", "yes/no", "It is sent to another host.", Form |p, f| if f.implicit { Value::Absent } else { Value::Flag(is_sent_away(f, &p.url)) };
    "form.implicit", "yes/no", "These are controls outside any form element.", Form |_, f| Value::Flag(f.implicit);
    "form.has_submit", "yes/no", "A button sends it.", Form |_, f| if f.implicit { Value::Absent } else { Value::Flag(f.has_submit) };
    "form.has_reset", "yes/no", "A button empties it.", Form |_, f| Value::Flag(f.has_reset);
    "form.contact_near", "yes/no", "The same main content names a contact or links to one.", Form |p, _| Value::Flag(contacts(p, |c| reaches(c) && c.region == Region::Main && c.kind != "form") > 0 || p.says.contact == Some(true));
    "form.required_shown", "yes/no", "Required questions are marked, or the optional ones are.", Form |_, f| required_shown(f);
    "field.label_characters", "characters", "Length of the label in sight; 0 where there is none.", Field |_, f| size(f.label.chars().count());
    "field.named", "yes/no", "It has an accessible name.", Field |_, f| if f.unknown { Value::Unknown("a style may hide the field") } else { Value::Flag(!f.accessible_name.is_empty()) };
    "field.placeholder_only", "yes/no", "A placeholder is the only label in sight.", Field |_, f| Value::Flag(f.label.is_empty() && !f.placeholder.is_empty());
    "field.kind", "field kind", "What it asks for.", Field |_, f| text(&f.kind);
    "field.type", "control", "The type of control.", Field |_, f| text(&f.control);
    "field.required", "yes/no", "It must be answered.", Field |_, f| Value::Flag(f.required);
    "field.options", "options", "Choices of a select or a set.", Field |_, f| if f.options == 0 { Value::Absent } else { number(f.options) };
    "field.maxlength", "characters", "Longest answer that it takes.", Field |_, f| f.maxlength.map_or(Value::Absent, number);
    "field.autocomplete", "token", "The autocomplete token.", Field |_, f| f.autocomplete.as_deref().map_or(Value::Absent, text);
    "field.has_autocomplete", "yes/no", "It has an autocomplete token.", Field |_, f| Value::Flag(f.autocomplete.is_some());
    "field.has_hint", "yes/no", "A hint is tied to it.", Field |_, f| Value::Flag(f.has_hint);
    "field.has_pattern", "yes/no", "A pattern limits the answer.", Field |_, f| Value::Flag(f.has_pattern);
    "field.in_group", "yes/no", "A set of choices stands in a group with a name.", Field |_, f| told(f.in_group);
    "link.text", "text", "Accessible name.", Link |_, l| text(&l.text);
    "link.region", "part of the page", "main, nav, header, footer or aside.", Link |_, l| text(region_name(l.region));
    "link.scheme", "scheme", "http, https, tel, mailto …", Link |_, l| if l.scheme().is_empty() { Value::Absent } else { text(l.scheme()) };
    "link.goes_nowhere", "yes/no", "Its address is empty, # or javascript:.", Link |_, l| Value::Flag(l.goes_nowhere());
    "link.file", "kind of file", "pdf, doc, xls, ppt, csv, zip …", Link |_, l| l.file().map_or(Value::Absent, text);
    "link.says_file", "yes/no", "Its words name the kind of file.", Link |_, l| says_file(l);
    "link.new_window", "yes/no", "It opens a new window.", Link |_, l| Value::Flag(l.new_window);
    "link.leaves_site", "yes/no", "It leads to another host.", Link leaves_site;
    "link.tel_agrees", "yes/no", "The number dialled is the number shown.", Link |_, l| told(tel_agrees(l));
    "link.mail_valid", "yes/no", "Its mail address can exist.", Link |_, l| told(is_mail_valid(l));
    "link.fragment_found", "yes/no", "The part of this page that it names is there.", Link |_, l| told(l.fragment_here);
    "link.status", "HTTP status", "How the site answers where it leads, after redirects.", SiteLink link_status;
    "heading.level", "1–6", "Its level.", Heading |h| number(h.level);
    "heading.characters", "characters", "Length of its text.", Heading |h| size(h.text.chars().count());
    "heading.jump", "levels", "Levels left out since the heading before.", Heading |h| number(h.jump);
    "sentence.words", "words", "Length of a complete sentence of the main content.", Sentence |s| if s.complete { number(s.words) } else { Value::Absent };
    "paragraph.words", "words", "Length of a paragraph of the main content.", Paragraph |words, _| number(words);
    "paragraph.sentences", "sentences", "Sentences of a paragraph of the main content.", Paragraph |_, sentences| number(sentences);
    "contact.kind", "kind", "phone, fax, relay, email, address, hours or form.", Contact |c| text(&c.kind);
    "contact.valid", "yes/no", "A phone number can exist in its country's plan.", Contact |c| told(c.valid);
    "site.pages", "pages", "Pages that were read.", Site |s| size(s.pages());
    "site.contact_pages", "pages", "Pages that are about reaching somebody.", Site |s| on_site(s, s.contact_pages() as usize);
    "site.phones", "numbers", "Distinct phone numbers.", Site |s| on_site(s, s.contacts("phone"));
    "site.emails", "addresses", "Distinct mail addresses.", Site |s| on_site(s, s.contacts("email"));
    "site.addresses", "addresses", "Distinct street addresses.", Site |s| on_site(s, s.contacts("address"));
    "site.hours", "spans", "Distinct opening hours.", Site |s| on_site(s, s.contacts("hours"));
    "site.contact_forms", "forms", "Distinct contact forms.", Site |s| on_site(s, s.contacts("form"));
    "site.contact_channels", "channels", "How many of phone, mail, street address and form the site offers.", Site |s| {
        let n = ["phone", "email", "address", "form"].iter().filter(|k| s.contacts(k) > 0).count();
        if n < 4 && !s.may_report_absence() { Value::Unknown(PARTIAL) } else { size(n) }
    };
    "site.missing_page_status", "HTTP status", "Answer to an address that should not exist.", Site |s| s.probe_status.map_or(Value::Absent, number);
    "site.search", "yes/no", "Some page has a search.", Site |s| offered(s, s.has_search());
    "site.accessibility_statement", "yes/no", "Some link names an accessibility statement.", Site |s| offered(s, s.has_link_about("accessibility"));
    "site.complaint_path", "yes/no", "Some link is about complaints or appeals.", Site |s| offered(s, s.has_link_about("complaint"));
    "site.feedback", "yes/no", "Some link asks for feedback.", Site |s| offered(s, s.has_link_about("feedback"));
}

fn region_name(region: Region) -> &'static str {
    match region {
        Region::Main => "main",
        Region::Nav => "nav",
        Region::Header => "header",
        Region::Footer => "footer",
        Region::Aside => "aside",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_subject_and_are_unique() {
        let mut names: Vec<&str> = FACTS.iter().map(|f| f.name).collect();
        for fact in FACTS {
            let subject = format!("{:?}", fact.subject()).to_lowercase();
            assert_eq!(fact.name.split('.').next(), Some(subject.as_str()), "{}", fact.name);
            assert!(fact.meaning.ends_with('.') || fact.meaning.ends_with('…'), "{}", fact.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FACTS.len());
    }
}

//! Facts of reaching somebody.

use super::{PARTIAL, Value, contacts, in_sight, number, offered, on_site, reaches, size, text, told};
use crate::facts::contacts::{Contact, Origin, is_mail_valid, is_slip, mail_agrees, tel_agrees};
use crate::facts::page::PageFacts;
use crate::facts::site::SiteFacts;
use crate::model::Region;

fn clicks_to_contact(site: &SiteFacts, page: &PageFacts) -> Value {
    match site.clicks_to_contact(&page.url) {
        Some(clicks) => number(clicks),
        // Nothing on the whole site is another problem than a long way.
        None if site.complete => Value::Absent,
        None => Value::Unknown(PARTIAL),
    }
}

/// Whether some page says it; "no" is only told where the words of every page are known.
fn said_on_site(site: &SiteFacts, kind: &str) -> Value {
    let said = site.contacts(kind) > 0;
    if !said && !site.knows_ways() { Value::Unknown(WORDLESS) } else { offered(site, said) }
}

/// "No" only where the words of the page's language are known.
fn worded(page: &PageFacts, value: Value) -> Value {
    if page.ways_known || value == Value::Absent { value } else { Value::Unknown(WORDLESS) }
}

const WORDLESS: &str = "there is no list of such words for the language of the page";

fn says(page: &PageFacts, kind: &str) -> bool {
    page.contacts.iter().any(|c| c.kind == kind && c.is_visible())
}

/// Whether it promises a time to those who write; nothing to promise where nobody can write.
fn reply_time(page: &PageFacts) -> Value {
    let written = page.contacts.iter().any(|c| c.region == Region::Main && matches!(c.kind.as_str(), "email" | "form"));
    if written { Value::Flag(says(page, "promise")) } else { Value::Absent }
}

fn appeal(page: &PageFacts) -> Value {
    let other = says(page, "appeal") || says(page, "complaint") || says(page, "ombuds");
    if says(page, "decision") { Value::Flag(other) } else { Value::Absent }
}

/// The contacts of the main content by which somebody is reached, social media among them.
fn channels(page: &PageFacts) -> impl Iterator<Item = &Contact> {
    page.contacts.iter().filter(|c| c.region == Region::Main && (c.reaches() || c.is_visible() && c.kind == "social"))
}

fn social_only(page: &PageFacts) -> Value {
    if !channels(page).any(|c| c.kind == "social") {
        return Value::Absent;
    }
    Value::Flag(!page.contacts.iter().any(Contact::reaches) && page.contact_links == 0)
}

fn social_first(page: &PageFacts) -> Value {
    let others = channels(page).filter(|c| matches!(c.kind.as_str(), "phone" | "email" | "form")).count();
    match channels(page).find(|c| c.kind != "address") {
        Some(first) if others > 0 && channels(page).any(|c| c.kind == "social") => Value::Flag(first.kind == "social"),
        _ => Value::Absent,
    }
}

/// Whether all that the main content offers is one named person's line or mailbox.
fn one_person(page: &PageFacts) -> Value {
    let in_main = |kind: &str| page.contacts.iter().filter(|c| c.kind == kind && c.region == Region::Main).count();
    if in_main("person") == 0 {
        return Value::Absent;
    }
    Value::Flag(in_main("person") == 1 && in_main("phone") <= 1 && in_main("email") <= 1 && in_main("form") == 0)
}

fn hours_for_phone(page: &PageFacts) -> Value {
    if contacts(page, |c| c.kind == "phone" && c.region == Region::Main) == 0 {
        return Value::Absent;
    }
    Value::Flag(contacts(page, |c| c.kind == "hours" && c.is_visible()) > 0)
}

/// Whether the caller pays more than for a usual call: area code 900 of the North American plan; 084,
/// 087 and 09 of the British one (Ofcom).
fn is_premium(contact: &Contact) -> Value {
    if contact.kind != "phone" {
        return Value::Absent;
    }
    Value::Flag(["+1900", "+4484", "+4487", "+449"].iter().any(|p| contact.value.starts_with(p)))
}

fn area_code(contact: &Contact) -> Value {
    let digits = contact.value.bytes().all(|b| b.is_ascii_digit());
    match contact.kind.as_str() {
        "phone" | "fax" if contact.is_visible() => Value::Flag(!(digits && contact.value.len() == 7)),
        _ => Value::Absent,
    }
}

/// A fact of visible opening hours.
fn of_hours(contact: &Contact, fact: fn(&Contact) -> bool) -> Value {
    if contact.kind == "hours" && contact.is_visible() { Value::Flag(fact(contact)) } else { Value::Absent }
}

/// The first mail address at a domain that is the site's own but for a letter.
fn mail_slip(page: &PageFacts) -> Value {
    let mut mails = page.contacts.iter().filter(|c| c.kind == "email" && c.is_visible()).peekable();
    if mails.peek().is_none() {
        return Value::Absent;
    }
    text(mails.find(|c| is_slip(page.url.host(), &c.value)).map_or("", |c| &c.value))
}

fn origin(contact: &Contact) -> Value {
    text(match contact.origin {
        Origin::Text => "text",
        Origin::Link => "link",
        Origin::Image => "image",
        Origin::Data => "data",
    })
}

fn of_mail(contact: &Contact, fact: fn(&Contact) -> bool) -> Value {
    if contact.kind == "email" && contact.is_visible() { Value::Flag(fact(contact)) } else { Value::Absent }
}

facts! {
    "page.reply_time", "yes/no", "It says within what time those who write get a reply.", Page |p| worded(p, reply_time(p));
    "page.appeal", "yes/no", "A page that speaks of a refusal names a way to appeal or complain.", Page |p| worded(p, appeal(p));
    "page.charges", "yes/no", "It says what calls cost.", Page |p| worded(p, Value::Flag(says(p, "charge")));
    "page.social_only", "yes/no", "Of its ways to reach somebody only social media are left.", Page social_only;
    "page.social_first", "yes/no", "Social media stand before phone, mail and form in the main content.", Page social_first;
    "page.one_person", "yes/no", "The main content offers one named person and nobody else.", Page |p| worded(p, one_person(p));
    "page.hours_for_phone", "yes/no", "A page with a phone number in its main content names hours.", Page |p| worded(p, hours_for_phone(p));
    "contact.origin", "text, link, image or data", "Where it was read; image only where nothing else on the page says it.", Contact origin;
    "contact.area_code", "yes/no", "A phone number can be dialled from elsewhere.", Contact area_code;
    "contact.premium", "yes/no", "Calls to the number cost more than usual calls.", Contact is_premium;
    "contact.linked", "yes/no", "A number or mail address in the text is a link too, on the same page.", Contact |c| told(c.linked);
    "contact.obfuscated", "yes/no", "A person has to put the mail address together.", Contact |c| of_mail(c, |c| c.obfuscated && c.origin == Origin::Text);
    "contact.free_mail", "yes/no", "The mail address is at a host where anyone may have one.", Contact |c| of_mail(c, |c| c.free_mail);
    "page.mail_slip", "mail address", "A mail address at a domain that is the site's own but for one letter; empty where there is none.", Page mail_slip;
    "contact.days", "yes/no", "Opening hours name their days.", Contact |c| of_hours(c, |c| c.value.bytes().any(|b| b.is_ascii_alphabetic()) || c.value == "24/7");
    "contact.zone", "yes/no", "Opening hours name their time zone.", Contact |c| of_hours(c, |c| c.zone.is_some());
    "site.relay", "yes/no", "Some page names a text phone or relay service.", Site |s| said_on_site(s, "relay");
    "site.wait_time", "yes/no", "Some page says when callers wait least.", Site |s| said_on_site(s, "wait");
    "site.language_help", "yes/no", "Some page offers help in other languages.", Site |s| said_on_site(s, "language");
    "site.holiday_hours", "yes/no", "Some opening hours say what holds on holidays.", Site |s| {
        if s.contacts("hours") == 0 { Value::Absent } else { offered(s, s.has_holiday_hours()) }
    };
    "page.contacts", "contacts", "Phones, mail addresses, street addresses and contact forms on the page.", Page |p| in_sight(p, contacts(p, reaches));
    "page.contacts_in_main", "contacts", "The same in the main content.", Page |p| in_sight(p, contacts(p, |c| reaches(c) && c.region == Region::Main));
    "page.contact_links", "links", "Links whose words say that they lead to contacts.", Page |p| in_sight(p, p.contact_links as usize);
    "page.contact_paths", "ways", "Contacts and links to contacts anywhere on the page.", Page |p| in_sight(p, contacts(p, reaches) + p.contact_links as usize);
    "page.phones", "numbers", "Phone numbers on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "phone"));
    "page.emails", "addresses", "Mail addresses on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "email"));
    "page.hours", "spans", "Opening hours on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "hours"));
    "page.clicks_to_contact", "clicks", "Shortest way to a page with a phone, mail or street address or contact form; 0 on such a page.", SitePage clicks_to_contact;
    "link.tel_agrees", "yes/no", "The number dialled is the number shown.", Link |_, l| told(tel_agrees(l));
    "link.mail_agrees", "yes/no", "The mail address written to is the one shown.", Link |_, l| told(mail_agrees(l));
    "link.mail_valid", "yes/no", "Its mail address can exist.", Link |_, l| told(is_mail_valid(l));
    "contact.kind", "kind", "phone, fax, relay, email, address, hours, form, chat, social, person, promise …", Contact |c| text(&c.kind);
    "contact.valid", "yes/no", "A phone number can exist in its country's plan.", Contact |c| told(c.valid);
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
    "site.complaint_path", "yes/no", "Some page speaks of complaints or appeals, or links there.", Site |s| offered(s, s.has_link_about("complaint") || s.contacts("complaint") + s.contacts("appeal") + s.contacts("ombuds") > 0);
    "site.feedback", "yes/no", "Some link asks for feedback.", Site |s| offered(s, s.has_link_about("feedback"));
}

//! Facts of reaching somebody.

use super::{PARTIAL, Value, contacts, in_sight, number, offered, on_site, reaches, size, text, told};
use crate::facts::contacts::is_mail_valid;
use crate::facts::contacts::tel_agrees;
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

facts! {
    "page.contacts", "contacts", "Phones, mail addresses, street addresses and contact forms on the page.", Page |p| in_sight(p, contacts(p, reaches));
    "page.contacts_in_main", "contacts", "The same in the main content.", Page |p| in_sight(p, contacts(p, |c| reaches(c) && c.region == Region::Main));
    "page.contact_links", "links", "Links whose words say that they lead to contacts.", Page |p| in_sight(p, p.contact_links as usize);
    "page.contact_paths", "ways", "Contacts and links to contacts anywhere on the page.", Page |p| in_sight(p, contacts(p, reaches) + p.contact_links as usize);
    "page.phones", "numbers", "Phone numbers on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "phone"));
    "page.emails", "addresses", "Mail addresses on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "email"));
    "page.hours", "spans", "Opening hours on the page.", Page |p| in_sight(p, contacts(p, |c| c.kind == "hours"));
    "page.clicks_to_contact", "clicks", "Shortest way to a page with a phone, mail or street address or contact form; 0 on such a page.", SitePage clicks_to_contact;
    "link.tel_agrees", "yes/no", "The number dialled is the number shown.", Link |_, l| told(tel_agrees(l));
    "link.mail_valid", "yes/no", "Its mail address can exist.", Link |_, l| told(is_mail_valid(l));
    "contact.kind", "kind", "phone, fax, relay, email, address, hours or form.", Contact |c| text(&c.kind);
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
    "site.complaint_path", "yes/no", "Some link is about complaints or appeals.", Site |s| offered(s, s.has_link_about("complaint"));
    "site.feedback", "yes/no", "Some link asks for feedback.", Site |s| offered(s, s.has_link_about("feedback"));
}

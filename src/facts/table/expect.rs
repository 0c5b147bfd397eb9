//! Facts of what people are told to expect.

use super::{Value, told};

facts! {
    "page.says_who", "yes/no", "A service page says who it is for.", Page |p| told(p.says.who);
    "page.says_documents", "yes/no", "A service page says what to bring or send.", Page |p| told(p.says.documents);
    "page.says_fee", "yes/no", "A service page says what it costs.", Page |p| told(p.says.fee);
    "page.says_deadline", "yes/no", "A service page says by when.", Page |p| told(p.says.deadline);
    "page.says_time", "yes/no", "A service page says how long it takes.", Page |p| told(p.says.time);
    "page.says_next", "yes/no", "A service page says what happens next.", Page |p| told(p.says.next);
    "page.says_contact", "yes/no", "A service page says whom to ask.", Page |p| told(p.says.contact);
    "page.updated", "yes/no", "The page says when it was last changed.", Page |p| Value::Flag(p.updated);
}

//! What a page shows of being one step of a form that goes over several pages.

use super::{Form, FormWords};
use crate::facts::dom::Dom;
use crate::facts::links::Link;
use crate::facts::page::Heading;
use crate::facts::text::Block;
use crate::model::{Exposure, PageUrl, Region};
use serde::{Deserialize, Serialize};

/// Bytes of a text that says which step this is, or of a link that leads on. Our choice: longer ones are prose.
const SHORT: usize = 60;

/// Addresses of each sort that are kept. Our choice: a step leads on in few ways.
const KEPT: usize = 4;

/// Most steps that "step 2 of 9" may speak of. Our choice: more are pages of a document.
const MOST: u32 = 60;

/// What a page shows of being a step; empty on most pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Steps {
    /// Where its links and buttons that go on lead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<PageUrl>,
    /// Where its links that go back lead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub back: Vec<PageUrl>,
    /// Whether a link or button goes on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
    /// Whether a link or button goes back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub goes_back: bool,
    /// Whether the answers so far can be saved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub saves: bool,
    /// Which step it says it is, and of how many; 0 where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<(u32, u32)>,
    /// The address without the number of the step in it, and that number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<(String, u32)>,
    /// Whether it shows how far one has come, in words, a list or a bar.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub progress: bool,
    /// Whether it shows the answers for a last look.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub review: bool,
    /// Whether it says that the form has been sent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sent: bool,
    /// Whether its headings ask about somebody else than the reader.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub of_other: bool,
    /// Whether it offers to take over what was answered before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub takes_over: bool,
}

/// What steps are told from.
pub struct Signs<'a> {
    /// The address.
    pub url: &'a PageUrl,
    /// The tree.
    pub dom: &'a Dom,
    /// The title.
    pub title: &'a str,
    /// Blocks of text.
    pub blocks: &'a [Block],
    /// Headings.
    pub headings: &'a [Heading],
    /// Links.
    pub links: &'a [Link],
    /// Forms.
    pub forms: &'a [Form],
    /// The words.
    pub words: &'a FormWords,
}

impl Steps {
    /// Whether nothing speaks for a step.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Looks for what speaks for a step.
    pub fn of(signs: &Signs<'_>) -> Self {
        let Signs { url, dom, title, blocks, headings, links, forms, words } = *signs;
        let mut steps = Self::default();
        for link in links.iter().filter(|l| l.region == Region::Main && l.text.len() <= SHORT && !l.acts) {
            let Some(page) = link.page.as_ref().filter(|page| *page != url) else { continue };
            match words.sign_just("way", leading(&link.text)) {
                Some("next") => keep(&mut steps.next, page),
                Some("back") => keep(&mut steps.back, page),
                Some("save") => steps.saves = true,
                _ => continue,
            }
        }
        steps.goes_on = !steps.next.is_empty();
        steps.goes_back = !steps.back.is_empty();
        // A step may ask for one thing alone, and so look like a form for news.
        let may_ask = |f: &&Form| !matches!(f.kind.as_str(), "search" | "login");
        let asks = forms.iter().any(|f| may_ask(&f) && !f.fields.is_empty());
        let titles = || std::iter::once(title).chain(headings.iter().map(|h| h.text.as_str()));
        steps.sent = titles().any(|text| words.says("sent", text));
        steps.review = titles().any(|text| words.says("review", text));
        for form in forms.iter().filter(may_ask) {
            steps.read_buttons(form, url, words);
        }
        let in_title = titles().find_map(|text| step_in(text, words));
        if asks || steps.goes_on || steps.goes_back || in_title.is_some() {
            let short = blocks.iter().filter(|b| b.text.len() <= SHORT).map(|b| b.text.as_str());
            let in_text = || short.filter_map(|text| step_in(text, words)).find(|at| at.1 > 0);
            steps.at = in_title.filter(|at| at.1 > 0).or_else(in_text).or(in_title);
            steps.address = address(url, words);
            steps.progress = steps.at.is_some_and(|(_, of)| of > 0) || shows_progress(dom, words);
        }
        if asks {
            let labels = || forms.iter().flat_map(|f| f.fields.iter().flat_map(|f| [&f.label, &f.group]));
            steps.of_other = titles().any(|text| words.says("other-person", text));
            steps.takes_over = labels().any(|label| words.says("same-as", label));
        }
        steps
    }

    fn read_buttons(&mut self, form: &Form, url: &PageUrl, words: &FormWords) {
        for button in form.buttons.iter().filter(|b| b.len() <= SHORT) {
            match words.sign_just("way", leading(button)) {
                Some("next") => {
                    self.goes_on = true;
                    let action = form.action.as_deref().and_then(|a| PageUrl::parse(a).ok());
                    if let Some(action) = action.filter(|action| action != url) {
                        keep(&mut self.next, &action);
                    }
                }
                Some("back") => self.goes_back = true,
                Some("save") => self.saves = true,
                _ => {}
            }
            // A page for a last look sends what pages before it asked.
            if self.review && form.fields.is_empty() && form.has_submit {
                let action = form.action.as_deref().and_then(|a| PageUrl::parse(a).ok());
                action.iter().filter(|action| *action != url).for_each(|action| keep(&mut self.next, action));
            }
            // "Save and continue" does both.
            self.saves |= words.says("save", button);
        }
    }
}

fn keep(kept: &mut Vec<PageUrl>, page: &PageUrl) {
    if kept.len() < KEPT && !kept.contains(page) {
        kept.push(page.clone());
    }
}

/// The words before a colon, as in "Next: your income".
fn leading(text: &str) -> &str {
    text.split_once(": ").map_or(text, |(before, _)| before)
}

/// Which step a text says it is, and of how many; 0 where it does not say.
fn step_in(text: &str, words: &FormWords) -> Option<(u32, u32)> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '/';
    let parts: Vec<&str> = text.split(|c| !is_part(c)).filter(|p| !p.is_empty()).take(24).collect();
    let number = |text: &str| if text.len() <= 2 { text.parse::<u32>().ok().filter(|n| *n > 0) } else { None };
    for (at, pair) in parts.windows(2).enumerate().filter(|(_, pair)| words.is_just("step-word", pair[0])) {
        // "Step 2/5" is one part.
        if let Some((n, of)) = pair[1].split_once('/').and_then(|(n, of)| number(n).zip(number(of))) {
            return Some((n, of)).filter(|_| n <= of && of <= MOST);
        }
        let Some(n) = number(pair[1]) else { continue };
        let of = parts.get(at + 2).filter(|w| **w == "/" || words.is_just("step-of", w));
        let of = of.and_then(|_| number(parts.get(at + 3)?)).filter(|of| n <= *of && *of <= MOST);
        return Some((n, of.unwrap_or(0)));
    }
    None
}

/// The address with the number of the step taken out, where a word for a step stands before it.
fn address(url: &PageUrl, words: &FormWords) -> Option<(String, u32)> {
    let text = url.as_str();
    let host = text.find("://").map_or(0, |at| at + 3);
    let path = host + text[host..].find('/')?;
    let bytes = text.as_bytes();
    let mut end = text.len();
    // The last number counts; those of long addresses are looked for only where a step may stand.
    for _ in 0..4 {
        let last = bytes[path..end].iter().rposition(u8::is_ascii_digit)? + path + 1;
        let first = bytes[path..last].iter().rposition(|b| !b.is_ascii_digit())? + path + 1;
        let before = text[path..first].trim_end_matches(['-', '_', '/', '=', '.']);
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
        if words.is_just("step-word", word)
            && let Ok(n @ 1..=99) = text[first..last].parse()
        {
            return Some((format!("{}#{}", &text[..first], &text[last..]), n));
        }
        end = first;
    }
    None
}

fn shows_progress(dom: &Dom, words: &FormWords) -> bool {
    let shows = |i: u32| {
        dom.tag(i) == "progress"
            || dom.attr(i, "aria-current") == Some("step")
            || dom.attr(i, "role") == Some("progressbar")
            || (matches!(dom.tag(i), "ol" | "ul" | "nav")
                && dom.attr(i, "class").is_some_and(|class| words.sign("progress", class).is_some()))
    };
    dom.elements().any(|i| dom.node(i).exposure != Exposure::Hidden && shows(i))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Lexicon, Page, Settings};
    use crate::model::{Fetched, Via};

    fn read(url: &str, html: &str) -> Steps {
        let lexicon = Lexicon::for_tests();
        let fetched = Fetched {
            via: Via::Http,
            headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
            ..Fetched::of_file(PageUrl::parse(url).expect("a valid address"), html.as_bytes().to_vec(), "")
        };
        Page::read(&fetched, lexicon, &Settings::default()).facts.steps
    }

    const PLAIN: &str = "http://a.test/apply";

    #[test]
    fn a_step_says_which_it_is_of_how_many() {
        let at = |text: &str| read(PLAIN, &format!("<h1>{text}</h1><form><input name=a></form>")).at;
        assert_eq!(at("Step 2 of 9: Your income"), Some((2, 9)));
        assert_eq!(at("Step 2/9"), Some((2, 9)));
        assert_eq!(at("Paso 3 de 4"), Some((3, 4)));
        assert_eq!(at("Step 2"), Some((2, 0)));
        assert_eq!(at("Step 9 of 2"), Some((9, 0)));
        assert_eq!(at("The 2 steps of 2026"), None);
    }

    #[test]
    fn buttons_and_links_lead_on_and_back() {
        let steps = read(
            PLAIN,
            "<a href=/one>Back</a><form action=/two><label>Name <input name=n></label><button>Save and continue</button></form>",
        );
        assert_eq!(steps.next.iter().map(PageUrl::as_str).collect::<Vec<_>>(), ["http://a.test/two"]);
        assert_eq!(steps.back.iter().map(PageUrl::as_str).collect::<Vec<_>>(), ["http://a.test/one"]);
        assert!(steps.goes_on && steps.goes_back && steps.saves);
    }

    #[test]
    fn numbers_in_addresses_count_only_after_a_word_for_a_step() {
        let address = |url: &str| read(url, "<form><input name=a></form>").address;
        assert_eq!(address("http://a.test/permit/step-2"), Some(("http://a.test/permit/step-#".to_owned(), 2)));
        assert_eq!(address("http://a.test/p?step=3&lang=en"), Some(("http://a.test/p?step=#&lang=en".to_owned(), 3)));
        assert_eq!(address("http://a.test/2026/07/claim"), None);
        assert_eq!(address("http://a.test/apply"), None);
    }

    #[test]
    fn a_page_of_text_is_no_step() {
        assert!(read(PLAIN, "<h1>Bins</h1><p>Put your bin out on Monday.</p><a href=/x>Bin days</a>").is_empty());
    }
}

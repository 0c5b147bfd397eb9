//! Everything that was measured on one page: owned, compact, and all that later stages know of it.

use super::ahead::{root_lang, source};
use super::claims::{Claim, claims};
use super::contacts::{Contact, Sources, contacts};
use super::dom::{Dom, fold_space};
use super::expect::{Expect, expect, mark as mark_tells};
use super::forms::{Form, Forms, Paperwork, Scene, StepSigns, Steps, forms, paperwork};
use super::kind::{Kind, Signs, kind, own_names};
use super::kiosk::Kiosk;
use super::lexicon::{Lexicon, Words};
use super::linked::Linked;
use super::links::{Link, base_url, links, meta_refresh, next_links};
use super::says::{Says, Speaker, Stated, says};
use super::style::Sheets;
use super::text::{
    Block, BlockKind, Counts, Lists, Sentence, Setting, Speech, Wording, blocks, counted, lists, mark, page_language,
    wording,
};
use super::ways::{self, Ways};
use crate::model::{Exposure, Fetched, Links, PageUrl, Region, RenderNotes, RenderWhy, Terminal};
use serde::{Deserialize, Serialize};

/// What facts take from the user's settings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// Country whose numbering plan and dates are read, ISO 3166-1 (`US`).
    pub country: String,
    /// Languages of the site, most important first; a page that does not say is taken for the first.
    pub languages: Vec<String>,
    /// Words that are right on this site, in the case they are written in.
    pub allowed_words: Vec<String>,
    /// The kiosk whose screens the pages are; `None` for a website.
    pub terminal: Option<Terminal>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { country: "US".to_owned(), languages: vec!["en".to_owned()], allowed_words: Vec::new(), terminal: None }
    }
}

impl Settings {
    /// The language that a page is taken for that does not say.
    pub(super) fn first_language(&self) -> String {
        self.languages.first().cloned().unwrap_or_else(|| "en".to_owned())
    }
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its text.
    pub text: String,
    /// Levels left out since the heading before: `h2` to `h4` is 1.
    pub jump: u8,
    /// Line in the source.
    pub line: u32,
    /// Whether an earlier heading of the same level under the same heading has the same text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
    /// Index of the element; only while the page is read.
    #[serde(skip)]
    pub node: u32,
}

/// The measurements of one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    /// Its address.
    pub url: PageUrl,
    /// HTTP status.
    pub status: u16,
    /// Size of the source in bytes.
    pub bytes: u64,
    /// Whether the source was cut: by a cap on bytes, because it nests too deep, or has too many elements.
    pub cut: bool,
    /// The `title` element; empty where there is none.
    pub title: String,
    /// `lang` of the root element.
    pub lang_declared: Option<String>,
    /// Language told from the text, ISO 639-1; `None` where it could not be told reliably.
    pub lang_detected: Option<String>,
    /// Language that the word lists were chosen by.
    pub lang: String,
    /// What kind of page.
    pub kind: Kind,
    /// Words in sight on the whole page.
    pub words: u32,
    /// Words of the main content.
    pub main_words: u32,
    /// Counts over the complete sentences of the main content.
    pub text: Counts,
    /// What was counted of the wording.
    #[serde(default)]
    pub wording: Wording,
    /// Words of the main content that address the reader or name the office as we; `None` where the language has no list.
    pub addressing: Option<u32>,
    /// Most words of main content in a row without a heading, list or table between.
    pub longest_wall: u32,
    /// Headings in document order.
    pub headings: Vec<Heading>,
    /// Links in document order.
    pub links: Vec<Link>,
    /// Forms in document order.
    pub forms: Vec<Form>,
    /// Forms of which the source shows nothing until a script does; only while the page is read.
    #[serde(skip)]
    pub folded: Vec<Form>,
    /// What it says around its forms.
    pub paperwork: Paperwork,
    /// What speaks for its being a step of a form over several pages.
    #[serde(default, skip_serializing_if = "Steps::is_empty")]
    pub steps: Steps,
    /// Contacts in document order.
    pub contacts: Vec<Contact>,
    /// Whether its language has the words for what pages say about reaching somebody.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub ways_known: bool,
    /// What it claims of offices, services and places, to be compared with other pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// How many links lead to contacts, by their words.
    pub contact_links: u32,
    /// What it says of what people need to know.
    pub says: Says,
    /// What it leads people to expect.
    pub expect: Expect,
    /// Whether it says how long the form takes.
    pub says_time_to_complete: bool,
    /// Whether it says when it was last changed.
    pub updated: bool,
    /// Whether something on it leads back to the start.
    pub start_over: bool,
    /// Whether something on it offers help.
    pub help: bool,
    /// Topics of links that a site should have: `accessibility`, `complaint`, `feedback` …
    pub site_links: Vec<String>,
    /// Seconds until `meta refresh` moves on.
    pub refresh_seconds: Option<f64>,
    /// Whether the source holds almost nothing and a script would draw the page.
    pub drawn_by_script: bool,
    /// Embedded documents.
    pub frames: u32,
    /// Number of buttons in the main content.
    pub buttons: u32,
    /// What decides whether a visitor can go on.
    pub ways: Ways,
    /// What was noted while a browser drew it; `None` where its source was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendered: Option<RenderNotes>,
    /// The page as a screen of a kiosk; only of kiosks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kiosk: Option<Box<Kiosk>>,
}

fn yes() -> bool {
    true
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(flag: &bool) -> bool {
    *flag
}

/// A page while it is being read: its tree and text, which never leave the task that parsed it.
pub struct Page<'w> {
    /// The tree.
    pub dom: Dom,
    /// Blocks of text.
    pub blocks: Vec<Block>,
    /// Sentences of the main content, with the index of their block.
    pub sentences: Vec<(usize, Sentence)>,
    /// Lists of the main content.
    pub lists: Lists,
    /// The words of its language.
    pub words: Option<&'w Words>,
    /// What was measured.
    pub facts: PageFacts,
    /// What a crawl may go on with.
    pub next: Links,
}

impl<'w> Page<'w> {
    /// Reads and measures a page. It cannot fail: broken HTML is read as browsers read it.
    pub fn read(fetched: &Fetched, lexicon: &'w Lexicon, settings: &Settings) -> Self {
        Self::of_tree(Dom::parse(&source(fetched), lexicon), fetched, lexicon, settings, None)
    }

    /// The same with the style sheets of its site: what they hide is hidden, and what they make of the rest is known.
    pub fn read_styled(fetched: &Fetched, lexicon: &'w Lexicon, settings: &Settings, sheets: &Sheets) -> Self {
        Self::of_tree(Dom::parse(&source(fetched), lexicon), fetched, lexicon, settings, Some(sheets))
    }

    /// The same of a page that was parsed before, with its style sheets where they are known.
    pub fn of_tree(
        mut dom: Dom,
        fetched: &Fetched,
        lexicon: &'w Lexicon,
        settings: &Settings,
        sheets: Option<&Sheets>,
    ) -> Self {
        dom.set_terminal(settings.terminal.as_ref());
        dom.set_keys(fetched.rendered.as_ref().and_then(|rendered| rendered.notes.keys.as_ref()));
        let base = base_url(&dom, &fetched.url);
        let drawing = fetched.rendered.as_ref().and_then(|rendered| serde_json::from_slice(&rendered.drawing).ok());
        match (&drawing, sheets) {
            (Some(drawing), _) => dom.set_looks(super::style::drawn(&dom, &base, drawing, sheets)),
            (None, Some(sheets)) => dom.set_looks(super::style::looks(&dom, &base, sheets)),
            (None, None) => {}
        }
        let mut page = Self::measure(dom, &fetched.url, lexicon, settings);
        page.facts.status = fetched.status;
        page.facts.bytes = fetched.body.len() as u64;
        page.facts.cut |= fetched.truncated;
        page.facts.rendered = fetched.rendered.as_ref().map(|rendered| rendered.notes.clone());
        if let Some(terminal) = &settings.terminal {
            page.look_as_screen(terminal, sheets, settings.languages.len());
        }
        page
    }

    /// Out of line, since `just instructions` counts it by its name.
    #[inline(never)]
    fn measure(dom: Dom, url: &PageUrl, lexicon: &'w Lexicon, settings: &Settings) -> Self {
        let mut blocks = blocks(&dom);
        let lang_declared = root_lang(&dom);
        let lang_detected = page_language(&blocks, lexicon);
        let lang = lang_declared.clone().or_else(|| lang_detected.clone()).unwrap_or_else(|| settings.first_language());
        let words = lexicon.words(&lang);
        for block in blocks.iter_mut() {
            block.reading = words.map(|w| w.reading(&block.text));
        }
        let tongues = mark(&dom, &mut blocks, &lang, lang_detected.as_deref(), lexicon);
        let base = base_url(&dom, url);
        let links = links(&dom, url, &base, words);
        let Forms { seen: forms, folded } = forms(&dom, url, &base, words, lexicon.forms());
        let scene = Scene { dom: &dom, blocks: &blocks, links: &links, words, signs: lexicon.forms() };
        let paperwork = paperwork(&scene, &forms);
        let sources = Sources { dom: &dom, blocks: &blocks, links: &links, forms: &forms, host: url.host() };
        let of_site = settings.languages.first().and_then(|l| lexicon.words(l));
        let of_site = of_site.filter(|w| !words.is_some_and(|own| std::ptr::eq(own, *w)));
        let contact_words: Vec<&Words> = words.into_iter().chain(of_site).collect();
        let contacts = contacts(&sources, lexicon, &contact_words, &settings.country);
        let next = next_links(&dom, &base, &links, words);
        let title = title(&dom);

        let (mut sentences, text) = main_sentences(&blocks, words, &lang);
        let lists = lists(&dom, &blocks, &sentences, words);
        let setting = Setting {
            url,
            dom: &dom,
            blocks: &blocks,
            links: &links,
            has_form: forms.iter().any(|f| f.kind != "search" && f.questions() > 0),
            tongues: &tongues,
            words,
            allowed: &settings.allowed_words,
        };
        let wording = wording(&setting, &mut sentences, lexicon);
        mark_tells(&mut sentences, &blocks, &dom, &links, &contacts, words);
        let main = || blocks.iter().filter(|b| b.region == Region::Main);
        let main_words: u32 = main().map(|b| b.words).sum();
        let page_words: u32 = blocks.iter().map(|b| b.words).sum();
        let signs = Signs { dom: &dom, url, title: &title, blocks: &blocks, links: &links, forms: &forms, main_words };
        let stated = std::cell::OnceCell::new();
        let stated = || *stated.get_or_init(|| Stated::of(&blocks, words));
        let kind = kind(&signs, lexicon, words, || stated().count());
        let linked = Linked::of(&links, words);
        let contact_links = linked.saying("contact-links").count();
        let has_contact = names_somebody(&contacts, &linked);
        let speaker = Speaker {
            kind: &kind,
            names: own_names(&blocks, &title),
            blocks: &blocks,
            links: &links,
            main_words,
            has_contact,
        };
        let says = says(&speaker, stated, words);
        let expect = expect(&kind.name, &blocks, &sentences, words);
        let any_block = |topic: &str, list: &str| {
            words.and_then(|w| w.patterns(list).get(topic)).is_some_and(|p| blocks.iter().any(|b| b.matches(p)))
        };
        let buttons = || forms.iter().flat_map(|f| &f.buttons);
        let any_control = |list: &str| {
            linked.saying(list).next().is_some()
                || words.is_some_and(|w| buttons().any(|text| w.set(list).occur_in(text)))
        };
        let refresh = meta_refresh(&dom, &base);
        let ways = ways::ways(
            &ways::Signs {
                dom: &dom,
                url,
                base: &base,
                title: &title,
                blocks: &blocks,
                links: &links,
                contacts: &contacts,
                main_words,
                country: &settings.country,
            },
            words,
        );

        let headings = headings(&dom);
        let facts = PageFacts {
            url: url.clone(),
            status: 200,
            bytes: 0,
            cut: dom.cut,
            says_time_to_complete: any_block("says", "time-to-complete"),
            updated: words.is_some_and(|w| blocks.iter().any(|b| b.has(w.set("updated")))),
            start_over: any_control("start-over"),
            help: any_control("help-links"),
            site_links: linked.topics(),
            refresh_seconds: refresh.map(|(delay, _)| delay),
            drawn_by_script: super::drawn::is_drawn_by_script(&dom, page_words, &forms),
            frames: count(dom.tagged("iframe").iter().filter(|&&i| dom.node(i).exposure != Exposure::Hidden).count()),
            buttons: count(forms.iter().map(|f| f.buttons.len()).sum()),
            addressing: words
                .filter(|w| !w.set("addressing").is_empty())
                .map(|w| count(main().map(|b| b.hits(w.set("addressing")).count()).sum())),
            longest_wall: longest_wall(&blocks),
            ways_known: words.is_some_and(|w| w.contact_ways.is_some()),
            claims: claims(&kind.name, &title, &contacts, &dom, &blocks, words),
            steps: Steps::of(&StepSigns {
                url,
                dom: &dom,
                title: &title,
                blocks: &blocks,
                headings: &headings,
                links: &links,
                forms: &forms,
                words: lexicon.forms(),
            }),
            headings,
            contact_links: count(contact_links),
            words: page_words,
            main_words,
            title,
            lang_declared,
            lang_detected,
            lang,
            kind,
            text,
            wording,
            links,
            forms,
            folded,
            paperwork,
            contacts,
            says,
            ways,
            expect,
            rendered: None,
            kiosk: None,
        };
        Self { dom, blocks, sentences, lists, words, facts, next }
    }
}

impl PageFacts {
    /// The page that it moves on to before anybody can read it: a redirect that is written into a page, as WCAG's technique
    /// H76 has it. `None` for what waits, for what only loads itself again, and for the screens of a kiosk, which move on.
    pub fn moves_to(&self) -> Option<&PageUrl> {
        let is_at_once = self.refresh_seconds == Some(0.0) && self.kiosk.is_none();
        self.ways.refresh_to.as_ref().filter(|&to| is_at_once && *to != self.url)
    }

    /// Whether the source holds almost nothing, whatever a browser made of it.
    pub fn is_empty_without_script(&self) -> bool {
        self.drawn_by_script || self.rendered.as_ref().is_some_and(|notes| notes.why == RenderWhy::DrawnByScript)
    }

    /// Gives the pages that links lead to their public addresses, where a copy of a site is read.
    pub fn rename(&mut self, public: &dyn Fn(&PageUrl) -> PageUrl) {
        self.links.iter_mut().for_each(|link| link.rename(public));
        if let Some(to) = &self.ways.refresh_to {
            self.ways.refresh_to = Some(public(to));
        }
        for to in self.kiosk.iter_mut().flat_map(|k| &mut k.moves).filter_map(|m| m.to.as_mut()) {
            *to = public(to);
        }
    }

    /// Takes the page for one of another kind, and looks again for what such a page should say.
    pub fn set_kind(&mut self, kind: Kind, blocks: &[Block], sentences: &[(usize, Sentence)], words: Option<&Words>) {
        self.expect = expect(&kind.name, blocks, sentences, words);
        let has_contact = names_somebody(&self.contacts, &Linked::of(&self.links, words));
        let (names, links, main_words) = (own_names(blocks, &self.title), &self.links, self.main_words);
        let speaker = Speaker { kind: &kind, names, blocks, links, main_words, has_contact };
        self.says = says(&speaker, || Stated::of(blocks, words), words);
        self.kind = kind;
    }
}

/// Whether the main content, or what stands beside it, names somebody to ask or links there.
fn names_somebody(contacts: &[Contact], linked: &Linked<'_>) -> bool {
    let near = |region: Region| matches!(region, Region::Main | Region::Aside);
    contacts.iter().any(|c| near(c.region) && c.reaches())
        || linked.saying("contact-links").any(|link| near(link.region))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn title(dom: &Dom) -> String {
    // A drawing has titles of its own, and a template is no part of the page.
    let title = dom.tagged("title").iter().find(|&&i| dom.closest(i, &["svg", "template"]).is_none());
    title.map_or_else(String::new, |&i| fold_space(&dom.inside(i).map(|j| dom.raw_text(j)).collect::<String>()))
}

/// The sentences of the main content with their signs, and the counts over the complete ones.
fn main_sentences(blocks: &[Block], words: Option<&Words>, lang: &str) -> (Vec<(usize, Sentence)>, Counts) {
    let mut found = Vec::new();
    let mut counts = Counts::of(words.map_or_else(|| Speech::of(lang), |w| w.speech));
    for (at, block) in blocks.iter().enumerate().filter(|(_, b)| b.region == Region::Main && b.is_prose()) {
        if block.foreign {
            counts.left_out += block.words;
            continue;
        }
        let fresh;
        let read = match (&block.reading, words) {
            (Some(reading), Some(words)) => reading.sentences(block, words),
            _ => {
                fresh = counted(block, words, counts.speech);
                &fresh
            }
        };
        for (sentence, own) in read {
            if own.sentences == 0 {
                counts.left_out += sentence.words;
            }
            counts.join(own);
            found.push((at, *sentence));
        }
    }
    (found, counts)
}

fn headings(dom: &Dom) -> Vec<Heading> {
    let mut before = 0u8;
    let mut found = Vec::new();
    // The texts of the headings of the open section, by level.
    let mut seen: Vec<Vec<String>> = Vec::new();
    for i in dom.tagged_any(&["h1", "h2", "h3", "h4", "h5", "h6"]) {
        let level = dom.tag(i).bytes().last().map_or(0, |digit| digit - b'0');
        if dom.node(i).exposure == Exposure::Hidden {
            continue;
        }
        let jump = if before == 0 { 0 } else { level.saturating_sub(before + 1) };
        before = level;
        let text = super::access::name::content(dom, i);
        let line = dom.node(i).line;
        // A heading of this level ends the sections of all deeper ones.
        seen.truncate(usize::from(level));
        seen.resize_with(usize::from(level), Vec::new);
        let plain = super::phrases::plain(&text);
        let siblings = seen.last_mut();
        let repeated = !plain.is_empty()
            && siblings.is_some_and(|texts| {
                let known = texts.contains(&plain);
                if !known && texts.len() < 100 {
                    texts.push(plain);
                }
                known
            });
        found.push(Heading { level, text, jump, line, repeated, node: i });
    }
    found
}

fn longest_wall(blocks: &[Block]) -> u32 {
    let mut longest = 0;
    let mut run = 0;
    for block in blocks.iter().filter(|b| b.region == Region::Main) {
        match block.kind {
            // A line without a sentence is a label or a link of a list, and so a break for the eye.
            BlockKind::Paragraph if block.text.ends_with(['.', '!', '?', ':', ';', '"', '\u{201d}', ')']) => {
                run += block.words;
            }
            _ => run = 0,
        }
        longest = longest.max(run);
    }
    longest
}

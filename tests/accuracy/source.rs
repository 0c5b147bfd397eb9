//! The text of a fixture as a reader sees it, and on which lines words stand.

use std::fs;
use std::path::Path;

/// A page of the fixtures.
pub struct Source {
    html: String,
    /// The text without tags, with single spaces.
    text: String,
}

impl Source {
    pub fn read(path: &Path) -> Self {
        let html = fs::read_to_string(path).expect("the page that the labels name is there");
        let text = folded(&without_tags(&html));
        Self { html, text }
    }

    pub fn holds(&self, quote: &str) -> bool {
        self.text.contains(quote) || self.html.contains(quote)
    }

    /// Whether the quote stands in the text, not only in a tag.
    pub fn shows(&self, quote: &str) -> bool {
        self.text.contains(quote)
    }

    /// Whether the quote stands on the line or on the one after it; lines count from 1.
    pub fn has_near(&self, line: usize, quote: &str) -> bool {
        let text = |line: &str| line.contains(quote) || folded(&without_tags(line)).contains(quote);
        self.html.lines().skip(line.saturating_sub(1)).take(2).any(text)
    }

    pub fn has_on(&self, line: usize, quote: &str) -> bool {
        self.html.lines().nth(line.saturating_sub(1)).is_some_and(|l| l.contains(quote))
    }

    /// A text that was cut with `…`, up to the end of its sentence.
    pub fn whole(&self, snippet: &str) -> String {
        let Some(start) = snippet.strip_suffix('…') else { return snippet.to_owned() };
        let Some(at) = self.text.find(start.trim_end()) else { return snippet.to_owned() };
        let rest = &self.text[at..];
        let from = start.trim_end().len();
        let end = rest[from..].find(". ").map_or(rest.len(), |dot| from + dot + 1);
        rest[..end].to_owned()
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        rest = rest[start..].find('>').map_or("", |end| &rest[start + end + 1..]);
    }
    text.push_str(rest);
    text.replace("&amp;", "&").replace("&raquo;", "»")
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn text_and_lines_of_a_page() {
    let html = "<p>One <b>two</b>.\nThree four. Five</p>\n<a href=\"/x.pdf\">here</a>\n".to_owned();
    let text = folded(&without_tags(&html));
    let page = Source { html, text };
    assert!(page.shows("One two. Three") && page.holds("/x.pdf") && !page.shows("/x.pdf"));
    assert!(page.has_near(2, "/x.pdf") && page.has_on(3, "/x.pdf") && !page.has_on(2, "/x.pdf"));
    assert_eq!(page.whole("Three…"), "Three four.");
}

//! The prose of rule files as HTML. A rule file may come from a stranger: no HTML of its own, no
//! picture and no address that could run a script gets through.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};

/// Where headings of a rule's prose begin: below those of the page that they stand in.
const HEADING: HeadingLevel = HeadingLevel::H5;

/// Markdown as HTML that is safe to put into a page.
pub(super) fn prose(markdown: &str) -> String {
    let mut kept_links = Vec::new();
    let events = Parser::new(markdown).filter_map(|event| tame(event, &mut kept_links));
    let mut out = String::new();
    html::push_html(&mut out, events);
    out.trim_end().to_owned()
}

fn tame<'e>(event: Event<'e>, kept_links: &mut Vec<bool>) -> Option<Event<'e>> {
    Some(match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Heading { .. }) => {
            Event::Start(Tag::Heading { level: HEADING, id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Heading(HEADING)),
        // Of a picture its words are kept: a report asks nothing of the network.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            kept_links.push(is_harmless(dest_url));
            return kept_links.last().copied().unwrap_or(false).then_some(event);
        }
        Event::End(TagEnd::Link) => return kept_links.pop().unwrap_or(false).then_some(event),
        other => other,
    })
}

fn is_harmless(address: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markdown: &str, expected: &str) {
        assert_eq!(prose(markdown), expected);
    }

    #[test]
    fn prose_keeps_its_marks() {
        check(
            "Use `alt`, *always*.\n\n- a\n- b",
            "<p>Use <code>alt</code>, <em>always</em>.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
        );
        check("[W3C](https://www.w3.org/)", "<p><a href=\"https://www.w3.org/\">W3C</a></p>");
        check("# Big", "<h5>Big</h5>");
    }

    #[test]
    fn html_pictures_and_scripts_do_not_get_through() {
        check("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
        check("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        check("[a](javascript:alert(1)) ![b](https://x.example/p.png)", "<p>a b</p>");
        check("[![b](https://x.example/p.png)](data:text/html,x)", "<p>b</p>");
    }
}

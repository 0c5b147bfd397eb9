//! What addresses have in common: patterns, orders, names under which the same page goes. Only
//! text is looked at; what lies behind an address is for others to say.

use super::prints::hash;
use super::scope::site_host;
use crate::model::PageUrl;
use std::collections::BTreeSet;

/// Bytes from which on a folder or file name is taken for an id. Our choice: a word has fewer, and
/// a title in an address has hyphens.
const LONG: usize = 32;

/// Times that a folder may stand in a path, and that a row of folders may follow on itself. The
/// second is Heritrix's; the first is our choice.
const MOST_TIMES: usize = 3;
const MOST_IN_A_ROW: usize = 2;

/// The least number of folders whose order is looked at. Our choice: with three, dates and ways to
/// sort ordinary sites come in several orders.
const ORDERED: usize = 4;

/// Names that servers give out for a folder.
const INDEX: &[&str] =
    &["index.html", "index.htm", "index.php", "index.asp", "index.aspx", "default.htm", "default.asp", "default.aspx"];

/// The names in the path.
pub(super) fn segments(url: &PageUrl) -> impl Iterator<Item = &str> {
    url.path().split('/').filter(|segment| !segment.is_empty())
}

/// The parameters of the query. A list in one value counts as several: filters are written so.
pub(super) fn pairs(url: &PageUrl) -> impl Iterator<Item = (&str, &str)> {
    let parameters = url.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty());
    parameters.flat_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        value.split([',', '|']).map(move |value| (key, value))
    })
}

fn is_number(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn varies(segment: &str) -> bool {
    segment.bytes().any(|byte| byte.is_ascii_digit())
        || (segment.len() >= LONG && !segment.contains(['-', '_', '.', '%', '+']))
}

/// What the address has in common with others of its kind: names that hold digits, or are long,
/// stand for any, and so do the values of the query.
pub(super) fn pattern(url: &PageUrl) -> String {
    let mut pattern = url.as_str().split("://").next().unwrap_or("http").to_owned();
    pattern.push_str("://");
    pattern.push_str(&common(url));
    pattern
}

fn common(url: &PageUrl) -> String {
    let mut common = site_host(url.host()).to_owned();
    for segment in url.path().split('/').skip(1) {
        common.push('/');
        common.push_str(if varies(segment) { "{}" } else { segment });
    }
    let keys: BTreeSet<&str> = pairs(url).map(|(key, _)| if varies(key) { "{}" } else { key }).collect();
    for (at, key) in keys.iter().enumerate() {
        common.push(if at == 0 { '?' } else { '&' });
        common.push_str(key);
        common.push_str("={}");
    }
    common
}

/// The number of the pattern.
pub(super) fn group(url: &PageUrl) -> u64 {
    hash(&common(url))
}

/// The first names of the path, for people.
pub(super) fn head(url: &PageUrl) -> String {
    let scheme = url.as_str().split("://").next().unwrap_or("http");
    let names: Vec<&str> = segments(url).take(2).collect();
    format!("{scheme}://{}/{}/…", url.host(), names.join("/"))
}

/// Whether the same names stand in the path again and again. Years and days may.
pub(super) fn has_repeats(url: &PageUrl) -> bool {
    let names: Vec<&str> = segments(url).collect();
    let often = |name: &&str| !is_number(name) && names.iter().filter(|other| *other == name).count() > MOST_TIMES;
    if names.iter().any(often) {
        return true;
    }
    let in_a_row = |start: usize, length: usize| {
        let row = &names[start..start + length];
        let mut rows = names[start..].chunks_exact(length);
        row.iter().any(|name| !is_number(name)) && rows.by_ref().take_while(|next| *next == row).count() > MOST_IN_A_ROW
    };
    (1..=names.len() / (MOST_IN_A_ROW + 1)).any(|length| (0..=names.len() - length).any(|at| in_a_row(at, length)))
}

/// The names of the path whatever their order, and their order, as numbers; `None` for short paths.
pub(super) fn order(url: &PageUrl) -> Option<(u64, u64)> {
    let mut names: Vec<&str> = segments(url).filter(|name| !is_number(name)).collect();
    if names.len() < ORDERED {
        return None;
    }
    let order = hash(&names);
    names.sort_unstable();
    Some((hash(&(url.host(), names)), order))
}

/// The address as far as servers tell apart: without scheme, `www.`, capitals, the slash at the end
/// and the name of a folder's index, and without the query.
pub(super) fn twin(url: &PageUrl) -> String {
    let path = url.path().to_ascii_lowercase();
    let (folder, last) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
    let path = if INDEX.contains(&last) { folder } else { &path };
    format!("{}{}", site_host(url.host()), path.trim_end_matches('/'))
}

/// The address without a parameter.
pub(super) fn without_key(url: &PageUrl, is_dropped: impl Fn(&str) -> bool) -> Option<PageUrl> {
    let query = url.query()?;
    let name = |pair: &str| is_dropped(pair.split('=').next().unwrap_or(""));
    let kept: Vec<&str> = query.split('&').filter(|pair| !name(pair)).collect();
    let kept = kept.join("&");
    if kept.len() == query.len() {
        return None;
    }
    let mut without = url.to_url();
    without.set_query((!kept.is_empty()).then_some(&kept));
    PageUrl::from_url(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> PageUrl {
        PageUrl::parse(&format!("http://a.gov{path}")).expect("a literal address")
    }

    #[test]
    fn patterns_leave_out_what_changes() {
        let check = |path: &str, expected: &str| assert_eq!(pattern(&page(path)), format!("http://a.gov{expected}"));
        check("/calendar/2027/05", "/calendar/{}/{}");
        check("/list?page=4&sort=up&f12=x", "/list?page={}&sort={}&{}={}");
        check("/list?b=1&a=2&a=3", "/list?a={}&b={}");
        check("/how-to-apply", "/how-to-apply");
        check("/s/abcdefghijklmnopqrstuvwxyzabcdefgh/x", "/s/{}/x");
        check("/how-to-ask-for-a-new-passport-in-another-country", "/how-to-ask-for-a-new-passport-in-another-country");
    }

    #[test]
    fn paths_that_repeat_themselves() {
        for path in ["/a/a/a", "/a/b/a/b/a/b", "/x/a/b/a/b/a/b/y", "/a/b/a/c/a/d/a", "/2024/x/2024/x/2024/x/"] {
            assert!(has_repeats(&page(path)), "{path}");
        }
        for path in ["/", "/a/a", "/a/b/a/b", "/01/01/01/01/01", "/a/b/a/c/a", "/forms/forms/index.html"] {
            assert!(!has_repeats(&page(path)), "{path}");
        }
    }

    #[test]
    fn orders_of_the_same_names() {
        assert_eq!(order(&page("/a/b/c")), None);
        let (one, two) = (order(&page("/a/b/c/d?x")), order(&page("/b/a/c/d/")));
        assert_eq!(one.map(|o| o.0), two.map(|o| o.0));
        assert_ne!(one, two);
        assert_eq!(one, order(&page("/a/b/c/d?y")));
    }

    #[test]
    fn twins_are_one_page_to_most_servers() {
        for path in ["/Forms", "/forms/", "/forms/index.html", "/FORMS/Default.aspx?x=1"] {
            assert_eq!(twin(&page(path)), "a.gov/forms", "{path}");
        }
        assert_eq!(twin(&PageUrl::parse("https://www.a.gov/").expect("a literal address")), "a.gov");
    }

    #[test]
    fn parameters_are_taken_away_whole() {
        let without = |path: &str| without_key(&page(path), |key| key == "sid");
        assert_eq!(without("/a?sid=1&x=2"), Some(page("/a?x=2")));
        assert_eq!(without("/a?sid"), Some(page("/a")));
        assert_eq!(without("/a?aside=1"), None);
    }
}

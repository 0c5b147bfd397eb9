//! Which addresses belong to the site. It must never let a link widen it.

use crate::model::{PageUrl, Pattern};

/// What the user says of the site's borders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeRules {
    /// Patterns of which an address must match one, if there are any; the start page need not.
    pub include: Vec<Pattern>,
    /// Patterns of which an address must match none.
    pub exclude: Vec<Pattern>,
    /// The folder below which pages must lie, instead of the whole host.
    pub folder: Option<String>,
    /// Whether hosts that share the registrable domain of the start page belong to the site too.
    pub subdomains: bool,
    /// Parts of other hosts that belong to the site: a vendor's forms, say.
    pub partners: Vec<Partner>,
}

/// A part of another host that belongs to the site, as its owner permits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partner {
    /// The host, with its port where that is not the usual one.
    pub host: String,
    /// The paths below which addresses belong to the site; each starts and ends with `/`.
    pub paths: Vec<String>,
}

impl Partner {
    fn holds(&self, url: &PageUrl) -> bool {
        let path = url.path();
        let below = |top: &String| path.starts_with(top.as_str()) || path == top.trim_end_matches('/');
        site_host(&self.host) == site_host(url.host()) && self.paths.iter().any(below)
    }
}

/// Which addresses belong to the site: those of its hosts, over `http` or `https`, with or
/// without `www.`, below its path, as far as the user's rules let them.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    base: PageUrl,
    hosts: Vec<String>,
    rules: ScopeRules,
    // The registrable domain of the base, where its other hosts count too.
    domain: Option<String>,
}

impl Scope {
    pub(super) fn new(base: PageUrl) -> Self {
        Self { hosts: vec![site_host(base.host()).to_owned()], base, rules: ScopeRules::default(), domain: None }
    }

    /// The same with the user's rules. The folder replaces that of the base, unless the base lies
    /// deeper already (`--as` names a folder within it).
    pub(super) fn with(mut self, rules: &ScopeRules) -> Self {
        if let Some(folder) = &rules.folder {
            let folder = format!("/{}/", folder.trim_matches('/')).replace("//", "/");
            let mut url = self.base.to_url();
            if folder.starts_with(url.path()) {
                url.set_path(&folder);
            }
            self.base = PageUrl::from_url(url).unwrap_or(self.base);
        }
        self.domain = if rules.subdomains { domain(self.base.host()) } else { None };
        self.rules = rules.clone();
        self
    }

    /// Counts the host of this address to the site too (a list may name several).
    pub(super) fn add_host(&mut self, url: &PageUrl) {
        if !self.has_host(url) {
            self.hosts.push(site_host(url.host()).to_owned());
        }
    }

    pub(super) fn base(&self) -> &PageUrl {
        &self.base
    }

    /// Whether the host is one of the site's.
    pub(super) fn has_host(&self, url: &PageUrl) -> bool {
        let host = site_host(url.host());
        self.hosts.iter().any(|h| h == host) || (self.domain.is_some() && self.domain == domain(url.host()))
    }

    /// Whether an address belongs to the site.
    pub(super) fn contains(&self, url: &PageUrl) -> bool {
        let folder = self.base.path();
        let path = url.path();
        let is_own = self.has_host(url) && (path.starts_with(folder) || path == folder.trim_end_matches('/'));
        (is_own || self.rules.partners.iter().any(|partner| partner.holds(url))) && self.lets(url)
    }

    /// Whether the user leaves the address out by name.
    pub(super) fn excludes(&self, url: &PageUrl) -> bool {
        self.rules.exclude.iter().any(|pattern| pattern.matches(url))
    }

    fn lets(&self, url: &PageUrl) -> bool {
        let (include, exclude) = (&self.rules.include, &self.rules.exclude);
        if include.is_empty() && exclude.is_empty() {
            return true;
        }
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(url));
        (include.is_empty() || any(include)) && !self.excludes(url)
    }
}

/// The host without `www.`, by which twins are known.
pub(super) fn site_host(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// The part of a host's name that somebody registered, by the Public Suffix List, with the port.
/// `None` for addresses in numbers and for names without a dot, which nobody registers.
fn domain(host: &str) -> Option<String> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    let in_numbers = name.starts_with('[') || name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if in_numbers {
        return None;
    }
    psl::domain_str(name).map(|domain| format!("{domain}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> PageUrl {
        PageUrl::parse(text).expect("a literal address")
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().filter_map(|text| Pattern::new(text)).collect()
    }

    #[track_caller]
    fn check(scope: &Scope, inside: &[&str], outside: &[&str]) {
        for url in inside {
            assert!(scope.contains(&page(url)), "{url} should be inside");
        }
        for url in outside {
            assert!(!scope.contains(&page(url)), "{url} should be outside");
        }
    }

    #[test]
    fn the_site_is_its_host_with_and_without_www_and_tls() {
        check(
            &Scope::new(page("https://www.a.gov/")),
            &["http://a.gov/x", "https://www.a.gov/x/y?z"],
            &["https://b.a.gov/", "https://a.gov:8443/", "https://a.gov.evil.example/"],
        );
        check(
            &Scope::new(page("https://a.gov/city/")),
            &["https://a.gov/city", "https://a.gov/city/x"],
            &["https://a.gov/citymap"],
        );
    }

    #[test]
    fn patterns_and_folders_draw_borders() {
        let rules = ScopeRules {
            include: patterns(&["/city/*.html$", "/city/forms"]),
            exclude: patterns(&["*?print=", "/city/old/"]),
            folder: Some("city".to_owned()),
            ..ScopeRules::default()
        };
        check(
            &Scope::new(page("https://a.gov/")).with(&rules),
            &["https://a.gov/city/a.html", "https://a.gov/city/forms?id=1"],
            &[
                "https://a.gov/forms",
                "https://a.gov/city/a.html?x",
                "https://a.gov/city/forms?print=1",
                "https://a.gov/city/old/a.html",
                "https://a.gov/city/",
            ],
        );
        assert_eq!(Pattern::new("city"), None);
    }

    #[test]
    fn partners_belong_to_the_site_within_their_paths() {
        let partner = Partner { host: "forms.vendor.example".to_owned(), paths: vec!["/a-gov/".to_owned()] };
        let rules = ScopeRules { partners: vec![partner], ..ScopeRules::default() };
        check(
            &Scope::new(page("https://a.gov/")).with(&rules),
            &["https://a.gov/x", "https://forms.vendor.example/a-gov/permit", "https://forms.vendor.example/a-gov"],
            &["https://forms.vendor.example/", "https://forms.vendor.example/b-gov/", "https://vendor.example/a-gov/"],
        );
    }

    #[test]
    fn subdomains_share_what_somebody_registered() {
        let rules = ScopeRules { subdomains: true, ..ScopeRules::default() };
        check(
            &Scope::new(page("https://www.city.gov.uk/")).with(&rules),
            &["https://forms.city.gov.uk/x", "http://city.gov.uk/"],
            &["https://town.gov.uk/", "https://gov.uk/", "https://forms.city.gov.uk:8443/"],
        );
        check(
            &Scope::new(page("http://127.0.0.1:80/")).with(&rules),
            &["http://127.0.0.1/x"],
            &["http://10.0.0.1/", "http://127.0.0.1:81/"],
        );
    }
}

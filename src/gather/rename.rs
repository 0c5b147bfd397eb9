//! Public addresses and where their bytes come from.

use super::scope::site_host;
use crate::model::PageUrl;
use url::Url;

/// How `--as` renames a live target: below one address the bytes are fetched, under another the
/// page is known. Without `--as` both are the same.
#[derive(Clone, Debug, Default)]
pub struct Rename {
    places: Option<(Place, Place)>,
}

/// A host and the folder below which addresses are renamed.
#[derive(Clone, Debug)]
struct Place {
    // Scheme, host, port and path, ending with a slash.
    url: Url,
}

impl Rename {
    /// Renames the folder of `start`, which is what is fetched, to `public`.
    pub fn new(start: &Url, public: &PageUrl) -> Self {
        Self { places: Some((Place::folder_of(start), Place::base(&public.to_url()))) }
    }

    /// The public form of an address; `None` when it is not HTTP. Addresses of either place are
    /// recognised with `http` or `https`, with or without `www.`; all others stay what they are.
    pub fn public(&self, url: &Url) -> Option<PageUrl> {
        let renamed = self.places.as_ref().and_then(|(fetch, public)| {
            let rest = fetch.rest(url).or_else(|| public.rest(url))?;
            Some(public.with(&rest))
        });
        PageUrl::from_url(renamed.unwrap_or_else(|| url.clone()))
    }

    /// [`Rename::public`] for an address that was already parsed.
    pub fn public_page(&self, url: &PageUrl) -> PageUrl {
        if self.places.is_none() {
            return url.clone();
        }
        let renamed = self.public(&url.to_url()).unwrap_or_else(|| url.clone());
        match url.route() {
            Some(route) => renamed.screen(route),
            None => renamed,
        }
    }

    /// The address to fetch for a public one.
    pub fn fetch(&self, url: &PageUrl) -> Url {
        let url = url.to_url();
        match &self.places {
            Some((fetch, public)) => public.rest(&url).map_or(url, |rest| fetch.with(&rest)),
            None => url,
        }
    }

    /// Where to go when a server redirects to `to`: the public place of a renamed site is never
    /// asked itself.
    pub(super) fn address(&self, to: &Url) -> Url {
        match &self.places {
            Some((fetch, public)) if fetch.rest(to).is_none() => {
                public.rest(to).map_or_else(|| to.clone(), |rest| fetch.with(&rest))
            }
            _ => to.clone(),
        }
    }

    /// The start page redirects to `to`: a renamed site moves with it, unless it leads to the
    /// public place.
    pub(super) fn follow(&mut self, to: &Url) {
        let Some((fetch, public)) = &mut self.places else { return };
        if fetch.rest(to).is_some() {
            let path = fetch.url.path().to_owned();
            *fetch = Place::at(to, &path);
        } else if public.rest(to).is_none() {
            *fetch = Place::folder_of(to);
        }
    }

    /// The address below which pages must lie to belong to the site: what `--as` names, or the
    /// whole host.
    pub(super) fn scope(&self, start: &PageUrl) -> PageUrl {
        let mut url = match &self.places {
            Some((_, public)) => public.url.clone(),
            None => start.to_url(),
        };
        if self.places.is_none() {
            url.set_path("/");
        }
        url.set_query(None);
        PageUrl::from_url(url).expect("the scheme of a PageUrl is HTTP")
    }
}

impl Place {
    fn folder_of(url: &Url) -> Self {
        let folder = url.path().rfind('/').map_or("/", |at| &url.path()[..=at]).to_owned();
        Self::at(url, &folder)
    }

    fn base(url: &Url) -> Self {
        let path = url.path().trim_end_matches('/');
        Self::at(url, &format!("{path}/"))
    }

    fn at(url: &Url, path: &str) -> Self {
        let mut url = url.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        Self { url }
    }

    /// Path below this place, and query.
    fn rest(&self, url: &Url) -> Option<(String, Option<String>)> {
        if site_host(url.host_str()?) != site_host(self.url.host_str()?) || url.port() != self.url.port() {
            return None;
        }
        let below = match url.path().strip_prefix(self.url.path()) {
            Some(below) => below,
            None if url.path() == self.url.path().trim_end_matches('/') => "",
            None => return None,
        };
        Some((below.to_owned(), url.query().map(str::to_owned)))
    }

    fn with(&self, (below, query): &(String, Option<String>)) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{below}", self.url.path()));
        url.set_query(query.as_deref());
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a literal address")
    }

    fn page(text: &str) -> PageUrl {
        PageUrl::parse(text).expect("a literal address")
    }

    #[test]
    fn a_renamed_site_is_known_by_its_public_name() {
        let rename = Rename::new(&url("http://127.0.0.1:81/stage/index.html"), &page("https://a.gov/city"));
        let check = |from: &str, expected: &str| assert_eq!(rename.public(&url(from)), Some(page(expected)), "{from}");
        check("http://127.0.0.1:81/stage/x?y=1", "https://a.gov/city/x?y=1");
        check("http://127.0.0.1:81/stage", "https://a.gov/city/");
        check("http://127.0.0.1:81/other", "http://127.0.0.1:81/other");
        check("http://127.0.0.1/stage/x", "http://127.0.0.1/stage/x");
        check("http://www.a.gov/city/x", "https://a.gov/city/x");
        check("https://b.gov/city/x", "https://b.gov/city/x");
        assert_eq!(rename.fetch(&page("https://a.gov/city/x?y")), url("http://127.0.0.1:81/stage/x?y"));
        assert_eq!(rename.fetch(&page("https://a.gov/else")), url("https://a.gov/else"));
        assert_eq!(rename.public(&url("mailto:a@b.gov")), None);
        assert_eq!(rename.scope(&page("https://a.gov/city/x")), page("https://a.gov/city/"));
    }

    #[test]
    fn a_renamed_site_moves_with_its_start_page() {
        let mut rename = Rename::new(&url("http://stage.gov/"), &page("https://a.gov/"));
        rename.follow(&url("https://stage.gov/home"));
        assert_eq!(rename.fetch(&page("https://a.gov/x")), url("https://stage.gov/x"));
        rename.follow(&url("https://stage2.gov/en/home"));
        assert_eq!(rename.fetch(&page("https://a.gov/x")), url("https://stage2.gov/en/x"));
        rename.follow(&url("https://a.gov/y"));
        assert_eq!(rename.address(&url("https://a.gov/y")), url("https://stage2.gov/en/y"));
    }
}

//! Links to other sites: whether something answers there. Their pages are never read.

use super::fetch::{Fetcher, MAX_REDIRECTS};
use super::http::{self, Reply, Want};
use crate::model::{PageUrl, Reached, Why, is_html};

/// Links to other sites that are checked. Our choice: it bounds memory and time.
pub(super) const MAX_EXTERNAL: usize = 10_000;

/// Bytes of such a link. Our choice: browsers and servers agree on 2,000; and all of them are kept in
/// one record of the snapshot.
pub(super) const MAX_EXTERNAL_ADDRESS: usize = 2000;

/// What is done with links to other sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum External {
    /// Nothing.
    #[default]
    None,
    /// Each is asked for once, with HEAD, and with GET where that does not work.
    Check,
}

/// What a link to another site comes to: two tries, the first with HEAD. A server that does not
/// want to be asked now is *rate-limited*, never broken.
pub(super) async fn check(fetcher: &Fetcher<'_>, url: &PageUrl) -> Reached {
    match follow(fetcher, url, Want::Head).await {
        Reached::Error { .. } | Reached::Unread { .. } => follow(fetcher, url, Want::Nothing).await,
        reached => reached,
    }
}

/// The answer at the end of the redirects.
async fn follow(fetcher: &Fetcher<'_>, url: &PageUrl, want: Want) -> Reached {
    let (mut at, mut first) = (url.clone(), None);
    for _ in 0..=MAX_REDIRECTS {
        let reply = match fetcher.peek(&at, want).await {
            Ok(reply) => reply,
            Err(why) => return Reached::Unread { why },
        };
        let Some(to) = reply.redirect(&at.to_url()).and_then(PageUrl::from_url) else {
            return ended(&at, &reply, first);
        };
        if to == at {
            return Reached::Unread { why: Why::RedirectLoop };
        }
        first = first.or(Some(reply.status));
        at = to;
    }
    Reached::Unread { why: Why::RedirectLoop }
}

fn ended(at: &PageUrl, reply: &Reply, redirect: Option<u16>) -> Reached {
    match (reply.status, redirect) {
        (status @ 400.., _) => Reached::Error { status },
        (300..400, _) => Reached::Unread { why: Why::BadContent },
        (_, Some(status)) => Reached::Redirect { status, to: at.clone() },
        _ if is_html(reply.header("content-type"), at.path(), b"<html>") => Reached::Page,
        _ => Reached::File { media_type: http::media(reply.header("content-type")), bytes: reply.length },
    }
}

//! What can be measured of pages and of a site: typed, documented, a closed list. Facts never judge,
//! and know no wording of any language: that comes from the [`Lexicon`].

pub mod access;
mod ahead;
mod claims;
mod contacts;
mod dates;
mod decode;
mod dom;
mod drawn;
mod expect;
mod file;
mod forms;
mod kept;
mod kind;
mod kiosk;
mod layout;
mod lexicon;
mod linked;
mod links;
mod locate;
mod page;
mod pairs;
mod parsed;
mod phrases;
mod says;
mod site;
mod site_files;
mod statement;
mod stop;
mod style;
mod table;
mod text;
mod votes;
mod ways;

pub use access::name::{accessible_name, called};
pub use ahead::Ahead;
pub use claims::{Claim, ClaimWords, Named, Stand, Topic};
pub use contacts::{Contact, HourWords, Origin, StreetWords, WayWords, is_mail_valid, tel_agrees};
pub use dom::{Dom, fold_space, shorten};
pub use expect::{Expect, Tells};
pub use file::{FileFacts, FileField, PAGES_READ};
pub use forms::{Burden, Field, Form, FormWords, Limits, Mark, Paperwork, Share, Steps, Traits, Way};
pub use kind::Kind;
pub use kiosk::{By, Kiosk, Move, Script, purpose};
pub use lexicon::{Lexicon, LexiconError, ShortForm, WordFile, Words, is_odd, needed};
pub use links::Link;
pub use page::{Heading, Page, PageFacts, Settings};
pub use pairs::{Compared, Pair, Pairs, Said, against_data};
pub use phrases::{Hit, Phrases, plain};
pub use says::{Says, Stated};
pub use site::{Address, End, Flow, Graph, Journey, Journeys, LongForm, Parts, Screens, SiteFacts, SiteReader, Sure};
pub use site_files::SiteFile;
pub use statement::Statement;
pub use stop::{Ending, Stop};
#[cfg(feature = "style")]
pub use style::{Agreement, compare_looks};
pub use style::{Places, Rect, Seen, Sheets};
pub use table::{FACTS, Fact, Phase, Read, Subject, Value, fact};
pub use text::{
    Block, BlockKind, Counts, Item, List, Lists, Paragraph, Sentence, Signs, Span, Speech, Wording, paragraphs,
    sentence_spans, sentences,
};
pub use ways::{Anchors, Dated, Sketch, Told, Ways};

/// Raised whenever code or word lists change what is measured, so that stored facts are not reused.
pub const FACTS_VERSION: u32 = 8;

//! `[[archive]]`: pages that are kept for reference only and are scored apart. It says what is declared;
//! nobody verifies it.

use super::task::{Spot, spot};
use crate::mistakes::{Mistake, Scalar, Table};

/// Characters of a reason at least. Our choice, that of waivers.
const REASON: usize = 10;

/// A declared archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Its pages: paths or whole addresses, `*` stands for anything.
    pub urls: Vec<Spot>,
    /// Why they are kept, and apart.
    pub reason: String,
}

/// Reads one; what is wrong with it is among the mistakes.
pub(super) fn archive(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Archive {
    let mut urls = Vec::new();
    let span = table.span_of("url").unwrap_or_else(|| table.span());
    let found = table.scalars("url", mistakes);
    if found.is_empty() {
        let help = "name its pages, as in `url = \"/archive/*\"`";
        mistakes.push(Mistake::new(span.clone(), "`url` names no page").help(help));
    }
    for value in found {
        let Scalar::Text(text) = value else {
            mistakes.push(Mistake::new(span.clone(), "`url` should be a text in quotes, or a list of them"));
            continue;
        };
        let path =
            text.split_once("://").map_or(text.as_str(), |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        if path.trim_matches(['/', '*']).is_empty() {
            let help = "name the part that is kept for reference, as in /archive/*";
            mistakes
                .push(Mistake::new(span.clone(), format!("`{text}` is the home page or the whole site")).help(help));
            continue;
        }
        urls.extend(spot(text, span.clone(), mistakes));
    }
    let reason_span = table.span_of("reason");
    let reason = table.required_text("reason", mistakes).trim().to_owned();
    if let Some(span) = reason_span.filter(|_| reason.chars().count() < REASON) {
        let help = "say what the pages are kept for, as in \"minutes before 2015, kept for reference\"";
        mistakes.push(Mistake::new(span, format!("a reason has at least {REASON} characters")).help(help));
    }
    table.finish(mistakes);
    Archive { urls, reason }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse("plainway.toml", text).map_err(|m| m.to_string())
    }

    #[test]
    fn an_archive_has_addresses_and_a_reason() {
        let text = "[[archive]]\nurl = [\"/archive/*\", \"https://old.town.example/*/2009/\"]\nreason = \"kept for reference\"\n";
        let config = parse(text).expect("the file is right");
        assert_eq!((config.archives.len(), config.archives[0].urls.len()), (1, 2));
        assert!(parse("[[archive]]\nurl = \"/archive/*\"\nreason = \"kept for reference\"\n").is_ok());
    }

    #[test]
    fn bad_archives_are_told_with_their_line() {
        for (text, said) in [
            ("url = \"archive/*\"\nreason = \"kept for reference\"", "`archive/*` is no page"),
            ("url = \"/*\"\nreason = \"kept for reference\"", "the whole site"),
            ("url = \"*\"\nreason = \"kept for reference\"", "the whole site"),
            ("url = \"https://town.example/\"\nreason = \"kept for reference\"", "the whole site"),
            ("url = \"/archive/*\"\nreason = \"old\"", "at least 10 characters"),
            ("url = \"/archive/*\"", "`reason` is missing"),
            ("reason = \"kept for reference\"", "`url` names no page"),
            ("url = 3\nreason = \"kept for reference\"", "a text in quotes"),
            ("urls = \"/archive/*\"\nreason = \"kept for reference\"", "did you mean `url`?"),
        ] {
            let mistakes = parse(&format!("[[archive]]\n{text}\n")).expect_err("something is wrong");
            assert!(mistakes.contains(said) && mistakes.contains("plainway.toml:"), "{text}: {mistakes}");
        }
    }
}

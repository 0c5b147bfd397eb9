//! Which pages are made from which files of a repository, so that exports can name the file to mend.

use crate::mistakes::{Mistake, Table};

/// `[[source]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Paths of pages; `*` stands for anything.
    pub pages: String,
    /// The file; each `*` is what the same `*` of `pages` stands for.
    pub file: String,
}

/// Reads one; what is wrong with it is among the mistakes.
pub(super) fn source(mut table: Table<'_>, mistakes: &mut Vec<Mistake>) -> Source {
    let whole = table.span();
    let mut text = |key: &str, mistakes: &mut Vec<Mistake>| {
        let span = table.span_of(key).unwrap_or_else(|| whole.clone());
        (table.required_text(key, mistakes), span)
    };
    let (pages, pages_at) = text("pages", mistakes);
    let (file, file_at) = text("file", mistakes);
    table.finish(mistakes);
    if !pages.is_empty() && !pages.starts_with('/') {
        let mistake = Mistake::new(pages_at, format!("`{pages}` is no path of pages"));
        mistakes.push(mistake.help("start with /; * stands for anything, as in /news/*/"));
    }
    let leads_out = file.split('/').any(|part| matches!(part, "" | "." | "..")) || file.contains(['\\', ':']);
    if !file.is_empty() && leads_out {
        let mistake = Mistake::new(file_at.clone(), format!("`{file}` is no file of the repository"));
        mistakes.push(mistake.help("write it from the top of the repository, as content/news/*.md"));
    }
    if file.matches('*').count() > pages.matches('*').count() {
        let mistake = Mistake::new(file_at, format!("`{file}` has more stars than `{pages}`"));
        mistakes.push(mistake.help("each * of `file` is what the same * of `pages` stands for"));
    }
    Source { pages, file }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[track_caller]
    fn check(pages: &str, file: &str, word: Option<&str>) {
        let text = format!("[[source]]\npages = \"{pages}\"\nfile = \"{file}\"\n");
        let said = Config::parse("plainway.toml", &text).map(|c| c.sources.len()).map_err(|m| m.to_string());
        match (word, said) {
            (None, said) => assert_eq!(said, Ok(1)),
            (Some(word), said) => assert!(said.as_ref().is_err_and(|s| s.contains(word)), "{said:?}"),
        }
    }

    #[test]
    fn a_file_lies_in_the_repository() {
        check("/news/*/", "content/news/*.md", None);
        check("/", "index.html", None);
        check("/news/*", "../news/*.md", Some("no file of the repository"));
        check("/news/*", "/etc/*", Some("no file of the repository"));
        check("/news/", "news/*.md", Some("more stars"));
        check("news/*", "news/*.md", Some("no path of pages"));
    }
}

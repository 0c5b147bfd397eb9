//! Contacts that a page states for programs: schema.org as JSON-LD and microdata, and hCard. It is
//! somebody else's JSON, so that size, depth and number of its parts are capped.

use super::clock::HourWords;
use super::hours;
use crate::facts::dom::{Dom, fold_space};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// Bytes of JSON that are read of a page. Our choice: real pages hold some kilobytes.
const MOST_JSON: usize = 256 * 1024;

/// Parts of the JSON that are looked at. Our choice.
const MOST_PARTS: usize = 5_000;

/// A contact as data state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stated {
    /// `phone`, `fax`, `email`, `address` or `hours`.
    pub kind: &'static str,
    pub raw: String,
    /// Whose it is.
    pub label: String,
    pub node: u32,
}

/// The codes of the days, which the schema.org format writes as they are.
static CODES: LazyLock<HourWords> = LazyLock::new(|| {
    let days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].map(|d| (d, d));
    HourWords::new(days.into_iter().chain([("closed", "off"), ("closed", "closed"), ("holiday", "PH")]))
});

/// Opening hours in the format of schema.org, in one spelling.
pub(super) fn stated_hours(raw: &str) -> Option<String> {
    hours::find(raw, &CODES).into_iter().next().map(|h| h.value)
}

/// Everything that the data of a page state.
pub(super) fn stated(dom: &Dom) -> Vec<Stated> {
    let mut found = Vec::new();
    let mut budget = MOST_JSON;
    for i in dom.elements() {
        let Some(element) = dom.element(i) else { continue };
        if element.attrs.is_empty() {
            continue;
        }
        if element.name() == "script" {
            if dom.attr(i, "type").is_some_and(|t| t.trim().eq_ignore_ascii_case("application/ld+json")) {
                let source: String = dom.inside(i).map(|j| dom.raw_text(j)).collect();
                if source.len() <= budget {
                    budget -= source.len();
                    found.extend(from_json(&source, i));
                }
            }
        } else if let Some(property) = dom.attr(i, "itemprop") {
            found.extend(from_property(dom, i, property));
        }
    }
    found
}

/// Contacts in JSON-LD. What is no JSON states nothing.
fn from_json(source: &str, node: u32) -> Vec<Stated> {
    // The library refuses more than 128 levels.
    let Ok(root) = serde_json::from_str::<Value>(source) else { return Vec::new() };
    let mut found = Vec::new();
    let mut open: Vec<(&Value, String)> = vec![(&root, String::new())];
    let mut parts = 0;
    while let Some((value, above)) = open.pop() {
        parts += 1;
        if parts > MOST_PARTS {
            break;
        }
        match value {
            Value::Array(list) => open.extend(list.iter().rev().map(|v| (v, above.clone()))),
            Value::Object(object) => {
                let own = ["name", "contactType"].iter().find_map(|k| object.get(*k)?.as_str()).map(fold_space);
                let label = own.unwrap_or_else(|| above.clone());
                let stated = |kind, raw: String| Stated { kind, raw, label: label.clone(), node };
                for (key, kind) in [("telephone", "phone"), ("faxNumber", "fax"), ("email", "email")] {
                    found.extend(texts(object.get(key)).into_iter().map(|raw| stated(kind, raw)));
                }
                found.extend(
                    texts(object.get("openingHours"))
                        .into_iter()
                        .map(|raw| stated("hours", raw))
                        .reduce(|all, more| Stated { raw: format!("{}; {}", all.raw, more.raw), ..all }),
                );
                found.extend(specified_hours(object.get("openingHoursSpecification")).map(|raw| stated("hours", raw)));
                found.extend(postal(object).map(|raw| stated("address", raw)));
                let children =
                    object.iter().filter(|(key, v)| v.is_object() || v.is_array() && key.as_str() != "openingHours");
                open.extend(children.map(|(_, v)| (v, label.clone())));
            }
            _ => {}
        }
    }
    found
}

/// The texts of a property that may have one value or several.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![fold_space(text)],
        Some(Value::Array(list)) => list.iter().take(50).filter_map(Value::as_str).map(fold_space).collect(),
        _ => Vec::new(),
    }
}

fn postal(object: &Map<String, Value>) -> Option<String> {
    let part = |key: &str| object.get(key).and_then(Value::as_str).map(fold_space).filter(|t| !t.is_empty());
    let street = part("streetAddress")?;
    let town = part("addressLocality");
    let region = [part("addressRegion"), part("postalCode")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let parts = [Some(street), town, Some(region).filter(|r| !r.is_empty())];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// `openingHoursSpecification` as a line of the short format; spans with dates are exceptions and left out.
fn specified_hours(value: Option<&Value>) -> Option<String> {
    let list: Vec<&Value> = match value? {
        Value::Array(list) => list.iter().take(50).collect(),
        one => vec![one],
    };
    let line = |spec: &&Value| {
        let spec = spec.as_object()?;
        if spec.contains_key("validFrom") || spec.contains_key("validThrough") {
            return None;
        }
        // The last part of the name of a day starts with its code: "https://schema.org/Monday".
        let code = |day: &String| day.rsplit('/').next().and_then(|d| d.get(..2)).map(str::to_owned);
        let days: Vec<String> = texts(spec.get("dayOfWeek")).iter().filter_map(code).collect();
        let time = |key: &str| spec.get(key).and_then(Value::as_str).and_then(|t| t.get(..5));
        match (time("opens"), time("closes")) {
            (Some("00:00"), Some("00:00")) => Some(format!("{} off", days.join(","))),
            (Some(opens), Some(closes)) if !days.is_empty() => Some(format!("{} {opens}-{closes}", days.join(","))),
            _ => None,
        }
    };
    let lines: Vec<String> = list.iter().filter_map(line).collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// Microdata that a person does not see: the value stands in an attribute.
fn from_property(dom: &Dom, i: u32, property: &str) -> Option<Stated> {
    let kind = match property {
        "telephone" => "phone",
        "faxNumber" => "fax",
        "email" => "email",
        "openingHours" => "hours",
        _ => return None,
    };
    let raw = dom.attr(i, "content").or_else(|| dom.attr(i, "datetime"))?;
    Some(Stated { kind, raw: fold_space(raw), label: owner(dom, i).unwrap_or_default(), node: i })
}

/// Elements of a card that are looked through for its name. Our choice.
const CARD: usize = 200;

/// The name on the card (hCard, h-card or microdata) that an element stands on.
pub(super) fn owner(dom: &Dom, i: u32) -> Option<String> {
    let has = |i: u32, names: &[&str]| {
        dom.attr(i, "class").is_some_and(|c| c.split_ascii_whitespace().any(|c| names.contains(&c)))
    };
    let is_card = |&i: &u32| dom.attr(i, "itemscope").is_some() || has(i, &["vcard", "h-card"]);
    let card = dom.ancestors_and_self(i).find(is_card)?;
    let is_name = |&i: &u32| dom.attr(i, "itemprop") == Some("name") || has(i, &["fn", "org", "p-name", "p-org"]);
    let name = dom.inside(card).take(CARD).filter(|&j| dom.node(j).is_element).find(is_name)?;
    Some(dom.text(name)).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Lexicon;

    fn read(html: &str) -> Vec<(&'static str, String, String)> {
        let dom = Dom::parse(html, Lexicon::for_tests());
        stated(&dom).into_iter().map(|s| (s.kind, s.raw, s.label)).collect()
    }

    #[test]
    fn json_is_read_with_whose_it_is() {
        let json = r#"<script type="application/ld+json">{"@graph":[{"@type":"Library","name":"Mill Library",
            "telephone":"215-555-0134","address":{"@type":"PostalAddress","streetAddress":"12 Mill Street","addressLocality":"Alder Falls"},
            "openingHoursSpecification":[{"dayOfWeek":["https://schema.org/Monday","Tuesday"],"opens":"09:00","closes":"17:00:00"}]}]}</script>"#;
        let owner = || "Mill Library".to_owned();
        assert_eq!(
            read(json),
            [
                ("phone", "215-555-0134".to_owned(), owner()),
                ("hours", "Mo,Tu 09:00-17:00".to_owned(), owner()),
                ("address", "12 Mill Street, Alder Falls".to_owned(), owner()),
            ]
        );
        assert_eq!(
            stated_hours("Mo,Tu 09:00-17:00; Sa 10:00-12:00"),
            Some("Mo-Tu 09:00-17:00; Sa 10:00-12:00".to_owned())
        );
    }

    #[test]
    fn hostile_json_states_nothing() {
        let deep = format!("<script type='application/ld+json'>{}</script>", "[".repeat(100_000));
        assert!(read(&deep).is_empty());
        assert!(read("<script type='application/ld+json'>{\"telephone\": 5</script>").is_empty());
    }
}

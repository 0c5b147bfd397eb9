//! How the reports of a body look and speak, as the config says it: the language, and the folder of its own.

use super::Stop;
use super::setup::read_text;
use crate::config::{Look, Report, own_wording};
use crate::report::{House, HouseLook};
use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::path::Path;
use std::sync::Arc;

/// The files of the folder, each of which may be missing.
pub(super) const FILES: [&str; 4] = ["look.toml", "words.toml", "logo.svg", "logo.png"];

/// Largest logo, in bytes. Our choice: it stands in every page of a report.
const LOGO_BYTES: u64 = 16 * 1024;

/// How a file of PNG begins (PNG specification, 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The house that the config names; its folder lies beside the config.
pub(super) fn load(report: &Report, home: &Path) -> Result<Arc<House>, Stop> {
    let house = House::new(report.language.as_deref().unwrap_or_default());
    let Some(name) = &report.folder else { return Ok(Arc::new(house)) };
    let folder = home.join(name);
    let has = |file: &str| folder.join(file).is_file();
    if !FILES.into_iter().any(has) {
        return Err(Stop::Wrong(anyhow!(
            "`[report] folder` names {}, where none of {} lies; put one of them there, or take the key out",
            folder.display(),
            FILES.join(", ")
        )));
    }
    let shown = |file: &str| format!("{name}/{file}");
    let text = |file: &str| has(file).then(|| read_text(&folder.join(file)).map_err(Stop::Wrong)).transpose();
    let look =
        text("look.toml")?.map(|text| Look::parse(&shown("look.toml"), &text)).transpose().map_err(Stop::wrong)?;
    let look = look.unwrap_or_default();
    let own = text("words.toml")?
        .map(|text| own_wording(&shown("words.toml"), &text, &|key| house.places(key), &house.keys()))
        .transpose()
        .map_err(Stop::wrong)?;
    let brand = HouseLook { name: look.name, logo: logo(&folder)?, accent: look.accent, accent_dark: look.accent_dark };
    let own = own.unwrap_or_default().into_iter().map(|own| (own.key, own.forms));
    Ok(Arc::new(house.with(brand, own)))
}

/// The logo as a `data:` address. Browsers run no script and load nothing else for a picture of this kind.
fn logo(folder: &Path) -> Result<Option<String>, Stop> {
    for (file, kind) in [("logo.svg", "image/svg+xml"), ("logo.png", "image/png")] {
        let path = folder.join(file);
        if !path.is_file() {
            continue;
        }
        let wrong = |what: &str| Stop::Wrong(anyhow!("{} cannot be the logo: {what}", path.display()));
        let size = std::fs::metadata(&path).with_context(|| format!("{} cannot be read", path.display()));
        let size = size.map_err(Stop::Wrong)?.len();
        if size > LOGO_BYTES {
            return Err(wrong(&format!("it has {size} bytes, and may have {LOGO_BYTES}; make it smaller")));
        }
        let bytes = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()));
        let bytes = bytes.map_err(Stop::Wrong)?;
        match kind {
            "image/png" if !bytes.starts_with(PNG) => {
                return Err(wrong("it is no PNG; save it as one, or as logo.svg"));
            }
            "image/svg+xml" => plain_drawing(&bytes).map_err(|what| wrong(&what))?,
            _ => {}
        }
        return Ok(Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes))));
    }
    Ok(None)
}

/// Whether an SVG draws and does nothing else.
fn plain_drawing(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut is_first = true;
    loop {
        let event = reader.read_event().map_err(|e| format!("it is no SVG that can be read ({e})"))?;
        let element = match &event {
            Event::Start(element) | Event::Empty(element) => element,
            Event::DocType(_) => return Err("it has a document type; save it as plain SVG".to_owned()),
            Event::Eof if is_first => return Err("it is empty".to_owned()),
            Event::Eof => return Ok(()),
            _ => continue,
        };
        let name = element.local_name().as_ref().to_ascii_lowercase();
        if is_first && name != "svg" {
            return Err(format!("it begins with {name}, and not with svg"));
        }
        is_first = false;
        if ["script", "foreignobject", "iframe", "image", "a"].contains(&name.as_str()) {
            return Err(format!("it has the element {name}; save it as plain SVG, with drawing alone"));
        }
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|e| format!("it is no SVG that can be read ({e})"))?;
            let key = attribute.key.local_name().as_ref().to_ascii_lowercase();
            let leads_out = key == "href" && !attribute.value.starts_with('#');
            if key.starts_with("on") || leads_out {
                return Err(format!("it has the attribute {key}; save it as plain SVG, with drawing alone"));
            }
        }
    }
}

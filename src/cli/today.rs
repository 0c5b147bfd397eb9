//! What "today" is: when a run started and ended.

use super::Stop;
use anyhow::anyhow;

/// When the run started, RFC 3339 in UTC with whole seconds: `--as-of`, else `SOURCE_DATE_EPOCH`, else the clock.
pub(super) fn started(as_of: Option<&str>) -> Result<String, Stop> {
    if let Some(text) = as_of {
        return parse_date(text).ok_or_else(|| {
            Stop::Wrong(anyhow!("`{text}` is no date for --as-of; write it as 2026-03-01 or 2026-03-01T09:00:00Z"))
        });
    }
    if let Some(seconds) = source_date_epoch()? {
        return Ok(seconds);
    }
    Ok(now())
}

/// When the run ended: the same moment as it started where the clock is replaced.
pub(super) fn finished(as_of: Option<&str>, started: &str) -> Result<String, Stop> {
    Ok(if as_of.is_some() || source_date_epoch()?.is_some() { started.to_owned() } else { now() })
}

fn source_date_epoch() -> Result<Option<String>, Stop> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let time = text.trim().parse::<i64>().ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
    time.map(|t| Some(t.to_string())).ok_or_else(|| {
        Stop::Wrong(anyhow!("SOURCE_DATE_EPOCH is `{text}`; it should be a number of seconds since 1970"))
    })
}

fn now() -> String {
    jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).map(|t| t.to_string()).unwrap_or_default()
}

fn parse_date(text: &str) -> Option<String> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let time: jiff::Timestamp = whole.parse().ok()?;
    jiff::Timestamp::from_second(time.as_second()).ok().map(|t| t.to_string())
}

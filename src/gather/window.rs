//! The hours in which a site may be asked. Pure arithmetic on the time of day.

use std::time::Duration;

const DAY: i64 = 24 * 60 * 60;

/// Hours of the day, as in `22:00-05:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    // Seconds since midnight; the end may be before the start, on the next day.
    from: i64,
    to: i64,
    // Seconds that the clock of these hours is ahead of UTC.
    ahead: i64,
}

impl Window {
    /// Reads `HH:MM-HH:MM`, with the offset from UTC behind it (`+02:00`, `-05:00`) or else in UTC.
    /// `None` for anything else, and for hours that begin and end at the same time.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('Z');
        let (from, rest) = text.split_once('-')?;
        let (to, ahead) = match rest.find(['+', '-']) {
            Some(at) => {
                let sign = if rest[at..].starts_with('-') { -1 } else { 1 };
                (&rest[..at], sign * time(&rest[at + 1..])?)
            }
            None => (rest, 0),
        };
        let (from, to) = (time(from)?, time(to)?);
        (from % DAY != to % DAY).then_some(Self { from, to, ahead })
    }

    /// The same hours by a clock that is so far ahead of UTC.
    #[must_use]
    pub fn ahead_of_utc(self, seconds: i64) -> Self {
        Self { ahead: seconds, ..self }
    }

    /// How long to wait until they begin; nothing while they last. `now` is seconds since 1970.
    pub(super) fn wait(self, now: i64) -> Duration {
        let since = |start: i64| (now + self.ahead - start).rem_euclid(DAY);
        let length = (self.to - self.from).rem_euclid(DAY);
        let since_start = since(self.from);
        if since_start < length {
            return Duration::ZERO;
        }
        Duration::from_secs(u64::try_from(DAY - since_start).unwrap_or(0))
    }
}

/// Seconds since midnight; `24:00` is the end of the day.
fn time(text: &str) -> Option<i64> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.len() == 2).map(i64::from);
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let time = hours * 3600 + minutes * 60;
    (minutes < 60 && time <= DAY).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds to wait at a time of day.
    #[track_caller]
    fn check(window: &str, now: &str, wait: u64) {
        let window = Window::parse(window).expect("literal hours");
        // A day in 2026, as the sum of whole days since 1970.
        let now = 20_779 * DAY + time(now).expect("a literal time");
        assert_eq!(window.wait(now), Duration::from_secs(wait));
    }

    #[test]
    fn hours_may_pass_midnight() {
        check("22:00-05:00", "21:59", 60);
        check("22:00-05:00", "22:00", 0);
        check("22:00-05:00", "04:59", 0);
        check("22:00-05:00", "05:00", 17 * 3600);
        check("09:00-17:30", "08:00", 3600);
        check("09:00-17:30", "17:30", 15 * 3600 + 1800);
        check("00:00-24:00".replace("24:00", "23:59").as_str(), "23:59", 60);
    }

    #[test]
    fn hours_are_of_a_place() {
        check("22:00-05:00+02:00", "20:00", 0);
        check("22:00-05:00 -05:00", "22:00", 5 * 3600);
        assert_eq!(Window::parse("22:00-05:00Z"), Window::parse("22:00-05:00"));
        let local = Window::parse("22:00-05:00").map(|window| window.ahead_of_utc(7200));
        assert_eq!(local, Window::parse("22:00-05:00+02:00"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "22-5", "22:00", "25:00-26:00", "22:60-23:00", "9:00-10:00", "05:00-05:00", "a-b"] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
    }
}

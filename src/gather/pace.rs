//! When a host may be asked again. Pure arithmetic on times since the start of the crawl, so that
//! no test needs to wait; it must never let a host be asked faster than it bears.

use super::Politeness;
use std::time::Duration;

/// Time between two requests to a host: four a second. Our choice, as the design says.
const USUAL: Duration = Duration::from_millis(250);

/// The longest time between two requests that slowness alone leads to. Our choice.
const SLOWEST: Duration = Duration::from_secs(10);

/// The step from which a host without any pace is slowed down. Our choice.
const FIRST_STEP: Duration = Duration::from_millis(50);

/// How often the time between requests is doubled at most by refusals. Our choice: 16 times.
const MOST_DOUBLINGS: u32 = 4;

/// Answers in a row after which one doubling is taken back. Our choice.
const GOOD_ANSWERS: u32 = 10;

/// The clock of one host.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    base: Duration,
    // Whether a slow or asking host may make it slower: not where the user or the machine decides.
    adapts: bool,
    latency: Option<Duration>,
    doublings: u32,
    good: u32,
    next: Duration,
}

impl Pace {
    /// The pace for a host; loopback hosts are free, and the user's own site too.
    pub(super) fn new(politeness: &Politeness, loopback: bool) -> Self {
        let (base, adapts) = match politeness.delay {
            Some(delay) => (delay, false),
            None if loopback || politeness.own_site => (Duration::ZERO, false),
            None => (USUAL, true),
        };
        Self { base, adapts, latency: None, doublings: 0, good: 0, next: Duration::ZERO }
    }

    /// Takes the next turn, or says how long to wait before trying again.
    pub(super) fn turn(&mut self, now: Duration) -> Result<(), Duration> {
        if now < self.next {
            return Err(self.next - now);
        }
        self.next = now + self.interval();
        Ok(())
    }

    /// The host asks for this wait in its robots.txt.
    pub(super) fn ask_for(&mut self, crawl_delay: Duration) {
        if self.adapts {
            self.base = self.base.max(crawl_delay);
        }
    }

    /// The host answered; `latency` is the time up to its header.
    pub(super) fn answered(&mut self, latency: Duration) {
        // A moving average over about eight answers: one slow page does not slow the crawl.
        self.latency = Some(self.latency.map_or(latency, |mean| (mean * 7 + latency) / 8));
        self.good += 1;
        if self.good >= GOOD_ANSWERS {
            self.good = 0;
            self.doublings = self.doublings.saturating_sub(1);
        }
    }

    /// The host said "too many" or "not now": nobody asks it for this long, and slower after.
    pub(super) fn refused(&mut self, now: Duration, wait: Duration) {
        self.next = self.next.max(now + wait);
        self.good = 0;
        self.doublings = (self.doublings + 1).min(MOST_DOUBLINGS);
    }

    /// The time between two requests now: never shorter than the mean latency, so that a host
    /// that grows slow has as much rest as work.
    fn interval(&self) -> Duration {
        let slowness = self.latency.filter(|_| self.adapts).unwrap_or_default().min(SLOWEST);
        let calm = self.base.max(slowness);
        match self.doublings {
            0 => calm,
            n => (calm.max(FIRST_STEP) * (1 << n)).min(SLOWEST.max(calm)),
        }
    }
}

/// Answers after which the pace so far tells more than the plan. Our choice.
const TELLING: usize = 10;

/// The time that `more` answers will take: at the pace of the answers so far, or at first at that of
/// the plan. `None` where the plan sets none, and so nothing tells yet.
pub(super) fn time_left(politeness: &Politeness, answers: usize, elapsed: Duration, more: usize) -> Option<Duration> {
    let each = match u32::try_from(answers) {
        Ok(count) if answers >= TELLING => elapsed / count,
        _ if politeness.own_site => politeness.delay?,
        _ => politeness.delay.unwrap_or(USUAL),
    };
    Some(each.saturating_mul(u32::try_from(more).unwrap_or(u32::MAX)))
}

/// The wait that a `Retry-After` header asks for, in seconds or as a date (RFC 9110 §10.2.3).
/// `now` is seconds since 1970; the server's own `Date`, where there is one, since only the
/// difference of two times of one clock says how long to wait. `None` when it is neither.
pub(super) fn retry_after(value: &str, date: Option<&str>, now: i64) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    // More digits than fit are a wait without end, and no date.
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::MAX);
    }
    let until = http_date(value)?;
    let from = date.and_then(http_date).unwrap_or(now);
    Some(Duration::from_secs(u64::try_from(until - from).unwrap_or(0)))
}

fn http_date(text: &str) -> Option<i64> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text.trim()).ok().map(|at| at.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn polite() -> Pace {
        Pace::new(&Politeness::default(), false)
    }

    #[test]
    fn four_requests_a_second() {
        let mut pace = polite();
        let mut now = Duration::ZERO;
        let mut asked = 0;
        while now < ms(1000) {
            match pace.turn(now) {
                Ok(()) => asked += 1,
                Err(wait) => now += wait,
            }
        }
        assert_eq!(asked, 4);
    }

    #[test]
    fn a_slow_host_is_asked_slower() {
        let mut pace = polite();
        pace.answered(ms(100));
        assert_eq!(pace.interval(), ms(250));
        for _ in 0..50 {
            pace.answered(ms(2000));
        }
        assert!(pace.interval() > ms(1900), "{:?}", pace.interval());
        for _ in 0..50 {
            pace.answered(ms(60_000));
        }
        assert_eq!(pace.interval(), ms(10_000));
    }

    #[test]
    fn a_refusal_pauses_then_slows_and_good_answers_heal() {
        let mut pace = polite();
        pace.refused(ms(1000), ms(5000));
        assert_eq!(pace.turn(ms(2000)), Err(ms(4000)));
        assert_eq!(pace.turn(ms(6000)), Ok(()));
        assert_eq!(pace.interval(), ms(500));
        for _ in 0..10 {
            pace.answered(ms(10));
        }
        assert_eq!(pace.interval(), ms(250));
    }

    #[test]
    fn loopback_and_own_sites_run_free_until_they_refuse() {
        let mut pace = Pace::new(&Politeness::default(), true);
        pace.ask_for(ms(10_000));
        pace.answered(ms(3000));
        assert_eq!((pace.turn(ms(0)), pace.turn(ms(0))), (Ok(()), Ok(())));
        pace.refused(ms(0), ms(0));
        assert_eq!((pace.turn(ms(0)), pace.turn(ms(0))), (Ok(()), Err(ms(100))));
    }

    #[test]
    fn crawl_delay_and_the_users_delay() {
        let mut pace = polite();
        pace.ask_for(ms(3000));
        assert_eq!(pace.interval(), ms(3000));
        let mut pace = Pace::new(&Politeness { delay: Some(ms(40)), ..Politeness::default() }, false);
        pace.ask_for(ms(3000));
        assert_eq!(pace.interval(), ms(40));
    }

    #[test]
    fn time_is_estimated_from_the_plan_and_then_from_the_pace() {
        let left = |politeness: &Politeness, answers| time_left(politeness, answers, ms(6000), 100);
        assert_eq!(left(&Politeness::default(), 0), Some(ms(25_000)));
        assert_eq!(left(&Politeness::default(), 60), Some(ms(10_000)));
        assert_eq!(left(&Politeness { own_site: true, ..Politeness::default() }, 0), None);
        assert_eq!(left(&Politeness { delay: Some(ms(1000)), ..Politeness::default() }, 9), Some(ms(100_000)));
    }

    #[test]
    fn retry_after_in_seconds_or_as_a_date() {
        let date = Some("Sun, 22 Nov 2026 08:00:00 GMT");
        assert_eq!(retry_after(" 7 ", None, 0), Some(ms(7000)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 08:00:30 GMT", date, 0), Some(ms(30_000)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 07:00:00 GMT", date, 0), Some(ms(0)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:00 GMT", None, 20), Some(ms(40_000)));
        assert_eq!(retry_after("99999999999999999999999", None, 0), Some(Duration::MAX));
        assert_eq!(
            (retry_after("soon", None, 0), retry_after("", None, 0), retry_after("-1", None, 0)),
            (None, None, None)
        );
    }
}

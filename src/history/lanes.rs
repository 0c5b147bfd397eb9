//! The same work on many things, on all processors at once, with results in the order of the things.

use std::sync::mpsc::sync_channel;

/// Things that are handed to a thread at a time. Our choice: pages with their findings are some 100 kB.
const AT_ONCE: usize = 8;

/// How many such hands a thread may have before it. Our choice; it bounds memory.
const AHEAD: usize = 2;

/// Takes one thing after the other, works on them on all processors, and hands over the results in the order of the things. Only
/// `work` runs on other threads; each has a state of its own, made by `begin`. It ends with the first error of `next` or `visit`.
pub(super) fn in_order<T: Send, S, R: Send, E>(
    mut next: impl FnMut() -> Result<Option<T>, E>,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, T) -> R + Sync,
    mut visit: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (begin, work) = (&begin, &work);
    std::thread::scope(|scope| {
        let lane = |_| {
            let (give, take) = sync_channel::<Vec<T>>(AHEAD);
            let (send, receive) = sync_channel::<Vec<R>>(AHEAD);
            scope.spawn(move || {
                let mut state = begin();
                for things in take {
                    let results = things.into_iter().map(|thing| work(&mut state, thing)).collect();
                    if send.send(results).is_err() {
                        break;
                    }
                }
            });
            (give, receive)
        };
        let lanes: Vec<_> = (0..threads).map(lane).collect();
        let (mut given, mut taken, mut is_more) = (0, 0, true);
        loop {
            while is_more && given - taken < threads * AHEAD {
                let mut things = Vec::with_capacity(AT_ONCE);
                while things.len() < AT_ONCE {
                    match next()? {
                        Some(thing) => things.push(thing),
                        None => break,
                    }
                }
                // A thread that is gone has panicked, which is told when the scope ends.
                is_more = things.len() == AT_ONCE;
                if things.is_empty() {
                    break;
                }
                if lanes[given % threads].0.send(things).is_err() {
                    return Ok(());
                }
                given += 1;
            }
            if taken == given {
                return Ok(());
            }
            let Ok(results) = lanes[taken % threads].1.recv() else { return Ok(()) };
            taken += 1;
            results.into_iter().try_for_each(&mut visit)?;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_things() {
        for count in [0_u64, 1, 7, 8, 9, 1_000] {
            let (mut things, mut seen) = (0..count, Vec::new());
            let slow = |_: &mut (), n: u64| (0..n % 7 * 1_000).fold(n, |kept, turn| kept.max(turn.min(n)));
            let done: Result<(), ()> = in_order(
                || Ok(things.next()),
                || (),
                slow,
                |n| {
                    seen.push(n);
                    Ok(())
                },
            );
            assert_eq!((done, seen), (Ok(()), (0..count).collect()));
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        let mut things = 0..100_000_u32;
        let mut seen = 0;
        let failed = in_order(
            || Ok(things.next()),
            || (),
            |(), n| n,
            |n| {
                seen += 1;
                if n == 20 { Err("full") } else { Ok(()) }
            },
        );
        assert_eq!((failed, seen), (Err("full"), 21));
        assert!(things.next().is_some_and(|n| n < 1_000), "what comes after it is not asked for");
        let failed = in_order(|| Err::<Option<u32>, _>("gone"), || (), |(), n| n, |_| Ok(()));
        assert_eq!(failed, Err("gone"));
    }
}

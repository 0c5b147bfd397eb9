//! Hands pages to the page phase on every core, while the crawl goes on. It must never let a
//! panic of one page end the whole gathering.

use super::prints::Prints;
use crate::model::{Fetched, Links};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use tokio::sync::{Semaphore, oneshot};

/// The page phase, as the caller gives it.
pub(super) type Visit<'a> = &'a (dyn Fn(&Fetched) -> Links + Sync);

/// Runs the page phase; `None` when it panicked.
pub(super) fn visited(visit: Visit<'_>, fetched: &Fetched) -> Option<Links> {
    catch_unwind(AssertUnwindSafe(|| visit(fetched))).ok()
}

/// Threads that run the page phase beside the one that waits for the network.
pub(super) struct Visitors {
    jobs: Sender<Job>,
    /// Answers that may be with them. What waits is lost when the crawl is killed, since it is kept only when it is looked at.
    room: Semaphore,
}

/// Answers a core that are looked at or wait for it. Our choice: the next one is there when one is done.
const WAITING: usize = 2;

struct Job {
    fetched: Fetched,
    reply: oneshot::Sender<Option<(Links, Option<Prints>)>>,
}

impl Visitors {
    /// Lends visitors to `work`, and ends when it and they are done.
    pub(super) fn lend<R>(visit: Visit<'_>, work: impl FnOnce(&Self) -> R) -> R {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Mutex::new(queue);
        thread::scope(|scope| {
            for _ in 0..cores() {
                scope.spawn(|| {
                    while let Some(job) = next(&queue) {
                        // Whoever asked may have given up; the page is stored all the same.
                        let links = visited(visit, &job.fetched);
                        let _ = job.reply.send(links.map(|links| (links, Prints::of(&job.fetched))));
                    }
                });
            }
            // Dropping the visitors closes the queue, which ends the threads.
            work(&Self { jobs, room: Semaphore::new(WAITING * cores()) })
        })
    }

    /// Waits until there is room for another answer.
    pub(super) async fn have_room(&self) {
        drop(self.room.acquire().await);
    }

    /// Has an answer looked at; `None` when the page phase panicked over it.
    pub(super) async fn visit(&self, fetched: Fetched) -> Option<(Links, Option<Prints>)> {
        let _room = self.room.acquire().await.ok()?;
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job { fetched, reply }).ok()?;
        answer.await.ok().flatten()
    }
}

/// Works on the items on every core and hands the results over in the order of the items. Few
/// items are in memory at once, however many there are.
pub(super) fn in_order<T: Send, R: Send>(
    items: impl Iterator<Item = T>,
    work: &(dyn Fn(T) -> R + Sync),
    mut done: impl FnMut(R),
) {
    let workers = cores();
    // Enough that nobody waits for work while one item takes longer than its neighbours.
    let window = workers * 8;
    let (jobs, queue) = mpsc::channel::<(usize, T)>();
    let queue = Mutex::new(queue);
    let (results, finished) = mpsc::channel::<(usize, R)>();
    thread::scope(|scope| {
        for _ in 0..workers {
            let results = results.clone();
            let queue = &queue;
            scope.spawn(move || {
                while let Some((number, item)) = next(queue) {
                    if results.send((number, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        // Only the workers' copies keep the channel open: should all be gone, waiting ends.
        drop(results);
        let mut items = items.enumerate().fuse();
        let mut early = BTreeMap::new();
        let (mut given, mut handed) = (0, 0);
        loop {
            while given < handed + window {
                let Some(item) = items.next() else { break };
                if jobs.send(item).is_err() {
                    return;
                }
                given += 1;
            }
            if handed == given {
                break;
            }
            let Ok((number, result)) = finished.recv() else { break };
            early.insert(number, result);
            while let Some(result) = early.remove(&handed) {
                done(result);
                handed += 1;
            }
        }
        drop(jobs);
    });
}

fn next<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let mut seen = Vec::new();
        in_order(0..1000, &|n: u64| (0..(1000 - n) * 10).fold(n, |a, b| a ^ (b & 1)) & !1 | n, |n| seen.push(n));
        assert_eq!(seen.len(), 1000);
        assert!(seen.is_sorted());
    }
}

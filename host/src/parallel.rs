//! Work that several threads share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::fault;

/// Does something with each item; each thread has a state of its own, which is returned, and the results come in the
/// order of the items. Where the machine gives no more threads, those that there are do it all. A panic of any thread
/// goes on in the caller's.
pub(crate) fn each<T: Sync, S: Send, R: Send>(
    items: &[T],
    threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> R + Sync,
) -> (Vec<S>, Vec<R>) {
    let next = AtomicUsize::new(0);
    let run = || {
        let (mut state, mut results) = (state(), Vec::new());
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|it| (index, it))
        } {
            results.push((index, work(&mut state, item)));
        }
        (state, results)
    };
    let done: Vec<(S, Vec<(usize, R)>)> = thread::scope(|scope| {
        let threads = threads.clamp(1, items.len().max(1));
        let spawn = |_| {
            let guarded = move || fault::caught("work on another thread", run);
            thread::Builder::new().spawn_scoped(scope, guarded).ok()
        };
        let running: Vec<_> = (1..threads).map_while(spawn).collect();
        let own = run();
        let others = running.into_iter().map(|it| {
            let done = it.join().expect("a unit of work catches its panics");
            done.unwrap_or_else(|fault| fault::resume(fault))
        });
        std::iter::once(own).chain(others).collect()
    });
    let (states, results): (Vec<S>, Vec<Vec<(usize, R)>>) = done.into_iter().unzip();
    let mut results: Vec<(usize, R)> = results.into_iter().flatten().collect();
    results.sort_unstable_by_key(|it| it.0);
    (states, results.into_iter().map(|it| it.1).collect())
}

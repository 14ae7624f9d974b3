//! Work that several threads share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does something with each item; each thread has a state of its own, which is returned, and the results come in the
/// order of the items.
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
        let running: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let own = run();
        let others = running.into_iter().map(|it| it.join().expect("work does not panic"));
        std::iter::once(own).chain(others).collect()
    });
    let (states, results): (Vec<S>, Vec<Vec<(usize, R)>>) = done.into_iter().unzip();
    let mut results: Vec<(usize, R)> = results.into_iter().flatten().collect();
    results.sort_unstable_by_key(|it| it.0);
    (states, results.into_iter().map(|it| it.1).collect())
}

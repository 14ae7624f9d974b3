//! Several calls at once.

use std::future::Future;

use tokio::task::JoinSet;

/// Calls that are on their way at the same time; the rate is the token buckets' to hold.
pub(super) const AT_ONCE: usize = 8;

/// Runs jobs, some at once, and gives their results in the order of the jobs.
pub(super) async fn in_order<F>(jobs: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let mut jobs = jobs.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut done = Vec::new();
    let start = |running: &mut JoinSet<(usize, F::Output)>, job: Option<(usize, F)>| {
        if let Some((index, job)) = job {
            running.spawn(async move { (index, job.await) });
        }
    };
    for _ in 0..AT_ONCE {
        start(&mut running, jobs.next());
    }
    while let Some(ended) = running.join_next().await {
        done.push(ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())));
        start(&mut running, jobs.next());
    }
    done.sort_by_key(|it| it.0);
    done.into_iter().map(|it| it.1).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn results_come_in_order_and_never_too_many_run() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let jobs = (0..50_u64).map(|number| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(7 - number % 7)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                number
            }
        });
        assert_eq!(in_order(jobs).await, (0..50).collect::<Vec<u64>>());
        assert_eq!(most.load(Ordering::SeqCst), AT_ONCE);
    }
}

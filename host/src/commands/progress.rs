//! How far a scan is, on standard error: a bar for each region of an account. Without a terminal, notes only.

use std::cell::RefCell;
use std::collections::BTreeMap;

use archlint::report;
use archlint::source::Watch;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

pub(crate) struct Progress {
    /// Whether to tell what was called.
    verbose: bool,
    bars: MultiProgress,
    regions: RefCell<BTreeMap<(String, String), Region>>,
}

struct Region {
    bar: ProgressBar,
    resources: usize,
}

impl Progress {
    pub(crate) fn new(verbose: bool) -> Self {
        Self { verbose, bars: MultiProgress::new(), regions: RefCell::default() }
    }
}

impl Watch for Progress {
    fn begins(&self, account: &str, region: &str, questions: usize) {
        let style = ProgressStyle::with_template("{prefix} {bar:24} {pos}/{len}  {msg}");
        let style = style.expect("the template is valid").progress_chars("=> ");
        let bar = self.bars.add(ProgressBar::new(questions as u64).with_style(style));
        bar.set_prefix(format!("{account} {region:<14}"));
        let place = (account.to_owned(), region.to_owned());
        self.regions.borrow_mut().insert(place, Region { bar, resources: 0 });
    }

    fn answered(&self, account: &str, region: &str, source: &str, resources: usize) {
        let mut regions = self.regions.borrow_mut();
        let Some(it) = regions.get_mut(&(account.to_owned(), region.to_owned())) else { return };
        it.resources += resources;
        it.bar.inc(1);
        it.bar.set_message(format!("{} resources  {source}", it.resources));
        if it.bar.position() == it.bar.length().unwrap_or_default() {
            it.bar.finish_with_message(format!("{} resources", it.resources));
        }
    }

    fn note(&self, text: &str) {
        self.bars.suspend(|| report::tell(format!("{text}\n")));
    }

    fn called(&self, action: &str, requests: u64) {
        if self.verbose {
            self.note(&format!("{requests:>6}  {action}"));
        }
    }
}

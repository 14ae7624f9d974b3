//! Replies of list-objects, list-objects-v2 and list-object-versions.

mod item;
pub(super) mod json;
mod lists;
pub(super) mod xml;

/// S3 gives no more keys at once.
pub(super) const PAGE: u64 = 1000;

/// What pages say of how much of a bucket they show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Objects of the last page, those without a readable key included.
    items: u64,
    /// What the last page says; the AWS CLI leaves it out.
    is_truncated: Option<bool>,
    /// Whether a page was asked for one level of a hierarchy.
    pub(super) is_one_level: bool,
    /// Whether anything was a page.
    pub(super) is_known: bool,
    /// Whether an error came instead of a page.
    pub(super) is_error: bool,
}

impl Extent {
    /// Whether there are keys behind the last one: S3 lists them in their order, so what was read is then a stretch
    /// of neighbours.
    pub(super) fn is_cut(self) -> bool {
        self.is_truncated.unwrap_or(self.items == PAGE)
    }

    fn begin_page(&mut self) {
        (self.items, self.is_truncated) = (0, None);
    }
}

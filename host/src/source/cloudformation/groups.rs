//! What hangs together: a forest in which each member points to another of its group.

/// The member that stands for a group; shortens the way there.
pub(super) fn root(parents: &mut [usize], member: usize) -> usize {
    let mut at = member;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

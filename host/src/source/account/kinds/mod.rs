//! From an account's items to the snapshot's resources: one function per kind, AWS's defaults filled in.

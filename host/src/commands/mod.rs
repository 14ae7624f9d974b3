//! What the commands do that have more to do than to call the library.

pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod init;
pub(crate) mod keys;
#[cfg(feature = "aws")]
mod progress;
#[cfg(feature = "aws")]
pub(crate) mod scan;

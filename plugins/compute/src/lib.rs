//! archlint's built-in compute rules.

archlint_sdk::plugin!();

//! archlint's built-in network rules.

archlint_sdk::plugin!();

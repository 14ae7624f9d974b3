//! archlint's built-in database rules.

archlint_sdk::plugin!();

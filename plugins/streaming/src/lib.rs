//! archlint's built-in streaming rules: STR.

archlint_sdk::plugin!();

//! archlint's built-in storage rules: STO.

archlint_sdk::plugin!();

//! archlint's built-in resilience rules: RES, GOV.

archlint_sdk::plugin!(stateful_singleton, tier_az_misalignment);

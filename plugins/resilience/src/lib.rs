//! archlint's built-in resilience rules: RES, GOV.

archlint_sdk::plugin!(tier_az_misalignment);

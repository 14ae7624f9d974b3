//! Collects an account's items: through AWS Config where it records them, else by direct calls.

mod config;
mod direct;

//! Items through AWS Config: its recorder, its queries, its batches.

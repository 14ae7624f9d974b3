//! The plugin's side of the boundary: generated bindings, and their conversion to the schema's types.

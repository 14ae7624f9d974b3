//! Items through the describe calls of each service, signed and read here.

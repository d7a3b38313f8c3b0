//! Typed template contexts, each with a sample.

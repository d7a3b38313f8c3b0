//! Configuration: load, validate, redact; one file per section.

//! What the product does: synchronous functions over a transaction; no HTTP, no SQL.

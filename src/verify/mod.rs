//! What a downstream service uses to check Symbolon's tokens.

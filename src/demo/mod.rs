//! The sample relying party and API that `symbolon demo` starts.

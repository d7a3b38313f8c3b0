//! Foreign libraries against the real server: verifiers of JavaScript, Python, Go and Java, and relying parties of
//! JavaScript and Python. What they need is fetched by `tests/interop/install.sh`, which `make test` calls first.

mod programs;
mod relying_parties;
mod verifiers;

pub(crate) use programs::installed;

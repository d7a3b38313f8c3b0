//! How much of everything: figures take seconds of it, and to see that all of it still works takes next to nothing.

use std::time::Duration;

/// How long what is measured runs, and how often.
pub(crate) struct Size {
    /// How often a load and its yardstick are measured in turn.
    pub(crate) rounds: usize,
    /// Each yardstick, after a warm-up of a tenth.
    pub(crate) raw: Duration,
    /// Each load.
    pub(crate) load: Duration,
    /// How much of a load warms up caches first.
    pub(crate) warm: Duration,
    /// The most codes that are collected to be exchanged.
    pub(crate) codes: usize,
    /// The sign-ins of which the median is taken.
    pub(crate) sign_ins: usize,
    /// The sign-ins without a pause.
    pub(crate) steady: Duration,
    /// The people who sign in at once.
    pub(crate) flood: usize,
    /// The refreshes before anybody else comes.
    pub(crate) quiet: usize,
    /// Whether these are figures, to be held against the goals.
    pub(crate) is_measured: bool,
}

const WHOLE: Size = Size {
    rounds: 7,
    raw: Duration::from_secs(2),
    load: Duration::from_secs(5),
    warm: Duration::from_secs(1),
    codes: 8000,
    sign_ins: 31,
    steady: Duration::from_secs(6),
    flood: 500,
    quiet: 400,
    is_measured: true,
};

const TOUCH: Size = Size {
    rounds: 1,
    raw: Duration::from_millis(10),
    load: Duration::from_millis(100),
    warm: Duration::from_millis(10),
    codes: 100,
    sign_ins: 1,
    steady: Duration::from_millis(100),
    flood: 8,
    quiet: 4,
    is_measured: false,
};

/// The word by which cargo says that figures are wanted.
pub(crate) const BENCH: &str = "--bench";

/// As `cargo bench` wants it, or `cargo test`.
pub(crate) fn size() -> Size {
    if std::env::args().any(|argument| argument == BENCH) { WHOLE } else { TOUCH }
}

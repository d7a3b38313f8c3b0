//! The table: what was measured, against what, and whether the goal is met.

use std::fmt;
use std::fmt::Write as _;

use crate::size::size;

/// What a ratio or a number must be.
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

/// A row.
struct Row {
    what: String,
    measured: String,
    against: String,
    value: String,
    goal: String,
    met: &'static str,
}

/// Rows, printed as Markdown.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// A rate against another of the same run.
    pub(crate) fn ratio(&mut self, what: &str, measured: f64, against: (&str, f64), goal: &Goal) {
        let (name, other) = against;
        let ratio = measured / other;
        let (goal, met) = judge(ratio, goal, "");
        let against = format!("{other:.0}/s {name}");
        self.add(Row {
            what: what.to_owned(),
            measured: format!("{measured:.0}/s"),
            against,
            value: format!("{ratio:.2}"),
            goal,
            met,
        });
    }

    /// A number on its own.
    pub(crate) fn number(&mut self, what: &str, value: f64, unit: &str, goal: &Goal) {
        let (goal, met) = judge(value, goal, unit);
        let measured = format!("{value:.1} {unit}");
        self.add(Row {
            what: what.to_owned(),
            measured,
            against: String::new(),
            value: String::new(),
            goal,
            met,
        });
    }

    /// Shows the row at once, since the whole takes minutes.
    fn add(&mut self, row: Row) {
        eprint!("{row}");
        self.0.push(row);
    }

    /// The whole table.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("| | measured | against | ratio | goal | |\n|---|---|---|---|---|---|\n");
        for row in &self.0 {
            let _infallible = write!(text, "{row}");
        }
        text
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, measured, against, value, goal, met } = self;
        writeln!(f, "| {what} | {measured} | {against} | {value} | {goal} | {met} |")
    }
}

fn judge(value: f64, goal: &Goal, unit: &str) -> (String, &'static str) {
    let word = |met: bool| if met { "met" } else { "MISSED" };
    match *goal {
        _ if !size().is_measured => (String::new(), "not measured"),
        Goal::AtLeast(least) => (format!("≥ {least} {unit}"), word(value >= least)),
        Goal::AtMost(most) => (format!("≤ {most} {unit}"), word(value <= most)),
        Goal::None => (String::new(), ""),
    }
}

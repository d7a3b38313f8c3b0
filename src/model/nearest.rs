//! The known name that was perhaps meant, for a name that names nothing.

/// How many changes of single letters lie between two names, in whatever case they are written.
pub fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

/// Whether a known name is near enough to be meant: a third of its letters may be wrong, and always one.
pub fn is_near(wanted: &str, known: &str) -> bool {
    distance(wanted, known) <= (known.chars().count() / 3).max(1)
}

/// The known name that looks most like this one, when one is near enough to be meant.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().filter(|name| is_near(wanted, name)).min_by_key(|name| (distance(wanted, name), *name))
}

/// `; did you mean …?` where a known name is near; else nothing.
pub fn did_you_mean<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wanted, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn only_a_near_name_is_offered() {
        let known = ["acme", "globex", "ada@acme.example"];
        assert_eq!(did_you_mean("acm", known), "; did you mean `acme`?");
        assert_eq!(did_you_mean("Acme", known), "; did you mean `acme`?");
        assert_eq!(did_you_mean("ada@amce.example", known), "; did you mean `ada@acme.example`?");
        assert_eq!(did_you_mean("initech", known), "");
        assert_eq!(did_you_mean("", known), "");
    }
}

//! The name that was perhaps meant, for an argument that names nothing.

/// More changes of letters than this, and it is another name.
const FAR: usize = 3;

/// `; did you mean …?` where a known name is near; else nothing.
pub(super) fn hint<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known
        .map(|name| (strsim::osa_distance(wanted, name), name))
        .filter(|(distance, name)| *distance <= FAR.min(name.chars().count() / 2))
        .min();
    near.map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn only_a_near_name_is_offered() {
        let known = || ["acme", "globex", "ada@acme.example"].into_iter();
        assert_eq!(hint("acm", known()), "; did you mean `acme`?");
        assert_eq!(hint("ada@amce.example", known()), "; did you mean `ada@acme.example`?");
        assert_eq!(hint("initech", known()), "");
        assert_eq!(hint("", known()), "");
    }
}

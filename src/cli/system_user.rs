//! Who sits at the machine: the person on whose behalf the operator's command runs (R60).

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::config::sources::process_variable;

/// The name of the process's user, with the person who became root by `sudo`; the number where there is no name.
pub(super) fn name() -> String {
    // The kernel's own word: variables like USER can be set to anything.
    let Ok(id) = fs::metadata("/proc/self").map(|process| process.uid()) else { return "unknown".to_owned() };
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = name_of(&accounts, id).unwrap_or_else(|| format!("uid {id}"));
    // Only root's environment counts here: whoever has it could write the record himself.
    match process_variable("SUDO_USER").filter(|_| id == 0) {
        Some(person) => format!("{name}, by sudo of {}", person.chars().take(64).collect::<String>()),
        None => name,
    }
}

/// The first name of this number (passwd(5)).
fn name_of(accounts: &str, id: u32) -> Option<String> {
    let id = id.to_string();
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_number_is_looked_up_in_its_own_field() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\n\nodd\nada:x:1000:0:Ada:/home/ada:/bin/sh\n";
        assert_eq!(name_of(accounts, 0).as_deref(), Some("root"));
        assert_eq!(name_of(accounts, 1000).as_deref(), Some("ada"));
        assert_eq!(name_of(accounts, 1), None);
    }
}

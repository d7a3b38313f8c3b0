//! Names that people have chosen, as they may stand in a mail that we sign for.

use crate::model::unseen::is_unseen;

/// The longest name, in characters.
const LONGEST: usize = 60;

/// A name as plain words: one line, not too long, without marks that nobody sees, and nothing that a mail program turns into
/// a link. Whoever may invite people must not thereby send them anywhere.
pub(super) fn plain_name(name: &str) -> String {
    let mut words = String::new();
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        let next = letters.peek();
        match c {
            c if c.is_control() || is_unseen(c) || matches!(c, '/' | '\\' | ':' | '@' | '<' | '>') => {
                words.push(' ');
            }
            '.' if next.is_some_and(|next| next.is_alphanumeric()) => words.push_str(". "),
            c => words.push(c),
        }
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST {
        return words;
    }
    let cut: String = words.chars().take(LONGEST - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_name_is_one_line_of_words_and_no_link() {
        for (name, plain) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("J.R.R. Tolkien", "J. R. R. Tolkien"),
            ("Ada\r\nBcc: eve@evil.example", "Ada Bcc eve evil. example"),
            ("https://evil.example/login", "https evil. example login"),
            ("\u{202e}adA\u{2028}x", "adA x"),
            ("<b>Ada</b>", "b Ada b"),
            ("", ""),
        ] {
            assert_eq!(plain_name(name), plain);
        }
        assert_eq!(plain_name(&"ab ".repeat(100)).chars().count(), 60);
    }
}

//! Mails as the people who get them read them.

use symbolon::effects::mail::Message;

/// A mail that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SentMail {
    /// The address.
    pub(crate) to: String,
    /// The subject.
    pub(crate) subject: String,
    /// The plain form.
    pub(crate) text: String,
    /// The other one.
    pub(crate) html: String,
}

impl From<Message> for SentMail {
    fn from(message: Message) -> Self {
        Self { to: message.to, subject: message.subject, text: message.text, html: message.html }
    }
}

impl SentMail {
    /// The one URL in it, which the HTML form has too.
    pub(crate) fn link(&self) -> String {
        let links: Vec<&str> = self
            .text
            .split_whitespace()
            .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
            .collect();
        let [link] = links.as_slice() else { panic!("not one link: {}", self.text) };
        let escaped = link.replace('&', "&#38;");
        assert!(self.html.contains(&format!("href=\"{escaped}\"")), "{}", self.html);
        (*link).to_owned()
    }

    /// The path and query of that URL, which must be one of this server.
    pub(crate) fn path(&self, issuer: &str) -> String {
        let link = self.link();
        link.strip_prefix(issuer).unwrap_or_else(|| panic!("{link} is not at {issuer}")).to_owned()
    }

    /// The one code of six digits or more that stands alone in a line.
    pub(crate) fn code(&self) -> String {
        let is_code = |line: &&str| line.len() >= 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        let codes: Vec<&str> = self.text.lines().map(str::trim).filter(is_code).collect();
        let [code] = codes.as_slice() else { panic!("not one code: {}", self.text) };
        assert!(self.html.contains(code), "{}", self.html);
        (*code).to_owned()
    }
}

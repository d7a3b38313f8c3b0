//! `[mail]`: how mail leaves. Nothing is mailed yet, but a production deployment without a way to mail is refused from
//! the first day (R70), so that recovery and notices need no change of settings later.

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::secret::Secret;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "mail",
    doc: "How mail leaves. This version sends none yet, but a production deployment must be able to.",
    keys: &[
        Key::new(
            "mail.transport",
            Kind::Choice(&["none", "smtp"]),
            "none",
            "`none` is refused in production.",
        ),
        Key::optional("mail.from", Kind::Text, "The sender, like `Example <id@example.com>`."),
        Key::optional("mail.smtp_host", Kind::Text, "The mail server's name."),
        Key::new("mail.smtp_port", Kind::Count { least: 1, most: 65535 }, "587", "Its port."),
        Key::optional("mail.smtp_user", Kind::Text, "The user name there."),
        Key::secret("mail.smtp_password", "The password there."),
        Key::optional("mail.smtp_password_file", Kind::Path, "A file that holds the password instead."),
    ],
};

/// See [`SECTION`].
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The way out.
    pub transport: MailTransport,
}

/// The way mail leaves.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// No mail.
    None,
    /// A mail server.
    Smtp {
        /// The sender.
        from: String,
        /// The server's name.
        host: String,
        /// The server's port.
        port: u16,
        /// User name and password, where it wants them.
        login: Option<(String, Secret<String>)>,
    },
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let from = reader.text("mail.from");
        let host = reader.text("mail.smtp_host");
        let port = u16::try_from(reader.count("mail.smtp_port")).unwrap_or_default();
        let user = reader.text("mail.smtp_user");
        let password = reader.secret("mail.smtp_password", "mail.smtp_password_file");
        if user.is_some() != password.is_some() {
            reader.fault("mail.smtp_user", "a user name and a password go together");
        }
        if reader.choice("mail.transport") != "smtp" {
            return Self { transport: MailTransport::None };
        }
        for (key, missing) in [("mail.from", from.is_none()), ("mail.smtp_host", host.is_none())] {
            if missing {
                reader.fault(key, "needed by mail.transport = \"smtp\"");
            }
        }
        Self {
            transport: MailTransport::Smtp {
                from: from.unwrap_or_default(),
                host: host.unwrap_or_default(),
                port,
                login: user.zip(password),
            },
        }
    }
}

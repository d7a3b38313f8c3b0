//! `[mail]`: how mail leaves. A production deployment without a way to mail is refused (R70): recovery and notices need it.

use std::time::Duration;

use lettre::message::Mailbox;
use url::Host;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};
use crate::model::secret::Secret;

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "mail",
    doc: "How mail leaves: through one mail server, by SMTP. Its certificate is judged by the system's roots and by those of `outbound.root_ca_file`. `symbolon mail test` tries the settings.",
    keys: &[
        Key::new(
            "mail.transport",
            Kind::Choice(&["none", "smtp"]),
            "none",
            "`none` is refused in production.",
        ),
        Key::optional("mail.from", Kind::Text, "The sender, like `Example <id@example.com>`."),
        Key::optional("mail.reply_to", Kind::Text, "Where answers go, if not to the sender."),
        Key::optional("mail.smtp_host", Kind::Text, "The mail server's name."),
        Key::new("mail.smtp_port", Kind::Count { least: 1, most: 65535 }, "587", "Its port."),
        Key::new(
            "mail.smtp_tls",
            Kind::Choice(&["starttls", "tls", "none"]),
            "starttls",
            "How the way there is encrypted: `starttls` begins in the clear and sends nothing unless the server then turns to TLS; `tls` is encrypted from the first byte, usually on port 465; `none` is accepted for a server on this machine only, and refused in production.",
        ),
        Key::new(
            "mail.timeout",
            Kind::Duration { least: 1, most: 120 },
            "30s",
            "The longest that one mail may take, from the name look-up to the server's last word. What fails is tried again after one minute, then after longer and longer waits, for about a day; then it is given up, and `symbolon mail list` shows it.",
        ),
        Key::new(
            "mail.connections",
            Kind::Count { least: 1, most: 32 },
            "4",
            "Mails that one node sends at the same time, each over a connection of its own.",
        ),
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
    /// Mails that a node sends at once.
    pub connections: usize,
}

/// The way mail leaves.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// No mail.
    None,
    /// A mail server.
    Smtp(Box<SmtpConfig>),
}

/// A mail server, and what we are there.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The sender.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Option<Mailbox>,
    /// The server's name.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// How the way there is encrypted.
    pub tls: MailTls,
    /// User name and password, where it wants them.
    pub login: Option<(String, Secret<String>)>,
    /// The longest that one mail may take.
    pub timeout: Duration,
}

/// How the way to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// After STARTTLS (RFC 3207).
    StartTls,
    /// From the first byte (RFC 8314).
    Tls,
    /// Not at all.
    None,
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let from = reader.parse("mail.from", mailbox);
        let reply_to = reader.parse("mail.reply_to", mailbox);
        let host = reader.text("mail.smtp_host");
        let port = u16::try_from(reader.count("mail.smtp_port")).unwrap_or_default();
        let tls = match reader.choice("mail.smtp_tls").as_str() {
            "tls" => MailTls::Tls,
            "none" => MailTls::None,
            _ => MailTls::StartTls,
        };
        let timeout = reader.duration("mail.timeout");
        let user = reader.text("mail.smtp_user");
        let password = reader.secret("mail.smtp_password", "mail.smtp_password_file");
        if user.is_some() != password.is_some() {
            reader.fault("mail.smtp_user", "a user name and a password go together");
        }
        let connections = reader.count("mail.connections");
        if reader.choice("mail.transport") != "smtp" {
            return Self { transport: MailTransport::None, connections };
        }
        for key in ["mail.from", "mail.smtp_host"] {
            if reader.text(key).is_none() {
                reader.fault(key, "needed by mail.transport = \"smtp\"");
            }
        }
        let (Some(from), Some(host)) = (from, host) else {
            return Self { transport: MailTransport::None, connections };
        };
        if tls == MailTls::None && !is_this_machine(&host) {
            reader.fault("mail.smtp_tls", "none is for a mail server on this machine only");
        }
        let login = user.zip(password);
        let smtp = SmtpConfig { from, reply_to, host, port, tls, login, timeout };
        Self { transport: MailTransport::Smtp(Box::new(smtp)), connections }
    }
}

/// Reads `id@example.com` or `Example <id@example.com>`.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let one_line = !text.chars().any(char::is_control);
    let read = text.parse().ok().filter(|_| one_line);
    read.ok_or_else(|| "write an address like id@example.com or Example <id@example.com>".to_owned())
}

/// Whether a name leads to this machine and to no other.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => Host::parse(host).is_ok_and(|host| host == Host::Domain("localhost".to_owned())),
    }
}

//! Mail as it leaves: one message to one person. A real server by SMTP, a box in memory for tests and the demo, or nothing.

mod memory;
mod smtp;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use memory::MailBox;
pub use smtp::{InvalidMailRoots, Security, Smtp, SmtpSettings};

use crate::model::ids::MailId;
use crate::model::time::Timestamp;

/// A try that ends later.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Hands one message to whoever delivers it. It is on its way when this answers, and else it is not, but for a
    /// connection that breaks while the answer is under way.
    fn send(&self, message: &Message) -> Sending<'_>;
}

/// One message to one person, in two forms that say the same.
#[derive(Clone)]
pub struct Message {
    /// Makes the `Message-ID`, the same at every try, so that a mail that came twice is shown once.
    pub id: MailId,
    /// The `Date`.
    pub at: Timestamp,
    /// The address, alone: no name ever stands beside it.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The plain form.
    pub text: String,
    /// The other one, without anything that is fetched.
    pub html: String,
}

impl fmt::Debug for Message {
    /// Shows the id only: a message holds links that sign in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a message is not on its way. Nothing of it comes from a server's own words, which may hold addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The configuration names no mail server.
    #[error("no mail server is configured: set mail.transport and mail.smtp_host")]
    NoTransport,
    /// No such name, or nobody answers there.
    #[error("the mail server cannot be reached: check mail.smtp_host and mail.smtp_port")]
    Unreachable,
    /// It took longer than it may.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// It offers no encryption, or its certificate is not trusted.
    #[error(
        "no trusted encryption with the mail server: it offers none of the kind that mail.smtp_tls asks for, or its \
         certificate does not name mail.smtp_host or comes from nobody we trust"
    )]
    Tls,
    /// It does not accept the user name and the password.
    #[error("the mail server refused the sign-in: check mail.smtp_user and mail.smtp_password")]
    SignIn,
    /// It says to come back later (RFC 5321 §4.2.1, 4yz).
    #[error("the mail server does not take the mail now")]
    Busy,
    /// It says no for good (RFC 5321 §4.2.1, 5yz).
    #[error("the mail server refused the mail: the address may not exist, or mail.from may not send there")]
    Refused,
    /// It says nothing that could be understood.
    #[error("the mail server does not speak SMTP as it should")]
    Odd,
    /// The address cannot be written to, or not through this server.
    #[error("the address is none that the mail server can deliver to")]
    Address,
}

impl SendError {
    /// The word for it in the table, the log and the lists of the operator.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoTransport => "no_transport",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Tls => "tls",
            Self::SignIn => "sign_in",
            Self::Busy => "busy",
            Self::Refused => "refused",
            Self::Odd => "odd_answer",
            Self::Address => "address",
        }
    }

    /// Whether another try would end the same way.
    pub const fn is_final(self) -> bool {
        match self {
            Self::NoTransport | Self::Refused | Self::Address => true,
            Self::Unreachable | Self::TimedOut | Self::Tls | Self::SignIn | Self::Busy | Self::Odd => false,
        }
    }
}

/// Sends nothing: for a deployment on this machine that names no mail server.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMailer;

impl Mailer for NoMailer {
    fn send(&self, _: &Message) -> Sending<'_> {
        Box::pin(std::future::ready(Err(SendError::NoTransport)))
    }
}

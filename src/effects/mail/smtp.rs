//! SMTP (RFC 5321) through one server, encrypted by STARTTLS (RFC 3207) or from the first byte (RFC 8314), never by chance:
//! where encryption is asked for and not offered, nothing is sent.

use std::error::Error as _;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message as Composed};
use tokio::time::{Instant, timeout};

use super::{Mailer, Message, SendError, Sending};
use crate::model::email::Email;
use crate::model::secret::Secret;

/// Connections that are kept open for the next message.
const IDLE: usize = 4;

/// How long one is kept: servers close what stands still.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// How the way to the server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// It begins in the clear and must turn to TLS before anything is said (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls,
    /// None: for a server on this machine alone.
    None,
}

/// What an operator may set (docs/configuration.md, `[mail]`).
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The sender.
    pub from: Mailbox,
    /// Where answers go, where that is another address.
    pub reply_to: Option<Mailbox>,
    /// The server's name, which its certificate has to show.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// How the way there is kept from others.
    pub security: Security,
    /// User name and password, where it wants them.
    pub login: Option<(String, Secret<String>)>,
    /// PEM certificates that are trusted besides the system's.
    pub extra_roots: Option<Vec<u8>>,
    /// The name that we greet with and that ends our `Message-ID`s: the host of the issuer.
    pub own_name: String,
    /// How long one message may take in all.
    pub timeout: Duration,
}

/// The extra roots are not certificates in PEM form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file holds no certificates in PEM form")]
pub struct InvalidMailRoots;

/// A mail server.
pub struct Smtp {
    settings: SmtpSettings,
    greeting: ClientId,
    /// `None` where no encryption is asked for, and where the machine has no root certificates at all.
    tls: Option<TlsParameters>,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("host", &self.settings.host).finish_non_exhaustive()
    }
}

impl Smtp {
    /// A server; nothing is asked of it yet.
    ///
    /// # Errors
    /// The extra roots are no certificates.
    pub fn new(settings: SmtpSettings) -> Result<Self, InvalidMailRoots> {
        let tls = trust(&settings)?;
        let greeting = ClientId::Domain(settings.own_name.clone());
        Ok(Self { settings, greeting, tls, idle: Mutex::default() })
    }

    async fn deliver(&self, message: Message) -> Result<(), SendError> {
        let envelope = Envelope::new(Some(self.settings.from.email.clone()), vec![recipient(&message.to)?])
            .map_err(|_| SendError::Address)?;
        let bytes = self.compose(&message).ok_or(SendError::Address)?;
        // A connection whose answer nobody waited for is dropped, or the next message would take that answer for its own.
        let whole = async {
            let mut connection = self.connection().await?;
            connection.send(&envelope, &bytes).await.map_err(|error| explain(&error))?;
            Ok(connection)
        };
        let connection = timeout(self.settings.timeout, whole).await.map_err(|_| SendError::TimedOut)??;
        self.keep(connection);
        Ok(())
    }

    /// One that stands open and answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, SendError> {
        while let Some(mut connection) = self.take() {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < KEPT_FOR);
        idle.pop().map(|(_, connection)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE && !connection.has_broken() {
            idle.push((Instant::now(), connection));
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let settings = &self.settings;
        let server = (settings.host.as_str(), settings.port);
        let trusted = || self.tls.clone().ok_or(SendError::Tls);
        let wrapped = match settings.security {
            Security::Tls => Some(trusted()?),
            Security::StartTls | Security::None => None,
        };
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(settings.timeout),
            &self.greeting,
            wrapped,
            None,
        )
        .await
        .map_err(|error| explain(&error))?;
        if settings.security == Security::StartTls {
            if !connection.can_starttls() {
                return Err(SendError::Tls);
            }
            connection.starttls(trusted()?, &self.greeting).await.map_err(|error| explain(&error))?;
        }
        if settings.security != Security::None && !connection.is_encrypted() {
            return Err(SendError::Tls);
        }
        if let Some((user, password)) = &settings.login {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            let signed_in = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            // Whatever is said for good here is said of us, and not of the mail.
            signed_in.map_err(|error| {
                let meant = explain(&error);
                if meant.is_final() { SendError::SignIn } else { meant }
            })?;
        }
        Ok(connection)
    }

    /// The whole message as it is sent; `None` where its parts cannot be written down.
    fn compose(&self, message: &Message) -> Option<Vec<u8>> {
        let seconds = u64::try_from(message.at.unix()).unwrap_or_default();
        let mut composed = Composed::builder()
            .from(self.settings.from.clone())
            .to(Mailbox::new(None, recipient(&message.to).ok()?))
            .subject(one_line(&message.subject))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}@{}>", message.id, self.settings.own_name)))
            .header(AutoSubmitted);
        if let Some(reply_to) = &self.settings.reply_to {
            composed = composed.reply_to(reply_to.clone());
        }
        let parts = MultiPart::alternative()
            .boundary(format!("symbolon-{}", message.id))
            .singlepart(SinglePart::plain(message.text.clone()))
            .singlepart(SinglePart::html(message.html.clone()));
        Some(composed.multipart(parts).ok()?.formatted())
    }
}

impl Mailer for Smtp {
    fn send(&self, message: &Message) -> Sending<'_> {
        let message = message.clone();
        Box::pin(self.deliver(message))
    }
}

/// Whom the server is believed by.
fn trust(settings: &SmtpSettings) -> Result<Option<TlsParameters>, InvalidMailRoots> {
    if settings.security == Security::None {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.extra_roots {
        for root in roots(pem)? {
            builder = builder.add_root_certificate(root);
        }
    }
    match builder.build() {
        Ok(tls) => Ok(Some(tls)),
        Err(_) if settings.extra_roots.is_some() => Err(InvalidMailRoots),
        Err(error) => {
            tracing::warn!(%error, "no mail can be sent: the system has no root certificates");
            Ok(None)
        }
    }
}

fn roots(pem: &[u8]) -> Result<Vec<Certificate>, InvalidMailRoots> {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;

    let found: Result<Vec<Certificate>, InvalidMailRoots> = CertificateDer::pem_slice_iter(pem)
        .map(|item| {
            let der = item.map_err(|_| InvalidMailRoots)?.to_vec();
            Certificate::from_der(der).map_err(|_| InvalidMailRoots)
        })
        .collect();
    found.and_then(|found| if found.is_empty() { Err(InvalidMailRoots) } else { Ok(found) })
}

/// The address as servers write it: the domain in its ASCII form. Read by the one rule for addresses (D3), whoever wrote the
/// row, so that nothing but an address stands in an envelope or a header.
fn recipient(address: &str) -> Result<Address, SendError> {
    let email: Email = address.parse().map_err(|_| SendError::Address)?;
    let (local, _) = email.spelling().split_once(['@', '\u{FF20}']).ok_or(SendError::Address)?;
    Address::new(local, email.domain()).map_err(|_| SendError::Address)
}

/// A header is one line, whatever it is made of.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')).collect::<Vec<_>>().join(" ")
}

/// What an error means for the mail; its own words are kept from everybody.
fn explain(error: &lettre::transport::smtp::Error) -> SendError {
    if let Some(code) = error.status() {
        return match code.to_string().as_str() {
            // RFC 4954 §6 and RFC 3207 §4: about the sign-in, not about the mail.
            "432" | "454" | "530" | "534" | "535" | "538" => SendError::SignIn,
            _ if error.is_permanent() => SendError::Refused,
            _ => SendError::Busy,
        };
    }
    let mut cause = error.source();
    while let Some(source) = cause {
        let inner = source.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
            || source.is::<rustls::Error>()
        {
            return SendError::Tls;
        }
        cause = source.source();
    }
    if error.is_tls() {
        SendError::Tls
    } else if error.is_timeout() {
        SendError::TimedOut
    } else if error.is_client() {
        // What we may not ask of a server that lacks an extension: an address beyond ASCII.
        SendError::Address
    } else if error.is_response() {
        SendError::Odd
    } else {
        SendError::Unreachable
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834 §5): no program answers this with a note that somebody is away.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

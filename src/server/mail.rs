//! Mail as the configuration wants it.

use std::sync::Arc;

use crate::config::Config;
use crate::config::fault::{ConfigFault, in_words};
use crate::config::mail::{MailTls, MailTransport};
use crate::effects::mail::{Mailer, NoMailer, Security, Smtp, SmtpSettings};
use crate::jobs::{MailContext, MailWorker};
use crate::web::edge::Edge;

/// The way out.
///
/// # Errors
/// The file of further roots cannot be read, or holds no certificates.
pub fn mailer(config: &Config) -> Result<Arc<dyn Mailer>, ConfigFault> {
    let smtp = match &config.mail.transport {
        MailTransport::None => return Ok(Arc::new(NoMailer)),
        MailTransport::Smtp(smtp) => smtp,
    };
    let fault = |message: String| ConfigFault::of_key("outbound.root_ca_file", message);
    let extra_roots = match &config.outbound.root_ca_file {
        None => None,
        Some(path) => Some(
            std::fs::read(path)
                .map_err(|error| fault(format!("cannot read {}: {}", path.display(), in_words(&error))))?,
        ),
    };
    let settings = SmtpSettings {
        from: smtp.from.clone(),
        reply_to: smtp.reply_to.clone(),
        host: smtp.host.clone(),
        port: smtp.port,
        security: match smtp.tls {
            MailTls::StartTls => Security::StartTls,
            MailTls::Tls => Security::Tls,
            MailTls::None => Security::None,
        },
        login: smtp.login.clone(),
        extra_roots,
        own_name: config.server.issuer.host().to_string(),
        timeout: smtp.timeout,
    };
    Ok(Arc::new(Smtp::new(settings).map_err(|error| fault(error.to_string()))?))
}

/// The worker of a node.
pub fn worker(edge: &Edge, config: &Config) -> MailWorker {
    MailWorker::new(MailContext {
        database: edge.database.clone(),
        clock: Arc::clone(&edge.clock),
        random: Arc::clone(&edge.random),
        issuer: Arc::clone(&edge.issuer),
        terms: edge.mail.clone(),
        mailer: Arc::clone(&edge.mailer),
        catalogue: edge.catalogue.clone(),
        deployment: edge.rules.deployment.clone(),
        at_once: config.mail.connections,
    })
}

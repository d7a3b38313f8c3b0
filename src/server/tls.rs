//! TLS of our own listener: 1.2 and 1.3 with the suites of rustls, which are all ECDHE with AEAD (R73).

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::version::{TLS12, TLS13};
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::fault::{ConfigFault, in_words};
use crate::config::server::TlsFiles;

/// Reads certificate and key.
///
/// # Errors
/// A fault that names the file which cannot be read, or says that the two do not belong together.
pub(super) fn load(files: &TlsFiles) -> Result<ServerConfig, ConfigFault> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable("server.tls_certificate", &files.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| unreadable("server.tls_key", &files.key, &error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| ConfigFault::of_key("server.tls_certificate", error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| {
            ConfigFault::of_key("server.tls_key", format!("does not go with the certificate: {error}"))
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn unreadable(key: &str, path: &Path, error: &pem::Error) -> ConfigFault {
    let why = if let pem::Error::Io(error) = error { in_words(error) } else { "it is not PEM".to_owned() };
    ConfigFault::of_key(key, format!("cannot read {}: {why}", path.display()))
}

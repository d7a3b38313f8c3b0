//! Our own signing keys: RSA-2048, used with RS256.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use josekit::JoseError;
use josekit::jws::{JwsAlgorithm, JwsSigner, RS256};

use super::jwk::{Algorithm, Jwk, PublicKey};
use crate::model::failure::Failure;
use crate::model::secret::Secret;

/// A private key with its public side. Cloning shares the key.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<RsaKeyPair>,
    public: Arc<Jwk>,
    kid: Arc<str>,
}

impl SigningKey {
    /// Makes a new key; takes up to a few hundred milliseconds, so never inside a transaction.
    pub fn generate() -> Result<Self, Failure> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048)
            .map_err(|_| Failure::internal("generating a signing key"))?;
        Self::from_pair(pair)
    }

    /// Reads an unencrypted PKCS#8 document.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Failure> {
        let pair = RsaKeyPair::from_pkcs8(der)
            .map_err(|error| Failure::internal("reading a signing key").because(error))?;
        Self::from_pair(pair)
    }

    /// The private key in PKCS#8, to be sealed.
    pub fn to_pkcs8(&self) -> Result<Secret<Vec<u8>>, Failure> {
        let der: Pkcs8V1Der<'static> =
            self.pair.as_der().map_err(|_| Failure::internal("writing a signing key"))?;
        Ok(Secret::new(der.as_ref().to_vec()))
    }

    /// The key's name: its RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public side, as the JWKS shows it.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    fn from_pair(pair: RsaKeyPair) -> Result<Self, Failure> {
        let key = pair.public_key();
        let public = PublicKey::rsa(
            key.modulus().big_endian_without_leading_zero(),
            key.exponent().big_endian_without_leading_zero(),
        )
        .map_err(|error| Failure::internal("reading the public side of a signing key").because(error))?;
        let kid: Arc<str> = public.thumbprint().into();
        let public = Jwk::new(public).named(&kid).with_algorithm(Algorithm::Rs256);
        Ok(Self { pair: Arc::new(pair), public: Arc::new(public), kid })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}

/// josekit writes the token; aws-lc signs it, a third faster than josekit's own signer.
impl JwsSigner for SigningKey {
    fn algorithm(&self) -> &dyn JwsAlgorithm {
        &RS256
    }

    fn key_id(&self) -> Option<&str> {
        Some(&self.kid)
    }

    fn signature_len(&self) -> usize {
        self.pair.public_modulus_len()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|error| JoseError::InvalidSignature(error.into()))?;
        Ok(signature)
    }

    fn box_clone(&self) -> Box<dyn JwsSigner> {
        Box::new(self.clone())
    }
}

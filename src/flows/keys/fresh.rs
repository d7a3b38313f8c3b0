//! New key material. Making it takes time, so it is made before the transaction that stores it.

use crate::crypto::seal::{Place, Sealer};
use crate::crypto::signing_key::SigningKey;
use crate::flows::Call;
use crate::model::failure::Failure;
use crate::model::signing_key::{KeyPurpose, KeyRecord};

/// A new key, its private side sealed, that no database has seen yet.
#[derive(Debug)]
pub struct FreshKey(KeyRecord);

impl FreshKey {
    /// Makes a key. Blocks for up to a few hundred milliseconds.
    pub fn make(purpose: KeyPurpose, sealer: &Sealer, call: &Call) -> Result<Self, Failure> {
        let key = SigningKey::generate()?;
        let envelope = sealer
            .seal(place(key.kid()), key.to_pkcs8()?.expose(), &*call.random)
            .map_err(|error| Failure::internal("sealing a signing key").because(error))?;
        let public = serde_json::to_string(key.public())
            .map_err(|error| Failure::internal("writing a public key").because(error))?;
        Ok(Self(KeyRecord::next(key.kid().to_owned(), purpose, public, envelope, call.now)))
    }

    /// Makes one key for each of these purposes, on threads that may block.
    pub async fn make_all(
        purposes: Vec<KeyPurpose>,
        sealer: &Sealer,
        call: &Call,
    ) -> Result<Vec<Self>, Failure> {
        let making: Vec<_> = purposes
            .into_iter()
            .map(|purpose| {
                let (sealer, call) = (sealer.clone(), call.clone());
                tokio::task::spawn_blocking(move || Self::make(purpose, &sealer, &call))
            })
            .collect();
        let mut made = Vec::with_capacity(making.len());
        for one in making {
            made.push(one.await.map_err(|error| Failure::internal("making a signing key").because(error))??);
        }
        Ok(made)
    }

    /// What it will sign.
    pub const fn purpose(&self) -> KeyPurpose {
        self.0.purpose
    }

    pub(super) fn into_record(self) -> KeyRecord {
        self.0
    }
}

/// Whether the private side of a key, where it is kept, opens under this sealer.
pub fn check_opens(key: &KeyRecord, sealer: &Sealer) -> Result<(), Failure> {
    if key.sealed_private.is_some() { open(key, sealer).map(drop) } else { Ok(()) }
}

/// Opens the private side of a stored key.
pub(super) fn open(key: &KeyRecord, sealer: &Sealer) -> Result<SigningKey, Failure> {
    let envelope = key
        .sealed_private
        .as_deref()
        .ok_or_else(|| Failure::internal("a signing key has no private side"))?;
    let private = sealer
        .open(place(&key.kid), envelope)
        .map_err(|error| Failure::unavailable("opening a signing key").because(error))?;
    let opened = SigningKey::from_pkcs8(private.expose())?;
    if opened.kid() == key.kid {
        Ok(opened)
    } else {
        Err(Failure::internal("a signing key has another name"))
    }
}

const fn place(kid: &str) -> Place<'_> {
    Place { tenant: None, table: "signing_keys", row: kid, column: "sealed_private" }
}

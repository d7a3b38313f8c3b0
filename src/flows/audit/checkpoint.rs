//! Signed checkpoints: the head of a chain, its Merkle root and the time, signed with our key. Kept outside of the
//! database, one finds a chain that was cut or built anew (P137).

use serde::{Deserialize, Serialize};

use super::chain::Summary;
use crate::crypto::jwt::{TokenKind, VerificationKeys, sign, verify};
use crate::crypto::signing_key::SigningKey;
use crate::flows::Call;
use crate::flows::keys::Keys;
use crate::model::failure::Failure;
use crate::model::ids::TenantId;
use crate::model::issuer::Issuer;

/// A statement about a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Who states it: our issuer.
    pub iss: String,
    /// Whose chain.
    pub tenant_id: TenantId,
    /// The number of the last event: how many there are.
    pub seq: i64,
    /// Its hash.
    pub head: String,
    /// The Merkle root over the hashes of all events.
    pub root: String,
    /// When it was stated, in seconds since the epoch.
    pub iat: i64,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// Not signed by a key of ours.
    #[error("the checkpoint is not signed by a key of this deployment")]
    Signature,
    /// Of another tenant or deployment.
    #[error("the checkpoint is of another tenant or deployment")]
    Foreign,
}

/// The checkpoints of one chain, by what they are worth.
#[derive(Debug, Default)]
pub struct KnownCheckpoints {
    /// What a sound chain agrees with. Those of a revoked key too: the honest ones among them still find a cut, and one
    /// that somebody forged with the stolen key finds him.
    pub stated: Vec<Checkpoint>,
    /// The names of those whose key was revoked: that the chain agrees with them proves nothing by itself.
    pub withdrawn: Vec<String>,
    /// The names of those that are not believed, and why.
    pub refused: Vec<(String, CheckpointFault)>,
}

impl KnownCheckpoints {
    /// Reads statements, each with the name by which it is spoken of.
    pub fn read(
        named: impl IntoIterator<Item = (String, String)>,
        tenant: TenantId,
        issuer: &Issuer,
        keys: &Keys,
    ) -> Self {
        let mut read = Self::default();
        for (name, statement) in named {
            let good = read_checkpoint(&statement, tenant, issuer, keys.own());
            let verdict = good.or_else(|fault| {
                let withdrawn = read_checkpoint(&statement, tenant, issuer, keys.revoked());
                withdrawn.inspect(|_| read.withdrawn.push(name.clone())).map_err(|_| fault)
            });
            match verdict {
                Ok(checkpoint) => read.stated.push(checkpoint),
                Err(fault) => read.refused.push((name, fault)),
            }
        }
        read
    }
}

/// States what a verified chain holds: a compact JWS of type `checkpoint+jwt`.
pub fn state_checkpoint(
    call: &Call,
    tenant: TenantId,
    summary: &Summary,
    key: &SigningKey,
) -> Result<String, Failure> {
    let checkpoint = Checkpoint {
        iss: call.issuer.as_str().to_owned(),
        tenant_id: tenant,
        seq: summary.head.seq,
        head: summary.head.hash.clone(),
        root: summary.root.clone(),
        iat: call.now.unix(),
    };
    sign(key, TokenKind::AuditCheckpoint, &checkpoint)
}

/// Reads a checkpoint of this tenant's chain.
pub fn read_checkpoint(
    statement: &str,
    tenant: TenantId,
    issuer: &Issuer,
    keys: &VerificationKeys,
) -> Result<Checkpoint, CheckpointFault> {
    let claims = verify(statement.trim(), TokenKind::AuditCheckpoint, keys)
        .map_err(|_| CheckpointFault::Signature)?
        .into_map();
    let checkpoint: Checkpoint =
        serde_json::from_value(claims.into()).map_err(|_| CheckpointFault::Foreign)?;
    if checkpoint.tenant_id == tenant && checkpoint.iss == issuer.as_str() {
        Ok(checkpoint)
    } else {
        Err(CheckpointFault::Foreign)
    }
}

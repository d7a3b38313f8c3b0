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
    #[error("it is no checkpoint that a key of this deployment signed")]
    Signature,
    /// Of another tenant or deployment.
    #[error("the checkpoint is of another tenant or deployment")]
    Foreign,
}

/// A checkpoint that a key of ours signed.
#[derive(Debug, Clone)]
pub struct KnownCheckpoint {
    /// By which it is spoken of. Nothing else follows from it: what a checkpoint is about is signed.
    pub name: String,
    /// What it states.
    pub checkpoint: Checkpoint,
    /// Its key was revoked since: that a chain agrees with it proves nothing by itself. It is compared all the same: the
    /// honest ones still find a cut, and one that somebody forged with the stolen key finds him.
    pub withdrawn: bool,
}

/// Checkpoints by what they are worth.
#[derive(Debug, Default)]
pub struct KnownCheckpoints {
    /// What sound chains agree with.
    pub believed: Vec<KnownCheckpoint>,
    /// The names of those that are not believed, and why.
    pub refused: Vec<(String, CheckpointFault)>,
}

impl KnownCheckpoints {
    /// Reads statements over any chain, each with the name by which it is spoken of.
    pub fn read(named: impl IntoIterator<Item = (String, String)>, issuer: &Issuer, keys: &Keys) -> Self {
        let mut read = Self::default();
        for (name, statement) in named {
            let good = read_checkpoint(&statement, issuer, keys.own());
            let withdrawn = good.is_err();
            let of_any_key =
                good.or_else(|fault| read_checkpoint(&statement, issuer, keys.revoked()).map_err(|_| fault));
            match of_any_key {
                Ok(checkpoint) => read.believed.push(KnownCheckpoint { name, checkpoint, withdrawn }),
                Err(fault) => read.refused.push((name, fault)),
            }
        }
        read
    }

    /// Refuses those that state something of another chain than this tenant's.
    #[must_use]
    pub fn over(mut self, tenant: TenantId) -> Self {
        let foreign = self.believed.extract_if(.., |known| known.checkpoint.tenant_id != tenant);
        self.refused.extend(foreign.map(|known| (known.name, CheckpointFault::Foreign)));
        self
    }

    /// What they state.
    pub fn stated(&self) -> Vec<Checkpoint> {
        self.believed.iter().map(|known| known.checkpoint.clone()).collect()
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

/// Reads a checkpoint of a chain of ours.
pub fn read_checkpoint(
    statement: &str,
    issuer: &Issuer,
    keys: &VerificationKeys,
) -> Result<Checkpoint, CheckpointFault> {
    let claims = verify(statement.trim(), TokenKind::AuditCheckpoint, keys)
        .map_err(|_| CheckpointFault::Signature)?
        .into_map();
    let checkpoint: Checkpoint =
        serde_json::from_value(claims.into()).map_err(|_| CheckpointFault::Foreign)?;
    if checkpoint.iss == issuer.as_str() { Ok(checkpoint) } else { Err(CheckpointFault::Foreign) }
}

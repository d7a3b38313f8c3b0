//! Brings an empty database to where a server can start: the tenant `platform` and the first signing keys. What is
//! there already stays, so that running it twice is harmless.

use std::sync::Arc;

use crate::crypto::seal::Sealer;
use crate::effects::{Clock, Random};
use crate::flows::keys::{self, FreshKey};
use crate::flows::{Call, initialise};
use crate::model::audit::Actor;
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::storage::{Database, PlatformScope};

/// A call of the operator at the machine itself.
pub fn operator_call(clock: &dyn Clock, random: Arc<dyn Random>, issuer: &Issuer) -> Call {
    Call::of_process(clock, random, Arc::new(issuer.clone()))
}

/// Makes what is missing.
///
/// # Errors
/// The database does not answer.
pub async fn initialise(database: &Database, sealer: &Sealer, call: &Call) -> Result<(), Failure> {
    let right = PlatformScope::operator();
    let own = call.clone();
    let missing = database
        .write_platform(&right, move |tx| {
            initialise::platform(tx, &own)?;
            keys::missing(tx)
        })
        .await?;
    let fresh = FreshKey::make_all(missing, sealer, call).await?;
    let own = call.clone();
    database.write_platform(&right, move |tx| keys::fill(tx, &own, &Actor::Operator, fresh)).await?;
    Ok(())
}

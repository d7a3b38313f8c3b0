//! Which resource servers a token is for (RFC 8707 §2, D7).

use std::collections::BTreeSet;

use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceIndicator;
use crate::storage::Directory;
use crate::storage::records::resource_servers;

/// The identifiers that a request names, if this client may name them all. `None` is `invalid_target`.
pub(super) fn named(
    directory: &mut Directory<'_>,
    client: &Client,
    params: &Params,
) -> Result<Option<Vec<String>>, Failure> {
    let mut asked = BTreeSet::new();
    for text in params.all("resource") {
        let Ok(resource) = text.parse::<ResourceIndicator>() else { return Ok(None) };
        if !client.metadata.resources.iter().any(|own| own == resource.as_str()) {
            return Ok(None);
        }
        asked.insert(resource.as_str().to_owned());
    }
    let asked: Vec<String> = asked.into_iter().collect();
    let active =
        resource_servers::find(directory, &asked)?.iter().filter(|server| server.status.is_active()).count();
    Ok((active == asked.len()).then_some(asked))
}

//! Client and people as the pages show them.

use super::visitor::Visitor;
use crate::flows::login::visit::Visit;
use crate::flows::session::LiveAccount;
use crate::model::client::Client;
use crate::model::user::User;
use crate::storage::TenantScope;
use crate::views::client_card::ClientCard;
use crate::views::link::HttpsLink;
use crate::views::person::Person;

/// The relying party as its registration describes it.
pub async fn client_card(visitor: &Visitor, client: &Client) -> ClientCard {
    let link = |uri: &Option<String>| uri.as_deref().and_then(HttpsLink::parse);
    ClientCard {
        name: client.name.clone(),
        logo: visitor.edge.logo_path(&client.client_id, visitor.call.now).await,
        has_logo: client.metadata.logo_uri.is_some(),
        policy: link(&client.metadata.policy_uri),
        tos: link(&client.metadata.tos_uri),
    }
}

/// Who asks on a sign-in page.
pub async fn asker(visitor: &Visitor, visit: &Visit) -> Option<ClientCard> {
    match &visit.asker {
        Some(asker) => Some(client_card(visitor, &asker.client).await),
        None => None,
    }
}

/// An account that was proved in this browser.
pub fn person(account: &LiveAccount) -> Person {
    person_in(&account.user, &account.scope)
}

/// A person's account in this tenant.
pub fn person_in(user: &User, scope: &TenantScope) -> Person {
    Person {
        name: user.profile.display_name(),
        email: user.email.clone(),
        tenant: scope.tenant().name.clone(),
        guest: user.is_guest(),
    }
}

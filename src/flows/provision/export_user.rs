//! What we hold of a person, for that person: everything but what opens something, and nothing of anybody else (R75, P144).

use serde_json::{Value, json};

use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::role::Role;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{
    audit, consents, groups, passkeys, passwords, personal_access_tokens, recovery_codes, remembered_devices,
    sessions, totp_factors,
};

/// Events that are read at once.
const PAGE: i64 = 1000;

/// Everything as one JSON object, and the record that it was read. What others did to the account is told without saying
/// who they are or where they sat.
///
/// # Errors
/// The database fails.
pub fn export_user(tx: &mut TenantTx<'_>, call: &Call, actor: &Actor, user: &User) -> Result<Value, Failure> {
    let groups = groups::of_users(tx, &[user.id])?.remove(&user.id).unwrap_or_default();
    let totp = totp_factors::find(tx, user.id)?.map(|factor| {
        json!({"made_at": factor.created_at, "confirmed_at": factor.confirmed_at, "last_used_at": factor.last_used_at})
    });
    let sessions: Vec<Value> = sessions::open_of_user(tx, user.id)?
        .into_iter()
        .map(|(session, there)| {
            json!({"began_at": session.created_at, "last_seen_at": session.last_seen_at, "address": there.address,
                "user_agent": there.user_agent, "proofs": session.proofs})
        })
        .collect();
    let consents: Vec<Value> = consents::of_user(tx, user.id)?
        .into_iter()
        .map(|(client, consent, at)| json!({"client_id": client, "scopes": consent.scopes(), "granted_at": at}))
        .collect();
    let passkeys: Vec<Value> = passkeys::of_user(tx, user.id)?
        .into_iter()
        .map(|passkey| {
            json!({"name": passkey.name.as_str(), "added_at": passkey.created_at,
                "last_used_at": passkey.last_used_at})
        })
        .collect();
    let tokens: Vec<Value> = personal_access_tokens::of_user(tx, user.id)?
        .into_iter()
        .map(|token| {
            json!({"name": token.name, "scopes": token.scopes, "resources": token.resources,
                "made_at": token.created_at, "ends_at": token.expires_at, "last_used_at": token.last_used_at})
        })
        .collect();
    let exported = json!({
        "account": {
            "id": user.id, "email": user.email, "email_verified": user.email_verified,
            "status": user.status.as_str(), "created_at": user.created_at,
            "roles": user.roles.iter().copied().map(Role::as_str).collect::<Vec<_>>(),
            "groups": groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        },
        "profile": user.profile,
        "factors": {
            "password": passwords::find(tx, user.id)?.is_some(),
            "passkeys": passkeys,
            "authenticator": totp,
            "recovery_codes_left": recovery_codes::unused(tx, user.id)?.len(),
            "remembered_devices": remembered_devices::of_user(tx, user.id)?,
        },
        "access_tokens": tokens,
        "sessions": sessions,
        "consents": consents,
        "history": history(tx, user)?,
    });
    let event = call.event(EventKind::UserExported, EventResult::Success, actor.clone());
    tx.record(event.on("user", user.id));
    Ok(exported)
}

/// What the audit trail has of the account, the latest first: what they did themselves with where they sat, what was done to
/// them without.
fn history(tx: &mut TenantTx<'_>, user: &User) -> Result<Vec<Value>, Failure> {
    let (id, mut history, mut before) = (user.id.to_string(), Vec::new(), None);
    loop {
        let page = audit::of_user(tx, user.id, before, PAGE)?;
        let Some(end) = page.last() else { return Ok(history) };
        before = Some(end.seq);
        for event in &page {
            let body: Value = serde_json::from_str(&event.body)
                .map_err(|error| Failure::internal("reading an audit event").because(error))?;
            let own = body.pointer("/actor/id").is_some_and(|actor| actor == id.as_str());
            let facts = event.personal.as_ref().filter(|_| own);
            let facts: Value =
                facts.map_or(Value::Null, |it| serde_json::from_str(&it.facts).unwrap_or_default());
            let by = if own { "you" } else { "somebody else" };
            history
                .push(json!({"at": body.get("at"), "what": body.get("kind"), "result": body.get("result"),
                "by": by, "address": facts.get("address"), "user_agent": facts.get("user_agent")}));
        }
    }
}

//! The walk over every function of `storage/records` that works in a tenant (P098, D5): called inside acme with the ids
//! of globex, it finds nothing, and whatever it does leaves globex as it was. The list is checked against the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use symbolon::model::client::ClientKind;
use symbolon::model::consent::Consent;
use symbolon::model::failure::Failure;
use symbolon::model::ids::{
    ClientId, ConsentId, FamilyId, InteractionId, PersonalTokenId, SessionId, UserId,
};
use symbolon::model::invitation::Origin;
use symbolon::model::link::LinkPurpose;
use symbolon::model::mail::MailState;
use symbolon::model::passkey::Passkey;
use symbolon::model::policy::Policy;
use symbolon::model::secret::Secret;
use symbolon::model::session::{Factor, Proof, Session};
use symbolon::model::tenant::AddOn;
use symbolon::model::time::Timestamp;
use symbolon::model::user::User;
use symbolon::model::workspace::{Context, ContextAccess, Group, Workspace};
use symbolon::storage::records::{
    audit, authorization_codes as codes, client_assertions, client_logos, clients, consents, entitlements,
    groups, interactions, invitations, links, mails, memberships, passkeys, passwords,
    personal_access_tokens as personal, policies, recovery_codes, refresh_families as families,
    refresh_tokens as tokens, remembered_devices as remembered, sessions, totp_factors, users, workspaces,
};
use symbolon::storage::{PlatformScope, TenantTx};

use super::estate::{Estate, authorize};
use super::rows::{DEVICE, LINK, invited, link, logo, mail, passkey, personal_token};
use crate::harness::rows::{Everything, RECORD, Rows, without};
use crate::harness::seed;

/// What globex has, by the ids that its rows have.
#[derive(Clone)]
struct Theirs {
    user: UserId,
    client: ClientId,
    sid: SessionId,
    code_hash: String,
    family: FamilyId,
    token_hash: String,
    interaction: InteractionId,
    browser_hash: String,
    jti_hash: String,
    secret: symbolon::model::client::ClientSecret,
    person: User,
    group: Group,
    workspace: Workspace,
    context: Context,
    session: Session,
    mail: mails::StoredMail,
    passkey: Passkey,
    now: Timestamp,
}

/// Calls one function; true where it found or changed something by an id of globex's.
type Try = fn(&mut TenantTx<'_>, &Theirs) -> Result<bool, Failure>;

fn far(theirs: &Theirs) -> Timestamp {
    theirs.now + Duration::from_hours(1_000_000)
}

/// Functions that find or list.
const READS: &[(&str, Try)] = &[
    ("audit::of_user", |tx, t| Ok(!audit::of_user(tx, t.user, None, 10)?.is_empty())),
    ("audit::after", |tx, t| {
        Ok(audit::after(tx, 0, 1000)?.iter().any(|event| event.body.contains(t.client.as_str())))
    }),
    ("audit::stored_after", |tx, t| {
        let events = audit::stored_after(tx, 0, 1000)?;
        Ok(events.iter().any(|stored| stored.event.body.contains(t.client.as_str())))
    }),
    ("audit::uncounted", |tx, _| Ok(audit::uncounted(tx)?.is_some())),
    ("audit::last_before", |tx, t| audit::last_before(tx, t.now).map(|_| false)),
    ("audit::head", |tx, _| audit::head(tx).map(|_| false)),
    ("audit::checkpoints", |tx, _| Ok(!audit::checkpoints(tx)?.is_empty())),
    ("authorization_codes::find", |tx, t| Ok(codes::find(tx, &t.code_hash)?.is_some())),
    ("client_logos::find", |tx, t| Ok(client_logos::find(tx, &t.client)?.is_some())),
    ("clients::find", |tx, t| Ok(clients::find(tx, &t.client)?.is_some())),
    ("clients::is_usable", |tx, t| clients::is_usable(tx, &t.client)),
    ("clients::all", |tx, t| Ok(clients::all(tx)?.iter().any(|client| client.client_id == t.client))),
    ("clients::live_secrets", |tx, t| Ok(!clients::live_secrets(tx, &t.client, t.now)?.is_empty())),
    ("clients::all_live_secrets", |tx, t| {
        Ok(clients::all_live_secrets(tx, t.now)?.iter().any(|secret| secret.client_id == t.client))
    }),
    ("consents::of_user", |tx, t| Ok(!consents::of_user(tx, t.user)?.is_empty())),
    ("consents::find", |tx, t| Ok(consents::find(tx, t.user, &t.client)?.is_some())),
    ("entitlements::all", |tx, _| Ok(!entitlements::all(tx)?.is_empty())),
    ("groups::all", |tx, _| Ok(!groups::all(tx)?.is_empty())),
    ("groups::count", |tx, _| Ok(groups::count(tx)? > 0)),
    ("groups::find", |tx, t| Ok(groups::find(tx, t.group.id)?.is_some())),
    ("groups::named", |tx, t| Ok(groups::named(tx, &t.group.name)?.is_some())),
    ("groups::page", |tx, _| Ok(!groups::page(tx, None, 10)?.is_empty())),
    ("groups::members", |tx, t| Ok(!groups::members(tx, t.group.id)?.is_empty())),
    ("groups::memberships", |tx, _| Ok(!groups::memberships(tx)?.is_empty())),
    ("groups::of_users", |tx, t| Ok(!groups::of_users(tx, &[t.user])?.is_empty())),
    ("groups::roles_of_user", |tx, t| Ok(!groups::roles_of_user(tx, t.user)?.is_empty())),
    ("interactions::find_open", |tx, t| Ok(interactions::find_open(tx, t.interaction, t.now)?.is_some())),
    ("links::find", |tx, _| Ok(links::find(tx, LinkPurpose::MagicLink, LINK)?.is_some())),
    ("links::of_user", |tx, t| Ok(links::of_user(tx, t.user, LinkPurpose::MagicLink)?.is_some())),
    ("invitations::find", |tx, t| Ok(invitations::find(tx, invited(t.now).id)?.is_some())),
    ("invitations::find_by_hash", |tx, t| Ok(invitations::find_by_hash(tx, &t.token_hash)?.is_some())),
    ("invitations::find_open", |tx, t| {
        Ok(invitations::find_open(tx, &invited(t.now).email_canonical, Origin::Invited)?.is_some())
    }),
    ("invitations::page", |tx, _| {
        let listed = invitations::Listed { standing: None, canonical: None, after: None };
        Ok(!invitations::page(tx, listed, 200)?.is_empty())
    }),
    ("mails::find", |tx, t| Ok(mails::find(tx, t.mail.id)?.is_some())),
    ("mails::all", |tx, t| Ok(mails::all(tx, MailState::Queued)?.iter().any(|mail| mail.id == t.mail.id))),
    ("memberships::any", |tx, _| memberships::any(tx)),
    ("passkeys::find", |tx, t| Ok(passkeys::find(tx, &t.passkey.credential_id)?.is_some())),
    ("passkeys::of_user", |tx, t| Ok(!passkeys::of_user(tx, t.user)?.is_empty())),
    ("passwords::find", |tx, t| Ok(passwords::find(tx, t.user)?.is_some())),
    ("passwords::changed_at", |tx, t| Ok(passwords::changed_at(tx, t.user)?.is_some())),
    ("passwords::holders", |tx, t| Ok(passwords::holders(tx)?.contains(&t.user))),
    ("personal_access_tokens::find", |tx, t| Ok(personal::find(tx, &t.token_hash)?.is_some())),
    ("personal_access_tokens::of_user", |tx, t| Ok(!personal::of_user(tx, t.user)?.is_empty())),
    ("policies::find_versioned", |tx, _| Ok(policies::find_versioned(tx)?.1 > 0)),
    ("policies::find", |tx, _| Ok(policies::find(tx)? != Policy::default())),
    ("recovery_codes::used_at", |tx, t| Ok(recovery_codes::used_at(tx, t.user, SPENT)?.is_some())),
    ("recovery_codes::unused", |tx, t| Ok(!recovery_codes::unused(tx, t.user)?.is_empty())),
    ("refresh_families::find", |tx, t| Ok(families::find(tx, t.family)?.is_some())),
    ("refresh_families::any_of_user", |tx, t| families::any_of_user(tx, t.user, &t.client)),
    ("refresh_families::of_user", |tx, t| Ok(!families::of_user(tx, t.user)?.is_empty())),
    ("refresh_families::any_offline", |tx, t| families::any_offline(tx, t.sid, &t.client)),
    ("refresh_tokens::find", |tx, t| Ok(tokens::find(tx, &t.token_hash)?.is_some())),
    ("refresh_tokens::successor", |tx, t| Ok(tokens::successor(tx, t.family, 0)?.is_some())),
    ("refresh_tokens::access_tokens_since", |tx, t| {
        Ok(!tokens::access_tokens_since(tx, t.family, Timestamp::from_unix(0))?.is_empty())
    }),
    ("remembered_devices::latest", |tx, t| {
        Ok(remembered::latest(tx, t.user, &[DEVICE.to_owned()])?.is_some())
    }),
    ("remembered_devices::of_user", |tx, t| Ok(!remembered::of_user(tx, t.user)?.is_empty())),
    ("sessions::find", |tx, t| Ok(sessions::find(tx, t.sid)?.is_some())),
    ("sessions::any_of_user", |tx, t| sessions::any_of_user(tx, t.user, None)),
    ("sessions::open_of_user", |tx, t| Ok(!sessions::open_of_user(tx, t.user)?.is_empty())),
    ("sessions::open_but", |tx, t| Ok(!sessions::open_but(tx, t.user, 0)?.is_empty())),
    ("totp_factors::find", |tx, t| Ok(totp_factors::find(tx, t.user)?.is_some())),
    ("users::find", |tx, t| Ok(users::find(tx, t.user)?.is_some())),
    ("users::own_status", |tx, t| Ok(users::own_status(tx, t.user)?.is_some())),
    ("users::hold_active", |tx, t| users::hold_active(tx, t.user)),
    ("users::find_by_email", |tx, t| Ok(users::find_by_email(tx, &t.person.email_canonical)?.is_some())),
    ("users::page", |tx, t| {
        let all = &["active", "suspended", "deleted"];
        let listed =
            users::Listed { status: all, role: None, group: None, begins: None, guests: false, after: None };
        let in_group = users::Listed { group: Some(t.group.id), ..listed };
        let theirs = users::page(tx, &listed, 200)?.iter().any(|user| user.id == t.user);
        Ok(theirs || !users::page(tx, &in_group, 200)?.is_empty())
    }),
    ("users::taken", |tx, t| Ok(!users::taken(tx, &[&t.person.email_canonical])?.is_empty())),
    ("users::deleted_before", |tx, t| Ok(users::deleted_before(tx, far(t), 1000)?.contains(&t.user))),
    ("users::all", |tx, t| Ok(users::all(tx)?.iter().any(|user| user.id == t.user))),
    ("workspaces::all", |tx, _| Ok(!workspaces::all(tx)?.is_empty())),
    ("workspaces::all_contexts", |tx, _| Ok(!workspaces::all_contexts(tx)?.is_empty())),
    ("workspaces::of_users", |tx, _| Ok(!workspaces::of_users(tx)?.is_empty())),
    ("workspaces::of_group", |tx, t| Ok(!workspaces::of_group(tx, t.group.id)?.is_empty())),
    ("workspaces::of_groups", |tx, _| Ok(!workspaces::of_groups(tx)?.is_empty())),
    ("workspaces::effective", |tx, t| Ok(!workspaces::effective(tx, t.user)?.is_empty())),
];

/// Functions that change what is there; those that say whether they found something say no.
const CHANGES: &[(&str, Try)] = &[
    ("authorization_codes::consume", |tx, t| codes::consume(tx, &t.code_hash, t.now)),
    ("authorization_codes::note_issued", |tx, t| {
        codes::note_issued(tx, &t.code_hash, "jti", Some(t.family)).map(|()| false)
    }),
    ("client_logos::remove", |tx, t| client_logos::remove(tx, &t.client).map(|()| false)),
    ("clients::update", |tx, t| {
        let mut changed = seed::client(t.client.as_str(), ClientKind::Web);
        changed.metadata.allowed_origins = vec!["https://evil.example".to_owned()];
        clients::update(tx, &changed)
    }),
    ("clients::end_secrets", |tx, t| clients::end_secrets(tx, &t.client, None, t.now).map(|()| false)),
    ("consents::remove", |tx, t| consents::remove(tx, t.user, &t.client)),
    ("consents::remove_of_client", |tx, t| consents::remove_of_client(tx, &t.client).map(|()| false)),
    ("authorization_codes::end_of_client", |tx, t| {
        codes::end_of_client(tx, &t.client, t.now).map(|()| false)
    }),
    ("audit::erase_personal", |tx, _| {
        let all: Vec<i64> = (1..100).collect();
        audit::erase_personal(tx, &all).map(|_| false)
    }),
    ("authorization_codes::remove_of_user", |tx, t| codes::remove_of_user(tx, t.user).map(|()| false)),
    ("consents::remove_of_user", |tx, t| consents::remove_of_user(tx, t.user).map(|()| false)),
    ("mails::remove_of_user", |tx, t| {
        mails::remove_of_user(tx, t.user, Some("hank@globex.example")).map(|()| false)
    }),
    ("invitations::remove_of_person", |tx, t| {
        invitations::remove_of_person(tx, t.user, Some("ida@globex.example")).map(|()| false)
    }),
    ("refresh_families::remove_of_user", |tx, t| families::remove_of_user(tx, t.user).map(|()| false)),
    ("sessions::remove_of_user", |tx, t| sessions::remove_of_user(tx, t.user).map(|()| false)),
    ("groups::remove_member", |tx, t| groups::remove_member(tx, t.group.id, t.user)),
    ("groups::remove", |tx, t| groups::remove(tx, t.group.id).map(|()| false)),
    ("interactions::advance", |tx, t| interactions::advance(tx, t.interaction, "{}")),
    ("interactions::finish", |tx, t| interactions::finish(tx, t.interaction)),
    ("interactions::hold", |tx, t| interactions::hold(tx, &t.browser_hash).map(|()| false)),
    ("interactions::rebind", |tx, t| interactions::rebind(tx, &t.browser_hash, "mine").map(|()| false)),
    ("links::consume", |tx, t| links::consume(tx, LinkPurpose::MagicLink, LINK, t.now)),
    ("links::remove", |tx, t| links::remove(tx, t.user, LinkPurpose::MagicLink).map(|()| false)),
    ("links::remove_of_user", |tx, t| Ok(links::remove_of_user(tx, t.user)? > 0)),
    ("invitations::accept", |tx, t| invitations::accept(tx, &t.token_hash, t.now)),
    ("invitations::withdraw", |tx, t| invitations::withdraw(tx, invited(t.now).id, t.now)),
    ("invitations::renew", |tx, t| {
        let renewed = invitations::Renewed { hash: "mine", by: None, expires_at: far(t) };
        invitations::renew(tx, invited(t.now).id, renewed)
    }),
    ("mails::count_attempt", |tx, t| mails::count_attempt(tx, t.mail.id).map(|()| false)),
    ("mails::postpone", |tx, t| mails::postpone(tx, t.mail.id, "refused", far(t)).map(|()| false)),
    ("mails::set_sent", |tx, t| mails::set_sent(tx, t.mail.id, t.now).map(|()| false)),
    ("mails::set_dead", |tx, t| mails::set_dead(tx, t.mail.id, "refused", t.now).map(|()| false)),
    ("mails::revive", |tx, t| mails::revive(tx, t.mail.id, t.now)),
    ("passkeys::used", |tx, t| passkeys::used(tx, &t.passkey, "{}", t.now)),
    ("passkeys::rename", |tx, t| {
        passkeys::rename(tx, t.user, t.passkey.id, &"Mine".parse().expect("a name"))
    }),
    ("passkeys::remove", |tx, t| passkeys::remove(tx, t.user, t.passkey.id)),
    ("personal_access_tokens::remove", |tx, t| {
        personal::remove(tx, t.user, PersonalTokenId::from_bytes(*t.user.as_bytes()))
    }),
    ("personal_access_tokens::remove_of_user", |tx, t| Ok(personal::remove_of_user(tx, t.user)? > 0)),
    ("personal_access_tokens::touch", |tx, t| {
        let id = PersonalTokenId::from_bytes(*t.user.as_bytes());
        personal::touch(tx, id, (far(t), t.now)).map(|()| false)
    }),
    ("passwords::remove", |tx, t| passwords::remove(tx, t.user).map(|()| false)),
    ("recovery_codes::consume", |tx, t| recovery_codes::consume(tx, t.user, RECOVERY, t.now)),
    ("recovery_codes::remove", |tx, t| Ok(recovery_codes::remove(tx, t.user)? > 0)),
    ("refresh_families::touch", |tx, t| families::touch(tx, t.family, t.now)),
    ("refresh_families::end", |tx, t| families::end(tx, t.family, families::EndReason::Ended, t.now)),
    ("refresh_families::end_of_session", |tx, t| Ok(families::end_of_session(tx, t.sid, t.now)? > 0)),
    ("refresh_families::end_all_of_session", |tx, t| Ok(families::end_all_of_session(tx, t.sid, t.now)? > 0)),
    ("refresh_families::end_of_user", |tx, t| Ok(families::end_of_user(tx, t.user, None, t.now)? > 0)),
    ("refresh_families::end_of_client", |tx, t| Ok(families::end_of_client(tx, &t.client, t.now)? > 0)),
    ("refresh_tokens::consume", |tx, t| tokens::consume(tx, &t.token_hash, None, t.now)),
    ("refresh_tokens::note_access_tokens", |tx, t| {
        tokens::note_access_tokens(tx, &t.token_hash, "x").map(|()| false)
    }),
    ("refresh_tokens::erase_successors", |tx, t| tokens::erase_successors(tx, t.family).map(|()| false)),
    ("refresh_tokens::erase_successors_before", |tx, t| {
        tokens::erase_successors_before(tx, t.family, 1000).map(|()| false)
    }),
    ("remembered_devices::remove_of_user", |tx, t| Ok(remembered::remove_of_user(tx, t.user)? > 0)),
    ("remembered_devices::remove", |tx, _| remembered::remove(tx, DEVICE).map(|()| false)),
    ("sessions::set_device", |tx, t| sessions::set_device(tx, t.sid, DEVICE).map(|()| false)),
    ("sessions::seen", |tx, t| sessions::seen(tx, t.sid, t.now).map(|()| false)),
    ("sessions::touch", |tx, t| {
        let here = sessions::Whereabouts { address: Some("203.0.113.9".into()), user_agent: None };
        sessions::touch(tx, t.sid, here, t.now).map(|()| false)
    }),
    ("sessions::prove", |tx, t| sessions::prove(tx, t.sid, &t.session.proofs, t.now)),
    ("sessions::end", |tx, t| sessions::end(tx, t.sid, t.now)),
    ("sessions::end_of_user", |tx, t| Ok(!sessions::end_of_user(tx, t.user, None, t.now)?.is_empty())),
    ("totp_factors::confirm", |tx, t| totp_factors::confirm(tx, t.user, SEALED, 9, t.now)),
    ("totp_factors::use_step", |tx, t| totp_factors::use_step(tx, t.user, SEALED, 9, t.now)),
    ("totp_factors::remove", |tx, t| totp_factors::remove(tx, t.user)),
    ("users::forget_proofs", |tx, t| users::forget_proofs(tx, t.user, t.now).map(|()| false)),
    ("memberships::remove", |tx, t| memberships::remove(tx, t.user)),
    ("memberships::in_hosts", |tx, t| {
        let mut found = false;
        memberships::in_hosts(tx, t.user, |_| {
            found = true;
            Ok(())
        })?;
        Ok(found)
    }),
    ("users::update", |tx, t| users::update(tx, &t.person)),
    ("users::set_roles", |tx, t| users::set_roles(tx, t.user, &t.person.roles)),
    ("users::set_status", |tx, t| users::set_status(tx, t.user, t.person.status)),
    ("users::erase", |tx, t| users::erase(tx, t.user).map(|()| false)),
    ("users::keep_address", |tx, t| users::keep_address(tx, t.user, "eve@x.example").map(|()| false)),
    ("workspaces::remove", |tx, t| workspaces::remove(tx, t.workspace.id).map(|()| false)),
    ("workspaces::remove_context", |tx, t| workspaces::remove_context(tx, t.context.id).map(|()| false)),
];

/// Functions that write or sweep: they may do so in acme, under the ids that globex uses too.
const WRITES: &[(&str, Try)] = &[
    ("audit::insert_checkpoint", |tx, t| audit::insert_checkpoint(tx, 1, "statement", t.now).map(|()| false)),
    ("users::insert", |tx, t| users::insert(tx, &t.person).map(|()| false)),
    ("users::insert_many", |tx, t| {
        let other = User {
            id: UserId::from_bytes([9; 16]),
            email_canonical: "other@acme.example".into(),
            ..t.person.clone()
        };
        users::insert_many(tx, &[other]).map(|()| false)
    }),
    ("users::let_in", |tx, t| {
        let (home, roles) = (t.person.tenant_id, &t.person.roles);
        users::let_in(tx, (UserId::from_bytes([8; 16]), home), roles, t.now).map(|()| false)
    }),
    ("passwords::insert_many", |tx, t| {
        passwords::insert_many(tx, &[(t.user, Secret::new("phc".into()))], t.now).map(|()| false)
    }),
    ("passwords::put", |tx, t| passwords::put(tx, t.user, &Secret::new("phc".into()), t.now).map(|()| false)),
    // Theirs in the whole deployment: it is not added here.
    ("passkeys::insert", |tx, t| passkeys::insert(tx, &t.passkey)),
    ("totp_factors::begin", |tx, t| totp_factors::begin(tx, t.user, SEALED, t.now).map(|_| false)),
    ("recovery_codes::replace", |tx, t| {
        recovery_codes::replace(tx, t.user, &[RECOVERY.to_owned()], t.now).map(|()| false)
    }),
    ("client_logos::put", |tx, t| client_logos::put(tx, &t.client, &logo(), t.now).map(|()| false)),
    ("clients::insert", |tx, t| {
        clients::insert(tx, &seed::client(t.client.as_str(), ClientKind::Web)).map(|()| false)
    }),
    ("clients::insert_secret", |tx, t| clients::insert_secret(tx, &t.secret).map(|()| false)),
    ("client_assertions::spend", |tx, t| {
        client_assertions::spend(tx, &t.client, &t.jti_hash, far(t)).map(|_| false)
    }),
    ("clients::hold", |tx, t| clients::hold(tx, &t.client).map(|()| false)),
    ("consents::put", |tx, t| {
        let id = ConsentId::from_bytes([7; 16]);
        consents::put(tx, (t.user, &t.client), &Consent::default(), (id, t.now)).map(|()| false)
    }),
    ("entitlements::set", |tx, _| {
        let add_on = AddOn { product: "notes".into(), grant: "read".into(), expires_at: None };
        entitlements::set(tx, &[add_on]).map(|()| false)
    }),
    ("groups::put", |tx, t| groups::put(tx, &t.group).map(|()| false)),
    ("groups::add_members", |tx, t| groups::add_members(tx, &[(t.group.id, t.user)]).map(|()| false)),
    ("groups::set_of_user", |tx, t| groups::set_of_user(tx, t.user, &BTreeSet::new()).map(|()| false)),
    ("workspaces::put", |tx, t| workspaces::put(tx, &t.workspace).map(|()| false)),
    ("workspaces::put_context", |tx, t| workspaces::put_context(tx, &t.context).map(|()| false)),
    ("workspaces::set_of_user", |tx, t| {
        workspaces::set_of_user(tx, t.user, &BTreeMap::new()).map(|()| false)
    }),
    ("workspaces::set_of_group", |tx, t| {
        let all = BTreeMap::from([(t.workspace.id, ContextAccess::All)]);
        workspaces::set_of_group(tx, t.group.id, &all).map(|()| false)
    }),
    ("links::replace", |tx, t| links::replace(tx, &link(t.user, t.now), LINK).map(|()| false)),
    ("links::prune", |tx, t| links::prune(tx, far(t), 1000).map(|_| false)),
    ("memberships::insert", |tx, t| memberships::insert(tx, t.user, t.person.tenant_id).map(|()| false)),
    ("mails::insert", |tx, t| mails::insert(tx, &t.mail).map(|()| false)),
    ("invitations::insert", |tx, t| invitations::insert(tx, &invited(t.now), &t.token_hash).map(|()| false)),
    ("invitations::prune", |tx, t| invitations::prune(tx, far(t), 1000).map(|_| false)),
    ("personal_access_tokens::insert", |tx, t| {
        personal::insert(tx, &personal_token(t.user, t.now), &t.token_hash).map(|()| false)
    }),
    ("personal_access_tokens::prune", |tx, t| personal::prune(tx, far(t), 1000).map(|_| false)),
    ("policies::put", |tx, t| policies::put(tx, &Policy::default(), t.now).map(|()| false)),
    ("interactions::insert", |tx, t| {
        let copy = interactions::StoredInteraction {
            id: t.interaction,
            client_id: None,
            browser_hash: t.browser_hash.clone(),
            request: "null".into(),
            progress: "{}".into(),
            created_at: t.now,
            expires_at: far(t),
        };
        interactions::insert(tx, &copy).map(|()| false)
    }),
    ("remembered_devices::insert", |tx, t| {
        let proof = Proof { factor: Factor::Totp, at: t.now };
        remembered::insert(tx, t.user, "another device", proof).map(|()| false)
    }),
    ("sessions::insert", |tx, t| {
        let nowhere = sessions::Whereabouts { address: None, user_agent: None };
        sessions::insert(tx, &t.session, nowhere).map(|()| false)
    }),
    ("authorization_codes::insert", |tx, t| {
        let copy = codes::NewCode {
            code_hash: t.code_hash.clone(),
            client_id: t.client.clone(),
            user_id: t.user,
            sid: t.sid,
            authorization: "{}".into(),
            issued_at: t.now,
            expires_at: far(t),
        };
        codes::insert(tx, &copy).map(|()| false)
    }),
    ("refresh_families::insert", |tx, t| {
        let copy = families::Family {
            id: t.family,
            client_id: t.client.clone(),
            user_id: t.user,
            sid: t.sid,
            offline: true,
            authorization: "{}".into(),
            created_at: t.now,
            last_used_at: t.now,
            expires_at: far(t),
            ended_at: None,
        };
        families::insert(tx, &copy).map(|()| false)
    }),
    ("refresh_tokens::insert", |tx, t| {
        let copy = tokens::StoredToken {
            token_hash: t.token_hash.clone(),
            family_id: t.family,
            generation: 1,
            issued_at: t.now,
            consumed_at: None,
            sealed_successor: None,
            access_jti: "jti".into(),
        };
        tokens::insert(tx, &copy).map(|()| false)
    }),
    ("authorization_codes::prune", |tx, t| codes::prune(tx, far(t), 1000).map(|_| false)),
    ("client_assertions::prune", |tx, t| client_assertions::prune(tx, far(t), 1000).map(|_| false)),
    ("interactions::prune", |tx, t| interactions::prune(tx, far(t), 1000).map(|_| false)),
    ("mails::prune", |tx, t| mails::prune(tx, far(t), 1000).map(|_| false)),
    ("refresh_tokens::prune_successors", |tx, t| tokens::prune_successors(tx, far(t), 1000).map(|_| false)),
    ("refresh_tokens::prune", |tx, t| tokens::prune(tx, far(t), 1000).map(|_| false)),
    ("refresh_families::prune", |tx, t| families::prune(tx, far(t), 1000).map(|_| false)),
    ("totp_factors::prune", |tx, t| totp_factors::prune(tx, far(t), 1000).map(|_| false)),
    ("remembered_devices::prune", |tx, t| remembered::prune(tx, far(t), 1000).map(|_| false)),
    ("sessions::prune", |tx, t| sessions::prune(tx, far(t), 1000).map(|_| false)),
];

/// A sealed secret and the hash of a recovery code, of globex's person.
const SEALED: &str = "sealed1.their.secret";
const RECOVERY: &str = "the hash of their code";
const SPENT: &str = "the hash of a code that they used";

/// Every function of the records that takes a tenant's transaction, by the source.
fn in_the_source() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage/records");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the records") {
        let path = entry.expect("an entry").path();
        let module = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for after in text.split("\npub fn ").skip(1) {
            let signature = after.split_once('{').map_or(after, |(signature, _)| signature);
            let name = signature.split(['(', '<']).next().unwrap_or_default();
            if signature.contains("TenantTx") {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}

/// The rows of globex that the walk needs, read where they are.
async fn theirs(estate: &Estate) -> Theirs {
    let ids = estate.theirs.clone();
    let hash = |text: &str| symbolon::protocol::opaque::hash(text);
    let (code_hash, token_hash) = (hash(&ids.code), hash(&ids.refresh));
    let cookie = estate.hank.cookie("symbolon").expect("a cookie");
    let (browser_hash, now) = (hash(&cookie), estate.server.now());
    let jti_hash = hash("a client's assertion");
    let found = estate.server.database().write(&estate.globex, move |tx| {
        let client: ClientId = ids.client.parse().expect("a client id");
        let sid: SessionId = ids.sid.parse().expect("a session id");
        client_assertions::spend(tx, &client, &jti_hash, now + Duration::from_hours(1))?;
        client_logos::put(tx, &client, &logo(), now)?;
        let mail = mail(ids.user, now);
        mails::insert(tx, &mail)?;
        let passkey = passkey(ids.user, now);
        assert!(passkeys::insert(tx, &passkey)?, "a new passkey");
        links::replace(tx, &link(ids.user, now), LINK)?;
        personal::insert(tx, &personal_token(ids.user, now), &token_hash)?;
        invitations::insert(tx, &invited(now), &token_hash)?;
        totp_factors::begin(tx, ids.user, SEALED, now)?;
        totp_factors::confirm(tx, ids.user, SEALED, 1, now)?;
        recovery_codes::replace(tx, ids.user, &[RECOVERY.to_owned(), SPENT.to_owned()], now)?;
        recovery_codes::consume(tx, ids.user, SPENT, now)?;
        remembered::insert(tx, ids.user, DEVICE, Proof { factor: Factor::Totp, at: now })?;
        memberships::insert(tx, ids.user, tx.scope().id())?;
        let family = tokens::find(tx, &token_hash)?.expect("the refresh token").family_id;
        let (_, interaction) = ids.interaction.split_once('.').expect("a handle");
        Ok(Theirs {
            user: ids.user,
            sid,
            family,
            interaction: interaction.parse().expect("an id"),
            secret: clients::live_secrets(tx, &client, now)?.remove(0),
            person: users::find(tx, ids.user)?.expect("hank"),
            group: groups::all(tx)?.remove(0),
            workspace: workspaces::all(tx)?.remove(0),
            context: workspaces::all_contexts(tx)?.remove(0),
            session: sessions::find(tx, sid)?.expect("a session"),
            client,
            mail,
            passkey,
            code_hash,
            token_hash,
            browser_hash,
            jti_hash,
            now,
        })
    });
    found.await.expect("the rows of globex")
}

fn rows_of_globex(estate: &Estate) -> Rows {
    without(Everything::open(estate.server.storage()).of_tenant(estate.globex.id()), &RECORD)
}

/// A new function of the records must be walked.
#[test]
fn p098_the_walk_knows_every_function_of_the_records() {
    let listed: BTreeSet<String> =
        [READS, CHANGES, WRITES].concat().into_iter().map(|(name, _)| name.to_owned()).collect();
    let source = in_the_source();
    let missing: Vec<&String> = source.difference(&listed).collect();
    let gone: Vec<&String> = listed.difference(&source).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not walked: {missing:?}; no longer there: {gone:?}");
    assert!(source.len() > 60, "{source:?}");
}

#[tokio::test]
async fn p098_no_record_function_reaches_into_another_tenant() {
    let estate = Estate::new().await;
    let theirs = theirs(&estate).await;
    let before = rows_of_globex(&estate);
    let filled: Vec<&String> =
        before.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect();
    assert_eq!(filled, ["domain_index", "policies", "tenant_entitlements"], "tables without a row to attack");
    for (kind, walk) in [("reads", READS), ("changes", CHANGES), ("writes", WRITES)] {
        for (name, work) in walk {
            let (work, scope, ids) = (*work, estate.acme.clone(), theirs.clone());
            let right = PlatformScope::operator();
            let done = estate
                .server
                .database()
                .write_platform(&right, move |tx| work(&mut tx.enter(&scope)?, &ids))
                .await;
            match done {
                Ok(found) => assert!(!found, "{name} found a row of globex's"),
                // A key that ties a row to rows of its own tenant refuses one that has none.
                Err(failure) => assert_eq!(kind, "writes", "{name}: {failure:?}"),
            }
            assert_eq!(rows_of_globex(&estate), before, "{name} changed globex");
        }
    }
    let still = estate.hank.open(&authorize("globex.crm", "&prompt=none")).await;
    assert!(still.answer().contains_key("code"), "{still:?}");
}

//! What each kind of operation demands: the one list that the URL map, the flows and the document of the API share.

use crate::model::role::Permission;
use crate::protocol::api_scope::ApiScope;

/// What an operation asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The scope that the token must have.
    pub scope: ApiScope,
    /// What the person's roles must allow; `None` where somebody works on their own account.
    pub permission: Option<Permission>,
    /// Whether the sign-in behind the token must be recent and strong (D13, RFC 9470).
    pub fresh: bool,
}

/// A right, as a type.
pub trait Right: 'static {
    /// What has to hold for it.
    const DEMAND: Demand;
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $scope:ident, $permission:expr, fresh: $fresh:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Right for $name {
            const DEMAND: Demand =
                Demand { scope: ApiScope::$scope, permission: $permission, fresh: $fresh };
        }
    )+};
}

rights! {
    /// See people.
    ReadPeople = PeopleRead, Some(Permission::ReadPeople), fresh: false;
    /// Create people, change what is known of them, let them in again.
    ManagePeople = PeopleWrite, Some(Permission::ManagePeople), fresh: false;
    /// Make accounts and bring deleted ones back: whoever reads the mailbox of one is in.
    AdmitPeople = PeopleWrite, Some(Permission::ManagePeople), fresh: true;
    /// Suspend and delete people.
    RemovePeople = PeopleWrite, Some(Permission::ManagePeople), fresh: true;
    /// Give and take roles (R39).
    ChangeRoles = PeopleWrite, Some(Permission::ManageOwners), fresh: true;
    /// See invitations.
    ReadInvitations = InvitationsRead, Some(Permission::ReadPeople), fresh: false;
    /// Invite people: whoever accepts has an account, and what it was offered.
    Invite = InvitationsWrite, Some(Permission::ManagePeople), fresh: true;
    /// Send invitations again, and withdraw them.
    ManageInvitations = InvitationsWrite, Some(Permission::ManagePeople), fresh: false;
    /// Unlock accounts.
    UnlockPeople = PeopleWrite, Some(Permission::ManageSessions), fresh: true;
    /// See how others can sign in.
    SeeFactors = PeopleRead, Some(Permission::ManageSessions), fresh: false;
    /// Take a factor away from others.
    ResetFactors = PeopleWrite, Some(Permission::ManageSessions), fresh: true;
    /// Have links mailed to others.
    MailPeople = PeopleWrite, Some(Permission::ManageSessions), fresh: true;
    /// See the personal access tokens of others.
    SeeTokens = PeopleRead, Some(Permission::ManageSessions), fresh: false;
    /// Revoke personal access tokens of others.
    RevokeTokens = PeopleWrite, Some(Permission::ManageSessions), fresh: true;
    /// See groups.
    ReadGroups = GroupsRead, Some(Permission::ReadPeople), fresh: false;
    /// Change groups and who is in them: what they give, their members have.
    ManageGroups = GroupsWrite, Some(Permission::ManagePeople), fresh: true;
    /// See the sign-in policy, and try drafts of it.
    ReadPolicy = PolicyRead, Some(Permission::ReadPolicy), fresh: false;
    /// Change the sign-in policy.
    ChangePolicy = PolicyWrite, Some(Permission::ManagePolicy), fresh: true;
    /// See where others are signed in.
    SeeSessions = SessionsRead, Some(Permission::ManageSessions), fresh: false;
    /// Sign others out.
    EndSessions = SessionsWrite, Some(Permission::ManageSessions), fresh: true;
    /// See what belongs to one's own account.
    ReadOwnAccount = AccountRead, None, fresh: false;
    /// Make a personal access token: a sign-in of a moment ago, which no such token is (P114).
    MakeToken = AccountWrite, None, fresh: true;
    /// Change what belongs to one's own account.
    ManageOwnAccount = AccountWrite, None, fresh: false;
}

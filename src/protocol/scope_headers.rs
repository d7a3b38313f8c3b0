//! The headers by which a request names its tenant, workspace and context, checked against the token (R35; P099).

use crate::model::ids::{ContextId, WorkspaceId};

use super::token_claims::AccessTokenClaims;

/// Names the tenant, by id.
pub const TENANT: &str = "X-Tenant-ID";
/// Names the workspace, by id.
pub const WORKSPACE: &str = "X-Workspace-ID";
/// Names the context, by id.
pub const CONTEXT: &str = "X-Context-ID";

/// The headers of one request, each as it stood there exactly once.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScopeHeaders<'a> {
    /// The value of [`TENANT`].
    pub tenant: Option<&'a str>,
    /// The value of [`WORKSPACE`].
    pub workspace: Option<&'a str>,
    /// The value of [`CONTEXT`].
    pub context: Option<&'a str>,
}

/// Which headers a service demands; what it does not demand is still checked where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demand {
    /// None of them: the claims alone say where the request belongs.
    Nothing,
    /// The tenant.
    #[default]
    Tenant,
    /// Tenant and workspace.
    Workspace,
    /// Tenant, workspace and context.
    Context,
}

/// Where a request belongs, once its headers agree with its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestScope {
    /// The workspace named.
    pub workspace: Option<WorkspaceId>,
    /// The context named.
    pub context: Option<ContextId>,
}

/// Checks the headers against the claims: the tenant is the token's, the workspace is a key of `workspaces`, the
/// context is in its list. Compared as text, so that one id has one spelling.
pub fn check(
    claims: &AccessTokenClaims,
    headers: ScopeHeaders<'_>,
    demand: Demand,
) -> Result<RequestScope, ScopeHeaderError> {
    let (tenant, workspace, context) = match demand {
        Demand::Nothing => (false, false, false),
        Demand::Tenant => (true, false, false),
        Demand::Workspace => (true, true, false),
        Demand::Context => (true, true, true),
    };
    match headers.tenant {
        None if tenant => return Err(ScopeHeaderError::Missing(TENANT)),
        Some(named) if named != claims.tenant_id.to_string() => return Err(ScopeHeaderError::Tenant),
        None | Some(_) => {}
    }
    let Some(named) = headers.workspace else {
        return if workspace || headers.context.is_some() {
            Err(ScopeHeaderError::Missing(WORKSPACE))
        } else {
            Ok(RequestScope { workspace: None, context: None })
        };
    };
    let workspace = named.parse().map_err(|_| ScopeHeaderError::Workspace)?;
    let Some(workspaces) = &claims.workspaces else {
        return Err(if claims.workspaces_ref.is_some() {
            ScopeHeaderError::ByReference
        } else {
            ScopeHeaderError::Workspace
        });
    };
    let contexts = workspaces.get(&workspace).ok_or(ScopeHeaderError::Workspace)?;
    let Some(named) = headers.context else {
        return if context {
            Err(ScopeHeaderError::Missing(CONTEXT))
        } else {
            Ok(RequestScope { workspace: Some(workspace), context: None })
        };
    };
    let context = named.parse().map_err(|_| ScopeHeaderError::Context)?;
    if contexts.contains(&context) {
        Ok(RequestScope { workspace: Some(workspace), context: Some(context) })
    } else {
        Err(ScopeHeaderError::Context)
    }
}

/// Why the request is refused: 400 for [`ScopeHeaderError::Missing`], 403 for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeHeaderError {
    /// A header that the service demands, or that another one needs, is missing.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// The tenant is not the token's.
    #[error("the tenant named is not the token's")]
    Tenant,
    /// The workspace is not in the token.
    #[error("the workspace named is not in the token")]
    Workspace,
    /// The context is not in the token's list of the workspace.
    #[error("the context named is not in the token")]
    Context,
    /// The token's workspaces stand behind `workspaces_ref` (D10) and must be fetched first.
    #[error("the token holds its workspaces by reference")]
    ByReference,
}

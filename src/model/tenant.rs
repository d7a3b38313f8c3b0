//! Tenants, and what they bought: products, plans, entitlements.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::accent::Accent;
use super::ids::{Slug, TenantId};
use super::status::Status;
use super::time::Timestamp;

/// A customer organisation, or the platform itself (slug `platform`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id, in every token as `tenant_id`.
    pub id: TenantId,
    /// Its short name, in every token as `tenant`. Never used again after deletion (D2).
    pub slug: Slug,
    /// The name people read.
    pub name: String,
    /// The key of its plan; the platform has none.
    pub plan: Option<String>,
    /// Where its data should live (R79); a label.
    pub region: Option<String>,
    /// The colour of its pages, where it has one of its own.
    pub accent: Option<Accent>,
    /// Whether it may be used.
    pub status: Status,
}

/// The slug of the tenant that holds the operator's own staff, clients and resource servers.
pub const PLATFORM_SLUG: &str = "platform";

/// Product key to the grants one has in it: `{"notes": ["read", "write"]}`.
pub type Entitlements = BTreeMap<String, BTreeSet<String>>;

/// Something sold, and what one may do in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The key in entitlements.
    pub key: String,
    /// The name people read.
    pub name: String,
    /// What one may do in it.
    pub grants: BTreeSet<String>,
}

/// A named set of entitlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The key, in every token as `plan`.
    pub key: String,
    /// The name people read.
    pub name: String,
    /// What a tenant on this plan has.
    pub entitlements: Entitlements,
}

/// One grant that a tenant has over its plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddOn {
    /// The product.
    pub product: String,
    /// The grant in it.
    pub grant: String,
    /// When it ends by itself, if it does.
    pub expires_at: Option<Timestamp>,
}

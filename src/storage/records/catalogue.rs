//! Products and plans: what the operator sells.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};

use super::{from_json, to_json};
use crate::model::failure::Failure;
use crate::model::tenant::{Plan, Product};
use crate::storage::rows::{Ask, OrFailure, update_rows};
use crate::storage::schema::{plans, products};
use crate::storage::tx::{PlatformTx, Transaction, sealed::Connected};

/// Every product, by key.
pub fn products(tx: &mut impl Transaction) -> Result<Vec<Product>, Failure> {
    let rows: Vec<(String, String, String)> =
        products::table.order(products::key).every(tx.conn()).or_failure("listing products")?;
    rows.into_iter()
        .map(|(key, name, grants)| Ok(Product { key, name, grants: from_json(&grants, "products.grants")? }))
        .collect()
}

/// Every plan, by key.
pub fn plans(tx: &mut impl Transaction) -> Result<Vec<Plan>, Failure> {
    let rows: Vec<(String, String, String)> =
        plans::table.order(plans::key).every(tx.conn()).or_failure("listing plans")?;
    rows.into_iter().map(read_plan).collect()
}

/// The plan with this key.
pub fn plan(tx: &mut impl Transaction, key: &str) -> Result<Option<Plan>, Failure> {
    let row: Option<(String, String, String)> =
        plans::table.filter(plans::key.eq(key)).one(tx.conn()).optional().or_failure("reading a plan")?;
    row.map(read_plan).transpose()
}

fn read_plan((key, name, entitlements): (String, String, String)) -> Result<Plan, Failure> {
    Ok(Plan { key, name, entitlements: from_json(&entitlements, "plans.entitlements")? })
}

/// Adds the product, or changes the one with its key.
pub fn put_product(tx: &mut PlatformTx<'_>, product: &Product) -> Result<(), Failure> {
    let grants = to_json(&product.grants, "products.grants")?;
    let values = (products::name.eq(&product.name), products::grants.eq(&grants));
    let changed = update_rows(products::table.filter(products::key.eq(&product.key)))
        .set(values)
        .execute(tx.conn())
        .or_failure("changing a product")?;
    if changed == 0 {
        diesel::insert_into(products::table)
            .values((
                products::key.eq(&product.key),
                products::name.eq(&product.name),
                products::grants.eq(&grants),
            ))
            .run(tx.conn())
            .or_failure("adding a product")?;
    }
    Ok(())
}

/// Adds the plan, or changes the one with its key.
pub fn put_plan(tx: &mut PlatformTx<'_>, plan: &Plan) -> Result<(), Failure> {
    let entitlements = to_json(&plan.entitlements, "plans.entitlements")?;
    let changed = update_rows(plans::table.filter(plans::key.eq(&plan.key)))
        .set((plans::name.eq(&plan.name), plans::entitlements.eq(&entitlements)))
        .execute(tx.conn())
        .or_failure("changing a plan")?;
    if changed == 0 {
        diesel::insert_into(plans::table)
            .values((
                plans::key.eq(&plan.key),
                plans::name.eq(&plan.name),
                plans::entitlements.eq(&entitlements),
            ))
            .run(tx.conn())
            .or_failure("adding a plan")?;
    }
    Ok(())
}

/// Removes a product that nothing refers to any more.
pub fn remove_product(tx: &mut PlatformTx<'_>, key: &str) -> Result<(), Failure> {
    diesel::delete(products::table.filter(products::key.eq(key)))
        .run(tx.conn())
        .or_failure("removing a product")?;
    Ok(())
}

/// Removes a plan that no tenant has any more.
pub fn remove_plan(tx: &mut PlatformTx<'_>, key: &str) -> Result<(), Failure> {
    diesel::delete(plans::table.filter(plans::key.eq(key))).run(tx.conn()).or_failure("removing a plan")?;
    Ok(())
}

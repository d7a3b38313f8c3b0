//! One tenant's transaction never sees another's rows (R30 to R32, D24).

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_types::BigInt};
use symbolon::storage::Database;
use symbolon::storage::database::UnsafeServer;
use symbolon::storage::records::users;

use super::{count_users, tenant, user};
use crate::harness::database::TestDatabase;

#[tokio::test]
async fn a_tenant_sees_its_own_people_only() {
    let home = TestDatabase::new();
    let database = home.open();
    let (acme, globex) = (tenant(&database, "acme").await, tenant(&database, "globex").await);
    let ada = user(acme.id(), "ada@acme.example");
    let id = ada.id;
    database.write(&acme, move |tx| users::insert(tx, &ada)).await.expect("a user is made");
    assert_eq!(count_users(&database, &acme).await, 1);
    assert_eq!(count_users(&database, &globex).await, 0);
    let seen = database.read(&globex, move |tx| users::find(tx, id)).await.expect("a look-up");
    assert_eq!(seen, None);
}

#[tokio::test]
async fn a_row_belongs_to_the_tenant_of_the_transaction_whatever_the_value_says() {
    let home = TestDatabase::new();
    let database = home.open();
    let (acme, globex) = (tenant(&database, "acme").await, tenant(&database, "globex").await);
    let claims_acme = user(acme.id(), "mallory@globex.example");
    database.write(&globex, move |tx| users::insert(tx, &claims_acme)).await.expect("a user is made");
    assert_eq!(count_users(&database, &acme).await, 0);
    assert_eq!(count_users(&database, &globex).await, 1);
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The lock below the queries: a query without a tenant finds nothing, whatever it says. SQLite has no such lock; its half
/// of the promise is the test above and the types.
#[tokio::test]
#[ignore = "PostgreSQL only"]
async fn row_level_security_hides_everything_from_a_query_that_names_no_tenant() {
    let home = TestDatabase::new();
    let database = home.open();
    let acme = tenant(&database, "acme").await;
    let ada = user(acme.id(), "ada@acme.example");
    database.write(&acme, move |tx| users::insert(tx, &ada)).await.expect("a user is made");
    let symbolon::storage::DatabaseUrl::Postgres(url) = &home.url else { panic!("a PostgreSQL run") };
    let mut conn = PgConnection::establish(url.expose()).expect("the serving role signs in");
    let seen: Count =
        diesel::sql_query("SELECT count(*) AS n FROM users").get_result(&mut conn).expect("a count");
    assert_eq!(seen.n, 0);
    let changed = diesel::sql_query("UPDATE users SET email = 'x'").execute(&mut conn).expect("an update");
    assert_eq!(changed, 0);
    let names_other = diesel::sql_query(
        "INSERT INTO workspaces (tenant_id, id, slug, name) SELECT id, 'w', 'w', 'w' FROM tenants",
    )
    .execute(&mut conn);
    assert!(names_other.is_err(), "a row of a tenant that the transaction did not name");
}

#[tokio::test]
async fn serve_accepts_the_plain_role() {
    let home = TestDatabase::new();
    assert_eq!(home.open().check_server().await.expect("an answer"), Ok(()));
}

#[tokio::test]
#[ignore = "PostgreSQL only"]
async fn serve_refuses_the_owner_and_the_administrator() {
    let home = TestDatabase::new();
    let owner = Database::open(&home.owner_url, 1).expect("the owner signs in");
    assert_eq!(owner.check_server().await.expect("an answer"), Err(UnsafeServer::RoleOwns));
    let admin = home.admin_url.as_ref().expect("an administrator").parse().expect("a URL");
    let admin = Database::open(&admin, 1).expect("the administrator signs in");
    assert_eq!(admin.check_server().await.expect("an answer"), Err(UnsafeServer::RoleBypasses));
}

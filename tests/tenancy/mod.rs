//! Two tenants under one roof: whoever holds something of acme's comes with the ids of globex, by every route of the
//! server and every record of the storage (P098, P024, P075).

mod estate;
mod records;
mod routes;
mod rows;

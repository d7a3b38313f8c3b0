//! The `OpenAPI` 3.1 document of the JSON API, made from the URL map and from the types that are served: what is not mounted is
//! not in it, and what is mounted cannot be left out. A test keeps `docs/openapi.json` the same.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::routes::{Operation, Route};
use crate::model::failure::Failure;
use crate::protocol::api_scope::ApiScope;
use crate::protocol::metadata::paths;
use crate::web::api::described::{Described, Schemas, Shape};
use crate::web::problem::Problem;

/// The document as text.
///
/// # Errors
/// It cannot be written, which is a defect.
pub fn text(table: &[Route]) -> Result<String, Failure> {
    let written = serde_json::to_string_pretty(&document(table)?);
    let mut text = written.map_err(|error| Failure::internal("writing the API's document").because(error))?;
    text.push('\n');
    Ok(text)
}

fn document(table: &[Route]) -> Result<Value, Failure> {
    let mut schemas = BTreeMap::new();
    keep(&mut schemas, PROBLEM)?;
    let mut all = Map::new();
    for route in table.iter().filter(|route| !(route.operations().is_empty() && route.services().is_empty()))
    {
        let mut item = Map::new();
        let parameters = in_path(route.path());
        if !parameters.is_empty() {
            item.insert("parameters".into(), parameters.into());
        }
        for operation in route.operations() {
            shapes(&mut schemas, operation.described)?;
            let method = operation.method.as_str().to_ascii_lowercase();
            item.insert(method, described(operation));
        }
        for of in route.services() {
            shapes(&mut schemas, of)?;
            item.insert("post".into(), service(of));
        }
        all.insert(route.path().to_owned(), item.into());
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Symbolon",
            "version": "1",
            "summary": "Administration of the people of a tenant.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": all,
        "components": {
            "schemas": schemas,
            "responses": {"Problem": {
                "description": "A problem document (RFC 9457).",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }},
            "securitySchemes": security(),
        },
    }))
}

const PROBLEM: Shape = Shape::of::<Problem>();

const ABOUT: &str = "Every request is made in the tenant of its token, for the person who holds it, and within what the roles \
of that person allow at that moment. An id of another tenant is answered like one that never existed. Unknown members and \
parameters are refused. Lists go on with `cursor`, the `next` of the page before. Errors are problem documents (RFC 9457) with \
a stable `type`; values that cannot be taken are named by JSON pointers. A privileged operation asks for a sign-in of at most \
ten minutes ago (RFC 9470), which no personal access token has.";

/// Puts a shape among the schemas, with all that it refers to.
fn keep(schemas: &mut BTreeMap<String, Value>, shape: Shape) -> Result<(), Failure> {
    let mut found: Schemas = vec![((shape.name)(), (shape.schema)())];
    (shape.inner)(&mut found);
    for (name, schema) in found {
        let written = serde_json::to_value(&schema);
        let written = written.map_err(|error| Failure::internal("writing a schema").because(error))?;
        schemas.insert(name, written);
    }
    Ok(())
}

/// The bodies of an operation.
fn shapes(schemas: &mut BTreeMap<String, Value>, of: &Described) -> Result<(), Failure> {
    of.takes.iter().chain(of.gives.1.iter()).try_for_each(|shape| keep(schemas, *shape))
}

fn reference(shape: Shape) -> Value {
    json!({"schema": {"$ref": format!("#/components/schemas/{}", (shape.name)())}})
}

/// The ids in a path.
fn in_path(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}))
        .collect()
}

fn described(operation: &Operation) -> Value {
    let (demand, of) = (operation.demand, operation.described);
    let mut parameters: Vec<Value> = of
        .query
        .iter()
        .map(|(name, what)| {
            let number = json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50});
            let schema = if *name == "limit" { number } else { json!({"type": "string"}) };
            json!({"name": name, "in": "query", "description": what, "schema": schema})
        })
        .collect();
    if of.versioned && operation.method != "GET" {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "schema": {"type": "string"},
            "description": "The `ETag` that was read: another change meanwhile is answered 412.",
        }));
    }
    let mut object = Map::new();
    named(&mut object, of);
    object.insert("security".into(), secured(operation));
    if let Some(permission) = demand.permission {
        object.insert("x-permission".into(), permission.as_str().into());
    }
    object.insert("x-fresh-sign-in".into(), demand.fresh.into());
    if !parameters.is_empty() {
        object.insert("parameters".into(), parameters.into());
    }
    bodies(&mut object, of);
    object.into()
}

/// What is done for a client itself.
fn service(of: &Described) -> Value {
    let mut object = Map::new();
    named(&mut object, of);
    object.insert("security".into(), json!([{"client": []}]));
    bodies(&mut object, of);
    object.into()
}

fn named(object: &mut Map<String, Value>, of: &Described) {
    object.insert("operationId".into(), of.id.into());
    object.insert("tags".into(), json!([of.tag]));
    object.insert("summary".into(), of.summary.into());
}

fn bodies(object: &mut Map<String, Value>, of: &Described) {
    if let Some(shape) = of.takes {
        let body = json!({"required": true, "content": {"application/json": reference(shape)}});
        object.insert("requestBody".into(), body);
    }
    object.insert("responses".into(), answers(of).into());
}

/// A personal access token never stands for a fresh sign-in.
fn secured(operation: &Operation) -> Value {
    let scope = operation.demand.scope.as_str();
    if operation.demand.fresh {
        json!([{"oauth2": [scope]}])
    } else {
        json!([{"oauth2": [scope]}, {"personalAccessToken": []}])
    }
}

fn answers(of: &Described) -> Map<String, Value> {
    let mut answers = Map::new();
    let (status, shape) = of.gives;
    let mut success = Map::new();
    success.insert("description".into(), "Done.".into());
    if let Some(shape) = shape {
        success.insert("content".into(), json!({"application/json": reference(shape)}));
    }
    if of.versioned {
        let tag = json!({"ETag": {"schema": {"type": "string"}, "description": "Its version."}});
        success.insert("headers".into(), tag);
    }
    answers.insert(status.to_string(), success.into());
    let usual = [400, 401, 403, 429, 503];
    let with_body: &[u16] = if of.takes.is_some() { &[413, 415] } else { &[] };
    for status in usual.iter().chain(with_body).chain(of.refusals) {
        answers.insert(status.to_string(), json!({"$ref": "#/components/responses/Problem"}));
    }
    answers
}

fn security() -> Value {
    let scopes: BTreeMap<&str, &str> =
        ApiScope::ALL.iter().map(|scope| (scope.as_str(), scope.description())).collect();
    json!({
        "oauth2": {
            "type": "oauth2",
            "description": "An access token for the issuer itself; no `resource` is asked for.",
            "flows": {"authorizationCode": {
                "authorizationUrl": paths::AUTHORIZE,
                "tokenUrl": paths::TOKEN,
                "refreshUrl": paths::TOKEN,
                "scopes": scopes,
            }},
        },
        "client": {
            "type": "http",
            "scheme": "basic",
            "description": "A confidential client of the platform, by its secret. One with keys puts `client_assertion` and \
                            `client_assertion_type` beside the members of the body (RFC 7523).",
        },
        "personalAccessToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "syp_",
            "description": "A personal access token with the scope of the operation.",
        },
    })
}

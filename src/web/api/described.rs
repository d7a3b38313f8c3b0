//! What the document of the API says of an operation beside its path, its method and its right, which the URL map declares.

use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// The schemas of a type and of all that it holds, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// A body, by its name among the schemas.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Its name.
    pub name: fn() -> String,
    /// Its schema.
    pub schema: fn() -> RefOr<Schema>,
    /// The schemas that it refers to.
    pub inner: fn(&mut Schemas),
}

impl Shape {
    /// The shape of this type.
    pub const fn of<T: ToSchema>() -> Self {
        Self { name: || T::name().into_owned(), schema: T::schema, inner: T::schemas }
    }
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Described {
    /// Its name, which clients make functions of.
    pub id: &'static str,
    /// The group that it stands in.
    pub tag: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The parameters of the URL, and what each is.
    pub query: &'static [(&'static str, &'static str)],
    /// The body that it takes.
    pub takes: Option<Shape>,
    /// The status of success, and the body there.
    pub gives: (u16, Option<Shape>),
    /// How else it may end, beside what every operation may.
    pub refusals: &'static [u16],
    /// Whether it takes `If-Match`, and answers with `ETag`.
    pub versioned: bool,
}

//! A YAML document as a tree in which every key and value knows its place, so that one pass can name every fault.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned, Tagged};

use super::fault::Place;

/// The largest file that is read, in bytes.
pub(super) const MAX_BYTES: usize = 32 * 1024 * 1024;

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// What stands at a place.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Integer(i64),
    Fraction(f64),
    Text(String),
    List(Vec<Node>),
    /// Entries in the order of the file; a repeated key stands twice.
    Map(Vec<Entry>),
}

/// A key with its place and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) value: Node,
}

impl Node {
    /// Reads one YAML document. Depth, size and what aliases expand to are bounded.
    ///
    /// # Errors
    /// The place and the reason, when the text is not one well-formed document within the bounds.
    pub(super) fn read(text: &str) -> Result<Self, (Place, String)> {
        if text.len() > MAX_BYTES {
            return Err((Place::START, "the file is over 32 MiB; split it".to_owned()));
        }
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! {
                max_depth: 32,
                flow_nesting_limit: 32,
                max_documents: 1,
                max_nodes: 2_000_000,
                max_events: 6_000_000,
                max_aliases: 10_000,
                max_anchors: 10_000,
            },
            alias_limits: serde_saphyr::alias_limits! {
                max_total_replayed_events: 200_000,
                max_replay_stack_depth: 8,
                max_alias_expansions_per_anchor: 10_000,
            },
            duplicate_keys: DuplicateKeyPolicy::PassThrough,
            strict_booleans: true,
            with_snippet: false,
        };
        serde_saphyr::from_str_with_options::<Self>(text, options).map_err(|error| {
            let place = error.location().map_or(Place::START, Place::from);
            (place, format!("not readable as YAML: {}", error.without_snippet()))
        })
    }

    /// The value under a key, when this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries, when this is a map; else none.
    pub(super) fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The items under a key, when they are a list; else none.
    pub(super) fn items(&self, key: &str) -> &[Self] {
        self.get(key).map_or(&[], Self::list)
    }

    /// The items, when this is a list; else none.
    pub(super) fn list(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The text, when this is one.
    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The first key that stands twice in one object in here.
    pub(super) fn repeated(&self) -> Option<&Entry> {
        let entries = self.entries();
        let mut numbered = entries.iter().enumerate();
        let again = numbered.find(|(at, entry)| entries.iter().take(*at).any(|known| known.key == entry.key));
        let inside = || entries.iter().map(|entry| &entry.value).chain(self.list()).find_map(Self::repeated);
        again.map(|(_, entry)| entry).or_else(inside)
    }

    /// The same value as JSON, for what is passed on as such.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Flag(flag) => (*flag).into(),
            Value::Integer(number) => (*number).into(),
            Value::Fraction(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect()
            }
        }
    }
}

impl Value {
    /// What this is, in words for a message.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Flag(_) => "true or false",
            Self::Integer(_) | Self::Fraction(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a group of keys",
        }
    }
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        Self { line: location.line().max(1), column: location.column().max(1) }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let Tagged(spanned, tag) = Tagged::<Spanned<Value>>::deserialize(input)?;
        plain::<D::Error>(tag.as_deref())?;
        Ok(Self { value: spanned.value, place: spanned.referenced.into() })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(AnyValue)
    }
}

/// Refuses a tag that is not of YAML's core schema (YAML 1.2 §10.3): one that reads files or decodes bytes elsewhere would
/// be passed over here in silence, or mean something else than it says. So would `!!null`, which makes nothing of any text.
fn plain<E: serde::de::Error>(tag: Option<&str>) -> Result<(), E> {
    const CORE: [&str; 6] = ["bool", "int", "float", "str", "seq", "map"];
    let core =
        tag.is_none_or(|tag| tag.strip_prefix("tag:yaml.org,2002:").is_some_and(|name| CORE.contains(&name)));
    if core {
        Ok(())
    } else {
        Err(E::custom("a tag that is not used here; write the value itself, without `!`"))
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Integer).map_err(|_| E::custom("a number that is too large"))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Fraction(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = input.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(Tagged(key, tag)) = input.next_key::<Tagged<Spanned<String>>>()? {
            if key.value.len() > 1024 {
                return Err(A::Error::custom("a key that is too long"));
            }
            plain(tag.as_deref()).map_err(|error: A::Error| {
                A::Error::custom(format_args!("{error} (at the key in line {})", key.referenced.line()))
            })?;
            let value = input.next_value()?;
            entries.push(Entry { key: key.value, place: key.referenced.into(), value });
        }
        Ok(Value::Map(entries))
    }
}

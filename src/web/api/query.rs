//! The parameters of the URL: those that an operation knows, each once at most.

use std::str::FromStr;

use crate::flows::access::Refused;
use crate::protocol::params::Params;

/// The most items of one page.
const MOST: u16 = 200;
/// The items of a page where nothing is asked for.
const USUAL: u16 = 50;

/// The parameters of one request.
pub struct Query(Params);

impl Query {
    pub(super) fn read(text: &str, known: &[(&str, &str)]) -> Result<Self, Refused> {
        let params = Params::parse(text.as_bytes())
            .map_err(|_| Refused::invalid("query", "The query is malformed, or names a parameter twice."))?;
        if params.iter().all(|(name, _)| known.iter().any(|(own, _)| *own == name)) {
            Ok(Self(params))
        } else {
            Err(Refused::invalid("query", "The query names a parameter that is not known here."))
        }
    }

    /// A parameter in its form; `None` where it is left out.
    ///
    /// # Errors
    /// It cannot be read; `should` says what would be right.
    pub fn parsed<T: FromStr>(&self, name: &'static str, should: &'static str) -> Result<Option<T>, Refused> {
        let text = self.0.get(name);
        text.map(|text| text.parse().map_err(|_| Refused::invalid(name, should))).transpose()
    }

    /// How many items are asked for.
    ///
    /// # Errors
    /// None, too many, or no number.
    pub fn limit(&self) -> Result<u16, Refused> {
        let should = "It must be a number from 1 to 200.";
        match self.parsed::<u16>("limit", should)? {
            None => Ok(USUAL),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(_) => Err(Refused::invalid("limit", should)),
        }
    }

    /// Where the page begins: behind this item.
    ///
    /// # Errors
    /// It is not one that we gave.
    pub fn cursor<I: FromStr>(&self) -> Result<Option<I>, Refused> {
        self.parsed("cursor", "It must be the `next` of the page before.")
    }
}

//! The pages: their contract, their words, and what every page must and must not hold.

mod catalogue;
mod contract;
mod contrast;
pub(crate) mod gallery;

mod rules;

use crate::harness::html;

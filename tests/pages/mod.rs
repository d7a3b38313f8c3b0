//! The pages: their contract, their words, and what every page must and must not hold.

mod catalogue;
mod contract;
mod contrast;
pub(crate) mod gallery;

mod own;
mod pictures;
mod rules;

use crate::harness::html;

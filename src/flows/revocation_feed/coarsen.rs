//! Too many revocations for one feed (D14): those with the most entries give way first, so that nobody can make the feed
//! coarse for others by filling it; and of theirs the oldest, so that a coarse entry takes no token that is younger than
//! it must.

use std::collections::BTreeMap;

use crate::model::time::Timestamp;
use crate::storage::records::revocations::{Named, Within};

/// The entries, at most `most` of them: where there are more, the oldest of the persons with the most entries are named by
/// the person until it fits, and then those of the tenants. Entries with a cut-off after `settled` give way last: a
/// coarse entry in their place refuses what is issued now. Each hash stands there once.
///
/// # Errors
/// There is nothing coarser left, and it does not fit: what it came to.
pub(super) fn fit(cuts: Vec<Named>, most: usize, settled: Timestamp) -> Result<Vec<Named>, Vec<Named>> {
    let mut cuts = merge(cuts);
    let found = cuts.len();
    let latest = cuts.iter().map(|cut| cut.cut_off).max().unwrap_or(settled);
    for until in [settled, latest] {
        for coarser in [person, tenant] {
            cuts = name_the_heaviest(cuts, most, (until, coarser));
        }
    }
    if cuts.len() < found {
        tracing::warn!(found, named = cuts.len(), "too many revocations for one feed: it names coarser ones");
    }
    if cuts.len() <= most { Ok(cuts) } else { Err(cuts) }
}

/// Each hash once, with its latest cut-off, in their order.
fn merge(cuts: Vec<Named>) -> Vec<Named> {
    let mut merged: BTreeMap<String, Named> = BTreeMap::new();
    for cut in cuts {
        match merged.get_mut(&cut.hash) {
            Some(known) => known.cut_off = known.cut_off.max(cut.cut_off),
            None => {
                merged.insert(cut.hash.clone(), cut);
            }
        }
    }
    merged.into_values().collect()
}

type Coarser = fn(&Within) -> Option<&String>;

fn person(within: &Within) -> Option<&String> {
    within.subject.as_ref()
}

fn tenant(within: &Within) -> Option<&String> {
    within.tenant.as_ref()
}

fn name_the_heaviest(cuts: Vec<Named>, most: usize, (until, coarser): (Timestamp, Coarser)) -> Vec<Named> {
    let mut over = cuts.len().saturating_sub(most);
    if over == 0 {
        return cuts;
    }
    let mut groups: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    let mut left = Vec::new();
    for cut in cuts {
        match coarser(&cut.within).filter(|_| cut.cut_off <= until).cloned() {
            Some(name) => groups.entry(name).or_default().push(cut),
            None => left.push(cut),
        }
    }
    let mut groups: Vec<(String, Vec<Named>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, inside)| std::cmp::Reverse(inside.len()));
    for (name, mut inside) in groups {
        if over > 0 && inside.len() > 1 {
            inside.sort_by_key(|cut| cut.cut_off);
            left.extend(inside.split_off(inside.len().min(over + 1)));
            over = over.saturating_sub(inside.len() - 1);
            left.extend(inside.pop().map(|last| Named { hash: name, ..last }));
        } else {
            left.append(&mut inside);
        }
    }
    merge(left)
}

//! Too many revocations for one feed (D14): those with the most entries give way first, so that nobody can make the feed
//! coarse for others by filling it.

use std::collections::{BTreeMap, BTreeSet};

use crate::storage::records::revocations::{Named, Within};

/// The entries, at most `most` of them: where there are more, the persons with the most entries are named in place of
/// their entries until it fits, and then the tenants. Each hash stands there once.
///
/// # Errors
/// There is nothing coarser left, and it does not fit: what it came to.
pub(super) fn fit(cuts: Vec<Named>, most: usize) -> Result<Vec<Named>, Vec<Named>> {
    let mut cuts = merge(cuts);
    let found = cuts.len();
    for coarser in [person, tenant] {
        cuts = name_the_heaviest(cuts, most, coarser);
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

fn person(within: &Within) -> Option<&String> {
    within.subject.as_ref()
}

fn tenant(within: &Within) -> Option<&String> {
    within.tenant.as_ref()
}

fn name_the_heaviest(cuts: Vec<Named>, most: usize, coarser: fn(&Within) -> Option<&String>) -> Vec<Named> {
    let mut over = cuts.len().saturating_sub(most);
    if over == 0 {
        return cuts;
    }
    let mut sizes: BTreeMap<&String, usize> = BTreeMap::new();
    for name in cuts.iter().filter_map(|cut| coarser(&cut.within)) {
        *sizes.entry(name).or_default() += 1;
    }
    let mut heaviest: Vec<(usize, &String)> = sizes.into_iter().map(|(name, size)| (size, name)).collect();
    heaviest.sort_unstable_by(|one, other| other.cmp(one));
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (size, name) in heaviest {
        if over == 0 || size < 2 {
            break;
        }
        over = over.saturating_sub(size - 1);
        named.insert(name.clone());
    }
    let rename = |cut: Named| match coarser(&cut.within).filter(|name| named.contains(*name)) {
        Some(name) => Named { hash: name.clone(), ..cut },
        None => cut,
    };
    merge(cuts.into_iter().map(rename).collect())
}

//! The Merkle root over the hashes of a chain, computed as the events go by (RFC 9162 §2.1.1).

use crate::model::digest::{hex, sha256};

type Hash = [u8; 32];

/// Subtree roots from the largest to the smallest, each with the number of leaves under it.
#[derive(Debug, Clone, Default)]
pub(super) struct Merkle {
    peaks: Vec<(u64, Hash)>,
}

impl Merkle {
    /// Adds the hash of the next event.
    pub(super) fn push(&mut self, event_hash: &str) {
        let mut size = 1;
        let mut root = hash(0, &[event_hash.as_bytes()]);
        while let Some((_, left)) = self.peaks.pop_if(|peak| peak.0 == size) {
            root = hash(1, &[&left, &root]);
            size *= 2;
        }
        self.peaks.push((size, root));
    }

    /// The root over all events so far, in hexadecimal.
    pub(super) fn root(&self) -> String {
        let mut peaks = self.peaks.iter().rev().map(|peak| peak.1);
        match peaks.next() {
            None => hex(&hash(0, &[])),
            Some(smallest) => hex(&peaks.fold(smallest, |right, left| hash(1, &[&left, &right]))),
        }
    }
}

/// A leaf (0) or an inner node (1): the first byte keeps one from passing for the other.
fn hash(kind: u8, parts: &[&[u8]]) -> Hash {
    sha256(&[&[kind], parts.concat().as_slice()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 9162 §2.1.1, word for word: split at the largest power of two below the size.
    fn by_definition(leaves: &[String]) -> Hash {
        match leaves {
            [] => hash(0, &[]),
            [leaf] => hash(0, &[leaf.as_bytes()]),
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                hash(1, &[&by_definition(&leaves[..split]), &by_definition(&leaves[split..])])
            }
        }
    }

    #[test]
    fn the_running_root_is_the_root_by_definition() {
        let leaves: Vec<String> = (0..70).map(|n| format!("leaf {n}")).collect();
        let mut merkle = Merkle::default();
        for (n, leaf) in leaves.iter().enumerate() {
            merkle.push(leaf);
            assert_eq!(merkle.root(), hex(&by_definition(&leaves[..=n])), "{} leaves", n + 1);
        }
    }
}

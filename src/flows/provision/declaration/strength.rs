//! Whether a client secret that somebody chose is as good as a random one (D9).

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::crypto::password::guesses;

/// The least number of characters of a given client secret (D9).
const MIN_SECRET: usize = 32;

/// How hard to guess it is at least, as the power of ten of the guesses for its pieces one after the other. What is drawn at
/// random has 26 and more, six common words with signs between them have 15.
const MIN_GUESSES: f64 = 16.0;

/// A piece is judged at once up to this many characters: an estimate of more is cut off.
const PIECE: usize = 16;

/// The pairs of letters that make up most of an English text, and much of a German or French one.
const PAIRS: &str = "\
    thheineranreonatenndtiesorteofedisitalarsttontngsehaasouiolevecomedehiriroicneearacelichllbemasi\
    omurcaeltalansdifohopeecprnoctusacotiltrlyncetutsssorsunlowageiewheewiemadolrtpowenaulnitsmoowpa\
    immiaishirsuidosiviaamficivipligtuevldrympfeblabghtyopwosaayexke";

/// The first 32 digits of the digests of the empty text and of common words (MD5, SHA-1, SHA-2): they look random, and stand
/// in every table.
const DIGESTS: &str = include_str!("digests.txt");

/// Whether a given secret may stand behind one SHA-256 (D9): 32 to 256 printable ASCII characters that are no repeated
/// piece, no sequence, not few symbols over and over, no words, plain or in another notation, and no known digest of one.
///
/// # Errors
/// What is wrong with it, without the secret.
pub fn strong_enough(secret: &str) -> Result<(), &'static str> {
    let length = secret.chars().count();
    if length < MIN_SECRET {
        return Err("is shorter than 32 characters");
    }
    if length > 256 {
        return Err("is longer than 256 characters");
    }
    if !secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err("holds characters outside printable ASCII (RFC 6749 appendix A.2)");
    }
    let is_sequence = (1..=2).any(|apart| steps(secret, apart) * 4 > length * 3);
    if shannon_bits(secret) < 96.0 || is_sequence || is_periodic(secret.as_bytes()) {
        return Err("is too regular to be random");
    }
    if reads_like_words(secret)
        || !is_hard_to_guess(secret)
        || is_weak_text_in_disguise(secret)
        || is_known_digest(secret)
    {
        return Err("is made of words, or is one of those that stand in samples");
    }
    Ok(())
}

/// Whether most letters and digits stand beside a neighbour that they often have in words. Among letters drawn at random
/// every fifth pair is one of these.
fn reads_like_words(secret: &str) -> bool {
    let bare: Vec<u8> =
        secret.bytes().filter(u8::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let pairs = bare.windows(2);
    let often = |pair: &&[u8]| PAIRS.as_bytes().chunks_exact(2).any(|known| known == *pair);
    pairs.filter(often).count() * 2 >= bare.len()
}

/// The information in a text, if each character were drawn from the ones that occur in it, in bits.
fn shannon_bits(text: &str) -> f64 {
    let mut counts = HashMap::<char, f64>::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1.0;
    }
    let total: f64 = counts.values().sum();
    counts.values().map(|count| -count * (count / total).log2()).sum()
}

/// How many characters are the same as the one so far before, or its neighbour.
fn steps(text: &str, apart: usize) -> usize {
    let pairs = text.chars().zip(text.chars().skip(apart));
    pairs.filter(|(a, b)| u32::from(*a).abs_diff(u32::from(*b)) <= 1).count()
}

/// Whether the text is one piece of up to 15 characters over and over.
fn is_periodic(text: &[u8]) -> bool {
    (1..16).any(|period| text.iter().zip(text.iter().skip(period)).all(|(a, b)| a == b))
}

/// Whether it takes many guesses, piece by piece; one that comes again takes none.
fn is_hard_to_guess(secret: &str) -> bool {
    let pieces: BTreeSet<String> = pieces(secret).into_iter().collect();
    pieces.iter().map(|piece| guesses(piece)).sum::<f64>() >= MIN_GUESSES
}

/// The runs of letters and digits, parted also where a capital begins a word, and the signs between them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for c in text.chars() {
        let joins = before.is_some_and(|before| {
            before.is_ascii_alphanumeric()
                && c.is_ascii_alphanumeric()
                && !(before.is_ascii_lowercase() && c.is_ascii_uppercase())
        });
        match pieces.last_mut().filter(|piece| joins && piece.len() < PIECE) {
            Some(piece) => piece.push(c),
            None => pieces.push(c.to_string()),
        }
        before = Some(c);
    }
    pieces
}

/// Whether it is written text in base64, base32 or hexadecimal, and that text would be no secret.
fn is_weak_text_in_disguise(secret: &str) -> bool {
    const FORMS: [GeneralPurpose; 4] = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    let in_base64 = FORMS.iter().filter_map(|form| form.decode(secret).ok());
    let hidden = in_base64.chain(digits(secret, 5)).chain(digits(secret, 4));
    hidden.filter_map(text_of).any(|text| strong_enough(text.trim()).is_err())
}

/// The bytes behind digits of so many bits, hexadecimal or base32 (RFC 4648 §6, §8), whatever stands between them.
fn digits(text: &str, bits: u32) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut count) = (Vec::new(), 0_u32, 0);
    for c in text.chars().filter(|c| !":-% =".contains(*c)) {
        let digit = match (c.to_ascii_uppercase(), bits) {
            (c, 4) => c.to_digit(16)?,
            (c @ 'A'..='Z', _) => u32::from(c) - u32::from('A'),
            (c @ '2'..='7', _) => u32::from(c) - u32::from('2') + 26,
            _ => return None,
        };
        held = (held << bits) | digit;
        count += bits;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((held >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

/// What these bytes say, if they are written text.
fn text_of(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    let is_written = text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace());
    is_written.then_some(text)
}

fn is_known_digest(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    DIGESTS.lines().any(|digest| lower.starts_with(digest))
}

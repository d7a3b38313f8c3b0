//! The hashes of other systems, read and never made: bcrypt in its own form, scrypt and PBKDF2 in PHC form and as passlib
//! writes them, and what Django puts before each. What is read is in docs/import.md.

use std::num::NonZeroU32;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::recipe::{InvalidHash, Method, Recipe};
use crate::model::hash_cost::HashFamily;

/// Systems differ in whether they pad, and in what they leave in the bits that no byte uses.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const BCRYPT: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, LENIENT);

/// Characters of a salt and of an output of bcrypt.
const BCRYPT_SALT: usize = 22;
const BCRYPT_OUTPUT: usize = 31;

/// Reads anything but Argon2 in PHC form.
pub(super) fn read(stored: &str) -> Result<Recipe, InvalidHash> {
    let Some((scheme, rest)) = stored.strip_prefix('$').unwrap_or(stored).split_once('$') else {
        return Err(InvalidHash::Unknown);
    };
    if stored.starts_with('$') {
        return match scheme {
            "2a" | "2b" | "2y" => bcrypt(rest, false),
            "2x" => Err(InvalidHash::Broken),
            "scrypt" => scrypt(rest),
            "pbkdf2" | "pbkdf2-sha1" => pbkdf2(HashFamily::Pbkdf2Sha1, rest),
            "pbkdf2-sha256" => pbkdf2(HashFamily::Pbkdf2Sha256, rest),
            "pbkdf2-sha512" => pbkdf2(HashFamily::Pbkdf2Sha512, rest),
            _ => Err(InvalidHash::Unknown),
        };
    }
    // Django: the name of its hasher, then what that hasher made.
    match scheme {
        "argon2" if rest.starts_with("argon2") => Recipe::read(&format!("${rest}")),
        "bcrypt" => django_bcrypt(rest, false),
        "bcrypt_sha256" => django_bcrypt(rest, true),
        "pbkdf2_sha1" => django_pbkdf2(HashFamily::Pbkdf2Sha1, rest),
        "pbkdf2_sha256" => django_pbkdf2(HashFamily::Pbkdf2Sha256, rest),
        "scrypt" => django_scrypt(rest),
        _ => Err(InvalidHash::Unknown),
    }
}

/// `12$` and 53 characters of salt and output.
fn bcrypt(rest: &str, digested: bool) -> Result<Recipe, InvalidHash> {
    let (cost, text) = rest.split_once('$').ok_or(InvalidHash::Damaged)?;
    let (salt, output) = text.split_at_checked(BCRYPT_SALT).ok_or(InvalidHash::Damaged)?;
    if cost.len() != 2 || output.len() != BCRYPT_OUTPUT {
        return Err(InvalidHash::Damaged);
    }
    Ok(Recipe {
        method: Method::Bcrypt { cost: number(cost)?, digested },
        salt: decode(&BCRYPT, salt)?,
        expected: decode(&BCRYPT, output)?,
    })
}

fn django_bcrypt(rest: &str, digested: bool) -> Result<Recipe, InvalidHash> {
    match rest.split_at_checked(4) {
        Some(("$2a$" | "$2b$" | "$2y$", rest)) => bcrypt(rest, digested),
        Some(_) | None => Err(InvalidHash::Damaged),
    }
}

/// `ln=15,r=8,p=1$salt$output` (RFC 7914 in PHC form).
fn scrypt(rest: &str) -> Result<Recipe, InvalidHash> {
    let [params, salt, output] = parts(rest)?;
    let [ln, r, p] = fields(params, ["ln=", "r=", "p="])?;
    let method = Method::Scrypt { log_n: number(ln)?, r: number(r)?, p: number(p)? };
    Ok(Recipe { method, salt: decode(&STANDARD, salt)?, expected: decode(&STANDARD, output)? })
}

/// `N$salt$r$p$output`, the salt as it is.
fn django_scrypt(rest: &str) -> Result<Recipe, InvalidHash> {
    let [n, salt, r, p, output] = parts(rest)?;
    let n: u64 = number(n)?;
    if !n.is_power_of_two() {
        return Err(InvalidHash::Damaged);
    }
    let log_n = u8::try_from(n.ilog2()).map_err(|_| InvalidHash::Damaged)?;
    let method = Method::Scrypt { log_n, r: number(r)?, p: number(p)? };
    Ok(Recipe { method, salt: salt.as_bytes().to_vec(), expected: decode(&STANDARD, output)? })
}

/// `29000$salt$output` as passlib writes it, with `.` for `+`; or `i=600000,l=32$salt$output`.
fn pbkdf2(family: HashFamily, rest: &str) -> Result<Recipe, InvalidHash> {
    let [params, salt, output] = parts(rest)?;
    let expected = decode(&STANDARD, &output.replace('.', "+"))?;
    let iterations = match params.strip_prefix("i=") {
        None => params,
        Some(named) => match named.split_once(",l=") {
            Some((iterations, length)) if number(length) == Ok(expected.len()) => iterations,
            Some(_) => return Err(InvalidHash::Damaged),
            None => named,
        },
    };
    let salt = decode(&STANDARD, &salt.replace('.', "+"))?;
    Ok(Recipe { method: Method::Pbkdf2 { family, iterations: number(iterations)? }, salt, expected })
}

/// `600000$salt$output`, the salt as it is.
fn django_pbkdf2(family: HashFamily, rest: &str) -> Result<Recipe, InvalidHash> {
    let [iterations, salt, output] = parts(rest)?;
    let method = Method::Pbkdf2 { family, iterations: number::<NonZeroU32>(iterations)? };
    Ok(Recipe { method, salt: salt.as_bytes().to_vec(), expected: decode(&STANDARD, output)? })
}

/// Exactly so many parts between `$`.
fn parts<const N: usize>(text: &str) -> Result<[&str; N], InvalidHash> {
    text.split('$').collect::<Vec<_>>().try_into().map_err(|_| InvalidHash::Damaged)
}

/// Exactly these named values, in this order.
fn fields<'a, const N: usize>(text: &'a str, names: [&str; N]) -> Result<[&'a str; N], InvalidHash> {
    let given: Vec<&str> = text.split(',').collect();
    if given.len() != N {
        return Err(InvalidHash::Damaged);
    }
    let values: Option<Vec<&str>> =
        given.iter().zip(names).map(|(given, name)| given.strip_prefix(name)).collect();
    values.and_then(|values| values.try_into().ok()).ok_or(InvalidHash::Damaged)
}

/// A number in digits alone.
fn number<T: std::str::FromStr>(text: &str) -> Result<T, InvalidHash> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidHash::Damaged);
    }
    text.parse().map_err(|_| InvalidHash::Damaged)
}

fn decode(engine: &GeneralPurpose, text: &str) -> Result<Vec<u8>, InvalidHash> {
    engine.decode(text).map_err(|_| InvalidHash::Damaged)
}

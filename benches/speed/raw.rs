//! The yardsticks: RSA-2048 signatures and their checks, and Argon2id hashes, by the same libraries, with nothing around
//! them, on one core.

use std::error::Error;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};

use crate::size::{BENCH, size};

/// About the size of an access token's header and claims.
const MESSAGE: [u8; 640] = [b'x'; 640];

/// What a password hash of ours takes: KiB of memory and passes (R20).
pub(crate) const HASH: (u32, u32) = (19_456, 2);

/// What a load is measured against.
#[derive(Clone, Copy)]
pub(crate) enum Yardstick {
    Sign,
    Verify,
    Hash,
}

impl Yardstick {
    const ALL: [Self; 3] = [Self::Sign, Self::Verify, Self::Hash];

    const fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::Hash => "hash",
        }
    }

    /// The one with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|yardstick| yardstick.name() == name)
    }

    /// How often a second, on the core that this process is bound to.
    pub(crate) fn measure(self) -> Result<f64, Box<dyn Error>> {
        match self {
            Self::Sign => signatures(),
            Self::Verify => checks(),
            Self::Hash => hashes(),
        }
    }

    /// How often a second, in a process of its own, bound to the core that the server has.
    pub(crate) fn on_the_servers_core(self) -> Result<f64, Box<dyn Error>> {
        let this = std::env::current_exe()?;
        let size = size().is_measured.then_some(BENCH);
        let output = Command::new("taskset")
            .args(["-c", "0"])
            .arg(this)
            .args(["raw", self.name()])
            .args(size)
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        text.trim().parse().map_err(|_| "the raw measurement failed".into())
    }
}

fn signatures() -> Result<f64, Box<dyn Error>> {
    let key = KeyPair::generate(KeySize::Rsa2048)?;
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    rate(|| key.sign(&RSA_PKCS1_SHA256, &random, black_box(&MESSAGE), &mut signature).is_ok())
}

fn checks() -> Result<f64, Box<dyn Error>> {
    let key = KeyPair::generate(KeySize::Rsa2048)?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature)?;
    let public = key.public_key().as_der()?;
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public.as_ref())?;
    rate(|| public.verify_sig(black_box(&MESSAGE), &signature).is_ok())
}

/// How often a second something can be done.
pub(crate) fn rate(mut work: impl FnMut() -> bool) -> Result<f64, Box<dyn Error>> {
    let length = size().raw;
    let warm = Instant::now();
    while warm.elapsed() < length / 10 {
        if !work() {
            return Err("what is measured fails".into());
        }
    }
    let (begun, mut done) = (Instant::now(), 0_u32);
    while begun.elapsed() < length {
        for _ in 0..50 {
            work();
        }
        done += 50;
    }
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

/// Hashes a second, in memory that is used again.
fn hashes() -> Result<f64, Box<dyn Error>> {
    let (memory, passes) = HASH;
    let params = Params::new(memory, passes, 1, Some(32)).map_err(|error| error.to_string())?;
    let mut blocks = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    rate(|| {
        argon2
            .hash_password_into_with_memory(
                black_box(b"k7Qw-mT2x_Vb93Lr"),
                &[7; 16],
                &mut output,
                &mut blocks,
            )
            .is_ok()
    })
}

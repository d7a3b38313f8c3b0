//! How fast the product is beside the RSA signature that it cannot avoid.
//! Run by `make bench`; prints ratios of one run.
//!
//! This process is bound to the second core by its script, the server to the first.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its table and what it is doing"
)]

mod browser;
mod cases;
mod crowd;
mod deployment;
mod flood;
mod http;
#[path = "../../tests/harness/limits.rs"]
mod limits;
mod postgres;
mod raw;
mod size;
mod table;

use std::error::Error;
use std::time::Duration;

use deployment::Deployment;
use flood::Way;
use raw::Yardstick;
use size::{BENCH, size};
use table::{Goal, Table};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != BENCH).collect();
    if let [raw, name] = arguments.as_slice()
        && raw == "raw"
    {
        println!("{}", Yardstick::named(name).ok_or("no such yardstick")?.measure()?);
        return Ok(());
    }
    let alone = arguments.iter().any(|argument| argument == "sign-ins");
    let admin = arguments.into_iter().find(|argument| argument.starts_with("postgres"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if alone { runtime.block_on(sign_ins_alone()) } else { runtime.block_on(run(admin.as_deref())) }
}

/// The rows of sign-ins and no others, for whoever works at them.
async fn sign_ins_alone() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut table = Table::default();
    let deployment = Deployment::create(&folder.path().join("sqlite"), None)?;
    many_sign_ins(&deployment, &mut table).await?;
    println!("{}", table.text());
    Ok(())
}

async fn run(admin: Option<&str>) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut table = Table::default();
    let deployment = Deployment::create(&folder.path().join("sqlite"), None)?;
    let few = on_sqlite(&deployment, &mut table).await?;
    many_sign_ins(&deployment, &mut table).await?;
    if size().is_measured {
        with_a_million_people(&deployment, &few, &mut table).await?;
    }
    if let Some(admin) = admin {
        let urls = postgres::roles_and_database(admin)?;
        let folder = folder.path().join("postgres");
        let deployment = Deployment::create(&folder, Some((&urls.owner, &urls.serving)))?;
        on_postgres(&deployment, &mut table).await?;
    }
    println!("{}", table.text());
    Ok(())
}

/// What the million people are compared with.
struct Few {
    tokens: f64,
    sign_in: Duration,
}

async fn on_sqlite(deployment: &Deployment, table: &mut Table) -> Result<Few, Box<dyn Error>> {
    eprintln!("SQLite: start, memory");
    deployment.serve().await?.stop()?;
    let server = deployment.serve().await?;
    let started = server.ready_after.as_secs_f64() * 1e3;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = megabytes(server.resident()?);

    eprintln!("SQLite: client credentials");
    let (tokens, sign) =
        in_turn(Yardstick::Sign, async || cases::client_credentials(deployment).await).await?;
    let raw = ("raw RSA-2048 signatures", sign);
    table.ratio("tokens by client credentials, SQLite", tokens, raw, &Goal::AtLeast(0.60));
    eprintln!("SQLite: code exchange");
    let sign = Yardstick::Sign.on_the_servers_core()?;
    let exchanges = cases::code_exchange(deployment).await?;
    let half = ("half the raw rate", sign / 2.0);
    table.ratio("code exchanges, SQLite", exchanges, half, &Goal::AtLeast(0.40));

    eprintln!("documents");
    let empty = cases::document(deployment, &server, "/healthz").await?;
    for (what, path) in [
        ("key set, per second of processor time", "/.well-known/jwks.json"),
        ("discovery, per second of processor time", "/.well-known/openid-configuration"),
    ] {
        let rate = cases::document(deployment, &server, path).await?;
        table.ratio(what, rate, ("of an empty handler", empty), &Goal::AtLeast(0.80));
    }

    eprintln!("verification");
    let checks = cases::verification(deployment).await?;
    let own = Yardstick::Verify.measure()?;
    table.ratio("tokens verified by the library", checks, ("raw RSA checks", own), &Goal::AtLeast(0.70));
    table.number("resident memory, idle", idle, "MB", &Goal::AtMost(40.0));
    table.number("start on existing data to first answer", started, "ms", &Goal::AtMost(300.0));

    eprintln!("sign-in, a handful of people");
    let sign_in = cases::sign_in(deployment).await?;
    table.number("a whole sign-in, Argon2id included", sign_in.as_secs_f64() * 1e3, "ms", &Goal::None);
    server.stop()?;
    Ok(Few { tokens, sign_in })
}

async fn many_sign_ins(deployment: &Deployment, table: &mut Table) -> Result<(), Box<dyn Error>> {
    crowd::add_colleagues(&deployment.database_file())?;
    eprintln!("sign-ins, without a pause");
    let server = deployment.serve().await?;
    for (what, way) in
        [("whole sign-ins by password", Way::Pages), ("sign-ins by password, by the API", Way::Api)]
    {
        let load = async || flood::sign_ins(deployment, way).await;
        let (sign_ins, hash) = in_turn(Yardstick::Hash, load).await?;
        table.ratio(what, sign_ins, ("raw Argon2id hashes", hash), &Goal::AtLeast(0.90));
    }
    server.stop()?;

    eprintln!("sign-ins at once");
    let server = deployment.serve().await?;
    let flood::Flooded { idle, peak, quiet, during, turned_away } = flood::flood(deployment, &server).await?;
    server.stop()?;
    // One core, so one hash at a time; and one connection for each person.
    let bound = idle + u64::from(raw::HASH.0) * 1024 + (size().flood as u64) * 64 * 1024;
    let what = format!("memory while {} sign in at once ({turned_away} told to come back)", size().flood);
    table.number(&what, megabytes(peak), "MB", &Goal::AtMost(megabytes(bound).round()));
    let patient = (quiet * 3).max(Duration::from_millis(100));
    let what = format!("refresh meanwhile, 99th percentile ({:.1} ms when quiet)", quiet.as_secs_f64() * 1e3);
    let goal = Goal::AtMost((patient.as_secs_f64() * 1e3).round());
    table.number(&what, during.as_secs_f64() * 1e3, "ms", &goal);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

async fn with_a_million_people(
    deployment: &Deployment,
    few: &Few,
    table: &mut Table,
) -> Result<(), Box<dyn Error>> {
    eprintln!("a million people: filling in");
    crowd::fill(&deployment.database_file())?;
    let server = deployment.serve().await?;
    eprintln!("a million people: tokens, sign-in");
    let tokens = cases::client_credentials(deployment).await?;
    let sign_in = cases::sign_in(deployment).await?;
    server.stop()?;
    let cost = few.tokens / tokens;
    table.number("cost of a token with 1,000 × 1,000 people", cost, "times", &Goal::AtMost(1.2));
    let cost = sign_in.as_secs_f64() / few.sign_in.as_secs_f64();
    table.number("cost of a sign-in with 1,000 × 1,000 people", cost, "times", &Goal::AtMost(1.2));
    Ok(())
}

async fn on_postgres(deployment: &Deployment, table: &mut Table) -> Result<(), Box<dyn Error>> {
    eprintln!("PostgreSQL: client credentials, code exchange");
    let server = deployment.serve().await?;
    let (tokens, sign) =
        in_turn(Yardstick::Sign, async || cases::client_credentials(deployment).await).await?;
    table.ratio(
        "tokens by client credentials, PostgreSQL",
        tokens,
        ("raw RSA-2048 signatures", sign),
        &Goal::None,
    );
    let exchanges = cases::code_exchange(deployment).await?;
    table.ratio("code exchanges, PostgreSQL", exchanges, ("half the raw rate", sign / 2.0), &Goal::None);
    Ok(server.stop()?)
}

/// Measures a load and its yardstick in turn, since a machine that is shared with others changes its speed within seconds: of
/// several rounds, the one whose ratio is in the middle.
async fn in_turn(
    yardstick: Yardstick,
    mut load: impl AsyncFnMut() -> Result<f64, Box<dyn Error>>,
) -> Result<(f64, f64), Box<dyn Error>> {
    let mut rounds = Vec::new();
    for _ in 0..size().rounds {
        let raw = yardstick.on_the_servers_core()?;
        rounds.push((load().await?, raw));
    }
    let ratio = |(measured, raw): &(f64, f64)| measured / raw;
    rounds.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    let ratios: Vec<String> = rounds.iter().map(|round| format!("{:.2}", ratio(round))).collect();
    eprintln!("rounds: {}", ratios.join(" "));
    rounds.get(rounds.len() / 2).copied().ok_or_else(|| "no round".into())
}

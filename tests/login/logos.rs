//! Logos of clients: fetched by a job and never by a sign-in, judged by their bytes, served by us (D30, P126, P127).

use std::io::Cursor;
use std::time::Duration;

use image::{ImageFormat, Rgba, RgbaImage};
use reqwest::StatusCode;
use symbolon::model::client::ClientMetadata;
use symbolon::model::logo::LARGEST;
use symbolon::storage::records::clients;
use symbolon::storage::tx::Transaction as _;

use super::{authorize, open_client};
use crate::harness::TestServer;
use crate::harness::fixed_server::FixedServer;
use crate::harness::html::tags;
use crate::harness::jar::{Page, client as http};

/// A PNG of 64 by 64 pixels.
fn png() -> Vec<u8> {
    let mut written = Cursor::new(Vec::new());
    RgbaImage::from_pixel(64, 64, Rgba([20, 90, 160, 255]))
        .write_to(&mut written, ImageFormat::Png)
        .expect("a PNG");
    written.into_inner()
}

/// A server that may ask this machine, with the platform's client `notes` whose logo is there.
async fn with_logo_at(uri: &str) -> TestServer {
    let server = TestServer::with()
        .set("outbound.allow_private", "127.0.0.1/32")
        .set("outbound.timeout", "1s")
        .unlimited()
        .start()
        .await;
    register(&server, uri).await;
    server
}

async fn register(server: &TestServer, uri: &str) {
    let mut notes = open_client("notes");
    notes.metadata.logo_uri = Some(uri.to_owned());
    server.platform().await.register(notes).await;
}

/// Gives `notes` other metadata.
async fn change(server: &TestServer, change: impl FnOnce(&mut ClientMetadata) + Send + 'static) {
    server
        .as_operator(move |tx| {
            let platform = tx.directory().platform()?;
            let mut tx = tx.enter(&platform)?;
            let mut notes = clients::find(&mut tx, &"notes".parse().expect("an id"))?.expect("a client");
            change(&mut notes.metadata);
            clients::update(&mut tx, &notes).map(|_| ())
        })
        .await;
}

/// The first page of a sign-in at `notes`.
async fn sign_in_page(server: &TestServer) -> Page {
    let page = server.browser().open(&authorize("notes", "")).await;
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
    page
}

/// Where the logo on this page comes from.
fn logo_on(page: &Page) -> Option<String> {
    let tag = tags(&page.body).into_iter().find(|tag| tag.get("id") == Some("client-logo"))?;
    // A letter stands there until the logo is fetched.
    tag.get("src").map(str::to_owned)
}

#[tokio::test]
async fn a_logo_is_fetched_once_by_the_job_and_served_by_us() {
    let script = b"<script>alert(1)</script>";
    let hiding = [&png()[..], script].concat();
    let theirs = FixedServer::saying("200 OK\r\nContent-Type: text/html", hiding).await;
    let server = with_logo_at(&format!("http://{}/logo", theirs.address)).await;
    let page = sign_in_page(&server).await;
    assert!(page.has("client-logo"), "a letter stands there as long as the logo is not fetched");
    assert_eq!((logo_on(&page), theirs.connections()), (None, 0), "signing in asks nobody");
    for _ in 0..3 {
        server.run_jobs().await;
        server.advance(Duration::from_hours(2)).await;
    }
    assert_eq!(theirs.connections(), 1);
    let path = logo_on(&sign_in_page(&server).await).expect("a logo");
    assert!(path.starts_with("/assets/logos/notes/"), "{path}");
    let answer = http().get(server.url(&path)).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "public, max-age=31536000, immutable"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    let policy = answer.headers()["content-security-policy"].to_str().expect("a policy").to_owned();
    assert!(policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    assert!(!answer.headers().contains_key("set-cookie"));
    let shown = answer.bytes().await.expect("the image");
    let image = image::load_from_memory_with_format(&shown, ImageFormat::Png).expect("a PNG");
    assert_eq!((image.width(), image.height()), (64, 64));
    assert!(!shown.windows(script.len()).any(|window| window == script), "only the picture is served");
}

/// Whatever is not an image of a format that cannot run anything is not shown, and is asked for again only after
/// an hour.
#[tokio::test]
async fn p126_what_is_no_image_is_never_served() {
    let inner = FixedServer::saying("200 OK\r\nContent-Type: image/png", png()).await;
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let large = [png(), vec![0; LARGEST]].concat();
    let kinds: Vec<FixedServer> = vec![
        FixedServer::saying("200 OK\r\nContent-Type: image/svg+xml", svg).await,
        FixedServer::saying("200 OK\r\nContent-Type: image/png", svg).await,
        FixedServer::saying("200 OK\r\nContent-Type: image/png", "<!doctype html><script>alert(1)</script>")
            .await,
        FixedServer::saying("200 OK\r\nContent-Type: image/gif", b"GIF89a\x40\0\x40\0\0\0\0;").await,
        FixedServer::saying("200 OK\r\nContent-Type: image/png", large).await,
        FixedServer::saying("200 OK\r\nContent-Type: image/png", &png()[..40]).await,
        FixedServer::saying("200 OK", "").await,
        FixedServer::saying("404 Not Found\r\nContent-Type: image/png", png()).await,
        FixedServer::saying(&format!("302 Found\r\nLocation: http://{}/", inner.address), "").await,
        FixedServer::start(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\x89PNG".to_vec(), true).await,
        FixedServer::start(b"nonsense".to_vec(), false).await,
    ];
    let server = with_logo_at(&format!("http://{}/", kinds[0].address)).await;
    for (number, theirs) in kinds.iter().enumerate() {
        let uri = format!("http://{}/", theirs.address);
        change(&server, move |metadata| metadata.logo_uri = Some(uri)).await;
        server.run_jobs().await;
        server.advance(Duration::from_mins(59)).await;
        server.run_jobs().await;
        assert_eq!(theirs.connections(), 1, "number {number} is left alone for an hour");
        assert_eq!(logo_on(&sign_in_page(&server).await), None, "number {number}");
        server.advance(Duration::from_mins(2)).await;
        server.run_jobs().await;
        assert_eq!(theirs.connections(), 2, "number {number} is asked again");
    }
    assert_eq!(inner.connections(), 0, "no redirect is followed");
}

/// The declaration refuses such addresses; one that came in otherwise, or before the rules changed, is refused at use.
#[tokio::test]
async fn p126_p127_a_logo_inside_is_never_connected_to() {
    let inner = FixedServer::saying("200 OK\r\nContent-Type: image/png", png()).await;
    let server = TestServer::start().await;
    let port = inner.address.port();
    register(&server, &format!("http://127.0.0.1:{port}/")).await;
    for host in [
        "localhost",
        "127.1",
        "0177.0.0.1",
        "2130706433",
        "0x7f000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "%31%32%37.0.0.1",
        "x@127.0.0.1",
    ] {
        server.run_jobs().await;
        assert_eq!(logo_on(&sign_in_page(&server).await), None);
        let uri = format!("http://{host}:{port}/");
        change(&server, move |metadata| metadata.logo_uri = Some(uri)).await;
    }
    server.run_jobs().await;
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn another_address_takes_the_old_logo_away_at_once() {
    let first = FixedServer::saying("200 OK\r\nContent-Type: image/png", png()).await;
    let second = FixedServer::saying("200 OK\r\nContent-Type: image/png", png()).await;
    let server = with_logo_at(&format!("http://{}/", first.address)).await;
    server.run_jobs().await;
    let old = logo_on(&sign_in_page(&server).await).expect("a logo");
    let uri = format!("http://{}/", second.address);
    change(&server, move |metadata| metadata.logo_uri = Some(uri)).await;
    assert_eq!(logo_on(&sign_in_page(&server).await), None);
    assert_eq!(server.browser().get(&old).await.status, StatusCode::NOT_FOUND);
    server.run_jobs().await;
    let new = logo_on(&sign_in_page(&server).await).expect("a logo");
    assert_ne!(new, old);
    assert_eq!(server.browser().get(&old).await.status, StatusCode::NOT_FOUND);
    change(&server, |metadata| metadata.logo_uri = None).await;
    assert_eq!(logo_on(&sign_in_page(&server).await), None);
    server.advance(Duration::from_hours(2)).await;
    server.run_jobs().await;
    assert_eq!((first.connections(), second.connections()), (1, 1));
}

/// Nothing there tells whether a client exists (D8).
#[tokio::test]
async fn logos_that_do_not_exist_are_all_alike() {
    let theirs = FixedServer::saying("200 OK", png()).await;
    let server = with_logo_at(&format!("http://{}/", theirs.address)).await;
    server.platform().await.register(open_client("plain")).await;
    server.run_jobs().await;
    let path = logo_on(&sign_in_page(&server).await).expect("a logo");
    let id = path.rsplit('/').next().expect("an id").to_owned();
    let mut answers = Vec::new();
    for path in [
        "/assets/logos/notes/0191c7a0-0000-7000-8000-000000000000".to_owned(),
        "/assets/logos/notes/x".to_owned(),
        format!("/assets/logos/plain/{id}"),
        format!("/assets/logos/nobody/{id}"),
        format!("/assets/logos/acme.nobody/{id}"),
        format!("/assets/logos/%00/{id}"),
        format!("/assets/logos/%FF%FE/{id}"),
        format!("/assets/logos/..%2Fnotes/{id}"),
    ] {
        let mut page = server.browser().get(&path).await;
        page.headers.remove("x-request-id");
        page.headers.remove("date");
        assert!(!page.headers.contains_key("set-cookie"));
        answers.push((page.status, page.headers, page.body));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(answers[0].0, StatusCode::NOT_FOUND);
    assert_eq!(answers[0].1["cache-control"], "no-store");
    server.suspend_client("platform", "notes").await;
    assert_eq!(server.browser().get(&path).await.status, StatusCode::NOT_FOUND);
}

//! Mail through a real server: encryption, sign-in, and the answers of servers that are busy, unwilling or silent.

use serde_json::{Value, json};
use symbolon::model::ids::MailId;
use symbolon::model::mail::{MailKind, MailState};
use symbolon::storage::TenantScope;

use super::{TOKEN, magic_link, queued, standing};
use crate::harness::TestServer;
use crate::harness::program::Program;
use crate::harness::rows::Everything;
use crate::harness::smtp::SmtpServer;

/// Queues a notice to this address and tries once; answers with where it then stands.
async fn tried(
    server: &TestServer,
    address: &str,
) -> (TenantScope, MailId, (MailState, i64, Option<String>)) {
    let acme = server.organisation("acme", &[]).await;
    let person = acme.person(address, &[]).await;
    let id = queued(server, &acme.scope, person, MailKind::PasswordChanged).await;
    server.deliver_mails().await;
    let standing = standing(server, &acme.scope, id).await;
    (acme.scope, id, standing)
}

fn headers<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let all = mail["headers"].as_array().expect("headers");
    let named = all.iter().filter(|header| header[0] == name);
    named.map(|header| header[1].as_str().expect("text")).collect()
}

#[tokio::test]
async fn a_real_server_takes_both_forms_over_starttls_and_a_foreign_program_reads_them() {
    let smtp = SmtpServer::start("starttls", &json!([]));
    let server = smtp.settings(TestServer::with()).start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("Ada@acme.example", &[]).await;
    let id = queued(&server, &acme.scope, ada, magic_link(&server)).await;
    assert_eq!(server.deliver_mails().await, 1);
    let mail = smtp.next();
    assert_eq!((&mail["encrypted"], &mail["signed_in"]), (&json!(true), &json!(true)));
    assert_eq!(mail["from"], "id@symbolon.example");
    assert_eq!(mail["to"], json!(["Ada@acme.example"]));
    assert_eq!(mail["defects"], json!([]));
    let link = format!("{}/link/{TOKEN}", server.issuer());
    for form in ["text", "html"] {
        assert!(mail[form].as_str().expect("a form").contains(&link), "{form}: {mail}");
    }
    for (name, value) in [
        ("from", "Symbolon <id@symbolon.example>"),
        ("to", "Ada@acme.example"),
        ("subject", "Sign in to Tenant acme"),
        ("auto-submitted", "auto-generated"),
        ("date", "Fri, 15 Jan 2027 08:00:00 +0000"),
    ] {
        assert_eq!(headers(&mail, name), [value], "{name}");
    }
    assert_eq!(headers(&mail, "message-id"), [format!("<{id}@localhost>")]);
    let kind = headers(&mail, "content-type");
    assert!(kind[0].starts_with("multipart/alternative"), "{kind:?}");
}

#[tokio::test]
async fn a_server_that_is_encrypted_from_the_first_byte_takes_mail_and_one_connection_serves_several() {
    let smtp = SmtpServer::start("tls", &json!([]));
    let server = smtp.settings(TestServer::with()).start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    for _ in 0..3 {
        queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
    }
    assert_eq!(server.deliver_mails().await, 3);
    let mails = [smtp.next(), smtp.next(), smtp.next()];
    assert!(mails.iter().all(|mail| mail["encrypted"] == true));
    assert!(mails.iter().all(|mail| mail["connection"] == mails[0]["connection"]));
}

/// Somebody on the way who takes STARTTLS out of the server's greeting learns nothing and takes no mail.
#[tokio::test]
async fn where_starttls_is_stripped_nothing_is_sent() {
    let smtp = SmtpServer::start("none", &json!([]));
    let server = smtp.settings(TestServer::with()).set("mail.smtp_tls", "starttls").start().await;
    let (_, _, standing) = tried(&server, "ada@acme.example").await;
    assert_eq!(standing, (MailState::Queued, 1, Some("tls".to_owned())));
    assert!(smtp.took_no_more());
}

#[tokio::test]
async fn a_server_whose_certificate_nobody_vouches_for_gets_no_mail() {
    let other = SmtpServer::start("none", &json!([]));
    let foreign_root = other.keys().into_iter().find(|(key, _)| *key == "outbound.root_ca_file");
    for tls in ["starttls", "tls"] {
        let smtp = SmtpServer::start(tls, &json!([]));
        let builder = smtp.settings(TestServer::with());
        let (key, value) = foreign_root.clone().expect("a root");
        let server = builder.set(key, value).start().await;
        let (_, _, standing) = tried(&server, "ada@acme.example").await;
        assert_eq!(standing, (MailState::Queued, 1, Some("tls".to_owned())), "{tls}");
        assert!(smtp.took_no_more());
    }
}

#[tokio::test]
async fn what_the_server_refuses_for_now_is_tried_again_and_what_it_refuses_for_good_is_not() {
    let smtp = SmtpServer::start(
        "none",
        &json!(["451 4.3.0 later, ada@acme.example", null, "550 5.1.1 no such ada"]),
    );
    let server = smtp.settings(TestServer::with()).start().await;
    let (scope, id, first) = tried(&server, "ada@acme.example").await;
    assert_eq!(first, (MailState::Queued, 1, Some("busy".to_owned())), "no word of the server's");
    server.advance(std::time::Duration::from_mins(1)).await;
    assert_eq!(server.deliver_mails().await, 1);
    assert_eq!(standing(&server, &scope, id).await, (MailState::Sent, 2, None));
    assert_eq!(smtp.next()["to"], json!(["ada@acme.example"]));
    let grace = server.scope_of("acme").await.person("grace@acme.example", &[]).await;
    let id = queued(&server, &scope, grace, MailKind::NewDevice).await;
    server.deliver_mails().await;
    assert_eq!(standing(&server, &scope, id).await, (MailState::Dead, 1, Some("refused".to_owned())));
    assert!(smtp.took_no_more());
}

/// The answer that nobody waited for must not be taken for the answer to the next mail.
#[tokio::test]
async fn a_server_that_falls_silent_holds_nothing_up_and_confuses_nothing() {
    let smtp = SmtpServer::start("none", &json!(["silence", "550 5.1.1 no such person"]));
    let server = smtp.settings(TestServer::with()).set("mail.timeout", "1s").start().await;
    let (scope, _, silent) = tried(&server, "ada@acme.example").await;
    assert_eq!(silent, (MailState::Queued, 1, Some("timed_out".to_owned())));
    let grace = server.scope_of("acme").await.person("grace@acme.example", &[]).await;
    let id = queued(&server, &scope, grace, MailKind::NewDevice).await;
    server.deliver_mails().await;
    assert_eq!(standing(&server, &scope, id).await, (MailState::Dead, 1, Some("refused".to_owned())));
}

#[tokio::test]
async fn a_wrong_password_there_gives_no_mail_up() {
    let smtp = SmtpServer::start("starttls", &json!([]));
    let server =
        smtp.settings(TestServer::with()).set("mail.smtp_password", "another password").start().await;
    let (_, _, standing) = tried(&server, "ada@acme.example").await;
    assert_eq!(standing, (MailState::Queued, 1, Some("sign_in".to_owned())));
    assert!(smtp.took_no_more());
}

/// Whoever could write into a row still adds no header and no recipient.
#[tokio::test]
async fn a_recipient_that_is_no_address_goes_nowhere() {
    let smtp = SmtpServer::start("none", &json!([]));
    let server = smtp.settings(TestServer::with()).start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    for recipient in [
        "ada@acme.example\r\nBcc: eve@evil.example",
        "ada@acme.example, eve@evil.example",
        "Ada <ada@acme.example>",
        "ada@acme.example> RCPT TO:<eve@evil.example",
        "",
    ] {
        let id = queued(&server, &acme.scope, ada, MailKind::NewDevice).await;
        let written = recipient.replace('\r', "' || char(13) || '").replace('\n', "' || char(10) || '");
        let written =
            if crate::harness::database::on_postgres() { written.replace("char(", "chr(") } else { written };
        Everything::open(server.storage())
            .tamper(&format!("UPDATE mails SET recipient = '{written}' WHERE id = '{id}'"));
        server.deliver_mails().await;
        let dead = (MailState::Dead, 1, Some("address".to_owned()));
        assert_eq!(standing(&server, &acme.scope, id).await, dead, "{recipient}");
    }
    assert!(smtp.took_no_more());
}

#[tokio::test]
async fn a_test_mail_leaves_at_once_or_says_in_words_what_is_wrong() {
    let smtp = SmtpServer::start("starttls", &json!([null, "550 5.1.1 no such person"]));
    let settled =
        || smtp.keys().into_iter().fold(Program::new(), |program, (key, value)| program.set(key, value));
    let program = settled();
    let sent = program.run(&["mail", "test", "ada@acme.example"]);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    assert_eq!(smtp.next()["to"], json!(["ada@acme.example"]));
    let refused = program.run(&["mail", "test", "nobody@acme.example"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("refused the mail"), "{refused:?}");
    for (key, value, code, words) in [
        ("mail.smtp_password", "another", 78, "refused the sign-in"),
        ("mail.smtp_port", "1", 69, "cannot be reached"),
        ("mail.smtp_tls", "tls", 78, "no trusted encryption"),
        ("mail.transport", "none", 78, "no mail server is configured"),
    ] {
        let ended = settled().set(key, value).run(&["mail", "test", "ada@acme.example"]);
        assert_eq!(ended.code, Some(code), "{key}: {ended:?}");
        assert!(ended.err.contains(words) && !ended.err.contains("ada@"), "{key}: {ended:?}");
    }
    assert_eq!(program.run(&["mail", "test", "not an address"]).code, Some(64));
}

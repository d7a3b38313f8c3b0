//! What mails say, in every language and both forms. Written to `target/pages/mail/` to be looked at.

use std::fs;
use std::path::Path;

use symbolon::model::mail::{MailKind, MailedCode, MailedLink};
use symbolon::model::profile::Profile;
use symbolon::views::mail::{
    CodeMail, InvitationMail, LinkMail, LinkPurpose, MailFrame, MailView, NoticeMail, RenderedMail,
};
use symbolon::views::text::{Catalogue, Locale};

use super::queued;
use crate::harness::TestServer;
use crate::harness::html::tags;

fn samples() -> Vec<(String, Box<dyn MailView>)> {
    let purposes = [
        LinkPurpose::SignIn,
        LinkPurpose::VerifyEmail,
        LinkPurpose::ChangeEmail,
        LinkPurpose::ResetPassword,
        LinkPurpose::FirstFactor,
    ];
    let mut all: Vec<(String, Box<dyn MailView>)> = Vec::new();
    for purpose in purposes {
        all.push((format!("link-{purpose:?}"), Box::new(LinkMail::sample(purpose))));
    }
    all.push(("code".to_owned(), Box::new(CodeMail::sample())));
    all.push(("invitation".to_owned(), Box::new(InvitationMail::sample())));
    let nobody = InvitationMail { inviter: None, ..InvitationMail::sample() };
    all.push(("invitation-nobody".to_owned(), Box::new(nobody)));
    for (number, notice) in NoticeMail::samples().into_iter().enumerate() {
        all.push((format!("notice-{number}"), Box::new(notice)));
    }
    all
}

fn every_mail() -> Vec<(String, Locale, RenderedMail)> {
    let catalogue = Catalogue::embedded().expect("the messages");
    let mut all = Vec::new();
    for locale in Locale::all() {
        let frame = MailFrame::sample(&catalogue, locale);
        for (name, view) in samples() {
            all.push((name, locale, view.render(&frame).expect("a mail renders")));
        }
    }
    all
}

#[test]
fn the_mails_are_written_to_be_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages/mail");
    for (name, locale, mail) in every_mail() {
        let folder = folder.join(locale.as_str());
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(&name).with_extension("html"), &mail.html).expect("a file");
        fs::write(folder.join(&name).with_extension("txt"), format!("{}\n\n{}", mail.subject, mail.text))
            .expect("a file");
    }
}

/// Nothing is fetched when a mail is opened: no sender learns when that was, and nothing can be put in later.
#[test]
fn no_mail_fetches_anything() {
    for (name, _, mail) in every_mail() {
        let found = tags(&mail.html);
        assert!(found.len() > 10, "{name}");
        for tag in found {
            assert!(
                !matches!(
                    tag.name.as_str(),
                    "img" | "link" | "script" | "iframe" | "form" | "object" | "base"
                ),
                "{name}: {}",
                tag.name
            );
            for attribute in ["src", "srcset", "background", "style", "onload", "action"] {
                assert!(tag.get(attribute).is_none(), "{name}: {attribute}");
            }
        }
        for word in ["url(", "@import", "@font-face", "javascript:"] {
            assert!(!mail.html.contains(word), "{name}: {word}");
        }
        let links = mail.html.matches("href=").count();
        assert!(links <= 1, "{name}: {links} links");
    }
}

/// Both forms say the same, and neither shows an id in place of words.
#[test]
fn the_plain_form_is_as_complete_as_the_other() {
    for (name, locale, mail) in every_mail() {
        let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let html = mail.html.split_once("</style>").expect("a head").1;
        let shown: String = html
            .split('<')
            .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
            .collect::<Vec<_>>()
            .join(" ");
        let shown = words(&shown.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\""));
        for word in words(&mail.text).iter().filter(|word| *word != "--") {
            assert!(shown.contains(word), "{name} in {}: `{word}` is missing: {shown:?}", locale.as_str());
        }
        assert!(!mail.text.contains("mail-") && !mail.subject.contains("mail-"), "{name}: {}", mail.text);
        assert!(!mail.text.contains("\n\n\n"), "{name}: {:?}", mail.text);
        assert!(mail.subject.chars().count() < 80 && !mail.subject.contains(char::is_control), "{name}");
        assert!(mail.text.contains("203.0.113.9") && mail.text.contains("Firefox, Linux"), "{name}");
    }
}

#[tokio::test]
async fn a_mail_speaks_the_language_of_the_person_and_else_of_the_page() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let german = Profile { locale: Some("de-AT".to_owned()), ..Profile::default() };
    let ada = acme.person_with("ada@acme.example", &[], german).await;
    let grace = acme.person("grace@acme.example", &[]).await;
    for person in [ada, grace] {
        queued(&server, &acme.scope, person, MailKind::PasswordChanged).await;
    }
    let mails = server.mails().await;
    let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["Ihr Passwort wurde geändert", "Your password was changed"]);
}

/// Whoever may invite, or name a token, sends nobody anywhere and writes no line of his own.
#[tokio::test]
async fn a_name_in_a_mail_is_plain_words_whatever_it_is() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let hostile = "Your account is locked\r\nBcc: all@acme.example\r\n\r\n<a href='https://evil.example'>open</a> \
                   https://evil.example www.evil.example \u{202e}txet and so on and on and on";
    let link = MailedLink::new(&server.edge.issuer, "/invite/syi_x");
    let invitation = MailKind::Invitation { link, inviter: Some(hostile.to_owned()), days: 7 };
    queued(&server, &acme.scope, ada, invitation).await;
    queued(&server, &acme.scope, ada, MailKind::TokenMade { name: hostile.to_owned() }).await;
    let mails = server.mails().await;
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].path(server.issuer()), "/invite/syi_x", "the one link");
    for mail in mails {
        assert_eq!(mail.to, "ada@acme.example");
        assert!(mail.text.contains("Your account is locked Bcc all acme. example"), "{}", mail.text);
        for form in [&mail.subject, &mail.text, &mail.html] {
            assert!(!form.contains("evil.example") && !form.contains('\u{202e}'), "{form}");
        }
        assert!(!mail.subject.contains(char::is_control));
    }
}

#[tokio::test]
async fn a_code_stands_in_the_mail_and_not_in_its_subject() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let kind = MailKind::EmailCode { code: MailedCode::new("402917".to_owned()), minutes: 10 };
    queued(&server, &acme.scope, ada, kind).await;
    let mail = server.mails().await.remove(0);
    assert_eq!(mail.code(), "402917");
    assert!(!mail.subject.contains("402917"), "subjects show on locked screens");
}

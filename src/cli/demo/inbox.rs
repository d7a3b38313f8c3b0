//! The inbox of the demo: every mail that it sends ends here and nowhere else.

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::effects::mail::{MailBox, Message};

/// Where the inbox is, behind the address of the sample application.
pub(super) const PATH: &str = "/inbox";

/// What the pages need.
#[derive(Clone)]
pub(super) struct Inbox {
    /// What was sent.
    pub(super) kept: MailBox,
    /// Our own address: a page of another name that leads to this machine is shown nothing.
    pub(super) authority: String,
    /// Links that begin with this are shown as such.
    pub(super) issuer: String,
}

/// The frame of the sample's pages wants a name.
struct Named {
    name: &'static str,
}

#[derive(Template)]
#[template(path = "demo/inbox.html")]
struct InboxPage {
    registration: Named,
    mails: Vec<Shown>,
}

struct Shown {
    id: String,
    at: String,
    to: String,
    subject: String,
    text: String,
    links: Vec<String>,
}

impl Inbox {
    /// Its routes.
    pub(super) fn routes(&self, config: &mut ServiceConfig) {
        config
            .app_data(web::Data::new(self.clone()))
            .route(PATH, web::get().to(list))
            .route("/inbox/{id}", web::get().to(one));
    }

    fn is_asked_for(&self, request: &HttpRequest) -> bool {
        let host = request.headers().get(header::HOST);
        host.is_some_and(|host| host.as_bytes() == self.authority.as_bytes())
    }

    fn shown(&self, message: &Message) -> Shown {
        let links = message.text.split_whitespace().filter(|word| word.starts_with(&self.issuer));
        Shown {
            id: message.id.to_string(),
            at: message.at.to_naive().format("%H:%M:%S UTC").to_string(),
            to: message.to.clone(),
            subject: message.subject.clone(),
            text: message.text.clone(),
            links: links.map(str::to_owned).collect(),
        }
    }
}

/// `GET /inbox`: the newest first, in plain text; the other form is a click away.
async fn list(request: HttpRequest, inbox: web::Data<Inbox>) -> HttpResponse {
    if !inbox.is_asked_for(&request) {
        return HttpResponse::NotFound().finish();
    }
    let mails = inbox.kept.messages().iter().rev().map(|message| inbox.shown(message)).collect();
    let page = InboxPage { registration: Named { name: "Inbox" }, mails };
    match page.render() {
        Ok(html) => answer(
            html,
            "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        ),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// `GET /inbox/{id}`: the HTML form of one mail, as a mail program would show it: no script, nothing fetched.
async fn one(request: HttpRequest, id: web::Path<String>, inbox: web::Data<Inbox>) -> HttpResponse {
    let found = inbox.kept.messages().into_iter().find(|message| message.id.to_string() == *id);
    match found.filter(|_| inbox.is_asked_for(&request)) {
        Some(message) => answer(
            message.html,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; \
             base-uri 'none'; sandbox allow-top-navigation-by-user-activation",
        ),
        None => HttpResponse::NotFound().finish(),
    }
}

fn answer(html: String, policy: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(html)
}

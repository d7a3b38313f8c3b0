//! Just enough of a browser to sign the one person in and to collect authorization codes.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;

use crate::deployment::{REDIRECT, RESOURCE, SECRET};
use crate::http::{Answer, Connection, get, post};

/// The verifier behind every challenge of this load, and the challenge (RFC 7636 appendix B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The one person.
pub(crate) const ADA: &str = "ada@bench.example";

/// A connection with cookies.
pub(crate) struct Browser {
    connection: Connection,
    cookies: BTreeMap<String, String>,
    origin: String,
}

/// How the password was taken.
pub(crate) enum Entered {
    /// The browser was sent back to the application.
    SignedIn,
    /// It is to be sent again, later.
    Busy,
}

impl Browser {
    /// Signs this person in; the session's cookies stay in the browser.
    pub(crate) async fn signed_in(
        address: SocketAddr,
        issuer: &str,
        person: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let (mut browser, page) = Self::at_the_password(address, issuer, person).await?;
        match browser.enter_the_password(&page).await? {
            Entered::SignedIn => Ok(browser),
            Entered::Busy => Err("the server was busy".into()),
        }
    }

    /// Goes as far as the page that asks for the password.
    pub(crate) async fn at_the_password(
        address: SocketAddr,
        issuer: &str,
        person: &str,
    ) -> Result<(Self, Answer), Box<dyn Error>> {
        let connection = Connection::open(address).await?;
        let mut browser = Self { connection, cookies: BTreeMap::new(), origin: issuer.to_owned() };
        let page = browser.follow(&authorize_path()).await?;
        let page = browser.submit(&page, &[("username", person), ("action", "continue")]).await?;
        Ok((browser, page))
    }

    /// Sends the form of that page.
    pub(crate) async fn enter_the_password(&mut self, page: &Answer) -> Result<Entered, Box<dyn Error>> {
        let end = self.submit(page, &[("password", SECRET), ("action", "continue")]).await?;
        match end.header("location") {
            Some(location) if location.starts_with(REDIRECT) => Ok(Entered::SignedIn),
            _ if end.status == 503 && end.header("retry-after").is_some() => Ok(Entered::Busy),
            _ => Err(format!("the sign-in ended with {} {}", end.status, end.text()).into()),
        }
    }

    /// One authorization code by the session.
    pub(crate) async fn code(&mut self) -> Result<String, Box<dyn Error>> {
        let answer = self.send(&authorize_path(), None).await?;
        let location = answer.header("location").ok_or("no redirect")?;
        let code = location.split(['?', '&']).find_map(|part| part.strip_prefix("code="));
        Ok(code.ok_or("no code")?.to_owned())
    }

    async fn follow(&mut self, path: &str) -> Result<Answer, Box<dyn Error>> {
        let mut answer = self.send(path, None).await?;
        while let Some(location) = answer.header("location").map(str::to_owned)
            && !location.starts_with(REDIRECT)
        {
            let path = location.strip_prefix(&self.origin).unwrap_or(&location).to_owned();
            answer = self.send(&path, None).await?;
        }
        Ok(answer)
    }

    /// Fills in the first form of the page, sends it with its hidden fields, and follows where that leads.
    async fn submit(&mut self, page: &Answer, fields: &[(&str, &str)]) -> Result<Answer, Box<dyn Error>> {
        let html = page.text();
        let html = html.split("</form>").next().unwrap_or_default();
        let action = attribute(html, "<form", "action").ok_or_else(|| format!("no form in {html}"))?;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for input in html.split("<input ").skip(1).filter(|input| input.starts_with("type=\"hidden\"")) {
            if let (Some(name), Some(value)) = (attribute(input, "", "name"), attribute(input, "", "value")) {
                form.append_pair(&name, &value);
            }
        }
        form.extend_pairs(fields);
        let answer = self.send(&action, Some(&form.finish())).await?;
        match answer.header("location").map(str::to_owned) {
            Some(location) if !location.starts_with(REDIRECT) => {
                let path = location.strip_prefix(&self.origin).unwrap_or(&location).to_owned();
                self.follow(&path).await
            }
            _ => Ok(answer),
        }
    }

    async fn send(&mut self, path: &str, form: Option<&str>) -> Result<Answer, Box<dyn Error>> {
        let request = match form {
            Some(form) => post(path, &format!("Origin: {}\r\n", self.origin), form),
            None => get(path),
        };
        let request = self.with_cookies(request);
        let answer = self.connection.send(&request).await?;
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    fn with_cookies(&self, request: Vec<u8>) -> Vec<u8> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() {
            return request;
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        text.replacen("\r\n", &format!("\r\nCookie: {}\r\n", cookies.join("; ")), 1).into_bytes()
    }
}

fn authorize_path() -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", "portal")
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("scope", "openid notes")
        .append_pair("resource", RESOURCE)
        .append_pair("state", "0123456789abcdef")
        .append_pair("nonce", "fedcba9876543210")
        .append_pair("tenant", "bench")
        .append_pair("code_challenge", CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .finish();
    format!("/oauth2/authorize?{query}")
}

/// The value of an attribute in the first tag that begins so. Pages of ours quote with double quotes.
fn attribute(html: &str, tag: &str, name: &str) -> Option<String> {
    let (_, from) = html.split_once(tag).filter(|_| !tag.is_empty()).unwrap_or(("", html));
    let (tag, _) = from.split_once('>')?;
    let (_, value) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = value.split_once('"')?;
    Some(value.replace("&amp;", "&").replace("&#38;", "&"))
}

//! A browser without scripts: it keeps cookies, sends forms as people do, and follows redirects inside our origin.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};

use super::html::{Tag, tags};
use super::server::TestServer;

/// How many redirects are followed before it is a loop.
const MOST_HOPS: usize = 10;

/// A client that follows nothing and keeps nothing. One for all tests: making one reads the system's certificates.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests talk to the server of the test, and to nothing else"
)]
pub(crate) fn client() -> reqwest::Client {
    static CLIENT: OnceLock<()> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let _done_already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    // Not shared: a connection belongs to the runtime of the test that opened it.
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([])
        .build()
        .expect("a client")
}

/// A browser of one person.
pub(crate) struct Jar {
    client: reqwest::Client,
    base: String,
    origin: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The status.
    pub(crate) status: StatusCode,
    /// The path that answered, with its query.
    pub(crate) path: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body as text.
    pub(crate) body: String,
}

/// A form on a page.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Where it is sent.
    pub(crate) action: String,
    /// Its hidden fields and what they hold.
    pub(crate) fields: Vec<(String, String)>,
}

impl Jar {
    pub(super) fn new(server: &TestServer) -> Self {
        Self::at(&server.url(""), server.issuer())
    }

    /// A browser without cookies, for a server that is found at `base` and calls itself `origin`.
    pub(crate) fn at(base: &str, origin: &str) -> Self {
        Self { client: client(), base: base.to_owned(), origin: origin.to_owned(), cookies: Mutex::default() }
    }

    /// Opens a path of ours and follows redirects as long as they stay with us.
    pub(crate) async fn open(&self, path: &str) -> Page {
        let first = self.get(path).await;
        self.follow(first).await
    }

    /// One GET, nothing followed. An absolute URL of our own origin is taken as its path.
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, None, &[]).await
    }

    /// One POST of a form, as a browser sends it from our own page; nothing followed.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = self.origin.clone();
        self.send(Method::POST, path, Some(fields), &[("origin", &origin), ("sec-fetch-site", "same-origin")])
            .await
    }

    /// One request with these headers and nothing that a browser would add but cookies.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        fields: Option<&[(&str, &str)]>,
        headers: &[(&str, &str)],
    ) -> Page {
        let path = path.strip_prefix(&self.origin).unwrap_or(path);
        let posts = method == Method::POST;
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(fields) = fields {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let response = request.send().await.expect("the server answers");
        self.keep(response.headers());
        let page = Page {
            status: response.status(),
            path: path.to_owned(),
            headers: response.headers().clone(),
            body: response.text().await.expect("a body"),
        };
        // P009, in every test: 307 and 308 would have the browser post the password again, somewhere else.
        let again = posts && page.status.is_redirection();
        assert!(!again || (page.status == StatusCode::SEE_OTHER && page.body.is_empty()), "{page:?}");
        page
    }

    /// Follows redirects until a page, or until one leads away from us.
    pub(crate) async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..MOST_HOPS {
            let Some(target) = page.location() else { return page };
            let inside = target.starts_with('/') || target.starts_with(&format!("{}/", self.origin));
            if !inside {
                return page;
            }
            page = self.get(&target).await;
        }
        panic!("redirects without end at {}", page.path);
    }

    /// Fills in the first form of a page and sends it, hidden fields included, then follows. A field named here takes
    /// the place of a hidden one.
    pub(crate) async fn submit(&self, page: &Page, filled: &[(&str, &str)]) -> Page {
        let form = page.form();
        let mut fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .filter(|(name, _)| !filled.iter().any(|(own, _)| own == name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.extend_from_slice(filled);
        let first = self.post(&form.action, &fields).await;
        self.follow(first).await
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("the cookies").get(name).cloned()
    }

    /// Plants or replaces a cookie.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().expect("the cookies").insert(name.to_owned(), value.to_owned());
    }

    /// The cookies as they are sent.
    pub(crate) fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().expect("the cookies");
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// A browser with the same cookies, as after a theft or a restored tab.
    pub(crate) fn copy(&self) -> Self {
        Self {
            client: client(),
            base: self.base.clone(),
            origin: self.origin.clone(),
            cookies: Mutex::new(self.cookies.lock().expect("the cookies").clone()),
        }
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().expect("the cookies");
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("a readable cookie");
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("name and value");
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Page {
    /// Where it redirects to.
    pub(crate) fn location(&self) -> Option<String> {
        let target = self.status.is_redirection().then(|| self.headers.get(LOCATION))??;
        Some(target.to_str().expect("a readable target").to_owned())
    }

    /// The parameters of the URL that it redirects to.
    pub(crate) fn answer(&self) -> BTreeMap<String, String> {
        let target = self.location().unwrap_or_else(|| panic!("no redirect but {self:#?}"));
        let target = url::Url::parse(&target).expect("an absolute target");
        target.query_pairs().into_owned().collect()
    }

    /// The id of its `main` element, which says which page it is.
    pub(crate) fn marker(&self) -> Option<String> {
        let main = tags(&self.body).into_iter().find(|tag| tag.name == "main")?;
        main.get("id").map(str::to_owned)
    }

    /// Whether something with this id is on the page.
    pub(crate) fn has(&self, id: &str) -> bool {
        tags(&self.body).iter().any(|tag| tag.get("id") == Some(id))
    }

    /// The text right behind the opening tag with this id.
    pub(crate) fn text_of(&self, id: &str) -> Option<String> {
        let (_, after) = self.body.split_once(&format!("id=\"{id}\""))?;
        let (_, text) = after.split_once('>')?;
        text.split('<').next().map(|text| text.trim().to_owned())
    }

    /// An attribute of the element with this id.
    pub(crate) fn attribute(&self, id: &str, name: &str) -> Option<String> {
        let all = tags(&self.body);
        let element = all.iter().find(|tag| tag.get("id") == Some(id))?;
        element.get(name).map(unescape)
    }

    /// The first form that is sent to us or elsewhere.
    pub(crate) fn form(&self) -> Form {
        self.form_where(|_| true)
    }

    /// The form with this id.
    pub(crate) fn form_of(&self, id: &str) -> Form {
        self.form_where(|tag| tag.get("id") == Some(id))
    }

    fn form_where(&self, is_it: impl Fn(&Tag) -> bool) -> Form {
        let all = tags(&self.body);
        let from = all.iter().position(|tag| tag.name == "form" && is_it(tag));
        let from = from.unwrap_or_else(|| panic!("no such form on {}: {}", self.path, self.body));
        let action = all[from].get("action").map_or_else(|| self.path.clone(), unescape);
        let inside = all[from + 1..].iter().take_while(|tag| tag.name != "form");
        let hidden = inside.filter(|tag| tag.name == "input" && tag.get("type") == Some("hidden"));
        let pair =
            |tag: &Tag| Some((unescape(tag.get("name")?), unescape(tag.get("value").unwrap_or_default())));
        Form { action, fields: hidden.filter_map(pair).collect() }
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a readable header"))
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:#?}"))
    }
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

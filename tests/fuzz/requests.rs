//! Requests that are nearly right, and such that nobody would ever send.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

/// Stands in every invented value: where it comes back, something was echoed.
pub(super) const MARK: &str = "zq9mark";

/// Every name that any route reads, and some that none does.
const NAMES: [&str; 47] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "tenant",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "ui_locales",
    "claims",
    "response_mode",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "request",
    "request_uri",
    "registration",
    "display",
    "interaction",
    "serial",
    "csrf",
    "username",
    "organisation",
    "password",
    "action",
    "account",
    "decision",
    "pending",
    "token",
    "token_type_hint",
    "email",
    "post_logout_redirect_uri",
    "grant_type",
    "code",
    "refresh_token",
    "code_verifier",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "access_token",
    "name",
    "zq9mark",
    "",
];

/// Words that are right somewhere.
const WORDS: [&str; 24] = [
    "code",
    "openid",
    "openid profile notes offline_access",
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "none",
    "login",
    "consent",
    "select_account",
    "S256",
    "query",
    "form_post",
    "allow",
    "deny",
    "confirm",
    "continue",
    "cancel",
    "other",
    "acme",
    "wiki",
    "https://app.example/callback",
    "0",
    "de en",
];

const METHODS: [&str; 9] = ["GET", "POST", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"];

const HEADERS: [&str; 16] = [
    "Accept-Language",
    "User-Agent",
    "Origin",
    "Sec-Fetch-Site",
    "Cookie",
    "Authorization",
    "X-Forwarded-For",
    "Forwarded",
    "X-Request-Id",
    "Range",
    "If-None-Match",
    "Accept",
    "Referer",
    "X-HTTP-Method-Override",
    "Expect",
    "Content-Encoding",
];

const MEDIA: [&str; 7] = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-16",
    "",
];

/// One request, byte by byte.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) method: &'static str,
    pub(super) path: String,
    query: Vec<u8>,
    headers: Lines,
    body: Vec<u8>,
}

impl Sent {
    /// As it goes over the wire.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} {}", self.method, self.path).into_bytes();
        if !self.query.is_empty() {
            bytes.push(b'?');
            bytes.extend_from_slice(&self.query);
        }
        bytes.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes()).into_owned();
        write!(f, "{}", text.chars().take(3000).collect::<String>())
    }
}

/// Somebody who asks: the headers that prove it, and what goes with every form.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) fields: Vec<(&'static str, String)>,
}

/// A route, a method, and parameters that it takes gladly.
#[derive(Debug, Clone)]
pub(super) struct Aim {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) good: Vec<(&'static str, String)>,
}

/// What the requests are made from.
#[derive(Debug, Clone)]
pub(super) struct Stock {
    /// Where they go.
    pub(super) aims: Vec<Aim>,
    /// Who may ask.
    pub(super) callers: Vec<Caller>,
    /// Values that exist: handles, codes, tokens.
    pub(super) real: Vec<String>,
}

/// Requests made from this stock.
pub(super) fn requests(stock: Stock) -> impl Strategy<Value = Sent> {
    let Stock { aims, callers, real } = stock;
    let odd = (select(METHODS.to_vec()), odd_path()).prop_map(|(method, path)| Aim {
        method,
        path,
        good: Vec::new(),
    });
    let astray =
        (select(METHODS.to_vec()), select(aims.clone())).prop_map(|(method, aim)| Aim { method, ..aim });
    let aims = prop_oneof![12 => select(aims).boxed(), 1 => odd.boxed(), 1 => astray.boxed()];
    let fuzzed = vec((select(NAMES.to_vec()), value(real)), 0..4);
    (aims, select(callers), fuzzed, headers(), shape()).prop_map(write)
}

/// Writes the parts down.
fn write((aim, caller, fuzzed, mut headers, shape): (Aim, Caller, Lines, Lines, Shape)) -> Sent {
    let Aim { method, path, good } = aim;
    let mut pairs: Vec<(&str, Vec<u8>)> = Vec::new();
    for (name, value) in caller.fields.iter().chain(&good) {
        // What is invented takes the place of what is right, and sometimes stands beside it.
        if shape.beside || !fuzzed.iter().any(|(own, _)| own == name) {
            pairs.push((name, encode(value.as_bytes())));
        }
    }
    pairs.extend(fuzzed);
    let mut form = Vec::new();
    for (name, value) in pairs {
        form.extend_from_slice(if form.is_empty() { b"" } else { b"&" });
        form.extend_from_slice(name.as_bytes());
        form.push(b'=');
        form.extend_from_slice(&value);
    }
    headers.extend(caller.headers.into_iter().map(|(name, value)| (name, value.into_bytes())));
    let in_query = shape.in_query ^ (method == "GET" || method == "HEAD");
    let (query, body) = if in_query { (form, shape.junk) } else { (shape.junk_query, form) };
    if !body.is_empty() {
        headers.push(("Content-Type", shape.media.as_bytes().to_vec()));
    }
    Sent { method, path, query, headers, body }
}

/// Names and values, byte by byte.
type Lines = Vec<(&'static str, Vec<u8>)>;

/// How the parts are put together.
#[derive(Debug, Clone)]
struct Shape {
    beside: bool,
    in_query: bool,
    media: &'static str,
    junk: Vec<u8>,
    junk_query: Vec<u8>,
}

fn shape() -> impl Strategy<Value = Shape> {
    let rarely = || prop_oneof![19 => Just(false), 1 => Just(true)];
    let junk = prop_oneof![6 => Just(Vec::new()), 1 => vec(any::<u8>(), 0..200)];
    let junk_query = prop_oneof![6 => Just(Vec::new()), 1 => vec(graphic(), 0..200)];
    (rarely(), rarely(), select(MEDIA.to_vec()), junk, junk_query).prop_map(
        |(beside, in_query, media, junk, junk_query)| Shape { beside, in_query, media, junk, junk_query },
    )
}

fn headers() -> impl Strategy<Value = Lines> {
    let byte = prop_oneof![8 => 0x20_u8..0x7f, 1 => 0x80_u8..=0xff, 1 => Just(b'\t')];
    let value = prop_oneof![
        Just(MARK.as_bytes().to_vec()),
        Just(format!("Bearer {MARK}").into_bytes()),
        Just(b"Basic enE5bWFyazp6cTltYXJr".to_vec()),
        Just(format!("https://{MARK}.example").into_bytes()),
        Just(b"symbolon=a; symbolon=b; =; ;;\"".to_vec()),
        Just(b"Basic \xff\xfe".to_vec()),
        vec(byte, 0..60),
        Just(vec![b'a'; 9000]),
    ];
    prop_oneof![4 => Just(Vec::new()), 1 => vec((select(HEADERS.to_vec()), value), 1..4)]
}

fn odd_path() -> impl Strategy<Value = String> {
    let odd = [
        "//",
        "/%00",
        "/%ff",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/login/",
        "/login%2fpassword",
        "/LOGIN",
        "/oauth2/token/x",
        "/oauth2//token",
        "/assets/%2e%2e%2fCargo.toml",
        "/assets/",
        "/assets/logos/",
        "/assets/logos/notes/zq9mark",
        "/assets/logos/zq9mark%22%3e/00000000-0000-0000-0000-000000000000",
        "/assets/logos/%ff/%00",
        "/api/v1/zq9mark",
        "/scim/v2/Users",
        "/userinfo/..",
        "/.well-known/zq9mark",
        "/zq9mark",
        "/;/login",
        "*",
        "http://evil.example/login",
    ];
    select(odd.to_vec()).prop_map(str::to_owned)
}

/// A value as it stands in a form: right, odd, or not even encoded.
fn value(real: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &str| Just(text.as_bytes().to_vec());
    let encoded = prop_oneof![
        4 => select(real).prop_map(String::into_bytes),
        4 => select(WORDS.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        4 => select(odd_texts()).prop_map(String::into_bytes),
        2 => "\\PC{0,80}".prop_map(|text| format!("{MARK}{text}").into_bytes()),
        1 => vec(any::<u8>(), 0..60),
        1 => (1_usize..17_000).prop_map(|length| vec![b'x'; length]),
        1 => text("\0"),
    ];
    let encoded = encoded.prop_map(|bytes| encode(&bytes));
    let raw = prop_oneof![
        text("%"),
        text("%2"),
        text("%zz"),
        text("%ff%fe"),
        text("%00"),
        text("%c0%af"),
        text("%ed%a0%80"),
        text("+"),
        text("%25%30%30"),
        text("%u0041"),
        text("a=b=c"),
        text("%0d%0aSet-Cookie:zq9mark=1"),
        vec(graphic(), 0..60),
    ];
    prop_oneof![4 => encoded.boxed(), 1 => raw.boxed()]
}

/// One of each kind of trouble that texts have made in other systems.
fn odd_texts() -> Vec<String> {
    let nested = |depth: usize| format!("{}{MARK}{}", "[".repeat(depth), "]".repeat(depth));
    [
        "<script>zq9mark</script>",
        "\"><img src=zq9mark>",
        "zq9mark' OR '1'='1",
        "zq9mark\"; DROP TABLE users; --",
        "%s%n%x zq9mark",
        "{{zq9mark}}",
        "${jndi:ldap://zq9mark}",
        "../../zq9mark",
        "zq9mark\r\nX-Zq9mark: 1",
        "//zq9mark.example",
        "javascript:zq9mark",
        "https://zq9mark.example/callback",
        "a@b@zq9mark.example",
        "zq9mark@\u{e9}.example",
        "\u{202e}zq9mark",
        "\u{feff}zq9mark",
        "\u{1f600}zq9mark",
        "zq9mark\u{0301}",
        "{\"userinfo\":{\"zq9mark\":{\"essential\":true}}}",
        "{\"id_token\":{\"sub\":{\"value\":\"zq9mark\"}}}",
        "{\"userinfo\":[],\"zq9mark\":null}",
        "[]",
        "{",
        "null",
        "true",
        "-1",
        "0",
        "1e309",
        "99999999999999999999",
        "9223372036854775807",
        "2147483648",
        "NaN",
        "0x10",
        "00000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000",
        "sya_zq9mark",
        "syr_",
        "syb_zq9mark",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6cTltYXJrIn0.AAAA",
        "..",
        ".",
        " ",
        "\t",
        "openid openid",
        "openid  profile",
        "urn:zq9mark",
        "https://notes.example#zq9mark",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([nested(200), nested(5000), "a".repeat(300), format!("{}@zq9mark.example", "a".repeat(300))])
    .collect()
}

fn graphic() -> impl Strategy<Value = u8> {
    0x21_u8..0x7f
}

fn encode(bytes: &[u8]) -> Vec<u8> {
    url::form_urlencoded::byte_serialize(bytes).collect::<String>().into_bytes()
}

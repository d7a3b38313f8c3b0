//! What every answer must be like, whatever was asked.

use symbolon::web::family::Family;

use super::requests::{MARK, Sent};
use crate::harness::html::tags;

/// An answer, taken apart.
#[derive(Debug)]
struct Answer<'a> {
    status: u16,
    headers: Vec<(String, &'a str)>,
    body: &'a str,
}

impl<'a> Answer<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let (first, lines) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let headers = lines.split("\r\n").filter_map(|line| line.split_once(": "));
        Some(Self {
            status,
            headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
            body,
        })
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| *value)
    }

    fn marker(&self) -> Option<String> {
        tags(self.body).into_iter().find(|tag| tag.name == "main")?.get("id").map(str::to_owned)
    }
}

/// The pages that show again what a person typed, and nothing but them.
const SHOWING: [&str; 12] = [
    "page-login",
    "page-password",
    "page-setup",
    "page-setup-done",
    "page-signup",
    "page-signup-sent",
    "page-form-post",
    "page-consent",
    "page-passkey-new",
    "page-console-people",
    "page-console-invitations",
    "page-console-policy",
];

/// The status of the answer, if it is one that we give, in the shape that this part of the map promises.
pub(super) fn check(sent: &Sent, text: &str) -> Result<u16, String> {
    let answer = Answer::read(text).ok_or_else(|| format!("no answer: {text:?}"))?;
    judge(sent, &answer)?;
    Ok(answer.status)
}

fn judge(sent: &Sent, answer: &Answer<'_>) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{what}: {answer:?}"));
    if answer.status >= 500 || answer.status < 200 {
        return wrong("the status");
    }
    if answer.header("x-request-id").is_none() {
        // The request never reached the program: it was no HTTP.
        let silent = answer.body.is_empty() && matches!(answer.status, 400 | 431);
        return if silent { Ok(()) } else { wrong("an answer that is not ours") };
    }
    echoes(answer)?;
    if answer.status < 400 || sent.method == "HEAD" {
        return Ok(());
    }
    let path = sent.path.strip_prefix("http://evil.example").unwrap_or(&sent.path);
    if answer.header("cache-control") != Some("no-store") {
        return wrong("a refusal that may be kept");
    }
    match Family::of_path(path) {
        Family::OAuth => {
            let bare = answer.body == "{}" && answer.status == 401;
            let json: serde_json::Value = serde_json::from_str(answer.body).unwrap_or_default();
            let told = json["error"].is_string() && json["error_description"].is_string();
            let challenged = answer.status != 401 || answer.header("www-authenticate").is_some();
            if (bare || told) && challenged { Ok(()) } else { wrong("no error of RFC 6749 or RFC 6750") }
        }
        Family::Api => {
            let json: serde_json::Value = serde_json::from_str(answer.body).unwrap_or_default();
            let told = json["type"].is_string() && json["status"] == answer.status;
            if told { Ok(()) } else { wrong("no problem of RFC 9457") }
        }
        Family::Page => match answer.marker() {
            Some(_) => Ok(()),
            None => wrong("no page"),
        },
        Family::Asset if answer.body.is_empty() => Ok(()),
        Family::Asset => wrong("a body"),
    }
}

/// Nothing that was sent comes back, but in the fields of our own forms, escaped, and in the query of a redirect.
fn echoes(answer: &Answer<'_>) -> Result<(), String> {
    for (name, value) in answer.headers.iter().filter(|(_, value)| value.to_ascii_lowercase().contains(MARK))
    {
        let known = [
            "/oauth2/authorize?",
            "/oauth2/logout?",
            "https://app.example/callback?",
            "https://app.example/?",
        ];
        if name != "location"
            || !known.iter().any(|start| value.starts_with(start))
            || value.contains(['<', '"', ' '])
        {
            return Err(format!("the header {name} echoes: {answer:?}"));
        }
    }
    if !answer.body.contains(MARK) {
        return Ok(());
    }
    let raw = ["<script>zq9", "<img src=zq9", "\"><img", "\"; DROP", "' OR '1"];
    let shown = answer.marker().is_some_and(|marker| SHOWING.contains(&marker.as_str()));
    if shown && !raw.iter().any(|raw| answer.body.contains(raw)) {
        Ok(())
    } else {
        Err(format!("the body echoes: {answer:?}"))
    }
}

//! The URIs that clients and resource servers register.

use url::Url;

use super::Reader;
use super::fault::At;
use super::spot::Spot;
use crate::effects::http::Target;
use crate::model::client::ClientKind;
use crate::protocol::loopback::is_loopback;
use crate::protocol::redirect_uri::{RedirectKind, RedirectUri};
use crate::protocol::resource::ResourceIndicator;

const HTTP_HERE: &str = "plain http; fit for development on this machine only";

/// A redirect URI of a client of this kind (RFC 6749 §3.1.2, RFC 8252 §7), to which an answer brings these parameters.
pub(super) fn redirect(spot: &Spot<'_>, kind: Option<ClientKind>, answer: &[&str]) -> Option<At<String>> {
    let uri = spot.parsed::<RedirectUri>()?;
    if uri.value.says(answer) {
        spot.fault(format!("an answer brings {} itself; leave that out of the query", answer.join(", ")));
        return None;
    }
    if uri.value.as_str().contains('*') {
        spot.fault("wildcards are not allowed; list every URI");
        return None;
    }
    let native = kind == Some(ClientKind::Native);
    match uri.value.kind() {
        RedirectKind::LoopbackHttp if !native || uri.value.as_str().starts_with("http://localhost") => {
            spot.warning(HTTP_HERE);
        }
        RedirectKind::PrivateUse if !native => {
            spot.fault("a private scheme is for `native` clients only; use https");
            return None;
        }
        RedirectKind::LoopbackHttp | RedirectKind::PrivateUse | RedirectKind::Https => {}
    }
    Some(uri.map(|uri| uri.as_str().to_owned()))
}

/// An origin, as browsers send it.
pub(super) fn origin(spot: &Spot<'_>) -> Option<At<String>> {
    let text = spot.text()?;
    let url = Url::parse(&text.value).ok().filter(|url| {
        // Browsers send whole origins: a pattern would never match.
        url.origin().ascii_serialization() == text.value && !text.value.contains('*')
    });
    let Some(url) = url else {
        spot.fault(
            "must be an origin such as `https://app.example` or `http://127.0.0.1:9091`, without path",
        );
        return None;
    };
    secure(spot, &url).then_some(text)
}

/// A page that people are sent to.
pub(super) fn page(spot: &Spot<'_>) -> Option<String> {
    let text = spot.text()?.value;
    let good = text.len() <= 2000 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let url = Url::parse(&text).ok().filter(|url| good && url.has_host() && url.username().is_empty());
    let Some(url) = url else {
        spot.fault("must be a web address such as `https://app.example/terms`");
        return None;
    };
    secure(spot, &url).then_some(text)
}

/// Refuses plain http except to this machine, where it gets a warning (D28).
fn secure(spot: &Spot<'_>, url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" if url.host().is_some_and(|host| is_loopback(&host)) => {
            spot.warning(HTTP_HERE);
            true
        }
        "http" => {
            spot.fault(
                "plain http is allowed to this machine only (`localhost`, `127.0.0.1`, `[::1]`); use https",
            );
            false
        }
        _ => {
            spot.fault("only https is allowed here");
            false
        }
    }
}

/// Whether this is how the address is written in the end; a slash for an empty path may be left out.
fn is_normal(text: &str, url: &Url) -> bool {
    let bare = url.path() == "/" && url.query().is_none();
    let spelled = url.as_str() == text || bare && url.as_str().strip_suffix('/') == Some(text);
    let dotted = url.host_str().is_some_and(|host| host.ends_with('.'));
    // RFC 3986 §2.1, §2.3: capital digits, and only of what cannot stand for itself.
    let escaped = text.split('%').skip(1).all(|after| {
        let hex = after.get(..2).filter(|hex| hex.bytes().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'F')));
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        byte.is_some_and(|byte| !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte))
    });
    spelled
        && !dotted
        && escaped
        && !text.ends_with('?')
        && url.username().is_empty()
        && url.password().is_none()
}

/// The same address with or without the slash at its end.
fn twin(text: &str) -> String {
    text.strip_suffix('/').map_or_else(|| format!("{text}/"), str::to_owned)
}

impl Reader<'_> {
    /// The identifier of a resource server (RFC 8707 §2): compared as text, never fetched. None of our own addresses, since
    /// a token without a resource is for the issuer, and its owner would be told of everybody's (D7, P019).
    pub(super) fn resource_identifier(&self, spot: &Spot<'_>) -> Option<At<String>> {
        let identifier = spot.parsed::<ResourceIndicator>()?.map(|it| it.as_str().to_owned());
        let text = identifier.value.as_str();
        let is_url = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
        match Url::parse(text) {
            Ok(url) if is_url && self.sources.issuer().is_at(&url) => {
                spot.fault("is an address of this identity provider itself; an API has one of its own");
                None
            }
            Ok(url) if is_url && !is_normal(text, &url) => {
                spot.fault("spells an address in an unusual way, and another API could be mistaken for it; write the host in lower case and without a dot at its end, escapes with capital digits and only where they are needed, and no user name, default port, dot segments or empty query");
                None
            }
            Ok(_) if self.index.resources.contains_key(&twin(text)) => {
                spot.fault("another API has this address with or without the slash at its end, and one could be mistaken for the other");
                None
            }
            Ok(url) if is_url => secure(spot, &url).then_some(identifier),
            Ok(_) if text.starts_with("urn:") => Some(identifier),
            Ok(_) | Err(_) => {
                spot.fault("must be an https URL or a urn");
                None
            }
        }
    }

    /// A URI that the server fetches: https, and never inside a private network that is not listed (P126).
    pub(super) fn fetched(&self, spot: &Spot<'_>) -> Option<String> {
        let text = spot.text()?;
        if let Err(reason) = Target::parse(&text.value, self.sources.rules()) {
            spot.fault(format!("the server fetches this, and may not: {reason}"));
            return None;
        }
        Some(text.value)
    }
}

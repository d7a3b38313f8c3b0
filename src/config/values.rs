//! How single values are read from text.

use std::net::SocketAddr;

use ipnet::IpNet;
use url::Url;

use crate::model::rate::parse_duration;

/// A value as its source spells it.
#[derive(Clone)]
pub(super) enum Raw {
    /// One value; numbers and switches in their text form.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Raw {
    /// The items of a list; one text is split at commas, as the environment needs it.
    pub(super) fn items(&self) -> Vec<&str> {
        match self {
            Self::One(text) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
            Self::Many(items) => items.iter().map(String::as_str).collect(),
        }
    }
}

/// Reads `127.0.0.1:8080`, `[::]:8080`.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an IP address and a port, like 127.0.0.1:8080 or [::]:8080".to_owned())
}

/// Reads `64 KiB`, `1 MiB` or a number of bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.strip_prefix(digits).unwrap_or_default().trim();
    let factor = match unit {
        "" | "B" => Some(1),
        "KiB" => Some(1024),
        "MiB" => Some(1024 * 1024),
        _ => None,
    };
    let bytes =
        factor.zip(digits.parse::<usize>().ok()).and_then(|(factor, count)| count.checked_mul(factor));
    bytes.ok_or_else(|| "write a number of bytes, or a number and KiB or MiB".to_owned())
}

/// Reads `true` or `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "write true or false".to_owned())
}

/// Reads a time within the bounds, in seconds.
pub(super) fn duration(text: &str, least: u64, most: u64) -> Result<std::time::Duration, String> {
    let read = parse_duration(text).ok_or_else(|| "write a time like 30s, 10m, 8h or 90d".to_owned())?;
    if (least..=most).contains(&read.as_secs()) {
        Ok(read)
    } else {
        let (least, most) = (super::registry::spell(least), super::registry::spell(most));
        Err(format!("the time must be between {least} and {most}"))
    }
}

/// Reads a whole number within the bounds.
pub(super) fn count(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let read = text.parse::<u64>().ok().filter(|read| (least..=most).contains(read));
    read.ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

/// Reads `10.0.0.0/8`, or one address alone. Bits set behind the prefix are a slip, and refused.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let advice = "write networks like 10.0.0.0/8, fd00::/8 or 192.0.2.7";
    let net = match text.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => text.parse::<std::net::IpAddr>().map(IpNet::from).map_err(|_| advice.to_owned())?,
    };
    if net.trunc() == net {
        Ok(net)
    } else {
        Err(format!("the address part has bits behind its prefix; did you mean {}?", net.trunc()))
    }
}

/// Reads a web origin in the one spelling that browsers send (RFC 6454 §6.2).
pub(super) fn origin(text: &str) -> Result<String, String> {
    let advice = "write origins like https://app.example.com: scheme, host, port, no slash behind";
    let url = Url::parse(text).map_err(|_| advice.to_owned())?;
    let web = matches!(url.scheme(), "https" | "http");
    // A browser never sends a star, so an origin with one would be allowed in vain.
    if web && !text.contains('*') && url.origin().ascii_serialization() == text {
        Ok(text.to_owned())
    } else {
        Err(advice.to_owned())
    }
}

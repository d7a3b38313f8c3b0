//! Headers of every answer, errors included (R72, P077). What a handler has set itself stays, but for the policies.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::web::family::Family;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMITTED_CROSS_DOMAIN: HeaderName = HeaderName::from_static("x-permitted-cross-domain-policies");

/// Devices and powers that no page of ours uses.
const NO_POWERS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                         magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// A year, for this host alone: what stands below it may not be ours.
const HSTS: &str = "max-age=31536000";

/// Puts the headers on an answer. `form_targets` are origins that its forms may lead to (D30).
pub(super) fn put(headers: &mut HeaderMap, family: Family, https: bool, form_targets: &[String]) {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: under it browsers send `Origin: null` with our own forms, and the check would fail.
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (PERMISSIONS_POLICY, NO_POWERS),
        (PERMITTED_CROSS_DOMAIN, "none"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    let shared = family == Family::OAuth;
    let reach = if shared { "cross-origin" } else { "same-origin" };
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static(reach));
    if let Ok(policy) = HeaderValue::from_str(&content_policy(family, form_targets)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn content_policy(family: Family, form_targets: &[String]) -> String {
    const NOTHING: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    match family {
        Family::OAuth | Family::Api => format!("{NOTHING}; form-action 'none'"),
        // Opened by itself, a file can run and reach nothing.
        Family::Asset => format!("{NOTHING}; form-action 'none'; sandbox"),
        Family::Page => {
            // The sources come from `Notes::allow_form_target`, which lets origins and schemes through only.
            let own = "'self'".to_owned();
            let targets: Vec<&str> = std::iter::once(&own).chain(form_targets).map(String::as_str).collect();
            let targets = targets.join(" ");
            format!("{NOTHING}; style-src 'self'; img-src 'self'; script-src 'self'; form-action {targets}")
        }
    }
}

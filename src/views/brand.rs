//! The stylesheet of a tenant's brand: made from its accent alone, so that its address tells nothing but a colour and
//! it never goes stale. Inline style is forbidden by the CSP.

use crate::model::accent::{Accent, ON_DARK, ON_LIGHT};

/// The path of the stylesheet.
pub fn path(accent: Accent) -> String {
    format!("/assets/brand.{}.css", accent.to_string().trim_start_matches('#'))
}

/// The accent whose stylesheet has this file name; `None` for every other name, and for colours that no tenant may set.
pub fn of_name(name: &str) -> Option<Accent> {
    let digits = name.strip_prefix("brand.")?.strip_suffix(".css")?;
    let accent: Accent = format!("#{digits}").parse().ok()?;
    // One colour, one address.
    path(accent).ends_with(name).then_some(accent)
}

/// The stylesheet: the two colours of `static/style.css` that a brand replaces, in both schemes.
pub fn stylesheet(accent: Accent) -> String {
    let (light, dark) = (accent.light(), accent.dark());
    format!(
        ":root {{ --accent: {light}; --on-accent: {ON_LIGHT}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --on-accent: {ON_DARK}; }} }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_colour_and_to_nothing_else() {
        let accent = of_name("brand.7a3b12.css").expect("an accent");
        assert_eq!(path(accent), "/assets/brand.7a3b12.css");
        for name in
            ["brand.7A3B12.css", "brand.ffcc00.css", "brand..css", "brand.7a3b12", "brand.;}*{.css", "x"]
        {
            assert_eq!(of_name(name), None, "{name}");
        }
    }
}

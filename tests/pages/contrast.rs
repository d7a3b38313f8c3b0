//! The colours: every pair that stands together has the contrast that WCAG 2.2 asks for, in light and in dark.

use std::collections::BTreeMap;

use symbolon::model::accent::{DARK_SURFACES, LIGHT_SURFACES, Rgb};
use symbolon::views::assets;

type Colours = BTreeMap<String, [f64; 3]>;

/// The variables of the two schemes; dark inherits what it does not change.
fn schemes() -> [Colours; 2] {
    let css = std::str::from_utf8(assets::STYLESHEET.bytes).expect("text");
    let (light, rest) = css.split_once("@media (prefers-color-scheme: dark)").expect("a dark scheme");
    let dark = rest.split_once("}\n}").expect("its end").0;
    let light = colours(light);
    let mut merged = light.clone();
    merged.extend(colours(dark));
    [light, merged]
}

fn colours(css: &str) -> Colours {
    css.lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"))
        .map(|(name, hex)| (name.to_owned(), channels(hex)))
        .collect()
}

fn channels(hex: &str) -> [f64; 3] {
    let full: String =
        if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    let value = u32::from_str_radix(&full, 16).expect("a colour");
    [value >> 16, value >> 8, value].map(|channel| f64::from(channel & 0xff) / 255.0)
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_edges_and_focus_can_be_seen() {
    let text = [
        ("ink", "page"),
        ("ink", "card"),
        ("ink", "soft"),
        ("quiet", "page"),
        ("quiet", "card"),
        ("quiet", "soft"),
        ("danger", "card"),
        ("accent", "card"),
        ("accent", "soft"),
        ("on-accent", "accent"),
    ];
    let edges = [("edge", "card"), ("accent", "page"), ("danger", "card")];
    for (scheme, colours) in ["light", "dark"].into_iter().zip(schemes()) {
        for (pairs, least) in [(text.as_slice(), 4.5), (edges.as_slice(), 3.0)] {
            for (front, back) in pairs {
                let found = contrast(colours[*front], colours[*back]);
                assert!(found >= least, "{scheme}: {front} on {back} has {found:.2}");
            }
        }
    }
}

/// An accent is judged against the colours that the stylesheet has.
#[test]
fn accents_are_judged_against_the_surfaces_of_the_pages() {
    let [light, dark] = schemes();
    let of = |colours: &Colours, names: &[&str]| -> Vec<[f64; 3]> {
        names.iter().map(|name| colours[*name]).collect()
    };
    let judged = |surfaces: &[Rgb]| -> Vec<[f64; 3]> {
        surfaces.iter().map(|surface| channels(surface.to_string().trim_start_matches('#'))).collect()
    };
    assert_eq!(judged(&LIGHT_SURFACES), of(&light, &["card", "page"]));
    assert_eq!(of(&light, &["soft"]), of(&light, &["page"]), "judged as the page is");
    assert_eq!(of(&light, &["on-accent"]), of(&light, &["card"]), "judged as the card is");
    assert_eq!(judged(&DARK_SURFACES), of(&dark, &["card", "page", "soft", "on-accent"]));
}

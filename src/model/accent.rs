//! The accent colour of a tenant's brand: judged when it is set, so that every page stays legible (docs/pages.md).

use std::fmt;
use std::str::FromStr;

/// What the accent stands on in the light scheme: the card, the page around it.
pub const LIGHT_SURFACES: [Rgb; 2] = [Rgb([0xff, 0xff, 0xff]), Rgb([0xf3, 0xf5, 0xf8])];

/// The letters that stand on it in the light scheme, as on a button.
pub const ON_LIGHT: Rgb = Rgb([0xff; 3]);

/// The letters that stand on it in the dark scheme.
pub const ON_DARK: Rgb = Rgb([0x0c, 0x1a, 0x2b]);

/// What it stands on in the dark scheme, and what stands on it: the card, the page, a soft field, the letters.
pub const DARK_SURFACES: [Rgb; 4] =
    [Rgb([0x19, 0x1d, 0x26]), Rgb([0x10, 0x13, 0x1a]), Rgb([0x22, 0x28, 0x34]), ON_DARK];

/// The least contrast of text (WCAG 2.2 §1.4.3).
const LEGIBLE: f64 = 4.5;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb([u8; 3]);

/// A colour that carries white letters and is itself legible on every light surface of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent(Rgb);

/// Why a colour cannot be an accent.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InvalidAccent {
    /// Not a colour in the one form that is read.
    #[error("must be a colour such as `#1b5fa8`")]
    Form,
    /// Links in it could not be read.
    #[error(
        "its contrast on the pages is {found:.1} : 1, and 4.5 : 1 is needed (WCAG 2.2); choose a darker colour"
    )]
    Faint {
        /// The worst contrast.
        found: f64,
    },
}

impl FromStr for Accent {
    type Err = InvalidAccent;

    /// Six hexadecimal digits after `#`, in either case.
    fn from_str(text: &str) -> Result<Self, InvalidAccent> {
        let colour: Rgb = text.parse()?;
        let found = LIGHT_SURFACES.iter().map(|surface| colour.contrast(*surface)).fold(21.0, f64::min);
        if found < LEGIBLE { Err(InvalidAccent::Faint { found }) } else { Ok(Self(colour)) }
    }
}

impl FromStr for Rgb {
    type Err = InvalidAccent;

    fn from_str(text: &str) -> Result<Self, InvalidAccent> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(InvalidAccent::Form)?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).ok_or(InvalidAccent::Form)?;
        let [_, r, g, b] = number.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl Accent {
    /// The colour in the light scheme.
    pub const fn light(self) -> Rgb {
        self.0
    }

    /// The colour in the dark scheme: as much white mixed in as it needs to be legible there, and no more.
    pub fn dark(self) -> Rgb {
        let mixed = (0..=20).map(|twentieths| self.0.with_white(twentieths));
        let legible = |colour: &Rgb| DARK_SURFACES.iter().all(|surface| colour.contrast(*surface) >= LEGIBLE);
        mixed.into_iter().find(legible).unwrap_or(Rgb([0xff; 3]))
    }
}

impl Rgb {
    /// This many twentieths of the way to white.
    fn with_white(self, twentieths: u16) -> Self {
        Self(self.0.map(|channel| {
            let rest = u16::from(u8::MAX - channel) * twentieths / 20;
            channel.saturating_add(u8::try_from(rest).unwrap_or(u8::MAX))
        }))
    }

    /// The contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl fmt::Display for Rgb {
    /// `#rrggbb`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([r, g, b]) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_that_can_be_read_are_accents() {
        for text in ["", "#", "1b5fa8", "#1b5fa", "#1b5fa80", "#1b5fag", "#+b5fa8", "#１b5fa", "red", "#fff"]
        {
            assert_eq!(text.parse::<Accent>(), Err(InvalidAccent::Form), "{text}");
        }
        for text in ["#ffffff", "#ffcc00", "#777777", "#8abdf2"] {
            assert!(matches!(text.parse::<Accent>(), Err(InvalidAccent::Faint { .. })), "{text}");
        }
        for text in ["#1b5fa8", "#7A3B12", "#000000", "#0000ff", "#b3261e"] {
            assert_eq!(text.parse::<Accent>().map(|it| it.to_string()), Ok(text.to_ascii_lowercase()));
        }
    }

    #[test]
    fn every_accent_has_a_sister_that_can_be_read_in_the_dark() {
        for text in ["#1b5fa8", "#7a3b12", "#000000", "#0000ff", "#b3261e", "#006400"] {
            let dark = text.parse::<Accent>().expect("an accent").dark();
            for surface in DARK_SURFACES {
                assert!(dark.contrast(surface) >= 4.5, "{text} becomes {dark} on {surface}");
            }
        }
    }

    #[test]
    fn black_on_white_has_the_contrast_of_the_specification() {
        let contrast = Rgb([0; 3]).contrast(Rgb([0xff; 3]));
        assert!((contrast - 21.0).abs() < 0.001, "{contrast}");
    }
}

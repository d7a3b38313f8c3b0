//! A QR code as a drawing of the page: attributes only, so that no policy of content has to make room for it.

use qrcodegen::{QrCode as Drawn, QrCodeEcc};

/// Modules of quiet around the code (ISO/IEC 18004 §9.1).
const QUIET: i32 = 4;

/// A QR code, ready for the `d` of a path in a square of [`QrCode::side`] units.
#[derive(Clone)]
pub struct QrCode {
    side: i32,
    path: String,
}

impl std::fmt::Debug for QrCode {
    /// What a code says is often a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QrCode(..)")
    }
}

impl QrCode {
    /// The code of this text; `None` where it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let drawn = Drawn::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..drawn.size() {
            let mut x = 0;
            while x < drawn.size() {
                let dark = (x..drawn.size()).take_while(|at| drawn.get_module(*at, y)).count();
                let run = i32::try_from(dark).unwrap_or(0);
                if run > 0 {
                    let (x, y) = (x + QUIET, y + QUIET);
                    path.extend([format!("M{x} {y}h{run}v1h-{run}z")]);
                }
                x += run + 1;
            }
        }
        Some(Self { side: drawn.size() + 2 * QUIET, path })
    }

    /// The side of the square with the quiet zone, in units.
    pub const fn side(&self) -> i32 {
        self.side
    }

    /// The dark modules.
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paints the path again: what a camera sees is what was drawn.
    #[test]
    fn the_path_has_every_dark_module_and_no_other() {
        let text =
            "otpauth://totp/Acme:ada%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
        let (code, drawn) = (QrCode::of(text).unwrap(), Drawn::encode_text(text, QrCodeEcc::Medium).unwrap());
        let mut painted = std::collections::BTreeSet::new();
        for run in code.path().split('M').skip(1) {
            let (at, shape) = run.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = shape.split('v').next().unwrap().parse().unwrap();
            painted.extend((x..x + length).map(|x| (x - QUIET, y - QUIET)));
        }
        let side = drawn.size();
        let dark = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        let dark: std::collections::BTreeSet<_> = dark.filter(|(x, y)| drawn.get_module(*x, *y)).collect();
        assert_eq!(painted, dark);
        assert!(QrCode::of(&"x".repeat(10_000)).is_none());
    }
}

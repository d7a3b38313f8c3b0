//! Images of strangers, drawn anew: what is shown is written by us, whatever the bytes that came say or hide.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};

/// The longest side of an image that is accepted, in pixels: a few bytes can ask for gigabytes.
pub const LONGEST_SIDE: u32 = 2048;

/// The longest side of what is shown, in pixels: a logo is small.
const SHOWN_SIDE: u32 = 192;

/// The most memory that drawing may take, in bytes: the largest image accepted, and room to work.
const MEMORY: u64 = 32 << 20;

/// Reads a PNG, JPEG or WebP image by its bytes and writes it as a small PNG: of a moving one the first picture,
/// without anything else that the file held. Takes up to tens of milliseconds.
///
/// Other formats are refused: SVG can hold scripts and links, and the fewer decoders, the better. `None` also for an
/// image that is damaged or too large.
pub fn redraw(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    if !matches!(reader.format()?, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let image = reader.decode().ok()?;
    let large = image.width().max(image.height()) > SHOWN_SIDE;
    let shown = if large { image.thumbnail(SHOWN_SIDE, SHOWN_SIDE) } else { image };
    let mut written = Cursor::new(Vec::new());
    shown.into_rgba8().write_to(&mut written, ImageFormat::Png).ok()?;
    Some(written.into_inner())
}

#[cfg(test)]
mod tests {
    use image::RgbaImage;

    use super::*;

    fn image(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut written = Cursor::new(Vec::new());
        let image = RgbaImage::from_pixel(width, height, image::Rgba([200, 30, 30, 255]));
        let image = image::DynamicImage::from(image);
        let image = if format == ImageFormat::Jpeg { image.into_rgb8().into() } else { image };
        image.write_to(&mut written, format).unwrap();
        written.into_inner()
    }

    fn size_of(png: &[u8]) -> (u32, u32) {
        let image = image::load_from_memory_with_format(png, ImageFormat::Png).unwrap();
        (image.width(), image.height())
    }

    #[test]
    fn images_are_written_as_small_pngs() {
        for (format, side, shown) in [
            (ImageFormat::Png, (64, 32), (64, 32)),
            (ImageFormat::Png, (384, 192), (192, 96)),
            (ImageFormat::Png, (2048, 1), (192, 1)),
            (ImageFormat::Jpeg, (64, 48), (64, 48)),
            (ImageFormat::WebP, (64, 48), (64, 48)),
        ] {
            let redrawn = redraw(&image(side.0, side.1, format)).unwrap();
            assert_eq!(size_of(&redrawn), shown, "{format:?}");
        }
    }

    #[test]
    fn what_else_the_file_held_is_gone() {
        let script = b"<script>alert(1)</script>";
        let hiding = [&image(8, 8, ImageFormat::Png)[..], script].concat();
        let redrawn = redraw(&hiding).unwrap();
        assert!(!redrawn.windows(script.len()).any(|window| window == script));
    }

    #[test]
    fn everything_else_is_refused() {
        let whole = image(64, 64, ImageFormat::Png);
        for refused in [
            image(2049, 1, ImageFormat::Png),
            whole[..whole.len() / 2].to_vec(),
            whole[..24].to_vec(),
            b"GIF89a\x40\0\x40\0\0\0\0;".to_vec(),
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            b"BM\0\0\0\0".to_vec(),
            b"\0\0\x01\0".to_vec(),
            Vec::new(),
        ] {
            assert_eq!(redraw(&refused), None, "{refused:?}");
        }
    }
}

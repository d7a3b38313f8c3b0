//! What an image says of itself in its first bytes (PNG §5, §11.2; JPEG, ITU-T T.81 §B.2; WebP, RFC 9649 §2). The bytes
//! decide what an image is, never the word of whoever sent it.

use crate::model::logo::ImageFormat;

/// The longest side of an image that is accepted, in pixels: a few bytes can ask a browser for gigabytes.
pub const LONGEST_SIDE: u32 = 2048;

/// The format of a still image whose sides are sound; `None` for everything else.
pub fn recognise(bytes: &[u8]) -> Option<ImageFormat> {
    let (format, width, height) = match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, chunks @ ..] => png(chunks)?,
        [0xff, 0xd8, segments @ ..] => jpeg(segments)?,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', chunk @ ..] => webp(chunk)?,
        _ => return None,
    };
    let sound = 1..=LONGEST_SIDE;
    (sound.contains(&width) && sound.contains(&height)).then_some(format)
}

type Read = (ImageFormat, u32, u32);

/// The header comes first; then chunks up to the end, none of which makes the picture move.
fn png(chunks: &[u8]) -> Option<Read> {
    let (header, mut rest) = chunks.split_at_checked(25)?;
    let [0, 0, 0, 13, b'I', b'H', b'D', b'R', w3, w2, w1, w0, h3, h2, h1, h0, ..] = *header else {
        return None;
    };
    loop {
        let (head, after) = rest.split_at_checked(8)?;
        let [l3, l2, l1, l0, ref kind @ ..] = *head else { return None };
        match kind {
            b"acTL" => return None,
            b"IEND" => break,
            _ => {}
        }
        let length = usize::try_from(u32::from_be_bytes([l3, l2, l1, l0])).ok()?;
        // A checksum of four bytes follows the data.
        rest = after.get(length.checked_add(4)?..)?;
    }
    Some((ImageFormat::Png, u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0])))
}

/// The first frame header tells the sides.
fn jpeg(mut rest: &[u8]) -> Option<Read> {
    loop {
        match *rest {
            // Fill bytes before a marker.
            [0xff, 0xff, ..] => rest = rest.get(1..)?,
            [0xff, marker, l1, l0, ref data @ ..] => {
                let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
                if is_frame {
                    let [_precision, h1, h0, w1, w0, ..] = *data else { return None };
                    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
                    return Some((ImageFormat::Jpeg, side(w1, w0), side(h1, h0)));
                }
                // Markers that stand alone do not come before the first frame; the scan must not either.
                if matches!(marker, 0x00 | 0x01 | 0xd0..=0xda) {
                    return None;
                }
                let length = usize::from(u16::from_be_bytes([l1, l0]));
                rest = data.get(length.checked_sub(2)?..)?;
            }
            _ => return None,
        }
    }
}

/// Simple, lossless and extended files; the extended header also tells of movement.
fn webp(chunk: &[u8]) -> Option<Read> {
    const MOVES: u8 = 0b10;
    let (kind, rest) = chunk.split_at_checked(4)?;
    let data = rest.get(4..)?;
    let (width, height) = match (kind, data) {
        (b"VP8 ", [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..]) => {
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            (side(*w0, *w1), side(*h0, *h1))
        }
        (b"VP8L", [0x2f, a, b, c, d, ..]) => {
            let bits = u32::from_le_bytes([*a, *b, *c, *d]);
            ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        (b"VP8X", [flags, _, _, _, w0, w1, w2, h0, h1, h2, ..]) if flags & MOVES == 0 => {
            (u32::from_le_bytes([*w0, *w1, *w2, 0]) + 1, u32::from_le_bytes([*h0, *h1, *h2, 0]) + 1)
        }
        _ => return None,
    };
    Some((ImageFormat::WebP, width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut image = b"\x89PNG\r\n\x1a\n".to_vec();
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
        for (kind, data) in [(b"IHDR", header.as_slice())].iter().chain(chunks).chain(&[(b"IEND", &[][..])]) {
            image.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            image.extend([kind.as_slice(), data, &[0; 4]].concat());
        }
        image
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let [h, w] = [height.to_be_bytes(), width.to_be_bytes()];
        [&b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x11\x08"[..], &h, &w, &[0; 20]].concat()
    }

    fn webp(chunk: &[u8]) -> Vec<u8> {
        [b"RIFF\x40\0\0\0WEBP", chunk, &[0; 20]].concat()
    }

    #[test]
    fn still_images_of_sound_size_are_recognised() {
        for (image, format) in [
            (png(64, 64, &[(b"tEXt", b"hello"), (b"IDAT", &[0; 99])]), ImageFormat::Png),
            (png(2048, 1, &[]), ImageFormat::Png),
            (jpeg(640, 480), ImageFormat::Jpeg),
            (webp(b"VP8 \x10\0\0\0\0\0\0\x9d\x01\x2a\x40\x00\x40\x00"), ImageFormat::WebP),
            (webp(b"VP8L\x10\0\0\0\x2f\x3f\xc0\x0f\x00"), ImageFormat::WebP),
            (webp(b"VP8X\x0a\0\0\0\x10\0\0\0\x3f\0\0\x3f\0\0"), ImageFormat::WebP),
        ] {
            assert_eq!(recognise(&image), Some(format), "{image:?}");
        }
    }

    #[test]
    fn everything_else_is_refused_and_nothing_panics() {
        for image in [
            png(2049, 1, &[]),
            png(0, 1, &[]),
            png(64, 64, &[(b"acTL", &[0; 8])]),
            jpeg(0, 480),
            jpeg(640, 65535),
            webp(b"VP8X\x0a\0\0\0\x12\0\0\0\x3f\0\0\x3f\0\0"),
            webp(b"VP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\x3f\0\0"),
            b"GIF89a\x40\0\x40\0\0\0\0".to_vec(),
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            b"BM\0\0\0\0".to_vec(),
            b"\0\0\x01\0".to_vec(),
            Vec::new(),
        ] {
            assert_eq!(recognise(&image), None, "{image:?}");
        }
    }

    #[test]
    fn a_cut_image_is_refused_wherever_it_was_cut() {
        let cuts = [
            (png(64, 64, &[(b"IDAT", &[0; 9])]), 62),
            (jpeg(640, 480), 18),
            (webp(b"VP8L\x10\0\0\0\x2f\x3f\xc0\x0f\x00"), 25),
        ];
        for (whole, needed) in cuts {
            for end in 0..needed {
                assert_eq!(recognise(&whole[..end]), None, "{end} bytes of {whole:?}");
            }
            assert!(recognise(&whole[..needed]).is_some(), "{whole:?}");
        }
    }
}

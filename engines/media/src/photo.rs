//! Photos: JPEG, PNG and WebP in, JPEG out.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use crate::{Limits, Unfit};

/// A photo as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// JPEG.
    pub bytes: Vec<u8>,
    /// Of the kept photo, in pixels.
    pub width: u32,
    /// Of the kept photo, in pixels.
    pub height: u32,
    /// Its small twin, JPEG.
    pub small: Vec<u8>,
    /// Of the small twin, in pixels.
    pub small_width: u32,
    /// Of the small twin, in pixels.
    pub small_height: u32,
}

/// The kind of picture that the first bytes name.
pub(crate) fn format_of(bytes: &[u8]) -> Option<ImageFormat> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return Some(ImageFormat::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(ImageFormat::Png);
    }
    (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")).then_some(ImageFormat::WebP)
}

/// Decodes, turns upright, makes smaller, encodes.
pub(crate) fn encode_again(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<Photo, Unfit> {
    if bytes.len() > limits.photo_bytes {
        return Err(Unfit::TooLarge(limits.photo_bytes));
    }
    // The decoder fills what is missing of a JPEG with grey; somebody who sent half a photo should be told.
    if format == ImageFormat::Jpeg && !is_whole_jpeg(bytes) {
        return Err(Unfit::Broken);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::default();
    // What it claims is looked at below, before anything is unpacked; this bounds what the decoder itself may ask for.
    allowed.max_alloc = Some(limits.pixels.saturating_mul(8).saturating_add(16 << 20));
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error, limits))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Unfit::Broken);
    }
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(Unfit::TooManyPixels(limits.pixels));
    }
    let orientation = decoder.orientation().map_err(|error| refused(&error, limits))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error, limits))?;
    if picture.width().max(picture.height()) > limits.side {
        picture = picture.thumbnail(limits.side, limits.side);
    }
    picture.apply_orientation(orientation);
    let kept = on_white(&picture);
    drop(picture);
    let small = DynamicImage::from(kept.clone());
    let small = if small.width().max(small.height()) > limits.small_side {
        small.thumbnail(limits.small_side, limits.small_side)
    } else {
        small
    };
    let small = small.into_rgb8();
    Ok(Photo {
        bytes: jpeg(&kept, limits)?,
        width: kept.width(),
        height: kept.height(),
        small: jpeg(&small, limits)?,
        small_width: small.width(),
        small_height: small.height(),
    })
}

fn refused(error: &image::ImageError, limits: &Limits) -> Unfit {
    match error {
        image::ImageError::Limits(_) => Unfit::TooManyPixels(limits.pixels),
        _ => Unfit::Broken,
    }
}

/// Without transparency: JPEG knows none, and black would hide dark drawings.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let with_alpha = picture.to_rgba8();
    let mut plain = RgbImage::new(with_alpha.width(), with_alpha.height());
    for (to, from) in plain.pixels_mut().zip(with_alpha.pixels()) {
        let [red, green, blue, alpha] = from.0;
        let mixed = |colour: u8| {
            let sum = u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(sum / 255).unwrap_or(255)
        };
        to.0 = [mixed(red), mixed(green), mixed(blue)];
    }
    plain
}

fn jpeg(picture: &RgbImage, limits: &Limits) -> Result<Vec<u8>, Unfit> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, limits.quality.clamp(1, 100));
    encoder.encode_image(picture).map_err(|_| Unfit::Broken)?;
    Ok(bytes)
}

/// Whether a JPEG comes to its end: after the picture's own data stands the mark of the end. A small picture inside the
/// camera's notes has such a mark too, so the parts before the data are walked.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some([0xff, mark, rest @ ..]) = bytes.get(at..) else { return false };
        match *mark {
            // Padding before a mark.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xda => return rest.windows(2).any(|pair| pair == [0xff, 0xd9]),
            0xd9 => return false,
            _ => {
                let [high, low, ..] = rest else { return false };
                at += 2 + usize::from(u16::from_be_bytes([*high, *low])).max(2);
            }
        }
    }
}

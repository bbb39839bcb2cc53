//! A room's floor plan: a picture that somebody sends, taken apart and painted anew.
//!
//! What comes in is a stranger's file, whoever sends it. It is read within bounds that hold before a single pixel is unpacked, and
//! what goes out is written here: no place, time or device that the camera noted, and nothing hidden behind the picture.
use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, webp::WebPEncoder},
    imageops,
};
use serde::Serialize;

use crate::{
    error::{Error, Fault, Result, Say},
    say, words,
};

/// The most that a file may hold, in bytes: what a phone's camera makes fits.
pub const FILE: usize = 5 * 1024 * 1024;
/// The media types that are taken.
pub const TAKEN: &str = "image/png, image/jpeg, image/webp";
/// The most pixels on a side, and in all: unpacked they take some 100 MB for a moment.
const SIDE: u32 = 8000;
const PIXELS: u64 = 16_000_000;
const UNPACKED: u64 = 160 * 1024 * 1024;
/// What goes out fits into a square of this many pixels.
const SHOWN: u32 = 1600;
/// A drawing is smaller than this without any loss, in bytes; what is not is a photograph, which hides a little loss.
const DRAWING: usize = 300 * 1024;
const QUALITY: u8 = 82;

words! {
    /// How a picture is written.
    pub enum MediaType {
        /// Without loss.
        WebP = "image/webp",
        /// With a little.
        Jpeg = "image/jpeg",
    }
}

/// What is known of a room's floor plan without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FloorPlan {
    /// The version of the room that it came with: never the same for two pictures of a room.
    pub version: i32,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// What it shows, for those who do not see it.
    pub alternative_text: String,
}

/// A picture that was painted here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How it is written.
    pub media_type: MediaType,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Reads a file that may be anything and paints what it shows.
    pub fn paint(file: &[u8]) -> Result<Self> {
        let image = unpack(file)?;
        let (width, height) = (image.width(), image.height());
        let image = if width > SHOWN || height > SHOWN {
            let side = |this: u32, other: u32| if this >= other { SHOWN } else { (this * SHOWN / other).max(1) };
            imageops::thumbnail(&image, side(width, height), side(height, width))
        } else {
            image
        };
        let mut bytes = vec![];
        let (width, height) = image.dimensions();
        WebPEncoder::new_lossless(&mut bytes).encode(&image, width, height, ExtendedColorType::Rgb8).map_err(Error::internal)?;
        let mut media_type = MediaType::WebP;
        if bytes.len() > DRAWING {
            let mut lossy = vec![];
            JpegEncoder::new_with_quality(&mut lossy, QUALITY).encode_image(&image).map_err(Error::internal)?;
            if lossy.len() < bytes.len() {
                (media_type, bytes) = (MediaType::Jpeg, lossy);
            }
        }
        let side = |pixels: u32| i32::try_from(pixels).map_err(Error::internal);
        Ok(Self { media_type, width: side(width)?, height: side(height)?, bytes })
    }
}

fn refused(code: &'static str, message: Say) -> Error {
    Error::Invalid(vec![Fault::coded("image", code, message)])
}

fn unreadable(_: image::ImageError) -> Error {
    refused("not_an_image", say!("ska vara en hel bild i PNG, JPEG eller WebP", "must be a whole picture in PNG, JPEG or WebP"))
}

/// The picture in a file, upright and on white.
fn unpack(file: &[u8]) -> Result<RgbImage> {
    let format = image::guess_format(file).map_err(unreadable)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(refused("not_an_image", say!("ska vara PNG, JPEG eller WebP", "must be PNG, JPEG or WebP")));
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    // Ours come first and say what is wrong; these hold for what a decoder sets aside on the way.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(UNPACKED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if width > SIDE || height > SIDE || u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > UNPACKED {
        let millions = PIXELS / 1_000_000;
        return Err(refused(
            "too_many_pixels",
            say!(
                "får ha högst {SIDE} bildpunkter på en sida och {millions} miljoner i allt: den här har {width} × {height}",
                "may have at most {SIDE} pixels on a side and {millions} million in all: this one has {width} × {height}"
            ),
        ));
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    Ok(if image.color().has_alpha() { on_white(&image) } else { image.into_rgb8() })
}

/// A plan is mostly black lines on nothing, and would be gone on a dark page.
fn on_white(image: &DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    let mut flat = RgbImage::new(image.width(), image.height());
    for (to, from) in flat.pixels_mut().zip(image.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        let laid = |colour: u16| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        *to = Rgb([laid(red), laid(green), laid(blue)]);
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView, Rgba, RgbaImage};

    fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        image.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn code(file: &[u8]) -> &'static str {
        match Picture::paint(file) {
            Err(Error::Invalid(faults)) => faults[0].code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_drawing_stays_as_it_is_and_lies_on_white() {
        let mut drawing = RgbaImage::new(40, 30);
        drawing.put_pixel(3, 4, Rgba([10, 20, 30, 255]));
        let painted = Picture::paint(&png(drawing)).unwrap();
        assert_eq!((painted.media_type, painted.width, painted.height), (MediaType::WebP, 40, 30));
        let seen = image::load_from_memory(&painted.bytes).unwrap();
        assert_eq!(seen.get_pixel(3, 4).0, [10, 20, 30, 255]);
        assert_eq!(seen.get_pixel(0, 0).0, [255, 255, 255, 255]);
    }

    #[test]
    fn a_large_one_is_made_to_fit_and_a_photograph_is_written_with_a_little_loss() {
        let mut seed = 1_u32;
        let noise = RgbImage::from_fn(2000, 500, |_, _| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = seed.to_le_bytes();
            Rgb([a, b, c])
        });
        let painted = Picture::paint(&png(noise)).unwrap();
        assert_eq!((painted.media_type, painted.width, painted.height), (MediaType::Jpeg, 1600, 400));
        let thin = Picture::paint(&png(RgbImage::new(1, 4000))).unwrap();
        assert_eq!((thin.width, thin.height), (1, 1600));
    }

    #[test]
    fn what_is_no_picture_is_refused_by_what_it_is() {
        let whole = png(RgbImage::new(64, 64));
        let half = whole.get(..whole.len() / 2).unwrap();
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for file in [&b""[..], b"hej", svg, b"GIF89a\x01\x00\x01\x00", b"%PDF-1.7", half, b"\x89PNG\r\n\x1a\n", b"RIFF\x04\0\0\0WEBP"] {
            assert_eq!(code(file), "not_an_image", "{:?}", String::from_utf8_lossy(file));
        }
    }

    #[test]
    fn more_pixels_than_can_be_unpacked_are_refused_unseen() {
        for (width, height) in [(8001, 1), (1, 8001), (4001, 4000)] {
            assert_eq!(code(&png(image::GrayImage::new(width, height))), "too_many_pixels", "{width} x {height}");
        }
    }
}

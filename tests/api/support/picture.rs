//! Pictures to send.
use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// A PNG of this size, dark in its upper left quarter.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    painted(width, height, ImageFormat::Png)
}

/// The same in another format.
pub fn painted(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let dark = |x, y| if x < width / 2 && y < height / 2 { Rgb([20, 40, 60]) } else { Rgb([250, 250, 250]) };
    let mut bytes = Cursor::new(vec![]);
    RgbImage::from_fn(width, height, dark).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

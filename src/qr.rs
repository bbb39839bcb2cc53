//! A link as a QR code to print on a poster.
use qrcode::{EcLevel, QrCode, render::svg};

use crate::error::{Error, Result};

/// The link as an SVG image. A quarter of it may be worn off.
pub fn svg(link: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(link.as_bytes(), EcLevel::Q).map_err(Error::internal)?;
    let image = code.render::<svg::Color>().min_dimensions(240, 240).quiet_zone(true).build();
    // To be set into a page, it must begin with its root element.
    Ok(image.find("<svg").and_then(|at| image.get(at..)).unwrap_or(&image).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_becomes_one_svg_element() {
        let image = svg("https://boka.example.org/e/7Q4KXM2D00").unwrap();
        assert!(image.starts_with("<svg") && image.trim_end().ends_with("</svg>"), "{image}");
    }
}

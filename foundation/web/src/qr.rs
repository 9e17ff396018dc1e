//! QR codes, as pictures that are made here: no other address is asked for them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gongzhi_kernel::Fault;
use qrcode::{Color, EcLevel, QrCode};

/// Blank modules around the code, without which cameras do not find it.
const MARGIN: usize = 4;

/// The address of an SVG image (`data:`) with the QR code of `text`: it stands in the page itself.
pub fn image(text: &str) -> Result<String, Fault> {
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg(text)?)))
}

/// An SVG image with the QR code of `text`: dark on light in every theme, as cameras need it.
pub fn svg(text: &str) -> Result<String, Fault> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Fault::internal("the text is too long for a QR code").because(error))?;
    let width = code.width();
    let mut path = String::new();
    for (row, line) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = line[column..].iter().take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + MARGIN, row + MARGIN);
            }
            column += run.max(1);
        }
    }
    let side = width + 2 * MARGIN;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_has_the_three_corners_that_cameras_look_for() {
        let address = image("https://city.example/track?number=0123456789012345").unwrap();
        let svg = STANDARD.decode(address.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        let svg = String::from_utf8(svg).unwrap();
        let side = QrCode::new("https://city.example/track?number=0123456789012345").unwrap().width();
        // Each finder pattern begins with a run of seven dark modules.
        for corner in [format!("M{MARGIN} {MARGIN}h7"), format!("M{} {MARGIN}h7", MARGIN + side - 7)] {
            assert!(svg.contains(&corner), "{corner}");
        }
        assert!(svg.contains(&format!("M{MARGIN} {}h7", MARGIN + side - 7)));
    }
}

//! A place on the earth.

use serde::{Deserialize, Serialize};

/// A point in WGS-84 degrees. GCJ-02 is converted at the border, never kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPoint")]
pub struct Point {
    /// Degrees north, −90 to 90.
    pub lat: f64,
    /// Degrees east, −180 to 180.
    pub lon: f64,
}

#[derive(Deserialize)]
struct RawPoint {
    lat: f64,
    lon: f64,
}

impl TryFrom<RawPoint> for Point {
    type Error = &'static str;
    fn try_from(raw: RawPoint) -> Result<Self, Self::Error> {
        Self::new(raw.lat, raw.lon).ok_or("lat is between -90 and 90, lon between -180 and 180")
    }
}

impl Point {
    /// The point, rounded to seven decimals (about a centimetre); `None` outside the earth or where a figure is not finite.
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        let inside = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        let round = |x: f64| (x * 1e7).round() / 1e7;
        inside.then(|| Self { lat: round(lat), lon: round(lon) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_off_the_earth_are_refused() {
        assert!(Point::new(39.9, 116.4).is_some());
        for (lat, lon) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert!(Point::new(lat, lon).is_none());
        }
        assert!(serde_json::from_str::<Point>(r#"{"lat":95,"lon":3}"#).is_err());
    }
}

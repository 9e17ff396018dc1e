//! From the shifted coordinates of maps in mainland China to those of satellites.

use std::f64::consts::PI;

/// Half axis and squared eccentricity of the ellipsoid that the shift is defined on (Krasovsky 1940).
const HALF_AXIS: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// WGS-84 degrees from GCJ-02 degrees, to within a metre; outside China the two are the same.
///
/// The shift is only defined the other way, so it is undone step by step: each step shifts the present guess and takes
/// off by how much it misses.
pub(super) fn from_gcj02(lat: f64, lon: f64) -> (f64, f64) {
    if !is_shifted(lat, lon) {
        return (lat, lon);
    }
    let (mut guess_lat, mut guess_lon) = (lat, lon);
    for _ in 0..6 {
        let (shifted_lat, shifted_lon) = to_gcj02(guess_lat, guess_lon);
        guess_lat -= shifted_lat - lat;
        guess_lon -= shifted_lon - lon;
    }
    (guess_lat, guess_lon)
}

/// The rectangle in which maps are shifted.
fn is_shifted(lat: f64, lon: f64) -> bool {
    (0.8293..=55.8271).contains(&lat) && (72.004..=137.8347).contains(&lon)
}

fn to_gcj02(lat: f64, lon: f64) -> (f64, f64) {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let waves = |long: f64, [a, b, c]: [f64; 3]| {
        // Pairs of a long and a short wave, each with its own weight.
        (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0
            + (20.0 * (long * PI).sin() + 40.0 * (long / 3.0 * PI).sin()) * 2.0 / 3.0
            + (a * (long / 12.0 * PI).sin() + b * (long / 30.0 * PI).sin()) * c
    };
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + waves(y, [160.0, 320.0, 2.0 / 3.0]);
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + waves(x, [150.0, 300.0, 2.0 / 3.0]);
    let radians = lat / 180.0 * PI;
    let curve = 1.0 - ECCENTRICITY_SQUARED * radians.sin() * radians.sin();
    let meridian = HALF_AXIS * (1.0 - ECCENTRICITY_SQUARED) / (curve * curve.sqrt());
    let parallel = HALF_AXIS / curve.sqrt() * radians.cos();
    (lat + north * 180.0 / (meridian * PI), lon + east * 180.0 / (parallel * PI))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metres between two places close together.
    fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
        let degree = 111_195.0;
        ((a.0 - b.0) * degree).hypot((a.1 - b.1) * degree * a.0.to_radians().cos())
    }

    #[test]
    fn the_shift_is_known_and_undone() {
        // Tiananmen: a pair that many converters agree on.
        let shifted = to_gcj02(39.907_333, 116.391_083);
        assert!(metres(shifted, (39.908_736, 116.397_322)) < 5.0, "{shifted:?}");
        for lat in [20.0, 30.4, 39.9, 45.7] {
            for lon in [88.1, 104.06, 121.1, 126.6] {
                let (shifted_lat, shifted_lon) = to_gcj02(lat, lon);
                assert!(metres((shifted_lat, shifted_lon), (lat, lon)) > 50.0);
                assert!(metres(from_gcj02(shifted_lat, shifted_lon), (lat, lon)) < 1.0);
            }
        }
    }

    #[test]
    fn outside_china_nothing_is_shifted() {
        assert_eq!(from_gcj02(42.36, -71.06), (42.36, -71.06));
    }
}

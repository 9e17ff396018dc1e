//! Files as strangers send them: photos come out harmless, documents are recognised, everything else is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Cursor;

use gongzhi_media::{DocumentKind, Examined, Limits, Photo, Unfit, examine};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

const LIMITS: Limits = Limits {
    photo_bytes: 4_000_000,
    document_bytes: 1_000_000,
    pixels: 1_000_000,
    side: 200,
    small_side: 50,
    quality: 80,
};

/// Left half red, right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(
        width,
        height,
        |x, _| if x < width / 2 { Rgb([200, 10, 10]) } else { Rgb([10, 10, 200]) },
    )
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG whose camera wrote down how it was held (Exif 2.3, tag 0x0112), and a place.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 31.2304N 121.4737E");
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

fn photo(bytes: &[u8]) -> Photo {
    match examine(bytes, &LIMITS) {
        Ok(Examined::Photo(photo)) => photo,
        other => panic!("{other:?}"),
    }
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap().into_rgb8()
}

#[test]
fn a_photo_is_kept_upright_and_without_what_the_camera_wrote() {
    let plain = encoded(halves(120, 60), ImageFormat::Jpeg);
    let turned = with_exif(&plain, 6);
    assert!(turned.windows(3).any(|w| w == b"GPS"));
    let kept = photo(&turned);
    // Held with the left side up: what was left is now at the top.
    assert_eq!((kept.width, kept.height), (60, 120));
    let picture = decoded(&kept.bytes);
    assert!(picture.get_pixel(30, 10).0[0] > 150, "{:?}", picture.get_pixel(30, 10));
    assert!(picture.get_pixel(30, 110).0[2] > 150, "{:?}", picture.get_pixel(30, 110));
    for bytes in [&kept.bytes, &kept.small] {
        assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]));
        assert!(!bytes.windows(4).any(|w| w == b"Exif" || w == b"GPS "), "nothing of the camera is left");
    }
    assert_eq!((kept.small_width, kept.small_height), (25, 50));
}

#[test]
fn every_kind_of_picture_becomes_a_jpeg_no_larger_than_is_useful() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let kept = photo(&encoded(halves(800, 400), format));
        assert_eq!((kept.width, kept.height), (200, 100), "{format:?}");
        assert_eq!(decoded(&kept.small).dimensions(), (50, 25), "{format:?}");
    }
    let clear = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0]));
    let kept = decoded(&photo(&encoded(clear, ImageFormat::Png)).bytes);
    assert!(kept.get_pixel(9, 9).0.iter().all(|colour| *colour > 250), "what is see-through becomes white");
}

#[test]
fn what_follows_a_photo_is_left_behind() {
    let mut both = encoded(halves(50, 50), ImageFormat::Jpeg);
    both.extend(b"PK\x03\x04 and <script>alert(1)</script>");
    let kept = photo(&both);
    assert!(!kept.bytes.windows(7).any(|w| w == b"<script"));
    let again = photo(&kept.bytes);
    assert_eq!((again.width, again.height), (50, 50));
}

#[test]
fn a_photo_cut_off_anywhere_is_refused() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(halves(64, 64), format);
        for length in [13, 20, whole.len() / 4, whole.len() / 2, whole.len() - 14] {
            assert_eq!(examine(&whole[..length], &LIMITS), Err(Unfit::Broken), "{format:?} {length}");
        }
    }
    // A small picture in the camera's notes ends before the photo does.
    let small = encoded(halves(8, 8), ImageFormat::Jpeg);
    let whole = encoded(halves(64, 64), ImageFormat::Jpeg);
    let mut noted = whole[..2].to_vec();
    noted.extend([0xff, 0xe1]);
    noted.extend(u16::try_from(small.len() + 2).unwrap().to_be_bytes());
    noted.extend(&small);
    noted.extend(&whole[2..]);
    assert!(matches!(examine(&noted, &LIMITS), Ok(Examined::Photo(_))));
    assert_eq!(examine(&noted[..noted.len() - 20], &LIMITS), Err(Unfit::Broken));
}

#[test]
fn a_picture_that_unpacks_to_more_than_memory_is_refused_unseen() {
    // A PNG that says it is 50000 × 50000; the checksum of its head is right.
    let mut bomb = encoded(halves(2, 2), ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let mut crc = u32::MAX;
    for byte in &bomb[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    bomb[29..33].copy_from_slice(&(!crc).to_be_bytes());
    assert_eq!(examine(&bomb, &LIMITS), Err(Unfit::TooManyPixels(1_000_000)));
    let large = encoded(halves(1001, 1000), ImageFormat::Png);
    assert_eq!(examine(&large, &LIMITS), Err(Unfit::TooManyPixels(1_000_000)));
    let limits = Limits { photo_bytes: 100, ..LIMITS };
    assert_eq!(examine(&large, &limits), Err(Unfit::TooLarge(100)));
}

/// An archive of parts that are named and measured, and not there: nothing unpacks them.
fn archive(parts: &[(&str, u32)], comment: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04 the parts themselves ".to_vec();
    let start = u32::try_from(bytes.len()).unwrap();
    for (name, size) in parts {
        let mut entry = vec![0; 46];
        entry[..4].copy_from_slice(b"PK\x01\x02");
        entry[24..28].copy_from_slice(&size.to_le_bytes());
        entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend(entry);
        bytes.extend(name.as_bytes());
    }
    let mut end = vec![0; 22];
    end[..4].copy_from_slice(b"PK\x05\x06");
    end[10..12].copy_from_slice(&u16::try_from(parts.len()).unwrap().to_le_bytes());
    end[16..20].copy_from_slice(&start.to_le_bytes());
    end[20..22].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
    bytes.extend(end);
    bytes.extend(comment);
    bytes
}

fn compound(streams: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    for name in streams {
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    }
    bytes
}

#[test]
fn documents_are_told_by_what_they_hold() {
    let types = ("[Content_Types].xml", 900);
    let known: Vec<(Vec<u8>, DocumentKind)> = vec![
        (b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n".to_vec(), DocumentKind::Pdf),
        (archive(&[types, ("word/document.xml", 4000)], b""), DocumentKind::Docx),
        (archive(&[types, ("xl/workbook.xml", 4000)], b"from a tool"), DocumentKind::Xlsx),
        (archive(&[types, ("ppt/presentation.xml", 4000)], b""), DocumentKind::Pptx),
        (compound(&["Root Entry", "WordDocument"]), DocumentKind::Doc),
        (compound(&["Workbook"]), DocumentKind::Xls),
        (compound(&["PowerPoint Document"]), DocumentKind::Ppt),
    ];
    for (bytes, kind) in known {
        assert_eq!(examine(&bytes, &LIMITS), Ok(Examined::Document(kind)));
    }
}

#[test]
fn everything_else_is_refused_with_its_reason() {
    let types = ("[Content_Types].xml", 900);
    let word = ("word/document.xml", 4000);
    let mut behind = archive(&[types, word], b"");
    behind.extend(b"something behind the end");
    let mut both = b"%PDF-1.7\n%%EOF\n".to_vec();
    both.extend(archive(&[types, word], b""));
    both.extend(b"%%EOF");
    let mut locked = archive(&[types, word], b"");
    let at = locked.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    locked[at + 8] = 1;
    let bad: Vec<(&str, Vec<u8>, Unfit)> = vec![
        ("nothing", Vec::new(), Unfit::Empty),
        ("html", b"<!doctype html><script>alert(1)</script>".to_vec(), Unfit::Unknown),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), Unfit::Unknown),
        ("gif", b"GIF89a\x01\0\x01\0".to_vec(), Unfit::Unknown),
        ("program", b"MZ\x90\0\x03".to_vec(), Unfit::Unknown),
        ("text", "路灯坏了".as_bytes().to_vec(), Unfit::Unknown),
        ("emoji", "🏮🏮🏮".as_bytes().to_vec(), Unfit::Unknown),
        ("jpeg in name only", vec![0xff, 0xd8, 0xff], Unfit::Broken),
        ("png in name only", b"\x89PNG\r\n\x1a\n".to_vec(), Unfit::Broken),
        ("webp in name only", b"RIFF\0\0\0\0WEBP".to_vec(), Unfit::Broken),
        ("pdf cut off", b"%PDF-1.7\n1 0 obj".to_vec(), Unfit::Broken),
        ("pdf and archive", both, Unfit::TwoKinds),
        ("plain archive", archive(&[("a.txt", 3)], b""), Unfit::Unknown),
        ("archive cut off", archive(&[types, word], b"")[..60].to_vec(), Unfit::Broken),
        ("archive and more", behind, Unfit::TwoKinds),
        ("locked", locked, Unfit::Broken),
        ("bomb", archive(&[types, word, ("x", u32::MAX)], b""), Unfit::Bomb),
        ("macros", archive(&[types, word, ("word/vbaProject.bin", 9)], b""), Unfit::Macros),
        ("old macros", compound(&["WordDocument", "_VBA_PROJECT"]), Unfit::Macros),
        ("compound of another program", compound(&["Something"]), Unfit::Unknown),
        ("long", [b"%PDF-".as_slice(), &vec![b' '; 1_000_000]].concat(), Unfit::TooLarge(1_000_000)),
    ];
    for (what, bytes, reason) in bad {
        assert_eq!(examine(&bytes, &LIMITS), Err(reason), "{what}");
    }
}

#[test]
fn no_change_of_a_byte_brings_it_down() {
    let samples = [
        encoded(halves(24, 24), ImageFormat::Jpeg),
        encoded(halves(24, 24), ImageFormat::Png),
        encoded(halves(24, 24), ImageFormat::WebP),
        archive(&[("[Content_Types].xml", 900), ("word/document.xml", 4000)], b""),
    ];
    for sample in samples {
        for at in 0..sample.len() {
            for value in [0, 0x7f, 0xff] {
                let mut changed = sample.clone();
                changed[at] = value;
                // Whatever it answers, it answers.
                let _answered = examine(&changed, &LIMITS);
            }
        }
    }
}

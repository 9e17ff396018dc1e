//! The app on somebody's phone, written without a look at the other side.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses its part")]

use gongzhi_kernel::Timestamp;
use ring::hmac;

pub struct App(Vec<u8>);

impl App {
    /// Takes the secret that the page shows.
    pub fn with(secret: &str) -> Self {
        let mut bits = String::new();
        for letter in secret.chars().filter(|c| *c != ' ') {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
            bits.push_str(&format!("{value:05b}"));
        }
        Self(
            bits.as_bytes()
                .chunks_exact(8)
                .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
                .collect(),
        )
    }

    /// What it shows at this moment.
    pub fn shows(&self, at: Timestamp) -> String {
        let counter = (at.as_micros() / 30_000_000).to_be_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &counter);
        let hash = tag.as_ref();
        let at = usize::from(hash[19] & 15);
        let number = (u32::from(hash[at]) & 127) << 24
            | u32::from(hash[at + 1]) << 16
            | u32::from(hash[at + 2]) << 8
            | u32::from(hash[at + 3]);
        format!("{:06}", number % 1_000_000)
    }
}

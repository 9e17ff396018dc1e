//! Cipher suites: what seals a text and what makes a keyed hash. AES-256-GCM and HMAC-SHA-256 are built in; a city whose
//! rules ask for SM4-GCM and HMAC-SM3 (GB/T 32907, GB/T 32905) implements [`CipherSuite`] over a certified library.

use std::fmt::Debug;

use gongzhi_kernel::Fault;
use ring::{aead, hmac};

/// A symmetric cipher with authentication, and a keyed hash.
pub trait CipherSuite: Send + Sync + Debug {
    /// Its name, kept with every key: `aes-256-gcm`.
    fn name(&self) -> &'static str;

    /// Seals. `random` holds bytes that are used once; the answer holds what of them is needed to open.
    ///
    /// # Errors
    /// A fault of the library.
    fn seal(&self, key: &[u8; 32], random: [u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault>;

    /// Opens; `bound` is what it was bound to.
    ///
    /// # Errors
    /// A fault where anything was changed.
    fn open(&self, key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault>;

    /// A keyed hash.
    fn digest(&self, key: &[u8; 32], text: &[u8]) -> Vec<u8>;
}

/// AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits: of one key at most 2³² texts, so keys are changed
/// long before. HMAC-SHA-256 (FIPS 198-1).
#[derive(Debug, Clone, Copy, Default)]
pub struct Aes256Gcm;

impl Aes256Gcm {
    fn key(key: &[u8; 32]) -> Result<aead::LessSafeKey, Fault> {
        aead::UnboundKey::new(&aead::AES_256_GCM, key)
            .map(aead::LessSafeKey::new)
            .map_err(|_| Fault::internal("a key of the vault has the wrong length"))
    }
}

impl CipherSuite for Aes256Gcm {
    fn name(&self) -> &'static str {
        "aes-256-gcm"
    }

    fn seal(&self, key: &[u8; 32], random: [u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut nonce = [0; aead::NONCE_LEN];
        nonce.copy_from_slice(&random[..aead::NONCE_LEN]);
        let mut sealed = plain.to_vec();
        Self::key(key)?
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(bound),
                &mut sealed,
            )
            .map_err(|_| Fault::internal("a text is too long to be sealed"))?;
        let mut all = Vec::with_capacity(nonce.len() + sealed.len());
        all.extend_from_slice(&nonce);
        all.append(&mut sealed);
        Ok(all)
    }

    fn open(&self, key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let changed = || Fault::corrupt("a sealed text was changed, or stands where it was not sealed for");
        let (nonce, rest) = sealed.split_at_checked(aead::NONCE_LEN).ok_or_else(changed)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| changed())?;
        let mut rest = rest.to_vec();
        let plain =
            Self::key(key)?.open_in_place(nonce, aead::Aad::from(bound), &mut rest).map_err(|_| changed())?;
        Ok(plain.to_vec())
    }

    fn digest(&self, key: &[u8; 32], text: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A suite that is none, to show that another can stand in.
    #[derive(Debug)]
    pub(crate) struct Mirror;

    impl CipherSuite for Mirror {
        fn name(&self) -> &'static str {
            "mirror"
        }
        fn seal(&self, key: &[u8; 32], _: [u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
            Ok([&key[..1], bound, b"|", plain].concat().into_iter().rev().collect())
        }
        fn open(&self, key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Fault> {
            let straight: Vec<u8> = sealed.iter().rev().copied().collect();
            let plain = straight.strip_prefix(&[&key[..1], bound, b"|"].concat()[..]);
            plain.map(<[u8]>::to_vec).ok_or_else(|| Fault::corrupt("changed"))
        }
        fn digest(&self, key: &[u8; 32], text: &[u8]) -> Vec<u8> {
            [&key[..1], text].concat()
        }
    }

    #[test]
    fn what_is_sealed_opens_only_where_and_as_it_was_sealed() {
        for suite in [&Aes256Gcm as &dyn CipherSuite, &Mirror] {
            let sealed = suite.seal(&[1; 32], [2; 32], b"person.phone 7", "13900001111".as_bytes()).unwrap();
            assert!(!String::from_utf8_lossy(&sealed).contains("13900001111"));
            assert_eq!(suite.open(&[1; 32], b"person.phone 7", &sealed).unwrap(), b"13900001111");
            assert!(suite.open(&[1; 32], b"person.phone 8", &sealed).is_err());
            assert!(suite.open(&[3; 32], b"person.phone 7", &sealed).is_err());
            let mut changed = sealed.clone();
            *changed.last_mut().unwrap() ^= 1;
            assert!(suite.open(&[1; 32], b"person.phone 7", &changed).is_err());
            assert!(suite.open(&[1; 32], b"person.phone 7", &sealed[..5]).is_err());
        }
    }

    #[test]
    fn no_byte_can_be_changed() {
        let sealed = Aes256Gcm.seal(&[1; 32], [2; 32], b"person.phone 7", b"13900001111").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(Aes256Gcm.open(&[1; 32], b"person.phone 7", &changed).is_err(), "byte {at}");
        }
    }

    /// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation" (2005).
    #[test]
    fn aes_256_gcm_gives_the_published_answer() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let key: [u8; 32] =
            hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").try_into().unwrap();
        let mut random = [0; 32];
        random[..12].copy_from_slice(&hex("cafebabefacedbaddecaf888"));
        let plain = hex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        let sealed =
            Aes256Gcm.seal(&key, random, &hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), &plain).unwrap();
        assert_eq!(
            sealed[12..],
            hex(
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
            )
        );
    }

    /// Test case 1 of RFC 4231.
    #[test]
    fn the_keyed_hash_gives_the_published_answer() {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        // Keys are padded with zeros to the block, so 20 bytes and 12 zeros are the same key.
        let said: String =
            Aes256Gcm.digest(&key, b"Hi There").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(said, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }
}

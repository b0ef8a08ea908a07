//! Bytes as text.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Bytes in hexadecimal, two small digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// SHA-256 of a text or of bytes, in hexadecimal.
pub fn fingerprint<C: AsRef<[u8]> + ?Sized>(content: &C) -> String {
    hexadecimal(&Sha256::digest(content))
}

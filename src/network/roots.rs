//! Why no certificate comes out of what `SSL_CERT_FILE` or `SSL_CERT_DIR` names. The client leaves
//! out what it cannot read, silently.

use std::fs;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The variable that names a file of certificates.
const FILE: &str = "SSL_CERT_FILE";

/// The variable that names folders of such files.
const FOLDERS: &str = "SSL_CERT_DIR";

/// With what certificates in DER begin: a sequence with its length in two bytes.
const DER: [u8; 2] = [0x30, 0x82];

/// The problem of what the variables name.
pub(super) fn trouble() -> Option<String> {
    let file = std::env::var_os(FILE).and_then(|file| {
        if file.is_empty() {
            return Some(format!("`{FILE}` is set to nothing: unset it"));
        }
        let shown = file.display();
        let why = of_file(Path::new(&file))?;
        Some(format!("`{FILE}` names `{shown}`, {why}"))
    });
    file.or_else(|| {
        let folders = std::env::var_os(FOLDERS)?;
        let missing = std::env::split_paths(&folders)
            .find(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())?;
        Some(format!("`{FOLDERS}` names `{}`, which is not a folder", missing.display()))
    })
}

/// Why no certificate comes out of a file.
pub(super) fn of_file(file: &Path) -> Option<String> {
    if file.is_dir() {
        return Some(format!("which is a folder: name a file, or the folder in `{FOLDERS}`"));
    }
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return Some(format!("which cannot be read: {error}")),
    };
    if CertificateDer::pem_slice_iter(&bytes).any(|certificate| certificate.is_ok()) {
        return None;
    }
    let form = "each between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`";
    Some(if bytes.starts_with(&DER) {
        format!("which is in DER form and cannot be read: write its certificates as PEM, {form}")
    } else {
        format!("which cannot be read as certificates in PEM form, {form}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_told_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        for (name, bytes, said) in [
            ("empty", &b""[..], "cannot be read as certificates"),
            ("text", b"hello", "cannot be read as certificates"),
            ("broken", b"-----BEGIN CERTIFICATE-----\nMAA", "cannot be read as certificates"),
            ("der", b"\x30\x82\x01\x00", "is in DER form"),
        ] {
            fs::write(folder.path().join(name), bytes).unwrap();
            let why = of_file(&folder.path().join(name)).unwrap();
            assert!(why.contains(said), "{name}: {why}");
        }
        assert!(of_file(folder.path()).unwrap().contains("is a folder"));
        assert!(of_file(&folder.path().join("gone")).unwrap().contains("cannot be read"));
        fs::write(folder.path().join("good"), pem).unwrap();
        assert_eq!(of_file(&folder.path().join("good")), None);
    }
}

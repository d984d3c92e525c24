//! Whom a connection is trusted to lead to.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::target::Fault;

/// The bytes that a file of certificates may have.
const LARGEST: u64 = 4 << 20;

/// TLS with the authorities of a file and no others, or else with those of the system.
pub(super) fn config(ca: Option<&Path>) -> Result<TlsConfig, Fault> {
    let roots = match ca {
        Some(path) => from_file(path)?,
        None => of_the_system()?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    Ok(config.root_certs(RootCerts::from(roots)).build())
}

#[allow(clippy::disallowed_methods, reason = "a file of the operator's machine, outside any tree")]
fn from_file(path: &Path) -> Result<Vec<Certificate<'static>>, Fault> {
    let told = |error| {
        let path = path.display();
        Fault::settings(format!("the certificates of `ca` cannot be read: {path}: {error}"))
    };
    let mut pem = Vec::new();
    let file = File::open(path).map_err(told)?;
    file.take(LARGEST).read_to_end(&mut pem).map_err(told)?;
    let items = parse_pem(&pem).filter_map(Result::ok);
    let roots: Vec<_> = items.filter_map(certificate).collect();
    match roots.is_empty() {
        true => Err(Fault::settings(format!(
            "the file of `ca` holds no certificate in PEM: {}",
            path.display()
        ))),
        false => Ok(roots),
    }
}

fn certificate(item: PemItem<'static>) -> Option<Certificate<'static>> {
    match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    }
}

fn of_the_system() -> Result<Vec<Certificate<'static>>, Fault> {
    let found = rustls_native_certs::load_native_certs();
    match found.certs.is_empty() {
        true => Err(Fault::settings(
            "this system has no certificate authorities: install them (`ca-certificates`), or name a \
             file of them as `ca`",
        )),
        false => Ok(found.certs.iter().map(|one| Certificate::from_der(one).to_owned()).collect()),
    }
}

//! What is scraped: a file of `file_sd` for each configuration item with an address.

use serde_json::{Map, Value, json};

use super::about::About;
use super::settings::{Port, Scrape};
use crate::plan::{Object, ObjectId};
use crate::target::Unmade;
use crate::target::folder::misnamed;

/// The object of a configuration item; nothing if it has no address.
pub(super) fn object(about: &About<'_>, scrape: &Scrape) -> Result<Option<Object>, Unmade> {
    let unmade = |pointer: String, message: String| Unmade {
        entity: about.canonical().to_owned(),
        pointer,
        message,
    };
    let Some((pointer, host)) = scrape.address.all().iter().find_map(|path| {
        let steps: Vec<&str> = std::iter::once("spec").chain(path.split('.')).collect();
        Some((format!("/{}", steps.join("/")), about.text(&steps)?))
    }) else {
        return Ok(None);
    };
    let address = match address(host, port_of(scrape, about)) {
        Ok(address) => address,
        Err(why) => return Err(unmade(pointer, why)),
    };
    let name = file_name(about);
    if let Some(why) = misnamed(&name) {
        return Err(unmade("/metadata/name".into(), why.into()));
    }
    let mut fields = Map::new();
    fields.insert("targets".into(), json!([address]));
    fields.insert("labels".into(), labels(about).into());
    Ok(Some(Object {
        id: ObjectId::new("target", name),
        entity: about.canonical().to_owned(),
        formerly: about.formerly(),
        fields,
        sensitive: Vec::new(),
        after: Vec::new(),
    }))
}

/// The port of a configuration item.
fn port_of(scrape: &Scrape, about: &About<'_>) -> Option<u16> {
    match scrape.port.as_ref()? {
        Port::Number(port) => Some(*port).filter(|port| *port > 0),
        Port::Field(path) => {
            let steps: Vec<&str> = std::iter::once("spec").chain(path.split('.')).collect();
            let port = about.value(&steps)?.as_u64()?;
            u16::try_from(port).ok().filter(|port| *port > 0)
        }
    }
}

/// The family, the namespace where it is not the default, and the name. No name holds `@`, so that no
/// two items share a file.
fn file_name(about: &About<'_>) -> String {
    about.short().replacen(':', "-", 1).replace('/', "@")
}

/// A host and a port as Prometheus wants them: no scheme and no path (`__address__`).
fn address(host: &str, port: Option<u16>) -> Result<String, String> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if host.is_empty() || host.len() > 255 || !host.chars().all(is_fine) {
        return Err(format!(
            "{host:?} is no host and no address: Prometheus wants HOST or HOST:PORT"
        ));
    }
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(ip) = bare.parse::<std::net::Ipv6Addr>() {
        return match port {
            Some(port) => Ok(format!("[{ip}]:{port}")),
            None => Err("it has no port: set `scrape.port`".into()),
        };
    }
    match (host.rsplit_once(':'), port) {
        (Some((name, own)), _)
            if !name.is_empty() && own.parse::<u16>().is_ok_and(|port| port > 0) =>
        {
            Ok(host.to_owned())
        }
        (Some(_), _) => Err(format!("{host:?} has no port behind its colon")),
        (None, Some(port)) => Ok(format!("{host}:{port}")),
        (None, None) => Err("it has no port: set `scrape.port`".into()),
    }
}

/// What the catalog knows about it, as labels of all its series.
fn labels(about: &About<'_>) -> Map<String, Value> {
    let services = about.services();
    let names = services.iter().map(About::name).collect::<Vec<_>>().join(",");
    // The most critical of what needs it: `tier1` comes first.
    let needed = services.iter().filter_map(About::criticality).min();
    let class = about.class().map(super::about::bare);
    let all = [
        ("ci", Some(about.name())),
        ("class", class),
        ("environment", about.text(&["spec", "environment"]).map(str::to_owned)),
        ("owner", about.owner()),
        ("service", (!names.is_empty()).then_some(names)),
        ("criticality", about.criticality().or(needed).map(str::to_owned)),
    ];
    let known = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        let of = |host: &str| address(host, Some(9100)).ok();
        assert_eq!(of("db-01.example.com").as_deref(), Some("db-01.example.com:9100"));
        assert_eq!(of("10.0.0.1:9187").as_deref(), Some("10.0.0.1:9187"));
        assert_eq!(of("2001:db8::1").as_deref(), Some("[2001:db8::1]:9100"));
        assert_eq!(of("[2001:db8::1]").as_deref(), Some("[2001:db8::1]:9100"));
        assert_eq!(of("[2001:db8::1]:9187").as_deref(), Some("[2001:db8::1]:9187"));
        for bad in
            ["", "http://x", "x/metrics", "x y", "a@b", "x:", "x:0", "x:99999", ":9100", "x\n"]
        {
            assert_eq!(of(bad), None, "{bad:?}");
        }
        assert!(address("x", None).unwrap_err().contains("scrape.port"));
    }
}

//! A sign-in of the city's or of an association's own, by OpenID Connect.
use url::{Host, Url};

use super::Secret;
use crate::{
    error::{Error, Fault, Result},
    say,
};

/// With whom people may sign in besides here.
#[derive(Debug, Clone)]
pub struct OpenId {
    /// `NOBEL21_OPENID_ISSUER`: the provider's address, exactly as it calls itself. Wrong: nobody signs in by it.
    pub issuer: String,
    /// `NOBEL21_OPENID_CLIENT_ID`: what the provider calls this house.
    pub client_id: String,
    /// `NOBEL21_OPENID_CLIENT_SECRET`: by which the provider knows that it is this house that asks. Leaked: another program may ask in
    /// our name; have the provider make a new one.
    pub client_secret: Secret,
    /// `NOBEL21_OPENID_NAME`: what people call the provider; the button says "Logga in med" before it.
    pub name: String,
}

/// What the command line and the environment say.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// See [`OpenId::issuer`].
    pub issuer: Option<String>,
    /// See [`OpenId::client_id`].
    pub client_id: Option<String>,
    /// See [`OpenId::client_secret`].
    pub client_secret: Option<Secret>,
    /// See [`OpenId::name`].
    pub name: Option<String>,
}

impl OpenId {
    /// All of it or nothing; what is empty is not given. A half, and an address without TLS that is not on this machine, are refused.
    pub fn assemble(given: Given) -> Result<Option<Self>> {
        let text = |value: Option<String>| value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let secret = given.client_secret.filter(|secret| !secret.reveal().is_empty());
        let (issuer, client_id, name) = (text(given.issuer), text(given.client_id), text(given.name));
        let missing: Vec<Fault> = [
            ("NOBEL21_OPENID_ISSUER", issuer.is_none()),
            ("NOBEL21_OPENID_CLIENT_ID", client_id.is_none()),
            ("NOBEL21_OPENID_CLIENT_SECRET", secret.is_none()),
            ("NOBEL21_OPENID_NAME", name.is_none()),
        ]
        .into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(variable, _)| {
            Fault::coded(
                variable,
                "required",
                say!(
                    "saknas: för inloggning hos någon annan behövs alla fyra inställningarna för OpenID, annars ingen",
                    "is missing: to sign in elsewhere all four settings of OpenID are needed, otherwise none"
                ),
            )
        })
        .collect();
        match (issuer, client_id, secret, name) {
            (None, None, None, None) => Ok(None),
            (Some(issuer), Some(client_id), Some(client_secret), Some(name)) if is_safe(&issuer) => {
                Ok(Some(Self { issuer, client_id, client_secret, name }))
            }
            (Some(_), Some(_), Some(_), Some(_)) => Err(Error::invalid(
                "NOBEL21_OPENID_ISSUER",
                say!(
                    "ska vara en adress som https://login.example.org; utan https går bara den här maskinen",
                    "must be an address such as https://login.example.org; without https only this very machine will do"
                ),
            )),
            _ => Err(Error::Invalid(missing)),
        }
    }

    /// Is the provider on this very machine, where there is no TLS?
    #[must_use]
    pub fn on_loopback(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|url| is_loopback(&url))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// An issuer has neither query nor fragment (OpenID Connect Discovery 1.0, 2).
fn is_safe(issuer: &str) -> bool {
    let Ok(url) = Url::parse(issuer) else { return false };
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    plain && url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(issuer: &str) -> Given {
        Given {
            issuer: Some(issuer.into()),
            client_id: Some("nobel21".into()),
            client_secret: Some(Secret::new(b"hemligt-hemligt")),
            name: Some("Malmö stad".into()),
        }
    }

    #[test]
    fn all_of_it_is_given_or_none() {
        assert!(OpenId::assemble(Given::default()).unwrap().is_none());
        assert!(
            OpenId::assemble(Given { name: Some(" ".into()), client_secret: Some(Secret::new(b"")), ..Given::default() })
                .unwrap()
                .is_none()
        );
        let whole = OpenId::assemble(given("https://login.example.org")).unwrap().unwrap();
        assert_eq!((whole.issuer.as_str(), whole.name.as_str()), ("https://login.example.org", "Malmö stad"));
        let Err(Error::Invalid(faults)) = OpenId::assemble(Given { client_secret: None, name: None, ..given("https://login.example.org") })
        else {
            panic!("a half is taken")
        };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["NOBEL21_OPENID_CLIENT_SECRET", "NOBEL21_OPENID_NAME"]);
    }

    #[test]
    fn a_provider_is_reached_by_tls_or_on_this_machine() {
        for good in [
            "https://login.example.org",
            "https://login.example.org/stad/",
            "http://127.0.0.1:4000",
            "http://localhost:4000",
            "http://[::1]:1",
        ] {
            assert!(OpenId::assemble(given(good)).unwrap().is_some(), "{good}");
        }
        for bad in [
            "http://login.example.org",
            "http://127.0.0.1.example.org",
            "http://10.0.0.1",
            "login.example.org",
            "https://x/?a=b",
            "https://x/#a",
            "https://a:b@x",
            "file:///etc",
        ] {
            assert!(OpenId::assemble(given(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_secret_is_in_no_debug_output() {
        let shown = format!("{:?} {:?}", given("https://login.example.org"), OpenId::assemble(given("https://login.example.org")).unwrap());
        assert!(shown.contains("Malmö stad") && !shown.contains("hemligt"), "{shown}");
    }
}

//! From which network a request comes.
use std::net::{IpAddr, Ipv6Addr};

use actix_web::{HttpRequest, web};

/// Proxies whose word about the sender counts: `NOBEL21_TRUSTED_PROXIES`.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<IpAddr>);

/// Where a request comes from: the connection's other end or, if that is a trusted proxy, the last in `X-Forwarded-For` that is
/// none. What a client writes into that header itself stands further left and counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(IpAddr);

impl Sender {
    /// The sender of this request; `0.0.0.0` if the connection has no other end.
    #[must_use]
    pub fn of(req: &HttpRequest) -> Self {
        let peer = req.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
        let none = TrustedProxies::default();
        let trusted = req.app_data::<web::Data<TrustedProxies>>().map_or(&none, |trusted| trusted.get_ref());
        let named = req.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
        Self(sender(peer, &named, trusted))
    }

    /// The network: an IPv4 address, or the 64 bits of an IPv6 address that one household gets.
    #[must_use]
    pub fn network(&self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

fn sender(peer: IpAddr, named: &str, trusted: &TrustedProxies) -> IpAddr {
    let mut at = peer;
    for hop in named.rsplit(',') {
        if !trusted.0.contains(&at.to_canonical()) {
            break;
        }
        let Ok(before) = hop.trim().parse() else { break };
        at = before;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, named: &str, trusted: &[&str]) -> String {
        let trusted = TrustedProxies(trusted.iter().map(|one| one.parse().unwrap()).collect());
        sender(peer.parse().unwrap(), named, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_the_hop_before_it() {
        assert_eq!(found("203.0.113.7", "198.51.100.1", &[]), "203.0.113.7", "nobody is trusted");
        assert_eq!(found("203.0.113.7", "198.51.100.1", &["127.0.0.1"]), "203.0.113.7", "not this one");
        assert_eq!(found("127.0.0.1", "198.51.100.1", &["127.0.0.1"]), "198.51.100.1");
        assert_eq!(found("127.0.0.1", "10.0.0.1, 198.51.100.1", &["127.0.0.1"]), "198.51.100.1", "the left is the client's own word");
        assert_eq!(found("127.0.0.1", "198.51.100.1, 192.0.2.5", &["127.0.0.1", "192.0.2.5"]), "198.51.100.1", "two proxies");
        assert_eq!(found("127.0.0.1", "rubbish", &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(found("127.0.0.1", "", &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(found("::ffff:127.0.0.1", "198.51.100.1", &["127.0.0.1"]), "198.51.100.1");
    }

    #[test]
    fn a_household_is_one_network() {
        let network = |ip: &str| Sender(ip.parse().unwrap()).network();
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
    }
}

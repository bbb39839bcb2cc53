//! Which hosts are near: where a password may go without encryption.
use std::net::IpAddr;

/// Is this host the machine itself, or of a network of its own? Names without a dot are: `localhost`, and the names by which containers
/// know each other.
#[must_use]
pub fn is_near(host: &str) -> bool {
    host.parse::<IpAddr>().map_or(!host.contains('.'), |ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn near_is_this_machine_and_what_has_no_dot() {
        for host in ["localhost", "127.0.0.1", "::1", "mailpit", ""] {
            assert!(is_near(host), "{host}");
        }
        for host in ["db.example.org", "10.0.0.5", "192.0.2.7", "2001:db8::5", "127.0.0.1.example.org"] {
            assert!(!is_near(host), "{host}");
        }
    }
}

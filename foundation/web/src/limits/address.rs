//! From where a request comes: the other end of the connection, or whom a proxy that is believed asks for.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use http::HeaderMap;

/// The other end of a connection, put on every request by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Whether it stands on this machine or in a private network, where proxies stand.
    pub(crate) fn is_near(self) -> bool {
        match self.0.to_canonical() {
            IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
            IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
        }
    }
}

/// From where somebody comes, as limits count it: an IPv4 address, or the 64-bit network of an IPv6 one, as one customer
/// has that many addresses. Never logged and in no event's public part: it is personal data.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl Address {
    /// Of this IP address.
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self(IpAddr::V4(ip)),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => write!(f, "{ip}/64"),
        }
    }
}

/// The proxies that are believed: single addresses and networks, `10.0.0.0/8, ::1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

/// A text that names no proxies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address or network such as 10.0.0.7 or 10.0.0.0/8")]
pub struct ProxiesError(String);

impl FromStr for Proxies {
    type Err = ProxiesError;

    fn from_str(text: &str) -> Result<Self, ProxiesError> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        words
            .map(|word| {
                let wrong = || ProxiesError(word.to_owned());
                let (ip, bits) = match word.split_once('/') {
                    Some((ip, bits)) => (ip, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
                    None => (word, None),
                };
                let ip: IpAddr = ip.parse().map_err(|_| wrong())?;
                let most = if ip.is_ipv4() { 32 } else { 128 };
                let bits = bits.unwrap_or(most);
                if bits > most { Err(wrong()) } else { Ok((ip, bits)) }
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// Whether two addresses share their first bits.
fn shares(a: IpAddr, b: IpAddr, bits: u8) -> bool {
    let (a, b, width) = match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let rest = width - u32::from(bits.min(128));
    a.checked_shr(rest).unwrap_or(0) == b.checked_shr(rest).unwrap_or(0)
}

impl Proxies {
    /// Whether this address is one of them.
    pub fn has(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|(proxy, bits)| shares(*proxy, ip, *bits))
    }

    /// From where a request comes: where the connection ends at a proxy that is believed, the last address of
    /// `X-Forwarded-For` that is no such proxy itself, since each appends whom it asks for and only what believed ones
    /// have appended is known; else the other end of the connection, whatever the header says.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Address {
        let mut client = peer;
        if self.has(peer) {
            let said: Vec<&str> = headers
                .get_all("x-forwarded-for")
                .iter()
                .filter_map(|line| line.to_str().ok())
                .flat_map(|line| line.split(','))
                .map(str::trim)
                .collect();
            for word in said.iter().rev() {
                // What cannot be read ends the chain of what is known.
                let Some(ip) = read(word) else { break };
                client = ip;
                if !self.has(ip) {
                    break;
                }
            }
        }
        Address::of(client)
    }
}

/// An address as proxies write it: bare, `[v6]`, with a port.
fn read(word: &str) -> Option<IpAddr> {
    if let Ok(ip) = word.parse() {
        return Some(ip);
    }
    if let Ok(with_port) = word.parse::<std::net::SocketAddr>() {
        return Some(with_port.ip());
    }
    word.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, said: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append("x-forwarded-for", http::HeaderValue::from_static(line));
        }
        let proxies: Proxies = proxies.parse().unwrap();
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_forged_header_is_believed_of_nobody_but_a_proxy() {
        assert_eq!(client("", "203.0.113.9", &["10.1.1.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.0/8", "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &["198.51.100.1"]), "198.51.100.1");
        // What the client itself has written stands to the left of what the proxy has appended.
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &["1.2.3.4, 198.51.100.1, 10.0.0.3"]), "198.51.100.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &["1.2.3.4", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &["junk, 10.0.0.3"]), "10.0.0.3");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &["junk"]), "10.0.0.2");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", &[]), "10.0.0.2");
        assert_eq!(client("10.0.0.0/8", "::ffff:10.0.0.2", &["198.51.100.1:4711"]), "198.51.100.1");
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address() {
        assert_eq!(client("::1", "::1", &["[2001:db8:1:2:3:4:5:6]"]), "2001:db8:1:2::/64");
        assert_eq!(client("::1", "::1", &["2001:db8:1:2:ffff::1"]), "2001:db8:1:2::/64");
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies: Proxies = "10.0.0.0/8, 192.168.7.1 ::1,fd00::/8".parse().unwrap();
        for good in ["10.255.0.1", "192.168.7.1", "::1", "fd12::7"] {
            assert!(proxies.has(good.parse().unwrap()), "{good}");
        }
        for bad in ["11.0.0.1", "192.168.7.2", "::2", "fe80::1"] {
            assert!(!proxies.has(bad.parse().unwrap()), "{bad}");
        }
        assert!("0.0.0.0/0".parse::<Proxies>().unwrap().has("8.8.8.8".parse().unwrap()));
        for bad in ["nginx", "10.0.0.0/33", "10.0.0.0/x", "::/129"] {
            assert!(bad.parse::<Proxies>().is_err(), "{bad}");
        }
    }
}

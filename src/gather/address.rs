//! Which network addresses may be asked. In a service that audits for strangers, nobody must reach
//! the machines behind it, by whatever name or notation.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Which network addresses may be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// Any.
    #[default]
    Any,
    /// Only those of the public internet (`--public-only`): no loopback, private, link-local or
    /// metadata address. Names are looked up here, each connection goes to an address that was
    /// checked, and proxies of the environment are not used, since they look up names themselves.
    Public {
        /// Addresses that may be asked all the same.
        except: Vec<IpAddr>,
    },
}

/// Azure's virtual address for the host of a virtual machine ("What is IP address
/// 168.63.129.16?"): it lies in public space. Those of other clouds are link-local, shared or
/// unique-local.
const AZURE_HOST: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// The name has no address that may be asked.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub(super) struct Refused;

impl Addresses {
    /// Whether the address may be asked.
    fn allows(&self, ip: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Public { except } => is_public(ip) || except.contains(&ip),
        }
    }

    /// Whether the host of the address may be asked, as far as it is written as a number; the
    /// parser has turned every notation (octal, hexadecimal, one number) into one. Names are
    /// checked when they are looked up.
    pub(super) fn allow_host(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(ip)) => self.allows(ip.into()),
            Some(Host::Ipv6(ip)) => self.allows(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }

    /// Of the addresses that a name has, those that may be asked; `Err` when it has none of them.
    fn sift(&self, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
        let sifted: Vec<_> = found.filter(|address| self.allows(address.ip())).collect();
        if sifted.is_empty() { Err(Refused) } else { Ok(sifted) }
    }
}

/// Looks names up and hands on only addresses that may be asked. The connection is made to what
/// this returned, so a name that changes its address in between (DNS rebinding) gains nothing.
pub(super) struct Guard(pub(super) Addresses);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let sifted = addresses.sift(found)?;
            Ok(Box::new(sifted.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet, by IANA's registries of special-purpose
/// addresses (RFC 6890 and its updates, as of 2025).
/// Whether a host is of the public internet, as far as its name or number tells.
pub(super) fn is_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_public(ip.into()),
        Some(Host::Ipv6(ip)) => is_public(ip.into()),
        Some(Host::Domain(name)) => name.contains('.') && !name.ends_with(".localhost") && !name.ends_with(".local"),
        None => false,
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        // This network, private, loopback, link-local, multicast, reserved and broadcast.
        [0 | 10 | 127 | 224.., ..] | [169, 254, ..] | [172, 16..=31, ..] | [192, 168, ..] => true,
        // Shared (RFC 6598), protocols (RFC 6890), 6to4 relays (RFC 7526), benchmarks (RFC 2544).
        [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        // Documentation (RFC 5737).
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    };
    !special && ip != AZURE_HOST
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        // Mapped (RFC 4291 §2.5.5.2), and translated by NAT64 (RFC 6052): what counts is inside.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        // Protocols with Teredo (RFC 2928), documentation (RFC 3849, RFC 9637), 6to4 (RFC 3056).
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x2002, ..] => false,
        // Global unicast (RFC 4291 §2.4) is 2000::/3; loopback, unique-local, link-local and
        // multicast lie outside.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> Addresses {
        Addresses::Public { except: Vec::new() }
    }

    #[test]
    fn inner_addresses_are_refused_in_every_notation() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0x7f.1",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:a9fe:a9fe]",
            "[::127.0.0.1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[0:0:0:0:0:0:0:1]",
            "１２７.０.０.１",
            "127。0。0。1",
        ] {
            let url = Url::parse(&format!("http://{host}/")).expect("an address");
            assert!(!public().allow_host(&url), "{host} is {:?}", url.host());
            assert!(Addresses::Any.allow_host(&url));
        }
        for host in
            ["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "[2606:4700::1]", "[64:ff9b::101:101]", "a.gov"]
        {
            assert!(public().allow_host(&Url::parse(&format!("http://{host}/")).expect("an address")), "{host}");
        }
    }

    #[test]
    fn a_name_leads_only_to_addresses_that_were_checked() {
        let of = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|ip| SocketAddr::new(ip.parse().expect("a literal address"), 0)).collect()
        };
        let sift = |list: &[&str]| public().sift(of(list).into_iter()).ok();
        assert_eq!(sift(&["10.0.0.1", "1.1.1.1", "::1"]), Some(of(&["1.1.1.1"])));
        assert_eq!((sift(&["127.0.0.1", "fd00::1"]), sift(&[])), (None, None));
        let but = Addresses::Public { except: vec![Ipv4Addr::LOCALHOST.into()] };
        assert!(but.sift(of(&["127.0.0.1", "127.0.0.2"]).into_iter()).is_ok_and(|sifted| sifted.len() == 1));
    }
}

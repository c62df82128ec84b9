"""Which addresses may be connected to: public ones, and those the user allows by name.

The check stands where the socket is opened, on the address that is about to be connected to. So it holds
for redirects, for odd spellings (0x7f.1), and for a name whose answer changes between two look-ups.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Gate:
    """The inner networks and host names that may be reached although they are not public."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allow: Iterable[str]) -> Gate:
        """Sort a list of networks, addresses and host names, as ``archive.allow`` of feeds.yaml has it."""
        networks, names = [], []
        for item in allow:
            try:
                networks.append(ip_network(item))
            except ValueError:
                names.append(item.lower())
        return cls(tuple(networks), frozenset(names))

    def trusts(self, host: str) -> bool:
        """Whether the user vouches for this host by name, whatever address it has."""
        return host.lower().rstrip(".") in self.names

    def is_own(self, host: str) -> bool:
        """Whether a host is the user's own, by the name or address it is written with."""
        address = _literal(host)
        return self.trusts(host) or (address is not None and not is_public(address) and self.admits(address))

    def admits(self, address: Address) -> bool:
        """Whether this address may be connected to."""
        meant = _meant(address)
        return is_public(address) or any(a in network for network in self.networks for a in {address, meant})

    def check_literal(self, host: str) -> None:
        """PermissionError where a host is an address, and not one that is admitted; what names lead to is not known."""
        address = _literal(host)
        if address is not None and not self.admits(address):
            raise PermissionError(errno.EACCES, f"{address} is not a public address")

    def open_socket(self, info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """A socket for one answer of ``getaddrinfo``; PermissionError where the address is not admitted."""
        family, kind, protocol, _, sockaddr = info
        address = ip_address(str(sockaddr[0]))
        if not self.admits(address):
            raise PermissionError(errno.EACCES, f"{address} is not a public address")
        return socket.socket(family, kind, protocol)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also where it is an IPv4 address in IPv6 dress."""
    meant = _meant(address)
    if meant != address:
        return is_public(meant)
    unusual = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    local = address.is_private or address.is_link_local or (address.version == 6 and address.is_site_local)
    return address.is_global and not unusual and not local


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped, NAT64 (RFC 6052) or 6to4 (RFC 3056) address leads to."""
    if address.version == 4:
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
